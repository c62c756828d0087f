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

    @Test(arguments: [0, 1e4, 1e6]) func stepsArriveExactly(distance: Double) throws {
        let chain = try library.robot("panda").chain().mounted(at: Self.mount(distance)), steps = PoseSteps(chain)
        var stream = RandomStream(seed: 11)
        for _ in 0..<50 {
            let q = chain.randomConfiguration(using: &stream), pose = chain.forwardKinematics(q)
            var rows = Matrix(rows: 1, columns: q.count, elements: q.map { $0 + 0.02 * stream.normal() })
            steps.take(20, from: &rows, towards: pose)
            #expect(chain.forwardKinematics(Array(rows.row(0))).error(to: pose).position < 1e-5 + 1e-14 * distance)
        }
    }
}

/// Densities and pairs of bodies that are mounted far away.
@Suite struct FarBodyTests {
    /// Talos at a distance, and where its hand is in the nominal configuration.
    private static func talos(_ distance: Double) throws -> (body: Body, hand: Int, place: SIMD3<Double>) {
        let robot = try library.robot("talos_28dof")
        let mount = Pose(position: [distance, -distance / 2, distance / 4], rotation: Rotation(roll: 0, pitch: 0, yaw: 1))
        let body = try robot.foundBody(floating: robot.floatingBase, at: mount).body, hand = try #require(body.tipIndex("left_hand"))
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(body.nominal)
        return (body, hand, evaluator.pose(ofTip: hand).position)
    }

    /// Sixteen configurations in single precision have the densities that they have in double precision, and the goal of each lane counts there.
    @Test(arguments: [0, 1e4, 1e6]) func densitiesInLanesAgree(distance: Double) throws {
        let (body, hand, place) = try Self.talos(distance), stance = try #require(body.stance)
        func goal(_ place: SIMD3<Double>) -> BodyDensity.Factor {
            .goal(BodyTask.Aim(tip: hand, goal: .position(place)), position: 0.05, rotation: 0.1)
        }
        let density = BodyDensity(body, factors: [
            goal(place), .frame(tip: hand, Pose(position: place, rotation: .identity), position: 0.1, rotation: 0.5),
            .balance(try #require(stance.balance), around: nil, deviation: 0.05),
            .limits(variables: Array(body.variables.indices), deviation: 0.1, integral: false),
        ])
        let lanes = LaneDensityEvaluator(density), n = body.degreesOfFreedom
        var stream = RandomStream(seed: 12)
        var q = [Lanes](repeating: .zero, count: n), gradient = q, goals = [Lanes](repeating: .zero, count: 3)
        for lane in 0..<laneCount {
            for i in 0..<n { q[i][lane] = Float(body.nominal[i] + 0.05 * stream.normal()) }
            for i in 0..<3 { goals[i][lane] = Float(place[i] - density.laneOrigin[i] + 0.05 * stream.normal()) }
        }
        lanes.setGoal(0, x: goals[0], y: goals[1], z: goals[2])
        let values = lanes.evaluate(q, gradient: &gradient)
        for lane in 0..<laneCount {
            var own = density
            own.factors[0] = goal(density.laneOrigin + SIMD3(Double(goals[0][lane]), Double(goals[1][lane]), Double(goals[2][lane])))
            var slopes = [Double](repeating: 0, count: n)
            let exact = DensityEvaluator(own).evaluate(q.map { Double($0[lane]) }, gradient: &slopes), greatest = slopes.map(abs).max()!
            #expect(abs(Double(values[lane]) - exact) < 1e-3 * max(1, abs(exact)))
            for i in 0..<n { #expect(abs(Double(gradient[i][lane]) - slopes[i]) < 2e-3 * max(1, greatest)) }
        }
    }

    @Test(arguments: [0, 1e4, 1e6]) func pairsMeetTheirTask(distance: Double) throws {
        let (body, hand, place) = try Self.talos(distance), stance = try #require(body.stance), evaluator = BodyEvaluator(body)
        let generator = BodyPairGenerator(body, task: stance, tip: hand, lower: place - 0.1, upper: place + 0.1)
        var stream = RandomStream(seed: 13), drawn = 0
        generator.draw(32, using: &stream) { configuration, place in
            evaluator.evaluate(configuration.map(Double.init))
            let error = evaluator.error(of: stance.aiming(.position(place), tip: hand))
            #expect(error.position < 2e-4 && error.rotation < 2e-3)
            drawn += 1
        }
        #expect(drawn == 32)
    }
}
