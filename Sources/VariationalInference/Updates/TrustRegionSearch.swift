import Mixtures
import Numerics

/// Finds the largest step along a natural gradient within a bound on the divergence.
///
/// With M = Q·T·Qᵀ, T tridiagonal, the divergence of any step is known in linear time: the reduction is done once, and the search for the
/// multiplier costs next to nothing.
struct TrustRegionSearch {
    private let natural: NaturalGradient
    private let tridiagonal: Tridiagonal
    private let rotated: [Double]

    init(_ natural: NaturalGradient) {
        self.natural = natural
        let n = natural.gradient.count
        var matrix = Array(repeating: 0.0, count: n * n)
        for i in 0..<n {
            for j in 0...i {
                matrix[i * n + j] = natural.curvature[triangleIndex(i, j)]
                matrix[j * n + i] = matrix[i * n + j]
            }
        }
        var vector = natural.gradient
        tridiagonal = Tridiagonal(reducing: &matrix, rotating: &vector)
        rotated = vector
    }

    /// KL of the step with multiplier η, nats; infinite where it is not positive definite.
    func divergence(multiplier: Double) -> Double {
        guard let known = tridiagonal.shifted(by: 1 / multiplier, rotated) else { return .infinity }
        let value = 0.5 * (known.inverseTrace - Double(rotated.count) + known.logDeterminant + known.solutionSquare)
        return value.isNaN ? .infinity : max(0, value)
    }

    /// The smallest η ≥ 1 whose divergence is at most `bound`, to a tenth of it; nil where there is none in reach.
    func multiplier(bound: Double) -> Double? {
        if divergence(multiplier: 1) <= bound { return 1 }
        var low = 0.0, high = 1.0
        // Bisection in log η, after a bracket is found.
        while divergence(multiplier: Elementary.exp(high)) > bound {
            low = high
            high *= 2
            if high > 600 { return nil }
        }
        for _ in 0..<60 {
            let middle = 0.5 * (low + high)
            let value = divergence(multiplier: Elementary.exp(middle))
            if value > bound { low = middle } else { high = middle }
            if value <= bound, value >= 0.9 * bound { break }
        }
        return Elementary.exp(high)
    }

    func apply(to gaussian: Gaussian, bound: Double) -> (gaussian: Gaussian, divergence: Double)? {
        guard let multiplier = multiplier(bound: bound),
              let result = WhitenedStep(scaling: natural, by: 1 / multiplier)?.moved(gaussian) else { return nil }
        return (result, divergence(multiplier: multiplier))
    }
}
