import ConditionalModels
import Networks
import Numerics

/// An ensemble of generators: each maps normal numbers and a context to a point, and every draw is that of one of them, chosen at random.
///
/// Trained against a discriminator, with the target's density as a task loss (``AdversarialWorkspace``); samples have no density in closed form.
public struct GeneratorEnsemble: Sendable {
    public package(set) var subject: any ModelSubject
    public let space: SampleSpace
    public let encoder: any ContextEncoder
    public let configuration: EnsembleConfiguration
    let generator: ResidualNetwork
    let discriminator: ResidualNetwork
    /// The parameters of all generators, one after the other, and then those of the discriminator.
    public var parameters: AlignedFloats
    public var history = TrainingHistory()

    /// Said where there is nothing that generators could be trained on.
    public static let pairsMissing = "generators are trained against pairs of points and contexts, which this target has not"

    /// An untrained ensemble.
    ///
    /// - Parameter cancellation: makes an ensemble that is of no use.
    public init(
        subject: any ModelSubject, space: SampleSpace, encoder: any ContextEncoder, configuration: EnsembleConfiguration,
        cancellation: Cancellation = .never
    ) throws(ModelError) {
        try configuration.validate(dimension: space.dimension, inputs: encoder.inputCount)
        guard encoder.front == nil else { throw .invalidConfiguration("a generator takes numbers as its context, not images or sets of points") }
        self.init(subject: subject, space: space, encoder: encoder, configuration: configuration, parameters: nil)
        var stream = RandomStream(seed: configuration.seed)
        drawParameters(outputGain: 0.5, using: &stream, cancellation: cancellation)
    }

    /// Puts an ensemble together from its parts, which were judged.
    ///
    /// - Parameter parameters: zeros where nil.
    package init(
        subject: any ModelSubject, space: SampleSpace, encoder: any ContextEncoder, configuration: EnsembleConfiguration, parameters: AlignedFloats?
    ) {
        self.subject = subject
        self.space = space
        self.encoder = encoder
        self.configuration = configuration
        generator = ResidualNetwork(
            inputs: configuration.latents + encoder.inputCount, hidden: configuration.hidden, outputs: space.dimension, activation: .rectifier,
            hasResiduals: false)
        discriminator = ResidualNetwork(
            inputs: space.dimension + encoder.inputCount, hidden: configuration.discriminator, outputs: 1, activation: .leakyRectifier,
            hasResiduals: false)
        self.parameters = parameters ?? AlignedFloats(count: configuration.generators * generator.parameterCount + discriminator.parameterCount)
    }

    /// The number of weights and biases of the generators.
    public var parameterCount: Int { configuration.generators * generator.trainableCount }
    /// Where the discriminator's parameters begin.
    var discriminatorStart: Int { configuration.generators * generator.parameterCount }
}

extension GeneratorEnsemble: GenerativeModel {
    public var hasDensity: Bool { false }

    public func makeGenerator() -> any Generator { EnsembleGenerator(self) }
}

/// Draws from an ensemble; of one thread.
private final class EnsembleGenerator: Generator {
    private let model: GeneratorEnsemble
    private let coordinates: ModelCoordinates
    private let batch: BatchWorkspace
    private var fault: ModelError?

    init(_ model: GeneratorEnsemble) {
        self.model = model
        coordinates = model.coordinates
        batch = BatchWorkspace(model.generator, batch: BatchWorkspace.shardWidth, hasGradient: false)
    }

    func takeFault() -> ModelError? {
        defer { fault = nil }
        return fault
    }

    func logDensities(of rows: Matrix, at context: EncodedContext) -> [Double]? { nil }

    func sample(at context: EncodedContext, count: Int, using stream: inout RandomStream) -> [Float] {
        let n = model.space.dimension, members = model.configuration.generators
        var rows = [Float](repeating: 0, count: count * n), choices = [[Int]](repeating: [], count: members)
        for row in 0..<count { choices[Int(stream.next(upperBound: UInt64(members)))].append(row) }
        var lanes = LaneRandom(using: &stream)
        for (input, number) in context.inputs.enumerated() {
            (batch.input + (model.configuration.latents + input) * batch.stride).update(repeating: number, count: batch.batch)
        }
        for (member, own) in choices.enumerated() {
            for start in stride(from: 0, to: own.count, by: batch.batch) {
                draw(member, own[start..<min(start + batch.batch, own.count)], context.angles, into: &rows, using: &lanes)
            }
        }
        return rows
    }

    /// Draws the rows named from one member.
    private func draw(_ member: Int, _ own: ArraySlice<Int>, _ angles: ContextAngles, into rows: inout [Float], using lanes: inout LaneRandom) {
        let n = model.space.dimension, start = member * model.generator.parameterCount
        for column in stride(from: 0, to: own.count, by: laneCount) {
            for row in 0..<model.configuration.latents { lanes.normals().0.store(to: batch.input + row * batch.stride + column) }
        }
        model.parameters.withPointer { parameters in
            batch.forward(shard: 0, parameters + start)
            let biases = parameters + start + model.generator.layers[model.generator.layers.count - 1].biases
            for variable in 0..<n {
                for column in stride(from: 0, to: own.count, by: laneCount) {
                    let x = Lanes(loading: batch.output + variable * batch.stride + column) + Lanes(repeating: biases[variable])
                    var values = coordinates.decode(x, variable: variable, angles: angles)
                    if !(values * .definedMargin * 0).sum().isZero {
                        fault = .undefined(model.subject.name)
                        values = Lanes(repeating: coordinates.valueMiddle[variable])
                    }
                    for lane in 0..<min(laneCount, own.count - column) { rows[own[own.startIndex + column + lane] * n + variable] = values[lane] }
                }
            }
        }
    }
}
