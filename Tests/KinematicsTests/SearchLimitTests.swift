import Kinematics
import Numerics
import TestSupport
import Testing

/// How long a search may take, and how far its answers may lie.
@Suite struct SearchLimitTests {
    private let far = Pose(position: [3, 0, 0], rotation: .identity)

    @Test func timeEndsASearch() throws {
        let chain = try library.robot("panda").chain()
        var stream = RandomStream(seed: 1)
        let options = SearchOptions(restarts: 100_000_000, seconds: 0.02)
        for preferences in [Preferences(), Preferences(near: [0, 0, 0, -1, 0, 1, 0]), Preferences(held: [2: 0.1])] {
            for goal in [Goal(far), Goal(far, orientation: .axis([0, 0, 1]))] {
                let answer = InverseKinematics(chain).solve(goal, options: options, preferences: preferences, using: &stream)
                #expect(answer.found == 0 && answer.wasStopped && answer.reason?.hasPrefix("stopped by the time limit of 0.02 s") == true)
                #expect(answer.closest != nil)
            }
        }
        let many = InverseKinematics.solve(
            chain, goals: Array(repeating: Goal(far), count: 500), options: options, stream: stream, threads: 2)
        #expect(many.count == 500 && many.allSatisfy { $0.wasStopped } && many.last!.starts == 0)
        let description = try library.robot("talos_28dof"), body = try description.body(floating: description.floatingBase)
        let task = try #require(body.stance).aiming(.position([9, 0, 0]), tip: try #require(body.tipIndex("right_hand")))
        let posture = BodySolver(body, task: task).solve(options: options, using: &stream)
        #expect(posture.wasStopped && posture.found == 0)
    }

    @Test func aTrackEndsWhereTimeWasUp() throws {
        let chain = try library.robot("panda").chain(), solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 2), options = TrackOptions()
        options.seconds = 0.02
        let track = PathTracker(solver, options: options).track(Array(repeating: Goal(far), count: 10_000)) {
            solver.solve($0, options: $1, using: &stream).outcome
        }
        #expect(!track.wasCancelled && track.configurations.count < 10_000)
        #expect(track.reason?.hasPrefix("stopped by the time limit of 0.02 s after") == true)
    }

    /// Answers near a configuration are near it, joint by joint, or there are none.
    @Test func movesAreBounded() throws {
        let chain = try library.robot("panda").chain(), kinematics = InverseKinematics(chain)
        var stream = RandomStream(seed: 3)
        var found = 0
        for _ in 0..<60 {
            let near = chain.randomConfiguration(using: &stream), moves = (0..<7).map { 0.05 + 0.1 * Double($0) }
            let target = chain.forwardKinematics(chain.variables.indices.map {
                min(max(near[$0] + moves[$0] * (2 * stream.uniform() - 1), chain.variables[$0].lower), chain.variables[$0].upper)
            })
            for goal in [Goal(target), Goal(target, orientation: .axis([0, 0, 1]))] {
                let answer = kinematics.solve(goal, preferences: Preferences(near: near, greatestMoves: moves), using: &stream)
                for q in (answer.solutions + [answer.closest].compactMap { $0 }).map(\.configuration) {
                    #expect(chain.contains(q) && zip(q, near).enumerated().allSatisfy { abs($1.0 - $1.1) <= moves[$0] + 1e-12 })
                }
                found += answer.found
            }
        }
        #expect(found >= 118)
    }

    @Test func aTurningJointIsBoundedInItsTurn() throws {
        var chain = try library.robot("ur5").chain()
        chain.variables[0].kind = .continuous
        chain.segments[chain.segments.firstIndex { $0.variable == 0 }!].kind = .continuous
        let near = [9.4, -1.2, 1.3, -0.6, 1.1, 0.3]
        var stream = RandomStream(seed: 4)
        let answer = InverseKinematics(chain).solve(
            chain.forwardKinematics(near.map { $0 + 0.4 }), preferences: Preferences(near: near, greatestMoves: Array(repeating: 0.5, count: 6)), using: &stream)
        #expect(abs(try #require(answer.solutions.first).configuration[0] - 9.8) < 0.01)
    }

    @Test func noRoomIsSaid() throws {
        let chain = try library.robot("panda").chain()
        var stream = RandomStream(seed: 5)
        let answer = InverseKinematics(chain).solve(
            far, preferences: Preferences(near: [9, 0, 0, -1, 0, 1, 0], greatestMoves: Array(repeating: 0.1, count: 7)), using: &stream)
        #expect(answer.found == 0 && answer.reason?.contains("max_move") == true)
    }
}
