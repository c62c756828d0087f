import Kinematics
import Numerics

/// What a model is worth: the figures of one evaluation, each with its standard error over poses.
public struct Evaluation: Sendable, Codable {
    /// What one way of drawing configurations gives.
    public struct Mode: Sendable, Codable {
        public var name: String
        /// The distance from the pose in m, and the angle in rad.
        public var position: ErrorSummary
        public var rotation: ErrorSummary
        /// The share of samples within the joint limits, nothing clipped.
        public var inside: Estimate
        /// The share of samples that count as answers: near enough to the pose, and within the limits.
        public var answers: Estimate
        /// The discrepancy from the exact reference and from the multi-start reference.
        public var discrepancy: Estimate
        public var multistartDiscrepancy: Estimate
        /// The share of exact reference solutions with an answer within each radius.
        public var coverage: [Estimate]
        /// In nats and joint units; nil where the samples have no density in closed form.
        public var entropy: Estimate?
        public var evidenceBound: Estimate?
        /// Seconds a pose for each of ``Evaluation/timedCounts`` solutions, the mean and the median over poses; empty where no times were
        /// taken. Other work on the machine shows in the mean.
        public var seconds: [Estimate]
        public var medianSeconds: [Double]
    }

    /// References against themselves and each other: the best that any figure can be.
    public struct Floors: Sendable, Codable {
        public var exact: Estimate
        public var multistart: Estimate
        public var exactMultistart: Estimate
        /// Coverage of exact draws by others, and by multi-start draws.
        public var coverage: [Estimate]
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
        /// m and rad.
        public var positionTolerance: Double
        public var rotationTolerance: Double
        public var solved: Int
        public var poses: Int
        /// Seconds a pose, median and 95th percentile, on one thread.
        public var medianSeconds: Double
        public var percentile95Seconds: Double
    }

    public var robot: String
    public var degreesOfFreedom: Int
    /// The dimension of a pose's solution set.
    public var redundancy: Int
    public var parameters: Int
    public var trainingSeconds: Double
    public var trainingSteps: Int
    public var poses: Int
    public var samples: Int
    public var referencePoses: Int
    public var discrepancyDraws: Int
    public var coverageDraws: Int
    public var coverageRadii: [Double]
    public var timedCounts: [Int]
    public var timedPoses: Int
    /// The standard deviations of the evidence bound's target: m, rad, and rad or m.
    public var densityPosition: Double
    public var densityRotation: Double
    public var densityLimit: Double
    public var seed: UInt64
    public var machine: String
    /// How long the evaluation took, s.
    public var elapsed: Double
    public var modes: [Mode]
    public var floors: Floors
    public var components: Components
    public var solving: [Solving]
}
