import Kinematics
import Mixtures
import Numerics

/// The tip of a chain at a pose, within standard deviations, and the joints within soft limits:
///
///     log p̃(q) = log N(p* − p(q); s_p²·I) + log N(2·sin(θ/2)·axis; s_r²·I) − Σ excess_i²/(2·s_l²)
///
/// with θ the angle between the tip's orientation and the wanted one; the middle term is left out where any orientation will do.
public struct PoseDensity: TargetDensity {
    public let name: String
    public let chain: Chain
    public let pose: Pose
    private let positionPrecision: Double
    private let rotationPrecision: Double
    private let limitPrecision: Double
    private let normaliser: Double
    private let evaluator: ChainEvaluator

    /// - Parameters:
    ///   - positionWidth: s_p, m.
    ///   - rotationWidth: s_r, rad; nil for any orientation.
    ///   - limitWidth: s_l, rad or m.
    /// - Precondition: the widths are positive and the chain has a joint that moves.
    public init(_ chain: Chain, pose: Pose, positionWidth: Double, rotationWidth: Double?, limitWidth: Double) {
        precondition(positionWidth > 0 && rotationWidth ?? 1 > 0 && limitWidth > 0 && chain.degreesOfFreedom > 0, "widths must be positive")
        name = "pose of \(chain.name)"
        self.chain = chain
        self.pose = pose
        positionPrecision = 1 / (positionWidth * positionWidth)
        rotationPrecision = rotationWidth.map { 1 / ($0 * $0) } ?? 0
        limitPrecision = 1 / (limitWidth * limitWidth)
        let circle = 0.5 * Elementary.log(2 * .pi)
        normaliser = -3 * (Elementary.log(positionWidth) + circle) - (rotationWidth.map { 3 * (Elementary.log($0) + circle) } ?? 0)
        evaluator = ChainEvaluator(chain)
    }

    public var dimension: Int { chain.degreesOfFreedom }

    /// The middle of the joint ranges; continuous joints count as ±π.
    public var start: InitialMixture {
        let ranges = chain.variables.map { variable in
            variable.lower.isFinite && variable.upper.isFinite ? (variable.lower, variable.upper) : (-Double.pi, Double.pi)
        }
        let deviations = ranges.map { max(1e-6, ($0.1 - $0.0) / 12.0.squareRoot()) }
        return InitialMixture(mean: ranges.map { 0.5 * ($0.0 + $0.1) }, deviations: deviations, componentDeviations: deviations.map { 0.5 * $0 })
    }

    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        let n = dimension
        var evaluator = evaluator
        var jacobian = Array(repeating: 0.0, count: 6 * n)
        for index in 0..<count {
            let q = UnsafeBufferPointer(start: points + index * n, count: n)
            evaluator.evaluate(q)
            let offset = pose.position - evaluator.tip.position
            // The rotation from the tip to the wanted orientation, in the base frame.
            let turn = (pose.rotation * evaluator.tip.rotation.inverse).rotationVector
            let angle = turn.length
            // 2·sin(θ/2)·axis has the square 4·sin²(θ/2), whose derivative along ω is −2·sin θ·axis.
            let chord = 2 * Elementary.sin(0.5 * angle)
            var energy = positionPrecision * offset.dot(offset) + rotationPrecision * chord * chord
            let pull = angle > 1e-12 ? turn * (Elementary.sin(angle) / angle) : turn
            let gradient = gradients.map { $0 + index * n }
            if let gradient {
                jacobian.withUnsafeMutableBufferPointer { evaluator.jacobian(into: $0) }
                for i in 0..<n {
                    let velocity = SIMD3(jacobian[i], jacobian[n + i], jacobian[2 * n + i])
                    let rotation = SIMD3(jacobian[3 * n + i], jacobian[4 * n + i], jacobian[5 * n + i])
                    gradient[i] = positionPrecision * offset.dot(velocity) + rotationPrecision * pull.dot(rotation)
                }
            }
            for (i, variable) in chain.variables.enumerated() where variable.lower.isFinite && variable.upper.isFinite {
                let excess = q[i] - min(max(q[i], variable.lower), variable.upper)
                energy += limitPrecision * excess * excess
                if let gradient { gradient[i] -= limitPrecision * excess }
            }
            logDensities[index] = normaliser - 0.5 * energy
        }
    }
}
