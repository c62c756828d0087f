/// Makes reports of a training's steps.
package struct TrainingReporter {
    // Since the run began, and since the last report.
    private let samplesBefore: Int
    private let secondsBefore: Double
    private let fractionBefore: Double
    private var averages = MeasureAverages()
    private var lastInfo: TrainingInfo?
    private var warning: String?

    /// Begins at the state of a training.
    package init(_ course: TrainingCourse) {
        samplesBefore = course.samples
        secondsBefore = course.seconds
        fractionBefore = course.overallProgress
    }

    /// Takes in a step.
    package mutating func note(_ info: TrainingInfo, _ course: TrainingCourse) {
        lastInfo = info
        averages.add(info.measures)
        guard !info.succeeded else { return }
        let kept = info.restoredStep.map { "went back to the parameters of step \($0)" } ?? "parameters kept"
        let cause = info.loss.isFinite && info.gradientNorm.isFinite ? "the loss leapt or the target was undefined" : "the loss was not finite"
        warning = "step \(course.step): \(cause); \(kept), learning rate halved"
    }

    /// Takes in that a training ended with parameters that were not finite.
    package mutating func noteReturn(to step: Int, _ course: TrainingCourse) {
        warning = "step \(course.step): the parameters were not finite; went back to those of step \(step)"
    }

    /// The last step alone, as a log takes it up.
    package func reading(_ course: TrainingCourse) -> TrainingProgress { progress(course, lastInfo?.measures ?? TrainingMeasures()) }

    /// What happened since the last report.
    package mutating func report(_ course: TrainingCourse) -> TrainingProgress {
        defer {
            averages = MeasureAverages()
            warning = nil
        }
        let means = averages.means
        if warning == nil, let share = means.zeroShare, share > Self.noticedZeroShare, course.progress > 0.3 {
            warning = "step \(course.step): at \(Int((100 * share).rounded())) % of the samples the target's density is zero or not a number"
        }
        return progress(course, means)
    }

    /// The share of samples without density that is worth a warning, once annealing has ended.
    private static var noticedZeroShare: Double { 0.2 }

    private func progress(_ course: TrainingCourse, _ measures: TrainingMeasures) -> TrainingProgress {
        let spent = max(course.seconds - secondsBefore, 1e-9)
        return TrainingProgress(
            step: course.step, stepOfTotal: course.stepOfTotal, totalSteps: course.totalSteps, samples: course.samples, phase: course.phase,
            fraction: course.overallProgress, phaseFraction: course.progress, loss: course.smoothLoss ?? .nan, learningRate: lastInfo?.learningRate ?? 0,
            gradientNorm: lastInfo?.gradientNorm ?? .nan, samplesPerSecond: Double(course.samples - samplesBefore) / spent,
            elapsed: course.seconds, remaining: remaining(course, spent: spent), warning: warning, measures: measures)
    }

    private func remaining(_ course: TrainingCourse, spent: Double) -> Double {
        let done = course.overallProgress - fractionBefore
        return done > 0 ? max(0, 1 - course.overallProgress) * spent / done : 0
    }
}
