import LuaBridge
import ModelTraining

/// The options of a call of which one may be its budget, in the order in which messages name them.
struct BudgetOptions<Budget> {
    private(set) var names: [String] = []
    private var readers: [(LuaBridge.Options) throws -> Budget?] = []
    private(set) var keys: [any DeclaredOption] = []

    /// The same with one option more.
    func or<Amount>(_ key: OptionKey<Amount?>, _ budget: @escaping (Amount) -> Budget) -> BudgetOptions {
        var result = self
        result.names.append(key.name)
        result.keys.append(key)
        result.readers.append { try $0[key].map(budget) }
        return result
    }

    /// "minutes, steps or samples".
    var words: String { names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "") }

    /// The budget that options name; nil where they name none.
    func budget(_ given: LuaBridge.Options, of slot: Slot) throws -> Budget? {
        let budgets = try readers.compactMap { try $0(given) }
        guard budgets.count < 2 else { throw slot.invalid("must have one budget only: \(words)") }
        return budgets.first
    }

    func missing(in slot: Slot) -> any Error { slot.invalid("must have a budget: \(words)") }
}

extension TrainingKeys {
    /// What a training may be bounded by.
    static var budgets: BudgetOptions<TrainingBudget> {
        BudgetOptions().or(minutes) { .minutes($0) }.or(cpuMinutes) { .processorMinutes($0) }.or(steps) { .steps($0) }.or(samples) { .samples($0) }
    }
}
