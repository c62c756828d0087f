import Numerics

/// A training that is driven step by step: the state, the memory that it works in, and what there is to report.
///
/// ``Trainer`` runs one to its end; hold one to inspect the model between steps.
public struct SteppedRun<State: SteppedTraining> {
    /// Gives the value of a knob before a step: told the phase, counted from 0, the knob's name, and the phase's progress.
    public typealias Supply = (_ phase: Int, _ name: String, _ progress: Double) throws -> Double

    /// The last whole step.
    public private(set) var state: State
    private let problem: TrainingProblem
    private let threads: Int
    private let supply: Supply?
    private var workspace: State.Workspace
    private let clock = ContinuousClock()
    private var reporter: TrainingReporter

    /// Starts or continues.
    ///
    /// - Parameter supply: needed where a knob is set from outside; called on the thread that steps, before every step.
    /// - Throws: ``TrainingError`` where a batch needs too much memory, values to be supplied are missing, or the problem lacks what an
    ///   objective needs.
    public init(_ state: State, problem: TrainingProblem, threads: Int = availableCores, supply: Supply? = nil) throws(TrainingError) {
        try state.check(problem)
        let missing = state.course.phases[state.course.phase...].flatMap(\.suppliedNames)
        if supply == nil, !missing.isEmpty { throw .functionsMissing(missing) }
        self.state = state
        self.problem = problem
        // A density that belongs to one thread is evaluated by this one.
        self.threads = problem.densities?.isConcurrent ?? true ? threads : 1
        self.supply = supply
        workspace = try state.makeWorkspace(problem)
        reporter = TrainingReporter(state.course)
    }

    /// Takes one step; does nothing once all budgets are spent. One that is cancelled leaves the state as it was, but for the time.
    ///
    /// - Returns: whether a step was taken.
    /// - Throws: ``TrainingError`` where steps keep failing; what made a density fail, and then the state is that before the step, but for the time.
    @discardableResult
    public mutating func step(cancellation: Cancellation = .never) throws -> Bool {
        guard !state.course.isFinished else { return false }
        guard problem.mayFail else { return try takeStep(cancellation) }
        let (problem, before, reported) = (problem, state, reporter)
        var isTaken = false
        guard let cause = problem.failure(of: { isTaken = try takeStep(cancellation) }) else { return isTaken }
        if !(cause is TrainingError) {
            let spent = state.course
            (state, reporter) = (before, reported)
            state.course.keepTimes(of: spent)
            try refit()
        }
        throw cause
    }

    private mutating func takeStep(_ cancellation: Cancellation) throws -> Bool {
        guard let info = try clockStep(cancellation) else { return false }
        reporter.note(info, state.course)
        if state.course.isFinished, let step = state.settle() { reporter.noteReturn(to: step, state.course) }
        return true
    }

    /// Takes a step; its time counts, even if it fails.
    private mutating func clockStep(_ cancellation: Cancellation) throws -> TrainingInfo? {
        let start = clock.now, worked = ProcessorTime.now
        defer {
            state.course.seconds += (clock.now - start) / .seconds(1)
            state.course.processorSeconds += ProcessorTime.now - worked
        }
        if state.enterNextPhase() { try refit() }
        state.settleTemperature(problem)
        if let supply {
            let phase = state.course.phase, progress = state.course.progress
            try state.course.settings.supply { try supply(phase, $0, progress) }
        }
        if !state.canUse(workspace) { try refit() }
        guard let info = try state.step(workspace, threads: threads, cancellation: cancellation) else { return nil }
        if try state.reviseComponents(problem) { try refit() }
        return info
    }

    private mutating func refit() throws(TrainingError) { workspace = try state.makeWorkspace(problem) }

    /// The last step alone, as a log takes it up; such a reading depends on no clock but for its times.
    public var reading: TrainingProgress { reporter.reading(state.course) }

    /// What happened since the last report.
    public mutating func report() -> TrainingProgress { reporter.report(state.course) }

    /// The state with finite parameters, whatever happened.
    public mutating func settled() -> State {
        _ = state.settle()
        return state
    }
}
