import Kinematics
import Numerics

/// Finds the obstacles whose boxes meet a box: sixteen obstacles at a time (`collision.c`), or down a tree where there are many.
struct BoxSieve: Sendable {
    /// Blocks of six registers: the lower ends along x, y, z, then the upper ends.
    let blocks: [Lanes]
    let tree: BoundingTree?
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

    /// Writes the obstacles of a tree whose boxes meet a box.
    ///
    /// - Parameter near: room for all of them.
    /// - Returns: how many there are.
    static func gather(_ tree: BoundingTree, _ lower: SIMD3<Double>, _ upper: SIMD3<Double>, into near: UnsafeMutablePointer<Int32>) -> Int {
        var found = 0
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: BoundingTree.stackSize) { stack in
            stack[0] = 0
            var depth = 1
            while depth > 0 {
                depth -= 1
                let index = stack[depth], node = tree.nodes[Int(index)]
                if any(node.bounds.lower .> upper) || any(node.bounds.upper .< lower) { continue }
                if node.count > 0 {
                    for place in Int(node.first)..<Int(node.first + node.count) {
                        near[found] = tree.order[place]
                        found += 1
                    }
                } else {
                    stack[depth] = index + 1
                    stack[depth + 1] = node.first
                    depth += 2
                }
            }
        }
        return found
    }
}
