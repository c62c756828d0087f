import ConditionalModels
import Numerics

/// The state of a mixture's training between two steps.
public struct TrainingState: SteppedTraining, Equatable {
    public var course: TrainingCourse
    /// The model as it started; its parameters are those of before the training. Its components are those of now.
    public package(set) var model: ConditionalMixture
    public var optimizer: OptimizerState
    /// What the component objective remembers; nil before it first took part.
    public package(set) var variational: VariationalState?

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
        optimizer = OptimizerState(model.parameters)
    }

    /// The model with the averaged parameters: what the training has reached.
    public var trainedModel: ConditionalMixture {
        var result = model
        result.parameters = optimizer.average
        result.history = course.history(after: model.history)
        return result
    }

    public var startParameters: AlignedFloats { model.parameters }

    public mutating func resetObjective(forgets: Bool) {
        if forgets { variational = nil } else { variational?.snapshot.assign(optimizer.parameters) }
    }
}

/// A mixture's training, step by step.
public typealias TrainingRun = SteppedRun<TrainingState>

// What a course knows, a training's state tells.
extension TrainingState {
    public var phase: Int { course.phase }
    public var step: Int { course.step }
    public var samples: Int { course.samples }
    public var seconds: Double { course.seconds }
    public var processorSeconds: Double { course.processorSeconds }
    public var rateFactor: Double { course.rateFactor }
    public var smoothLoss: Double? { course.smoothLoss }
    /// The settings of the phase at work.
    public var settings: TrainingSettings { course.settings }
    public var progress: Double { course.progress }
    public var overallProgress: Double { course.overallProgress }
    public var totalSteps: Int? { course.totalSteps }
    public var isFinished: Bool { course.isFinished }
}

extension TrainingState {
    public func check(_ problem: TrainingProblem) throws(TrainingError) {
        for settings in course.phases {
            try TrainingWorkspace.checkMemory(settings, model)
            if problem.densities == nil, !settings.variational.isIdle {
                throw .invalidSettings(
                    "this model is trained by maximum likelihood: no density of all its variables is known; leave forward_share at 1")
            }
            if !problem.source.hasPoints, settings.variational.forwardShare != .constant(0) {
                throw .invalidSettings("there are no samples for maximum likelihood, only a density; leave forward_share at 0")
            }
        }
    }

    public func makeWorkspace(_ problem: TrainingProblem) throws(TrainingError) -> TrainingWorkspace {
        TrainingWorkspace(model, problem: problem, settings: settings)
    }

    public func canUse(_ workspace: TrainingWorkspace) -> Bool { workspace.serves(self) }
}
