import Kinematics
import Mixtures
import Numerics

/// A mixture at one context, laid out for batched work: sixteen components to a register.
///
/// Means are joint values (rad, m); the precision of component o is A·Aᵀ with A lower triangular, packed by rows.
/// Lanes beyond the last component repeat it.
struct LaneMixture {
    let dimension: Int
    let count: Int
    /// The components' log-weights, normalised.
    var logWeights: [Float]
    /// `dimension` registers a block of sixteen components.
    var means: [Lanes]
    /// `dimension·(dimension + 1)/2` registers a block.
    var factors: [Lanes]

    var blocks: Int { (count + laneCount - 1) / laneCount }

    init(dimension: Int, count: Int) {
        self.dimension = dimension
        self.count = count
        let blocks = (count + laneCount - 1) / laneCount
        logWeights = Array(repeating: 0, count: count)
        means = Array(repeating: .zero, count: blocks * dimension)
        factors = Array(repeating: .zero, count: blocks * triangleCount(dimension))
    }
}
