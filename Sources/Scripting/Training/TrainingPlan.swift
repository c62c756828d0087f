import ConditionalModels
import LuaBridge
import ModelTraining

/// What a script asked a training for: its phases, and the Lua functions among their schedules.
struct TrainingPlan {
    var phases: [TrainingSettings]
    /// By phase and knob.
    var functions: [[String: Reference]]
    /// Whether the script named a seed.
    var hasSeed: Bool

    /// Whether an interrupted training is the one that is asked for, but for the numbers that functions gave last, and for the temperature that a
    /// phase found for itself when it began.
    func asks(for other: TrainingCourse) -> Bool {
        guard phases.count == other.phases.count else { return false }
        return zip(phases, other.phases).allSatisfy { asked, found in
            var asked = asked.withoutSuppliedValues
            if !hasSeed { asked.seed = found.seed }
            if asked.variational.annealing > 0, found.variational.annealing == 0 {
                (asked.variational.annealing, asked.variational.temperature) = (0, found.variational.temperature)
            }
            return asked == found.withoutSuppliedValues
        }
    }

    /// The state that a training starts or goes on from, as ``Learner/state(for:checkpoint:)`` says.
    static func state<State: ResumableTraining>(
        for plan: TrainingPlan?, training: State?, isResumed: Bool, model: State.Trained
    ) throws -> State {
        guard let plan, !plan.phases.isEmpty else {
            guard let training else { throw Failure.nothingToContinue }
            let course = training.course
            if course.isFinished { return training }
            let missing = course.phases[course.phase...].flatMap(\.suppliedNames)
            guard plan != nil || missing.isEmpty else { throw TrainingError.functionsMissing(Array(Set(missing)).sorted()) }
            return training
        }
        guard let training else { return try State(model, phases: plan.phases) }
        if isResumed || !training.course.isFinished, plan.asks(for: training.course) { return training }
        return try training.continuing(with: plan.phases)
    }

    enum Failure: Error, CustomStringConvertible {
        case nothingToContinue

        var description: String {
            "no training was interrupted that could go on; give a budget: minutes = 5, steps = 10000 or samples = 1e7"
        }
    }

    /// What evaluates the functions, on the thread that trains; nil where there are none.
    func supply(in state: LuaState) -> TrainingRun.Supply? {
        guard functions.contains(where: { !$0.isEmpty }) else { return nil }
        return { [functions] phase, name, progress in
            guard let function = functions[min(phase, functions.count - 1)][name] else { throw TrainingError.functionsMissing([name]) }
            let value: Double? = switch try state.call(function, [.number(progress)]).first {
            case .number(let value): value
            case .integer(let value): Double(value)
            default: nil
            }
            guard let value else { throw ArgumentError("option \(name): the function must return a number, at progress \(plainText(progress))") }
            guard value.isFinite else {
                throw ArgumentError("option \(name): the function must return a finite number, and returned \(plainText(value)) at progress \(plainText(progress))")
            }
            return value
        }
    }
}
