import Kinematics
import Mixtures
import Networks
import Numerics

/// A mixture of Gaussians over configurations whose weights, means and covariances depend on a pose through a network.
///
/// The network's outputs are K logits, then for every component in turn D means and the raw numbers of its precision's
/// factor (see ``PrecisionProjection``). All that belongs to a component lies together, so that one component is evaluated
/// without the others, and removed by removing its rows. Coordinates are scaled to [−1, 1] by the joint limits, or counted from the
/// target's own angles (``TurningAxes``).
public struct ConditionalMixture: Sendable, Equatable {
    public internal(set) var robot: RobotIdentity
    public let configuration: ModelConfiguration
    public let encoding: ContextEncoding
    public let network: ResidualNetwork
    public let projection: PrecisionProjection
    public let density: GaussianDensity
    /// The network's weights and biases, laid out as `network` says.
    public var parameters: AlignedFloats
    /// How the parameters came about, for those who ask later.
    public var history = TrainingHistory()

    /// An untrained model of a chain.
    ///
    /// - Parameter count: of how many of the chain's variables, the first ones; all where nil. Such a model of the first joints, given the
    ///   tip's pose, goes into a ``FactoredMixture``; its coordinates are bounded.
    public init(chain: Chain, leading count: Int? = nil, configuration: ModelConfiguration) throws(ModelError) {
        var configuration = configuration
        configuration.isBounded = count != nil
        if let count, chain.split(behind: count) == nil {
            throw .invalidConfiguration("\(chain.name) with its \(chain.degreesOfFreedom) joints cannot be cut behind its first \(count)")
        }
        try configuration.validate(degreesOfFreedom: chain.degreesOfFreedom)
        if let joint = chain.variables.first(where: { !($0.lower < $0.upper) }) {
            throw .invalidConfiguration("the joint \(joint.name) of \(chain.name) has no range: a model needs joints that can move")
        }
        let encoding = ContextEncoding(
            kind: configuration.context,
            turns: configuration.turnsWithTarget ? TurningAxes(chain, usesTip: configuration.context == .pose) : nil, measuring: chain)
        try self.init(identity: RobotIdentity(chain, leading: count), encoding: encoding, configuration: configuration)
    }

    /// An untrained model: means spread over the joint ranges, deviations of a third of the half-range.
    init(identity: RobotIdentity, encoding: ContextEncoding, configuration: ModelConfiguration) throws(ModelError) {
        try configuration.validate(degreesOfFreedom: identity.degreesOfFreedom)
        var stream = RandomStream(seed: configuration.seed)
        self.init(robot: identity, configuration: configuration, encoding: encoding, parameters: nil)
        parameters = network.initialParameters(using: &stream)
        let head = network.layers.last!
        let raw = Float(projection.rawNumber(forDeviation: 0.3))
        for component in 0..<configuration.components {
            let row = head.biases + firstRow(ofComponent: component)
            for joint in 0..<dimension {
                parameters[row + joint] = Float(1.6 * stream.uniform() - 0.8)
                let diagonal = configuration.covariance == .full ? triangleIndex(joint, joint) : joint
                parameters[row + dimension + diagonal] = raw
            }
        }
    }

    /// Puts a model together from its parts.
    ///
    /// - Parameter parameters: zeros where nil.
    init(robot: RobotIdentity, configuration: ModelConfiguration, encoding: ContextEncoding, parameters: AlignedFloats?) {
        self.robot = robot
        self.configuration = configuration
        self.encoding = encoding
        let dimension = robot.degreesOfFreedom
        projection = PrecisionProjection(
            dimension: dimension, shape: configuration.covariance,
            deviations: configuration.leastDeviation...configuration.greatestDeviation, isBounded: configuration.isConditioned)
        density = GaussianDensity(dimension: dimension, shape: configuration.covariance)
        network = ResidualNetwork(inputs: encoding.inputCount, hidden: configuration.hidden,
                                  outputs: configuration.components * (1 + dimension + projection.rawCount))
        self.parameters = parameters ?? AlignedFloats(count: network.parameterCount)
    }

    /// The number of joint variables D.
    public var dimension: Int { robot.degreesOfFreedom }
    /// The number of components K.
    public var components: Int { configuration.components }
    /// The number of weights and biases.
    public var parameterCount: Int { network.trainableCount }

    /// The number of outputs that belong to one component besides its logit: D means and the factor's raw numbers.
    public var rowsPerComponent: Int { dimension + projection.rawCount }
    /// The first of a component's outputs.
    public func firstRow(ofComponent component: Int) -> Int { components + component * rowsPerComponent }

    /// Takes the chain into a model whose file named its robot only.
    ///
    /// - Throws: ``ModelError/wrongRobot(expected:found:)`` where it is another chain.
    public mutating func adopt(_ chain: Chain) throws(ModelError) {
        try check(chain)
        if robot.chain == nil { robot = RobotIdentity(chain, leading: dimension) }
    }

    /// Throws unless the model was made for this chain.
    public func check(_ chain: Chain) throws(ModelError) { try robot.check(chain) }
}

/// How a model's parameters came about.
public struct TrainingHistory: Sendable, Equatable, Codable {
    public var seed: UInt64 = 0
    public var steps = 0
    public var samples = 0
    public var seconds = 0.0
    /// The training loss at the end, −E log q(x|c) in scaled coordinates.
    public var loss: Double?
    public var machine = ""
    public var version = ""

    public init() {}
}
