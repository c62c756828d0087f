import Mixtures
import Numerics

/// Random effects logistic regression of seeds that germinated on 21 plates, two kinds of seed times two root extracts
/// (Crowder, Applied Statistics 27, 1978, table 3; the model and the priors as in Breslow and Clayton, JASA 1993, and in BUGS):
///
///     r_i ~ Binomial(n_i, σ(a₀ + a₁·s_i + a₂·e_i + a₁₂·s_i·e_i + b_i)),   b_i ~ N(0, 1/τ),   a ~ N(0, 10²),   τ ~ Gamma(0.01, 0.01)
///
/// in 26 variables a₀, a₁, a₁₂, a₂, b₁ … b₂₁ and u = log τ, the Jacobian of u included. Everything is normalised.
public struct SeedGermination: LaneTarget {
    /// Seeds that germinated, and seeds in all, on each plate.
    static let germinated: [Double] = [10, 23, 23, 26, 17, 5, 53, 55, 32, 46, 10, 8, 10, 8, 23, 0, 3, 22, 15, 32, 3]
    static let total: [Double] = [39, 62, 81, 51, 39, 6, 74, 72, 51, 79, 13, 16, 30, 28, 45, 4, 12, 41, 30, 51, 7]
    /// 1 for seeds of Orobanche aegyptiaca 73, 0 for 75; 1 for cucumber extract, 0 for bean.
    static let seed: [Double] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    static let extract: [Double] = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
    private static let plates = 21

    private let constant: Double

    public init() {
        let binomials = zip(Self.total, Self.germinated).reduce(0) {
            $0 + Elementary.logGamma($1.0 + 1) - Elementary.logGamma($1.1 + 1) - Elementary.logGamma($1.0 - $1.1 + 1)
        }
        let normals = -4 * (Elementary.log(10) + 0.5 * logTwoPi) - 0.5 * Double(Self.plates) * logTwoPi
        constant = binomials + normals + 0.01 * Elementary.log(0.01) - Elementary.logGamma(0.01)
    }

    public var name: String { "seeds" }
    public var dimension: Int { 26 }

    func logDensity(_ x: LaneVariables, gradient: LaneVariables) -> DoubleLanes {
        let u = x[25], precision = u.exponential, plates = Double(Self.plates)
        var value = DoubleLanes(repeating: constant), square = DoubleLanes.zero
        for i in 0..<4 {
            value -= 0.005 * x[i] * x[i]
            gradient[i] = -0.01 * x[i]
        }
        for plate in 0..<Self.plates {
            let s = Self.seed[plate], e = Self.extract[plate], n = Self.total[plate], r = Self.germinated[plate]
            let b = x[4 + plate]
            let logit = x[0] + s * x[1] + s * e * x[2] + e * x[3] + b
            // log σ(f) = min(f, 0) − log(1 + e^−|f|): r·log σ(f) + (n − r)·log σ(−f) = r·f − n·(max(f, 0) + log(1 + e^−|f|)).
            let decay = (-logit.magnitude).exponential
            value += r * logit - n * (logit.maximum(.zero) + (1 + decay).logarithm)
            let share = DoubleLanes(repeating: 1).replacing(with: decay, where: logit .< 0) / (1 + decay)
            let slope = r - n * share
            gradient[0] += slope
            gradient[1] += s * slope
            gradient[2] += s * e * slope
            gradient[3] += e * slope
            square = square.fma(b, b)
            gradient[4 + plate] = slope - precision * b
        }
        gradient[25] = 0.5 * (plates - precision * square) + 0.01 * (1 - precision)
        return value + 0.5 * (plates * u - precision * square) + 0.01 * (u - precision)
    }
}
