import Networks
import Numerics

/// All that a training knows between two steps.
///
/// A state is a value: a copy goes on by itself. The pairs of a step depend on the seed and the step's number only, so that a
/// state that was stored and restored continues with the same bits as one that was not.
public struct TrainingState: Sendable, Equatable {
    public let settings: TrainingSettings
    /// The model as it started; its parameters are those of before the training. Its components are those of now.
    public internal(set) var model: ConditionalMixture
    /// Steps taken.
    public internal(set) var step = 0
    /// Time spent, in seconds.
    public internal(set) var seconds = 0.0
    /// Multiplies the learning rate; halved whenever a step fails.
    public internal(set) var rateFactor = 1.0
    /// Failed steps since the last good one.
    public internal(set) var failures = 0
    /// The loss, averaged over about the last hundred steps.
    public internal(set) var smoothLoss: Double?
    /// The parameters that are optimised, their moving average, and Adam's moments.
    public internal(set) var parameters: AlignedFloats
    public internal(set) var average: AlignedFloats
    public internal(set) var first: AlignedFloats
    public internal(set) var second: AlignedFloats
    /// What the component objective remembers; nil before it first took part.
    public internal(set) var variational: VariationalState?

    /// The start of a training of a model; throws where a setting is out of range.
    public init(_ model: ConditionalMixture, settings: TrainingSettings) throws(TrainingError) {
        try settings.validate()
        self.settings = settings
        self.model = model
        parameters = model.parameters
        average = model.parameters
        first = AlignedFloats(count: model.parameters.count)
        second = AlignedFloats(count: model.parameters.count)
    }

    /// The model with the averaged parameters: what the training has reached.
    public var trainedModel: ConditionalMixture {
        var result = model
        result.parameters = average
        result.history.seed = settings.seed
        result.history.steps += step
        result.history.samples += step * settings.batch
        result.history.seconds += seconds
        result.history.loss = smoothLoss
        result.history.machine = Machine.description
        return result
    }

    /// The share of the budget that is spent, from 0 to 1.
    public var progress: Double {
        switch settings.budget {
        case .minutes(let minutes): min(1, seconds / (60 * minutes))
        case .steps, .samples: min(1, Double(step) / Double(settings.totalSteps!))
        }
    }

    /// Whether the budget is spent.
    public var isFinished: Bool { progress >= 1 }
}
