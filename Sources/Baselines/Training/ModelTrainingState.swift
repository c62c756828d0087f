import ConditionalModels
import ModelTraining
import Numerics

/// The state of a training of a ``TrainableModel`` between two steps.
public struct ModelTrainingState: SteppedTraining {
    /// What takes a batch forward and back, and where its gradients are summed.
    public typealias Workspace = (model: any ModelWorkspace, gradient: GradientWorkspace)

    public var course: TrainingCourse
    /// The model as it started; its parameters are those of before the training.
    public package(set) var model: any TrainableModel
    public var optimizer: OptimizerState

    /// The start of a training in phases.
    ///
    /// - Throws: ``TrainingError/invalidSettings(_:)`` where a setting is out of range, or a parameter of the model is not finite.
    public init(_ model: any TrainableModel, phases: [TrainingSettings]) throws(TrainingError) {
        course = try TrainingCourse(phases: phases)
        guard model.parameters.isFinite else { throw .invalidSettings("the model's parameters are not finite") }
        self.model = model
        optimizer = OptimizerState(model.parameters)
    }

    /// The model with the averaged parameters: what the training has reached.
    public var trainedModel: any TrainableModel {
        var result = model
        result.parameters = optimizer.average
        result.history = course.history(after: model.history)
        return result
    }

    public var startParameters: AlignedFloats { model.parameters }

    /// Throws where a phase after the one at work cannot be trained on a problem.
    public func check(_ problem: TrainingProblem) throws(TrainingError) {
        for settings in course.phases.dropFirst(course.phase + 1) { _ = try model.makeWorkspace(settings, at: 0, on: problem) }
    }

    public func makeWorkspace(_ problem: TrainingProblem) throws(TrainingError) -> Workspace {
        let own = try model.makeWorkspace(course.settings, at: course.progress, on: problem)
        return (own, GradientWorkspace(own.batches, starts: model.networks.map(\.start), optimizer: course.settings.optimizer))
    }

    public func canUse(_ workspace: Workspace) -> Bool { workspace.model.serves(course.settings, at: course.progress) }

    public mutating func step(_ workspace: Workspace, threads: Int, cancellation: Cancellation) throws(TrainingError) -> TrainingInfo? {
        let settings = course.settings, stream = RandomStream(seed: settings.seed).split(course.step)
        let result = optimizer.parameters.withPointer {
            workspace.model.process(settings, at: course.progress, stream: stream, $0, threads: threads, cancellation: cancellation)
        }
        guard let result, var info = try descend(
            along: workspace.gradient, loss: result.loss, isPlausible: course.isPlausible(result.loss), isTargetDefined: result.isTargetDefined,
            threads: threads, cancellation: cancellation)
        else { return nil }
        info.measures = result.measures
        return info
    }
}

extension ModelTrainingState: Equatable {
    /// Whether both would continue bit for bit.
    public static func == (left: ModelTrainingState, right: ModelTrainingState) -> Bool {
        left.course == right.course && left.model.equals(right.model) && left.optimizer == right.optimizer
    }
}

/// A training of a ``TrainableModel``, step by step.
public typealias ModelTrainingRun = SteppedRun<ModelTrainingState>
