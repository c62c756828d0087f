import Kinematics
import Numerics
import TestSupport
import Testing

/// How near an arm comes to what it cannot reach.
@Suite struct ClosestApproachTests {
    /// Arms of three to five joints, and poses that they cannot reach.
    private static func cases() throws -> [(Chain, Pose)] {
        var stream = RandomStream(seed: 31)
        let arm = try library.robot("panda").chain()
        return try [3, 4, 5].flatMap { joints -> [(Chain, Pose)] in
            let chain = try #require(arm.split(behind: joints)).lead
            return (0..<50).map { _ in
                var pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
                pose.rotation = Rotation(roll: 6 * stream.uniform(), pitch: 3 * stream.uniform(), yaw: 6 * stream.uniform())
                pose.position += 0.1 * SIMD3(stream.normal(), stream.normal(), stream.normal())
                return (chain, pose)
            }
        }
    }

    /// Least distance first; among equal distances, least angle.
    private func isBetter(_ a: Solution, than b: Solution) -> Bool {
        if abs(a.positionError - b.positionError) > 1e-3 { return a.positionError < b.positionError }
        return a.positionError <= b.positionError + 1e-5 && a.rotationError < b.rotationError - 0.01
    }

    @Test func fewRestartsDoNotBeatIt() throws {
        var beaten = 0
        for (chain, pose) in try Self.cases() {
            let kinematics = InverseKinematics(chain)
            var stream = RandomStream(seed: 32)
            guard let closest = kinematics.solve(pose, using: &stream).closest else { continue }
            let others = (0..<6).compactMap { seed -> Solution? in
                var stream = RandomStream(seed: 100 + UInt64(seed))
                return kinematics.solve(pose, options: .init(restarts: 64), using: &stream).closest
            }
            if others.contains(where: { isBetter($0, than: closest) }) { beaten += 1 }
        }
        #expect(beaten == 0)
    }

    @Test func positionComesFirst() throws {
        for (chain, pose) in try Self.cases() {
            let kinematics = InverseKinematics(chain)
            var stream = RandomStream(seed: 33)
            guard let closest = kinematics.solve(pose, using: &stream).closest else { continue }
            let place = kinematics.solve(.position(pose.position), using: &stream)
            let least = place.solutions.first?.positionError ?? place.closest!.positionError
            #expect(closest.positionError <= least + 2e-4)
        }
    }

    /// Stretched towards a place beyond its reach, an arm comes as near with an orientation that it cannot have as without one.
    @Test func anOrientationDoesNotLeadAwayFromThePlace() throws {
        let chain = try library.robot("ur5").chain(), kinematics = InverseKinematics(chain)
        let pose = Pose(position: [0, 0, 1.48], rotation: Rotation(roll: -1.744, pitch: 1.392, yaw: -1.62))
        var stream = RandomStream(seed: 1)
        let least = try #require(kinematics.solve(.position(pose.position), using: &stream).closest).positionError
        #expect(abs(least - 0.45846) < 1e-4)
        for seed in 1...20 {
            var stream = RandomStream(seed: UInt64(seed))
            let closest = try #require(kinematics.solve(pose, using: &stream).closest)
            #expect(closest.positionError <= least + 2e-4)
        }
    }

    /// Above its reach, a gantry whose tip turns freely stands below the place and turns as asked, however far off that is.
    @Test(arguments: [2.0, 100, 1e4, 1e6]) func farPlacesLeaveTheAngleItsDigits(height: Double) throws {
        func joint(_ name: String, from parent: String, to child: String, _ kind: String, _ axis: String, _ lower: Double, _ upper: Double) -> String {
            "<joint name=\"\(name)\" type=\"\(kind)\"><parent link=\"\(parent)\"/><child link=\"\(child)\"/><axis xyz=\"\(axis)\"/><limit lower=\"\(lower)\" upper=\"\(upper)\"/></joint>"
        }
        let parts = ["a", "b", "c", "d", "e"].map { "<link name=\"\($0)\"/>" }.joined() + joint("x", from: "a", to: "b", "prismatic", "1 0 0", -1, 1)
            + joint("y", from: "b", to: "c", "prismatic", "0 1 0", -1, 1) + joint("z", from: "c", to: "d", "prismatic", "0 0 1", 0, 1)
            + joint("yaw", from: "d", to: "e", "revolute", "0 0 1", -3.2, 3.2)
        let chain = try RobotDescription(urdfText: "<robot name=\"r\">\(parts)</robot>", source: "r.urdf").chain()
        let pose = Pose(position: [0.3, 0.5, height], rotation: Rotation(roll: 0, pitch: 0, yaw: 1))
        for seed in 1...3 {
            var stream = RandomStream(seed: UInt64(seed))
            let closest = try #require(InverseKinematics(chain).solve(pose, using: &stream).closest)
            #expect(closest.rotationError < 1e-6, "\(closest)")
            #expect(closest.positionError - (height - 1) < 1e-6 + 1e-12 * height && closest.configuration[2] == 1)
        }
    }

    /// Where the place can be reached but not the orientation, distances of rounding do not decide: an angle as small as one that a search finds is found.
    @Test func theAngleIsLeastWhereThePlaceIsReached() throws {
        let chain = try library.robot("ur5e").chain(), solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 27), unreachable = 0, missed = 0
        for _ in 0..<60 {
            let place = chain.forwardKinematics(chain.randomConfiguration(using: &stream)).position
            let pose = Pose(position: place, rotation: Rotation(roll: 6 * stream.uniform() - 3, pitch: 3 * stream.uniform() - 1.5, yaw: 6 * stream.uniform() - 3))
            guard let closest = solver.solve(pose, using: &stream).closest, closest.positionError < 1e-5, closest.rotationError > 1e-3 else { continue }
            unreachable += 1
            var options = SearchOptions(count: 1)
            options.rotationTolerance = 0.9 * closest.rotationError
            if !solver.solve(pose, options: options, using: &stream).solutions.isEmpty { missed += 1 }
        }
        #expect(unreachable > 5 && 10 * missed <= unreachable, "\(missed) of \(unreachable)")
    }

    /// An arm with a wrist stretched towards a place far off has one nearest place and many orientations there: the least angle does not depend on the seed.
    @Test func theLeastAngleIsFoundFromEverySeed() throws {
        let chain = try library.robot("panda").chain()
        var differing = 0
        for distance in [1.5, 10, 1000] {
            let pose = Pose(position: SIMD3(0.6, 0.3, 0.5) * distance, rotation: Rotation(roll: 0.4, pitch: 1.1, yaw: -0.7))
            let all = try (1...4).map { seed in
                var stream = RandomStream(seed: UInt64(seed))
                return try #require(InverseKinematics(chain).solve(pose, using: &stream).closest)
            }
            let distances = all.map(\.positionError), angles = all.map(\.rotationError)
            #expect(distances.max()! - distances.min()! < 1e-5)
            if angles.max()! - angles.min()! > 0.01 { differing += 1 }
        }
        #expect(differing == 0)
    }

    /// Angles have several least ones in the continuum of configurations of a stretched arm, 63.8°, 81.8° and 124° among them.
    @Test func theLeastOfSeveralLeastAnglesIsFound() throws {
        let chain = try library.robot("panda").chain(), pose = Pose(position: [3, 0, 0.3], rotation: .identity)
        for seed in 1...4 {
            var stream = RandomStream(seed: UInt64(seed))
            let closest = try #require(InverseKinematics(chain).solve(pose, using: &stream).closest)
            #expect(closest.positionError < 2.142289 + 1e-5 && closest.rotationError < 64.5 / 180 * .pi)
        }
    }

    /// A large distance remains and bends the valley that leads to the least one, which all seeds find to the nanometre.
    @Test(arguments: [(1.5, 0.3, 0.796214585), (3, 0.5, 2.408196444)]) func theLeastDistanceIsFoundFromEverySeed(reach: Double, turn: Double, least: Double) throws {
        let chain = try library.robot("talos_left_arm").chain(), solver = InverseKinematics(chain)
        let pose = Pose(position: [reach, 0.4 * reach, 0.3], rotation: Rotation(roll: turn, pitch: 0.3, yaw: -turn))
        for seed in 1...4 {
            var stream = RandomStream(seed: UInt64(seed))
            let closest = try #require(solver.solve(pose, options: .init(restarts: 64), using: &stream).closest)
            #expect(abs(closest.positionError - least) < 2e-9)
        }
    }

    /// The nearest corner of the limits, where all long steps lead to another one.
    @Test func theNearestCornerOfTheLimitsIsFound() throws {
        func link(_ name: String) -> String { "<link name=\"\(name)\"/>" }
        func joint(_ name: String, from parent: String, to child: String, at x: Int, _ motion: String) -> String {
            "<joint name=\"\(name)\" type=\"\(motion.isEmpty ? "fixed" : "revolute")\"><parent link=\"\(parent)\"/><child link=\"\(child)\"/>"
                + "<origin xyz=\"\(x) 0 0\"/><axis xyz=\"0 0 1\"/>\(motion)</joint>"
        }
        let arm = ["a", "b", "c", "d"].map(link).joined() + joint("first", from: "a", to: "b", at: 0, "<limit lower=\"-0.808\" upper=\"-0.276\"/>")
            + joint("second", from: "b", to: "c", at: 1, "<limit lower=\"-2.011\" upper=\"-1.57\"/>") + joint("end", from: "c", to: "d", at: 1, "")
        let chain = try RobotDescription(urdfText: "<robot name=\"r\">\(arm)</robot>", source: "r.urdf").chain(), target = SIMD3(2.633, 2.397, 0.0)
        let corner = chain.forwardKinematics([-0.276, -1.570]).position - target
        for seed in 1...5 {
            var stream = RandomStream(seed: UInt64(seed))
            let closest = try #require(InverseKinematics(chain).solve(.position(target), using: &stream).closest)
            #expect(abs(closest.positionError - corner.length) < 1e-9 && closest.configuration == [-0.276, -1.570])
        }
    }

    /// Where both count, no small move within the limits makes the weighted sum less.
    @Test(arguments: [(1.0, 1.0), (1.0, 0.01), (0.0, 1.0)]) func weightsSayWhatCounts(position: Double, rotation: Double) throws {
        for (chain, pose) in try Self.cases().prefix(20) {
            var options = SearchOptions(), stream = RandomStream(seed: 34)
            options.closeness = .weighted(position: position, rotation: rotation)
            guard let closest = InverseKinematics(chain).solve(pose, options: options, using: &stream).closest else { continue }
            func cost(_ q: [Double]) -> Double {
                let error = chain.forwardKinematics(q).error(to: pose)
                return position * error.position * error.position + rotation * error.rotation * error.rotation
            }
            let least = cost(closest.configuration)
            for i in 0..<chain.degreesOfFreedom {
                for change in [-1e-3, 1e-3] {
                    var q = closest.configuration
                    q[i] += change
                    if chain.contains(q) { #expect(cost(q) > least - 1e-8) }
                }
            }
        }
    }

    /// A humanoid that cannot reach with its feet in place keeps them there, and no small move brings the hand nearer.
    @Test func contactsStayInPlace() throws {
        let robot = try library.robot("talos_28dof"), body = try robot.body(floating: robot.floatingBase)
        let stance = try #require(body.stance), hand = try #require(body.tipIndex("right_hand"))
        let target = SIMD3(0.9, 0, 2.2)
        var stream = RandomStream(seed: 1)
        let solver = BodySolver(body, task: stance.aiming(.position(target), tip: hand))
        let closest = try #require(solver.solve(options: .init(restarts: 512), using: &stream).closest)
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(closest.configuration)
        for aim in stance.aims {
            let error = aim.goal.error(of: evaluator.pose(ofTip: aim.tip))
            #expect(error.position < 1e-4 && error.rotation < 1e-3)
        }
        #expect(closest.positionError > 0.1)
        let other = try #require(solver.solve(options: .init(restarts: 64), using: &stream).closest)
        #expect(other.positionError > closest.positionError - 1e-4)
    }

    /// Weighed squares are least: no direction leads down from there.
    @Test func weighedErrorsOfBodiesAreLeast() throws {
        let robot = try library.robot("talos_upper_body"), body = try robot.body(floating: nil)
        let hands = try ["left_hand", "right_hand"].map { try #require(body.tipIndex($0)) }
        let evaluator = BodyEvaluator(body)
        var stream = RandomStream(seed: 5)
        for _ in 0..<6 {
            let aims = hands.map { hand in
                evaluator.evaluate(body.randomConfiguration(using: &stream))
                var pose = evaluator.pose(ofTip: hand)
                pose.position *= 1.5
                pose.rotation = Rotation(roll: 6 * stream.uniform(), pitch: 3 * stream.uniform(), yaw: 6 * stream.uniform())
                return BodyTask.Aim(tip: hand, goal: Goal(pose))
            }
            var options = SearchOptions(restarts: 128)
            options.closeness = .weighted(position: 1, rotation: 0.1)
            let closest = try #require(BodySolver(body, task: BodyTask(aims: aims)).solve(options: options, using: &stream).closest)
            func cost(_ q: [Double]) -> Double {
                evaluator.evaluate(q)
                return aims.reduce(0) { sum, aim in
                    let error = aim.goal.error(of: evaluator.pose(ofTip: aim.tip))
                    return sum + error.position * error.position + 0.1 * error.rotation * error.rotation
                }
            }
            let least = cost(closest.configuration)
            for _ in 0..<200 {
                let moved = zip(closest.configuration, body.variables).map { min(max($0 + 1e-3 * stream.normal(), $1.lower), $1.upper) }
                #expect(cost(moved) > least - 1e-7)
            }
        }
    }

    /// A tolerance of the rotation is as good as slack, where the orientation itself cannot be had.
    @Test func wideTolerancesOfBodiesAreSlack() throws {
        let robot = try library.robot("talos_upper_body"), body = try robot.body(floating: nil)
        let hands = try ["left_hand", "right_hand"].map { try #require(body.tipIndex($0)) }
        let evaluator = BodyEvaluator(body)
        var stream = RandomStream(seed: 8), found = 0
        for _ in 0..<25 {
            evaluator.evaluate(body.randomConfiguration(using: &stream))
            let aims = hands.map { hand in
                var pose = evaluator.pose(ofTip: hand)
                pose.rotation = Rotation(roll: 6 * stream.uniform(), pitch: 3 * stream.uniform(), yaw: 6 * stream.uniform())
                return BodyTask.Aim(tip: hand, goal: Goal(pose))
            }
            let loose = aims.map { BodyTask.Aim(tip: $0.tip, goal: Goal($0.goal.pose, rotationSlack: 0.98 * 1.5)) }
            let options = SearchOptions(rotationTolerance: 1.5, restarts: 256)
            let tolerant = BodySolver(body, task: BodyTask(aims: aims)).solve(options: options, using: &stream)
            let slack = BodySolver(body, task: BodyTask(aims: loose)).solve(options: .init(restarts: 256), using: &stream)
            if slack.isReachable { #expect(tolerant.isReachable) }
            guard let solution = tolerant.solutions.first else { continue }
            found += 1
            #expect(solution.positionError <= 1e-4 && solution.rotationError <= 1.5)
        }
        #expect(found > 5)
    }
}
