import ConditionalModels
import Kinematics
import Numerics

/// A model in two parts or more: the first joints given the pose, the next ones given the pose as it looks from the link that the first ones
/// carry, and so on to the last joint.
///
///     q(x|c) = q₁(x₁|c₁) · q₂(x₂|c₂) · …,     c₁ = c,  c₂ = T₁(x₁)⁻¹·c₁,  …,     Tₖ the forward kinematics of part k's joints
///
/// or, with a ``Feasibility``, each part restricted to joints from which the later ones are expected to reach the pose.
///
/// The joints may also follow one another from the tip to the base (``reversed(of:)``): which of the two is easier to learn depends on the arm.
///
/// With uniform joints the conditional of the later joints is exactly that of their chain by itself, so that each part is trained alone.
/// Where the first joints take up all the freedom that a pose leaves, the others have isolated solutions: components need not follow a curve, and
/// samples are as near to the pose as the later parts' networks are.
public struct FactoredMixture: Sendable, Equatable {
    /// The parts in the order of the joints: all but the last are models of the first joints of what the parts before leave.
    public private(set) var parts: [ConditionalMixture]
    /// What leads from each part to the next.
    public private(set) var links: [Link]
    /// The whole chain.
    public private(set) var chain: Chain
    /// Whether the parts are models of the chain from its tip to its base, which are queried with the inverse of a pose.
    public private(set) var isReversed = false

    /// What lies between two parts.
    public struct Link: Sendable, Equatable {
        /// The joints of the part before.
        public let chain: Chain
        /// The next part's input is this times the pose in the frame of the link between: its robot may stand elsewhere.
        let offset: Pose
        /// From which joints of the part before the later parts reach the pose; nil before it was trained.
        public fileprivate(set) var feasibility: Feasibility?
    }

    /// Puts two trained models together.
    ///
    /// - Throws: ``ModelError/mismatched(_:)`` where the first is not one of a chain's first joints, or the second not one of the others.
    public init(lead: ConditionalMixture, rest: ConditionalMixture) throws(ModelError) {
        try self.init(lead: lead, rest: [rest], links: [])
    }

    /// Puts a trained model before one that is in parts itself, whose feasibility stays.
    ///
    /// - Throws: ``ModelError/mismatched(_:)`` where the first is not one of a chain's first joints, or the second not one of the others.
    public init(lead: ConditionalMixture, rest: FactoredMixture) throws(ModelError) {
        try self.init(lead: lead, rest: rest.parts, links: rest.links)
    }

    private init(lead: ConditionalMixture, rest: [ConditionalMixture], links: [Link]) throws(ModelError) {
        for part in [lead] + rest where !part.isOfRobot { throw .mismatched("a part must be a model of a robot's joints, not of \(part.subject.name)") }
        guard lead.robot.isPartial, let chain = lead.robot.chain, let pieces = chain.split(behind: lead.dimension) else {
            throw .mismatched("the lead must be a model of the first joints only, made with joints = 1 or more; this one is of all \(lead.dimension) joints of \(lead.robot.name)")
        }
        let next = rest[0], isWhole = rest.count > 1 || !next.robot.isPartial
        guard isWhole, let own = next.robot.chain, let offset = own.offset(of: pieces.rest) else {
            throw .mismatched(
                "the rest must be a model of \(pieces.rest.name), joints \(lead.dimension + 1) to \(chain.degreesOfFreedom), not of \(next.robot.name)")
        }
        guard lead.context == next.context else {
            throw .mismatched("the lead's context is a \(lead.context), the rest's a \(next.context)")
        }
        parts = [lead] + rest
        self.links = [Link(chain: pieces.lead, offset: offset)] + links
        self.chain = chain
    }

    /// The first part.
    public var lead: ConditionalMixture { parts[0] }
    /// The parts after the first one as a model of their own; nil where there is one only.
    public var rest: FactoredMixture? { tail(from: 1) }
    /// Which first joints the others can complete; nil before it was trained.
    public var feasibility: Feasibility? { links[0].feasibility }

    private init(parts: [ConditionalMixture], links: [Link], chain: Chain) {
        self.parts = parts
        self.links = links
        self.chain = chain
    }

    /// The model of a chain, where this one is of ``Chain/reversed()``.
    ///
    /// - Throws: ``ModelError/mismatched(_:)`` where it is not, or where it is queried with positions only, which have no inverse.
    public func reversed(of chain: Chain) throws(ModelError) -> FactoredMixture {
        guard lead.context == .pose else { throw .mismatched("parts from the tip to the base need poses as their context, not positions") }
        guard !isReversed, let offset = self.chain.offset(of: chain.reversed()), offset.error(to: .identity).position < 1e-6,
              offset.error(to: .identity).rotation < 1e-6 else {
            throw .mismatched("the parts must be models of \(chain.name) or of \(chain.reversed().name), not of \(self.chain.name)")
        }
        var model = self
        model.chain = chain
        model.isReversed = true
        return model
    }

    /// Takes in which first joints the others can complete.
    ///
    /// - Throws: ``ModelError/mismatched(_:)`` where that is told of other joints.
    public mutating func adopt(_ feasibility: Feasibility) throws(ModelError) { try adopt(feasibility, behind: 0) }

    /// The same of the joints of any part but the last.
    ///
    /// - Parameter part: counted from 0.
    mutating func adopt(_ feasibility: Feasibility, behind part: Int) throws(ModelError) {
        let errors = feasibility.errors, next = parts[part + 1]
        guard errors.robot.fingerprint == next.robot.fingerprint, errors.encoding == next.encoding, errors.dimension == 1 else {
            throw .mismatched("the feasibility belongs to another model than the rest")
        }
        links[part].feasibility = feasibility
    }

    /// Takes in a part that was trained further.
    ///
    /// - Throws: ``ModelError/mismatched(_:)`` where it is a model of other joints, or is queried with something else.
    mutating func replace(_ part: Int, with model: ConditionalMixture) throws(ModelError) {
        let former = parts[part]
        guard model.robot.fingerprint == former.robot.fingerprint, model.dimension == former.dimension, model.encoding == former.encoding else {
            throw .mismatched("the model is not one of part \(part + 1)")
        }
        parts[part] = model
    }

    /// The parts from one on as a model of their own, asked as the part before sees it; nil for the last part.
    func tail(from part: Int) -> FactoredMixture? {
        guard parts.indices.dropLast().contains(part), let chain = parts[part].robot.chain else { return nil }
        return FactoredMixture(parts: Array(parts[part...]), links: Array(links[part...]), chain: chain)
    }

    /// Changes what all parts and feasibilities remember of their trainings.
    public mutating func changeHistories(_ change: (inout TrainingHistory) -> Void) {
        for index in parts.indices { change(&parts[index].history) }
        for index in links.indices where links[index].feasibility != nil { change(&links[index].feasibility!.errors.history) }
    }

    /// Discards the feasibility of the first joints; that of the rest stays.
    public mutating func forgetFeasibility() { links[0].feasibility = nil }

    /// The number of joint variables D.
    public var dimension: Int { chain.degreesOfFreedom }
}
