import ConditionalModels
import Networks
import Numerics

/// The state of a training between two steps.
///
/// A state is a value: a copy continues independently. The pairs of a step depend on the seed and the step's number only, so that a
/// state that was stored and restored continues with the same bits as one that was not.
public struct TrainingState: Sendable, Equatable {
    /// Where the training stands: its phases, and what was spent of their budgets.
    public package(set) var course: TrainingCourse
    /// The model as it started; its parameters are those of before the training. Its components are those of now.
    public package(set) var model: ConditionalMixture
    /// The parameters that are optimised, their moving average, and Adam's moments.
    public package(set) var parameters: AlignedFloats
    public package(set) var average: AlignedFloats
    public package(set) var first: AlignedFloats
    public package(set) var second: AlignedFloats
    /// The curvatures that ``Optimizer/soap`` has seen; nil before its first step.
    public package(set) var soap: Soap.State?
    /// What the component objective remembers; nil before it first took part.
    public package(set) var variational: VariationalState?
    /// The last state known to be good; not part of the comparison of states, nor of checkpoints.
    var lastGood: LastGoodState?

    /// The start of a training of a model; throws where a setting is out of range.
    public init(_ model: ConditionalMixture, settings: TrainingSettings) throws(TrainingError) {
        try self.init(model, phases: [settings])
    }

    /// The start of a training in phases.
    ///
    /// - Throws: ``TrainingError/invalidSettings(_:)`` where a setting is out of range, or a parameter of the model is not finite.
    public init(_ model: ConditionalMixture, phases: [TrainingSettings]) throws(TrainingError) {
        course = try TrainingCourse(phases: phases)
        guard model.parameters.isFinite else { throw .invalidSettings("the model's parameters are not finite") }
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
        guard course.enterNextPhase() else { return false }
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
        result.course = try course.continuing(with: phases)
        return result
    }

    /// The same with a single phase.
    public func continuing(with settings: TrainingSettings) throws(TrainingError) -> TrainingState { try continuing(with: [settings]) }
}

extension TrainingState {
    /// Whether both would continue bit for bit.
    public static func == (left: TrainingState, right: TrainingState) -> Bool {
        left.course == right.course && left.model == right.model && left.parameters == right.parameters
            && left.average == right.average && left.first == right.first && left.second == right.second && left.soap == right.soap && left.variational == right.variational
    }
}
