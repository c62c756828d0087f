import Kinematics
import Numerics

/// An axis-aligned box, in metres.
struct Bounds: Sendable, Equatable {
    var lower = SIMD3<Double>(repeating: .infinity)
    var upper = SIMD3<Double>(repeating: -.infinity)

    mutating func include(_ point: SIMD3<Double>) {
        lower = pointwiseMin(lower, point)
        upper = pointwiseMax(upper, point)
    }

    mutating func include(_ other: Bounds) {
        lower = pointwiseMin(lower, other.lower)
        upper = pointwiseMax(upper, other.upper)
    }

    func widened(by margin: Double) -> Bounds { Bounds(lower: lower - margin, upper: upper + margin) }

    var middle: SIMD3<Double> { (lower + upper) / 2 }
    var size: SIMD3<Double> { upper - lower }

    /// The axis along which the box is longest.
    var longestAxis: Int { size.x >= size.y && size.x >= size.z ? 0 : size.y >= size.z ? 1 : 2 }

    /// The square of a point's distance from the box; 0 inside.
    @inline(__always)
    func squaredDistance(_ p: SIMD3<Double>) -> Double {
        let out = pointwiseMax(pointwiseMax(lower - p, p - upper), .zero)
        return (out * out).sum()
    }
}

/// A binary tree of boxes around elements: halves at the middle of the longest axis, a few elements a leaf.
struct BoundingTree: Sendable {
    struct Node: Sendable {
        var bounds: Bounds
        /// A leaf's elements are `order[first..<first + count]`; an inner node has count 0, the children follow it and at `first`.
        var first: Int32
        var count: Int32
    }

    private(set) var nodes: [Node] = []
    private(set) var order: [Int32]
    private static let leafSize = 4
    /// Halving is followed so deep; below, elements are split by their number, so that trees of any input stay shallow.
    private static let halvingDepth = 40
    /// More than any path through a tree needs.
    static let stackSize = 2 * (halvingDepth + 40)

    /// - Parameter cancellation: leaves large parts undivided, which costs time later and is otherwise right.
    init(_ elements: [Bounds], cancellation: Cancellation = .never) {
        order = elements.indices.map(Int32.init)
        nodes.reserveCapacity(elements.count)
        if !elements.isEmpty { build(elements, 0..<elements.count, depth: 0, cancellation) }
    }

    /// Parts of so many elements are not divided where nobody waits any more.
    private static let polled = 1024

    private mutating func build(_ elements: [Bounds], _ range: Range<Int>, depth: Int, _ cancellation: Cancellation) {
        var bounds = Bounds(), middles = Bounds()
        for index in range {
            let element = elements[Int(order[index])]
            bounds.include(element)
            middles.include(element.middle)
        }
        let node = nodes.count
        nodes.append(Node(bounds: bounds, first: Int32(range.lowerBound), count: Int32(range.count)))
        guard range.count > Self.leafSize, range.count < Self.polled || !cancellation.isRequested else { return }
        let axis = middles.longestAxis, middle = middles.middle[axis]
        var split = order[range].partition { elements[Int($0)].middle[axis] >= middle }
        if split == range.lowerBound || split == range.upperBound || depth >= Self.halvingDepth {
            order[range].sort { (elements[Int($0)].middle[axis], $0) < (elements[Int($1)].middle[axis], $1) }
            split = range.lowerBound + range.count / 2
        }
        nodes[node].count = 0
        build(elements, range.lowerBound..<split, depth: depth + 1, cancellation)
        nodes[node].first = Int32(nodes.count)
        build(elements, split..<range.upperBound, depth: depth + 1, cancellation)
    }

    /// The element nearest to a point.
    ///
    /// - Parameters:
    ///   - bound: the square of the distance beyond which nothing counts.
    ///   - squaredDistance: of an element from the point.
    @inline(__always)
    func nearest(to p: SIMD3<Double>, within bound: Double, squaredDistance: (Int) -> Double) -> (element: Int, square: Double)? {
        var best = bound, found = -1
        withUnsafeTemporaryAllocation(of: (Int32, Double).self, capacity: Self.stackSize) { stack in
            guard !nodes.isEmpty else { return }
            stack[0] = (0, nodes[0].bounds.squaredDistance(p))
            var depth = 1
            while depth > 0 {
                depth -= 1
                let (index, square) = stack[depth]
                if square > best { continue }
                let node = nodes[Int(index)]
                if node.count > 0 {
                    for place in Int(node.first)..<Int(node.first + node.count) {
                        let element = Int(order[place]), square = squaredDistance(element)
                        if square < best || (found < 0 && square <= best) { (best, found) = (square, element) }
                    }
                    continue
                }
                let near = (index + 1, nodes[Int(index) + 1].bounds.squaredDistance(p))
                let far = (node.first, nodes[Int(node.first)].bounds.squaredDistance(p))
                stack[depth] = near.1 < far.1 ? far : near
                stack[depth + 1] = near.1 < far.1 ? near : far
                depth += 2
            }
        }
        return found < 0 ? nil : (found, best)
    }

    /// Calls `body` with every element whose box a ray meets.
    func alongRay(from p: SIMD3<Double>, _ direction: SIMD3<Double>, _ body: (Int) -> Void) {
        guard !nodes.isEmpty else { return }
        var stack: [Int32] = [0]
        while let index = stack.popLast() {
            let node = nodes[Int(index)]
            let a = (node.bounds.lower - p) / direction, b = (node.bounds.upper - p) / direction
            let (near, far) = (pointwiseMin(a, b).max(), pointwiseMax(a, b).min())
            if far < max(near, 0) { continue }
            if node.count > 0 {
                for place in Int(node.first)..<Int(node.first + node.count) { body(Int(order[place])) }
            } else {
                stack.append(index + 1)
                stack.append(node.first)
            }
        }
    }
}
