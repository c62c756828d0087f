import Kinematics
import Numerics
import TestSupport
import Testing

/// Robots that are mounted far away are solved as at the origin.
@Suite struct FarBaseTests {
    private static func mount(_ distance: Double) -> Pose {
        Pose(position: [distance, -distance / 2, distance / 4], rotation: Rotation(roll: 0.3, pitch: -0.2, yaw: 1))
    }

    @Test(arguments: ["panda", "valkyrie_arm", "ur5"], [0, 20, 1e3, 1e4, 1e6]) func chainsReachWhatTheyReachAtTheOrigin(name: String, distance: Double) throws {
        let chain = try library.robot(name).chain().mounted(at: Self.mount(distance)), kinematics = InverseKinematics(chain)
        var stream = RandomStream(seed: 5)
        let solved = (0..<50).count { _ in
            let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
            let answer = kinematics.solve(target, options: .init(count: 4), using: &stream)
            return !answer.solutions.isEmpty && answer.solutions.allSatisfy {
                let error = chain.forwardKinematics($0.configuration).error(to: target)
                return chain.contains($0.configuration) && error.position <= 1e-4 + 1e-14 * distance && abs(error.position - $0.positionError) <= 1e-14 * distance + 1e-12
            }
        }
        #expect(solved == 50)
    }

    /// A place a metre beyond what a UR5 reaches: as far from it, wherever it stands.
    @Test(arguments: [20, 1e4, 1e6]) func theClosestApproachIsAsNear(distance: Double) throws {
        let home = try library.robot("ur5").chain(), mount = Self.mount(distance), place = SIMD3(1.5, 1, 0.5)
        func closest(_ chain: Chain, _ place: SIMD3<Double>) throws -> Solution {
            var stream = RandomStream(seed: 6)
            return try #require(InverseKinematics(chain).solve(.position(place), using: &stream).closest)
        }
        let near = try closest(home, place), far = try closest(home.mounted(at: mount), mount * place)
        #expect(abs(near.positionError - far.positionError) < 1e-7)
    }

    @Test(arguments: [1e4, 1e6]) func pathsAreFollowed(distance: Double) throws {
        let mount = Self.mount(distance), chain = try library.robot("panda").chain().mounted(at: mount), kinematics = InverseKinematics(chain)
        let goals = (0...40).map { Goal(mount * Pose(position: [0.4, -0.3 + 0.015 * Double($0), 0.4], rotation: Rotation(roll: 3.1, pitch: 0, yaw: 0))) }
        var stream = RandomStream(seed: 7)
        let track = PathTracker.track(goals, with: kinematics, options: TrackOptions()) { kinematics.solve($0, options: $1, using: &stream).outcome }
        #expect(track.jumps.isEmpty && track.unreached.isEmpty)
    }

    /// Hands of a body that stands, near where its nominal configuration has them.
    @Test(arguments: [0, 1e3, 1e4, 1e6]) func bodiesReachWhatTheyReachAtTheOrigin(distance: Double) throws {
        let robot = try library.robot("talos_28dof")
        let mount = Pose(position: [distance, -distance / 2, distance / 4], rotation: Rotation(roll: 0, pitch: 0, yaw: 1))
        let body = try robot.foundBody(floating: robot.floatingBase, at: mount).body, stance = try #require(body.stance), hand = try #require(body.tipIndex("left_hand"))
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(body.nominal)
        let place = evaluator.pose(ofTip: hand).position
        var stream = RandomStream(seed: 8)
        for _ in 0..<10 {
            let offset = 0.1 * SIMD3(stream.uniform(), stream.uniform(), stream.uniform())
            let task = stance.aiming(.position(place + mount.rotation * offset), tip: hand)
            let answer = BodySolver(body, task: task).solve(using: &stream)
            let solution = try #require(answer.solutions.first)
            evaluator.evaluate(solution.configuration)
            let error = evaluator.error(of: task)
            #expect(error.position <= 1e-4 + 1e-14 * distance && error.rotation <= 1e-3 && body.contains(solution.configuration))
        }
    }

    /// Goals that are neither poses nor positions are searched for as those of a body.
    @Test(arguments: [0, 1e4, 1e6]) func goalsThatLeaveSomethingFreeAreMet(distance: Double) throws {
        let chain = try library.robot("panda").chain().mounted(at: Self.mount(distance)), kinematics = InverseKinematics(chain)
        var stream = RandomStream(seed: 9)
        for _ in 0..<20 {
            let pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
            let goal = Goal(pose, orientation: .axis([0, 0, 1]))
            let solution = try #require(kinematics.solve(goal, using: &stream).solutions.first)
            let error = goal.error(of: chain.forwardKinematics(solution.configuration))
            #expect(error.position <= 1e-4 + 1e-14 * distance && error.rotation <= 1e-3)
        }
    }

    /// Robots of any size, wherever they stand, are measured in metres and relative to where they are; a whole pose asks of a body what it asks of a chain.
    @Test(arguments: [1e-3, 1, 1e3], [0, 20, 1e4]) func manipulabilitiesOfBodiesAreThoseOfTheirChains(size: Double, distance: Double) throws {
        for home in [try library.robot("panda").chain(), try MountedChains.rail(2)] {
            let chain = MountedChains.scaled(home, by: size).mounted(at: Self.mount(size * distance))
            var stream = RandomStream(seed: 10)
            for _ in 0..<5 {
                let pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
                let solver = BodySolver(Body(chain), task: BodyTask(aims: [.init(tip: 0, goal: Goal(pose))]))
                let solution = try #require(solver.solve(options: .init(positionTolerance: 1e-4 * size), using: &stream).solutions.first)
                let expected = chain.manipulability(solution.configuration)
                #expect(abs(solution.manipulability - expected) < 1e-6 * expected)
            }
        }
    }
}
