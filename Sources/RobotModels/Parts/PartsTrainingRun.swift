import ModelTraining
import Numerics

/// The training of a model in parts, step by step.
public struct PartsTrainingRun {
    private var base: PartsTrainingState
    /// The stage at work; nil before its first step.
    private var run: TrainingRun?
    /// Where the course stood when the run began, and where the run's own stood then.
    private var start: TrainingCourse
    private var counted: TrainingCourse
    private let threads: Int
    private let supply: TrainingRun.Supply?
    private let clock = ContinuousClock()
    /// What was spent when this run began, for the time that is left.
    private let before: (seconds: Double, fraction: Double)
    private var last: TrainingProgress

    /// Starts or continues.
    ///
    /// - Parameter supply: needed where a knob is set from outside, and told the progress of the stage.
    public init(_ state: PartsTrainingState, threads: Int = availableCores, supply: TrainingRun.Supply? = nil) {
        base = state
        (start, counted) = (state.course, state.course)
        self.threads = threads
        self.supply = supply
        before = (state.course.seconds, state.course.overallProgress)
        last = TrainingProgress(state.course)
        last.phase = state.stage
    }

    /// The last whole step.
    public var state: PartsTrainingState {
        var state = base
        if let run { state.advance(run.state, from: start, counted: counted) }
        return state
    }

    /// Takes one step, the first of a stage with all that it is to learn from; does nothing once the budget is spent, or where
    /// it is cancelled while that is drawn.
    ///
    /// - Returns: whether a step was taken.
    @discardableResult
    public mutating func step(cancellation: Cancellation = .never) throws -> Bool {
        guard !state.course.isFinished else { return false }
        if let ended = run, ended.state.isFinished {
            base = settled()
            run = nil
            guard base.endStage() else { return false }
        }
        if run == nil, try !beginStage(cancellation) { return false }
        guard try run?.step(cancellation: cancellation) == true else { return false }
        if let run { last = adjusted(run.reading) }
        return true
    }

    /// - Returns: false where the drawing of samples was interrupted.
    private mutating func beginStage(_ cancellation: Cancellation) throws -> Bool {
        let isNew = base.inner == nil, clocked = clock.now, worked = ProcessorTime.now
        guard let problem = try base.problem(threads: threads, cancellation: cancellation) else { return false }
        // Samples that are drawn again after an interruption were counted before.
        if isNew { base.spend(seconds: (clock.now - clocked) / .seconds(1), processorSeconds: ProcessorTime.now - worked) }
        try base.beginStage()
        guard let inner = base.inner else { return false }
        (start, counted) = (base.course, inner.course)
        run = try TrainingRun(inner, problem: problem, threads: threads, supply: supply)
        return true
    }

    /// The last step alone, as a log takes it up; phases are stages.
    public var reading: TrainingProgress { last }

    /// What happened since the last report.
    public mutating func report() -> TrainingProgress {
        guard let progress = run?.report() else { return last }
        return adjusted(progress)
    }

    /// A stage's progress as one of the whole training.
    private func adjusted(_ progress: TrainingProgress) -> TrainingProgress {
        let state = state, course = state.course
        var result = progress
        result.step = course.step
        result.stepOfTotal = course.stepOfTotal
        result.totalSteps = course.totalSteps
        result.samples = course.samples
        result.phase = state.stage
        result.fraction = course.overallProgress
        result.elapsed = course.seconds
        let done = course.overallProgress - before.fraction
        result.remaining = done > 0 ? max(0, 1 - course.overallProgress) * (course.seconds - before.seconds) / done : 0
        return result
    }

    /// The state with finite parameters, whatever happened.
    public mutating func settled() -> PartsTrainingState {
        guard var ended = run else { return base }
        let inner = ended.settled()
        run = ended
        var state = base
        state.advance(inner, from: start, counted: counted)
        return state
    }
}
