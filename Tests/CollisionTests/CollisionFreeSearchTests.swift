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
