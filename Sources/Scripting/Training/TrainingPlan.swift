import LuaBridge
import ModelTraining

/// What a script asked a training for: its phases, and the Lua functions among their schedules.
struct TrainingPlan {
    var phases: [TrainingSettings]
    /// By phase and knob.
    var functions: [[String: Reference]]
    /// Whether the script named a seed.
    var hasSeed: Bool

    /// The names of all knobs that are functions.
    var functionNames: Set<String> { Set(functions.flatMap(\.keys)) }

    /// Whether an interrupted training is the one that is asked for, but for the numbers that functions gave last.
    func asks(for other: TrainingState) -> Bool {
        guard phases.count == other.phases.count else { return false }
        return zip(phases, other.phases).allSatisfy { asked, found in
            var asked = asked.withoutSuppliedValues
            if !hasSeed { asked.seed = found.seed }
            return asked == found.withoutSuppliedValues
        }
    }

    /// What evaluates the functions, on the thread that trains; nil where there are none.
    func supply(in state: LuaState) -> TrainingRun.Supply? {
        guard functions.contains(where: { !$0.isEmpty }) else { return nil }
        return { [functions] phase, name, progress in
            guard let function = functions[min(phase, functions.count - 1)][name] else { throw TrainingError.functionsMissing([name]) }
            switch try state.call(function, [.number(progress)]).first {
            case .number(let value): return value
            case .integer(let value): return Double(value)
            default: throw ArgumentError("option \(name): the function must return a number, at progress \(plainText(progress))")
            }
        }
    }
}
