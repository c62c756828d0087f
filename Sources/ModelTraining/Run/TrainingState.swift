import ConditionalModels
import Networks
import Numerics

/// All that a training knows between two steps.
///
/// A state is a value: a copy goes on by itself. The pairs of a step depend on the seed and the step's number only, so that a
/// state that was stored and restored continues with the same bits as one that was not.
public struct TrainingState: Sendable, Equatable {
    /// The phases, one after the other, each with a budget of its own.
    public package(set) var phases: [TrainingSettings]
    /// The phase at work, counted from 0.
    public package(set) var phase = 0
    /// Steps taken and time spent before the phase began.
    public package(set) var phaseStartStep = 0
    public package(set) var phaseStartSeconds = 0.0
    public package(set) var phaseStartProcessorSeconds = 0.0
    /// The model as it started; its parameters are those of before the training. Its components are those of now.
    public package(set) var model: ConditionalMixture
    /// Steps taken, in all phases.
    public package(set) var step = 0
    /// Training pairs seen.
    public package(set) var samples = 0
    /// Time spent, in seconds.
    public package(set) var seconds = 0.0
    /// Processor time spent by all threads, in seconds.
    public package(set) var processorSeconds = 0.0
    /// Multiplies the learning rate; halved whenever a step fails.
    public package(set) var rateFactor = 1.0
    /// Failed steps since the last good one.
    public package(set) var failures = 0
    /// The loss, averaged over about the last hundred steps.
    public package(set) var smoothLoss: Double?
    /// The parameters that are optimised, their moving average, and Adam's moments.
    public package(set) var parameters: AlignedFloats
    public package(set) var average: AlignedFloats
    public package(set) var first: AlignedFloats
    public package(set) var second: AlignedFloats
    /// The curvatures that ``Optimizer/soap`` has seen; nil before its first step.
    public package(set) var soap: Soap.State?
    /// What the component objective remembers; nil before it first took part.
    public package(set) var variational: VariationalState?
    /// The last state known to be good; no part of what two states are compared by, and not of checkpoints.
    var lastGood: LastGoodState?

    /// The start of a training of a model; throws where a setting is out of range.
    public init(_ model: ConditionalMixture, settings: TrainingSettings) throws(TrainingError) {
        try self.init(model, phases: [settings])
    }

    /// The start of a training in phases.
    ///
    /// - Throws: ``TrainingError/invalidSettings(_:)`` where a setting is out of range, or a parameter of the model is not finite.
    public init(_ model: ConditionalMixture, phases: [TrainingSettings]) throws(TrainingError) {
        guard !phases.isEmpty else { throw .invalidSettings("a training needs a phase") }
        for settings in phases { try settings.validate() }
        guard model.parameters.isFinite else { throw .invalidSettings("the model's parameters are not finite") }
        self.phases = phases
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
        result.history.samples += samples
        result.history.seconds += seconds
        result.history.loss = smoothLoss
        result.history.machine = Machine.description
        return result
    }

    /// The settings of the phase at work.
    public package(set) var settings: TrainingSettings {
        get { phases[phase] }
        set { phases[phase] = newValue }
    }

    /// Steps since the phase began.
    public var stepInPhase: Int { step - phaseStartStep }

    /// The share of the phase's budget that is spent, from 0 to 1.
    public var progress: Double {
        switch settings.budget {
        case .minutes(let minutes): min(1, (seconds - phaseStartSeconds) / (60 * minutes))
        case .processorMinutes(let minutes): min(1, (processorSeconds - phaseStartProcessorSeconds) / (60 * minutes))
        case .steps, .samples: min(1, Double(stepInPhase) / Double(settings.totalSteps!))
        }
    }

    /// The share of all phases' budgets that is spent, from 0 to 1; phases whose budgets cannot be compared count alike.
    public var overallProgress: Double {
        let weights = phaseWeights
        let done = weights.prefix(phase).reduce(0, +) + weights[phase] * progress
        return min(1, done / weights.reduce(0, +))
    }

    private var phaseWeights: [Double] {
        let steps = phases.compactMap { $0.totalSteps.map(Double.init) }
        if steps.count == phases.count { return steps }
        let minutes = phases.compactMap { if case .minutes(let minutes) = $0.budget { minutes } else { nil } }
        if minutes.count == phases.count { return minutes }
        let processor = phases.compactMap { if case .processorMinutes(let minutes) = $0.budget { minutes } else { nil } }
        return processor.count == phases.count ? processor : phases.map { _ in 1 }
    }

    /// Steps in all, where the budgets tell; nil where time does.
    public var totalSteps: Int? {
        var total = 0
        for settings in phases {
            guard let steps = settings.totalSteps else { return nil }
            total += steps
        }
        return total + (step - stepInPhase - stepsOfFormerPhases)
    }

    /// Steps that the phases before the one at work were to take.
    private var stepsOfFormerPhases: Int { phases.prefix(phase).reduce(0) { $0 + ($1.totalSteps ?? 0) } }

    /// Whether all budgets are spent.
    public var isFinished: Bool { phase == phases.count - 1 && progress >= 1 }

    /// Starts the optimiser anew: moments of one are of no use to another.
    mutating func forgetMoments() {
        first = AlignedFloats(count: parameters.count)
        second = AlignedFloats(count: parameters.count)
        soap = nil
    }

    /// Goes on to the next phase where this one's budget is spent; what the component objective remembers starts anew.
    ///
    /// - Returns: whether a phase began; workspaces must then be made anew.
    public mutating func enterNextPhase() -> Bool {
        guard progress >= 1, phase + 1 < phases.count else { return false }
        phase += 1
        phaseStartStep = step
        phaseStartSeconds = seconds
        phaseStartProcessorSeconds = processorSeconds
        variational = nil
        if settings.optimizer != phases[phase - 1].optimizer { forgetMoments() }
        return true
    }
}

extension TrainingState {
    /// The same state with other phases from here on; budgets count from here.
    public func continuing(with phases: [TrainingSettings]) throws(TrainingError) -> TrainingState {
        var result = try TrainingState(model, phases: phases)
        result.parameters = parameters
        result.average = average
        result.first = first
        result.second = second
        result.soap = soap
        if phases[0].optimizer != settings.optimizer { result.forgetMoments() }
        result.phaseStartStep = step
        result.phaseStartSeconds = seconds
        result.phaseStartProcessorSeconds = processorSeconds
        result.processorSeconds = processorSeconds
        result.step = step
        result.samples = samples
        result.seconds = seconds
        result.smoothLoss = smoothLoss
        return result
    }

    /// The same with a single phase.
    public func continuing(with settings: TrainingSettings) throws(TrainingError) -> TrainingState { try continuing(with: [settings]) }
}

extension TrainingState {
    /// Whether both would go on with the same bits.
    public static func == (left: TrainingState, right: TrainingState) -> Bool {
        left.phases == right.phases && left.phase == right.phase && left.phaseStartStep == right.phaseStartStep
            && left.phaseStartSeconds == right.phaseStartSeconds && left.model == right.model && left.step == right.step
            && left.samples == right.samples && left.seconds == right.seconds && left.rateFactor == right.rateFactor
            && left.processorSeconds == right.processorSeconds && left.phaseStartProcessorSeconds == right.phaseStartProcessorSeconds
            && left.failures == right.failures && left.smoothLoss == right.smoothLoss && left.parameters == right.parameters
            && left.average == right.average && left.first == right.first && left.second == right.second
            && left.soap == right.soap && left.variational == right.variational
    }
}
