import Mixtures
import Numerics

/// Which samples the components are updated from.
public enum SampleSelection: Sendable, Equatable, Codable {
    /// Every component draws what it lacks: `count` less the effective number, 1/Σ w², that the newest samples of the database give it, and
    /// at least a tenth of `count`, which bounds the batches that are used again. The newest `reuse`·`count` samples per component are used again.
    case perComponent(count: Int, reuse: Double)
    /// `count` samples per component are drawn from the mixture as a whole: heavy components draw more, modes with little weight are forgotten.
    case mixture(count: Int, reuse: Double)

    public var count: Int {
        switch self {
        case .perComponent(let count, _), .mixture(let count, _): count
        }
    }

    public var reuse: Double {
        switch self {
        case .perComponent(_, let reuse), .mixture(_, let reuse): reuse
        }
    }

    /// How many samples each component draws.
    ///
    /// - Parameters:
    ///   - effective: the effective number of available samples for each component.
    func draws(effective: [Double], logWeights: [Double], using stream: inout RandomStream) -> [Int] {
        switch self {
        case .perComponent(let count, _):
            // Where weights are beyond double precision nothing is known of their worth.
            return effective.map { max(max(1, count / 10), count - ($0 > 0 ? Int(min($0, Double(count))) : 0)) }
        case .mixture(let count, _):
            // Systematic: one uniform number, equal steps.
            let total = count * logWeights.count
            let weights = logWeights.map { Elementary.exp($0) }
            let sum = weights.reduce(0, +)
            var drawn = Array(repeating: 0, count: weights.count)
            var threshold = stream.uniform(), reached = 0.0, given = 0
            for (index, weight) in weights.enumerated() {
                reached += weight / sum * Double(total)
                while given < total, threshold < reached || index == weights.count - 1 {
                    drawn[index] += 1
                    threshold += 1
                    given += 1
                }
            }
            return drawn
        }
    }
}
