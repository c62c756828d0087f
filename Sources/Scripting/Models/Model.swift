import ConditionalModels
import Kinematics
import ModelTraining
import Numerics
import RobotModels

/// A model of a robot as scripts hold it.
final class Model: Learner<TrainingState> {
    let robot: Robot
    /// Whether the program chose what the model is built from.
    let isPlanned: Bool
    private var preparedQuery: PoseQuery?

    /// - Parameter checkpoint: where the model was read from one, whose training can go on.
    init(_ mixture: ConditionalMixture, robot: Robot, isPlanned: Bool = false, checkpoint: ReadCheckpoint<TrainingState>? = nil) throws {
        self.robot = robot
        self.isPlanned = isPlanned
        var mixture = mixture
        try mixture.adopt(robot.chain)
        super.init(mixture)
        if let checkpoint { takeUp(checkpoint) }
    }

    /// The workspace that answers questions; made anew after a training.
    func query() throws -> PoseQuery {
        if let preparedQuery { return preparedQuery }
        let query = try PoseQuery(mixture, chain: robot.chain)
        preparedQuery = query
        return query
    }

    override func forget() { preparedQuery = nil }

    /// A training from a state on, to be driven step by step.
    func run(from start: TrainingState, supply: TrainingRun.Supply?) throws -> TrainingRun {
        try TrainingRun(start, problem: .poses(of: robot.chain, for: start.model), supply: supply)
    }
}
