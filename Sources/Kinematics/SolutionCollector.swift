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

    init(_ chain: Chain, minimumDistance: Double) { self.init(chain.variables, minimumDistance: minimumDistance) }

    init(_ variables: [Chain.Variable], minimumDistance: Double) {
        self.variables = variables.count
        wraps = variables.map { $0.kind == .continuous }
        squaredDistance = Float(minimumDistance * minimumDistance)
    }

    /// Takes a configuration in unless one of the stored ones is too near.
    mutating func insert(_ q: UnsafePointer<Double>) -> Bool {
        let threshold = Lanes(repeating: squaredDistance)
        let isNear = blocks.withUnsafeBufferPointer { blocks -> Bool in
            var start = 0
            while start < blocks.count {
                var sum = Lanes.zero
                for i in 0..<variables {
                    var d = blocks[start + i] - Lanes(repeating: Float(q[i]))
                    if wraps[i] { d -= (d * 0.159_154_94).nearestInteger * 6.283_185_3 }
                    sum = sum.fma(d, d)
                }
                if any(sum .< threshold) { return true }
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
}
