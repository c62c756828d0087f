import Numerics

/// Runs training steps until the budget is spent or cancellation is requested.
public struct Trainer: Sendable {
    public var threads = availableCores
    /// The shortest time between two reports, in seconds.
    public var reportInterval = 0.1

    public init() {}

    /// Trains, or continues training.
    ///
    /// - Parameters:
    ///   - state: changed step by step; after an interruption it holds the last whole step and can continue later.
    ///   - report: called on this thread after a step, at most every ``reportInterval``, and after the last step.
    /// - Returns: whether the budget was spent; false where `cancellation` was requested before.
    @discardableResult
    public func train(
        _ state: inout TrainingState, on problem: TrainingProblem, cancellation: Cancellation = .never,
        report: (TrainingProgress, TrainingState) throws -> Void = { _, _ in }
    ) throws -> Bool {
        try train(&state, on: problem, cancellation: cancellation, supply: nil, report: report)
    }

    /// The same with knobs that are set from outside before every step.
    ///
    /// - Parameter supply: gives their values.
    @discardableResult
    public func train(
        _ state: inout TrainingState, on problem: TrainingProblem, cancellation: Cancellation, supply: TrainingRun.Supply?,
        report: (TrainingProgress, TrainingState) throws -> Void
    ) throws -> Bool {
        var run = try TrainingRun(state, problem: problem, threads: threads, supply: supply)
        defer { state = run.settled() }
        let clock = ContinuousClock()
        var lastReport = clock.now
        while !run.state.isFinished {
            if cancellation.isRequested { return false }
            try run.step(cancellation: cancellation)
            let now = clock.now
            guard (now - lastReport) / .seconds(1) >= reportInterval || run.state.isFinished else { continue }
            lastReport = now
            try report(run.report(), run.state)
        }
        return true
    }
}
