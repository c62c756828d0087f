import Numerics

/// The state of a training between two steps, whatever its model; ``SteppedRun`` drives it.
///
/// A state is a value: a copy continues independently. The pairs of a step depend on the seed and the step's number only, so that a
/// state that was stored and restored continues with the same bits as one that was not.
public protocol SteppedTraining: Sendable {
    /// The memory that steps work in.
    associatedtype Workspace

    /// Where the training stands: its phases, and what was spent of their budgets.
    var course: TrainingCourse { get set }
    /// What is optimised, and what the optimiser remembers of it.
    var optimizer: OptimizerState { get set }
    /// The model's parameters before the training.
    var startParameters: AlignedFloats { get }

    /// Throws where a phase cannot be trained on a problem.
    func check(_ problem: TrainingProblem) throws(TrainingError)
    /// Makes the memory for the phase at work.
    func makeWorkspace(_ problem: TrainingProblem) throws(TrainingError) -> Workspace
    /// Whether the next step can work in memory that was made for an earlier one.
    func canUse(_ workspace: Workspace) -> Bool
    /// Settles the temperature of a phase that begins, where its settings leave it to the density.
    mutating func settleTemperature(_ problem: TrainingProblem)
    /// Takes one step of stochastic gradient descent; the bits of the result do not depend on the number of threads.
    ///
    /// A step whose loss or gradient is not finite changes no parameter; it halves the learning rate, and the next step draws other
    /// pairs. After four such steps in a row the parameters of the last good state are restored.
    ///
    /// - Returns: nil where it was cancelled; then nothing has changed but the memory.
    /// - Throws: ``TrainingError/diverged(step:)`` or ``TrainingError/targetUndefined(step:)`` after twenty failures in a row.
    mutating func step(_ workspace: Workspace, threads: Int, cancellation: Cancellation) throws(TrainingError) -> TrainingInfo?
    /// Changes the model between two steps; returns whether it did, and workspaces must be made anew.
    mutating func reviseComponents(_ problem: TrainingProblem) throws(TrainingError) -> Bool
    /// Forgets what the objective remembers of its steps, or takes in that the parameters went back.
    mutating func resetObjective(forgets: Bool)
}

extension SteppedTraining {
    public mutating func settleTemperature(_ problem: TrainingProblem) {
        if course.stepInPhase == 0 { course.settings.settleTemperature(problem, phase: course.phase) }
    }

    public func reviseComponents(_ problem: TrainingProblem) throws(TrainingError) -> Bool { false }

    public func resetObjective(forgets: Bool) {}

    /// The same state with other phases from here on; budgets count from here.
    public func continuing(with phases: [TrainingSettings]) throws(TrainingError) -> Self {
        var result = self
        result.course = try course.continuing(with: phases)
        result.optimizer.forgetLastGood()
        result.beginPhase(after: course.settings)
        return result
    }

    /// The same with a single phase.
    public func continuing(with settings: TrainingSettings) throws(TrainingError) -> Self { try continuing(with: [settings]) }

    /// Continues with the next phase if the budget of this one is spent; returns whether one began.
    mutating func enterNextPhase() -> Bool {
        let settings = course.settings
        guard course.enterNextPhase() else { return false }
        beginPhase(after: settings)
        return true
    }

    private mutating func beginPhase(after settings: TrainingSettings) {
        if course.settings.optimizer != settings.optimizer { optimizer.forgetMoments() }
        resetObjective(forgets: true)
    }

    /// Ends a step whose batch was taken forward to its loss and back: moves the parameters, or takes in that the step failed; nil where it was cancelled
    /// before that.
    package mutating func descend(
        along gradient: GradientWorkspace, loss: Double, isPlausible: Bool, isTargetDefined: Bool, threads: Int, cancellation: Cancellation
    ) throws(TrainingError) -> TrainingInfo? {
        guard let norm = gradient.sum(threads: threads, cancellation: cancellation) else { return nil }
        let settings = course.settings, progress = course.progress
        let rate = course.rateFactor * course.stepFactor * settings.rate(step: course.stepInPhase, progress: progress)
        var info = TrainingInfo(loss: loss, learningRate: rate, gradientNorm: norm, succeeded: isPlausible && norm.isFinite && isTargetDefined)
        if info.succeeded {
            optimizer.renewLastGood(step: course.step)
            optimizer.update(
                along: gradient, rate: rate, scale: min(1, settings.gradientClip.value(at: progress) / max(norm, 1e-30)),
                averageDecay: settings.averageDecay.value(at: progress), step: course.step, threads: threads)
            course.noteSuccess(loss: loss)
        } else {
            let consequence = course.noteFailure()
            if consequence.goesBack { info.restoredStep = returnToLastGood() }
            if consequence.givesUp {
                _ = settle()
                throw isTargetDefined ? .diverged(step: course.step) : .targetUndefined(step: course.step)
            }
        }
        course.advance()
        return info
    }

    /// Goes back to the last good state; returns the step that it is of, or nil where nothing had to change.
    private mutating func returnToLastGood() -> Int? {
        if let step = optimizer.returnToLastGood() {
            resetObjective(forgets: false)
            return step
        }
        guard !optimizer.isSound else { return nil }
        // Nothing good is known but the start.
        optimizer = OptimizerState(startParameters)
        resetObjective(forgets: true)
        return course.phaseStartStep
    }

    /// Makes sure that the parameters are finite, at the end of a training; returns the step gone back to, if that was needed.
    mutating func settle() -> Int? { optimizer.isSound ? nil : returnToLastGood() }
}
