import Kinematics
import Numerics

/// Many points, or the triangles of a mesh, made ready for questions about distances.
///
/// A tree of boxes finds the exact nearest element; a grid of distances answers most questions before the tree is asked.
final class Surface: Sendable {
    private enum Elements: Sendable {
        case points([SIMD3<Double>])
        case triangles(TriangleMesh)
    }

    private let elements: Elements
    /// What is added around every element, m.
    let radius: Double
    /// Whether it has an inside.
    let isClosed: Bool
    /// Around everything, the radius included.
    let bounds: Bounds
    private let tree: BoundingTree
    private let grid: DistanceGrid

    /// - Parameter cancellation: makes a surface that is of no use.
    convenience init(points: [SIMD3<Double>], radius: Double, cancellation: Cancellation = .never) {
        self.init(.points(points), boxes: points.map { Bounds(lower: $0, upper: $0) }, radius: radius, isClosed: false, cancellation)
    }

    /// - Parameter cancellation: makes a surface that is of no use.
    convenience init(_ mesh: TriangleMesh, cancellation: Cancellation = .never) {
        let boxes = mesh.triangles.indices.map { index in
            let corners = mesh.corners(index)
            var box = Bounds()
            box.include(corners.0); box.include(corners.1); box.include(corners.2)
            return box
        }
        self.init(.triangles(mesh), boxes: boxes, radius: 0, isClosed: mesh.isClosed, cancellation)
    }

    private init(_ elements: Elements, boxes: [Bounds], radius: Double, isClosed: Bool, _ cancellation: Cancellation) {
        self.elements = elements
        self.radius = radius
        self.isClosed = isClosed
        tree = BoundingTree(boxes, cancellation: cancellation)
        var bounds = Bounds()
        for box in boxes { bounds.include(box) }
        self.bounds = bounds.widened(by: radius)
        var grid = DistanceGrid(around: bounds, elements: boxes.count)
        let (tree, isSolid) = (tree, isClosed)
        grid.fill(
            distance: { point, bound in Surface.nearest(elements, tree, to: point, within: bound)!.square.squareRoot() },
            isInside: { isSolid && Surface.isInside(elements, tree, $0) }, cancellation: cancellation)
        self.grid = grid
    }

    /// How far a point is from the surface, negative inside; nil where it is farther than a bound.
    func distance(_ p: SIMD3<Double>, within bound: Double = .infinity) -> SignedDistance? {
        let reach = bound + radius
        guard let found = Self.nearest(elements, tree, to: p, within: isClosed ? .infinity : reach * reach) else { return nil }
        var away = p - found.point, distance = found.square.squareRoot()
        if isClosed, Self.isInside(elements, tree, p) { (away, distance) = (-away, -distance) }
        guard distance <= reach else { return nil }
        let length = away.length
        return SignedDistance(distance: distance - radius, direction: length > 0 ? away / length : SIMD3(0, 0, 1))
    }

    /// Whether a ball touches it.
    func isTouched(by p: SIMD3<Double>, radius ball: Double) -> Bool {
        let reach = ball + radius
        if let range = grid.range(at: p) {
            if range.lower > reach { return false }
            if range.upper <= reach { return true }
        }
        if Self.nearest(elements, tree, to: p, within: reach * reach) != nil { return true }
        return isClosed && Self.isInside(elements, tree, p)
    }

    /// A number that the signed distance of a point is not below.
    func leastDistance(_ p: SIMD3<Double>) -> Double {
        if let range = grid.range(at: p) { return range.lower - radius }
        return max(bounds.squaredDistance(p).squareRoot(), 0)
    }

    private static func nearest(
        _ elements: Elements, _ tree: BoundingTree, to p: SIMD3<Double>, within bound: Double
    ) -> (point: SIMD3<Double>, square: Double)? {
        switch elements {
        case .points(let points):
            return points.withUnsafeBufferPointer { points in
                tree.nearest(to: p, within: bound) { let d = points[$0] - p; return d.dot(d) }.map { (points[$0.element], $0.square) }
            }
        case .triangles(let mesh):
            return tree.nearest(to: p, within: bound) { let d = Triangle(mesh.corners($0)).nearest(to: p) - p; return d.dot(d) }
                .map { (Triangle(mesh.corners($0.element)).nearest(to: p), $0.square) }
        }
    }

    /// Directions that no edge of an ordinary mesh is parallel to.
    private static let rays: [SIMD3<Double>] = [
        SIMD3(0.8017837, 0.5345225, 0.2672612), SIMD3(-0.3015113, 0.9045340, -0.3015114), SIMD3(0.2182179, -0.4364358, 0.8728715),
    ]

    /// Whether a point is inside a closed mesh: a ray from there leaves it once more than it enters it. Three rays vote.
    private static func isInside(_ elements: Elements, _ tree: BoundingTree, _ p: SIMD3<Double>) -> Bool {
        guard case .triangles(let mesh) = elements else { return false }
        guard tree.nodes[0].bounds.squaredDistance(p) == 0 else { return false }
        var votes = 0
        for ray in rays {
            var crossings = 0
            tree.alongRay(from: p, ray) { if Triangle(mesh.corners($0)).isMet(from: p, ray) { crossings += 1 } }
            votes += crossings & 1
        }
        return votes >= 2
    }
}
