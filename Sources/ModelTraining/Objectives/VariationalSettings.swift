import ConditionalInference
import Numerics

/// The knobs of the component objective: variational inference by policy search, amortised over contexts.
///
/// The loss of a step is `forwardShare` times the forward divergence plus the rest times the component objective; with the share at
/// one, which is the default, nothing else here has any effect.
public struct VariationalSettings: Sendable, Equatable, Codable {
    /// How a component is kept near the one of the last snapshot.
    public enum TrustRegion: String, Sendable, Equatable, Codable, CaseIterable {
        /// Mean and covariance are projected onto the bounds by a differentiable layer (Otto et al., ICLR 2021).
        case projection
        /// What exceeds the bounds is added to the loss.
        case penalty
        case none
    }

    /// What is climbed beside the forward divergence.
    public enum Objective: String, Sendable, Equatable, Codable, CaseIterable {
        /// Components one by one against a snapshot, within trust regions (``ComponentObjective``).
        case component
        /// Components along their samples' paths against the current mixture, with mirrored samples and full steps of the weights
        /// (`PathObjective`).
        case path
        /// The plain gradient of the whole mixture's reverse divergence (``ReverseDivergence``).
        case reverse
    }

    public var objective: Objective = .component
    /// The power of the density that the path objective climbs, below 1 while annealing.
    public var temperature: Schedule = 1
    /// The share of the phase over which the temperature rises to 1, from the value that the density itself asks for (`StartingPoint`); 0
    /// leaves it to ``temperature``. It is settled when the phase begins, and 0 from then on.
    public var annealing = 0.0
    /// How the path objective's weights follow their advantages; the greatest length of a sample's whitened slope; and the least share of a component,
    /// relative to 1/K, that its means and covariances count with.
    public var weightRule = PathObjective.WeightRule.combined
    public var slopeLimit: Schedule = 10
    public var shareFloor: Schedule = 0.2
    /// How many components the path objective draws at a context; 0 for all.
    public var drawnComponents = 0
    /// The weight of the forward divergence in the loss, from 0 to 1.
    public var forwardShare: Schedule = .constant(1)
    /// Samples drawn from every component at every context in a step, rounded to a whole number.
    public var samples: Schedule = 1
    /// The standard deviations of the target's position (m), orientation (rad) and soft joint limits (rad or m).
    public var positionWidth: Schedule = .constant(0.01)
    public var rotationWidth: Schedule = .constant(0.03)
    public var limitWidth: Schedule = .constant(0.03)
    /// Whether the widths of position and orientation start as wide as the errors are and narrow as fast as the path objective can follow, down to
    /// those above (``WidthRule``).
    public var adaptsWidths = true

    /// How the entropy's gradient is estimated.
    public enum EntropyGradient: String, Sendable, Equatable, Codable, CaseIterable {
        /// From the entropy in closed form.
        case exact
        /// Through the samples' paths alone (Roeder et al., NeurIPS 2017): without noise where a component fits its target.
        case path
    }

    public var entropyGradient: EntropyGradient = .exact
    public var trustRegion: TrustRegion = .projection
    /// Bounds on KL(new‖old) of a component's mean and covariance, in nats.
    public var meanBound: Schedule = .constant(0.1)
    public var covarianceBound: Schedule = .constant(0.1)
    /// Whether every component's bounds grow while its reward improves, and shrink while it does not.
    public var adaptsBounds = true
    /// Steps from one snapshot of the network to the next.
    public var snapshotInterval = 100

    /// The step β of the weights' target, log q'(o|c) = log q(o|c) + β·h_o + const.
    public var weightStep: Schedule = .constant(0.02)
    /// The weight of sampling importance resampling in the loss: maximum likelihood on samples resampled by p̃/z.
    public var resamplingShare: Schedule = .constant(0)
    /// The effective sample size, as a share of the pool, that weights are tempered to.
    public var effectiveShare: Schedule = 0.2

    /// Components whose weight stays below this share at every context are removed; 0 removes none.
    public var removalThreshold: Schedule = 0
    /// How many components may be added in the course of the phase.
    public var additions = 0
    /// The bound on how far a step moves the mixtures, nats on average over contexts, at the start of the phase; 0 for none. It holds for likelihood too.
    public var stepBound: Schedule = 0

    public init() {}

    /// Files of earlier versions lack some settings, which then have their defaults.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Setting: Decodable>(_ key: CodingKeys, into setting: inout Setting) throws {
            if let value = try values.decodeIfPresent(Setting.self, forKey: key) { setting = value }
        }
        try read(.objective, into: &objective)
        try read(.temperature, into: &temperature)
        try read(.annealing, into: &annealing)
        try read(.drawnComponents, into: &drawnComponents)
        try read(.weightRule, into: &weightRule)
        try read(.slopeLimit, into: &slopeLimit)
        try read(.shareFloor, into: &shareFloor)
        try read(.forwardShare, into: &forwardShare)
        try read(.samples, into: &samples)
        try read(.positionWidth, into: &positionWidth)
        try read(.rotationWidth, into: &rotationWidth)
        try read(.limitWidth, into: &limitWidth)
        // Trainings of earlier versions have the widths that they say.
        adaptsWidths = try values.decodeIfPresent(Bool.self, forKey: .adaptsWidths) ?? false
        try read(.entropyGradient, into: &entropyGradient)
        try read(.trustRegion, into: &trustRegion)
        try read(.meanBound, into: &meanBound)
        try read(.covarianceBound, into: &covarianceBound)
        try read(.adaptsBounds, into: &adaptsBounds)
        try read(.snapshotInterval, into: &snapshotInterval)
        try read(.weightStep, into: &weightStep)
        try read(.resamplingShare, into: &resamplingShare)
        try read(.effectiveShare, into: &effectiveShare)
        try read(.removalThreshold, into: &removalThreshold)
        try read(.additions, into: &additions)
        try read(.stepBound, into: &stepBound)
    }

    /// Throws where a count is out of range.
    func validate() throws(TrainingError) {
        guard (1...1_000_000).contains(snapshotInterval) else {
            throw .invalidSettings("the snapshot interval must be from 1 to 1000000 steps, not \(snapshotInterval)")
        }
        guard annealing >= 0, annealing < 1 else { throw .invalidSettings("annealing must be from 0 to below 1, not \(annealing)") }
        guard (0...4096).contains(drawnComponents) else { throw .invalidSettings("drawn components must be from 0 to 4096, not \(drawnComponents)") }
        guard (0...4096).contains(additions) else { throw .invalidSettings("additions must be from 0 to 4096, not \(additions)") }
    }

    /// Whether the component objective takes no part at any time.
    package var isIdle: Bool { forwardShare == .constant(1) }

    /// The standard deviations at a place of the training.
    public func widths(at progress: Double) -> TargetWidths {
        TargetWidths(
            position: positionWidth.value(at: progress), rotation: rotationWidth.value(at: progress), limit: limitWidth.value(at: progress))
    }

    /// The number of samples at a place of the training.
    func sampleCount(at progress: Double) -> Int { max(1, Int(samples.value(at: progress).rounded())) }
}
