import Baselines
import ConditionalModels
import Files
import Kinematics
import LuaBridge
import ModelFiles
import ModelTraining
import Numerics
import RobotModels

/// What a training remembers between two steps, whatever the kind of its model.
protocol ResumableTraining {
    associatedtype Trained

    var course: TrainingCourse { get }
    /// The model as trained so far.
    var trainedModel: Trained { get }

    init(_ model: Trained, phases: [TrainingSettings]) throws(TrainingError)
    /// The same with other phases from here on.
    func continuing(with phases: [TrainingSettings]) throws(TrainingError) -> Self
    func writeCheckpoint(to path: String, metadata: [String: String]) throws

    /// Writes a model without a training.
    static func write(_ model: Trained, to path: String) throws
    /// Notes the version of the program that trained a model, and where, when and how.
    static func note(version: String, provenance: [String: String], in model: inout Trained)
}

extension TrainingState: ResumableTraining {
    static func write(_ model: ConditionalMixture, to path: String) throws { try model.write(to: path) }
    static func note(version: String, provenance: [String: String], in model: inout ConditionalMixture) {
        model.history.version = version
        model.history.provenance = provenance
    }
}

extension ModelTrainingState: ResumableTraining {
    static func write(_ model: any TrainableModel, to path: String) throws { try model.write(to: path) }
    static func note(version: String, provenance: [String: String], in model: inout any TrainableModel) {
        model.history.version = version
        model.history.provenance = provenance
    }
}

extension PartsTrainingState: ResumableTraining {
    static func write(_ model: FactoredMixture, to path: String) throws { try model.write(to: path) }
    static func note(version: String, provenance: [String: String], in model: inout FactoredMixture) {
        model.changeHistories {
            $0.version = version
            $0.provenance = provenance
        }
    }
}

/// A training that goes on step by step.
protocol DrivenTraining {
    associatedtype State: ResumableTraining

    /// The last whole step.
    var state: State { get }
    /// The last step alone, as a log takes it up.
    var reading: TrainingProgress { get }

    /// Takes a step; returns whether it was taken, and not cancelled.
    mutating func step(cancellation: Cancellation) throws -> Bool
    /// What happened since the last report.
    mutating func report() -> TrainingProgress
    /// The state with finite parameters, whatever happened.
    mutating func settled() -> State
}

extension SteppedRun: DrivenTraining where State: ResumableTraining {}
extension PartsTrainingRun: DrivenTraining {}

/// A model that scripts train, as drivers and loops see it.
class AnyLearner {
    /// Counts what was adopted: a loop that trains tells by it whether another training came between.
    fileprivate(set) final var generation = 0
    /// The log of all its trainings; a checkpoint carries it on.
    final var log = TrainingLog()
    /// The checkpoint that the model was read from, or that it has written last, as it was then.
    final var ownCheckpoint: FileIdentity?
    /// Whether a pose far outside of what its robot reaches was warned of.
    fileprivate final var hasWarnedOfPoses = false

    /// What is to be said of a pose far outside of those that a model of a robot is trained for; told by `warn` the first time.
    final func note(on pose: Pose, _ model: any PoseModel, of robot: Robot, warn: (String) -> Void) -> String? {
        guard model.isFar(pose) else { return nil }
        let place = NumberText.list([pose.position.x, pose.position.y, pose.position.z])
        let warning = "the pose lies far outside of what the robot reaches, at \(place) m; the model's answer is a guess"
        if !hasWarnedOfPoses { warn("\(robot.chain.name): \(warning)") }
        hasWarnedOfPoses = true
        return warning
    }

    /// Takes over what a training has reached; queries answer from it.
    func adopt(_ state: any ResumableTraining) {}
}

/// A model that scripts train: the networks as trained so far, and the training that can go on.
class Learner<State: ResumableTraining>: AnyLearner {
    /// The model as trained so far; queries answer from it.
    private(set) final var model: State.Trained
    /// The training that was interrupted or finished last; nil before the first.
    private final var training: State?
    /// The checkpoint that the model was read from, as long as no training came after.
    private final var origin: String?

    init(_ model: State.Trained) { self.model = model }

    /// Takes up the training of a checkpoint that the model was read from.
    final func takeUp(_ checkpoint: ReadCheckpoint<State>) {
        training = checkpoint.state
        log = checkpoint.log
        origin = checkpoint.path
        ownCheckpoint = FileIdentity(path: checkpoint.path)
    }

    /// Takes up a checkpoint in the place of its own parameters, so that its training goes on.
    final func takeUp(inPlace checkpoint: ReadCheckpoint<State>) {
        adopt(checkpoint.state)
        takeUp(checkpoint)
    }

    /// Lets go of what was prepared for the parameters as they were; called after every training.
    func forget() {}

    /// Where the training stands that was interrupted, if there is one.
    final var interrupted: TrainingCourse? { training.flatMap { $0.course.isFinished ? nil : $0.course } }

    /// The state that a training by a plan starts or goes on from; a finished one where nothing is left to do.
    ///
    /// The same plan as that of an interrupted training goes on with it, bit for bit; another one starts a new schedule from the
    /// parameters as they are. No plan, or one of functions only, goes on with an interrupted training. Where the model was read from a
    /// checkpoint and is to write to it again, the same plan is not begun anew once it is done: a script that is started again goes on.
    ///
    /// - Parameter checkpoint: where the training is to write to.
    final func state(for plan: TrainingPlan?, checkpoint: String?) throws -> State {
        let isResumed = origin.map { origin in checkpoint.map { FileLocation(origin).resolved == FileLocation($0).resolved } ?? false } ?? false
        return try TrainingPlan.state(for: plan, training: training, isResumed: isResumed, model: model)
    }

    override final func adopt(_ state: any ResumableTraining) {
        guard let state = state as? State else { return }
        training = state
        origin = nil
        model = state.trainedModel
        State.note(version: Session.version, provenance: Provenance.ofTraining(state.course.phases), in: &model)
        generation += 1
        forget()
    }

    /// Puts another model in the place of this one, for what changes it beside trainings.
    final func replace(with model: State.Trained) {
        self.model = model
        generation += 1
        forget()
    }

    /// Writes the model, without the optimiser's memory; or with all that its training needs to go on, where there was one.
    final func save(to path: String, withTraining: Bool = false) throws {
        guard withTraining, let training else { return try State.write(model, to: path) }
        try training.writeCheckpoint(to: path, metadata: log.metadata)
        ownCheckpoint = FileIdentity(path: path)
    }
}

extension Learner where State == TrainingState {
    final var mixture: ConditionalMixture { model }
}

/// A training as a file has it.
struct ReadCheckpoint<State: ResumableTraining> {
    let state: State
    let log: TrainingLog
    let path: String
}
