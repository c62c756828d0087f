import ConditionalModels
import Kinematics
import Networks
import Numerics

// Conditional mixtures whose subject is a robot and whose contexts are poses.
extension ConditionalMixture {
    /// The robot that the model was made for.
    ///
    /// - Precondition: ``isOfRobot``.
    public var robot: RobotIdentity { subject as! RobotIdentity }
    /// How poses become the network's inputs.
    ///
    /// - Precondition: ``isOfRobot``.
    public var encoding: PoseEncoding { encoder as! PoseEncoding }
    /// Whether the model answers poses of a robot.
    public var isOfRobot: Bool { subject is RobotIdentity && encoder is PoseEncoding }

    /// An untrained model of a chain.
    ///
    /// - Parameters:
    ///   - count: of how many of the chain's variables, the first ones; all where nil. Such a model of the first joints, given the
    ///     tip's pose, goes into a ``FactoredMixture``; its coordinates are bounded.
    ///   - context: which part of a pose the model is queried with.
    ///   - usesSymmetry: whether the first and the last joint are counted from the target's own angles, where the chain admits it
    ///     (``TargetSymmetry``).
    ///   - cancellation: makes a model that is of no use.
    public init(
        chain: Chain, leading count: Int? = nil, context: ContextKind = .pose, usesSymmetry: Bool = true, configuration: ModelConfiguration,
        cancellation: Cancellation = .never
    ) throws(ModelError) {
        var configuration = configuration
        configuration.isBounded = count != nil
        if let count, chain.split(behind: count) == nil {
            throw .invalidConfiguration("\(chain.name) with its \(chain.degreesOfFreedom) joints cannot be cut behind its first \(count)")
        }
        try configuration.validate(dimension: chain.degreesOfFreedom, inputs: PoseEncoding.largestInputCount)
        let encoding = try PoseEncoding(of: chain, context, usesSymmetry: usesSymmetry)
        try self.init(identity: RobotIdentity(chain, leading: count), encoding: encoding, configuration: configuration, cancellation: cancellation)
    }

    init(
        identity: RobotIdentity, encoding: PoseEncoding, configuration: ModelConfiguration, cancellation: Cancellation = .never
    ) throws(ModelError) {
        try self.init(subject: identity, space: identity.space, encoder: encoding, configuration: configuration, cancellation: cancellation)
    }

    /// Takes the chain into a model whose file named its robot only.
    ///
    /// - Throws: ``ModelError/wrongSubject(expected:found:)`` where it is another chain.
    public mutating func adopt(_ chain: Chain) throws(ModelError) {
        try check(chain)
        if robot.chain == nil { subject = RobotIdentity(chain, leading: dimension) }
    }

    /// Throws unless the model was made for this chain.
    public func check(_ chain: Chain) throws(ModelError) {
        guard isOfRobot else { throw .wrongSubject(expected: subject.name, found: chain.name) }
        try robot.check(chain)
    }
}

extension PoseEncoding {
    /// The encoding of a chain's poses that its models are queried with.
    ///
    /// - Throws: ``ModelError/invalidConfiguration(_:)`` where a joint has no range.
    public init(of chain: Chain, _ context: ContextKind, usesSymmetry: Bool) throws(ModelError) {
        if let joint = chain.variables.first(where: { !($0.lower < $0.upper) }) {
            throw .invalidConfiguration("the joint \(joint.name) of \(chain.name) has no range: a model needs joints that can move")
        }
        let origin = Self.origin(of: chain)
        self.init(
            kind: context, symmetry: usesSymmetry ? TargetSymmetry(chain, usesTip: context == .pose, about: origin) : nil, about: origin, measuring: chain)
    }

    /// The encoding of a pose's own numbers in the base's frame, the position first.
    ///
    /// - Parameters:
    ///   - offset: subtracted from every number.
    ///   - scale: multiplies every shifted number.
    public init(of chain: Chain, _ context: ContextKind, offset: [Double], scale: [Double]) {
        let origin = Self.origin(of: chain)
        self.init(
            kind: context, about: origin, offset: offset.indices.map { Float($0 < 3 ? offset[$0] - origin[$0] : offset[$0]) }, scale: scale.map { Float($0) })
    }

    /// Where a chain's positions are best measured from, m, in the base's frame: zero for a chain that stands near, else whole metres near its first
    /// joint, so that positions lose no digits.
    private static func origin(of chain: Chain) -> SIMD3<Double> {
        var frame = Pose.identity
        for segment in chain.segments {
            frame = frame * segment.origin
            if segment.variable != nil { break }
        }
        return frame.position.length > nearbyDistance ? frame.position.rounded(.toNearestOrEven) : .zero
    }

    /// Single precision tells 4 µm apart at that distance, m.
    private static let nearbyDistance = 64.0
}

extension ModelError {
    /// A model of the first joints, which cannot answer alone.
    package static func partial(joints: Int, of robot: String) -> ModelError {
        .partial("the model knows the first \(joints.counted("joint")) of \(robot) only; "
            + "as the lead of a model in parts, with a model of the rest, it answers")
    }
}

// Models are asked with poses, encoded on the way.
extension MixturePredictor {
    /// The normalised log-weights of all components at a pose.
    func logWeights(at pose: Pose) -> [Float] {
        let (inputs, angles) = model.encoding.encode(pose)
        return logWeights(at: inputs, angles: angles)
    }

    /// The mixture of all components at a pose, in joint units, or in the model's coordinates.
    func mixture(at pose: Pose, inCoordinates: Bool = false) -> LaneMixture {
        let logWeights = self.logWeights(at: pose)
        return mixture(of: Array(0..<model.components), logWeights: logWeights, inCoordinates: inCoordinates)
    }
}

extension BatchEvaluator {
    /// Draws one configuration for each of sixteen frames an element.
    func draw(at contexts: [LaneFrame], using lanes: inout LaneRandom) -> LaneDraws {
        let encoding = model.encoding
        return draw(contexts.count, encode: { encoding.encode(contexts[$0], into: $1, stride: $2) }, using: &lanes)
    }

    /// Evaluates the network, sixteen frames a call.
    func evaluate(
        _ contexts: [LaneFrame],
        body: (_ batch: BatchWorkspace, _ column: Int, _ block: Int, _ angles: ContextAngles, _ parameters: UnsafePointer<Float>) -> Void
    ) {
        let encoding = model.encoding
        evaluate(contexts.count, encode: { encoding.encode(contexts[$0], into: $1, stride: $2) }, body: body)
    }
}
