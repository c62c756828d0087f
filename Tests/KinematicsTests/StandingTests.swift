import Kinematics
import Numerics
import TestSupport
import Testing

/// Bodies that stand: contacts stay in place, whatever goals tolerate and however far they are.
@Suite struct StandingTests {
    /// A torso with two arms of three joints, held by its left hand.
    private static func body() throws -> (body: Body, left: Int, right: Int) {
        func joint(_ name: String, from parent: String, to child: String, _ xyz: String, rpy: String = "0 0 0", axis: String? = nil, _ range: String = "-1.2 1.4") -> String {
            let ends = range.split(separator: " "), limit = axis.map { "<axis xyz=\"\($0)\"/><limit lower=\"\(ends[0])\" upper=\"\(ends[1])\"/>" } ?? ""
            return "<joint name=\"\(name)\" type=\"\(axis == nil ? "fixed" : "revolute")\"><parent link=\"\(parent)\"/><child link=\"\(child)\"/>"
                + "<origin xyz=\"\(xyz)\" rpy=\"\(rpy)\"/>\(limit)</joint><link name=\"\(child)\"/>"
        }
        func arm(_ side: String, _ y: String) -> String {
            joint(side + "a", from: "torso", to: side + "1", "0 \(y) 0.2", rpy: "0.1 0.2 0", axis: "0 1 0")
                + joint(side + "b", from: side + "1", to: side + "2", "0.3 0 0", rpy: "0 0 0.3", axis: "0 0 1")
                + joint(side + "c", from: side + "2", to: side + "3", "0.25 0 0", rpy: "0.2 0 0", axis: "1 0 0")
                + joint(side + "f", from: side + "3", to: side + "hand", "0.1 0 0.02")
        }
        let tree = joint("turn", from: "base", to: "torso", "0 0 0.3", rpy: "0 0 0.1", axis: "0 0 1", "-0.8 0.8") + arm("l", "0.2") + arm("r", "-0.2")
        var body = try RobotDescription(urdfText: "<robot name=\"x\"><link name=\"base\"/>\(tree)</robot>", source: "x.urdf").body(floating: .wide)
        let left = try #require(body.tipIndex("lhand")), right = try #require(body.tipIndex("rhand"))
        body.stance = BodyTask(aims: [.init(tip: left, goal: Goal(BodyEvaluator(body).pose(ofTip: left)))])
        return (body, left, right)
    }

    /// How far the contact is off.
    private static func slip(_ solution: Solution, _ body: Body) -> (position: Double, rotation: Double) {
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(solution.configuration)
        return evaluator.error(of: body.stance!)
    }

    /// Goals that are beyond reach, but not by more than is tolerated.
    @Test(arguments: [0.03, 0.06, 0.09]) func `what goals tolerate is not for contacts`(beyond: Double) throws {
        let (body, _, right) = try Self.body(), stance = try #require(body.stance)
        var stream = RandomStream(seed: 1)
        let target = SIMD3(3.0, 0, 0), evaluator = BodyEvaluator(body)
        let closest = try #require(BodySolver(body, task: stance.aiming(.position(target), tip: right)).solve(using: &stream).closest)
        evaluator.evaluate(closest.configuration)
        let hand = evaluator.pose(ofTip: right).position, way = target - hand
        let solver = BodySolver(body, task: stance.aiming(.position(hand + beyond / way.length * way), tip: right))
        let answer = solver.solve(options: .init(count: 3, positionTolerance: 0.1, rotationTolerance: 0.3), using: &stream)
        #expect(answer.found == 3)
        for solution in answer.solutions {
            let slip = Self.slip(solution, body)
            #expect(slip.position <= 1e-4 && slip.rotation <= 1e-3, "\(slip)")
            #expect(solution.positionError > beyond - 1e-3 && solution.positionError <= 0.1)
        }
        let near = solver.nearest(to: answer.solutions[0].configuration, options: .init(positionTolerance: 0.1, rotationTolerance: 0.3))
        if let near { #expect(Self.slip(near, body).position <= 1e-4) }
    }

    @Test func `a turn that goals tolerate is not for contacts`() throws {
        let (body, _, right) = try Self.body(), stance = try #require(body.stance)
        let evaluator = BodyEvaluator(body)
        var stream = RandomStream(seed: 2), pose = evaluator.pose(ofTip: right)
        pose.rotation = Rotation(roll: 3, pitch: 0, yaw: 0)
        let answer = BodySolver(body, task: stance.aiming(Goal(pose), tip: right)).solve(options: .init(count: 3, rotationTolerance: 2.7), using: &stream)
        #expect(answer.found > 0)
        for solution in answer.solutions {
            let slip = Self.slip(solution, body)
            #expect(slip.position <= 1e-4 && slip.rotation <= 1e-3, "\(slip)")
        }
    }

    /// However far the goal is, contacts do not give way, and what is left to move does not bring the hand nearer.
    @Test(arguments: [1.5, 3, 100]) func `the closest approach keeps contacts in place`(far: Double) throws {
        let (body, _, right) = try Self.body(), stance = try #require(body.stance), evaluator = BodyEvaluator(body)
        let standing = BodySolver(body, task: stance)
        for target in [SIMD3(far, 0, 0), SIMD3(0, -far, 0.5 * far), SIMD3(-0.5 * far, 0, far)] {
            for closeness in [Closeness.positionFirst, .weighted(position: 1, rotation: 0.1)] {
                var stream = RandomStream(seed: 1), options = SearchOptions(restarts: 128)
                options.closeness = closeness
                let solver = BodySolver(body, task: stance.aiming(.position(target), tip: right))
                let closest = try #require(solver.solve(options: options, using: &stream).closest)
                let slip = Self.slip(closest, body)
                #expect(slip.position < 2e-6 && slip.rotation < 2e-5, "\(slip)")
                evaluator.evaluate(closest.configuration)
                let distance = (evaluator.pose(ofTip: right).position - target).length
                #expect(abs(distance - closest.positionError) < 1e-9 && body.contains(closest.configuration))
                // From a little away, the least change brings the contact back.
                for _ in 0..<200 {
                    let moved = zip(closest.configuration, body.variables).map { min(max($0 + 1e-3 * stream.normal(), $1.lower), $1.upper) }
                    guard let near = standing.nearest(to: moved, options: .init()), body.contains(near.configuration) else { continue }
                    evaluator.evaluate(near.configuration)
                    // Single precision of the search leaves the angle of a far goal open by about 1e-7 rad.
                    #expect((evaluator.pose(ofTip: right).position - target).length > distance - 2e-6 - 1e-7 * far)
                }
            }
        }
    }
}
