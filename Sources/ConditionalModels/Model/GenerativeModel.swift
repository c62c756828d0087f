import Numerics

/// A model of x given c of any kind: a mixture, a normalizing flow, a generator.
///
/// Queries, evaluations and figures ask for samples, and for log-densities where the kind has them.
public protocol GenerativeModel: Sendable {
    /// The subject of the model.
    var subject: any ModelSubject { get }
    /// The variables that it draws.
    var space: SampleSpace { get }
    var encoder: any ContextEncoder { get }
    /// The number of weights and biases.
    var parameterCount: Int { get }
    /// The provenance of the parameters.
    var history: TrainingHistory { get set }
    /// Whether it has log-densities.
    var hasDensity: Bool { get }

    /// The workspace of one thread.
    func makeGenerator() -> any Generator
}

extension GenerativeModel {
    /// The number of variables D.
    public var dimension: Int { space.dimension }
}

/// The workspace in which one thread queries a ``GenerativeModel``.
public protocol Generator: AnyObject {
    /// Draws points at a context, by rows of D values in the variables' units.
    func sample(at context: EncodedContext, count: Int, using stream: inout RandomStream) -> [Float]

    /// log q(x|c) of the rows of a matrix, in nats and the variables' units; nil where the kind of model has no density.
    func logDensities(of rows: Matrix, at context: EncodedContext) -> [Double]?

    /// The fault of the network's outputs since the last query of it; the answers are placeholders then.
    func takeFault() -> ModelError?
}

/// A context as an encoder gives it: the network's inputs, and the angles that variables are counted from, the same in every lane.
public struct EncodedContext: Sendable {
    public var inputs: [Float]
    public var angles: ContextAngles

    public init(inputs: [Float], angles: ContextAngles = ContextAngles()) {
        self.inputs = inputs
        self.angles = angles
    }
}

extension ConditionalMixture: GenerativeModel {
    /// Bounded coordinates have no Gaussians in the variables' units.
    public var hasDensity: Bool { !configuration.isBounded }

    public func makeGenerator() -> any Generator { MixtureGenerator(self) }
}

/// A conditional mixture as a generative model.
private final class MixtureGenerator: Generator {
    private let predictor: MixturePredictor

    init(_ model: ConditionalMixture) { predictor = MixturePredictor(model) }

    private func mixture(at context: EncodedContext, inCoordinates: Bool) -> LaneMixture {
        let logWeights = predictor.logWeights(at: context.inputs, angles: context.angles)
        return predictor.mixture(of: Array(0..<predictor.model.components), logWeights: logWeights, inCoordinates: inCoordinates)
    }

    func sample(at context: EncodedContext, count: Int, using stream: inout RandomStream) -> [Float] {
        let isBounded = predictor.model.configuration.isBounded
        let mixture = mixture(at: context, inCoordinates: isBounded), chooser = ComponentChooser(logWeights: mixture.logWeights)
        var lanes = LaneRandom(using: &stream)
        var rows = mixture.sample((0..<count).map { _ in chooser.next(using: &stream) }, using: &lanes)
        if isBounded { predictor.decode(&rows) }
        return rows
    }

    func logDensities(of rows: Matrix, at context: EncodedContext) -> [Double]? {
        guard !predictor.model.configuration.isBounded else { return nil }
        let mixture = mixture(at: context, inCoordinates: false).gaussianMixture
        return (0..<rows.rows).map { mixture.logDensity(rows.row($0)) }
    }

    func takeFault() -> ModelError? { predictor.takeFault() }
}
