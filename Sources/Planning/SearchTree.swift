import Numerics

/// A tree of configurations that grows from one root or several; the nearest of them is found sixteen at a time.
struct SearchTree {
    private let dimension: Int
    /// Blocks of `dimension` registers; unused lanes lie far away.
    private var blocks: [Lanes] = []
    private(set) var parents: [Int32] = []
    /// How far from a node samples are followed (dynamic domains; Yershova and others, 2005).
    var radii: [Float] = []

    var count: Int { parents.count }

    init(dimension: Int) { self.dimension = dimension }

    /// - Returns: the number of the new node.
    @discardableResult
    mutating func add(_ q: UnsafePointer<Float>, parent: Int) -> Int {
        let lane = count % laneCount
        if lane == 0 { blocks.append(contentsOf: repeatElement(Lanes(repeating: 1e15), count: dimension)) }
        let first = blocks.count - dimension
        blocks.withUnsafeMutableBufferPointer { blocks in
            for i in 0..<dimension { blocks[first + i][lane] = q[i] }
        }
        parents.append(Int32(parent))
        radii.append(.greatestFiniteMagnitude)
        return count - 1
    }

    /// Writes a node's configuration.
    func read(_ node: Int, into q: UnsafeMutablePointer<Float>) {
        blocks.withUnsafeBufferPointer { blocks in
            let first = node / laneCount * dimension, lane = node % laneCount
            for i in 0..<dimension { q[i] = blocks[first + i][lane] }
        }
    }

    /// The node nearest to a configuration, and its distance.
    func nearest(_ q: UnsafePointer<Float>) -> (node: Int, distance: Float) {
        blocks.withUnsafeBufferPointer { blocks in
            var best = Float.greatestFiniteMagnitude, node = 0
            for block in 0..<blocks.count / dimension {
                var square = Lanes.zero
                for i in 0..<dimension {
                    let d = blocks[block * dimension + i] - q[i]
                    square = square.fma(d, d)
                }
                guard any(square .< best) else { continue }
                for lane in 0..<laneCount where square[lane] < best { (best, node) = (square[lane], block * laneCount + lane) }
            }
            return (node, best.squareRoot())
        }
    }

    /// The configurations from a node to its root.
    func branch(from node: Int) -> [[Float]] {
        var path: [[Float]] = [], node = node
        while node >= 0 {
            path.append([Float](unsafeUninitializedCapacity: dimension) { memory, count in
                read(node, into: memory.baseAddress!)
                count = dimension
            })
            node = Int(parents[node])
        }
        return path
    }
}
