import AmortizedInference
import Kinematics
import Numerics

/// A model as scripts hold it: the network, its robot, and the training that can go on.
final class Model {
    let robot: Robot
    /// The network as trained so far; queries answer from it.
    private(set) var mixture: ConditionalMixture
    /// The training that was interrupted or finished last; nil before the first.
    private var training: TrainingState?
    private var preparedQuery: PoseQuery?
    private var preparedGoalQuery: GoalQuery?
    /// The log of all trainings of this model in this session.
    private(set) var log = TrainingLog()

    init(_ mixture: ConditionalMixture, robot: Robot) throws {
        self.robot = robot
        self.mixture = mixture
        try self.mixture.adopt(robot.chain)
    }

    /// Takes up a checkpoint, whose training can go on.
    convenience init(_ state: TrainingState, robot: Robot) throws {
        try self.init(state.trainedModel, robot: robot)
        training = state
    }

    /// The workspace that answers questions; made anew after a training.
    func query() throws -> PoseQuery {
        if let preparedQuery { return preparedQuery }
        let query = try PoseQuery(mixture, chain: robot.chain)
        preparedQuery = query
        return query
    }

    /// The workspace that answers questions which leave something free.
    func goalQuery() throws -> GoalQuery {
        if let preparedGoalQuery { return preparedGoalQuery }
        let query = try GoalQuery(mixture, chain: robot.chain)
        preparedGoalQuery = query
        return query
    }

    /// The training that was interrupted, if there is one.
    var interrupted: TrainingState? { training.flatMap { $0.isFinished ? nil : $0 } }

    /// The state that a training with these settings starts or goes on from.
    ///
    /// The same settings as those of an interrupted training go on with it, bit for bit; others start a new schedule from the
    /// parameters as they are. No settings go on with an interrupted training.
    func state(for settings: TrainingSettings?) throws -> TrainingState {
        if let interrupted, settings == nil || interrupted.settings == settings { return interrupted }
        guard let settings else { throw Failure.nothingToContinue }
        return try training?.continuing(with: settings) ?? TrainingState(mixture, settings: settings)
    }

    /// Runs a training and keeps what it learned, however it ends.
    ///
    /// - Parameter report: called a few times a second.
    /// - Returns: whether the budget was spent.
    func train(
        _ start: TrainingState, checkpoint: String?, cancellation: Cancellation, report: (TrainingProgress) -> Void
    ) throws -> Bool {
        var state = start
        var lastCheckpoint = state.seconds
        defer { adopt(state) }
        return try Trainer().train(&state, chain: robot.chain, cancellation: cancellation) { progress, current in
            log.append(progress, batch: current.settings.batch)
            report(progress)
            if let checkpoint, current.seconds - lastCheckpoint > 60 || current.isFinished {
                lastCheckpoint = current.seconds
                try current.writeCheckpoint(to: checkpoint)
            }
        }
    }

    private func adopt(_ state: TrainingState) {
        training = state
        mixture = state.trainedModel
        mixture.history.version = Session.version
        preparedQuery = nil
        preparedGoalQuery = nil
    }

    /// Writes the model, without the optimiser's memory.
    func save(to path: String) throws { try mixture.write(to: path) }

    /// Writes the model with all that its training needs to go on; without a training, the model alone.
    func saveCheckpoint(to path: String) throws {
        if let training { try training.writeCheckpoint(to: path) } else { try save(to: path) }
    }

    enum Failure: Error, CustomStringConvertible {
        case nothingToContinue

        var description: String {
            "no training was interrupted that could go on; give a budget: minutes = 5, steps = 10000 or samples = 1e7"
        }
    }
}
