import Mixtures
import Numerics

/// A mixture at one context, laid out for batched work: sixteen components to a register.
///
/// Means are values of the variables; the precision of component o is A·Aᵀ with A lower triangular, packed by rows.
/// Lanes beyond the last component repeat it.
package struct LaneMixture {
    package let dimension: Int
    package let count: Int
    /// The components' log-weights, normalised.
    package var logWeights: [Float]
    /// `dimension` registers a block of sixteen components.
    package var means: [Lanes]
    /// `dimension·(dimension + 1)/2` registers per block.
    package var factors: [Lanes]
    /// The periodic variables, a full turn of rad long, and the middles that values are kept within half a turn of.
    package var turns: [(variable: Int, middle: Float)] = []

    package var blocks: Int { (count + laneCount - 1) / laneCount }

    package init(dimension: Int, count: Int) {
        self.dimension = dimension
        self.count = count
        let blocks = (count + laneCount - 1) / laneCount
        logWeights = Array(repeating: 0, count: count)
        means = Array(repeating: .zero, count: blocks * dimension)
        factors = Array(repeating: .zero, count: blocks * triangleCount(dimension))
    }

    /// The same mixture in double precision.
    package var gaussianMixture: GaussianMixture {
        let triangle = triangleCount(dimension)
        let gaussians = (0..<count).map { o in
            let block = o / laneCount, lane = o % laneCount
            return Gaussian(
                mean: (0..<dimension).map { Double(means[block * dimension + $0][lane]) },
                precisionFactor: (0..<triangle).map { Double(factors[block * triangle + $0][lane]) })
        }
        let mixture = GaussianMixture(weights: logWeights.map { Elementary.exp(Double($0)) }, components: gaussians)
        return turns.isEmpty ? mixture : mixture.wrapped(turns.map { ($0.variable, Double($0.middle)) })
    }

    /// Whether all numbers are finite, far from the ends of single precision, and the factors regular.
    var isSound: Bool {
        var total = Lanes.zero
        for mean in means { total = total.fma(mean * .definedMargin, .zero) }
        for factor in factors { total = total.fma(factor * .definedMargin, .zero) }
        guard total.sum() == 0 else { return false }
        let triangle = triangleCount(dimension)
        for block in 0..<blocks {
            for i in 0..<dimension where !(factors[block * triangle + triangleIndex(i, i)].min() > 1e-30) { return false }
        }
        return true
    }

    /// A placeholder mixture of the same shape: standard normal components of equal weight.
    var neutral: LaneMixture {
        var result = LaneMixture(dimension: dimension, count: count)
        result.turns = turns
        result.logWeights = logWeights.map { _ in -Float(Elementary.log(Double(max(count, 1)))) }
        let triangle = triangleCount(dimension)
        for block in 0..<blocks {
            for i in 0..<dimension { result.factors[block * triangle + triangleIndex(i, i)] = Lanes(repeating: 1) }
        }
        return result
    }
}
