import LuaBridge
import Numerics

/// Random numbers of the session's stream: what `avips.seed` fixes.
struct RandomNumbers {
    /// The stream of one draw.
    let stream: (_ seed: UInt64?) -> RandomStream

    var functions: [Function] { [uniform, normal, permutation, choice] }

    private static let count = Parameter("n", "integer", "how many", default: "one number")
    private static let columns = OptionKey.integer("columns", in: 1...1_000_000, "columns of a matrix of n rows", otherwise: "a list")
    private static let mean = OptionKey.number("mean", in: .finite, default: 0, "the mean")
    private static let deviation = OptionKey.number("deviation", in: 0...1e300, default: 1, "the standard deviation")
    private static let lower = OptionKey.number("lower", in: .finite, default: 0, "the least number")
    private static let upper = OptionKey.number("upper", in: .finite, default: 1, "the upper bound, which itself is not drawn")

    /// One number, a list of n or a matrix of n rows.
    private func draw(_ arguments: Arguments, _ options: Options, _ next: (inout RandomStream) -> Double) throws -> Value {
        var stream = stream(try options[Session.seedOption])
        let columns = try options[Self.columns]
        guard let slot = arguments.optional(1) else {
            guard columns == nil else { throw options.invalid(Self.columns, "needs the number of rows, n") }
            return .number(next(&stream))
        }
        let count = try slot.integer(in: 0...Limits.count)
        func numbers(_ count: Int) -> [Double] { (0..<count).map { _ in next(&stream) } }
        guard let columns else { return .numbers(try arguments.state.rows(count, columns: 1) { Matrix(rows: $0, columns: 1, elements: numbers($0)) }.elements) }
        guard count * columns <= Limits.elements else { throw MatrixError(description: "at most \(Limits.elements) elements are allowed, got \(count) × \(columns)") }
        return .matrix(try arguments.state.rows(count, columns: columns) { Matrix(rows: $0, columns: columns, elements: numbers($0 * columns)) })
    }

    private var uniform: Function {
        Function(
            "avips.random.uniform", "Draws uniform random numbers from the session's stream.",
            parameters: [Self.count, .options([Self.lower, Self.upper, Self.columns, Session.seedOption])],
            returns: "number, list of numbers, or Matrix",
            example: "local x = avips.random.uniform(5, { lower = -1, seed = 3 })\nassert(#x == 5 and x[1] >= -1 and x[1] < 1)"
        ) { arguments in
            let options = try arguments.options(2)
            let lower = try options[Self.lower], upper = try options[Self.upper]
            guard lower <= upper else { throw options.invalid(Self.upper, "must be at least lower, \(plainText(lower)), got \(plainText(upper))") }
            return try draw(arguments, options) { stream in
                let share = stream.uniform()
                return lower * (1 - share) + upper * share
            }
        }
    }

    private var normal: Function {
        Function(
            "avips.random.normal", "Draws normal random numbers from the session's stream.",
            parameters: [Self.count, .options([Self.mean, Self.deviation, Self.columns, Session.seedOption])],
            returns: "number, list of numbers, or Matrix",
            example: """
                local x = avips.random.normal(1000, { columns = 2, mean = 5, seed = 3 })
                assert(math.abs(x:mean()[1] - 5) < 0.2 and math.abs(x:deviation()[2] - 1) < 0.1)
                """
        ) { arguments in
            let options = try arguments.options(2)
            let mean = try options[Self.mean], deviation = try options[Self.deviation]
            return try draw(arguments, options) { mean + deviation * $0.normal() }
        }
    }

    private var permutation: Function {
        Function(
            "avips.random.permutation", "Returns the numbers 1 to n in random order.",
            parameters: [Parameter("n", "integer", "how many"), .options([Session.seedOption])], returns: "list of integers",
            example: "local p = avips.random.permutation(4, { seed = 2 })\ntable.sort(p)\nassert(p[1] == 1 and p[4] == 4)"
        ) { arguments in
            let count = try arguments[1].integer(in: 0...Limits.count)
            var stream = stream(try arguments.options(2)[Session.seedOption])
            return .list((1...max(1, count)).prefix(count).shuffled(using: &stream).map { .integer($0) })
        }
    }

    private static let replacement = OptionKey.flag("replacement", default: false, "whether a value may be drawn several times")

    private var choice: Function {
        Function(
            "avips.random.choice", "Draws values from a list.",
            parameters: [
                Parameter("list", "list", "what to draw from"), Parameter("n", "integer", "how many", default: "one value"),
                .options([Self.replacement, Session.seedOption]),
            ],
            returns: "a value, or a list of n",
            example: "local few = avips.random.choice({ \"a\", \"b\", \"c\" }, 2, { seed = 1 })\nassert(#few == 2 and few[1] ~= few[2])"
        ) { arguments in
            let length = try arguments[1].length()
            guard length > 0 else { throw arguments[1].invalid("must have a value at least") }
            guard length <= Limits.count else { throw arguments[1].invalid("must have at most \(Limits.count) values, got \(length)") }
            let options = try arguments.options(3)
            var stream = stream(try options[Session.seedOption])
            func value(_ index: Int) throws -> Value { try arguments[1].withElement(index) { $0.value } }
            guard let slot = arguments.optional(2) else { return try value(Int.random(in: 1...length, using: &stream)) }
            guard try !options[Self.replacement] else {
                let count = try slot.integer(in: 0...Limits.count)
                return .list(try (0..<count).map { _ in try value(Int.random(in: 1...length, using: &stream)) })
            }
            let count = try slot.integer(in: 0...length)
            return .list(try (1...length).shuffled(using: &stream).prefix(count).map(value))
        }
    }
}
