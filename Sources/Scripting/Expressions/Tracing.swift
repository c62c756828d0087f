import Expressions
import LuaBridge
import Mixtures
import Numerics

// How a Lua function becomes a formula: it is called once with symbols, and what it returns is compared with what it gives for numbers.

/// Why a function could not be traced.
struct TracingFailure: Error, CustomStringConvertible {
    var description: String
}

extension TracingFailure {
    /// A place where the formula and its function differ.
    init(_ x: [Double], context: [Double], value: Double, formula: Double) {
        let place = Session.text(x) + (context.isEmpty ? "" : ", context \(Session.text(context))")
        description = "its values at \(place) are \(plainText(value)), by the formula \(plainText(formula)): "
            + "it branches on values (== among them), looks them up in a table, draws random numbers or remembers earlier calls"
    }
}

extension Session {
    /// The formula that a function of Lua computes.
    ///
    /// Meanwhile Lua's own functions of `math` take symbols as well. Interrupts go through.
    ///
    /// - Parameters:
    ///   - graph: where the symbols among the arguments are from.
    /// - Throws: ``TracingFailure`` with the reason in words.
    func trace(_ function: Reference, _ arguments: [Value], in graph: ExpressionGraph) throws -> TracedDensity {
        let result = try called(function, arguments)
        let logDensity = try state.withSlot(result) { slot -> Formula in
            guard let quantity = try? slot.quantity() else { throw TracingFailure(description: "it returned \(slot.found) in place of a number") }
            guard quantity.graph == nil || quantity.graph === graph else { throw TracingFailure(description: "it returned a symbol of another density") }
            return quantity.expression(in: graph)
        }
        do {
            return try TracedDensity(logDensity)
        } catch {
            throw TracingFailure(description: "\(error)")
        }
    }

    /// What a function of Lua returns for symbols.
    ///
    /// - Throws: ``TracingFailure`` with the reason in words.
    func called(_ function: Reference, _ arguments: [Value]) throws -> Value {
        do {
            return try withSymbolicMath { try state.call(function, arguments).first ?? .nil }
        } catch let error as LuaError where error.kind != .interrupt && error.kind != .limit {
            // A function of Lua's that was kept in a local, as `local exp = math.exp`, knows no symbols.
            let hint = error.message.contains("got Symbol") ? "; use avips.math, or math.exp and its like by their full names" : ""
            throw TracingFailure(description: error.message + hint)
        }
    }

    /// The symbols of a point as a list, as `logdensity` takes it.
    func symbols(_ graph: ExpressionGraph) -> Value {
        .list((0..<graph.dimension).map { Symbol(expression: graph.variable($0)).value })
    }

    // The names of Lua's functions that avips.math has as well.
    private static let replacedFunctions = ["exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "abs", "min", "max"]

    private func withSymbolicMath<Result>(_ body: () throws -> Result) throws -> Result {
        guard case .reference(let library) = state[global: "math"], case .reference(let table) = state[global: "avips"],
              case .reference(let replacements) = state.field("math", of: table) else { return try body() }
        let own = Self.replacedFunctions.map { ($0, state.field($0, of: library)) }
        for name in Self.replacedFunctions { state.setField(name, of: library, to: state.field(name, of: replacements)) }
        defer { for (name, function) in own { state.setField(name, of: library, to: function) } }
        return try body()
    }

    /// Compares a formula with the function that it was traced from.
    ///
    /// - Throws: ``TracingFailure`` where they differ: the function branches on values, draws random numbers or has a memory.
    func check(_ formula: TracedDensity, of function: Reference, against target: ScriptTarget) throws {
        var stream = RandomStream(seed: 0x7ace)
        let start = target.start
        for index in 0..<12 {
            // Near the start and far from it: branches often lie outside.
            let spread = index % 3 == 2 ? 4.0 : 1.0
            let x = zip(start.mean, start.deviations).map { $0 + spread * $1 * stream.normal() }
            let expected: (logDensity: Double, gradient: [Double]?)
            do {
                expected = try target.evaluate(x)
            } catch let error as TargetError {
                throw TracingFailure(description: "called with numbers, it \(error.complaint)")
            }
            let found = formula.reference(x)
            guard Self.agree(found.logDensity, expected.logDensity, 1e-8) else {
                throw TracingFailure(x, context: [], value: expected.logDensity, formula: found.logDensity)
            }
            guard let gradient = expected.gradient else { continue }
            for (variable, (own, derived)) in zip(gradient, found.gradient).enumerated() where !Self.agree(derived, own, 1e-4) {
                throw TracingFailure(description: "the gradient given differs from the derivative of logdensity: "
                    + "component \(variable + 1) at \(Self.text(x)) is \(plainText(own)), the derivative \(plainText(derived))")
            }
        }
        let probes = TracingProbes(
            start: start, contexts: nil, constants: state.numericConstants(of: function), limit: TracingProbes.limit(nodes: formula.nodeCount))
        try probe(formula, probes) { x, _ in try target.evaluate(x).logDensity }
    }

    /// Compares them where branches are likely. What only the function refuses there, such as a logarithm's end, does not count.
    func probe(_ formula: TracedDensity, _ probes: TracingProbes, _ evaluate: (_ x: [Double], _ context: [Double]) throws -> Double) throws {
        for (x, context) in probes.places {
            let value: Double
            do { value = try evaluate(x, context) } catch is TargetError { continue }
            let found = formula.reference(x, context: context).logDensity
            guard value.isNaN || Self.agree(found, value, 1e-8) else { throw TracingFailure(x, context: context, value: value, formula: found) }
        }
    }

    private static func agree(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
        if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
        return a == b || abs(a - b) <= tolerance * (1 + abs(b))
    }

    fileprivate static func text(_ x: [Double]) -> String {
        "{" + x.prefix(4).map { NumberText.fixed($0, 3) }.joined(separator: ", ") + (x.count > 4 ? ", ..." : "") + "}"
    }
}
