import Numerics

/// Why numbers do not form a Gaussian or a mixture.
public struct MixtureError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

extension Gaussian {
    /// A Gaussian by its covariance.
    ///
    /// - Parameter covariance: D × D by rows; symmetric but for rounding (1e-9 of the deviations' product), positive definite.
    /// - Throws: ``MixtureError`` that says what is wrong.
    public init(mean: [Double], covariance: Matrix) throws(MixtureError) {
        let n = mean.count
        guard covariance.rows == n, covariance.columns == n, n > 0 else {
            throw MixtureError("must be \(n) x \(n) for a mean of \(n.counted("number")), got \(covariance.rows) x \(covariance.columns)")
        }
        guard mean.allSatisfy(\.isFinite), covariance.elements.allSatisfy(\.isFinite) else { throw MixtureError("must have finite numbers") }
        let deviations = (0..<n).map { covariance[$0, $0].squareRoot() }
        if let index = deviations.firstIndex(where: { !($0 > 0) }) {
            throw MixtureError("must have variances above 0, got \(covariance[index, index]) for variable \(index + 1)")
        }
        // Correlations, so that variables of very different scales do no harm.
        var factor = Array(repeating: 0.0, count: triangleCount(n))
        for i in 0..<n {
            for j in 0...i {
                let scale = deviations[i] * deviations[j]
                guard abs(covariance[i, j] - covariance[j, i]) <= 1e-9 * scale else {
                    throw MixtureError("must be symmetric; element (\(i + 1), \(j + 1)) is \(covariance[i, j]), element (\(j + 1), \(i + 1)) is \(covariance[j, i])")
                }
                factor[triangleIndex(i, j)] = 0.5 * (covariance[i, j] + covariance[j, i]) / scale
            }
        }
        guard let inverse = PackedTriangle.inverseFactor(n, factor) else {
            throw MixtureError("must be positive definite: no combination of the variables may have a variance of zero or less")
        }
        // With S = D·R·D and R⁻¹ = B·Bᵀ the precision is (D⁻¹·B)·(D⁻¹·B)ᵀ.
        var result = inverse
        for i in 0..<n { for j in 0...i { result[triangleIndex(i, j)] /= deviations[i] } }
        guard result.allSatisfy(\.isFinite), Gaussian.isSound(mean: mean, precisionFactor: result) else {
            throw MixtureError("must be well enough conditioned to be told from a singular one in double precision")
        }
        self.init(mean: mean, precisionFactor: result)
    }

    /// The greatest sum of the variance inflation factors, the diagonal of the inverse correlation matrix: from 1e13 on, rounding makes
    /// a covariance that is computed from the precision lose its definiteness.
    private static let greatestInflation = 1e13
    /// What standard deviations may be: their squares, and fourth powers of samples, are finite numbers.
    private static let deviations = 1e-70...1e70

    /// Whether the numbers make a Gaussian whose samples, densities and covariance are finite, the covariance positive definite in double
    /// precision.
    public static func isSound(mean: [Double], precisionFactor factor: [Double]) -> Bool {
        let n = mean.count
        guard mean.allSatisfy(\.isFinite), factor.allSatisfy(\.isFinite), (0..<n).allSatisfy({ factor[triangleIndex($0, $0)] > 1e-150 })
        else { return false }
        // Σ = A⁻ᵀ·A⁻¹: its diagonal holds the squared norms of the columns of A⁻¹.
        var inverse = Array(repeating: 0.0, count: factor.count)
        PackedTriangle.invert(n, factor, into: &inverse)
        var inflation = 0.0
        for i in 0..<n {
            var variance = 0.0, precision = 0.0
            for k in i..<n { variance += inverse[triangleIndex(k, i)] * inverse[triangleIndex(k, i)] }
            for k in 0...i { precision += factor[triangleIndex(i, k)] * factor[triangleIndex(i, k)] }
            guard variance.isFinite, deviations.contains(variance.squareRoot()) else { return false }
            inflation += variance * precision
        }
        return inflation <= greatestInflation && isTold(mean, factor)
    }

    /// Whether double precision tells what a point is in whitened coordinates: a component that is wide one way and very narrow another
    /// gives the rounding of its samples a density of any size, and the evidence bound with it.
    private static func isTold(_ mean: [Double], _ factor: [Double]) -> Bool {
        let n = mean.count
        let probe = (0..<n).map { $0 % 2 == 0 ? 1.0 : -1 }
        var place = probe
        PackedTriangle.solveVectorTransposed(n, factor, &place)
        for i in 0..<n { place[i] = (place[i] + mean[i]) - mean[i] }
        PackedTriangle.multiplyVectorTransposed(n, factor, &place)
        return (0..<n).allSatisfy { abs(place[$0] - probe[$0]) < greatestRounding }
    }

    /// The greatest error of a whitened coordinate.
    private static let greatestRounding = 1e-4
}

extension GaussianMixture {
    /// How far a sum of weights may be from one before it counts as a mistake.
    public static let weightTolerance = 1e-3

    /// A mixture of numbers that need to be checked.
    ///
    /// - Parameter weights: none negative, their sum one within ``weightTolerance``; they are normalised.
    /// - Throws: ``MixtureError`` that says what is wrong.
    public init(validating weights: [Double], components: [Gaussian]) throws(MixtureError) {
        guard !components.isEmpty else { throw MixtureError("a mixture has at least one component") }
        guard weights.count == components.count else { throw MixtureError("\(weights.count) weights for \(components.count) components") }
        guard components.allSatisfy({ $0.dimension == components[0].dimension }) else { throw MixtureError("components of several dimensions") }
        if let weight = weights.first(where: { !($0 >= 0 && $0 < .infinity) }) { throw MixtureError("a weight of \(weight)") }
        let sum = weights.reduce(0, +)
        guard abs(sum - 1) <= Self.weightTolerance else { throw MixtureError("weights that sum to \(sum), not 1; divide them by their sum") }
        self.init(weights: weights, components: components)
    }
}
