import Kinematics
import Numerics

/// What a training tells while it runs.
public struct TrainingProgress: Sendable {
    public var step: Int
    /// Steps in all, where the budget tells; nil where time does.
    public var totalSteps: Int?
    /// The share of the budget that is spent, from 0 to 1.
    public var fraction: Double
    /// The loss, averaged over about the last hundred steps.
    public var loss: Double
    public var learningRate: Double
    public var gradientNorm: Double
    /// Training pairs a second, since the training started or went on.
    public var samplesPerSecond: Double
    /// Time spent and the time that is left at this speed, in seconds.
    public var elapsed: Double
    public var remaining: Double
    /// What went wrong since the last report, if anything did.
    public var warning: String?
    /// What the last step measured.
    public var measures = TrainingMeasures()
}

/// Runs training steps until the budget is spent or someone asks to stop.
public struct Trainer: Sendable {
    public var threads = availableCores
    /// The shortest time between two reports, in seconds.
    public var reportInterval = 0.1

    public init() {}

    /// Trains, or goes on training.
    ///
    /// - Parameters:
    ///   - state: changed step by step; after an interruption it holds the last whole step and can go on later.
    ///   - chain: the robot that the state's model was made for.
    ///   - report: called on this thread after a step, at most every ``reportInterval``, and after the last step.
    /// - Returns: whether the budget was spent; false where `cancellation` was requested before.
    @discardableResult
    public func train(
        _ state: inout TrainingState, chain: Chain, cancellation: Cancellation = .never,
        report: (TrainingProgress, TrainingState) throws -> Void = { _, _ in }
    ) throws -> Bool {
        try state.model.check(chain)
        let source = KinematicPairSource(chain: chain, encoding: state.model.encoding)
        let targets = PoseTargets(chain: chain, encoding: state.model.encoding)
        return try train(&state, source: source, targets: targets, cancellation: cancellation, report: report)
    }

    /// The same with pairs from elsewhere.
    @discardableResult
    public func train(
        _ state: inout TrainingState, source: some PairSource, targets: (any TargetFamily)? = nil, cancellation: Cancellation = .never,
        report: (TrainingProgress, TrainingState) throws -> Void = { _, _ in }
    ) throws -> Bool {
        try Self.checkMemory(state)
        var workspace = TrainingWorkspace(state.model, source: source, targets: targets, settings: state.settings)
        let clock = ContinuousClock()
        let start = clock.now
        let secondsBefore = state.seconds, stepsBefore = state.step
        var lastReport = start
        var warning: String?
        while !state.isFinished {
            if cancellation.isRequested { return false }
            let info = try state.step(workspace, threads: threads)
            if try state.reviseComponents() {
                workspace = TrainingWorkspace(state.model, source: source, targets: targets, settings: state.settings)
            }
            let now = clock.now
            state.seconds = secondsBefore + (now - start).seconds
            if !info.succeeded {
                warning = "step \(state.step): the loss was not finite; parameters kept, learning rate halved"
            }
            guard (now - lastReport).seconds >= reportInterval || state.isFinished else { continue }
            lastReport = now
            let spent = max(state.seconds - secondsBefore, 1e-9)
            try report(TrainingProgress(
                step: state.step, totalSteps: state.settings.totalSteps, fraction: state.progress,
                loss: state.smoothLoss ?? .nan, learningRate: info.learningRate, gradientNorm: info.gradientNorm,
                samplesPerSecond: Double((state.step - stepsBefore) * state.settings.batch) / spent, elapsed: state.seconds,
                remaining: remaining(state, spent: spent, steps: state.step - stepsBefore), warning: warning,
                measures: info.measures), state)
            warning = nil
        }
        return true
    }

    /// The most numbers that the activations of a batch may take: 4 GiB.
    private static let largestActivationCount = 1 << 30

    private static func checkMemory(_ state: TrainingState) throws(TrainingError) {
        let network = state.model.network
        let rows = network.inputs + network.outputs + 2 * network.hidden.reduce(0, +) + 2 * (network.hidden.max() ?? 0)
        let largest = largestActivationCount / rows / laneCount * laneCount
        guard state.settings.batch <= largest else {
            throw .invalidSettings("a batch of \(state.settings.batch) needs too much memory for this network; at most \(largest) fit")
        }
    }

    private func remaining(_ state: TrainingState, spent: Double, steps: Int) -> Double {
        switch state.settings.budget {
        case .minutes(let minutes): max(0, 60 * minutes - state.seconds)
        case .steps, .samples: Double(max(0, state.settings.totalSteps! - state.step)) * spent / Double(max(steps, 1))
        }
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
