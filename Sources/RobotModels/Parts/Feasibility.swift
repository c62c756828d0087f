import ConditionalModels
import Kinematics
import Mixtures
import ModelTraining
import Networks
import Numerics

/// The feasibility of the first joints of a model in parts: a network that predicts how far from the pose the rest's samples
/// will end.
///
/// The first joints are drawn without regard to what the others can do, and a mixture spreads a little beyond the joints from which the
/// pose can be reached at all. This network has the input of the rest, and predicts the distribution of the error,
/// a mixture over its logarithm; first joints from which a sample is not likely enough to end within the tolerance are drawn anew. Nothing is
/// moved, and no kinematics of the answer is evaluated.
///
/// The error of a sample is √(d² + (ℓ·θ)²), with d its distance from the pose in m, θ the angle between the orientations, and ℓ = 0.2 m the
/// lever at which an angle counts as a distance; one outside the joint limits counts as the greatest error.
public struct Feasibility: Sendable, Equatable {
    /// The mixture over log₁₀ of the error in m, scaled from `exponents` to [−1, 1].
    package internal(set) var errors: ConditionalMixture
    /// The error up to which first joints count as feasible, in m.
    public var tolerance: Double
    /// How likely a sample must be to end within the tolerance.
    public var confidence: Double

    /// The smallest and the largest error that are distinguished, as powers of ten.
    static let exponents = -6.0...0
    static let lever = 0.2
    public static let tolerances = 1e-5...0.9
    public static let confidences = 0.01...0.999
    public static let usualConfidence = 0.5
    /// The usual widths of the network's hidden layers.
    public static let usualWidths = [192, 192, 192]

    /// An untrained network for a model's rest.
    ///
    /// - Throws: ``ModelError`` where a width is out of range.
    public init(
        of rest: ConditionalMixture, tolerance: Double, confidence: Double = Feasibility.usualConfidence, hidden: [Int], seed: UInt64
    ) throws(ModelError) {
        let identity = RobotIdentity(
            name: rest.robot.name, base: rest.robot.base, tip: rest.robot.tip, joints: ["error"], lower: [Self.exponents.lowerBound],
            upper: [Self.exponents.upperBound], fingerprint: rest.robot.fingerprint)
        let configuration = ModelConfiguration(
            components: 4, hidden: hidden, leastDeviation: 0.02, seed: seed)
        self.init(errors: try ConditionalMixture(identity: identity, encoding: rest.encoding, configuration: configuration), tolerance: tolerance, confidence: confidence)
    }

    package init(errors: ConditionalMixture, tolerance: Double, confidence: Double) {
        self.errors = errors
        self.tolerance = tolerance
        self.confidence = confidence
    }

    /// The coordinate of an error in m.
    static func coordinate(_ error: Double) -> Double {
        let exponent = error > 0 ? Elementary.log(error) / Elementary.log(10) : exponents.lowerBound
        let kept = min(max(exponent, exponents.lowerBound), exponents.upperBound)
        return 2 * (kept - exponents.lowerBound) / (exponents.upperBound - exponents.lowerBound) - 1
    }

    static func error(of found: Pose, from wanted: Pose, followsRotation: Bool) -> Double {
        let (distance, angle) = found.error(to: wanted)
        return followsRotation ? (distance * distance + lever * lever * angle * angle).squareRoot() : distance
    }

    public var history: TrainingHistory { errors.history }
    public var parameterCount: Int { errors.parameterCount }
}

extension Feasibility {
    /// The probabilities that samples of the rest end within the tolerance, for contexts that a workspace's network was evaluated at.
    ///
    /// - Parameter column: the first of sixteen contexts.
    func chances(_ batch: BatchWorkspace, _ column: Int, _ parameters: UnsafePointer<Float>) -> Lanes {
        let biases = parameters + batch.network.layers.last!.biases, count = errors.components
        let threshold = Lanes(repeating: Float(Self.coordinate(tolerance)))
        func output(_ row: Int) -> Lanes { Lanes(loading: batch.output + row * batch.stride + column) + Lanes(repeating: biases[row]) }
        var largest = output(0)
        for component in 1..<count { largest = largest.atLeast(output(component)) }
        var total = Lanes.zero, below = Lanes.zero
        for component in 0..<count {
            let weight = (output(component) - largest).exponential, row = errors.firstRow(ofComponent: component)
            var raw = output(row + 1), factor = Lanes.zero
            errors.projection.project(&raw, into: &factor)
            let z = (threshold - output(row)) * factor
            // The normal distribution function to 1.4e-4 (Bowling et al., 2009).
            below = below.fma(weight, (z * Lanes(repeating: 1.5976).fma(z * z, Lanes(repeating: 0.07056))).logistic)
            total += weight
        }
        return below / total
    }
}

/// The training of a ``Feasibility``.
public struct FeasibilityTraining {
    private var state: TrainingState
    private let start: Feasibility

    /// - Throws: ``TrainingError`` where a setting is out of range.
    public init(_ feasibility: Feasibility, settings: TrainingSettings) throws(TrainingError) {
        start = feasibility
        state = try TrainingState(feasibility.errors, settings: settings)
    }

    /// What the training has reached; nil before its first step.
    public var learned: Feasibility? { state.step > 0 ? Feasibility(errors: state.trainedModel, tolerance: start.tolerance, confidence: start.confidence) : nil }

    /// Trains on pairs that a model's samples made.
    ///
    /// - Returns: whether the budget was spent; false where `cancellation` was requested before.
    public mutating func run(_ source: StoredPairs, threads: Int = availableCores, cancellation: Cancellation = .never, report: (TrainingProgress) -> Void = { _ in }) throws -> Bool {
        var trainer = Trainer()
        trainer.threads = threads
        return try trainer.train(&state, on: TrainingProblem(source: source), cancellation: cancellation) { progress, _ in report(progress) }
    }
}
