import Kinematics
import Numerics
import TestSupport
import Testing

/// Partial poses, on a chain that is taken as a body.
@Suite struct GoalTests {
    private func solve(_ goal: Goal, seed: UInt64, count: Int = 3) throws -> (Body, BodySolutions) {
        let body = Body(try library.robot("panda").chain())
        var stream = RandomStream(seed: seed)
        let solver = BodySolver(body, task: BodyTask(aims: [.init(tip: 0, goal: goal)]))
        return (body, solver.solve(options: .init(count: count), using: &stream))
    }

    private func targets(_ count: Int) throws -> [Pose] {
        let chain = try library.robot("panda").chain()
        var stream = RandomStream(seed: 21)
        return (0..<count).map { _ in chain.forwardKinematics(chain.randomConfiguration(using: &stream)) }
    }

    /// All solutions meet the goal as an independent measure has it.
    private func check(_ goal: Goal, seed: UInt64, _ isMet: (Pose) -> Bool) throws {
        let (body, answer) = try solve(goal, seed: seed)
        #expect(answer.found == 3, "\(answer.reason ?? "")")
        let evaluator = BodyEvaluator(body)
        for solution in answer.solutions {
            evaluator.evaluate(solution.configuration)
            #expect(body.contains(solution.configuration) && isMet(evaluator.pose(ofTip: 0)))
        }
    }

    @Test func positionsOnly() throws {
        for (seed, pose) in try targets(20).enumerated() {
            try check(.position(pose.position), seed: UInt64(seed)) { ($0.position - pose.position).length < 1e-4 }
        }
    }

    @Test func fullPoses() throws {
        for (seed, pose) in try targets(20).enumerated() {
            try check(Goal(pose), seed: UInt64(seed)) { tip in
                let error = pose.error(to: tip)
                return error.position < 1e-4 && error.rotation < 1e-3
            }
        }
    }

    @Test func axesPoint() throws {
        let axis = SIMD3<Double>(0, 0.6, 0.8)
        for (seed, pose) in try targets(20).enumerated() {
            try check(Goal(pose, orientation: .axis(axis)), seed: UInt64(seed)) { tip in
                (tip.position - pose.position).length < 1e-4
                    && (tip.rotation * axis).cross(pose.rotation * axis).length < 1e-3 && (tip.rotation * axis).dot(pose.rotation * axis) > 0
            }
        }
    }

    @Test func slackIsUsedAndKept() throws {
        let slack = SIMD3(0.05, .infinity, 0)
        var usesSlack = false
        for (seed, pose) in try targets(20).enumerated() {
            try check(Goal(pose, positionSlack: slack, rotationSlack: 0.2), seed: UInt64(seed)) { tip in
                let offset = pose.rotation.inverse * (tip.position - pose.position)
                usesSlack = usesSlack || abs(offset.y) > 0.1
                return abs(offset.x) < 0.05 + 1e-4 && abs(offset.z) < 1e-4 && pose.rotation.angle(to: tip.rotation) < 0.2 + 1e-3
            }
        }
        #expect(usesSlack)
    }

    @Test func randomPosesMeetTheirGoal() throws {
        var stream = RandomStream(seed: 2)
        let pose = try targets(1)[0]
        let goals = [
            Goal(pose), .position(pose.position), Goal(pose, orientation: .axis([1, 0, 0])),
            Goal(pose, orientation: .free, positionSlack: [0.1, 0.2, .infinity]),
        ]
        for goal in goals {
            for _ in 0..<50 {
                let error = goal.error(of: goal.randomPose(using: &stream))
                #expect(error.position < 1e-12 && error.rotation < 1e-7)
            }
        }
    }
}
