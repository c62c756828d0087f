import Kinematics

/// Spheres that together contain a shape of a link.
enum SphereCover {
    /// How much larger than a capsule its spheres may be.
    private static let capsuleExcess = 1.02
    /// How many spheres a box or a mesh gets at most.
    static let greatestCount = 24

    /// Along the segment, so close that no point between two of them is left out.
    static func capsule(_ capsule: CollisionCapsule) -> [CollisionSphere] {
        let way = capsule.end - capsule.start, length = way.length
        guard length > 1e-9, capsule.radius > 0 else { return [CollisionSphere(centre: (capsule.start + capsule.end) / 2, radius: capsule.radius + length / 2)] }
        // Half the spacing h and the radius r are covered by √(r² + h²).
        let spacing = 2 * capsule.radius * (capsuleExcess * capsuleExcess - 1).squareRoot()
        let gaps = min(max(1, (length / spacing).rounded(.up)), 63)
        let half = length / gaps / 2
        let radius = (capsule.radius * capsule.radius + half * half).squareRoot()
        return (0...Int(gaps)).map { CollisionSphere(centre: capsule.start + Double($0) / gaps * way, radius: radius) }
    }

    /// In the middles of cells that are nearly cubes.
    static func box(size: SIMD3<Double>, at pose: Pose) -> [CollisionSphere] {
        var counts = SIMD3(1, 1, 1)
        // The longest cells are halved as long as there is room for the spheres.
        while true {
            let cell = SIMD3(size.x / Double(counts.x), size.y / Double(counts.y), size.z / Double(counts.z))
            let axis = cell.x >= cell.y && cell.x >= cell.z ? 0 : cell.y >= cell.z ? 1 : 2
            var next = counts
            next[axis] += 1
            guard next.x * next.y * next.z <= greatestCount else { return cells(size, counts, pose) }
            counts = next
        }
    }

    private static func cells(_ size: SIMD3<Double>, _ counts: SIMD3<Int>, _ pose: Pose) -> [CollisionSphere] {
        let cell = SIMD3(size.x / Double(counts.x), size.y / Double(counts.y), size.z / Double(counts.z))
        var spheres: [CollisionSphere] = []
        for i in 0..<counts.x {
            for j in 0..<counts.y {
                for k in 0..<counts.z {
                    let middle = (SIMD3(Double(i), Double(j), Double(k)) + 0.5) * cell - size / 2
                    spheres.append(CollisionSphere(centre: pose * middle, radius: cell.length / 2))
                }
            }
        }
        return spheres
    }

    /// Discs, each in a sphere around its middle.
    static func cylinder(radius: Double, length: Double, at pose: Pose) -> [CollisionSphere] {
        let discs = min(max(1, (length / radius).rounded(.up)), Double(greatestCount))
        let half = length / discs / 2
        return (0..<Int(discs)).map { index in
            let z = -length / 2 + (2 * Double(index) + 1) * half
            return CollisionSphere(centre: pose * SIMD3(0, 0, z), radius: (radius * radius + half * half).squareRoot())
        }
    }

    /// Around clusters of the triangles: the cluster with the largest sphere is halved along its longest axis, as long as there is room.
    static func mesh(_ mesh: TriangleMesh, at pose: Pose) -> [CollisionSphere] {
        var clusters = [Cluster(pieces(of: mesh))]
        while clusters.count < greatestCount {
            let largest = clusters.indices.max { clusters[$0].sphere.radius < clusters[$1].sphere.radius }!
            guard let (a, b) = clusters[largest].halves else { break }
            clusters[largest] = a
            clusters.append(b)
        }
        return clusters.map { CollisionSphere(centre: pose * $0.sphere.centre, radius: $0.sphere.radius) }
    }

    /// The triangles, large ones quartered until they are small against the whole.
    private static func pieces(of mesh: TriangleMesh) -> [Triangle] {
        var bounds = Bounds()
        for vertex in mesh.vertices { bounds.include(vertex) }
        let longest = bounds.size.length / 12
        var done: [Triangle] = [], waiting = mesh.triangles.indices.map { Triangle(mesh.corners($0)) }
        while let t = waiting.popLast() {
            let edge = max((t.a - t.b).length, (t.b - t.c).length, (t.c - t.a).length)
            if edge <= longest || done.count + waiting.count > 200_000 { done.append(t); continue }
            let (ab, bc, ca) = ((t.a + t.b) / 2, (t.b + t.c) / 2, (t.c + t.a) / 2)
            waiting += [Triangle((t.a, ab, ca)), Triangle((ab, t.b, bc)), Triangle((ca, bc, t.c)), Triangle((ab, bc, ca))]
        }
        return done
    }

    private struct Cluster {
        let triangles: [Triangle]
        let sphere: CollisionSphere

        init(_ triangles: [Triangle]) {
            self.triangles = triangles
            let points = triangles.flatMap { [$0.a, $0.b, $0.c] }
            sphere = SphereCover.around(points)
        }

        var halves: (Cluster, Cluster)? {
            guard triangles.count > 1 else { return nil }
            var bounds = Bounds()
            for t in triangles { bounds.include((t.a + t.b + t.c) / 3) }
            let axis = bounds.longestAxis, middle = bounds.middle[axis]
            let low = triangles.filter { (($0.a + $0.b + $0.c) / 3)[axis] < middle }, high = triangles.filter { (($0.a + $0.b + $0.c) / 3)[axis] >= middle }
            return low.isEmpty || high.isEmpty ? nil : (Cluster(low), Cluster(high))
        }
    }

    /// A small sphere around points: from the middle of their box towards the farthest point, by ever smaller steps (Bădoiu and Clarkson, 2003).
    static func around(_ points: [SIMD3<Double>]) -> CollisionSphere {
        var bounds = Bounds()
        for p in points { bounds.include(p) }
        var centre = bounds.middle
        for step in 1...32 {
            let farthest = points.max { ($0 - centre).length < ($1 - centre).length }!
            centre += (farthest - centre) / Double(step + 1)
        }
        return CollisionSphere(centre: centre, radius: points.reduce(0) { max($0, ($1 - centre).length) } * (1 + 1e-9))
    }

    /// A sphere around spheres.
    static func around(_ spheres: [CollisionSphere]) -> CollisionSphere {
        var bounds = Bounds()
        for s in spheres { bounds.include(Bounds(lower: s.centre - s.radius, upper: s.centre + s.radius)) }
        var centre = bounds.middle
        for step in 1...64 {
            let farthest = spheres.max { ($0.centre - centre).length + $0.radius < ($1.centre - centre).length + $1.radius }!
            centre += (farthest.centre - centre) / Double(step + 1)
        }
        return CollisionSphere(centre: centre, radius: spheres.reduce(0) { max($0, ($1.centre - centre).length + $1.radius) })
    }
}
