import Numerics

/// A chain compiled for batches: sixteen configurations at a time in single precision.
///
/// Every joint turns about, or slides along, the z axis of a frame that earlier joints carry. Between two joints
/// stands a fixed rotation, which splits into Rz(α)·Rx(β)·Rz(γ): the two rotations about z are added to the neighbouring
/// joints' angles, so that only the twist β remains (the idea of Denavit and Hartenberg, 1955). Twists of 0, ±90 and
/// 180 degrees, which almost every arm has, only rename and negate columns. A configuration of a seven-joint
/// arm then costs about 250 arithmetic instructions a register of sixteen.
///
/// The largest error against double precision is about 1e-6 m and 1e-6 rad for arms of a metre or two.
public struct LaneChain: Sendable {
    /// What stands between one joint's motion and the next joint's frame, once the rotations about z are moved away.
    enum Twist: Sendable, Equatable {
        case none, quarter, threeQuarters, half
        case general
    }

    /// One joint's motion and the fixed transform after it.
    struct Step: Sendable {
        var variable: Int
        var isRevolute: Bool
        /// The joint's value is `scale · q[variable] + offset`.
        var scale: Float
        var offset: Float
        /// Moves the origin after the motion, in the moved frame.
        var translation: SIMD3<Float>
        var twist: Twist
        var twistSine: Float
        var twistCosine: Float

        /// False where the step is a fixed rotation that no joint could take over.
        var isDriven: Bool { scale != 0 }
    }

    /// The frame of the first joint, seen from ``origin``.
    let base: Pose
    let steps: [Step]
    /// A rotation about z that no joint could take over, after the last joint; nil where there is none.
    let finalTurn: (cosine: Float, sine: Float)?
    /// Whether some variable drives more than one joint or with a factor other than one.
    let hasMimics: Bool

    /// Where frames are measured from, m, in the base's frame: single precision is too coarse far from there.
    let origin: SIMD3<Double>

    /// The limits, one entry per variable.
    public let lower: [Float]
    public let upper: [Float]
    private let isContinuous: [Bool]

    /// Whether a variable has no limits: its values count modulo a full turn and are kept within ±π.
    public func isUnlimited(_ variable: Int) -> Bool { isContinuous[variable] }

    /// Where a search starts from a value that was drawn for a variable: within the limits, where it has any, and in their middle where the value is
    /// no finite number.
    public func start(_ drawn: Float, _ variable: Int) -> Float {
        guard drawn.isFinite else { return lower[variable] + (upper[variable] - lower[variable]) / 2 }
        return isContinuous[variable] ? drawn : min(max(drawn, lower[variable]), upper[variable])
    }

    /// The number of variables.
    public var degreesOfFreedom: Int { lower.count }

    /// Compiles a chain.
    ///
    /// - Parameter origin: where its frames are measured from, m, in the base's frame.
    public init(_ chain: Chain, about origin: SIMD3<Double> = .zero) {
        var builder = LaneChainBuilder()
        for segment in chain.segments { builder.append(segment) }
        builder.finish()
        base = Pose(position: builder.base.position - origin, rotation: builder.base.rotation)
        self.origin = origin
        steps = builder.steps
        finalTurn = builder.finalTurn
        // Limits are rounded inwards, so that a configuration inside them stays inside in double precision.
        lower = chain.variables.map { Float($0.lower, roundedUp: true) }
        upper = chain.variables.map { Float($0.upper, roundedUp: false) }
        isContinuous = chain.variables.map { $0.kind == .continuous }
        var drivers = [Int](repeating: 0, count: chain.variables.count)
        for step in builder.steps where step.isDriven { drivers[step.variable] += 1 }
        hasMimics = drivers.contains { $0 > 1 } || builder.steps.contains { $0.isDriven && $0.scale != 1 }
    }
}

extension LaneChain {
    /// Compiles a chain about a place near its first joint, so that frames are exact wherever it stands.
    init(near chain: Chain) { self.init(chain, about: chain.searchFrame.origin) }

    /// A pose in the base's frame as the chain measures frames.
    public func frame(of pose: Pose) -> LaneFrame { LaneFrame(Pose(position: pose.position - origin, rotation: pose.rotation)) }
}

extension Float {
    /// The nearest float that is not below (`roundedUp`) or not above the number.
    init(_ value: Double, roundedUp: Bool) {
        let nearest = Float(value)
        if roundedUp { self = Double(nearest) < value ? nearest.nextUp : nearest }
        else { self = Double(nearest) > value ? nearest.nextDown : nearest }
    }
}

/// Folds a chain's segments into the steps of a ``LaneChain``.
private struct LaneChainBuilder {
    var base = Pose.identity
    var steps: [LaneChain.Step] = []
    var finalTurn: (cosine: Float, sine: Float)?
    /// The fixed transform since the last joint's motion.
    private var pending = Pose.identity

    mutating func append(_ segment: Chain.Segment) {
        pending = pending * segment.origin
        guard segment.kind != .fixed, let variable = segment.variable else { return }
        let alignment = Rotation(takingZTo: segment.axis)
        pending.rotation = pending.rotation * alignment
        let isRevolute = segment.kind != .prismatic
        var turnBefore = 0.0
        if steps.isEmpty { base = pending } else { turnBefore = close(pending) }
        if !isRevolute, turnBefore != 0 {
            // A turn about z commutes with a slide along z; it waits for the next fixed transform.
            pending = Pose(position: .zero, rotation: Rotation(axis: [0, 0, 1], angle: turnBefore))
            turnBefore = 0
        } else {
            pending = .identity
        }
        steps.append(LaneChain.Step(
            variable: variable, isRevolute: isRevolute, scale: Float(segment.multiplier),
            offset: Float(segment.offset + turnBefore), translation: .zero, twist: .none, twistSine: 0, twistCosine: 1))
        pending.rotation = pending.rotation * alignment.inverse
    }

    mutating func finish() {
        guard !steps.isEmpty else { base = pending; return }
        let turn = close(pending)
        if abs(turn) > 1e-12 { finalTurn = (Float(Elementary.cos(turn)), Float(Elementary.sin(turn))) }
    }

    /// Writes a fixed transform after the last step and returns the rotation about z that is left for the next joint.
    private mutating func close(_ fixed: Pose) -> Double {
        let last = steps.count - 1
        var (first, twist, second) = fixed.rotation.turnTwistTurn
        var translation = fixed.position
        if steps[last].isRevolute {
            translation = Rotation(axis: [0, 0, 1], angle: -first) * translation
            steps[last].offset += Float(first)
        } else if abs(first) > 1e-12 {
            // A slide cannot take the turn over: it goes into a joint of its own that no variable moves.
            steps[last].translation = SIMD3<Float>(translation)
            steps.append(LaneChain.Step(
                variable: steps[last].variable, isRevolute: true, scale: 0, offset: Float(first), translation: .zero,
                twist: .none, twistSine: 0, twistCosine: 1))
            translation = .zero
        }
        let index = steps.count - 1
        steps[index].translation = SIMD3<Float>(translation)
        let (sine, cosine) = (Elementary.sin(twist), Elementary.cos(twist))
        let tolerance = 1e-10
        steps[index].twistSine = Float(sine)
        steps[index].twistCosine = Float(cosine)
        if abs(sine) < tolerance { steps[index].twist = cosine > 0 ? .none : .half }
        else if abs(cosine) < tolerance { steps[index].twist = sine > 0 ? .quarter : .threeQuarters }
        else { steps[index].twist = .general }
        if abs(second) < 1e-12 { second = 0 }
        twist = 0
        return second
    }
}

extension Rotation {
    /// Angles with `self = Rz(first) · Rx(twist) · Rz(second)`, `twist` in [0, π] or −π/2.
    ///
    /// Where the twist is 0 or π only the sum or difference of the turns is defined; all of it is the first then.
    fileprivate var turnTwistTurn: (first: Double, twist: Double, second: Double) {
        // R = Rz(a) Rx(b) Rz(g): z column = (sin a sin b, −cos a sin b, cos b); bottom row = (sin b sin g, sin b cos g, cos b).
        let sine = (z.x * z.x + z.y * z.y).squareRoot()
        if sine < 1e-12 { return (Elementary.atan2(x.y, x.x), z.z > 0 ? 0 : .pi, 0) }
        let twist = Elementary.atan2(sine, z.z)
        let first = Elementary.atan2(z.x, -z.y), second = Elementary.atan2(x.z, y.z)
        // The same rotation with the opposite twist, where that avoids turns: Rz(a) Rx(b) Rz(g) = Rz(a+π) Rx(−b) Rz(g+π).
        if abs(abs(first) - .pi) < 1e-9, abs(abs(second) - .pi) < 1e-9 { return (0, -twist, 0) }
        return (first, twist, second)
    }
}
