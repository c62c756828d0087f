import Numerics

/// Keeps configurations that differ from each other by at least a distance.
///
/// The configurations are stored sixteen to a register, so that a candidate is compared with sixteen at a time.
struct SolutionCollector {
    private let variables: Int
    /// Whether a variable's difference counts modulo a full turn.
    private let wraps: [Bool]
    private let squaredDistance: Float
    /// Blocks of `variables` registers; unused lanes lie far away.
    private var blocks: [Lanes] = []
    private(set) var count = 0

    init(_ space: ConfigurationSpace, minimumDistance: Double) {
        variables = space.variables.count
        wraps = space.repeats
        squaredDistance = Float(minimumDistance * minimumDistance)
    }

    /// The squared distances of sixteen stored configurations from one.
    @inline(__always)
    private func squaredDistances(_ block: UnsafePointer<Lanes>, from q: (Int) -> Float) -> Lanes {
        var sum = Lanes.zero
        for i in 0..<variables {
            var d = block[i] - Lanes(repeating: q(i))
            if wraps[i] { d = d.wrapped }
            sum = sum.fma(d, d)
        }
        return sum
    }

    /// Takes a configuration in unless one of the stored ones is too near.
    mutating func insert(_ q: UnsafePointer<Double>) -> Bool {
        let threshold = Lanes(repeating: squaredDistance)
        let isNear = blocks.withUnsafeBufferPointer { blocks -> Bool in
            var start = 0
            while start < blocks.count {
                if any(squaredDistances(blocks.baseAddress! + start) { Float(q[$0]) } .< threshold) { return true }
                start += variables
            }
            return false
        }
        if isNear { return false }
        let lane = count % laneCount
        if lane == 0 { blocks.append(contentsOf: repeatElement(Lanes(repeating: 1e6), count: variables)) }
        let start = blocks.count - variables
        for i in 0..<variables { blocks[start + i][lane] = Float(q[i]) }
        count += 1
        return true
    }

    /// So many of the stored configurations, far from one another: each next one is the farthest from those chosen before (Gonzalez, 1985).
    ///
    /// - Parameter first: the one to begin with.
    /// - Returns: their indices in the order of storing; at most as many as are stored, without repetition.
    func spread(_ wanted: Int, from first: Int) -> [Int] {
        guard count > 0 else { return [] }
        var chosen = [first], next = first
        // What lies beyond the last configuration is never the farthest.
        var nearest = (0..<blocks.count / variables).map { block in
            var square = Lanes(repeating: .greatestFiniteMagnitude)
            for lane in 0..<laneCount where block * laneCount + lane >= count { square[lane] = -1 }
            return square
        }
        while chosen.count < min(wanted, count) {
            let base = next / laneCount * variables, lane = next % laneCount
            var greatest = Lanes.zero
            for block in nearest.indices {
                let squares = blocks.withUnsafeBufferPointer { blocks in
                    squaredDistances(blocks.baseAddress! + block * variables) { blocks[base + $0][lane] }
                }
                nearest[block] = nearest[block].minimum(squares)
                greatest = greatest.atLeast(nearest[block])
            }
            nearest[next / laneCount][lane] = -1
            let farthest = greatest.max()
            guard farthest > 0, let block = nearest.firstIndex(where: { any($0 .== farthest) }) else { break }
            next = block * laneCount + (0..<laneCount).first { nearest[block][$0] == farthest }!
            chosen.append(next)
        }
        return chosen
    }
}
