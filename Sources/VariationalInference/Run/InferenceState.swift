import Mixtures
import Numerics

/// The state of an inference between two iterations.
///
/// A state is a value: a copy continues independently. What an iteration draws depends on the seed and the iteration's number only, so a state that was
/// interrupted continues as if it had not been.
public struct InferenceState: Sendable {
    public let settings: InferenceSettings
    public let start: InitialMixture
    /// Iterations done.
    public package(set) var iteration = 0
    /// Points at which the target was evaluated.
    public package(set) var evaluations = 0
    /// Time spent, in seconds.
    public package(set) var seconds = 0.0
    public package(set) var components: [ComponentRecord] = []
    public package(set) var database: SampleDatabase
    package var window = ReuseWindow()
    /// Whether the density was found to leap between samples, by an estimate that looks for leaps.
    public package(set) var leaps = false
    /// The step size of the weights' update, and how many there were.
    public package(set) var weightStepSize: Double
    package var weightUpdates = 0
    /// The last estimate of the evidence bound, nats, that of the mixture cut to where the density is above zero; nil before the first iteration.
    public package(set) var bound: Double?
    /// The last estimate of the mixture's share where the density is zero.
    public package(set) var zeroShare = 0.0
    /// What the last iteration found of the objective of components and weights: the bound less what points of density zero cost.
    package var objective: Double?
    /// Components that were added so far.
    public package(set) var additions = 0
    package var nextIdentifier = 0

    /// The start of an inference.
    ///
    /// - Throws: `InferenceError` where the settings do not suit the target.
    public init(_ target: any TargetDensity, settings: InferenceSettings) throws(InferenceError) {
        try settings.validate(for: target)
        self.settings = settings
        start = settings.start ?? target.start
        database = SampleDatabase(
            dimension: target.dimension, capacity: settings.databaseCapacity ?? min(100_000, 10_000_000 / target.dimension))
        weightStepSize = settings.weightStepSize.initial
        var stream = RandomStream(seed: settings.seed)
        if let mixture = settings.mixture {
            for (weight, gaussian) in zip(mixture.weights, mixture.components) {
                append(gaussian, logWeight: max(weight > 0 ? Elementary.log(weight) : -.infinity, WeightUpdate.leastLogarithm))
            }
            normaliseWeights()
            return
        }
        let logWeight = -Elementary.log(Double(settings.components))
        let means = settings.components == 1 && !start.drawsFirstMean ? [start.mean] : start.means(settings.components, using: &stream)
        for mean in means { append(Gaussian(mean: mean, deviations: start.componentDeviations), logWeight: logWeight) }
    }

    /// An inference without content, to be filled in from a file; nothing is checked.
    package init(settings: InferenceSettings, start: InitialMixture, database: SampleDatabase) {
        self.settings = settings
        self.start = start
        self.database = database
        weightStepSize = settings.weightStepSize.initial
    }

    public var dimension: Int { start.mean.count }

    /// How many samples the coming iteration uses again.
    public var reusedSamples: Int { window.count }

    /// Whether components are improved by slopes of the density; else by its values alone.
    public var usesSlopes: Bool { settings.estimate != .more && !leaps }

    /// The mixture reached.
    public var mixture: GaussianMixture {
        GaussianMixture(weights: components.map { Elementary.exp($0.logWeight) }, components: components.map(\.gaussian))
    }

    mutating func append(_ gaussian: Gaussian, logWeight: Double) {
        components.append(ComponentRecord(
            identifier: nextIdentifier, gaussian: gaussian, logWeight: logWeight, stepSize: settings.stepSize.initial))
        nextIdentifier += 1
    }

    mutating func normaliseWeights() {
        let greatest = components.map(\.logWeight).max() ?? 0
        let total = greatest + Elementary.log(components.reduce(0) { $0 + Elementary.exp($1.logWeight - greatest) })
        for index in components.indices { components[index].logWeight -= total }
    }
}

/// What an iteration measured.
public struct InferenceInfo: Sendable {
    public var iteration: Int
    /// Points evaluated so far.
    public var evaluations = 0
    /// The evidence bound E_q[log p̃ − log q] before the iteration's updates, estimated from its samples, nats. Where samples fell on points of
    /// density zero it is that of the mixture cut to the other points; see ``EvidenceEstimate``.
    public var bound = 0.0
    /// The share of the mixture where the density is zero, likewise.
    public var zeroShare = 0.0
    /// The mixture's entropy, likewise.
    public var entropy = 0.0
    /// The components after the iteration: their identifiers and weights.
    public var identifiers: [Int] = []
    public var weights: [Double] = []
    /// The components' step sizes on average over the weights, and that of the weights.
    public var stepSize = 0.0
    public var weightStepSize = 0.0
    /// KL(new ‖ old) of the components, at most, and of the weights, nats.
    public var greatestDivergence = 0.0
    public var weightDivergence = 0.0
    /// Components whose update failed.
    public var failures = 0
    /// Samples drawn in this iteration, and those of them where the density is zero.
    public var samples: Int
    public var zeros = 0
    /// One such point.
    public var zeroExample: [Double]?
    /// Time spent so far, in seconds.
    public var seconds = 0.0

    init(iteration: Int, samples: Int) {
        self.iteration = iteration
        self.samples = samples
    }
}
