import Numerics

/// The coordinates that a model works in: x = (v − angle − middle)/halfRange, variable by variable.
///
/// Most variables have no angle, and their edges lie at −1 and 1. One that turns with the context (``ContextSymmetry``) is counted from
/// the context's own angle, wrapped into a window of a full turn.
///
/// Bounded coordinates are artanh x for the variables that do not turn: the edges lie at infinity, so that no sample passes them, and
/// variables uniform between their edges look nearly Gaussian.
public struct ModelCoordinates: Sendable, Equatable {
    public let middle: [Float]
    public let halfRange: [Float]
    /// The middles of the variables' ranges, which values are kept within half a turn of.
    public let valueMiddle: [Float]
    /// The variables that turn with the context.
    public let firstTurned: Int?
    public let lastTurned: Int?
    public let isBounded: Bool
    /// The variables that are periodic, a full turn of rad long.
    public let isPeriodic: [Bool]

    /// - Parameters:
    ///   - space: the variables and their scales.
    ///   - symmetry: the variables that rotate with the context; nil for none.
    ///   - isBounded: whether edges lie at infinity.
    public init(_ space: SampleSpace, symmetry: ContextSymmetry?, isBounded: Bool = false) {
        self.isBounded = isBounded
        isPeriodic = space.periods.map { abs($0 - 2 * .pi) < 1e-9 }
        valueMiddle = space.middle.map { Float($0) }
        var middle = valueMiddle, halfRange = space.halfRange.map { Float($0) }
        firstTurned = symmetry?.first
        lastTurned = symmetry?.last
        // A model of the first variables has no place for the last one, and perhaps not for the first one that turns.
        for (variable, turnedMiddle) in [(firstTurned, symmetry?.firstMiddle), (lastTurned, symmetry?.lastMiddle)] {
            guard let variable, let turnedMiddle, middle.indices.contains(variable) else { continue }
            middle[variable] = Float(turnedMiddle)
            halfRange[variable] = .pi
        }
        self.middle = middle
        self.halfRange = halfRange
    }

    public var count: Int { middle.count }

    /// Whether a variable turns with the context.
    @inlinable @inline(__always)
    public func isTurned(_ variable: Int) -> Bool { variable == firstTurned || variable == lastTurned }

    /// The variables whose coordinates ±1 are one value: those that turn with the context, and those that are periodic.
    public var wrapped: [Int] { (0..<count).filter { (isTurned($0) && halfRange[$0] == .pi) || isPeriodic[$0] } }

    /// The angle that a variable is counted from.
    @inlinable @inline(__always)
    public func angle(_ variable: Int, _ angles: ContextAngles) -> Lanes {
        variable == firstTurned ? angles.first : variable == lastTurned ? angles.last : .zero
    }

    /// The coordinate of a value.
    @inlinable @inline(__always)
    public func encode(_ value: Lanes, variable: Int, angles: ContextAngles) -> Lanes {
        let middle = Lanes(repeating: middle[variable])
        let counted = isTurned(variable) ? (value - angle(variable, angles)).wrapped(around: middle) : value
        let share = (counted - middle) / Lanes(repeating: halfRange[variable])
        guard isBounded, !isTurned(variable) else { return share }
        // Away from the limits by what single precision tells apart.
        let inner = share.limited(to: 1 - 0x1p-20)
        return ((1 + inner) / (1 - inner)).logarithm * 0.5
    }

    /// The value of a coordinate; that of a variable which turns with the context, or is periodic, lies within half a turn of its range's middle.
    @inlinable @inline(__always)
    public func decode(_ x: Lanes, variable: Int, angles: ContextAngles) -> Lanes {
        let share = isBounded && !isTurned(variable) ? x.hyperbolicTangent : x
        let value = Lanes(repeating: middle[variable]).fma(share, Lanes(repeating: halfRange[variable]))
        guard isTurned(variable) || isPeriodic[variable] else { return value }
        return (value + angle(variable, angles)).wrapped(around: Lanes(repeating: valueMiddle[variable]))
    }
}

/// The angles of sixteen contexts that variables are counted from; zero where they are not.
public struct ContextAngles: Sendable {
    public var first: Lanes
    public var last: Lanes

    @inlinable
    public init(first: Lanes = .zero, last: Lanes = .zero) {
        self.first = first
        self.last = last
    }
}
