import Experiments
import LuaBridge

/// How a study searches for good settings, beyond trying all of them.
struct StudySearch {
    /// How many points are drawn; nil for all combinations.
    var random: Int?
    var seed: UInt64
    var halving: Halving?
}

extension StudySearch {
    private static let random = OptionKey.integer("random", in: 1...100_000, "how many points to draw: of lists one setting each, of { from =, to =, log =, integer = } a number; a point that is drawn again is run once", otherwise: "all combinations")
    private static let seed = OptionKey<UInt64>.value("seed", "integer", default: 1, text: "1", "the seed of these draws") { try $0.seed() }
    private static let budget = OptionKey.string("budget", "for successive halving: the setting that is the budget, such as \"steps\"", otherwise: "no halving")
    private static let rungs = OptionKey.numbers("rungs", count: 1...64, each: .above(0), "the budgets, rising", otherwise: "must be given with budget")
    private static let kept = OptionKey.number("keep", in: 0.001...1, default: 1.0 / 3, "the share of the points that get the next budget")
    private static let measure = OptionKey.string("by", "the measure that ranks the points, as the mean over their seeds", otherwise: "must be given with budget")
    private static let goal = OptionKey<Halving.Goal>.choice("goal", default: .lowest, "which values of it are good")

    static let option = RawOption(
        "search", "table",
        "{ random = 20, seed = 1 } draws points: of lists a setting each, of { from =, to =, log =, integer = } a number; { budget = \"steps\", rungs = {100, 300}, keep = 1/3, by = \"loss\", goal = \"lowest\" } gives the best of them greater budgets, from the checkpoints of the smaller ones",
        otherwise: "all combinations, with equal budgets")
    private static let parameter = Parameter("search", "table", "how points are chosen", options: [random, seed, budget, rungs, kept, measure, goal])

    init(_ slot: Slot) throws {
        let options = try LuaBridge.Options(slot, declared: StudySearch.parameter)
        random = try options[StudySearch.random]
        seed = try options[StudySearch.seed]
        guard let budget = try options[StudySearch.budget] else {
            let others: [any DeclaredOption] = [StudySearch.rungs, StudySearch.kept, StudySearch.measure, StudySearch.goal]
            for option in options.given(others) { throw options.invalid(option, "goes with budget, the setting that is the budget") }
            return
        }
        guard let rungs = try options[StudySearch.rungs], zip(rungs, rungs.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw options.invalid(StudySearch.rungs, "must be a list of budgets that rise, such as {100, 300, 900}")
        }
        guard let measure = try options[StudySearch.measure] else { throw options.invalid(StudySearch.measure, "must be given: the measure that ranks the points") }
        halving = Halving(budget: budget, rungs: rungs, kept: try options[StudySearch.kept], measure: measure, goal: try options[StudySearch.goal])
    }
}
