import ConditionalInference
import ConditionalModels
import Kinematics
import ModelTraining
import Numerics

/// The targets of a chain's tip.
public struct PoseTargets: DensityFamily {
    private let chain: LaneChain
    private let identity: RobotIdentity
    private let encoding: PoseEncoding

    public init(chain: Chain, encoding: PoseEncoding) {
        self.chain = LaneChain(chain, about: encoding.origin)
        identity = RobotIdentity(chain)
        self.encoding = encoding
    }

    public func density(_ widths: TargetWidths) -> any ConditionalDensity {
        PoseTarget(chain, identity: identity, encoding: encoding, widths: widths)
    }
}

/// The tip at a pose, within standard deviations, and the joints within soft limits:
///
///     log p̃(q|c) = log N(p* − p(q); s_p²) + log N(2·sin(θ/2)·axis; s_r²) − Σ excess_i²/(2·s_l²)
///
/// with θ the angle from the tip's orientation to the context's. Where the context is a position only, the middle term is left out.
/// As the errors' densities are normalised, a mixture whose errors shrink with the widths keeps its evidence bound.
public struct PoseTarget: MeasuringDensity {
    let chain: LaneChain
    let encoding: PoseEncoding
    private let coordinates: ModelCoordinates
    /// 1/s_p², 1/s_r² and 1/s_l².
    private(set) var positionPrecision: Float = 0
    private(set) var rotationPrecision: Float = 0
    private(set) var limitPrecision: Float = 0

    /// log of both normalisers.
    private(set) var normaliser: Float = 0

    public init(chain: Chain, encoding: PoseEncoding, widths: TargetWidths) {
        self.init(LaneChain(chain, about: encoding.origin), identity: RobotIdentity(chain), encoding: encoding, widths: widths)
    }

    /// - Parameter chain: seen from the encoding's origin.
    init(_ chain: LaneChain, identity: RobotIdentity, encoding: PoseEncoding, widths: TargetWidths) {
        self.chain = chain
        self.encoding = encoding
        coordinates = ModelCoordinates(identity.space, symmetry: encoding.symmetry)
        _ = take(widths)
    }

    public mutating func take(_ widths: TargetWidths) -> Bool {
        let isPose = encoding.kind == .pose
        positionPrecision = Float(1 / (widths.position * widths.position))
        rotationPrecision = isPose ? Float(1 / (widths.rotation * widths.rotation)) : 0
        limitPrecision = Float(1 / (widths.limit * widths.limit))
        let circle = 0.5 * Elementary.log(2 * .pi)
        normaliser = Float(-3 * (Elementary.log(widths.position) + circle) - (isPose ? 3 * (Elementary.log(widths.rotation) + circle) : 0))
        return true
    }

    /// The logarithm of the factor that makes the errors' densities integrate to one.
    public var logNormaliser: Double { Double(normaliser) }

    public var errors: ErrorScale? { ErrorScale(peak: Double(normaliser), count: encoding.kind == .pose ? 6 : 3) }

    public var dimension: Int { coordinates.count }
    public var contextCount: Int { encoding.inputCount }
    public var scratchCount: Int { 7 * dimension }

    @inline(__always)
    public func evaluate(_ x: UnsafePointer<Lanes>, inputs: UnsafePointer<Float>, stride: Int, gradient: UnsafeMutablePointer<Lanes>,
                         scratch: UnsafeMutablePointer<Lanes>) -> DensityValue {
        let q = scratch, jacobian = scratch + dimension
        let (goal, angles) = encoding.decode(inputs, stride: stride)
        for i in 0..<dimension { q[i] = coordinates.decode(x[i], variable: i, angles: angles) }
        let difference = chain.forward(q, jacobian: jacobian).difference(to: goal)
        let rotationSquare = encoding.kind == .pose ? difference.rotationSquare.maximum(.zero) : .zero
        // d(2·sin²(θ/2)) is −sin θ·axis·ω, and the components hold 2·sin(θ/2)·axis.
        let cosine = (1 - 0.25 * rotationSquare).maximum(.zero).squareRoot()
        let e = difference.components
        let p0 = e.0 * positionPrecision, p1 = e.1 * positionPrecision, p2 = e.2 * positionPrecision
        let turn = cosine * rotationPrecision
        let r0 = e.3 * turn, r1 = e.4 * turn, r2 = e.5 * turn
        var excessSquare = Lanes.zero
        for i in 0..<dimension {
            let c = jacobian + 6 * i
            var slope = (c[0] * p0).fma(c[1], p1).fma(c[2], p2).fma(c[3], r0).fma(c[4], r1).fma(c[5], r2)
            if !chain.isUnlimited(i) {
                let excess = q[i] - q[i].limited(from: Lanes(repeating: chain.lower[i]), to: Lanes(repeating: chain.upper[i]))
                excessSquare = excessSquare.fma(excess, excess)
                slope = slope.fnma(excess, Lanes(repeating: limitPrecision))
            }
            gradient[i] = slope * coordinates.halfRange[i]
        }
        let energy = (difference.positionSquare * positionPrecision).fma(rotationSquare, Lanes(repeating: rotationPrecision))
            .fma(excessSquare, Lanes(repeating: limitPrecision))
        return DensityValue(logDensity: Lanes(repeating: normaliser) - 0.5 * energy, distance: difference.positionSquare.squareRoot(),
                            angle: rotationSquare.squareRoot())
    }
}
