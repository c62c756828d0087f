import Kinematics
import ModelTraining
import Numerics
import RobotModels

/// A model in parts as scripts hold it.
final class FactoredModel: Learner<PartsTrainingState> {
    let robot: Robot
    private var preparedQuery: FactoredQuery?

    /// - Parameter checkpoint: where the model was read from one, whose training can go on.
    init(_ mixture: FactoredMixture, checkpoint: ReadCheckpoint<PartsTrainingState>? = nil) {
        robot = Robot(mixture.chain)
        super.init(mixture)
        if let checkpoint { takeUp(checkpoint) }
    }

    var mixture: FactoredMixture { model }

    /// The workspace that answers questions; made anew after a training.
    var query: FactoredQuery {
        if let preparedQuery { return preparedQuery }
        let query = FactoredQuery(mixture)
        preparedQuery = query
        return query
    }

    override func forget() { preparedQuery = nil }

    /// Learns which first joints the others can complete, anew; what was learned is kept however the training ends.
    ///
    /// - Parameters:
    ///   - pairs: how many samples are drawn of the model and measured, from the training's seed.
    /// - Returns: whether all steps were taken.
    func learnFeasibility(
        _ start: Feasibility, settings: TrainingSettings, pairs: Int, cancellation: Cancellation, report: (TrainingProgress) -> Void
    ) throws -> Bool {
        let source = try StoredPairs(ofFeasibility: mixture, count: pairs, seed: settings.seed, cancellation: cancellation)
        var training = try FeasibilityTraining(start, settings: settings)
        defer { if let learned = training.learned { try? adopt(learned) } }
        return try training.run(source, cancellation: cancellation, report: report)
    }

    /// Changes what counts as feasible; what was learned stays. Nothing where nothing was learned.
    func judge(tolerance: Double?, confidence: Double?) throws {
        guard var feasibility = mixture.feasibility else { return }
        if let tolerance { feasibility.tolerance = tolerance }
        if let confidence { feasibility.confidence = confidence }
        try adopt(feasibility)
    }

    private func adopt(_ feasibility: Feasibility) throws {
        var changed = mixture
        try changed.adopt(feasibility)
        replace(with: changed)
    }
}
