import ConditionalModels
import Evaluation
import Mixtures
import Numerics
import VariationalInference

/// How a conditional model answers for contexts that training never saw.
struct ConditionalEvaluation {
    /// What one context says.
    struct Row {
        var context: [Double]
        /// E_q[log p̃ − log q], and the standard error of that.
        var bound: Double
        var boundError: Double
        /// log of the mean weight p̃/q of the samples, and the share of them that equally weighted ones would make up.
        var logEvidence: Double
        var effectiveShare: Double
        var componentsInUse: Double
        var seconds: Double
        /// The evidence bound that `avips.vips` reaches at the context alone; nil without a reference.
        var reference: Double?
        /// The reference's modes with more than 2 % of its mass, and those that the model holds with at least a quarter of that.
        var modes = 0
        var held = 0
        /// The share of samples at which the density is zero: the bound is −∞ then.
        var zeroShare: Double
    }

    var name: String
    var samples: Int
    var rows: [Row]

    /// How far the bound is below the reference's, or where there is none below the estimated evidence.
    func gap(_ row: Row) -> Double { (row.reference ?? row.logEvidence) - row.bound }
    var hasReference: Bool { rows.contains { $0.reference != nil } }

    func mean(_ value: (Row) -> Double) -> Double { rows.isEmpty ? .nan : rows.reduce(0) { $0 + value($1) } / Double(rows.count) }
}

extension ConditionalEvaluation.Row {
    /// What fresh samples at one context say.
    init(_ context: [Double], estimate: EvidenceEstimate, componentsInUse: Double, seconds: Double) {
        self.context = context
        self.seconds = seconds
        self.componentsInUse = componentsInUse
        (bound, boundError) = estimate.bound
        logEvidence = estimate.logEvidence
        effectiveShare = estimate.effectiveSamples / Double(estimate.samples)
        zeroShare = estimate.zeroShare
    }

    /// Takes in what an inference at the context alone finds.
    mutating func compare(with reference: GaussianMixture, bound: Double, mixture: GaussianMixture, using stream: inout RandomStream) {
        self.reference = bound
        let groups = Self.modes(of: reference)
        var masses = Array(repeating: 0.0, count: (groups.max() ?? -1) + 1), own = masses
        for (component, group) in groups.enumerated() { masses[group] += reference.weights[component] }
        let count = 500, draws = mixture.samples(count, using: &stream)
        for row in 0..<count {
            for (component, share) in reference.responsibilities(draws.row(row)).enumerated() { own[groups[component]] += share / Double(count) }
        }
        let known = masses.indices.filter { masses[$0] > 0.02 }
        modes = known.count
        held = known.count { own[$0] >= 0.25 * masses[$0] }
    }

    /// Which mode every component of a mixture belongs to: components that overlap are of one.
    private static func modes(of mixture: GaussianMixture) -> [Int] {
        let n = mixture.components.count
        var group = Array(0..<n)
        func root(_ i: Int) -> Int { group[i] == i ? i : root(group[i]) }
        for i in 0..<n {
            for j in 0..<i {
                // Midway between the means both densities are within 4.5 nats of their peaks: three deviations.
                let a = mixture.components[i], b = mixture.components[j]
                let middle = zip(a.mean, b.mean).map { ($0 + $1) / 2 }
                let drop = max(a.logDensity(a.mean) - a.logDensity(middle), b.logDensity(b.mean) - b.logDensity(middle))
                if drop < 4.5 { group[root(i)] = root(j) }
            }
        }
        let roots = (0..<n).map(root), distinct = Array(Set(roots)).sorted()
        return roots.map { distinct.firstIndex(of: $0)! }
    }
}
