import Collision
import Numerics
import Testing
import TestSupport

/// Distances of points from shapes.
@Suite struct ShapeDistanceTests {
    static func randomShape(_ kind: Int, _ stream: inout RandomStream) -> Shape {
        func length() -> Double { 0.02 + 0.5 * stream.uniform() }
        switch kind % 4 {
        case 0: return .sphere(radius: length())
        case 1: return .box(size: SIMD3(length(), length(), length()))
        case 2: return .cylinder(radius: length(), length: length())
        default: return .capsule(radius: length(), length: length())
        }
    }

    static func randomObstacle(_ kind: Int, _ stream: inout RandomStream) -> Obstacle {
        let turned = stream.uniform() < 0.7 ? randomRotation(using: &stream) : .identity
        return Obstacle(name: "\(kind)", shape: randomShape(kind, &stream), pose: Pose(position: 0.4 * randomVector(using: &stream), rotation: turned))
    }

    /// Whether a point, given in the shape's frame, is inside: the definition of the shape, and nothing else.
    static func contains(_ shape: Shape, _ p: SIMD3<Double>, slack: Double) -> Bool {
        switch shape {
        case .sphere(let radius): return p.length <= radius + slack
        case .box(let size): return (0..<3).allSatisfy { abs(p[$0]) <= size[$0] / 2 + slack }
        case .cylinder(let radius, let length): return SIMD3(p.x, p.y, 0).length <= radius + slack && abs(p.z) <= length / 2 + slack
        case .capsule(let radius, let length):
            return SIMD3(p.x, p.y, 0).length <= radius + slack && abs(p.z) <= length / 2 + slack
                || (p - SIMD3(0, 0, length / 2)).length <= radius + slack || (p + SIMD3(0, 0, length / 2)).length <= radius + slack
        default: return false
        }
    }

    @Test func `the nearest surface point is on the surface, and no point inside is nearer`() throws {
        var stream = RandomStream(seed: 1)
        for index in 0..<400 {
            let obstacle = Self.randomObstacle(index, &stream)
            let world = try World([obstacle])
            let back = obstacle.pose.inverse
            for _ in 0..<50 {
                let p = obstacle.pose.position + 0.5 * randomVector(using: &stream)
                let distance = try #require(world.distance(from: p)).distance
                #expect(Self.contains(obstacle.shape, back * p, slack: 1e-12) == (distance <= 0) || abs(distance) < 1e-9)
                for _ in 0..<20 {
                    // Every point within the distance lies on the same side.
                    var step = randomVector(using: &stream)
                    step *= abs(distance) * 0.999 / step.length
                    #expect(Self.contains(obstacle.shape, back * (p + step), slack: 0) == (distance < 0))
                }
            }
        }
    }

    @Test func `sixteen points in single precision agree with one in double precision on a million pairs`() throws {
        var stream = RandomStream(seed: 2)
        var wrong = 0, greatest = 0.0, touching = 0
        for _ in 0..<62_500 / 25 {
            let obstacles = (0..<5).map { Self.randomObstacle($0, &stream) }
            for obstacle in obstacles {
                let world = try World([obstacle]), probe = try PointProbe(world)
                for _ in 0..<5 {
                    let points = (0..<laneCount).map { _ in 0.6 * randomVector(using: &stream) }
                    let radius = Float(0.2 * stream.uniform())
                    let mask = probe.touches(points, radius: radius), distances = probe.distances(points, upTo: 100)
                    for lane in 0..<laneCount {
                        let exact = world.distance(from: points[lane])!.distance
                        greatest = max(greatest, abs(exact - Double(distances[lane])))
                        if exact <= Double(radius) { touching += 1 }
                        if mask[lane] != (exact <= Double(radius)), abs(exact - Double(radius)) > 2e-6 { wrong += 1 }
                    }
                }
            }
        }
        #expect(wrong == 0)
        #expect(greatest < 3e-6)
        #expect(touching > 30_000)
    }

    @Test func `a world of many obstacles answers as the obstacles do one by one`() throws {
        var stream = RandomStream(seed: 3)
        let obstacles = (0..<300).map { Self.randomObstacle($0, &stream) }
        let world = try World(obstacles), single = try obstacles.map { try World([$0]) }
        for _ in 0..<200 {
            let p = 2 * randomVector(using: &stream)
            let expected = single.map { $0.distance(from: p)!.distance }.min()!
            #expect(abs(world.distance(from: p)!.distance - expected) < 1e-12)
        }
    }

    @Test func `obstacles that cannot be are refused with their number and name`() throws {
        let bad: [(Shape, String)] = [
            (.sphere(radius: .nan), "radius"), (.sphere(radius: 0), "radius"), (.sphere(radius: .infinity), "radius"), (.box(size: [1, 0, 1]), "edge"),
            (.box(size: [1, .nan, 1]), "edge"), (.cylinder(radius: 1, length: 0), "length"), (.capsule(radius: -1, length: 1), "radius"),
            (.points([], radius: 0), "points"), (.points([[0, .nan, 0]], radius: 0), "point 1"), (.points([[0, 0, 0]], radius: -1), "radius"),
        ]
        for (shape, word) in bad {
            let error = #expect(throws: WorldError.self) { try World([Obstacle(name: "good", shape: .sphere(radius: 1)), Obstacle(name: "odd", shape: shape)]) }
            #expect("\(error!)".hasPrefix("obstacle 2 (odd): ") && "\(error!)".contains(word))
        }
        #expect(throws: WorldError.self) {
            try World([Obstacle(name: "a", shape: .sphere(radius: 1), pose: Pose(position: [.nan, 0, 0], rotation: .identity))])
        }
    }
}
