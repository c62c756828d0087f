import Collision
import Numerics
import Testing
import TestSupport

/// Clouds of points, and meshes.
@Suite struct SurfaceTests {
    /// The triangles of a box, outside seen counter-clockwise.
    static func boxMesh(_ size: SIMD3<Double>) throws -> TriangleMesh {
        let corners = (0..<8).map { i in SIMD3(i & 1 == 0 ? -0.5 : 0.5, i & 2 == 0 ? -0.5 : 0.5, i & 4 == 0 ? -0.5 : 0.5) * size }
        let faces: [[Int32]] = [[0, 2, 3, 1], [4, 5, 7, 6], [0, 1, 5, 4], [2, 6, 7, 3], [0, 4, 6, 2], [1, 3, 7, 5]]
        return try TriangleMesh(vertices: corners, triangles: faces.flatMap { [SIMD3($0[0], $0[1], $0[2]), SIMD3($0[0], $0[2], $0[3])] })
    }

    @Test func `the mesh of a box has the distances of the box, inside too`() throws {
        let size = SIMD3(0.3, 0.5, 0.2)
        let mesh = try Self.boxMesh(size)
        #expect(mesh.isClosed)
        var stream = RandomStream(seed: 4)
        let pose = Pose(position: [0.1, -0.2, 0.3], rotation: randomRotation(using: &stream))
        let box = try World([Obstacle(name: "box", shape: .box(size: size), pose: pose)])
        let surface = try World([Obstacle(name: "mesh", shape: .mesh(mesh), pose: pose)])
        let probes = (try PointProbe(box), try PointProbe(surface))
        for _ in 0..<2000 {
            let points = (0..<laneCount).map { _ in pose.position + 0.25 * randomVector(using: &stream) }
            for p in points { #expect(abs(box.distance(from: p)!.distance - surface.distance(from: p)!.distance) < 1e-9) }
            let (a, b) = (probes.0.touches(points, radius: 0.05), probes.1.touches(points, radius: 0.05))
            for lane in 0..<laneCount where a[lane] != b[lane] { #expect(abs(box.distance(from: points[lane])!.distance - 0.05) < 2e-6) }
        }
    }

    @Test func `an open mesh is a shell`() throws {
        let mesh = try TriangleMesh(vertices: [[0, 0, 0], [1, 0, 0], [0, 1, 0]], triangles: [[0, 1, 2]])
        #expect(!mesh.isClosed)
        let world = try World([Obstacle(name: "sheet", shape: .mesh(mesh))])
        #expect(abs(world.distance(from: [0.25, 0.25, 0.1])!.distance - 0.1) < 1e-12)
        #expect(abs(world.distance(from: [0.25, 0.25, -0.1])!.distance - 0.1) < 1e-12)
        #expect(abs(world.distance(from: [-0.3, -0.4, 0])!.distance - 0.5) < 1e-12)
    }

    @Test func `a hundred thousand points answer as a search through all of them`() throws {
        var stream = RandomStream(seed: 5)
        // A bumpy wall, with many points at the same place.
        let points = (0..<100_000).map { index in
            index % 10 == 0 ? SIMD3(0.5, 0, 0.5) : SIMD3(0.5 + 0.01 * stream.normal(), 2 * stream.uniform() - 1, stream.uniform())
        }
        let world = try World([Obstacle(name: "wall", shape: .points(points, radius: 0.005))]), probe = try PointProbe(world)
        for _ in 0..<40 {
            let p = SIMD3(0.5, 0, 0.5) + 0.3 * randomVector(using: &stream)
            let brute = points.map { ($0 - p).length }.min()! - 0.005
            #expect(abs(world.distance(from: p)!.distance - brute) < 1e-12)
            let mask = probe.touches(Array(repeating: p, count: laneCount), radius: 0.04)
            if abs(brute - 0.04) > 1e-6 { #expect(mask[7] == (brute <= 0.04)) }
        }
    }

    @Test func `large worlds are given up soon after that is asked for`() throws {
        var stream = RandomStream(seed: 6)
        let points = (0..<200_000).map { _ in randomVector(using: &stream) }
        // Asked often, and not heeded more often than there are rows in a grid: what comes after is not computed.
        for allowed in [0, 3, 40] {
            let asked = Counter()
            let error = #expect(throws: WorldError.self) {
                try World([Obstacle(name: "cloud", shape: .points(points, radius: 0.01))], cancellation: Cancellation { asked.next() > allowed })
            }
            #expect(error == .cancelled)
        }
        _ = try World([Obstacle(name: "cloud", shape: .points(Array(points.prefix(100)), radius: 0.01))], cancellation: Cancellation { false })
    }

    /// Counts how often it was asked.
    private final class Counter: @unchecked Sendable {
        private var count = 0
        func next() -> Int { count += 1; return count }
    }

    @Test func `meshes without an area and points on one spot are no trap`() throws {
        #expect(throws: MeshError.noTriangles) { try TriangleMesh(vertices: [[0, 0, 0], [1, 0, 0], [2, 0, 0]], triangles: [[0, 1, 2], [0, 0, 1]]) }
        #expect(throws: MeshError.unknownVertex(triangle: 1)) { try TriangleMesh(vertices: [[0, 0, 0]], triangles: [[0, 1, 2]]) }
        #expect(throws: MeshError.invalidVertex(2)) { try TriangleMesh(vertices: [[0, 0, 0], [.nan, 0, 0], [0, 1, 0]], triangles: [[0, 1, 2]]) }
        let spot = try World([Obstacle(name: "spot", shape: .points(Array(repeating: SIMD3(1, 1, 1), count: 5000), radius: 0))])
        #expect(abs(spot.distance(from: [1, 1, 2])!.distance - 1) < 1e-12)
    }
}
