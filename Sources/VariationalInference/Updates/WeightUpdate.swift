import Numerics

/// How the weights move towards log q(o) + h_o, the best for the components as they are, with h_o = E[log p̃ − log q] of component o.
public enum WeightUpdate: String, Sendable, Equatable, Codable, CaseIterable {
    /// log q'(o) = log q(o) + h_o/(1 + η) − log Z with the smallest η ≥ 0 that keeps KL(new ‖ old) within the step size, in nats.
    case trustRegion = "trustregion"
    /// log q'(o) = log q(o) + b·h_o − log Z with the step size b.
    case direct

    /// The least weight.
    static let floor = 1e-30
    static let leastLogarithm = Elementary.log(floor)
    /// Rewards beyond this, of either sign, are taken for it: their differences are finite, and no weight would tell them apart.
    private static let greatestReward = 1e100

    /// The logarithms of the weights after the update, and KL(new ‖ old) in nats.
    public func apply(_ rewards: [Double], to logWeights: [Double], stepSize: Double) -> (logWeights: [Double], divergence: Double) {
        switch self {
        case .direct: return Self.step(rewards, logWeights, stepSize)
        case .trustRegion:
            let whole = Self.step(rewards, logWeights, 1)
            if whole.divergence <= stepSize { return whole }
            var low = 0.0, high = 1.0, best = (logWeights, 0.0)
            for _ in 0..<50 {
                let middle = 0.5 * (low + high)
                let step = Self.step(rewards, logWeights, middle)
                if step.divergence <= stepSize {
                    (low, best) = (middle, step)
                    if step.divergence >= 0.9 * stepSize { break }
                } else {
                    high = middle
                }
            }
            return best
        }
    }

    private static func step(_ rewards: [Double], _ old: [Double], _ share: Double) -> (logWeights: [Double], divergence: Double) {
        let raw = zip(old, rewards).map { $0 + min(max(share * $1, -greatestReward), greatestReward) }
        let greatest = raw.max() ?? 0
        let total = greatest + Elementary.log(raw.reduce(0) { $0 + Elementary.exp($1 - greatest) })
        let new = raw.map { max($0 - total, leastLogarithm) }
        let divergence = zip(new, old).reduce(0) { $0 + Elementary.exp($1.0) * ($1.0 - $1.1) }
        return (new, divergence.isNaN ? .infinity : max(0, divergence))
    }
}
