import Mixtures
import Networks
import Numerics

/// A mixture of Gaussians over D variables whose weights, means and covariances depend on a context through a network.
///
/// The network's outputs are K logits, then for every component in turn D means and the raw numbers of its precision's
/// factor (see ``PrecisionProjection``). All that belongs to a component lies together, so that one component is evaluated
/// without the others, and removed by removing its rows. The mixture is over coordinates scaled by its ``SampleSpace``, some of them
/// perhaps counted from angles of the context (``ContextSymmetry``).
public struct ConditionalMixture: Sendable {
    /// The subject of the model.
    public package(set) var subject: any ModelSubject
    /// The variables that the mixture is over.
    public let space: SampleSpace
    public let encoder: any ContextEncoder
    public let configuration: ModelConfiguration
    public let network: ResidualNetwork
    public let projection: PrecisionProjection
    public let density: GaussianDensity
    /// The network's weights and biases, laid out as `network` says.
    public var parameters: AlignedFloats
    /// The provenance of the parameters.
    public var history = TrainingHistory()

    /// An untrained model: means spread over the variables' ranges, deviations of a third of the half-range.
    ///
    /// - Parameters:
    ///   - meanDeviation: means are drawn from a normal distribution this wide, in coordinates; uniformly within ±0.8 where nil.
    ///   - cancellation: makes a model that is of no use.
    public init(
        subject: any ModelSubject, space: SampleSpace, encoder: any ContextEncoder, configuration: ModelConfiguration,
        meanDeviation: Double? = nil, cancellation: Cancellation = .never
    ) throws(ModelError) {
        try configuration.validate(dimension: space.dimension, inputs: encoder.inputCount)
        var stream = RandomStream(seed: configuration.seed)
        self.init(subject: subject, space: space, encoder: encoder, configuration: configuration, parameters: nil)
        parameters = network.initialParameters(using: &stream, cancellation: cancellation)
        let head = network.layers.last!
        let raw = Float(projection.rawNumber(forDeviation: 0.3))
        for component in 0..<configuration.components {
            let row = head.biases + firstRow(ofComponent: component)
            for variable in 0..<dimension {
                parameters[row + variable] = Float(meanDeviation.map { $0 * stream.normal() } ?? 1.6 * stream.uniform() - 0.8)
                let diagonal = configuration.covariance == .full ? triangleIndex(variable, variable) : variable
                parameters[row + dimension + diagonal] = raw
            }
        }
    }

    /// Puts a model together from its parts.
    ///
    /// - Parameter parameters: zeros where nil.
    package init(
        subject: any ModelSubject, space: SampleSpace, encoder: any ContextEncoder, configuration: ModelConfiguration, parameters: AlignedFloats?
    ) {
        self.subject = subject
        self.space = space
        self.encoder = encoder
        self.configuration = configuration
        let dimension = space.dimension
        projection = PrecisionProjection(
            dimension: dimension, shape: configuration.covariance,
            deviations: configuration.leastDeviation...configuration.greatestDeviation, isBounded: configuration.isConditioned)
        density = GaussianDensity(dimension: dimension, shape: configuration.covariance)
        network = ResidualNetwork(inputs: encoder.inputCount, hidden: configuration.hidden,
                                  outputs: configuration.components * (1 + dimension + projection.rawCount), front: encoder.front)
        self.parameters = parameters ?? AlignedFloats(count: network.parameterCount)
    }

    /// The number of variables D.
    public var dimension: Int { space.dimension }
    /// The number of components K.
    public var components: Int { configuration.components }
    /// The number of weights and biases.
    public var parameterCount: Int { network.trainableCount }
    /// How values become the coordinates of the mixture.
    public var coordinates: ModelCoordinates { ModelCoordinates(space, symmetry: encoder.symmetry, isBounded: configuration.isBounded) }

    /// The number of outputs that belong to one component besides its logit: D means and the factor's raw numbers.
    public var rowsPerComponent: Int { dimension + projection.rawCount }
    /// The first of a component's outputs.
    public func firstRow(ofComponent component: Int) -> Int { components + component * rowsPerComponent }
}

extension ConditionalMixture: Equatable {
    public static func == (left: ConditionalMixture, right: ConditionalMixture) -> Bool {
        left.subject.equals(right.subject) && left.space == right.space && left.encoder.equals(right.encoder)
            && left.configuration == right.configuration && left.parameters == right.parameters && left.history == right.history
    }
}

/// The provenance of a model's parameters.
public struct TrainingHistory: Sendable, Equatable, Codable {
    public var seed: UInt64 = 0
    public var steps = 0
    public var samples = 0
    public var seconds = 0.0
    /// The training loss at the end, −E log q(x|c) in scaled coordinates.
    public var loss: Double?
    public var machine = ""
    public var version = ""
    /// Where the last training ran, and what it was asked for: host, date, commit, script, settings of all phases; nil in files without.
    public var provenance: [String: String]?

    public init() {}

    /// Whether counts that were read are ones that a training may add to.
    public var isSound: Bool {
        (0...1 << 50).contains(steps) && (0...1 << 60).contains(samples) && (0...1e15).contains(seconds) && (loss?.isFinite ?? true)
            && (provenance?.count ?? 0) <= 100 && (provenance?.values.allSatisfy { $0.utf8.count <= 1 << 20 } ?? true)
    }
}
