import Mixtures
import Numerics

/// Brownian motion of which the middle third was not observed, with unknown scales (Inference Gym, Sountsov et al. 2020; its observations):
///
///     x₁ ~ N(0, eᵘ), x_t ~ N(x_{t−1}, eᵘ), y_t ~ N(x_t, eʷ) for t ≤ 10 and t > 20,   eᵘ, eʷ ~ LogNormal(0, 2)
///
/// with standard deviations eᵘ and eʷ, in 32 variables u, w, x₁ … x₃₀. Everything is normalised.
public struct BrownianMotion: LaneTarget {
    /// y_t by t − 1.
    static let observations: [(time: Int, value: Double)] = Array(zip(Array(0..<10) + Array(20..<30), [
        0.215_926_41, 0.118_771_404, -0.079_454_47, 0.037_677_474, -0.278_858_45, -0.148_415_6, -0.325_090_6, -0.229_579_03, -0.441_108_94,
        -0.098_307_82, -0.878_601_6, -0.837_360_74, -0.738_484_9, -0.893_925_4, -0.777_456_6, -0.702_387_15, -0.877_715_65, -0.518_535_73,
        -0.694_821_4, -0.620_278_9,
    ])).map { (time: $0.0, value: $0.1) }
    private static let times = 30

    public init() {}

    public var name: String { "brownian motion" }
    public var dimension: Int { 32 }

    func logDensity(_ x: LaneVariables, gradient: LaneVariables) -> DoubleLanes {
        let u = x[0], w = x[1]
        let inner = (-2 * u).exponential, outer = (-2 * w).exponential
        let times = Double(Self.times), seen = Double(Self.observations.count)
        var steps = DoubleLanes.zero, errors = DoubleLanes.zero, previous = DoubleLanes.zero
        for time in 0..<Self.times {
            let step = x[2 + time] - previous
            steps = steps.fma(step, step)
            gradient[2 + time] -= inner * step
            if time > 0 { gradient[1 + time] += inner * step }
            previous = x[2 + time]
        }
        for (time, value) in Self.observations {
            let error = value - x[2 + time]
            errors = errors.fma(error, error)
            gradient[2 + time] += outer * error
        }
        gradient[0] = -0.25 * u - times + inner * steps
        gradient[1] = -0.25 * w - seen + outer * errors
        let constant = -2 * (Elementary.log(2) + 0.5 * logTwoPi) - 0.5 * (times + seen) * logTwoPi
        return constant - 0.125 * (u * u + w * w) - times * u - seen * w - 0.5 * (inner * steps + outer * errors)
    }
}
