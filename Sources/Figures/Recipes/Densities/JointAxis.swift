import Kinematics

/// A variable of a density as an axis: its name, its unit and, where it has them, its limits.
public struct JointAxis: Sendable, Equatable {
    public var name: String
    public var label: String
    public var scale: Scale
    public var limits: ClosedRange<Double>?

    /// A joint: in degrees where it turns, in metres where it slides.
    public init(_ variable: Chain.Variable) {
        let isTurning = variable.kind != .prismatic
        name = variable.name
        label = variable.name + (isTurning ? " (°)" : " (m)")
        scale = isTurning ? .degrees : .linear
        limits = variable.kind == .continuous || !(variable.lower < variable.upper) ? nil : variable.lower...variable.upper
    }

    /// A variable without a unit.
    public init(name: String) {
        self.name = name
        label = name
        scale = .linear
        limits = nil
    }

    /// - Parameter range: what to show; the limits with some air, or what the data need if nil.
    func axis(range: ClosedRange<Double>? = nil, isShared: Bool = false) -> Axis {
        var shown = range
        if shown == nil, let limits {
            let air = 0.04 * (limits.upperBound - limits.lowerBound)
            if isShared && scale == .degrees && air < 2 {
                // In small panels quarters of the circle leave room for ticks.
                let quarter = Double.pi / 2
                let lower = (limits.lowerBound / quarter + 0.01).rounded(.down) * quarter
                shown = lower...max(lower + quarter, (limits.upperBound / quarter - 0.01).rounded(.up) * quarter)
            } else if air.isFinite {
                shown = (limits.lowerBound - air)...(limits.upperBound + air)
            }
        }
        return Axis(label: label, scale: scale, range: shown, isShared: isShared)
    }
}
