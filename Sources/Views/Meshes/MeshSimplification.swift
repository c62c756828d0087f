import Geometry
import RobotFiles

/// Fewer triangles for the same shape: edges are collapsed in the order of the error that it makes (Garland and Heckbert, "Surface
/// simplification using quadric error metrics", SIGGRAPH 1997).
struct MeshSimplification {
    /// The sum of squared distances from planes, as the upper half of a symmetric 4 × 4 matrix.
    struct Quadric {
        var xx = 0.0, xy = 0.0, xz = 0.0, xw = 0.0, yy = 0.0, yz = 0.0, yw = 0.0, zz = 0.0, zw = 0.0, ww = 0.0

        init() {}

        /// The plane through a point with a unit normal, counted with a weight.
        init(_ n: SIMD3<Double>, through p: SIMD3<Double>, weight s: Double) {
            let w = -n.dot(p)
            (xx, xy, xz, xw) = (s * n.x * n.x, s * n.x * n.y, s * n.x * n.z, s * n.x * w)
            (yy, yz, yw) = (s * n.y * n.y, s * n.y * n.z, s * n.y * w)
            (zz, zw, ww) = (s * n.z * n.z, s * n.z * w, s * w * w)
        }

        static func + (a: Quadric, b: Quadric) -> Quadric {
            var c = Quadric()
            (c.xx, c.xy, c.xz, c.xw) = (a.xx + b.xx, a.xy + b.xy, a.xz + b.xz, a.xw + b.xw)
            (c.yy, c.yz, c.yw) = (a.yy + b.yy, a.yz + b.yz, a.yw + b.yw)
            (c.zz, c.zw, c.ww) = (a.zz + b.zz, a.zw + b.zw, a.ww + b.ww)
            return c
        }

        func error(_ p: SIMD3<Double>) -> Double {
            let x = xx * p.x + 2 * (xy * p.y + xz * p.z + xw), y = yy * p.y + 2 * (yz * p.z + yw), z = zz * p.z + 2 * zw
            return max(0, x * p.x + y * p.y + z * p.z + ww)
        }

        /// Where the error is least; nil where that is nowhere in particular.
        var minimum: SIMD3<Double>? {
            let a = SIMD3(xx, xy, xz), b = SIMD3(xy, yy, yz), c = SIMD3(xz, yz, zz)
            let determinant = a.dot(b.cross(c)), scale = xx + yy + zz
            guard abs(determinant) > 1e-6 * scale * scale * scale else { return nil }
            let r = SIMD3(-xw, -yw, -zw)
            // Cramer's rule; the matrix is symmetric.
            return SIMD3(r.dot(b.cross(c)), a.dot(r.cross(c)), a.dot(b.cross(r))) / determinant
        }
    }

    /// An edge that may be collapsed; of no use once one of its ends has changed.
    private struct Candidate {
        var error: Double
        var from: Int32, to: Int32
        /// How often the ends had changed.
        var stamp: Int32
        var place: SIMD3<Double>
    }

    private var places: [SIMD3<Double>]
    private var triangles: [SIMD3<Int32>]
    private var isAlive: [Bool]
    private var quadrics: [Quadric]
    private var stamps: [Int32]
    /// The triangles at a vertex; some may be gone.
    private var fans: [[Int32]]
    private var heap: [Candidate] = []
    private var count: Int

    /// A mesh of at most about so many triangles; the same mesh where it has no more.
    static func simplified(_ mesh: TriangleMesh, to target: Int) -> TriangleMesh {
        guard mesh.triangles.count > target else { return mesh }
        let start = mesh.triangles.count > 60_000 ? clustered(mesh, cells: 96) : mesh
        var simplification = MeshSimplification(start)
        simplification.collapse(to: target)
        return simplification.mesh ?? start
    }

    private init(_ mesh: TriangleMesh) {
        // One vertex a place: edges join triangles only where both know it.
        var numbers: [SIMD3<Double>: Int32] = [:], places: [SIMD3<Double>] = []
        let own = mesh.vertices.map { vertex -> Int32 in
            if let known = numbers[vertex] { return known }
            numbers[vertex] = Int32(places.count)
            places.append(vertex)
            return Int32(places.count - 1)
        }
        self.places = places
        triangles = mesh.triangles.map { SIMD3(own[Int($0.x)], own[Int($0.y)], own[Int($0.z)]) }
        isAlive = triangles.map { $0.x != $0.y && $0.y != $0.z && $0.z != $0.x }
        count = isAlive.count(where: \.self)
        quadrics = Array(repeating: Quadric(), count: places.count)
        stamps = Array(repeating: 0, count: places.count)
        fans = Array(repeating: [], count: places.count)
        var sides: [SIMD2<Int32>: (count: Int, triangle: Int)] = [:]
        for (index, t) in triangles.enumerated() where isAlive[index] {
            let (normal, area) = normal(t)
            for corner in 0..<3 {
                let vertex = Int(t[corner]), next = t[(corner + 1) % 3]
                fans[vertex].append(Int32(index))
                quadrics[vertex] = quadrics[vertex] + Quadric(normal, through: places[vertex], weight: area)
                sides[SIMD2(min(t[corner], next), max(t[corner], next)), default: (0, index)].count += 1
            }
        }
        let edges = sides.sorted { ($0.key.x, $0.key.y) < ($1.key.x, $1.key.y) }
        for (side, found) in edges where found.count == 1 { hold(side, found.triangle) }
        for (side, _) in edges { consider(side.x, side.y) }
    }

    /// The rim of an open mesh is kept by planes that stand on it.
    private mutating func hold(_ side: SIMD2<Int32>, _ triangle: Int) {
        let a = places[Int(side.x)], along = places[Int(side.y)] - a
        let across = along.cross(normal(triangles[triangle]).normal), length = across.length
        guard length > 0 else { return }
        let wall = Quadric(across / length, through: a, weight: 10 * along.dot(along))
        for vertex in [Int(side.x), Int(side.y)] { quadrics[vertex] = quadrics[vertex] + wall }
    }

    private func normal(_ t: SIMD3<Int32>) -> (normal: SIMD3<Double>, area: Double) {
        let a = places[Int(t.x)], n = (places[Int(t.y)] - a).cross(places[Int(t.z)] - a), length = n.length
        return length > 0 ? (n / length, length / 2) : (.zero, 0)
    }

    // MARK: Collapsing

    private mutating func collapse(to target: Int) {
        while count > target, let best = next() {
            let (from, to) = (Int(best.from), Int(best.to))
            guard stamps[from] &+ stamps[to] == best.stamp, !fans[from].isEmpty, !fans[to].isEmpty else { continue }
            guard keepsSides(from, to, best.place), keepsSides(to, from, best.place) else { continue }
            places[from] = best.place
            quadrics[from] = quadrics[from] + quadrics[to]
            for triangle in fans[to] where isAlive[Int(triangle)] {
                for corner in 0..<3 where triangles[Int(triangle)][corner] == best.to { triangles[Int(triangle)][corner] = best.from }
                let t = triangles[Int(triangle)]
                if t.x == t.y || t.y == t.z || t.z == t.x {
                    isAlive[Int(triangle)] = false
                    count -= 1
                } else {
                    fans[from].append(triangle)
                }
            }
            fans[to] = []
            fans[from].removeAll { !isAlive[Int($0)] }
            stamps[from] += 1
            stamps[to] += 1
            var neighbours = Set<Int32>()
            for triangle in fans[from] { for corner in 0..<3 { neighbours.insert(triangles[Int(triangle)][corner]) } }
            for neighbour in neighbours.sorted() where neighbour != best.from { consider(best.from, neighbour) }
        }
    }

    /// Whether no triangle at a vertex, but those that go, turns over or becomes a sliver when it moves.
    private func keepsSides(_ vertex: Int, _ other: Int, _ place: SIMD3<Double>) -> Bool {
        for triangle in fans[vertex] where isAlive[Int(triangle)] {
            let t = triangles[Int(triangle)]
            guard !(0..<3).contains(where: { t[$0] == Int32(other) }) else { continue }
            var corners = [places[Int(t.x)], places[Int(t.y)], places[Int(t.z)]]
            for corner in 0..<3 where t[corner] == Int32(vertex) { corners[corner] = place }
            let n = (corners[1] - corners[0]).cross(corners[2] - corners[0]), length = n.length
            guard length > 0, n.dot(normal(t).normal) > 0.2 * length else { return false }
        }
        return true
    }

    private mutating func consider(_ from: Int32, _ to: Int32) {
        let (a, b) = (places[Int(from)], places[Int(to)])
        let sum = quadrics[Int(from)] + quadrics[Int(to)]
        let size = (b - a).length
        var choices = [0.5 * (a + b), a, b]
        // The best place, unless it is that of a nearly flat part and far away.
        if let best = sum.minimum, (best - choices[0]).length < 2 * size { choices.insert(best, at: 0) }
        let place = choices.min { sum.error($0) < sum.error($1) }!
        push(Candidate(error: sum.error(place), from: from, to: to, stamp: stamps[Int(from)] &+ stamps[Int(to)], place: place))
    }

    // MARK: Heap

    /// Errors that are equal, such as those of flat parts, are taken by the ends' numbers, so that the same mesh gives the same one.
    private static func precedes(_ a: Candidate, _ b: Candidate) -> Bool { (a.error, a.from, a.to) < (b.error, b.from, b.to) }

    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0, Self.precedes(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func next() -> Candidate? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && Self.precedes(heap[child], heap[least]) { least = child }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    // MARK: Result

    private var mesh: TriangleMesh? {
        var numbers: [Int32: Int32] = [:], vertices: [SIMD3<Double>] = []
        func number(_ vertex: Int32) -> Int32 {
            if let known = numbers[vertex] { return known }
            numbers[vertex] = Int32(vertices.count)
            vertices.append(places[Int(vertex)])
            return Int32(vertices.count - 1)
        }
        let kept = triangles.indices.filter { isAlive[$0] }.map { SIMD3(number(triangles[$0].x), number(triangles[$0].y), number(triangles[$0].z)) }
        return try? TriangleMesh(vertices: vertices, triangles: kept)
    }

    /// All vertices of a cell of a grid as their mean (Rossignac and Borrel, 1993), for meshes that are too large to be taken edge by edge.
    private static func clustered(_ mesh: TriangleMesh, cells: Double) -> TriangleMesh {
        let lower = mesh.vertices.reduce(mesh.vertices[0], pointwiseMin), upper = mesh.vertices.reduce(mesh.vertices[0], pointwiseMax)
        let side = max((upper - lower).max(), .leastNormalMagnitude) / cells
        var numbers: [SIMD3<Int32>: Int32] = [:], sums: [(sum: SIMD3<Double>, count: Double)] = []
        let own = mesh.vertices.map { vertex -> Int32 in
            let cell = SIMD3<Int32>(((vertex - lower) / side).rounded(.down))
            let number = numbers[cell] ?? Int32(sums.count)
            if number == Int32(sums.count) {
                numbers[cell] = number
                sums.append((.zero, 0))
            }
            sums[Int(number)].sum += vertex
            sums[Int(number)].count += 1
            return number
        }
        let triangles = mesh.triangles.map { SIMD3(own[Int($0.x)], own[Int($0.y)], own[Int($0.z)]) }.filter { $0.x != $0.y && $0.y != $0.z && $0.z != $0.x }
        return (try? TriangleMesh(vertices: sums.map { $0.sum / $0.count }, triangles: triangles)) ?? mesh
    }
}
