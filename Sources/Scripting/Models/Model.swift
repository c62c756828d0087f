import ConditionalModels
import Files
import Kinematics
import ModelFiles
import ModelTraining
import Numerics
import RobotModels

/// A model as scripts hold it: the network, its robot, and the training that can go on.
final class Model: Trainee {
    let robot: Robot
    /// The network as trained so far; queries answer from it.
    private(set) var mixture: ConditionalMixture
    /// The training that was interrupted or finished last; nil before the first.
    private var training: TrainingState?
    private var preparedQuery: PoseQuery?
    /// Counts what was adopted: a loop that trains tells by it whether another training came between.
    private(set) var generation = 0
    /// The log of all its trainings; a checkpoint carries it on.
    var log = TrainingLog()
    /// The checkpoint that the model was read from, as long as no training came after.
    private var origin: String?

    init(_ mixture: ConditionalMixture, robot: Robot) throws {
        self.robot = robot
        self.mixture = mixture
        try self.mixture.adopt(robot.chain)
    }

    /// Takes up a checkpoint, whose training can go on.
    convenience init(_ state: TrainingState, log: TrainingLog, path: String, robot: Robot) throws {
        try self.init(state.trainedModel, robot: robot)
        training = state
        self.log = log
        origin = path
    }

    /// The workspace that answers questions; made anew after a training.
    func query() throws -> PoseQuery {
        if let preparedQuery { return preparedQuery }
        let query = try PoseQuery(mixture, chain: robot.chain)
        preparedQuery = query
        return query
    }

    /// The training that was interrupted, if there is one.
    var interrupted: TrainingState? { training.flatMap { $0.isFinished ? nil : $0 } }

    /// The state that a training by a plan starts or goes on from; a finished one where nothing is left to do.
    ///
    /// The same plan as that of an interrupted training goes on with it, bit for bit; another one starts a new schedule from the
    /// parameters as they are. No plan, or one of functions only, goes on with an interrupted training. Where the model was read from a
    /// checkpoint and is to write to it again, the same plan is not begun anew once it is done: a script that is started again goes on.
    ///
    /// - Parameter checkpoint: where the training is to write to.
    func state(for plan: TrainingPlan?, checkpoint: String?) throws -> TrainingState {
        try TrainingPlan.state(for: plan, training: training, isResumed: Self.isSame(origin, checkpoint), mixture: mixture)
    }

    static func isSame(_ origin: String?, _ checkpoint: String?) -> Bool {
        guard let origin, let checkpoint else { return false }
        return FileLocation(origin).resolved == FileLocation(checkpoint).resolved
    }

    /// A training from a state on, to be driven step by step.
    func run(from start: TrainingState, supply: TrainingRun.Supply?) throws -> TrainingRun {
        try TrainingRun(start, problem: .poses(of: robot.chain, for: start.model), supply: supply)
    }

    /// Takes over what a training has reached; queries answer from it.
    func adopt(_ state: TrainingState) {
        training = state
        origin = nil
        mixture = state.trainedModel
        mixture.history.version = Session.version
        preparedQuery = nil
        generation += 1
    }

    func takeUp(_ state: TrainingState, log: TrainingLog, path: String) {
        adopt(state)
        self.log = log
        origin = path
    }

    /// Writes the model, without the optimiser's memory.
    func save(to path: String) throws { try mixture.write(to: path) }

    /// Writes the model with all that its training needs to go on; without a training, the model alone.
    func saveCheckpoint(to path: String) throws {
        if let training { try training.writeCheckpoint(to: path, metadata: log.metadata) } else { try save(to: path) }
    }
}
