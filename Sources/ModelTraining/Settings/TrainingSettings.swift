import Networks
import Numerics

/// How long a training lasts.
public enum TrainingBudget: Sendable, Equatable, Codable {
    case minutes(Double)
    /// Processor time of all threads together: what else the machine does has no part in it.
    case processorMinutes(Double)
    case steps(Int)
    /// Training pairs, rounded up to whole steps.
    case samples(Int)
}

/// How parameters follow their gradients.
public enum Optimizer: String, Sendable, Equatable, Codable, CaseIterable {
    /// Adam in the eigenbasis of Shampoo's preconditioner.
    case soap
    case adam
}

/// The knobs of a training; the defaults suit arms of six to ten joints.
public struct TrainingSettings: Sendable, Equatable, Codable {
    public var budget: TrainingBudget
    /// Seeds the training pairs.
    public var seed: UInt64
    /// Pairs a step, a multiple of 16.
    public var batch = 1024
    public var optimizer: Optimizer = .soap
    /// The learning rate, before the warm-up and the cosine below lower it.
    public var learningRate: Schedule = 4e-3
    /// Steps over which the rate rises from zero.
    public var warmupSteps = 500
    /// The share of the rate that is left at the end of the cosine; 1 leaves the rate to its schedule.
    public var finalShare = 0.01
    /// The greatest norm of a gradient; longer ones are shortened to it.
    public var gradientClip: Schedule = 100
    /// The floor of the standard deviation at the start, in scaled coordinates; it falls to the model's own over the first half.
    public var initialFloor = 0.03
    /// The floor by a schedule of its own; where it is zero, ``initialFloor`` rules.
    public var floor: Schedule = 0
    /// The decay of the parameters' moving average a step.
    public var averageDecay: Schedule = 0.999
    /// The component objective.
    public var variational = VariationalSettings()

    public init(budget: TrainingBudget, seed: UInt64 = 0) {
        self.budget = budget
        self.seed = seed
    }

    /// Throws where a knob is out of range.
    public func validate() throws(TrainingError) {
        func check(_ condition: Bool, _ message: @autoclosure () -> String) throws(TrainingError) {
            if !condition { throw .invalidSettings(message()) }
        }
        switch budget {
        case .minutes(let minutes): try check(minutes > 0 && minutes <= 1e6, "minutes must be positive, not \(minutes)")
        case .processorMinutes(let minutes): try check(minutes > 0 && minutes <= 1e6, "minutes of processor time must be positive, not \(minutes)")
        case .steps(let steps): try check((1...1 << 50).contains(steps), "steps must be positive and at most 2^50, not \(steps)")
        case .samples(let samples): try check((1...1 << 56).contains(samples), "samples must be positive and at most 2^56, not \(samples)")
        }
        try check((16...65536).contains(batch) && batch % 16 == 0, "batch must be a multiple of 16 from 16 to 65536, not \(batch)")
        for knob in TrainingKnob.all { try self[keyPath: knob.path].validate(knob.name.replacing("_", with: " "), within: knob.range) }
        try check(learningRate.isSupplied || learningRate.range.upperBound > 0, "the learning rate must be above 0 somewhere")
        try variational.validate()
        try check((0...1 << 50).contains(warmupSteps), "warm-up steps must not be negative nor more than 2^50, not \(warmupSteps)")
        try check((0...1).contains(finalShare), "the final share of the rate must be from 0 to 1, not \(finalShare)")
        try check(initialFloor >= 0 && initialFloor.isFinite, "the initial floor must not be negative, not \(initialFloor)")
    }

    /// The total number of steps; nil for a budget of time.
    public var totalSteps: Int? {
        switch budget {
        case .minutes, .processorMinutes: nil
        case .steps(let steps): steps
        case .samples(let samples): (samples + batch - 1) / batch
        }
    }

    /// The learning rate: its schedule times a linear rise and half a cosine over the whole phase.
    ///
    /// - Parameters:
    ///   - step: steps since the phase began.
    ///   - progress: the fraction of the budget that is spent, from 0 to 1.
    public func rate(step: Int, progress: Double) -> Double {
        let rise = warmupSteps > 0 ? min(1, Double(step + 1) / Double(warmupSteps)) : 1
        return learningRate.value(at: progress) * rise * decay(at: progress)
    }

    /// The bound on the divergence of a step, nats, 0 for none: its schedule times the square of what the rate's cosine leaves, as a step's divergence
    /// goes with the square of its length.
    func stepBound(at progress: Double) -> Double {
        let decay = decay(at: progress)
        return variational.stepBound.value(at: progress) * decay * decay
    }

    /// What the cosine over the whole phase leaves of the rate.
    private func decay(at progress: Double) -> Double {
        let fall = 0.5 * (1 + Elementary.cos(.pi * min(max(progress, 0), 1)))
        return finalShare + (1 - finalShare) * fall
    }

    /// The floor of the standard deviation: its schedule, or a geometrical fall over the first half of the training.
    public func floor(progress: Double, least: Double) -> Double {
        let scheduled = floor.value(at: progress)
        if scheduled > 0 { return max(scheduled, least) }
        guard initialFloor > least else { return least }
        let share = min(1, max(0, 2 * progress))
        return Elementary.exp((1 - share) * Elementary.log(initialFloor) + share * Elementary.log(least))
    }
}
