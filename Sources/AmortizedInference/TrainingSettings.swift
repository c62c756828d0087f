import Networks
import Numerics

/// How long a training lasts.
public enum TrainingBudget: Sendable, Equatable, Codable {
    case minutes(Double)
    case steps(Int)
    /// Training pairs, rounded up to whole steps.
    case samples(Int)
}

/// The knobs of a training; the defaults suit arms of six to ten joints.
public struct TrainingSettings: Sendable, Equatable, Codable {
    public var budget: TrainingBudget
    /// Seeds the training pairs.
    public var seed: UInt64
    /// Pairs a step, a multiple of 16.
    public var batch = 1024
    /// The learning rate after the warm-up.
    public var learningRate = 4e-3
    /// Steps over which the rate rises from zero.
    public var warmupSteps = 500
    /// The share of the rate that is left at the end of the cosine.
    public var finalShare = 0.01
    /// The greatest norm of a gradient; longer ones are shortened to it.
    public var gradientClip = 100.0
    /// The floor of the standard deviation at the start, in scaled coordinates; it falls to the model's own over the first half.
    public var initialFloor = 0.03
    public var averageDecay = 0.999
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
        case .steps(let steps): try check(steps > 0, "steps must be positive, not \(steps)")
        case .samples(let samples): try check(samples > 0, "samples must be positive, not \(samples)")
        }
        try check((16...65536).contains(batch) && batch % 16 == 0, "batch must be a multiple of 16 from 16 to 65536, not \(batch)")
        try check(learningRate > 0 && learningRate <= 1, "the learning rate must be above 0 and at most 1, not \(learningRate)")
        try check(warmupSteps >= 0, "warm-up steps must not be negative, not \(warmupSteps)")
        try check((0...1).contains(finalShare), "the final share of the rate must be from 0 to 1, not \(finalShare)")
        try check(gradientClip > 0, "the gradient clip must be positive, not \(gradientClip)")
        try check(initialFloor >= 0 && initialFloor.isFinite, "the initial floor must not be negative, not \(initialFloor)")
        try check(averageDecay >= 0 && averageDecay < 1, "the average's decay must be from 0 to below 1, not \(averageDecay)")
    }

    /// Steps in all, where the budget tells; nil where time does.
    public var totalSteps: Int? {
        switch budget {
        case .minutes: nil
        case .steps(let steps): steps
        case .samples(let samples): (samples + batch - 1) / batch
        }
    }

    /// The learning rate: a linear rise, then half a cosine over the whole training.
    ///
    /// - Parameter progress: the share of the budget that is spent, from 0 to 1.
    public func rate(step: Int, progress: Double) -> Double {
        let rise = warmupSteps > 0 ? min(1, Double(step + 1) / Double(warmupSteps)) : 1
        let fall = 0.5 * (1 + Elementary.cos(.pi * min(max(progress, 0), 1)))
        return learningRate * rise * (finalShare + (1 - finalShare) * fall)
    }

    /// The floor of the standard deviation: falls geometrically over the first half of the training.
    public func floor(progress: Double, least: Double) -> Double {
        guard initialFloor > least else { return least }
        let share = min(1, max(0, 2 * progress))
        return Elementary.exp((1 - share) * Elementary.log(initialFloor) + share * Elementary.log(least))
    }
}

/// Why a training cannot start or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    case invalidSettings(String)
    /// Many steps in a row gave a loss or a gradient that is not finite.
    case diverged(step: Int)

    public var description: String {
        switch self {
        case .invalidSettings(let message): message
        case .diverged(let step):
            "the loss stayed infinite or undefined at step \(step), although the learning rate was halved again and again"
        }
    }
}
