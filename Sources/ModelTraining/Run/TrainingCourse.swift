import ConditionalModels
import Numerics

/// Where a training stands: its phases, what was spent of their budgets, and how its last steps went.
public struct TrainingCourse: Sendable, Equatable, Codable {
    /// The phases, one after the other, each with a budget of its own.
    public package(set) var phases: [TrainingSettings]
    /// The phase at work, counted from 0.
    public package(set) var phase = 0
    /// Steps taken and time spent before the phase began.
    public package(set) var phaseStartStep = 0
    public package(set) var phaseStartSeconds = 0.0
    public package(set) var phaseStartProcessorSeconds = 0.0
    /// Steps taken, in all phases.
    public package(set) var step = 0
    /// Training pairs seen.
    public package(set) var samples = 0
    /// Time spent, in seconds.
    public package(set) var seconds = 0.0
    /// Processor time spent by all threads, in seconds.
    public package(set) var processorSeconds = 0.0
    /// Multiplies the learning rate; halved whenever a step fails.
    public package(set) var rateFactor = 1.0
    /// Multiplies the learning rate where steps are bounded (``VariationalSettings/stepBound``).
    public package(set) var stepFactor = 1.0
    /// Whether the last step that was measured went far beyond that bound.
    package var exceedsBound = false
    /// Failed steps since the last good one.
    public package(set) var failures = 0
    /// The loss, averaged over about the last hundred steps.
    public package(set) var smoothLoss: Double?

    /// The start of a training in phases.
    ///
    /// - Throws: ``TrainingError/invalidSettings(_:)`` where a setting is out of range.
    package init(phases: [TrainingSettings]) throws(TrainingError) {
        guard !phases.isEmpty else { throw .invalidSettings("a training needs a phase") }
        for settings in phases { try settings.validate() }
        self.phases = phases
    }

    /// Whether a course that was read is one that a training may have; its phases are judged apart.
    package var isSound: Bool {
        phases.indices.contains(phase) && phases.count <= 64 && (0...1 << 50).contains(step) && (0...1 << 60).contains(samples)
            && (0...1_000_000).contains(failures) && (0...step).contains(phaseStartStep) && (0...1e15).contains(seconds)
            && (0...seconds).contains(phaseStartSeconds) && (0...1e15).contains(processorSeconds)
            && (0...processorSeconds).contains(phaseStartProcessorSeconds) && rateFactor > 0 && rateFactor <= 1
            && stepFactor > 0 && stepFactor <= 1
    }

    /// The settings of the phase at work.
    public package(set) var settings: TrainingSettings {
        get { phases[phase] }
        set { phases[phase] = newValue }
    }

    /// Steps since the phase began.
    public var stepInPhase: Int { step - phaseStartStep }

    /// The share of the phase's budget that is spent, from 0 to 1.
    public var progress: Double {
        switch settings.budget {
        case .minutes(let minutes): min(1, (seconds - phaseStartSeconds) / (60 * minutes))
        case .processorMinutes(let minutes): min(1, (processorSeconds - phaseStartProcessorSeconds) / (60 * minutes))
        case .steps, .samples: min(1, Double(stepInPhase) / Double(settings.totalSteps!))
        }
    }

    /// The share of all phases' budgets that is spent, from 0 to 1; phases whose budgets cannot be compared count alike.
    public var overallProgress: Double {
        let weights = phaseWeights
        let done = weights.prefix(phase).reduce(0, +) + weights[phase] * progress
        return min(1, done / weights.reduce(0, +))
    }

    private var phaseWeights: [Double] {
        let steps = phases.compactMap { $0.totalSteps.map(Double.init) }
        if steps.count == phases.count { return steps }
        let minutes = phases.compactMap { if case .minutes(let minutes) = $0.budget { minutes } else { nil } }
        if minutes.count == phases.count { return minutes }
        let processor = phases.compactMap { if case .processorMinutes(let minutes) = $0.budget { minutes } else { nil } }
        return processor.count == phases.count ? processor : phases.map { _ in 1 }
    }

    /// The steps that the phases ask for; nil for budgets of time.
    public var totalSteps: Int? {
        var total = 0
        for settings in phases {
            guard let steps = settings.totalSteps else { return nil }
            total += steps
        }
        return total
    }

    /// Steps taken of ``totalSteps``: those of trainings before do not count.
    public var stepOfTotal: Int { stepsOfFormerPhases + stepInPhase }

    /// Steps that the phases before the one at work were to take.
    private var stepsOfFormerPhases: Int { phases.prefix(phase).reduce(0) { $0 + ($1.totalSteps ?? 0) } }

    /// Whether all budgets are spent.
    public var isFinished: Bool { phase == phases.count - 1 && progress >= 1 }

    /// The history of a model that had one before, after this training.
    package func history(after former: TrainingHistory) -> TrainingHistory {
        var result = former
        result.seed = settings.seed
        result.steps += step
        result.samples += samples
        result.seconds += seconds
        result.loss = smoothLoss
        result.machine = Machine.description
        return result
    }

    /// Takes over the time that another course has spent, where what it did with it is taken back.
    package mutating func keepTimes(of other: TrainingCourse) { (seconds, processorSeconds) = (other.seconds, other.processorSeconds) }

    /// Continues with the next phase if the budget of this one is spent; returns whether one began.
    package mutating func enterNextPhase() -> Bool {
        guard progress >= 1, phase + 1 < phases.count else { return false }
        phase += 1
        stepFactor = 1
        exceedsBound = false
        phaseStartStep = step
        phaseStartSeconds = seconds
        phaseStartProcessorSeconds = processorSeconds
        return true
    }

    /// The same with other phases from here on; budgets count from here.
    package func continuing(with phases: [TrainingSettings]) throws(TrainingError) -> TrainingCourse {
        var result = try TrainingCourse(phases: phases)
        result.phaseStartStep = step
        result.phaseStartSeconds = seconds
        result.phaseStartProcessorSeconds = processorSeconds
        result.processorSeconds = processorSeconds
        result.step = step
        result.samples = samples
        result.seconds = seconds
        result.smoothLoss = smoothLoss
        return result
    }
}

extension TrainingCourse {
    /// After so many failed steps in a row a training gives up.
    package static let failureLimit = 20
    /// After so many failures in a row the parameters themselves are taken to be bad.
    package static let failuresBeforeReturn = 4
    /// A loss so far above its average, in nats, indicates parameters that have become invalid.
    private static let leap = 1e4

    /// Whether a loss is one that a sound training may have.
    package func isPlausible(_ loss: Double) -> Bool { loss.isFinite && loss < (smoothLoss ?? loss) + Self.leap }

    /// Takes in a step that went well.
    package mutating func noteSuccess(loss: Double) {
        let share = max(0.01, 1 / Double(step + 1))
        smoothLoss = smoothLoss.map { $0 + share * (loss - $0) } ?? loss
        failures = 0
    }

    /// Takes in a step that failed: the rate is halved.
    ///
    /// - Returns: whether the parameters are to go back to the last good ones, and whether to give up.
    package mutating func noteFailure() -> (goesBack: Bool, givesUp: Bool) {
        rateFactor /= 2
        failures += 1
        return (failures % Self.failuresBeforeReturn == 0, failures >= Self.failureLimit)
    }

    /// Counts a step.
    package mutating func advance() {
        step += 1
        samples += settings.batch
    }
}

extension TrainingCourse {
    /// Reads a course; files of before processor time was counted lack it, and those of before steps were bounded their factor.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        phases = try values.decode([TrainingSettings].self, forKey: .phases)
        phase = try values.decode(Int.self, forKey: .phase)
        phaseStartStep = try values.decode(Int.self, forKey: .phaseStartStep)
        phaseStartSeconds = try values.decode(Double.self, forKey: .phaseStartSeconds)
        phaseStartProcessorSeconds = try values.decodeIfPresent(Double.self, forKey: .phaseStartProcessorSeconds) ?? 0
        step = try values.decode(Int.self, forKey: .step)
        samples = try values.decode(Int.self, forKey: .samples)
        seconds = try values.decode(Double.self, forKey: .seconds)
        processorSeconds = try values.decodeIfPresent(Double.self, forKey: .processorSeconds) ?? 0
        rateFactor = try values.decode(Double.self, forKey: .rateFactor)
        stepFactor = try values.decodeIfPresent(Double.self, forKey: .stepFactor) ?? 1
        exceedsBound = try values.decodeIfPresent(Bool.self, forKey: .exceedsBound) ?? false
        failures = try values.decode(Int.self, forKey: .failures)
        smoothLoss = try values.decodeIfPresent(Double.self, forKey: .smoothLoss)
    }
}
