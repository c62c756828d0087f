import ConditionalModels
import Kinematics
import ModelFiles
import ModelTraining
import Numerics
import RobotModels

/// A model of a whole body as scripts hold it: the network, its body, and the training that can go on.
final class BodyModel: Trainee {
    let whole: WholeBody
    let context: BodyContext
    /// The network as trained so far; queries answer from it.
    private(set) var mixture: ConditionalMixture
    /// The training that was interrupted or finished last; nil before the first.
    private var training: TrainingState?
    private var source: (seed: UInt64, count: Int, source: StoredPairs)?
    private var preparedQuery: BodyQuery?
    private(set) var generation = 0
    /// The log of all its trainings; a checkpoint carries it on.
    var log = TrainingLog()
    /// The checkpoint that the model was read from, as long as no training came after.
    private var origin: String?

    /// Takes up a checkpoint, whose training can go on.
    convenience init(_ state: TrainingState, log: TrainingLog, path: String) throws {
        try self.init(state.trainedModel)
        training = state
        self.log = log
        origin = path
    }

    /// - Throws: `ModelError` where the model is not one of a whole body.
    init(_ mixture: ConditionalMixture) throws {
        guard let context = mixture.robot.whole else { throw ModelError.invalidConfiguration("the model is not one of a whole body") }
        self.mixture = mixture
        self.context = context
        whole = WholeBody(context.body)
    }

    /// The workspace that answers questions; made anew after a training.
    func query() throws -> BodyQuery {
        if let preparedQuery { return preparedQuery }
        let query = try BodyQuery(mixture)
        preparedQuery = query
        return query
    }

    /// The training that was interrupted, if there is one.
    var interrupted: TrainingState? { training.flatMap { $0.isFinished ? nil : $0 } }

    /// The state that a training by a plan starts or goes on from, as for ``Model``.
    func state(for plan: TrainingPlan?, checkpoint: String?) throws -> TrainingState {
        try TrainingPlan.state(for: plan, training: training, isResumed: Model.isSame(origin, checkpoint), mixture: mixture)
    }

    /// A training on pairs that the search for the whole body finds, to be driven step by step.
    ///
    /// - Parameter pairs: how many pairs are drawn, from the training's seed.
    func run(from start: TrainingState, pairs: Int, supply: TrainingRun.Supply?, cancellation: Cancellation) throws -> TrainingRun {
        try TrainingRun(
            start, problem: problem(pairs: pairs, seed: start.settings.seed, cancellation: cancellation), supply: supply)
    }

    private func problem(pairs: Int, seed: UInt64, cancellation: Cancellation) throws -> TrainingProblem {
        TrainingProblem(source: try pairSource(count: pairs, seed: seed, cancellation: cancellation), densities: try BodyTargets(mixture))
    }

    private func pairSource(count: Int, seed: UInt64, cancellation: Cancellation) throws -> StoredPairs {
        if let source, source.seed == seed, source.count == count { return source.source }
        let made = try StoredPairs(ofBody: mixture, count: count, seed: seed, cancellation: cancellation)
        source = (seed, count, made)
        return made
    }

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

    /// Writes the model, or with its training what that needs to go on.
    func save(to path: String, withTraining: Bool) throws {
        if withTraining, let training { try training.writeCheckpoint(to: path, metadata: log.metadata) } else { try mixture.write(to: path) }
    }
}
