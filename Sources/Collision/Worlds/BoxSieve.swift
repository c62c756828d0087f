import Kinematics
import Numerics

/// Finds the obstacles whose boxes meet a box: sixteen obstacles at a time, or down a tree where there are many.
struct BoxSieve: Sendable {
    /// Blocks of six registers: the lower ends along x, y, z, then the upper ends.
    private let blocks: [Lanes]
    private let tree: BoundingTree?
    /// From so many obstacles on there is a tree.
    private static let many = 256

    init(_ boxes: [Bounds]) {
        if boxes.count >= Self.many {
            tree = BoundingTree(boxes)
            blocks = []
            return
        }
        tree = nil
        var blocks: [Lanes] = []
        for (index, box) in boxes.enumerated() {
            let lane = index % laneCount
            if lane == 0 {
                // Lanes without an obstacle meet nothing.
                blocks += Array(repeating: Lanes(repeating: .infinity), count: 3) + Array(repeating: Lanes(repeating: -.infinity), count: 3)
            }
            let first = blocks.count - 6
            for axis in 0..<3 {
                blocks[first + axis][lane] = Float(box.lower[axis]).nextDown
                blocks[first + 3 + axis][lane] = Float(box.upper[axis]).nextUp
            }
        }
        self.blocks = blocks
    }

    /// Calls `body` with the obstacles whose boxes meet a box, until it returns false.
    @inline(__always)
    func visit(_ lower: SIMD3<Float>, _ upper: SIMD3<Float>, _ body: (Int) -> Bool) {
        if let tree {
            visit(tree, lower, upper, body)
            return
        }
        blocks.withUnsafeBufferPointer { blocks in
            for block in 0..<blocks.count / 6 {
                let b = blocks.baseAddress! + 6 * block
                // The greatest gap along any axis; not above zero where the boxes meet.
                let x = (b[0] - upper.x).maximum(lower.x - b[3])
                let y = (b[1] - upper.y).maximum(lower.y - b[4])
                let z = (b[2] - upper.z).maximum(lower.z - b[5])
                let gap = x.maximum(y).maximum(z)
                guard any(gap .<= 0) else { continue }
                for lane in 0..<laneCount where gap[lane] <= 0 { if !body(block * laneCount + lane) { return } }
            }
        }
    }

    private func visit(_ tree: BoundingTree, _ lower: SIMD3<Float>, _ upper: SIMD3<Float>, _ body: (Int) -> Bool) {
        let (lower, upper) = (SIMD3<Double>(lower), SIMD3<Double>(upper))
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: BoundingTree.stackSize) { stack in
            stack[0] = 0
            var depth = 1
            while depth > 0 {
                depth -= 1
                let index = stack[depth], node = tree.nodes[Int(index)]
                if any(node.bounds.lower .> upper) || any(node.bounds.upper .< lower) { continue }
                if node.count > 0 {
                    for place in Int(node.first)..<Int(node.first + node.count) where !body(Int(tree.order[place])) { return }
                } else {
                    stack[depth] = index + 1
                    stack[depth + 1] = node.first
                    depth += 2
                }
            }
        }
    }
}

extension SIMD16<Float> {
    /// The least of the sixteen numbers; the standard library's takes them one by one.
    @inline(__always)
    var least: Float {
        let a = lowHalf.replacing(with: highHalf, where: highHalf .< lowHalf)
        let b = a.lowHalf.replacing(with: a.highHalf, where: a.highHalf .< a.lowHalf)
        let c = b.lowHalf.replacing(with: b.highHalf, where: b.highHalf .< b.lowHalf)
        return c.y < c.x ? c.y : c.x
    }

    /// The greatest of the sixteen numbers.
    @inline(__always)
    var greatest: Float { -(-self).least }
}
