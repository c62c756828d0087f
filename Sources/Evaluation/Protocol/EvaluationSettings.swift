import ModelTraining
import Numerics
import SolutionSets

/// What an evaluation measures, and on how much.
public struct EvaluationSettings: Sendable {
    /// Poses and samples per pose for the accuracy.
    public var poses = 1000
    public var samples = 250
    /// The ways of drawing configurations that are compared.
    public var modes: [SamplingMode] = [
        .samples(), .samples(updates: 1), .samples(updates: 2), .samples(steps: 1), .samples(steps: 1, accelerated: true),
        .samples(steps: 2), .resampled(8), .resampled(8, steps: 1), .resampled(8, steps: 1, accelerated: true), .candidates(4), .exact,
    ]
    /// How many of the poses samples are compared with reference solutions at, and draws a pose for the discrepancy and for the coverage.
    public var referencePoses = 200
    public var discrepancyDraws = 50
    public var coverageDraws = 100
    /// Distances between configurations within which one covers another: Euclidean, rad and m.
    public var coverageRadii = [0.3, 0.6]
    /// A sample counts as an answer within these errors (m, rad) and the limits.
    public var answerPosition = 1e-3
    public var answerRotation = 0.1 * .pi / 180
    /// The deviations of the density around a pose that evidence bounds are stated against, and samples per pose for it and for the entropy.
    public var density = TargetWidths(position: 0.003, rotation: 0.5 * .pi / 180, limit: 0.05)
    public var densityDraws = 100
    /// Poses that times are taken at, and how many solutions of each; no poses, no times.
    public var timedPoses = 50
    public var timedCounts = [1, 100, 250, 2000]
    /// Tolerances of exact solving: m and rad.
    public var solvingTolerances: [(position: Double, rotation: Double)] = [(1e-4, 1e-3), (1e-6, 1e-6)]
    /// The work on each exact reference.
    public var effort = ExactConditional.Effort()
    public var seed: UInt64
    /// Results do not depend on it.
    public var threads = availableCores

    public init(seed: UInt64) { self.seed = seed }

    /// The streams of the evaluation: unlike those of a training, whatever the seeds.
    func stream(_ purpose: Purpose, _ index: Int) -> RandomStream {
        RandomStream(seed: seed ^ 0x6576_616c_7561_7465).split(purpose.rawValue).split(index)
    }

    enum Purpose: Int { case poses, accuracy, diversity, solving, timing }
}

/// How far an evaluation is.
public struct EvaluationProgress: Sendable {
    /// What is being measured: "accuracy", "diversity", "times".
    public var stage: String
    /// The share of the stage and of the whole that is done, from 0 to 1.
    public var fraction: Double
    /// The poses of the stage that are done.
    public var done: Int
    /// The poses of the stage.
    public var total: Int
}

/// Why an evaluation has no result.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    /// Cancellation was requested.
    case cancelled(stage: String)
    /// A way of sampling that needs a mixture in closed form, which the model has not.
    case needsMixture(mode: String)

    /// Whether it was asked to stop.
    public var isCancellation: Bool {
        if case .cancelled = self { true } else { false }
    }

    public var description: String {
        switch self {
        case .cancelled(let stage): "the evaluation was interrupted while it measured the \(stage)"
        case .needsMixture(let mode): "\"\(mode)\" needs a mixture over all joints in closed form, which this model has not"
        }
    }
}
