import ConditionalModels
import Numerics

/// A training that is driven step by step: the state, the memory that it works in, and what there is to report.
///
/// ``Trainer`` runs one to its end; hold one to inspect the model between steps.
public struct TrainingRun {
    /// Gives the value of a knob before a step: told the phase, counted from 0, the knob's name, and the phase's progress.
    public typealias Supply = (_ phase: Int, _ name: String, _ progress: Double) throws -> Double

    /// The last whole step.
    public private(set) var state: TrainingState
    private let problem: TrainingProblem
    private let threads: Int
    private let supply: Supply?
    private var workspace: TrainingWorkspace
    private let clock = ContinuousClock()
    private var reporter: TrainingReporter

    /// Starts or continues.
    ///
    /// - Parameter supply: needed where a knob is set from outside; called on the thread that steps, before every step.
    /// - Throws: ``TrainingError`` where a batch needs too much memory, values to be supplied are missing, or the problem lacks what an
    ///   objective needs.
    public init(_ state: TrainingState, problem: TrainingProblem, threads: Int = availableCores, supply: Supply? = nil) throws {
        for settings in state.phases {
            try Self.checkMemory(settings, state.model)
            try Self.check(settings, problem)
        }
        let missing = state.phases[state.phase...].flatMap(\.suppliedNames)
        if supply == nil, !missing.isEmpty { throw TrainingError.functionsMissing(missing) }
        self.state = state
        self.problem = problem
        // A density that belongs to one thread is evaluated by this one.
        self.threads = problem.densities?.isConcurrent ?? true ? threads : 1
        self.supply = supply
        workspace = TrainingWorkspace(state.model, problem: problem, settings: state.settings)
        reporter = TrainingReporter(state.course)
    }

    private static func check(_ settings: TrainingSettings, _ problem: TrainingProblem) throws(TrainingError) {
        if problem.densities == nil, !settings.variational.isIdle {
            throw .invalidSettings(
                "this model is trained by maximum likelihood: no density of all its variables is known; leave forward_share at 1")
        }
        if !problem.source.hasPoints, settings.variational.forwardShare != .constant(0) {
            throw .invalidSettings("there are no samples for maximum likelihood, only a density; leave forward_share at 0")
        }
    }

    /// Takes one step; does nothing once all budgets are spent.
    ///
    /// - Throws: ``TrainingError`` where steps keep failing; what made a density fail, and then the state is that before the step, but for the time.
    public mutating func step() throws {
        guard !state.isFinished else { return }
        guard problem.mayFail else { return try takeStep() }
        let (problem, before, reported) = (problem, state, reporter)
        guard let cause = problem.failure(of: { try takeStep() }) else { return }
        if !(cause is TrainingError) {
            let spent = state.course
            (state, reporter) = (before, reported)
            state.course.keepTimes(of: spent)
            refit()
        }
        throw cause
    }

    private mutating func takeStep() throws {
        let start = clock.now, worked = ProcessorTime.now
        if state.enterNextPhase() { refit() }
        state.settleTemperature(problem)
        if let supply {
            let phase = state.phase, progress = state.progress
            try state.settings.supply { try supply(phase, $0, progress) }
        }
        if !workspace.serves(state) { refit() }
        let info: TrainingInfo
        do {
            info = try state.step(workspace, threads: threads)
        } catch {
            state.seconds += (clock.now - start) / .seconds(1)
            state.course.processorSeconds += ProcessorTime.now - worked
            throw error
        }
        if try state.reviseComponents(problem) { refit() }
        state.seconds += (clock.now - start) / .seconds(1)
        state.course.processorSeconds += ProcessorTime.now - worked
        reporter.note(info, state.course)
        if state.isFinished, let step = state.settle() { reporter.noteReturn(to: step, state.course) }
    }

    /// Makes the workspace anew, the old one being released first.
    private mutating func refit() {
        workspace = TrainingWorkspace(state.model, problem: problem, settings: state.settings)
    }

    /// The last step alone, as a log takes it up; such a reading depends on no clock but for its times.
    public var reading: TrainingProgress { reporter.reading(state.course) }

    /// What happened since the last report.
    public mutating func report() -> TrainingProgress { reporter.report(state.course) }

    /// The state with finite parameters, whatever happened.
    public mutating func settled() -> TrainingState {
        _ = state.settle()
        return state
    }

    /// The most numbers that the activations of a batch may take: 4 GiB.
    package static let largestActivationCount = 1 << 30

    private static func checkMemory(_ settings: TrainingSettings, _ model: ConditionalMixture) throws(TrainingError) {
        let network = model.network
        let rows = network.inputs + network.outputs + 2 * network.hidden.reduce(0, +) + 2 * (network.hidden.max() ?? 0)
            + (network.front?.activationRows ?? 0)
        let largest = largestActivationCount / rows / laneCount * laneCount
        guard settings.batch <= largest else {
            throw .invalidSettings("a batch of \(settings.batch) needs too much memory for this network; at most \(largest) fit")
        }
    }
}
