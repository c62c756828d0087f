import LuaBridge
import VariationalInference

/// The options of avips.vips about step sizes: those of the components, or with a prefix those of the weights.
struct StepOptions {
    /// How step sizes go on.
    private enum Rule: String, CaseIterable { case adapted, decaying, fixed }

    private let size: OptionKey<Double>
    private let rule: OptionKey<Rule>
    private let range: OptionKey<ClosedRange<Double>>
    private let decay: OptionKey<Double>

    /// - Parameters:
    ///   - owner: whose step sizes they are.
    ///   - first: what the first step size is.
    init(_ prefix: String, usual: StepSize, of owner: String, first: String) {
        var ends = 0.001...1.0
        if case .adapted(_, let range) = usual { ends = range }
        size = .number(prefix + "step_size", in: 1e-12...1e6, default: usual.initial, first)
        rule = .choice(prefix + "step_rule", default: .adapted, "how \(owner) step sizes change: \"adapted\" to improvement, \"decaying\" or \"fixed\"")
        range = .value(
            prefix + "step_range", "list of 2 numbers", default: ends, text: listText([ends.lowerBound, ends.upperBound]),
            "the least and greatest of adapted step sizes", range: "above 0, at most 1e6"
        ) { slot in
            let ends = try slot.vector(count: 2, expected: "a list of two numbers, the least and the greatest")
            guard ends[0] > 0, ends[0] <= ends[1], ends[1] <= 1e6 else { throw slot.invalid("must have two numbers above 0, the smaller one first") }
            return ends[0]...ends[1]
        }
        decay = .number(prefix + "step_decay", in: 0...10, default: 0.5, "the exponent of decaying step sizes, step_size/(1 + n^exponent)")
    }

    var declared: [any DeclaredOption] { [size, rule, range, decay] }

    func value(_ given: LuaBridge.Options) throws -> StepSize {
        let initial = try given[size], range = try given[range], exponent = try given[decay]
        return switch try given[rule] {
        case .adapted: .adapted(initial: initial, range: range)
        case .decaying: .decaying(initial: initial, exponent: exponent)
        case .fixed: .fixed(initial)
        }
    }
}
