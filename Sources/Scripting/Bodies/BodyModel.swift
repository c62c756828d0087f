import ConditionalModels
import Kinematics
import ModelTraining
import Numerics
import RobotModels

/// A model of a whole body as scripts hold it.
final class BodyModel: Learner<TrainingState> {
    let whole: WholeBody
    let context: BodyContext
    private var source: (seed: UInt64, count: Int, source: StoredPairs)?
    private var preparedQuery: BodyQuery?

    /// - Parameter checkpoint: where the model was read from one, whose training can go on.
    /// - Throws: `ModelError` where the model is not one of a whole body.
    init(_ mixture: ConditionalMixture, checkpoint: ReadCheckpoint<TrainingState>? = nil) throws {
        guard let context = mixture.robot.whole else { throw ModelError.invalidConfiguration("the model is not one of a whole body") }
        self.context = context
        whole = WholeBody(context.body)
        super.init(mixture)
        if let checkpoint { takeUp(checkpoint) }
    }

    /// The workspace that answers questions; made anew after a training.
    func query() throws -> BodyQuery {
        if let preparedQuery { return preparedQuery }
        let query = try BodyQuery(mixture)
        preparedQuery = query
        return query
    }

    override func forget() { preparedQuery = nil }

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
}
