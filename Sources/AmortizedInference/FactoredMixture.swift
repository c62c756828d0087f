import Kinematics
import Numerics

/// A model in two parts: the first joints given the pose, the others given the pose as it looks from the link that the first ones carry.
///
///     q(x|c) = q_lead(x₁|c) · q_rest(x₂ | T(x₁)⁻¹·c),     T the forward kinematics of the first joints
///
/// or, with a ``Feasibility``, q_lead restricted to first joints from which the rest is expected to reach the pose.
///
/// With uniform joints the conditional of the rest is exactly that of the rest by itself, so that each part is trained alone. Where
/// the first joints take up all the freedom that a pose leaves, the rest has isolated solutions: components need not follow a curve, and
/// samples are as near to the pose as the rest's network is.
public struct FactoredMixture: Sendable, Equatable {
    public let lead: ConditionalMixture
    public let rest: ConditionalMixture
    /// Which first joints the rest can complete; nil before it was trained.
    public private(set) var feasibility: Feasibility?
    /// The whole chain, and its two parts.
    public let chain: Chain
    public let leadChain: Chain
    public let restChain: Chain
    /// What the rest's model sees is this times the pose in the frame of the link between: its robot may stand elsewhere.
    let offset: Pose

    /// Puts two trained models together.
    ///
    /// - Throws: ``ModelError/mismatched(_:)`` where the first is not one of a chain's first joints, or the second not one of the others.
    public init(lead: ConditionalMixture, rest: ConditionalMixture) throws(ModelError) {
        guard lead.robot.isPartial, let chain = lead.robot.chain, let parts = chain.split(behind: lead.dimension) else {
            throw .mismatched("the lead must be a model of the first joints only, made with joints = 1 or more; this one is of all \(lead.dimension) joints of \(lead.robot.name)")
        }
        guard !rest.robot.isPartial, let own = rest.robot.chain, let offset = own.offset(of: parts.rest) else {
            throw .mismatched(
                "the rest must be a model of \(parts.rest.name), joints \(lead.dimension + 1) to \(chain.degreesOfFreedom), not of \(rest.robot.name)")
        }
        guard lead.configuration.context == rest.configuration.context else {
            throw .mismatched("the lead is asked with a \(lead.configuration.context), the rest with a \(rest.configuration.context)")
        }
        self.lead = lead
        self.rest = rest
        self.chain = chain
        self.offset = offset
        (leadChain, restChain) = parts
    }

    /// Takes in which first joints the rest can complete.
    ///
    /// - Throws: ``ModelError/mismatched(_:)`` where that is told of another rest.
    public mutating func adopt(_ feasibility: Feasibility?) throws(ModelError) {
        if let errors = feasibility?.errors {
            guard errors.robot.fingerprint == rest.robot.fingerprint, errors.encoding == rest.encoding, errors.dimension == 1 else {
                throw .mismatched("the feasibility belongs to another model than the rest")
            }
        }
        self.feasibility = feasibility
    }

    /// The number of joint variables D.
    public var dimension: Int { chain.degreesOfFreedom }
}
