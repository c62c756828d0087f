import Kinematics
import Numerics
import TestSupport
import Testing

/// Joints that can turn on: by whole turns the same posture.
@Suite struct TurnsTests {
    /// An arm of six joints whose joints turn twice.
    private func wound() throws -> Chain {
        var chain = try library.robot("ur5e").chain()
        for i in chain.variables.indices { (chain.variables[i].lower, chain.variables[i].upper) = (-2 * .pi, 2 * .pi) }
        return chain
    }

    private func unlimited() throws -> Chain {
        var chain = try library.robot("ur5").chain()
        for i in [0, 5] { chain.variables[i].kind = .continuous }
        for i in chain.segments.indices where chain.segments[i].variable == 0 || chain.segments[i].variable == 5 { chain.segments[i].kind = .continuous }
        return chain
    }

    /// Against all combinations of turns.
    @Test func `windings near a configuration are the nearest ones, in their order`() throws {
        var chain = try unlimited()
        chain.variables[1].upper = chain.variables[1].lower + 4 * .pi + 0.1
        let space = ConfigurationSpace(chain), q = chain.variables.map { min(max(0.3, $0.lower), $0.upper) }
        let near = q.enumerated().map { $1 + [9.0, 0.4, -0.2, 0.1, 0.3, -2.9][$0] }
        func distance(_ other: [Double]) -> Double { zip(other, near).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
        for turnsLimited in [false, true] {
            var all = [q]
            for i in q.indices {
                let isContinuous = chain.variables[i].kind == .continuous
                all = all.flatMap { other in (-4...4).map { turn in
                    var other = other
                    other[i] += 2 * .pi * Double(turn)
                    return other
                } }.filter { other in
                    if isContinuous { return abs(other[i] - near[i]) <= 3 * .pi }
                    return other[i] == q[i] || (turnsLimited && space.repeats[i] && other[i] >= chain.variables[i].lower && other[i] <= chain.variables[i].upper)
                }
            }
            let wanted = all.sorted { distance($0) < distance($1) }
            for most in [1, 5, 1000] {
                let found = space.windings(of: q, near: near, turnsLimited: turnsLimited, most: most)
                #expect(found.count == min(most, wanted.count))
                for (a, b) in zip(found, wanted) { #expect(abs(distance(a) - distance(b)) < 1e-9) }
            }
        }
    }

    /// An arm of this kind has eight solutions, however often its joints turn.
    @Test func solutionsThatDifferByWholeTurnsAreOne() throws {
        let chain = try wound(), q = [0.4, -1.2, 1.3, -0.6, 1.1, 0.3]
        var stream = RandomStream(seed: 1)
        let answer = InverseKinematics(chain).solve(
            chain.forwardKinematics(q), options: .init(count: 600, positionTolerance: 1e-6, rotationTolerance: 1e-6), using: &stream)
        #expect(answer.found == 8)
        let space = ConfigurationSpace(chain)
        for solution in answer.solutions {
            #expect(chain.contains(solution.configuration) && solution.configuration.allSatisfy { abs($0) <= .pi + 1e-9 })
            let windings = space.windings(of: solution.configuration, most: 4096)
            #expect(windings.count == 64 && windings[0] == solution.configuration && Set(windings).count == 64)
            for winding in windings {
                #expect(chain.contains(winding, tolerance: 1e-9))
                let error = chain.forwardKinematics(winding).error(to: chain.forwardKinematics(q))
                #expect(error.position < 1e-6 && error.rotation < 2e-6)
            }
        }
        #expect(space.windings(of: q, most: 5).count == 5)
    }

    @Test func aJointThatDrivesAnotherByHalfATurnDoesNotRepeat() {
        var chain = MountedChains.chain("geared", [MountedChains.turn("a", [0, 0, 1])])
        chain.segments.append(Chain.Segment(
            name: "b", kind: .revolute, child: "end", origin: Pose(position: [1, 0, 0], rotation: .identity), axis: [0, 0, 1], variable: 0, multiplier: 0.5))
        #expect(ConfigurationSpace(chain).repeats == [false])
    }

    @Test func theNearestTurnIsTheAnswer() throws {
        var stream = RandomStream(seed: 2)
        for (chain, near) in [(try unlimited(), [7, -1.2, 1.3, -0.6, 1.1, -9]), (try wound(), [5, -5.2, 1.3, 5.5, 1.1, -4])] {
            for move in [0, 0.02, 0.6] {
                let target = chain.forwardKinematics(near.map { $0 + move })
                let solution = try #require(InverseKinematics(chain).solve(target, preferences: Preferences(near: near), using: &stream).solutions.first)
                #expect(chain.contains(solution.configuration))
                let plain = zip(near, solution.configuration).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
                #expect(abs(plain - solution.distance!) < 1e-9)
                #expect(plain <= move * 6.0.squareRoot() + 1e-3)
                let error = chain.forwardKinematics(solution.configuration).error(to: target)
                #expect(error.position <= 1e-4 && error.rotation <= 1e-3)
            }
        }
    }

    /// A path on which a joint turns on and on has configurations that do, too.
    @Test func tracksTurnOn() throws {
        for (chain, first, last) in [(try unlimited(), 2.5, 12.0), (try wound(), -6.0, 6.0)] {
            let solver = InverseKinematics(chain)
            let motion = stride(from: first, through: last, by: 0.1).map { [$0, -1.2, 1.3, -0.6, 1.1, 0.5] }
            var options = TrackOptions()
            for start in [motion[0], nil] {
                var stream = RandomStream(seed: 3)
                options.start = start
                let track = PathTracker(solver, options: options).track(motion.map { Goal(chain.forwardKinematics($0)) }) {
                    solver.solve($0, options: $1, using: &stream).outcome
                }
                #expect(track.jumps.isEmpty && track.unreached.isEmpty)
                for (a, b) in zip(track.configurations, track.configurations.dropFirst()) {
                    #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 0.5 })
                    #expect(chain.contains(b, tolerance: 1e-9))
                }
                if start != nil { #expect(abs(track.configurations.last![0] - motion.last![0]) < 1e-3) }
            }
        }
    }
}
