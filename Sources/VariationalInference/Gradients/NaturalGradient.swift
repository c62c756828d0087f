import Mixtures
import Numerics

/// How the natural gradient of a component is estimated.
///
/// With h(x) = log p̃(x) − log q(x), the natural gradient of a component's objective is made of E[∇h] and E[∇²h].
public enum GradientEstimate: String, Sendable, Equatable, Codable, CaseIterable {
    /// From gradients of h, by Stein's lemma E[∇²h] = E[L·(x − μ)·∇hᵀ]; see ``SteinSums``.
    case stein
    /// A quadratic is fitted to h by weighted regression; no gradient is needed. See ``QuadraticRegression``.
    case more
    /// From gradients until the density is found to leap between samples, which gradients do not show, and from values from then on; from gradients
    /// alone where a component has fewer samples than the quadratic has coefficients.
    case automatic = "auto"
}

extension InferenceSettings {
    /// How many samples a component needs for a quadratic of so many variables: one a coefficient, twice as many where they come in mirrored pairs;
    /// nil where the variables are too many.
    package func samplesForValues(dimension: Int) -> Int? {
        guard dimension <= QuadraticRegression.greatestDimension else { return nil }
        return (drawsPairs ? 2 : 1) * QuadraticRegression.coefficientCount(dimension)
    }

    /// Whether an inference goes on by values where the density leaps.
    package func followsLeaps(dimension: Int) -> Bool {
        estimate == .automatic && samplesForValues(dimension: dimension).map { $0 <= selection.count } ?? false
    }
}

/// A natural gradient in a component's whitened coordinates y = Aᵀ·(x − μ), in which the component is N(0, I).
public struct NaturalGradient: Sendable {
    /// E[∇_y h], D numbers.
    public var gradient: [Double]
    /// M = −E[∇²_y h], packed by rows of the lower triangle.
    public var curvature: [Double]

    /// - Parameters:
    ///   - gradient: E[∇_y h], D numbers.
    ///   - curvature: M = −E[∇²_y h], packed by rows of the lower triangle.
    public init(gradient: [Double], curvature: [Double]) {
        self.gradient = gradient
        self.curvature = curvature
    }

    /// Whether all numbers are finite.
    public var isFinite: Bool { gradient.allSatisfy(\.isFinite) && curvature.allSatisfy(\.isFinite) }
}
