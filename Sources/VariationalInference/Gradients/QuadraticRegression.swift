import Mixtures
import Numerics

/// The natural gradient without gradients of the target (MORE: Abdolmaleki et al., NeurIPS 2015).
///
/// In whitened coordinates y = Aᵀ·(x − μ), weighted ridge regression fits h ≈ c + bᵀ·y + ½·yᵀ·H·y; then g = b and M = −H.
/// With P = 1 + D + D·(D + 1)/2 coefficients it takes P²·samples + P³/3 operations.
struct QuadraticRegression {
    /// The most variables that the regression is done for: 2145 coefficients.
    static let greatestDimension = 64
    /// The least ridge; ten times more after a failure, half of it after a success.
    static let leastRidge = 1e-12

    /// The number of coefficients.
    static func coefficientCount(_ dimension: Int) -> Int { 1 + dimension + triangleCount(dimension) }

    /// The estimate, nil where the regression fails, and the ridge to start with the next time.
    static func estimate(
        for gaussian: Gaussian, in samples: WeightedBlocks, entries: [WeightedBlocks.Entry], ridge: Double
    ) -> (natural: NaturalGradient?, ridge: Double) {
        let n = gaussian.dimension, count = coefficientCount(n)
        var normal = Array(repeating: 0.0, count: triangleCount(count)), right = Array(repeating: 0.0, count: count)
        var total = 0.0
        normal.withUnsafeMutableBufferPointer { normal in
            right.withUnsafeMutableBufferPointer { right in
                total = accumulate(gaussian, samples, entries, normal.baseAddress!, right.baseAddress!)
            }
        }
        guard total > 0, total.isFinite else { return (nil, ridge) }
        let penalty = max(ridge, leastRidge)
        // Features have unit variance or so under the component: one ridge suits all.
        for i in 0..<normal.count { normal[i] /= total }
        for i in 0..<count { normal[triangleIndex(i, i)] += penalty }
        guard PackedTriangle.choleskyFactorise(count, &normal) else { return (nil, min(1e-2, 10 * penalty)) }
        for i in 0..<count { right[i] /= total }
        PackedTriangle.solveVector(count, normal, &right)
        PackedTriangle.solveVectorTransposed(count, normal, &right)
        var curvature = Array(repeating: 0.0, count: triangleCount(n))
        for i in 0..<n {
            for j in 0...i { curvature[triangleIndex(i, j)] = -right[1 + n + triangleIndex(i, j)] * (i == j ? 2 : 1) }
        }
        let natural = NaturalGradient(gradient: Array(right[1..<1 + n]), curvature: curvature)
        return natural.isFinite ? (natural, max(leastRidge, 0.5 * penalty)) : (nil, min(1e-2, 10 * penalty))
    }

    // Σ w·f·fᵀ and Σ w·f·h of the features f = [1, y, y_i·y_j (i ≥ j)]; returns Σ w.
    private static func accumulate(
        _ gaussian: Gaussian, _ samples: WeightedBlocks, _ entries: [WeightedBlocks.Entry], _ normal: UnsafeMutablePointer<Double>,
        _ right: UnsafeMutablePointer<Double>
    ) -> Double {
        let n = gaussian.dimension, count = coefficientCount(n)
        var features = Array(repeating: 0.0, count: count), y = Array(repeating: 0.0, count: n)
        features[0] = 1
        var total = 0.0
        for entry in entries {
            let block = samples.places[entry.block]
            for place in 0..<PointBlocks.width {
                let weight = samples.weights[entry.weights + place / 8][place % 8]
                guard weight > 0 else { continue }
                let ratio = samples.ratios[4 * entry.block + place / 8][place % 8]
                for i in 0..<n { y[i] = block[4 * i + place / 8][place % 8] - gaussian.mean[i] }
                PackedTriangle.multiplyVectorTransposed(n, gaussian.precisionFactor, &y)
                for i in 0..<n {
                    features[1 + i] = y[i]
                    for j in 0...i { features[1 + n + triangleIndex(i, j)] = y[i] * y[j] }
                }
                for i in 0..<count {
                    let scaled = weight * features[i]
                    DoubleVectors.add(i + 1, scaled, times: features, to: normal + triangleIndex(i, 0))
                    right[i] += scaled * ratio
                }
                total += weight
            }
        }
        return total
    }
}
