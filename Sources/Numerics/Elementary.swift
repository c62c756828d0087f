import Foundation

/// The C library's elementary functions, so that modules need not import Foundation for them.
public enum Elementary {
    @inlinable public static func sin(_ x: Double) -> Double { Foundation.sin(x) }
    @inlinable public static func cos(_ x: Double) -> Double { Foundation.cos(x) }
    @inlinable public static func asin(_ x: Double) -> Double { Foundation.asin(x) }
    @inlinable public static func atan2(_ y: Double, _ x: Double) -> Double { Foundation.atan2(y, x) }
    @inlinable public static func exp(_ x: Double) -> Double { Foundation.exp(x) }
    @inlinable public static func log(_ x: Double) -> Double { Foundation.log(x) }
    /// log Γ(x) of a positive number.
    public static func logGamma(_ x: Double) -> Double { Foundation.lgamma(x) }

    /// √Σ x², where squares overflow or vanish as well; NaN where one is.
    public static func rootOfSquares(_ values: [Double]) -> Double {
        let sum = values.reduce(0) { $0 + $1 * $1 }
        guard sum < 1e-280 || sum == .infinity else { return sum.squareRoot() }
        let scale = values.lazy.map(abs).max() ?? 0
        guard scale > 0, scale.isFinite else { return scale }
        return scale * values.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }.squareRoot()
    }

    /// The x below which a standard normal variable is with a given probability.
    ///
    /// A rational approximation (Abramowitz and Stegun, 26.2.23) and two steps of Newton's method; exact to 1e-14 for probabilities from 1e-12.
    ///
    /// - Precondition: the probability is above 0 and below 1.
    public static func normalQuantile(_ probability: Double) -> Double {
        precondition(probability > 0 && probability < 1, "a probability of \(probability) has no quantile")
        let tail = min(probability, 1 - probability)
        let t = (-2 * log(tail)).squareRoot()
        var x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
        for _ in 0..<2 {
            let excess = 0.5 * Foundation.erfc(-x * 0.5.squareRoot()) - tail
            x -= excess / (exp(-0.5 * x * x) / (2 * Double.pi).squareRoot())
        }
        return probability < 0.5 ? x : -x
    }
}
