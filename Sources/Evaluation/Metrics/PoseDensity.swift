import Kinematics
import Numerics

/// The target density that evidence bounds are stated against, in nats and joint radians (or metres):
///
///     log p̃(q|c) = log N(p* − p(q); s_p²) + log N(2·sin(θ/2)·axis; s_r²) − Σ excess_i²/(2·s_l²)
///
/// with θ the angle from the tip's orientation to the pose and excess the way beyond a joint limit; for a position only, without the
/// middle term. It is the density that training aims at, at the widths given here.
public struct PoseDensity: Sendable {
    /// The standard deviations: m, rad, and rad or m.
    public var position = 0.003
    public var rotation = 0.5 * .pi / 180
    public var limit = 0.05

    public init() {}

    /// log p̃ at a configuration.
    func logDensity(_ q: [Double], tip: Pose, target: Pose, chain: Chain, followsRotation: Bool) -> Double {
        let (distance, angle) = tip.error(to: target)
        let circle = 0.5 * Elementary.log(2 * .pi)
        var value = -0.5 * (distance / position) * (distance / position) - 3 * (Elementary.log(position) + circle)
        if followsRotation {
            let turn = 2 * Elementary.sin(angle / 2) / rotation
            value -= 0.5 * turn * turn + 3 * (Elementary.log(rotation) + circle)
        }
        for (i, variable) in chain.variables.enumerated() where variable.kind != .continuous {
            let excess = max(q[i] - variable.upper, variable.lower - q[i], 0) / limit
            value -= 0.5 * excess * excess
        }
        return value
    }
}
