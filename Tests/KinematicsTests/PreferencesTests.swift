import Foundation
import Kinematics
import Numerics
import TestSupport
import Testing

private func panda() throws -> Chain { try library.robot("panda").chain() }

@Suite struct HeldJointTests {
    @Test(arguments: [[0], [2, 5], [0, 1, 2, 3, 4, 5]])
    func theRestOfAChainHasThePosesOfTheWhole(_ indices: [Int]) throws {
        let chain = try panda()
        var stream = RandomStream(seed: 1)
        for _ in 0..<5 {
            let q = chain.randomConfiguration(using: &stream)
            let (rest, free) = chain.holding(Dictionary(uniqueKeysWithValues: indices.map { ($0, q[$0]) }))
            #expect(rest.fault == nil && rest.degreesOfFreedom == 7 - indices.count && free == (0..<7).filter { !indices.contains($0) })
            let error = rest.forwardKinematics(free.map { q[$0] }).error(to: chain.forwardKinematics(q))
            #expect(error.position < 1e-12 && error.rotation < 1e-7)
        }
    }

    @Test func solutionsKeepHeldValues() throws {
        let chain = try panda()
        var stream = RandomStream(seed: 2)
        let solver = InverseKinematics(chain)
        for _ in 0..<20 {
            let q = chain.randomConfiguration(using: &stream)
            let pose = chain.forwardKinematics(q)
            let answer = solver.solve(pose, options: .init(count: 2), preferences: Preferences(held: [1: q[1]]), using: &stream)
            #expect(answer.isReachable)
            for solution in answer.solutions {
                #expect(solution.configuration[1] == q[1] && chain.contains(solution.configuration))
                #expect(chain.forwardKinematics(solution.configuration).error(to: pose).position < 1e-4)
                #expect(abs(solution.manipulability - chain.manipulability(solution.configuration)) < 1e-9)
            }
        }
    }
}

@Suite struct NearestTests {
    /// A planar arm of two joints that turn and a third that turns the tip, asked for a position: the nearest of both elbows is known.
    @Test func theNearestOfBothElbowsComesFirst() throws {
        let chain = try library.robot("planar_3link").chain()
        let solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 3)
        for _ in 0..<30 {
            let q = chain.randomConfiguration(using: &stream), near = chain.randomConfiguration(using: &stream)
            let pose = chain.forwardKinematics(q)
            let answer = solver.solve(pose, options: .init(count: 2), preferences: Preferences(near: near), using: &stream)
            let all = solver.solve(pose, options: .init(count: 2), using: &stream)
            let distances = all.solutions.map { ConfigurationMetric(chain).distance(near, $0.configuration) }.sorted()
            #expect(answer.found == all.found)
            for (solution, distance) in zip(answer.solutions, distances) { #expect(abs(solution.distance! - distance) < 1e-3) }
        }
    }

    /// Where steps come to rest, the way to the preferred configuration is square to the solution set: weighted, it is Jᵀ·y for some y.
    @Test func waysFromTheNearestAreSquareToTheSolutionSet() throws {
        let chain = try library.robot("planar_10link").chain(), solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 6), square = 0
        func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        func without(_ row: [Double], of vector: [Double]) -> [Double] { let part = dot(row, vector); return zip(vector, row).map { $0 - part * $1 } }
        for _ in 0..<10 {
            let start = chain.randomConfiguration(using: &stream)
            let pose = chain.forwardKinematics(start), near = chain.randomConfiguration(using: &stream)
            let weights = near.map { _ in exp(2 * stream.normal()) }
            let nearest = try #require(solver.nearest(Goal(pose), to: near, from: start, preferences: Preferences(weights: weights), options: .init())).configuration
            // In coordinates √W·q, what is left of the way when its parts along the rows of the Jacobian are taken out one by one.
            let jacobian = chain.jacobian(nearest), roots = weights.map { $0.squareRoot() }
            let way = near.indices.map { roots[$0] * (near[$0] - nearest[$0]) }
            var left = way, rows: [[Double]] = []
            for r in [0, 1, 5] {
                let row = rows.reduce(zip(jacobian.row(r), roots).map { $0 / $1 }) { without($1, of: $0) }
                rows.append(row.map { $0 / dot(row, row).squareRoot() })
                left = without(rows.last!, of: left)
            }
            if dot(left, left) < 1e-4 * dot(way, way) { square += 1 }
        }
        #expect(square >= 6)
    }

    /// No solution found by a dense search is nearer than the one that is offered as nearest.
    @Test func nothingIsNearerThanTheNearest() throws {
        let chain = try panda()
        let solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 4)
        let weights = [4.0, 1, 1, 1, 1, 0.5, 0.1]
        let metric = ConfigurationMetric(chain, weights: weights)
        var missed = 0
        for _ in 0..<30 {
            let pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream)), near = chain.randomConfiguration(using: &stream)
            let answer = solver.solve(pose, preferences: Preferences(near: near, weights: weights), using: &stream)
            let best = try #require(answer.solutions.first)
            #expect(best.positionError <= 1e-4 && best.rotationError <= 1e-3 && chain.contains(best.configuration))
            #expect(abs(best.distance! - metric.distance(near, best.configuration)) < 1e-12)
            let dense = solver.solve(pose, options: .init(count: 1000), using: &stream).solutions.map { metric.distance(near, $0.configuration) }.min()!
            if best.distance! > dense + 1e-3 { missed += 1 }
        }
        // Local minima of a branch may hide a nearer point now and then.
        #expect(missed <= 1)
    }

    /// Near singular configurations, a way that begins with long steps may end farther off than another one.
    @Test(arguments: [
        ("ur10e", [4.1408, 1.5702, -0.1624, -5.6425, -2.8478, 4.5549], [4.1010, 1.5235, -0.1428, -5.7211, -2.8172, 4.6237]),
        ("ur10e", [4.7866, 0.7328, 1.8204, 3.5719, -3.4369, -5.2565], [4.7961, 0.7343, 1.8214, 3.5726, -3.4272, -5.2466]),
        ("iiwa14", [-1.1151, 1.8473, -1.2790, 0.0035, -1.8004, 0.5423, 0.5041], [-1.1160, 1.8427, -1.2747, -0.0030, -1.7981, 0.5414, 0.4963]),
        ("panda", [0.6360, -0.5335, -1.9224, -0.2683, -1.6574, 3.0789, 0.2488], [0.6956, -0.4567, -1.9255, -0.2586, -1.6105, 3.1627, 0.3310]),
    ]) func oneAnswerIsTheNearestBesideSingularConfigurations(robot: String, q: [Double], near: [Double]) throws {
        let chain = try library.robot(robot).chain(), solver = InverseKinematics(chain)
        let target = chain.forwardKinematics(q), known = ConfigurationMetric(chain).distance(near, q)
        func distance(_ count: Int) throws -> Double {
            var stream = RandomStream(seed: 1)
            return try #require(solver.solve(target, options: .init(count: count), preferences: Preferences(near: near), using: &stream).solutions.first?.distance)
        }
        let one = try distance(1), two = try distance(2)
        #expect(one <= known + 1e-3 && one <= two + 1e-3, "one \(one), two \(two), known \(known)")
    }

    /// A configuration that reaches the target is known; the answer is no farther than that.
    @Test(arguments: ["ur5e", "panda", "iiwa14"]) func nearTargetsHaveAnswersAsNear(robot: String) throws {
        let chain = try library.robot(robot).chain(), solver = InverseKinematics(chain), metric = ConfigurationMetric(chain)
        var stream = RandomStream(seed: 9), farther = 0
        for _ in 0..<300 {
            let q = chain.randomConfiguration(using: &stream)
            let near = zip(q, chain.variables).map { min(max($0 + 0.1 * (2 * stream.uniform() - 1), $1.lower), $1.upper) }
            let answer = solver.solve(chain.forwardKinematics(q), preferences: Preferences(near: near), using: &stream)
            if try #require(answer.solutions.first?.distance) > metric.distance(near, q) + 1e-3 { farther += 1 }
        }
        #expect(farther == 0)
    }

    /// Where the configuration itself reaches the pose, it is the answer.
    @Test func aSolutionIsItsOwnNearest() throws {
        let chain = try panda()
        var stream = RandomStream(seed: 5)
        for _ in 0..<20 {
            let q = chain.randomConfiguration(using: &stream)
            let answer = InverseKinematics(chain).solve(chain.forwardKinematics(q), preferences: Preferences(near: q), using: &stream)
            #expect(try #require(answer.solutions.first?.distance) < 1e-3)
        }
    }

    @Test func continuousJointsAreNearTheShortWayRound() {
        let chain = Chain(
            name: "turntable", base: "b", tip: "l",
            segments: [Chain.Segment(name: "j", kind: .continuous, child: "l", origin: .identity, axis: [0, 0, 1], variable: 0)],
            variables: [Chain.Variable(name: "j", kind: .continuous, lower: -.pi, upper: .pi)])
        let metric = ConfigurationMetric(chain, weights: [4])
        #expect(abs(metric.distance([3.1], [-3.1]) - 2 * (2 * .pi - 6.2)) < 1e-12)
    }
}

@Suite struct PathTrackerTests {
    private func track(_ chain: Chain, _ poses: [Pose], _ options: TrackOptions, seed: UInt64 = 1) -> Track {
        let solver = InverseKinematics(chain)
        var stream = RandomStream(seed: seed)
        return PathTracker.track(poses.map { Goal($0) }, with: solver, options: options) { solver.solve($0, options: $1, using: &stream).outcome }
    }

    /// A path that was made from a smooth motion can be followed without a jump, exactly, and from where it began.
    @Test func aSmoothMotionIsFollowedWithoutJumps() throws {
        let chain = try panda()
        var stream = RandomStream(seed: 6)
        for _ in 0..<3 {
            let a = chain.randomConfiguration(using: &stream), b = chain.randomConfiguration(using: &stream)
            let motion = (0...40).map { step in zip(a, b).map { $0 + ($1 - $0) * Double(step) / 80 } }
            let poses = motion.map { chain.forwardKinematics($0) }
            var options = TrackOptions()
            options.greatestStep = 0.3
            for start in [nil, a] {
                options.start = start
                let track = track(chain, poses, options)
                #expect(track.jumps.isEmpty && track.unreached.isEmpty && track.configurations.count == 41)
                #expect(track.positionErrors.max()! <= 1e-4 && track.rotationErrors.max()! <= 1e-3 && track.greatestStep <= 0.3)
                #expect(track.configurations.allSatisfy { chain.contains($0, tolerance: 1e-9) })
            }
        }
    }

    /// Two elbows of a planar arm whose limits part them: a path that leaves one elbow's reach takes exactly one jump.
    @Test func anUnavoidableJumpIsNamed() throws {
        let chain = try library.robot("planar_3link").chain()
        let first = (0...10).map { [0.2 + 0.02 * Double($0), 0.8, 0.3] }, second = (0...10).map { [-1.2 - 0.02 * Double($0), -0.9, 1.5] }
        let poses = (first + second).map { chain.forwardKinematics($0) }
        var options = TrackOptions()
        options.greatestStep = 0.3
        let track = track(chain, poses, options)
        #expect(track.jumps == [11] && track.unreached.isEmpty && track.areJumpsProven)
    }

    @Test func `jumps are proven where poses leave finitely many configurations, and only there`() throws {
        var options = TrackOptions()
        options.greatestStep = 0.2
        // The tip goes by half a metre at once, which is more than the joints may.
        func jumping(_ name: String, _ q: [Double]) throws -> Track {
            let chain = try library.robot(name).chain()
            var away = q
            away[0] += 0.9
            var poses: [Pose] = []
            for start in [q, away] {
                for step in 0..<4 { poses.append(chain.forwardKinematics(start.map { $0 + 0.02 * Double(step) })) }
            }
            return track(chain, poses, options)
        }
        let six = try jumping("ur5e", [0.3, -1.2, 1.4, -0.7, 1.1, 0.4])
        #expect(six.jumps == [4] && six.unreached.isEmpty && six.areJumpsProven)
        let seven = try jumping("panda", [0.3, -0.4, 0.2, -2.0, 0.3, 1.8, 0.6])
        #expect(seven.jumps == [4] && !seven.areJumpsProven)
        // What may be a little longer is no proof of anything: the step is allowed within the margin.
        options.greatestStep = 0.9 - 0.06 - 0.01
        let close = try jumping("ur5e", [0.3, -1.2, 1.4, -0.7, 1.1, 0.4])
        #expect(close.jumps.isEmpty || !close.areJumpsProven)
    }

    @Test func posesOutOfReachAreNamed() throws {
        let chain = try panda()
        let near = chain.forwardKinematics([0, 0.3, 0, -1.5, 0, 1.8, 0.7])
        let far = Pose(position: [2, 0, 0], rotation: .identity)
        let track = track(chain, [near, far, near], TrackOptions())
        #expect(track.unreached == [1] && track.configurations.count == 3 && track.positionErrors[1] > 0.5)
    }

    @Test func theSameSeedFollowsTheSameWay() throws {
        let chain = try panda()
        let poses = (0..<10).map { Pose(position: [0.4, -0.1 + 0.02 * Double($0), 0.4], rotation: Rotation(axis: [1, 0, 0], angle: .pi)) }
        let first = track(chain, poses, TrackOptions()), second = track(chain, poses, TrackOptions())
        #expect(first.configurations == second.configurations)
    }
}
