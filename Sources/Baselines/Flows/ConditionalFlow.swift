import ConditionalModels
import Networks
import Numerics

/// A conditional normalizing flow: a chain of couplings that takes x to standard normal numbers z, given a context.
///
///     log q(x|c) = log N(z; 0, I) + Σ ℓ,    z = f_n(… f_1(x))
///
/// A coupling changes some coordinates (active) by increasing functions, whose raw numbers a network computes from the others (passive) and the
/// context. Two couplings make a block, in which every coordinate is changed once; between blocks coordinates are permuted at random, which
/// is settled when the model is made: couplings name their coordinates, and nothing is moved.
public struct ConditionalFlow: Sendable {
    /// One coupling, and where its network's parameters begin.
    package struct Coupling: Sendable, Equatable {
        package var passive: [Int]
        package var active: [Int]
        package var network: ResidualNetwork
        package var start: Int
    }

    public package(set) var subject: any ModelSubject
    public let space: SampleSpace
    public let encoder: any ContextEncoder
    public let configuration: FlowConfiguration
    /// In the direction from x to z.
    package let couplings: [Coupling]
    /// The coordinates that the couplings move.
    package let width: Int
    /// The parameters of all networks, one after the other.
    public var parameters: AlignedFloats
    public var history = TrainingHistory()

    /// The deviation of the noise that fills coordinates beyond the model's.
    static let paddingDeviation = 0.01

    /// An untrained flow, which is nearly the identity.
    ///
    /// - Parameter cancellation: makes a flow that is of no use.
    public init(
        subject: any ModelSubject, space: SampleSpace, encoder: any ContextEncoder, configuration: FlowConfiguration,
        cancellation: Cancellation = .never
    ) throws(ModelError) {
        try configuration.validate(dimension: space.dimension, inputs: encoder.inputCount)
        guard encoder.front == nil else { throw .invalidConfiguration("a flow takes numbers as its context, not images or sets of points") }
        self.init(subject: subject, space: space, encoder: encoder, configuration: configuration, parameters: nil)
        var stream = RandomStream(seed: configuration.seed).split(1)
        drawParameters(outputGain: 0.1, using: &stream, cancellation: cancellation)
    }

    /// Puts a flow together from its parts, which were judged.
    ///
    /// - Parameter parameters: zeros where nil.
    package init(
        subject: any ModelSubject, space: SampleSpace, encoder: any ContextEncoder, configuration: FlowConfiguration, parameters: AlignedFloats?
    ) {
        self.subject = subject
        self.space = space
        self.encoder = encoder
        self.configuration = configuration
        width = configuration.width == 0 ? space.dimension : configuration.width
        couplings = Self.couplings(configuration, width: width, inputs: encoder.inputCount)
        let last = couplings.last!
        self.parameters = parameters ?? AlignedFloats(count: last.start + last.network.parameterCount)
    }

    private static func couplings(_ configuration: FlowConfiguration, width: Int, inputs: Int) -> [Coupling] {
        var order = Array(0..<width), couplings: [Coupling] = [], start = 0
        var stream = RandomStream(seed: configuration.seed).split(0)
        let half = (width + 1) / 2
        func add(_ passive: ArraySlice<Int>, _ active: ArraySlice<Int>) {
            let network = ResidualNetwork(
                inputs: passive.count + inputs + (configuration.noise > 0 ? 1 : 0), hidden: configuration.hidden,
                outputs: active.count * configuration.rawCount, activation: configuration.activation, hasResiduals: false)
            couplings.append(Coupling(passive: Array(passive), active: Array(active), network: network, start: start))
            start += network.parameterCount
        }
        for block in 0..<configuration.blocks {
            if block > 0 { order.shuffle(using: &stream) }
            add(order[half...], order[..<half])
            add(order[..<half], order[half...])
        }
        return couplings
    }

    /// The number of weights and biases.
    public var parameterCount: Int { couplings.reduce(0) { $0 + $1.network.trainableCount } }
    /// Whether there are coordinates beyond the model's.
    var isPadded: Bool { width > space.dimension }
}

extension ConditionalFlow: GenerativeModel {
    /// With padding, the density is that of more coordinates than the model's.
    public var hasDensity: Bool { !isPadded }

    public func makeGenerator() -> any Generator { FlowGenerator(self) }
}
