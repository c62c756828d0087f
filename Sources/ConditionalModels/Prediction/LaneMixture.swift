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
    /// `dimension·(dimension + 1)/2` registers a block.
    package var factors: [Lanes]

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
        return GaussianMixture(weights: logWeights.map { Elementary.exp(Double($0)) }, components: gaussians)
    }
}
