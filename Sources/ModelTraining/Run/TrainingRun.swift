import ConditionalModels
import Numerics

/// A training that is driven step by step: the state, the memory that it works in, and what there is to report.
///
/// ``Trainer`` runs one to its end; whoever wants to look at the model between steps holds one.
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
    // Since the run began, and since the last report.
    private let samplesBefore: Int
    private let secondsBefore: Double
    private let fractionBefore: Double
    private var averages = MeasureAverages()
    private var lastInfo: TrainingInfo?
    private var warning: String?

    /// Starts or goes on.
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
        samplesBefore = state.samples
        secondsBefore = state.seconds
        fractionBefore = state.overallProgress
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
    public mutating func step() throws {
        guard !state.isFinished else { return }
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
            if let failure = problem.densities?.takeFailure() { throw failure }
        } catch {
            state.seconds += (clock.now - start).seconds
            state.processorSeconds += ProcessorTime.now - worked
            throw error
        }
        if try state.reviseComponents(problem) { refit() }
        state.seconds += (clock.now - start).seconds
        state.processorSeconds += ProcessorTime.now - worked
        lastInfo = info
        averages.add(info.measures)
        if !info.succeeded { warning = Self.warning(info, state) }
        if state.isFinished, let step = state.settle() {
            warning = "step \(state.step): the parameters were not finite; went back to those of step \(step)"
        }
    }

    /// Makes the workspace anew, the old one being released first.
    private mutating func refit() {
        workspace = TrainingWorkspace(state.model, problem: problem, settings: state.settings)
    }

    private static func warning(_ info: TrainingInfo, _ state: TrainingState) -> String {
        let kept = info.restoredStep.map { "went back to the parameters of step \($0)" } ?? "parameters kept"
        let cause = info.loss.isFinite && info.gradientNorm.isFinite ? "the loss leapt or the target was undefined" : "the loss was not finite"
        return "step \(state.step): \(cause); \(kept), learning rate halved"
    }

    /// The last step alone, as a log takes it up; such a reading depends on no clock but for its times.
    public var reading: TrainingProgress { progress(lastInfo?.measures ?? TrainingMeasures()) }

    /// What happened since the last report.
    public mutating func report() -> TrainingProgress {
        defer {
            averages = MeasureAverages()
            warning = nil
        }
        let means = averages.means
        if warning == nil, let share = means.zeroShare, share > Self.noticedZeroShare, state.progress > 0.3 {
            warning = "step \(state.step): at \(Int((100 * share).rounded())) % of the samples the target's density is zero or not a number"
        }
        return progress(means)
    }

    /// The share of samples without density that is worth a warning, once annealing has ended.
    private static var noticedZeroShare: Double { 0.2 }

    private func progress(_ measures: TrainingMeasures) -> TrainingProgress {
        let spent = max(state.seconds - secondsBefore, 1e-9)
        return TrainingProgress(
            step: state.step, totalSteps: state.totalSteps, samples: state.samples, phase: state.phase, fraction: state.overallProgress,
            phaseFraction: state.progress, loss: state.smoothLoss ?? .nan, learningRate: lastInfo?.learningRate ?? 0,
            gradientNorm: lastInfo?.gradientNorm ?? .nan, samplesPerSecond: Double(state.samples - samplesBefore) / spent,
            elapsed: state.seconds, remaining: remaining(spent: spent), warning: warning, measures: measures)
    }

    /// The state with finite parameters, whatever happened.
    public mutating func settled() -> TrainingState {
        _ = state.settle()
        return state
    }

    private func remaining(spent: Double) -> Double {
        let done = state.overallProgress - fractionBefore
        return done > 0 ? max(0, 1 - state.overallProgress) * spent / done : 0
    }

    /// The most numbers that the activations of a batch may take: 4 GiB.
    private static let largestActivationCount = 1 << 30

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
