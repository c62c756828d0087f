import Collision
import Numerics
import Testing
import TestSupport

/// Paths of the tip that keep clear of obstacles.
@Suite struct FreeTrackTests {
    private let chain: Chain
    private let screen: CollisionScreen
    private let solver: InverseKinematics

    init() throws {
        let description = try library.robot("panda")
        chain = try description.chain()
        let world = try World([
            Obstacle(name: "shelf", shape: .box(size: [0.5, 0.8, 0.03]), pose: Pose(position: [0.55, 0, 0.75], rotation: .identity)),
            Obstacle(name: "post", shape: .capsule(radius: 0.05, length: 0.8), pose: Pose(position: [0.25, 0.25, 0.4], rotation: .identity)),
        ])
        screen = CollisionScreen(try CollisionModel(chain, of: description), world: world)
        solver = InverseKinematics(chain)
    }

    /// A circle under the shelf, which ends where it begins.
    private static func circle(_ count: Int, radius: Double = 0.12) -> [Goal] {
        (0..<count).map { index in
            let angle = 2 * Double.pi * Double(index) / Double(count - 1)
            let position = SIMD3(0.5 + radius * Elementary.cos(angle), radius * Elementary.sin(angle), 0.4)
            return Goal(Pose(position: index == count - 1 ? SIMD3(0.5 + radius, 0, 0.4) : position, rotation: Rotation(roll: .pi, pitch: 0, yaw: 0)))
        }
    }

    private func follow(_ goals: [Goal], seed: UInt64 = 1, _ change: (inout TrackOptions) -> Void = { _ in }) -> Track {
        var options = TrackOptions()
        options.greatestStep = 0.12
        options.preferences = Preferences(screen: screen)
        change(&options)
        var stream = RandomStream(seed: seed)
        return PathTracker.track(goals, with: solver, options: options) {
            solver.solve($0, options: $1, preferences: options.preferences, using: &stream).outcome
        }
    }

    private func check(_ track: Track, _ goals: [Goal], step: Double = 0.12) {
        #expect(track.configurations.count == goals.count && track.jumps.isEmpty && track.unreached.isEmpty)
        for (q, goal) in zip(track.configurations, goals) {
            let error = goal.error(of: chain.forwardKinematics(q))
            #expect(error.position < 1e-4 && error.rotation < 1e-3 && chain.contains(q, tolerance: 1e-6))
            #expect(screen.model.proximity(q, world: screen.world)!.distance > 0)
        }
        for (a, b) in zip(track.configurations, track.configurations.dropFirst()) { #expect(zip(a, b).allSatisfy { abs($0 - $1) <= step }) }
    }

    @Test func `a path under a shelf has no jumps and touches nothing`() {
        let goals = Self.circle(120)
        let track = follow(goals)
        check(track, goals)
        #expect(track.configurations == follow(goals).configurations)
        #expect(abs(track.length - zip(track.configurations, track.configurations.dropFirst()).reduce(0) { sum, pair in
            sum + zip(pair.0, pair.1).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        }) < 1e-9)
    }

    @Test func `a closed path ends in the configuration in which it begins`() {
        let goals = Self.circle(80)
        let track = follow(goals) { $0.isClosed = true }
        check(track, goals)
        #expect(track.configurations[0] == track.configurations[79])
    }

    @Test func `a path sets out from the start`() throws {
        let goals = Self.circle(60)
        // Somewhere on another path's way, so that it can be reached without a jump.
        let start = follow(goals, seed: 5).configurations[0]
        let track = follow(goals) { $0.start = start }
        check(track, goals)
        #expect(zip(track.configurations[0], start).allSatisfy { abs($0 - $1) <= 0.12 })
    }

    @Test func `places in any orientation, and a tool that may turn about its axis, are followed as well`() {
        let places = Self.circle(60).map { Goal.position($0.pose.position) }
        let track = follow(places)
        #expect(track.jumps.isEmpty && track.unreached.isEmpty)
        for (q, goal) in zip(track.configurations, places) {
            #expect((chain.forwardKinematics(q).position - goal.pose.position).length < 1e-4)
            #expect(screen.model.proximity(q, world: screen.world)!.distance > 0)
        }
        let axes = Self.circle(12, radius: 0.05).map { Goal($0.pose, orientation: .axis([0, 0, 1])) }
        let turned = follow(axes) { ($0.candidates, $0.greatestStep) = (6, 0.8) }
        #expect(turned.jumps.isEmpty && turned.unreached.isEmpty)
        for (q, goal) in zip(turned.configurations, axes) {
            let error = goal.error(of: chain.forwardKinematics(q))
            #expect(error.position < 1e-4 && error.rotation < 1e-3 && screen.model.proximity(q, world: screen.world)!.distance > 0)
        }
    }

    /// Follows goals, and counts the searches that it takes: a few where many tracks are carried along, one a goal where they are followed one by one.
    private func counted(_ goals: [Goal], _ change: (inout TrackOptions) -> Void = { _ in }) -> (track: Track, searches: Int) {
        var options = TrackOptions(), stream = RandomStream(seed: 1), searches = 0
        options.greatestStep = 0.12
        options.preferences = Preferences(screen: screen)
        change(&options)
        let track = PathTracker.track(goals, with: solver, options: options) {
            searches += 1
            return solver.solve($0, options: $1, preferences: options.preferences, using: &stream).outcome
        }
        return (track, searches)
    }

    @Test func `a locked joint keeps its value along the whole path, which is followed without jumps`() {
        let goals = Self.circle(80, radius: 0.08)
        let (track, searches) = counted(goals) { $0.preferences = Preferences(held: [2: 0.2], screen: $0.preferences.screen) }
        check(track, goals)
        #expect(track.configurations.allSatisfy { $0[2] == 0.2 } && searches < 20)
        let start = track.configurations[0]
        let (again, _) = counted(goals) {
            ($0.start, $0.isClosed) = (start, true)
            $0.preferences = Preferences(held: [2: 0.2], screen: $0.preferences.screen)
        }
        check(again, goals)
        #expect(again.configurations[0] == again.configurations[79] && zip(again.configurations[0], start).allSatisfy { abs($0 - $1) <= 0.12 })
    }

    @Test func `goals that leave something free are followed at once where they are of one kind, goal by goal where not`() {
        var goals = Self.circle(60, radius: 0.1).map { Goal($0.pose, orientation: .axis([0, 0, 1]), positionSlack: [0, 0, 0.02]) }
        let (track, searches) = counted(goals)
        check(track, goals)
        #expect(searches < 20)
        goals[30] = Goal(goals[30].pose)
        let mixed = counted(Array(goals[28..<33])) { ($0.candidates, $0.greatestStep) = (6, 0.8) }
        #expect(mixed.track.unreached.isEmpty && mixed.track.jumps.isEmpty && mixed.searches == 5)
    }

    @Test func `where the way is barred, a jump is told`() throws {
        // From one side of the base to the other, too far for one branch: the first joint has limits.
        let goals = (0..<40).map { index in
            let angle = -3.3 + 6.6 * Double(index) / 39
            return Goal(Pose(position: [0.45 * Elementary.cos(angle), 0.45 * Elementary.sin(angle), 0.3], rotation: Rotation(roll: .pi, pitch: 0, yaw: angle)))
        }
        let track = follow(goals) { ($0.preferences, $0.greatestStep, $0.candidates) = (Preferences(), 0.4, 4) }
        #expect(track.unreached.isEmpty)
        for index in track.configurations.indices.dropFirst() {
            let step = zip(track.configurations[index - 1], track.configurations[index]).reduce(0) { max($0, abs($1.0 - $1.1)) }
            #expect((step > 0.4) == track.jumps.contains(index))
        }
    }
}
