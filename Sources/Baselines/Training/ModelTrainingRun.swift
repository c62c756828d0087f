import ModelTraining
import Numerics

/// A training of a ``TrainableModel`` that is driven step by step: the state, the memory that it works in, and what there is to report.
public struct ModelTrainingRun {
    /// The last whole step.
    public private(set) var state: ModelTrainingState
    private let problem: TrainingProblem
    private let threads: Int
    private let supply: TrainingRun.Supply?
    private var memory: StepMemory
    private let clock = ContinuousClock()
    private var reporter: TrainingReporter

    /// Starts or continues.
    ///
    /// - Parameter supply: needed where a knob is set from outside; called on the thread that steps, before every step.
    /// - Throws: ``TrainingError`` where a batch needs too much memory, values to be supplied are missing, or the problem lacks what the model
    ///   learns from.
    public init(
        _ state: ModelTrainingState, problem: TrainingProblem, threads: Int = availableCores, supply: TrainingRun.Supply? = nil
    ) throws(TrainingError) {
        let missing = state.course.phases[state.course.phase...].flatMap(\.suppliedNames)
        if supply == nil, !missing.isEmpty { throw TrainingError.functionsMissing(missing) }
        self.state = state
        self.problem = problem
        // A density that belongs to one thread is evaluated by this one.
        self.threads = problem.densities?.isConcurrent ?? true ? threads : 1
        self.supply = supply
        reporter = TrainingReporter(state.course)
        // What a later phase needs is told before the first begins.
        for settings in state.course.phases.dropFirst(state.course.phase + 1) { _ = try state.model.makeWorkspace(settings, at: 0, on: problem) }
        memory = try Self.memory(state, problem)
    }

    private static func memory(_ state: ModelTrainingState, _ problem: TrainingProblem) throws(TrainingError) -> StepMemory {
        StepMemory(
            try state.model.makeWorkspace(state.course.settings, at: state.course.progress, on: problem), optimizer: state.course.settings.optimizer)
    }

    /// Takes one step; does nothing once all budgets are spent.
    ///
    /// - Throws: ``TrainingError`` where steps keep failing; what made a density fail, and then the state is that before the step, but for the time.
    public mutating func step() throws {
        guard !state.course.isFinished else { return }
        guard problem.mayFail else { return try takeStep() }
        let (problem, before, reported) = (problem, state, reporter)
        guard let cause = problem.failure(of: { try takeStep() }) else { return }
        if !(cause is TrainingError) {
            let spent = state.course
            (state, reporter) = (before, reported)
            state.course.keepTimes(of: spent)
            memory = try Self.memory(state, problem)
        }
        throw cause
    }

    private mutating func takeStep() throws {
        let start = clock.now
        let worked = ProcessorTime.now
        defer {
            state.course.seconds += (clock.now - start) / .seconds(1)
            state.course.processorSeconds += ProcessorTime.now - worked
        }
        if state.enterNextPhase() { memory = try Self.memory(state, problem) }
        if state.course.stepInPhase == 0 { state.course.settings.settleTemperature(problem, phase: state.course.phase) }
        if let supply {
            let phase = state.course.phase, progress = state.course.progress
            try state.course.settings.supply { try supply(phase, $0, progress) }
        }
        if !memory.workspace.serves(state.course.settings, at: state.course.progress) { memory = try Self.memory(state, problem) }
        let info = try state.step(memory, threads: threads)
        reporter.note(info, state.course)
    }

    /// The last step alone, as a log takes it up.
    public var reading: TrainingProgress { reporter.reading(state.course) }

    /// What happened since the last report.
    public mutating func report() -> TrainingProgress {
        if state.course.isFinished, let step = state.settle() { reporter.noteReturn(to: step, state.course) }
        return reporter.report(state.course)
    }

    /// The state with finite parameters, whatever happened.
    public mutating func settled() -> ModelTrainingState {
        _ = state.settle()
        return state
    }
}
