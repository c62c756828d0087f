import ConditionalModels
import Kinematics
import Numerics

/// A generative model of a robot's configurations given poses, whatever its kind, as queries and evaluations ask one.
public struct GenerativePoseModel: PoseModel {
    public let model: any GenerativeModel
    let identity: RobotIdentity
    let encoding: PoseEncoding

    /// - Throws: ``ModelError`` where the model is not one of all joints of a chain, queried with poses.
    public init(_ model: any GenerativeModel) throws(ModelError) {
        guard let identity = model.subject as? RobotIdentity, let encoding = model.encoder as? PoseEncoding, identity.whole == nil else {
            throw .wrongSubject(expected: model.subject.name, found: "a robot whose context is a pose")
        }
        if identity.isPartial { throw .partial(joints: model.dimension, of: identity.name) }
        self.model = model
        self.identity = identity
        self.encoding = encoding
    }

    public var context: ContextKind { encoding.kind }
    public var parameterCount: Int { model.parameterCount }
    public var history: TrainingHistory { model.history }
    public var components: Int { 1 }
    public func isFar(_ pose: Pose) -> Bool { encoding.isFar(pose) }

    public func check(_ chain: Chain) throws(ModelError) { try identity.check(chain) }

    public func makeSampler(for chain: Chain) throws(ModelError) -> any PoseSampler {
        try check(chain)
        return GenerativeQuery(self, chain: chain)
    }
}

/// Queries a generative model for configurations that reach a pose; use one per thread.
public final class GenerativeQuery: PoseSampler {
    private let encoding: PoseEncoding
    private let dimension: Int
    private let generator: any Generator
    private let kinematics: InverseKinematics
    public let resampler: PoseResampler

    init(_ model: GenerativePoseModel, chain: Chain) {
        encoding = model.encoding
        dimension = chain.degreesOfFreedom
        generator = model.model.makeGenerator()
        kinematics = InverseKinematics(chain)
        resampler = PoseResampler(chain: chain, lanes: kinematics.laneChain, followsRotation: model.context == .pose)
    }

    private func context(_ pose: Pose) -> EncodedContext {
        let (inputs, angles) = encoding.encode(pose)
        return EncodedContext(inputs: inputs, angles: angles)
    }

    public func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        let rows = generator.sample(at: context(pose), count: count, using: &stream)
        return Matrix(rows: count, columns: dimension, elements: rows.map { Double($0) })
    }

    public func logDensities(of rows: Matrix, at pose: Pose) -> [Double]? { generator.logDensities(of: rows, at: context(pose)) }

    public func weights(at pose: Pose) -> [Double] { [1] }

    /// Exact, distinct, ranked configurations that meet a goal and preferences; all are labelled as of one component.
    public func solve(
        _ goal: Goal, options: SearchOptions, preferences: Preferences, refine steps: Int, using stream: inout RandomStream, cancellation: Cancellation
    ) -> Solutions {
        kinematics.solve(
            goal, options: options, preferences: preferences, context: encoding.kind, dimension: dimension, using: &stream, cancellation: cancellation
        ) { [self] pose in
            let context = context(pose)
            return { count, random, _ in (self.generator.sample(at: context, count: count, using: &random), Array(repeating: 0, count: count)) }
        }
    }

    /// Throws ``ModelError/undefined(_:)`` where answers since the last call came from outputs that are not finite.
    public func checkOutputs() throws(ModelError) {
        if let fault = generator.takeFault() { throw fault }
    }
}
