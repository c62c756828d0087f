/// The reports of a running training.
public struct TrainingProgress: Sendable {
    /// Steps taken, those of trainings before included.
    public var step: Int
    /// Steps taken of those that the phases ask for, and these; nil for budgets of time.
    public var stepOfTotal: Int
    public var totalSteps: Int?
    /// Training pairs seen.
    public var samples: Int
    /// The phase at work, counted from 0.
    public var phase: Int
    /// The share of all budgets that is spent, from 0 to 1, and of this phase's.
    public var fraction: Double
    public var phaseFraction: Double
    /// The loss, averaged over about the last hundred steps.
    public var loss: Double
    public var learningRate: Double
    /// The norm of the last step's gradient before clipping.
    public var gradientNorm: Double
    /// Training pairs a second of the time spent in steps, since the training started or went on.
    public var samplesPerSecond: Double
    /// Time spent and the time that is left at this speed, in seconds.
    public var elapsed: Double
    public var remaining: Double
    /// What went wrong since the last report, if anything did.
    public var warning: String?
    /// What the steps since the last report measured, on average.
    public var measures = TrainingMeasures()
}

extension TrainingProgress {
    /// That of a training before its next step.
    package init(_ course: TrainingCourse) {
        self.init(
            step: course.step, stepOfTotal: course.stepOfTotal, totalSteps: course.totalSteps, samples: course.samples, phase: course.phase,
            fraction: course.overallProgress, phaseFraction: course.progress, loss: course.smoothLoss ?? .nan, learningRate: 0, gradientNorm: .nan, samplesPerSecond: 0,
            elapsed: course.seconds, remaining: 0)
    }
}
