import Mixtures
import Numerics

/// How a component moves along its natural gradient.
///
/// In whitened coordinates the component is N(0, I), its natural gradient g and M (see ``NaturalGradient``), and every update is
///
///     L' = A·P·Aᵀ,   μ' = μ + A⁻ᵀ·m:
public enum ComponentUpdate: String, Sendable, Equatable, Codable, CaseIterable {
    /// P = I + M/η, m = P⁻¹·g/η with the smallest η ≥ 1 that keeps KL(new ‖ old) within the step size, in nats.
    case trustRegion = "trustregion"
    /// P = I + b·M + b²/2·M², m = b·g with the step size b: always positive definite (Lin et al., ICML 2020).
    case improvedBayesian = "iblr"
    /// P = I + b·M, m = P⁻¹·b·g; left out where P is not positive definite.
    case direct

    /// The component after the update, nil where it fails, and KL(new ‖ old) in nats.
    public func apply(_ natural: NaturalGradient, to gaussian: Gaussian, stepSize: Double) -> (gaussian: Gaussian, divergence: Double)? {
        switch self {
        case .trustRegion: TrustRegionSearch(natural).apply(to: gaussian, bound: stepSize)
        case .improvedBayesian: Self.improvedBayesian(natural, gaussian, stepSize)
        case .direct: WhitenedStep(scaling: natural, by: stepSize)?.apply(to: gaussian)
        }
    }

    private static func improvedBayesian(_ natural: NaturalGradient, _ gaussian: Gaussian, _ b: Double) -> (Gaussian, Double)? {
        let n = gaussian.dimension
        let m = natural.curvature
        var precision = Array(repeating: 0.0, count: triangleCount(n))
        for i in 0..<n {
            for j in 0...i {
                var square = 0.0
                for k in 0..<n { square += m[symmetricIndex(i, k)] * m[symmetricIndex(k, j)] }
                precision[triangleIndex(i, j)] = (i == j ? 1 : 0) + b * m[triangleIndex(i, j)] + 0.5 * b * b * square
            }
        }
        return WhitenedStep(precision: precision, mean: natural.gradient.map { b * $0 })?.apply(to: gaussian)
    }
}

/// The index of an element of a symmetric matrix among those of its lower triangle.
func symmetricIndex(_ i: Int, _ j: Int) -> Int { i >= j ? triangleIndex(i, j) : triangleIndex(j, i) }

/// A Gaussian in the whitened coordinates of another: mean m and precision P = B·Bᵀ.
struct WhitenedStep {
    private let factor: [Double]
    private let mean: [Double]

    /// - Parameter precision: P, packed; nil comes back where it is not positive definite.
    init?(precision: [Double], mean: [Double]) {
        var factor = precision
        guard PackedTriangle.choleskyFactorise(mean.count, &factor) else { return nil }
        self.factor = factor
        self.mean = mean
    }

    /// P = I + s·M, m = P⁻¹·s·g.
    init?(scaling natural: NaturalGradient, by s: Double) {
        let n = natural.gradient.count
        var factor = natural.curvature.map { s * $0 }
        for i in 0..<n { factor[triangleIndex(i, i)] += 1 }
        guard PackedTriangle.choleskyFactorise(n, &factor) else { return nil }
        var mean = natural.gradient.map { s * $0 }
        PackedTriangle.solveVector(n, factor, &mean)
        PackedTriangle.solveVectorTransposed(n, factor, &mean)
        self.factor = factor
        self.mean = mean
    }

    /// KL(N(m, P⁻¹) ‖ N(0, I)) = ½·(tr P⁻¹ − D + log|P| + |m|²).
    var divergence: Double {
        let n = mean.count
        var inverse = Array(repeating: 0.0, count: factor.count)
        PackedTriangle.invert(n, factor, into: &inverse)
        var sum = -Double(n)
        for element in inverse { sum += element * element }
        for i in 0..<n { sum += 2 * Elementary.log(factor[triangleIndex(i, i)]) + mean[i] * mean[i] }
        return 0.5 * sum
    }

    /// The Gaussian in the coordinates that the whitened ones were made from; nil where it cannot be told in numbers.
    func apply(to gaussian: Gaussian) -> (gaussian: Gaussian, divergence: Double)? {
        guard let result = moved(gaussian) else { return nil }
        return (result, divergence)
    }

    func moved(_ gaussian: Gaussian) -> Gaussian? {
        let n = gaussian.dimension
        let product = PackedTriangle.product(n, gaussian.precisionFactor, factor)
        var place = mean
        PackedTriangle.solveVectorTransposed(n, gaussian.precisionFactor, &place)
        for i in 0..<n { place[i] += gaussian.mean[i] }
        // A step that leaves what double precision can hold is no step.
        guard Gaussian.isSound(mean: place, precisionFactor: product) else { return nil }
        return Gaussian(mean: place, precisionFactor: product)
    }
}
