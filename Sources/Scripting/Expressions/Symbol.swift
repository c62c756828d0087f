import Expressions
import LuaBridge
import Numerics

/// A symbolic number as scripts hold it, while a density is traced.
struct Symbol {
    let expression: Formula

    var value: Value { .object(holding: self) }
}

/// A number that a script passes, known or symbolic.
enum Quantity {
    case number(Double)
    case symbol(Formula)

    /// What Lua gets.
    var value: Value {
        switch self {
        case .number(let number): .number(number)
        case .symbol(let expression): Symbol(expression: expression).value
        }
    }

    var graph: ExpressionGraph? {
        if case .symbol(let expression) = self { return expression.graph }
        return nil
    }

    func expression(in graph: ExpressionGraph) -> Formula {
        switch self {
        case .number(let number): graph.number(number)
        case .symbol(let expression): expression
        }
    }

    /// The graph of all symbols among some quantities; nil where all are numbers.
    ///
    /// - Throws: `ArgumentError` where symbols of two densities meet.
    static func graph(of quantities: [Quantity]) throws -> ExpressionGraph? {
        var found: ExpressionGraph?
        for graph in quantities.lazy.compactMap(\.graph) {
            if let found, found !== graph { throw ArgumentError("mixes symbols of two densities; a symbol means something only in the function that was given it") }
            found = graph
        }
        return found
    }
}

extension Slot {
    /// A number of any kind, not-a-numbers included, or a symbol.
    func quantity() throws -> Quantity {
        switch value {
        case .number(let number): return .number(number)
        case .integer(let number): return .number(Double(number))
        default:
            guard let box = boxIfPresent(Symbol.self) else {
                throw isNil ? invalid("must be a number or a Symbol, got nothing, as an element or a field that does not exist is") : mismatch("a number or a Symbol")
            }
            return .symbol(try box.read().expression)
        }
    }

    /// A list of numbers and symbols: a table, or a row of a matrix.
    func quantities() throws -> [Quantity] {
        if let row = boxIfPresent(MatrixRow.self) { return try row.read().numbers.map { .number($0) } }
        guard kind == .table else { throw mismatch("a list of numbers or Symbols") }
        let count = try length()
        guard count <= Limits.count else { throw invalid("must have at most \(Limits.count) elements") }
        return try (0..<count).map { try withElement($0 + 1) { try $0.quantity() } }
    }

    /// Whether it is a list with a symbol in it.
    var hasSymbols: Bool {
        guard kind == .table, let count = try? length(), count > 0, count <= Limits.count else { return false }
        return (0..<count).contains { index in (try? withElement(index + 1) { $0.boxIfPresent(Symbol.self) != nil }) ?? false }
    }
}

extension SymbolicEntries {
    var symbolType: ObjectType {
        ObjectType(
            "Symbol", of: Symbol.self,
            "A symbolic number: what a density is called with once, to be traced. It takes part in arithmetic and in avips.math; it cannot be compared.",
            describe: { symbol in symbol.expression.constant.map { "Symbol · \($0)" } ?? "Symbol" },
            operators: [
                (.add, { try combined($0, +, +) }), (.subtract, { try combined($0, -, -) }),
                (.multiply, { try combined($0, *, *) }), (.divide, { try combined($0, /, /) }),
                (.power, { try combined($0, Elementary.power) { $0.power($1) } }),
                (.negate, { Quantity.symbol(-(try $0.operand(1, Symbol.self)).expression).value }),
                (.floorDivide, { _ in throw rounding("//") }), (.remainder, { _ in throw rounding("%") }),
                (.less, comparison), (.lessOrEqual, comparison), (.equal, comparison),
            ])
    }
}

// A comparison must give true or false at once, which a symbol is not yet.
private func comparison(_ arguments: Arguments) throws -> Value {
    throw ArgumentError(
        "symbols cannot be compared, their values come later: write avips.math.where(avips.math.less(a, b), x, y) in place of a branch, "
            + "or avips.math.min, max or abs; trace = false keeps the function as it is")
}

// What jumps has no slope that could be followed across.
private func rounding(_ sign: String) -> ArgumentError {
    ArgumentError(
        "symbols cannot be rounded, as \(sign) does: write avips.math.where(avips.math.less(a, b), x, y) for each case, or sin, cos and atan2 for what repeats; "
            + "trace = false keeps the function as it is")
}

/// A function of two quantities, computed where both are numbers.
func combined(
    _ arguments: Arguments, _ numbers: (Double, Double) -> Double, _ symbols: (Formula, Formula) -> Formula
) throws -> Value {
    try combined(arguments[1].quantity(), arguments[2].quantity(), numbers, symbols).value
}

func combined(
    _ a: Quantity, _ b: Quantity, _ numbers: (Double, Double) -> Double, _ symbols: (Formula, Formula) -> Formula
) throws -> Quantity {
    guard let graph = try Quantity.graph(of: [a, b]) else {
        guard case .number(let x) = a, case .number(let y) = b else { preconditionFailure("a symbol has a graph") }
        return .number(numbers(x, y))
    }
    return .symbol(symbols(a.expression(in: graph), b.expression(in: graph)))
}
