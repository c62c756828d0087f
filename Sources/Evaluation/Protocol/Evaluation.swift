import Kinematics
import Numerics

/// What a model is worth: the figures of one evaluation, each with its standard error over poses.
public struct Evaluation: Sendable, Codable {
    /// What one way of drawing configurations gives.
    public struct Mode: Sendable, Codable {
        /// The mode's name (``SamplingMode/name``).
        public var name: String
        /// The distance from the pose, m.
        public var position: ErrorSummary
        /// The angle from the pose, rad.
        public var rotation: ErrorSummary
        /// The share of samples within the joint limits, nothing clipped.
        public var inside: Estimate
        /// The share of samples that count as answers: near enough to the pose, and within the limits.
        public var answers: Estimate
        /// The discrepancy from the exact reference.
        public var discrepancy: Estimate
        /// The discrepancy from the multi-start reference.
        public var multistartDiscrepancy: Estimate
        /// The share of exact reference solutions with an answer within each radius.
        public var coverage: [Estimate]
        /// The entropy in nats, of a density over the joints' units; nil where the samples have no density in closed form.
        public var entropy: Estimate?
        /// The evidence lower bound in nats against the density around the pose; nil where ``entropy`` is.
        public var evidenceBound: Estimate?
        /// Seconds a pose for each of ``Evaluation/timedCounts`` solutions, the mean over poses; empty where no times were taken. Other work
        /// on the machine shows in it.
        public var seconds: [Estimate]
        /// The same, the median over poses.
        public var medianSeconds: [Double]
    }

    /// References against themselves and each other: the best that any figure can be.
    public struct Floors: Sendable, Codable {
        /// The discrepancy between two sets of exact draws.
        public var exact: Estimate
        /// The discrepancy between two sets of multi-start draws.
        public var multistart: Estimate
        /// The discrepancy of multi-start draws from exact ones.
        public var exactMultistart: Estimate
        /// The share of exact draws with another exact draw within each radius.
        public var coverage: [Estimate]
        /// The share of exact draws with a multi-start draw within each radius.
        public var multistartCoverage: [Estimate]
    }

    /// How components share the work.
    public struct Components: Sendable, Codable {
        /// K.
        public var count: Int
        /// exp(H(q(o|c))), the mean over poses.
        public var inUse: Estimate
        /// exp(H) of the mean weights over poses.
        public var inUseOverall: Double
    }

    /// Exact solving: one solution a pose.
    public struct Solving: Sendable, Codable {
        /// m.
        public var positionTolerance: Double
        /// rad.
        public var rotationTolerance: Double
        /// The poses with a solution.
        public var solved: Int
        /// The poses tried.
        public var poses: Int
        /// Seconds a pose on one thread, the median.
        public var medianSeconds: Double
        /// Seconds a pose on one thread, the 95th percentile.
        public var percentile95Seconds: Double
    }

    /// The robot's name.
    public var robot: String
    /// The number of the robot's joints.
    public var degreesOfFreedom: Int
    /// The dimension of a pose's solution set.
    public var redundancy: Int
    /// The number of the model's weights and biases.
    public var parameters: Int
    /// How long the model was trained, s.
    public var trainingSeconds: Double
    public var trainingSteps: Int
    /// Poses, and samples per pose, for the accuracy.
    public var poses: Int
    public var samples: Int
    /// Poses with reference solutions, and draws per pose for the discrepancy and for the coverage.
    public var referencePoses: Int
    public var discrepancyDraws: Int
    public var coverageDraws: Int
    /// Distances between configurations, rad and m.
    public var coverageRadii: [Double]
    /// How many solutions times were taken for, and at how many poses.
    public var timedCounts: [Int]
    public var timedPoses: Int
    /// The standard deviations of the evidence bound's target: of positions in m, of rotations in rad, at joint limits in rad or m.
    public var densityPosition: Double
    public var densityRotation: Double
    public var densityLimit: Double
    public var seed: UInt64
    /// The machine that it ran on (`Machine.description`).
    public var machine: String
    /// How long the evaluation took, s.
    public var elapsed: Double
    /// One per way of drawing configurations.
    public var modes: [Mode]
    public var floors: Floors
    public var components: Components
    /// One per pair of tolerances.
    public var solving: [Solving]
}
