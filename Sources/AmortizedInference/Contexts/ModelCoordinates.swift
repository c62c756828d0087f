import Kinematics
import Numerics

/// The coordinates that a model works in: x = (q − angle − middle)/halfRange, joint by joint.
///
/// Most joints have no angle, and their limits lie at −1 and 1. A joint that turns with the target (``TurningAxes``) is counted from the
/// target's own angle, wrapped into a window of a full turn.
///
/// Bounded coordinates are artanh x for the joints that do not turn: the limits lie at infinity, so that no sample passes them, and
/// joints uniform within their limits look nearly Gaussian.
struct ModelCoordinates: Sendable, Equatable {
    let middle: [Float]
    let halfRange: [Float]
    /// The middles of the joint limits, which joint values are kept within half a turn of.
    let jointMiddle: [Float]
    /// The variables that turn with the target.
    let firstTurned: Int?
    let lastTurned: Int?
    let isBounded: Bool

    init(_ robot: RobotIdentity, turns: TurningAxes?, isBounded: Bool = false) {
        self.isBounded = isBounded
        jointMiddle = robot.middle.map { Float($0) }
        var middle = jointMiddle, halfRange = robot.halfRange.map { Float($0) }
        firstTurned = turns?.firstVariable
        lastTurned = turns?.last == nil ? nil : turns?.lastVariable
        if let turns, let firstTurned {
            middle[firstTurned] = Float(turns.firstMiddle)
            halfRange[firstTurned] = .pi
        }
        // A model of the first joints has no place for the last one.
        if let turns, let lastTurned, middle.indices.contains(lastTurned) {
            middle[lastTurned] = Float(turns.lastMiddle)
            halfRange[lastTurned] = .pi
        }
        self.middle = middle
        self.halfRange = halfRange
    }

    var count: Int { middle.count }

    /// Whether a joint turns with the target.
    @inline(__always)
    func isTurned(_ joint: Int) -> Bool { joint == firstTurned || joint == lastTurned }

    /// The angle that a joint is counted from.
    @inline(__always)
    func angle(_ joint: Int, _ angles: ContextAngles) -> Lanes {
        joint == firstTurned ? angles.first : joint == lastTurned ? angles.last : .zero
    }

    /// The coordinate of a joint value.
    @inline(__always)
    func encode(_ value: Lanes, joint: Int, angles: ContextAngles) -> Lanes {
        let middle = Lanes(repeating: middle[joint])
        let counted = isTurned(joint) ? (value - angle(joint, angles)).wrapped(around: middle) : value
        let share = (counted - middle) / Lanes(repeating: halfRange[joint])
        guard isBounded, !isTurned(joint) else { return share }
        // Away from the limits by what single precision tells apart.
        let inner = share.limited(to: 1 - 0x1p-20)
        return ((1 + inner) / (1 - inner)).logarithm * 0.5
    }

    /// The joint value of a coordinate; that of a joint which turns with the target lies within half a turn of the limits' middle.
    @inline(__always)
    func decode(_ x: Lanes, joint: Int, angles: ContextAngles) -> Lanes {
        let share = isBounded && !isTurned(joint) ? x.hyperbolicTangent : x
        let value = Lanes(repeating: middle[joint]).fma(share, Lanes(repeating: halfRange[joint]))
        return isTurned(joint) ? (value + angle(joint, angles)).wrapped(around: Lanes(repeating: jointMiddle[joint])) : value
    }
}

/// The angles of sixteen targets that the first and the last joint are counted from; zero where they are not.
struct ContextAngles: Sendable {
    var first = Lanes.zero
    var last = Lanes.zero
}
