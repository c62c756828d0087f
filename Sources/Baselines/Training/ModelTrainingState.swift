import ConditionalModels
import ModelTraining
import Networks
import Numerics

/// The state of a training of a ``TrainableModel`` between two steps; a value.
///
/// The pairs of a step depend on the seed and the step's number only, so that a state that was stored and restored continues with the same
/// bits as one that was not.
public struct ModelTrainingState: Sendable {
    public package(set) var course: TrainingCourse
    /// The model as it started; its parameters are those of before the training.
    public package(set) var model: any TrainableModel
    /// The parameters that are optimised, their moving average, and Adam's moments.
    public package(set) var parameters: AlignedFloats
    public package(set) var average: AlignedFloats
    public package(set) var first: AlignedFloats
    public package(set) var second: AlignedFloats
    /// The curvatures that ``Optimizer/soap`` has seen, one a network; nil before its first step.
    public package(set) var soap: [Soap.State]?
    /// The last state known to be good; not part of the comparison of states, nor of checkpoints.
    var lastGood: LastGood?

    /// A copy of parameters and moments that was finite and had a finite loss.
    struct LastGood: Sendable {
        var step: Int
        var parameters: AlignedFloats
        var average: AlignedFloats
        var first: AlignedFloats
        var second: AlignedFloats
        var soap: [Soap.State]?
    }

    /// The start of a training in phases.
    ///
    /// - Throws: ``TrainingError/invalidSettings(_:)`` where a setting is out of range, or a parameter of the model is not finite.
    public init(_ model: any TrainableModel, phases: [TrainingSettings]) throws(TrainingError) {
        course = try TrainingCourse(phases: phases)
        guard model.parameters.isFinite else { throw .invalidSettings("the model's parameters are not finite") }
        self.model = model
        parameters = model.parameters
        average = model.parameters
        first = AlignedFloats(count: model.parameters.count)
        second = AlignedFloats(count: model.parameters.count)
    }

    /// The model with the averaged parameters: what the training has reached.
    public var trainedModel: any TrainableModel {
        var result = model
        result.parameters = average
        result.history.seed = course.settings.seed
        result.history.steps += course.step
        result.history.samples += course.samples
        result.history.seconds += course.seconds
        result.history.loss = course.smoothLoss
        result.history.machine = Machine.description
        return result
    }

    /// The same state with other phases from here on; budgets count from here.
    public func continuing(with phases: [TrainingSettings]) throws(TrainingError) -> ModelTrainingState {
        var result = self
        result.course = try course.continuing(with: phases)
        result.lastGood = nil
        if phases[0].optimizer != course.settings.optimizer { result.forgetMoments() }
        return result
    }

    /// Starts the optimiser anew: moments of one are of no use to another.
    mutating func forgetMoments() {
        first = AlignedFloats(count: parameters.count)
        second = AlignedFloats(count: parameters.count)
        soap = nil
    }

    /// Continues with the next phase if the budget of this one is spent; returns whether one began.
    mutating func enterNextPhase() -> Bool {
        guard course.enterNextPhase() else { return false }
        if course.settings.optimizer != course.phases[course.phase - 1].optimizer { forgetMoments() }
        return true
    }

    /// Whether all that a later step starts from is finite.
    public var isSound: Bool {
        parameters.isFinite && average.isFinite && first.isFinite && second.isFinite && soap?.allSatisfy(\.isFinite) ?? true
    }

    /// Steps from one good copy to the next.
    private static let interval = 200

    /// Copies the state, whose loss was just found to be good, where the last copy is old; its memory is used again.
    mutating func renewLastGood() {
        guard lastGood.map({ course.step - $0.step >= Self.interval }) ?? true, isSound else { return }
        if lastGood == nil {
            let count = parameters.count
            lastGood = LastGood(
                step: course.step, parameters: AlignedFloats(count: count), average: AlignedFloats(count: count), first: AlignedFloats(count: count),
                second: AlignedFloats(count: count), soap: nil)
        }
        lastGood!.step = course.step
        lastGood!.parameters.assign(parameters)
        lastGood!.average.assign(average)
        lastGood!.first.assign(first)
        lastGood!.second.assign(second)
        guard let soap, lastGood!.soap != nil else {
            lastGood!.soap = soap
            return
        }
        for index in soap.indices { lastGood!.soap![index].assign(soap[index]) }
    }

    /// Steps back to the last good state; returns the step that it is of, or nil where nothing had to change.
    mutating func returnToLastGood() -> Int? {
        guard let lastGood else {
            guard !isSound else { return nil }
            parameters = model.parameters
            average = model.parameters
            forgetMoments()
            return course.phaseStartStep
        }
        parameters.assign(lastGood.parameters)
        average.assign(lastGood.average)
        first.assign(lastGood.first)
        second.assign(lastGood.second)
        soap = lastGood.soap
        return lastGood.step
    }

    /// Makes sure that the parameters are finite, at the end of a training; returns the step gone back to, if that was needed.
    public mutating func settle() -> Int? { isSound ? nil : returnToLastGood() }
}

extension ModelTrainingState: Equatable {
    /// Whether both would continue bit for bit.
    public static func == (left: ModelTrainingState, right: ModelTrainingState) -> Bool {
        left.course == right.course && left.model.equals(right.model) && left.parameters == right.parameters && left.average == right.average
            && left.first == right.first && left.second == right.second && left.soap == right.soap
    }
}
