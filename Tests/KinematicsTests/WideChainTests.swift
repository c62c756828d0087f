import Kinematics
import Numerics
import TestSupport
import Testing

/// Joints that slide as far as one likes, and robots of any size.
@Suite struct WideChainTests {
    /// Targets within a few metres of the base, and a few hundred, all of which can be reached.
    private func targets(_ chain: Chain, within distance: Double, count: Int) -> [Pose] {
        var stream = RandomStream(seed: 21)
        return (0..<count).map { _ in
            chain.forwardKinematics(chain.variables.map { variable in
                let range = variable.kind == .prismatic ? min(distance, variable.upper) : variable.upper
                return max(variable.lower, -range) + (range - max(variable.lower, -range)) * stream.uniform()
            })
        }
    }

    private func solved(_ chain: Chain, within distance: Double, tolerance: Double = 1e-4, count: Int = 200) -> Int {
        let kinematics = InverseKinematics(chain)
        var stream = RandomStream(seed: 22)
        return targets(chain, within: distance, count: count).count { target in
            let answer = kinematics.solve(target, options: .init(positionTolerance: tolerance), using: &stream)
            guard let solution = answer.solutions.first else {
                // What comes within the tolerances is a solution.
                if let closest = answer.closest { #expect(closest.positionError > tolerance || closest.rotationError > 1e-3) }
                return false
            }
            let error = chain.forwardKinematics(solution.configuration).error(to: target)
            return error.position <= 1.001 * tolerance && error.rotation <= 1.001e-3 && chain.contains(solution.configuration)
        }
    }

    @Test(arguments: [10, 1e3, 1e6, 1e9, .infinity], [5.0, 300]) func slidesOfAnyRangeAreSearchedWhereTheTargetIs(range: Double, distance: Double) throws {
        #expect(solved(try MountedChains.rail(range), within: distance) == 200)
        #expect(solved(MountedChains.gantry(range), within: distance) == 200)
        #expect(solved(try MountedChains.driving(range), within: distance) == 200)
        #expect(solved(try MountedChains.planar(range), within: distance) == 200)
    }

    @Test func targetsFarAwayAreReachedExactly() throws {
        for distance in [5e3, 1e5] {
            #expect(solved(try MountedChains.rail(1e9), within: distance, count: 50) == 50)
            #expect(solved(MountedChains.gantry(1e9), within: distance, count: 50) == 50)
        }
    }

    @Test(arguments: [1e-3, 1e-2, 1e3, 1e5]) func robotsOfAnySizeAreSolved(factor: Double) throws {
        for chain in [try library.robot("panda").chain(), try library.robot("ur5").chain(), try MountedChains.rail(2)] {
            let robot = MountedChains.scaled(chain, by: factor)
            #expect(solved(robot, within: 2 * factor, tolerance: 1e-4 * factor, count: 100) == 100)
        }
    }

    @Test func smallRobotsAreMeasuredAsTheyAre() throws {
        let chain = MountedChains.scaled(try MountedChains.rail(2), by: 1e-3)
        var stream = RandomStream(seed: 3)
        let q = chain.randomConfiguration(using: &stream)
        for preferences in [Preferences(), Preferences(near: q), Preferences(held: [0: q[0]])] {
            let answer = InverseKinematics(chain).solve(
                chain.forwardKinematics(q), options: .init(count: 2, positionTolerance: 1e-7), preferences: preferences, using: &stream)
            for solution in answer.solutions {
                let error = chain.forwardKinematics(solution.configuration).error(to: chain.forwardKinematics(q))
                #expect(abs(error.position - solution.positionError) < 1e-12)
                #expect(abs(solution.manipulability - chain.manipulability(solution.configuration)) < 1e-9 * chain.manipulability(q) + 1e-15)
            }
            #expect(answer.isReachable)
        }
    }

    /// Goals that leave something free are searched for in the same places.
    @Test func goalsOfWideChainsAreMet() throws {
        var stream = RandomStream(seed: 4)
        for chain in [try MountedChains.rail(1e6), try MountedChains.planar(1e9)] {
            let kinematics = InverseKinematics(chain)
            for target in targets(chain, within: 20, count: 30) {
                let goal = Goal(target, orientation: .axis([0, 0, 1]))
                let answer = kinematics.solve(goal, using: &stream)
                let solution = try #require(answer.solutions.first)
                let error = goal.error(of: chain.forwardKinematics(solution.configuration))
                #expect(error.position <= 1e-4 && error.rotation <= 1e-3)
                #expect(kinematics.solve(.position(target.position), using: &stream).isReachable)
            }
        }
    }

    @Test func tracksOfWideChainsReachWhatTheyReach() throws {
        let chain = try MountedChains.planar(1e9), solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 5)
        let start = [1.0, 2, 0.3] + [0, -1, 1, 0.2, 0.4, 0]
        let path = (0..<20).map { step in Goal(chain.forwardKinematics(start.enumerated().map { $1 + ($0 == 0 ? 0.1 * Double(step) : 0.01 * Double(step)) })) }
        let track = PathTracker(solver, options: TrackOptions()).track(path) { solver.solve($0, options: $1, using: &stream).outcome }
        #expect(track.unreached.isEmpty && track.jumps.isEmpty && track.positionErrors.max()! <= 1e-4)
    }
}
