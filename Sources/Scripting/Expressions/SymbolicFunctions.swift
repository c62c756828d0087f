import Expressions
import Foundation
import LuaBridge
import Numerics

/// avips.math: functions of numbers and symbols alike.
struct SymbolicEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(symbolType)
        for function in Self.functionsOfOne { try state.register(function.entry) }
        try state.register(logarithm)
        try state.register(arcTangent)
        for function in functionsOfTwo + functionsOfLists + choices { try state.register(function) }
    }

    private static let numberType = "number or Symbol"

    // MARK: One number

    private struct FunctionOfOne {
        var name: String
        var summary: String
        var number: (Double) -> Double
        var symbol: (Formula) -> Formula
        var example: String

        var entry: Function {
            Function("avips.math.\(name)", summary, parameters: [Parameter("x", numberType, "the argument")], returns: numberType, example: example) {
                switch try $0[1].quantity() {
                case .number(let x): .number(number(x))
                case .symbol(let x): Quantity.symbol(symbol(x)).value
                }
            }
        }
    }

    private static var functionsOfOne: [FunctionOfOne] { [
        FunctionOfOne(name: "exp", summary: "The exponential.", number: { Foundation.exp($0) }, symbol: { $0.exp }, example: "assert(avips.math.exp(0) == 1)"),
        FunctionOfOne(name: "expm1", summary: "exp(x) - 1, exact near zero.", number: { Foundation.expm1($0) }, symbol: { $0.expm1 }, example: "assert(avips.math.expm1(1e-20) == 1e-20)"),
        FunctionOfOne(name: "log1p", summary: "log(1 + x), exact near zero.", number: { Foundation.log1p($0) }, symbol: { $0.log1p }, example: "assert(avips.math.log1p(1e-20) == 1e-20)"),
        FunctionOfOne(name: "sqrt", summary: "The square root. In a traced density its derivative is 0 where the root is 0.", number: { $0.squareRoot() }, symbol: { $0.squareRoot }, example: "assert(avips.math.sqrt(9) == 3)"),
        FunctionOfOne(name: "sin", summary: "The sine of an angle in rad.", number: { Foundation.sin($0) }, symbol: { $0.sin }, example: "assert(avips.math.sin(0) == 0)"),
        FunctionOfOne(name: "cos", summary: "The cosine of an angle in rad.", number: { Foundation.cos($0) }, symbol: { $0.cos }, example: "assert(avips.math.cos(0) == 1)"),
        FunctionOfOne(name: "tan", summary: "The tangent of an angle in rad.", number: { Foundation.tan($0) }, symbol: { $0.tan }, example: "assert(avips.math.tan(0) == 0)"),
        FunctionOfOne(name: "asin", summary: "The arc sine in rad. In a traced density its derivative at 1 and -1 is 0.", number: { Foundation.asin($0) }, symbol: { $0.arcSine }, example: "assert(avips.math.asin(0) == 0)"),
        FunctionOfOne(name: "acos", summary: "The arc cosine in rad. In a traced density its derivative at 1 and -1 is 0.", number: { Foundation.acos($0) }, symbol: { $0.arcCosine }, example: "assert(avips.math.acos(1) == 0)"),
        FunctionOfOne(name: "sinh", summary: "The hyperbolic sine.", number: { Foundation.sinh($0) }, symbol: { $0.sinh }, example: "assert(avips.math.sinh(0) == 0)"),
        FunctionOfOne(name: "cosh", summary: "The hyperbolic cosine.", number: { Foundation.cosh($0) }, symbol: { $0.cosh }, example: "assert(avips.math.cosh(0) == 1)"),
        FunctionOfOne(name: "tanh", summary: "The hyperbolic tangent.", number: { Foundation.tanh($0) }, symbol: { $0.tanh }, example: "assert(avips.math.tanh(50) == 1)"),
        FunctionOfOne(name: "sigmoid", summary: "The logistic function 1/(1 + exp(-x)).", number: { 1 / (1 + Foundation.exp(-$0)) }, symbol: { $0.sigmoid }, example: "assert(avips.math.sigmoid(0) == 0.5)"),
        FunctionOfOne(name: "softplus", summary: "log(1 + exp(x)), without overflow.", number: { Elementary.softplus($0) }, symbol: { $0.softplus }, example: "assert(avips.math.softplus(800) == 800)"),
        FunctionOfOne(name: "lgamma", summary: "The logarithm of the magnitude of the gamma function.", number: { Foundation.lgamma($0) }, symbol: { $0.logGamma }, example: "assert(math.abs(avips.math.lgamma(5) - math.log(24)) < 1e-12)"),
        FunctionOfOne(name: "erf", summary: "The error function.", number: { Foundation.erf($0) }, symbol: { $0.errorFunction }, example: "assert(avips.math.erf(0) == 0)"),
    ] }

    private var logarithm: Function {
        Function(
            "avips.math.log", "The logarithm, natural unless a base is given.",
            parameters: [
                Parameter("x", Self.numberType, "the argument"), Parameter("base", Self.numberType, "the base", default: "e"),
            ],
            returns: Self.numberType, example: "assert(avips.math.log(1) == 0 and avips.math.log(8, 2) == 3)"
        ) { arguments in
            func natural(_ quantity: Quantity) -> Quantity {
                switch quantity {
                case .number(let x): .number(Foundation.log(x))
                case .symbol(let x): .symbol(x.log)
                }
            }
            let x = try arguments[1].quantity()
            guard let base = try arguments.optional(2)?.quantity() else { return natural(x).value }
            if case .number(let x) = x, case .number(2) = base { return .number(Foundation.log2(x)) }
            return try combined(natural(x), natural(base), /, /).value
        }
    }

    private var arcTangent: Function {
        Function(
            "avips.math.atan", "The angle of the point (x, y) in rad, as math.atan gives it.",
            parameters: [
                Parameter("y", Self.numberType, "in proportion to the sine"), Parameter("x", Self.numberType, "in proportion to the cosine", default: "1"),
            ],
            returns: Self.numberType, example: "assert(avips.math.atan(0, -1) == math.pi)"
        ) { arguments in
            try combined(arguments[1].quantity(), arguments.optional(2)?.quantity() ?? .number(1), Elementary.atan2) {
                Formula.angle(sine: $0, cosine: $1)
            }.value
        }
    }

    // MARK: Two numbers

    private var functionsOfTwo: [Function] {
        func entry(
            _ name: String, _ summary: String, _ names: (String, String), example: String, _ number: @escaping (Double, Double) -> Double,
            _ symbol: @escaping (Formula, Formula) -> Formula
        ) -> Function {
            Function(
                "avips.math.\(name)", summary,
                parameters: [Parameter(names.0, Self.numberType, "the first one"), Parameter(names.1, Self.numberType, "the second one")],
                returns: Self.numberType, example: example
            ) { try combined($0, number, symbol) }
        }
        return [
            entry("atan2", "The angle of the point (x, y) in rad. In a traced density its derivative at (0, 0) is 0.", ("y", "x"), example: "assert(avips.math.atan2(1, 0) == math.pi / 2)", Elementary.atan2) {
                Formula.angle(sine: $0, cosine: $1)
            },
            entry("pow", "x raised to the power y, as x^y.", ("x", "y"), example: "assert(avips.math.pow(2, 3) == 8)", Elementary.power) { $0.power($1) },
            entry("less", "1 where a < b, else 0: a test for avips.math.where.", ("a", "b"), example: "assert(avips.math.less(1, 2) == 1)", { $0 < $1 ? 1 : 0 }) { $0.isLess(than: $1) },
            entry("less_equal", "1 where a <= b, else 0.", ("a", "b"), example: "assert(avips.math.less_equal(2, 2) == 1)", { $0 <= $1 ? 1 : 0 }) { $0.isAtMost($1) },
            entry("greater", "1 where a > b, else 0.", ("a", "b"), example: "assert(avips.math.greater(1, 2) == 0)", { $0 > $1 ? 1 : 0 }) { $1.isLess(than: $0) },
            entry("greater_equal", "1 where a >= b, else 0.", ("a", "b"), example: "assert(avips.math.greater_equal(2, 2) == 1)", { $0 >= $1 ? 1 : 0 }) { $1.isAtMost($0) },
            entry("equal", "1 where a equals b, else 0. Lua's == cannot compare a symbol with a number: it is false there.", ("a", "b"), example: "assert(avips.math.equal(1, 2) == 0)", { $0 == $1 ? 1 : 0 }) { $0.isEqual(to: $1) },
        ]
    }

    private var choices: [Function] {
        func extremum(_ name: String, _ word: String, _ number: @escaping (Double, Double) -> Double, _ symbol: @escaping (Formula, Formula) -> Formula) -> Function {
            Function(
                "avips.math.\(name)", "The \(word) of some numbers; nan where one of them is.", parameters: [Parameter("...", "number or Symbol", "the numbers")],
                returns: Self.numberType, example: "assert(avips.math.\(name)(3, 3) == 3)"
            ) { arguments in
                guard arguments.count > 0 else { throw ArgumentError("needs at least one number") }
                // Whole numbers stay whole, as they count things.
                let values = arguments.all.map(\.value)
                let integers = values.compactMap { value -> Int? in if case .integer(let number) = value { number } else { nil } }
                if integers.count == values.count { return .integer(name == "min" ? integers.min() ?? 0 : integers.max() ?? 0) }
                var result = try arguments[1].quantity()
                for slot in arguments.all.dropFirst() { result = try combined(result, slot.quantity(), number, symbol) }
                return result.value
            }
        }
        return [
            Function(
                "avips.math.abs", "The magnitude. In a traced density its derivative at 0 is 1.", parameters: [Parameter("x", Self.numberType, "the argument")], returns: Self.numberType,
                example: "assert(avips.math.abs(-2) == 2)"
            ) { arguments in
                if case .integer(let number) = arguments[1].value { return .integer(number < 0 ? 0 &- number : number) }
                return switch try arguments[1].quantity() {
                case .number(let x): .number(abs(x))
                case .symbol(let x): Quantity.symbol(x.absolute).value
                }
            },
            extremum("min", "smallest", { $1 < $0 || $1.isNaN ? $1 : $0 }, { $0.minimum($1) }),
            extremum("max", "greatest", { $0 < $1 || $1.isNaN ? $1 : $0 }, { $0.maximum($1) }),
            Function(
                "avips.math.where", "One of two numbers by a test, in place of a branch: a where the test is above zero or true, else b. The value that is not chosen has no effect, even where it is not finite.",
                parameters: [
                    Parameter("test", "number, Symbol or boolean", "a number, usually from avips.math.less or its siblings"),
                    Parameter("a", Self.numberType, "the choice where the test is above zero"), Parameter("b", Self.numberType, "the choice elsewhere"),
                ],
                returns: Self.numberType,
                example: "local m = avips.math\nassert(m.where(m.less(1, 2), 10, 20) == 10)"
            ) { arguments in
                let test: Quantity = switch arguments[1].value {
                case .boolean(let holds): .number(holds ? 1 : 0)
                default: try arguments[1].quantity()
                }
                let (a, b) = (try arguments[2].quantity(), try arguments[3].quantity())
                if case .number(let test) = test { return (test > 0 ? a : b).value }
                guard let graph = try Quantity.graph(of: [test, a, b]) else { return a.value }
                return Quantity.symbol(graph.choose(
                    where: test.expression(in: graph), a.expression(in: graph), b.expression(in: graph))).value
            },
        ]
    }

    // MARK: Lists

    private var functionsOfLists: [Function] {
        let list = "list of numbers or Symbols"
        return [
            Function(
                "avips.math.sum", "The sum of a list.", parameters: [Parameter("list", list, "the terms")], returns: Self.numberType,
                example: "assert(avips.math.sum{1, 2, 3} == 6)"
            ) { arguments in
                let terms = try arguments[1].quantities()
                guard let graph = try Quantity.graph(of: terms) else { return .number(terms.reduce(0) { $0 + $1.known }) }
                return Quantity.symbol(graph.sum(terms.map { $0.expression(in: graph) })).value
            },
            Function(
                "avips.math.logsumexp", "The logarithm of the sum of exponentials of a list, without overflow: the density of a mixture.",
                parameters: [Parameter("list", list, "the exponents")], returns: Self.numberType,
                example: "assert(math.abs(avips.math.logsumexp{1000, 1000} - 1000 - math.log(2)) < 1e-9)"
            ) { arguments in
                let terms = try arguments[1].quantities()
                let graph = try Quantity.graph(of: terms) ?? ExpressionGraph(dimension: 0)
                let result = graph.logSumExp(terms.map { $0.expression(in: graph) })
                return result.constant.map { .number($0) } ?? Quantity.symbol(result).value
            },
            Function(
                "avips.math.dot", "The scalar product of two lists.",
                parameters: [Parameter("a", list, "the one"), Parameter("b", list, "the other one, of equal length")], returns: Self.numberType,
                example: "assert(avips.math.dot({1, 2}, {3, 4}) == 11)"
            ) { arguments in
                let (a, b) = (try arguments[1].quantities(), try arguments[2].quantities())
                guard a.count == b.count else { throw arguments[2].invalid("must have \(a.count) elements as the first list, got \(b.count)") }
                guard let graph = try Quantity.graph(of: a + b) else { return .number(zip(a, b).reduce(0) { $0 + $1.0.known * $1.1.known }) }
                return Quantity.symbol(graph.dot(a.map { $0.expression(in: graph) }, b.map { $0.expression(in: graph) })).value
            },
            Function(
                "avips.math.norm", "The Euclidean length of a list. In a traced density its derivative is 0 where the length is 0.", parameters: [Parameter("list", list, "the components")], returns: Self.numberType,
                example: "assert(avips.math.norm{3, 4} == 5)"
            ) { arguments in
                let a = try arguments[1].quantities()
                guard let graph = try Quantity.graph(of: a) else { return .number(Elementary.rootOfSquares(a.map(\.known))) }
                let expressions = a.map { $0.expression(in: graph) }
                return Quantity.symbol(graph.dot(expressions, expressions).squareRoot).value
            },
            Function(
                "avips.math.multiply", "A matrix times a list, such as the features of all observations of a regression times its coefficients.",
                parameters: [Parameter("matrix", "Matrix or list of rows", "n × d"), Parameter("list", list, "d numbers")],
                returns: "list of n numbers or Symbols",
                example: "local y = avips.math.multiply({ {1, 2}, {3, 4} }, {1, 1})\nassert(y[1] == 3 and y[2] == 7)"
            ) { arguments in
                let matrix = try arguments[1].matrix()
                let x = try arguments[2].quantities()
                guard x.count == matrix.columns else { throw arguments[2].invalid("must have \(matrix.columns) elements, as the matrix has columns, got \(x.count)") }
                guard let graph = try Quantity.graph(of: x) else {
                    return .numbers((0..<matrix.rows).map { row in zip(matrix.row(row), x).reduce(0) { $0 + $1.0 * $1.1.known } })
                }
                guard matrix.rows <= 100_000 else { throw arguments[1].invalid("must have at most 100000 rows beside symbols, got \(matrix.rows)") }
                let primitive = product(with: matrix)
                return .list(graph.apply(primitive, to: x.map { $0.expression(in: graph) }).map { Quantity.symbol($0).value })
            },
        ]
    }

    // Products with the same matrix are one primitive, so that equal calls are one.
    private func product(with matrix: Matrix) -> MatrixProduct {
        if let known = session.lastProduct, known.matrix == matrix { return known }
        let product = MatrixProduct(matrix)
        session.lastProduct = product
        return product
    }
}

extension Quantity {
    /// The number.
    ///
    /// - Precondition: It is one, as where a list has no graph.
    fileprivate var known: Double {
        guard case .number(let number) = self else { preconditionFailure("a symbol has a graph") }
        return number
    }
}

extension Elementary {
    static func power(_ x: Double, _ y: Double) -> Double { Foundation.pow(x, y) }
    static func softplus(_ x: Double) -> Double { (x > 0 ? x : 0) + Foundation.log1p(Foundation.exp(-Swift.abs(x))) }
}
