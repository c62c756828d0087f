import Collision
import Kinematics
import Numerics
import Planning
import Testing
import TestSupport

/// Distances of sixteen configurations in sixteen worlds, and densities over paths made of them.
@Suite struct LanePathDensityTests {
    /// One of each shape, somewhere in the reach of an arm.
    private static func obstacles(_ stream: inout RandomStream) -> [Obstacle] {
        let shapes: [Shape] = [
            .box(size: [0.1 + 0.4 * stream.uniform(), 0.1 + 0.4 * stream.uniform(), 0.05 + 0.2 * stream.uniform()]), .sphere(radius: 0.05 + 0.1 * stream.uniform()),
            .cylinder(radius: 0.05 + 0.1 * stream.uniform(), length: 0.1 + 0.5 * stream.uniform()),
            .capsule(radius: 0.05 + 0.1 * stream.uniform(), length: 0.1 + 0.5 * stream.uniform()),
        ]
        return shapes.map { shape in
            let place = SIMD3(0.7 * stream.uniform(), 1.2 * stream.uniform() - 0.6, stream.uniform())
            let turn = Rotation(roll: 3 * stream.normal(), pitch: stream.normal(), yaw: 3 * stream.normal())
            return Obstacle(name: shape.kind, shape: shape, pose: Pose(position: place, rotation: turn))
        }
    }

    private static func model() throws -> (chain: Chain, model: CollisionModel) {
        let description = try library.robot("panda"), chain = try description.chain()
        return (chain, try CollisionModel(chain, of: description))
    }

    @Test func `distances in lanes and their gradients are those of one configuration in one world at a time`() throws {
        let (chain, model) = try Self.model()
        let proximity = LaneProximity(model)
        var stream = RandomStream(seed: 3), q = [Lanes](repeating: .zero, count: 7), gradient = q, near = 0, touching = 0, unlike = 0
        for _ in 0..<40 {
            let worlds = (0..<laneCount).map { _ in Self.obstacles(&stream) }
            let rows = (0..<laneCount).map { _ in chain.variables.map { $0.lower + ($0.upper - $0.lower) * stream.uniform() } }
            for lane in 0..<laneCount { for i in 0..<7 { q[i][lane] = Float(rows[lane][i]) } }
            let found = proximity.distances(q, world: WorldLanes(worlds), upTo: 0.1, gradient: &gradient)
            for lane in 0..<laneCount {
                let exact = try #require(model.proximity(rows[lane], world: try World(worlds[lane])))
                #expect(abs(Double(found[lane]) - min(exact.distance, 0.1)) < 1e-5, "\(found[lane]) for \(exact)")
                let slopes = gradient.map { Double($0[lane]) }
                guard exact.distance < 0.1 - 1e-5 else {
                    if exact.distance > 0.1 + 1e-5 { #expect(slopes.allSatisfy { $0 == 0 }) }
                    continue
                }
                near += 1
                if exact.distance < 0 { touching += 1 }
                // Where two things are equally near, either is the nearest.
                if zip(slopes, exact.gradient).contains(where: { abs($0 - $1) > 2e-3 }) { unlike += 1 }
            }
        }
        #expect(near > 300 && touching > 100 && unlike <= near / 100, "\(near) near, \(touching) touching, \(unlike) unlike")
    }

    @Test func `a density over paths has its gradient, in every lane that of its own world`() throws {
        let (_, model) = try Self.model()
        let start = [-0.8, 0.6, 0, -1.9, 0, 2.5, 0.8], goal = [0.8, 0.6, 0, -1.9, 0, 2.5, 0.8]
        let prior = BridgePrior(start: start, goal: goal, knots: 2, points: 16, deviation: 1.5)
        let density = LanePathDensity(prior, of: model, clearance: 0.06, softness: 0.05)
        var stream = RandomStream(seed: 5)
        let world = WorldLanes((0..<laneCount).map { _ in Self.obstacles(&stream) })
        let count = density.dimension
        var x = (0..<count).map { i in
            var knot = Lanes.zero
            // Some of them beyond a limit.
            for lane in 0..<laneCount { knot[lane] = Float(prior.middle.mean[i] + (lane < 12 ? 0.3 : 1.2) * stream.normal()) }
            return knot
        }
        var slope = x, other = x
        let value = density.evaluate(x, world: world, gradient: &slope)
        #expect((0..<laneCount).contains { value[$0] != value[0] } && (0..<laneCount).allSatisfy { value[$0].isFinite && value[$0] < 0 })
        var off = 0, compared = 0
        for i in 0..<count {
            let own = x[i], h: Float = 2e-3
            x[i] = own + h
            let above = density.evaluate(x, world: world, gradient: &other)
            x[i] = own - h
            let below = density.evaluate(x, world: world, gradient: &other)
            x[i] = own
            for lane in 0..<laneCount {
                let difference = (above[lane] - below[lane]) / (2 * h)
                compared += 1
                // Single precision, and kinks where something else becomes the nearest.
                if abs(difference - slope[i][lane]) > 0.05 * (1 + abs(slope[i][lane])) + 3e-6 * abs(value[lane]) / h { off += 1 }
            }
        }
        #expect(off <= compared / 20, "\(off) of \(compared)")
    }
}
