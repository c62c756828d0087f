import Collision
import Numerics
import Testing
import TestSupport

/// Searches for configurations that keep clear of obstacles.
@Suite struct CollisionFreeSearchTests {
    private let chain: Chain
    private let screen: CollisionScreen
    private let target: Pose

    init() throws {
        let description = try library.robot("panda")
        chain = try description.chain()
        // Under a shelf, beside a post.
        let world = try World([
            Obstacle(name: "shelf", shape: .box(size: [0.5, 0.8, 0.03]), pose: Pose(position: [0.55, 0, 0.72], rotation: .identity)),
            Obstacle(name: "post", shape: .capsule(radius: 0.05, length: 0.8), pose: Pose(position: [0.25, 0.25, 0.4], rotation: .identity)),
            Obstacle(name: "table", shape: .box(size: [0.5, 0.8, 0.03]), pose: Pose(position: [0.55, 0, 0.1], rotation: .identity)),
        ])
        screen = CollisionScreen(try CollisionModel(chain, of: description), world: world)
        target = Pose(position: [0.5, 0.05, 0.42], rotation: Rotation(roll: .pi, pitch: 0, yaw: 0.3))
    }

    private func clearance(_ q: [Double]) -> Double { screen.model.proximity(q, world: screen.world)!.distance }

    @Test func `all solutions keep clear, reach the pose, differ, and know their clearance`() throws {
        let solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 1)
        let found = solver.solve(target, options: .init(count: 40), preferences: Preferences(screen: screen), using: &stream)
        #expect(found.found == 40 && found.rejected > 0)
        for solution in found.solutions {
            #expect(solution.positionError < 1e-4 && solution.rotationError < 1e-3)
            let exact = clearance(solution.configuration)
            #expect(exact > 0)
            #expect(abs(min(exact, 0.25) - solution.clearance!) < 1e-5)
        }
        #expect(zip(found.solutions, found.solutions.dropFirst()).allSatisfy { $0.score >= $1.score })
        // Without the screen, a good part of the solutions collides.
        var other = RandomStream(seed: 1)
        let free = solver.solve(target, options: .init(count: 40), using: &other)
        #expect(free.solutions.contains { clearance($0.configuration) < 0 })
        #expect(free.solutions.allSatisfy { $0.clearance == nil } && free.rejected == 0)
    }

    @Test func `held joints, wishes and lists keep clear as well`() throws {
        let solver = InverseKinematics(chain), near = [0, 0.2, 0.1, -2, 0.1, 2.2, 1]
        for preferences in [
            Preferences(held: [2: 0.2], screen: screen), Preferences(near: near, screen: screen), Preferences(near: near, held: [0: 0.1], screen: screen),
            Preferences(near: near, greatestMoves: Array(repeating: 1.5, count: 7), screen: screen),
        ] {
            var stream = RandomStream(seed: 2)
            let found = solver.solve(target, options: .init(count: 4), preferences: preferences, using: &stream)
            #expect(found.found > 0)
            for solution in found.solutions {
                #expect(clearance(solution.configuration) > 0 && solution.clearance! > 0)
                for (index, value) in preferences.held { #expect(solution.configuration[index] == value) }
            }
        }
        let goals = [Goal(target), Goal(target, orientation: .axis([0, 0, 1]))]
        let stream = RandomStream(seed: 3)
        let one = InverseKinematics.solve(chain, goals: goals, options: .init(count: 5), preferences: Preferences(screen: screen), stream: stream, threads: 1)
        let two = InverseKinematics.solve(chain, goals: goals, options: .init(count: 5), preferences: Preferences(screen: screen), stream: stream, threads: 2)
        #expect(one.map { $0.solutions } == two.map { $0.solutions })
        for answer in one {
            #expect(answer.found == 5)
            for solution in answer.solutions { #expect(clearance(solution.configuration) > 0) }
        }
    }

    @Test func `where everything collides, the answer says so`() throws {
        let buried = CollisionScreen(screen.model, world: try World([
            Obstacle(name: "block", shape: .box(size: [0.3, 0.3, 0.3]), pose: Pose(position: target.position, rotation: .identity)),
        ]))
        var stream = RandomStream(seed: 4)
        let found = InverseKinematics(chain).solve(target, options: .init(count: 3, restarts: 300), preferences: Preferences(screen: buried), using: &stream)
        #expect(found.found == 0 && found.rejected > 3 && found.closest == nil)
        #expect(found.reason!.contains("distinct solutions collide"))
        // The tip is in the middle of the block, so that the hand, or what stands for it, touches it in every solution.
        #expect(found.reason!.contains("every solution touches: ") && found.reason!.contains(" and block"), "\(found.reason!)")
    }

    /// All pairs that touch, against every pair of balls.
    @Test func `contacts are those of all pairs of links and obstacles`() throws {
        let world = try World([
            Obstacle(name: "block", shape: .box(size: [0.3, 0.3, 0.3]), pose: Pose(position: [0.4, 0, 0.4], rotation: .identity)),
            Obstacle(name: "post", shape: .capsule(radius: 0.1, length: 0.6), pose: Pose(position: [0.1, 0.3, 0.5], rotation: .identity)),
            Obstacle(name: "far", shape: .sphere(radius: 0.1), pose: Pose(position: [3, 0, 0], rotation: .identity)),
        ])
        let model = screen.model, checker = CollisionScreen(model, world: world).makeChecker()
        var stream = RandomStream(seed: 9), touching = 0, several = 0
        for _ in 0..<200 {
            let q = chain.randomConfiguration(using: &stream), found = Set(checker.contacts(of: q, among: nil))
            var wanted: Set<ScreenContact> = []
            for link in model.links where link.moves {
                for (name, ball) in model.spheres(at: q) where name == link.name {
                    for (index, obstacle) in world.obstacles.enumerated() {
                        let alone = try World([world.obstacles[index]])
                        if alone.distance(from: ball.centre)!.distance <= ball.radius + 2e-6 { wanted.insert(ScreenContact(link: name, other: obstacle.name)) }
                    }
                }
            }
            let links = Set(model.links.map(\.name))
            #expect(found.filter { !links.contains($0.other) } == wanted)
            // A pair touches exactly where the least distance is not above nothing.
            let least = try #require(model.proximity(q, world: world))
            if abs(least.distance) > 1e-5 { #expect(found.isEmpty == (least.distance > 0)) }
            touching += found.isEmpty ? 0 : 1
            several += found.count > 1 ? 1 : 0
            #expect(Set(checker.contacts(of: q, among: Set(found.prefix(1)))) == Set(found.prefix(1)))
        }
        #expect(touching > 30 && several > 10)
    }

    @Test func `words name what touches at every configuration, or what does most often`() throws {
        final class Told: ConfigurationChecker {
            let pairs: [Double: [ScreenContact]]
            init(_ pairs: [Double: [ScreenContact]]) { self.pairs = pairs }
            func clearances(of configurations: [[Double]]) -> [Double] { configurations.map { _ in -1 } }
            func clearances(_ q: UnsafePointer<Lanes>) -> Lanes { Lanes(repeating: -1) }
            func clearance(of configuration: [Double]) -> (distance: Double, gradient: [Double])? { nil }
            func contacts(of configuration: [Double], among known: Set<ScreenContact>?) -> [ScreenContact] {
                pairs[configuration[0]]!.filter { known?.contains($0) ?? true }
            }
        }
        let (a, b, c) = (ScreenContact(link: "hand", other: "table"), ScreenContact(link: "elbow", other: "wall"), ScreenContact(link: "wrist", other: "base"))
        let told = Told([0: [a, b], 1: [c, a], 2: [b, c], 3: [c], 4: []])
        #expect(told.contactWords([[0], [1]]) == "every solution touches: hand and table")
        #expect(told.contactWords([[2]]) == "it touches: elbow and wall, wrist and base")
        #expect(told.contactWords([[0], [1], [2], [3]]) == "no pair touches in all of them; most often wrist and base, in 3 of 4")
        #expect(told.contactWords([]) == nil && told.contactWords([[4]]) == nil)
    }

    @Test func `a solution that barely touches is moved along its solution set`() throws {
        // A start that leads to a colliding branch only; the repair has to get it out.
        let solver = InverseKinematics(chain)
        var stream = RandomStream(seed: 5), mended = 0
        for _ in 0..<30 {
            let all = solver.solve(target, options: .init(count: 30), using: &stream)
            let touching = all.solutions.filter { let d = clearance($0.configuration); return d < 0 && d > -0.03 }
            guard let one = touching.first else { continue }
            var starts = FixedStart(configuration: one.configuration)
            let found = solver.solve(
                Goal(target), options: .init(restarts: 1), preferences: Preferences(screen: screen), starts: { _, _ in starts })
            starts.isUsed = true
            guard let solution = found.solutions.first else { continue }
            #expect(clearance(solution.configuration) > 0 && solution.positionError < 1e-4 && solution.rotationError < 1e-3)
            mended += 1
        }
        #expect(mended > 5)
    }
}

/// One start, once.
private struct FixedStart: StartSource {
    let configuration: [Double]
    var isUsed = false
    let patience = 14

    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        if isUsed { return nil }
        isUsed = true
        for i in configuration.indices { q[i][lane] = Float(configuration[i]) }
        return placedStart
    }
}
