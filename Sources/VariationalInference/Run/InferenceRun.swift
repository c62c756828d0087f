import Mixtures
import Numerics

/// How long an inference runs.
public enum InferenceBudget: Sendable, Equatable, Codable {
    case iterations(Int)
    /// Evaluations of the target; an iteration that would need more is not begun.
    case samples(Int)
    case minutes(Double)
}

/// A stretch of iterations of one inference, under a budget of its own.
public struct InferenceRun: Sendable, Codable {
    public let budget: InferenceBudget
    private let firstIteration: Int
    private let firstEvaluations: Int
    private let firstSeconds: Double
    private var lastCost = 0

    /// A run that starts at a state: iterations, evaluations and time before it do not count.
    public init(_ budget: InferenceBudget, from state: InferenceState) {
        self.budget = budget
        firstIteration = state.iteration
        firstEvaluations = state.evaluations
        firstSeconds = state.seconds
    }

    /// Whether the numbers can be those of a run of a state.
    package func fits(_ state: InferenceState) -> Bool {
        let isPositive = switch budget {
        case .iterations(let count), .samples(let count): count > 0
        case .minutes(let minutes): minutes > 0 && minutes.isFinite
        }
        return isPositive && (0...state.iteration).contains(firstIteration) && (0...state.evaluations).contains(firstEvaluations)
            && (0...state.seconds).contains(firstSeconds) && (0...state.evaluations).contains(lastCost)
    }

    /// The share of the budget that is spent, from 0 to 1.
    public func progress(_ state: InferenceState) -> Double {
        switch budget {
        case .iterations(let count): min(1, Double(iterationsDone(state)) / Double(max(1, count)))
        case .samples(let count): min(1, Double(state.evaluations - firstEvaluations + lastCost) / Double(max(1, count)))
        case .minutes(let minutes): min(1, (state.seconds - firstSeconds) / (60 * minutes))
        }
    }

    /// The iterations done by the run; those before it do not count.
    public func iterationsDone(_ state: InferenceState) -> Int { state.iteration - firstIteration }

    /// Whether no further iteration fits.
    public func isFinished(_ state: InferenceState) -> Bool {
        if case .samples(let count) = budget { return state.evaluations - firstEvaluations + lastCost > count }
        return progress(state) >= 1
    }

    /// One iteration, unless the budget is spent.
    ///
    /// - Returns: what it measured; nil where no further iteration fits.
    /// - Throws: as `InferenceState.step` does; the state is then as before.
    public mutating func step(_ state: inout InferenceState, _ target: any TargetDensity, cancellation: Cancellation = .never) throws -> InferenceInfo? {
        guard !isFinished(state) else { return nil }
        let before = state.evaluations
        let info = try state.step(target, cancellation: cancellation)
        lastCost = state.evaluations - before
        return info
    }
}
