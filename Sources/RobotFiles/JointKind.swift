import Geometry

/// How a joint moves.
public enum JointKind: String, Sendable, Codable {
    case revolute, continuous, prismatic, fixed

    /// What a joint does at a value in rad or m: a turn about its axis or a shift along it.
    ///
    /// - Parameter axis: a unit vector; unused where fixed.
    @inlinable
    public func motion(by value: Double, along axis: SIMD3<Double>) -> Pose {
        switch self {
        case .revolute, .continuous: Pose(position: .zero, rotation: Rotation(axis: axis, angle: value))
        case .prismatic: Pose(position: value * axis, rotation: .identity)
        case .fixed: .identity
        }
    }
}

/// One entry of a configuration.
public struct JointVariable: Sendable, Equatable, Codable {
    /// The name of the joint that the variable is the value of.
    public var name: String
    public var kind: JointKind
    /// The joint's limits, rad or m; −π and π where continuous.
    public var lower: Double
    public var upper: Double

    public init(name: String, kind: JointKind, lower: Double, upper: Double) {
        self.name = name
        self.kind = kind
        self.lower = lower
        self.upper = upper
    }

    /// The value nearest to zero within the limits, rad or m.
    package var restValue: Double { min(max(0, lower), upper) }
}

/// The range of a joint's value, rad or m.
public struct JointLimits: Sendable, Equatable {
    public var lower: Double
    public var upper: Double

    public init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    /// Half a turn to both sides.
    public static let turn = JointLimits(lower: -.pi, upper: .pi)

    /// A doubt about limits of a joint that turns, rad: beyond three turns they are most likely degrees. Nil where there is none.
    public var doubtOfUnit: String? {
        guard max(abs(lower), abs(upper)) > 6 * .pi else { return nil }
        func degrees(_ value: Double) -> Double { (value * .pi / 180 * 1e4).rounded() / 1e4 }
        return "has limits of \(lower) to \(upper) rad, beyond three turns: if degrees were meant, they are \(degrees(lower)) to \(degrees(upper)) rad"
    }
}

/// How large the numbers of a robot may be, so that squares of lengths stay far from the ends of single precision.
public enum RobotBounds {
    /// Lengths and limits, m; a prismatic joint without practical limits gets these.
    public static let length = 1e9
    /// Limits of a joint that turns, rad.
    public static let angle = 1e6
    /// Speeds from here on are no practical limit, rad/s or m/s.
    public static let speed = 1e6
    /// Multipliers of joints that mimic others, of either sign.
    public static let multiplier = 1e6
    /// Masses, kg.
    public static let mass = 1e12
}
