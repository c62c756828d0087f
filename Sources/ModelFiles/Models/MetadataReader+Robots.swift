import ConditionalModels
import Files
import Kinematics
import RobotModels

extension MetadataReader {
    /// What files of earlier versions say among a model's other choices.
    private struct FormerChoices: Decodable {
        var context: ContextKind
    }

    /// The greatest number among a robot's limits, in rad or m, and its encoding; the inverse is the least length.
    private static let greatestNumber = 1e12

    /// The robot and the encoding of its poses.
    ///
    /// - Parameter chain: the chain whose poses the model is queried with, where its own numbers are no joints of it.
    func robot(_ configuration: ModelConfiguration, seenBy chain: Chain?) throws(ModelError) -> (RobotIdentity, PoseEncoding) {
        try robot(isBounded: configuration.isBounded, seenBy: chain) { (dimension, inputs) throws(ModelError) in
            try configuration.validate(dimension: dimension, inputs: inputs)
        }
    }

    /// The same for any kind of model.
    ///
    /// - Parameters:
    ///   - isBounded: whether the model's coordinates are bounded.
    ///   - judge: throws where the model's configuration does not go with so many variables and inputs; called before anything is made of them.
    func robot(
        isBounded: Bool, seenBy chain: Chain?, judge: (_ dimension: Int, _ inputs: Int) throws(ModelError) -> Void
    ) throws(ModelError) -> (RobotIdentity, PoseEncoding) {
        let context = try file.metadata["context"] == nil
            ? field("configuration", as: FormerChoices.self).context : contextKind()
        var robot = RobotIdentity(
            name: try field("robot", as: String.self), base: try field("base", as: String.self), tip: try field("tip", as: String.self),
            joints: try field("joints", as: [String].self), lower: try field("lower", as: [Double].self),
            upper: try field("upper", as: [Double].self), fingerprint: try field("fingerprint", as: String.self))
        do { try judge(robot.lower.count, PoseEncoding.largestInputCount) } catch { throw fail(error.description) }
        guard robot.upper.count == robot.lower.count, robot.joints.count == robot.lower.count,
              zip(robot.lower, robot.upper).allSatisfy({ $0 < $1 && $0.isFinite && $1.isFinite }) else {
            throw fail("its joint limits are not ranges")
        }
        guard robot.space.isSound(within: Self.greatestNumber) else { throw fail("its joint limits are too wide or too narrow") }
        if file.metadata["chain"] != nil {
            let chain = try field("chain", as: Chain.self)
            if let fault = chain.fault { throw fail("its robot is not sound: \(fault)") }
            guard chain.fingerprint == robot.fingerprint else { throw fail("its robot was changed after the training") }
            guard robot.lower.count <= chain.degreesOfFreedom else { throw fail("it has more joints than its robot") }
            robot = RobotIdentity(chain, leading: robot.lower.count)
        }
        if file.metadata["body"] != nil {
            let whole = try field("body", as: BodyContext.self)
            if let fault = whole.fault { throw fail("its body is not sound: \(fault)") }
            guard context == .position, file.metadata["turns"] == nil, whole.body.fingerprint == robot.fingerprint,
                  whole.body.degreesOfFreedom == robot.lower.count else {
                throw fail("its body was changed after the training")
            }
            robot = RobotIdentity(whole)
        }
        guard isBounded == robot.isPartial else { throw fail("bounded coordinates are those of a model of the first joints") }
        return (robot, try encoding(context, degreesOfFreedom: (robot.chain ?? chain)?.degreesOfFreedom ?? robot.degreesOfFreedom))
    }

    /// The offsets and scales of an encoding, in either precision, which can be divided by and stay far from the ends of single precision.
    ///
    /// - Parameter greatest: of offsets and scales; the inverse is the least scale.
    func encodingNumbers(count: Int, greatest: Double) throws(ModelError) -> (offset: [Double], scale: [Double]) {
        func values(_ name: String) throws(ModelError) -> [Double] {
            let single = file.tensors["encoding." + name], double = file.doubles["encoding." + name]
            guard let shape = single?.shape ?? double?.shape else { throw fail("tensor 'encoding.\(name)' is missing") }
            guard shape == [count] else { throw fail("tensor 'encoding.\(name)' has the shape \(shape) instead of [\(count)]") }
            return double?.values ?? single!.values.map { Double($0) }
        }
        let (offset, scale) = (try values("offset"), try values("scale"))
        func shown(_ number: Double) -> String { abs(number) < 1e38 ? "\(Float(number))" : "\(number)" }
        if let number = offset.first(where: { !(abs($0) <= greatest) }) {
            throw fail("its encoding of contexts subtracts \(shown(number)), and at most \(greatest) makes sense")
        }
        if let number = scale.first(where: { !(abs($0) >= 1 / greatest && abs($0) <= greatest) }) {
            throw fail("its encoding of contexts multiplies by \(shown(number)), and only \(1 / greatest) to \(greatest) make sense")
        }
        return (offset, scale)
    }

    private func contextKind() throws(ModelError) -> ContextKind {
        guard let kind = ContextKind(rawValue: file.metadata["context"] ?? "") else { throw fail("its metadata 'context' cannot be read") }
        return kind
    }

    private func encoding(_ context: ContextKind, degreesOfFreedom: Int) throws(ModelError) -> PoseEncoding {
        var symmetry: TargetSymmetry?
        if file.metadata["turns"] != nil {
            symmetry = try field("turns", as: TargetSymmetry.self)
            guard symmetry!.isSound(degreesOfFreedom: degreesOfFreedom) else { throw fail("its target symmetry is not sound") }
        }
        let origin = try file.metadata["origin"] == nil ? .zero : field("origin", as: SIMD3<Double>.self)
        guard origin.isFinite, origin.length <= Self.greatestNumber else {
            throw fail("its positions are measured from \(origin), and at most \(Self.greatestNumber) m make sense")
        }
        let (offset, scale) = try encodingNumbers(count: PoseEncoding.inputCount(context, turns: symmetry), greatest: Self.greatestNumber)
        return PoseEncoding(kind: context, symmetry: symmetry, about: origin, offset: offset.map { Float($0) }, scale: scale.map { Float($0) })
    }
}
