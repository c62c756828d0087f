import Kinematics
import ModelTraining
import Numerics
import RobotModels

/// A model in parts as scripts hold it.
final class FactoredModel {
    private(set) var mixture: FactoredMixture { didSet { query = FactoredQuery(mixture) } }
    let robot: Robot
    private(set) lazy var query = FactoredQuery(mixture)
    /// How the chain was cut, where the program chose; nil for a model that was put together or read.
    let plan: PartsPlan?

    init(_ mixture: FactoredMixture, plan: PartsPlan? = nil) {
        self.mixture = mixture
        self.plan = plan
        robot = Robot(mixture.chain)
    }

    /// Takes over what a training of all parts has reached.
    func adopt(_ mixture: FactoredMixture) { self.mixture = mixture }

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
        defer { if let learned = training.learned { try? mixture.adopt(learned) } }
        return try training.run(source, cancellation: cancellation, report: report)
    }

    /// Changes what counts as feasible; what was learned stays. Nothing where nothing was learned.
    func judge(tolerance: Double?, confidence: Double?) throws {
        guard var feasibility = mixture.feasibility else { return }
        if let tolerance { feasibility.tolerance = tolerance }
        if let confidence { feasibility.confidence = confidence }
        try mixture.adopt(feasibility)
    }
}
