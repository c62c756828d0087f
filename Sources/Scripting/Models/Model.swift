import ConditionalModels
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
    private var preparedGoalQuery: GoalQuery?
    /// Counts what was adopted: a loop that trains tells by it whether another training came between.
    private(set) var generation = 0
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

    /// The state that a training by a plan starts or goes on from.
    ///
    /// The same plan as that of an interrupted training goes on with it, bit for bit; another one starts a new schedule from the
    /// parameters as they are. No plan, or one of functions only, goes on with an interrupted training.
    func state(for plan: TrainingPlan?) throws -> TrainingState {
        try Self.state(for: plan, interrupted: interrupted, training: training, mixture: mixture)
    }

    /// The same for what any kind of model remembers.
    static func state(
        for plan: TrainingPlan?, interrupted: TrainingState?, training: TrainingState?, mixture: ConditionalMixture
    ) throws -> TrainingState {
        if let interrupted {
            guard let plan else {
                let missing = interrupted.phases[interrupted.phase...].flatMap(\.suppliedNames)
                guard missing.isEmpty else { throw TrainingError.functionsMissing(Array(Set(missing)).sorted()) }
                return interrupted
            }
            if plan.phases.isEmpty || plan.asks(for: interrupted) { return interrupted }
        }
        guard let plan, !plan.phases.isEmpty else { throw Failure.nothingToContinue }
        return try training?.continuing(with: plan.phases) ?? TrainingState(mixture, phases: plan.phases)
    }

    /// Runs a training and keeps what it learned, however it ends.
    ///
    /// - Parameter report: called a few times a second.
    /// - Returns: whether the budget was spent.
    func train(
        _ start: TrainingState, supply: TrainingRun.Supply?, checkpoint: String?, cancellation: Cancellation, report: (TrainingProgress) -> Void
    ) throws -> Bool {
        var state = start
        var lastCheckpoint = state.seconds
        defer { adopt(state) }
        let isFinished = try Trainer().train(
            &state, on: try .poses(of: robot.chain, for: state.model), cancellation: cancellation, supply: supply
        ) { progress, current in
            log.append(progress)
            report(progress)
            if let checkpoint, current.seconds - lastCheckpoint > 60 || current.isFinished {
                lastCheckpoint = current.seconds
                try current.writeCheckpoint(to: checkpoint)
            }
        }
        // A script ends with its interruption, and what it had learned with it, unless that is written now.
        if !isFinished, let checkpoint { try state.writeCheckpoint(to: checkpoint) }
        return isFinished
    }

    /// Takes a row into the log.
    func note(_ progress: TrainingProgress) { log.append(progress) }

    /// Takes over what a training has reached; queries answer from it.
    func adopt(_ state: TrainingState) {
        training = state
        mixture = state.trainedModel
        mixture.history.version = Session.version
        preparedQuery = nil
        preparedGoalQuery = nil
        generation += 1
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
