import Mixtures
import Numerics

/// Neal's funnel: v ~ N(0, s²), and the other variables ~ N(0, eᵛ) given v (Neal, Annals of Statistics 2003). log Z = 0.
///
/// The neck is e^(s) times as narrow as the mouth at one deviation of v: no Gaussian fits both.
public struct Funnel: LaneTarget {
    public let dimension: Int
    /// The standard deviation s of the first variable.
    public let deviation: Double
    public let name: String

    /// - Precondition: at least two variables, a positive deviation.
    public init(dimension: Int = 10, deviation: Double = 3) {
        precondition(dimension >= 2 && deviation > 0, "a funnel has two variables or more and a positive deviation")
        self.dimension = dimension
        self.deviation = deviation
        name = "funnel, \(dimension) variables"
    }

    /// As wide as the first variable, and as the others are on average over it.
    public var start: InitialMixture {
        let deviations = [deviation] + Array(repeating: min(1e6, Elementary.exp(0.25 * deviation * deviation)), count: dimension - 1)
        return InitialMixture(mean: Array(repeating: 0, count: dimension), deviations: deviations, componentDeviations: [deviation] + Array(repeating: 1, count: dimension - 1))
    }

    func logDensity(_ x: LaneVariables, gradient: LaneVariables) -> DoubleLanes {
        let others = Double(dimension - 1), v = x[0]
        let precision = (-v).exponential
        var square = DoubleLanes.zero
        for i in 1..<dimension {
            square = square.fma(x[i], x[i])
            gradient[i] = -precision * x[i]
        }
        let z = v / deviation
        gradient[0] = 0.5 * (precision * square - others) - z / deviation
        return -0.5 * (z * z + others * v + precision * square) - (Elementary.log(deviation) + 0.5 * Double(dimension) * logTwoPi)
    }
}
