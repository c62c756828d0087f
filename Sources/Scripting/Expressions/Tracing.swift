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
            + (formula.isNaN && !value.isNaN ? "math.min and math.max may pass over nan, which those of avips.math do not; or " : "")
            + "it branches on values (== among them), looks them up in a table, draws random numbers or remembers earlier calls"
    }

    /// A component of a gradient that was given, and the derivative there.
    fileprivate init(gradient: Double, derivative: Double, _ variable: Int, _ x: [Double], _ context: [Double]) {
        description = "the gradient given differs from the derivative of logdensity: component \(variable + 1) at \(Session.text(x))"
            + (context.isEmpty ? "" : ", context \(Session.text(context))") + " is \(plainText(gradient)), the derivative \(plainText(derivative))"
    }
}

/// Why a function of Lua is called as it is, rather than evaluated as a formula.
enum Untraced {
    /// A script wanted that.
    case asked(String)
    /// It could not be traced.
    case because(TracingFailure)

    /// What the field `note` says.
    var note: String {
        switch self {
        case .asked(let option): option
        case .because(let failure): "\(failure)"
        }
    }

    /// A line below the description of a target whose function could not be traced; empty where a script wanted that.
    var line: String {
        guard case .because(let failure) = self else { return "" }
        let text = failure.description.prefix { $0 != "\n" }
        return "\n  not traced: " + (text.count > 200 ? text.prefix(199) + "…" : text)
    }
}

/// A function of Lua called with numbers: its value and, where that is asked for and there is one, the gradient given with it.
typealias CalledDensity = (_ x: [Double], _ context: [Double], _ wantsGradient: Bool) throws -> (logDensity: Double, gradient: [Double]?)

/// Where a function is looked at when a target is made of it: near the start and far from it, since branches often lie outside.
struct CheckedPlaces {
    private(set) var all: [(x: [Double], context: [Double])] = []

    /// - Parameter contexts: a row a place; twelve places without a context where nil.
    init(around start: InitialMixture, contexts: Matrix? = nil) {
        var stream = RandomStream(seed: 0x7ace)
        for index in 0..<(contexts?.rows ?? 12) {
            let spread = index % 3 == 2 ? 4.0 : 1.0
            let x = zip(start.mean, start.deviations).map { $0 + spread * $1 * stream.normal() }
            all.append((x, contexts.map { Array($0.row(index)) } ?? []))
        }
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
        let logDensity = try formula(of: function, arguments, in: graph)
        do {
            return try TracedDensity(logDensity)
        } catch {
            throw TracingFailure(description: "\(error)")
        }
    }

    /// What a density returns for symbols.
    ///
    /// - Throws: ``TracingFailure`` with the reason in words.
    func formula(of function: Reference, _ arguments: [Value], in graph: ExpressionGraph) throws -> Formula {
        try state.withSlot(try called(function, arguments)) { slot in
            guard let quantity = try? slot.quantity() else { throw TracingFailure(description: "it returned \(slot.found) in place of a number") }
            guard quantity.graph == nil || quantity.graph === graph else { throw TracingFailure(description: "it returned a symbol of another density") }
            return quantity.expression(in: graph)
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
        let probes = TracingProbes(
            start: target.start, contexts: nil, constants: state.numericConstants(of: function), limit: TracingProbes.limit(nodes: formula.nodeCount))
        let graph = ExpressionGraph(dimension: target.dimension, simplifies: false)
        try check(formula, asWritten: { try self.formula(of: function, [symbols(graph)], in: graph) }, at: .init(around: target.start), probes, target.called)
    }

    /// Compares a formula with what its function gives for numbers: at some places the gradient that comes with it too, and where branches are likely.
    ///
    /// - Parameter trace: the same formula without simplifications, asked for where the two differ: it suffers the rounding that the function does.
    func check(
        _ formula: TracedDensity, asWritten trace: () throws -> Formula, at places: CheckedPlaces, _ probes: TracingProbes, _ evaluate: CalledDensity
    ) throws {
        var written: Formula?
        func isRounding(_ value: Double, _ x: [Double], _ context: [Double]) throws -> Bool {
            let known = try written ?? trace()
            written = known
            return Self.isRounding(formula, asWritten: known, value, x, context)
        }
        for (x, context) in places.all {
            let expected: (logDensity: Double, gradient: [Double]?)
            do {
                expected = try evaluate(x, context, true)
            } catch let error as TargetError {
                throw TracingFailure(description: "called with numbers, it \(error.complaint)")
            }
            let found = formula.reference(x, context: context)
            guard try Self.agree(found.logDensity, expected.logDensity, 1e-8) || isRounding(expected.logDensity, x, context) else {
                throw TracingFailure(x, context: context, value: expected.logDensity, formula: found.logDensity)
            }
            guard let gradient = expected.gradient else { continue }
            for (variable, (own, derived)) in zip(gradient, found.gradient).enumerated() where !Self.agree(derived, own, 1e-4) {
                throw TracingFailure(gradient: own, derivative: derived, variable, x, context)
            }
        }
        // What only the function refuses there, such as a logarithm's end, does not count.
        for (x, context) in probes.places {
            let value: Double
            do { value = try evaluate(x, context, false).logDensity } catch is TargetError { continue }
            let found = formula.reference(x, context: context).logDensity
            guard try value.isNaN || Self.agree(found, value, 1e-8) || isRounding(value, x, context) else {
                throw TracingFailure(x, context: context, value: value, formula: found)
            }
        }
    }

    /// Whether a formula differs from its function by no more than either changes with the last digits of the numbers that they are asked with, or of the
    /// numbers on the way: where large numbers are subtracted, these decide. A simplified formula computes in another order, or needs no such numbers.
    private static func isRounding(_ formula: TracedDensity, asWritten written: Formula, _ value: Double, _ x: [Double], _ context: [Double]) -> Bool {
        func found(_ share: Double) -> Double { formula.reference(x.map { $0 * (1 + share) }, context: context.map { $0 * (1 + share) }).logDensity }
        let (own, moved) = (found(0), found(8 * .ulpOfOne))
        return abs(own - value) <= max(abs(own - moved), 8 * formula.roundingError(x, context: context), 8 * written.roundingError(x, context: context))
    }

    /// Warns where a gradient that is given with a function contradicts the function's values.
    func judgeGradient(of target: ScriptTarget) throws {
        guard target.hasGradient else { return }
        try judgeGradient(of: target.name, at: .init(around: target.start), scales: target.start.deviations, target.called)
    }

    /// Compares a gradient with differences of values along random directions, of which none hides a wrong component.
    func judgeGradient(of name: String, at places: CheckedPlaces, scales: [Double], _ evaluate: CalledDensity) throws {
        var stream = RandomStream(seed: 0x7ace)
        for (x, context) in places.all.prefix(4) {
            func value(_ x: [Double]) throws -> Double { try evaluate(x, context, false).logDensity }
            do {
                guard let gradient = try evaluate(x, context, true).gradient else { return }
                let direction = scales.map { $0 * stream.normal() }
                guard let slope = try Self.slope(value, at: x, along: direction) else { continue }
                let own = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
                // What a component contributes, rather than their sum, is what rounding is measured by.
                let size = zip(gradient, direction).reduce(abs(slope.value)) { max($0, abs($1.0 * $1.1)) }
                guard !(abs(own - slope.value) <= 1e-3 * (1 + size) + slope.error) else { continue }
                for variable in x.indices {
                    let unit = x.indices.map { $0 == variable ? scales[$0] : 0 }
                    guard let slope = try Self.slope(value, at: x, along: unit) else { continue }
                    let own = gradient[variable] * scales[variable]
                    guard abs(own - slope.value) > 1e-3 * (1 + abs(slope.value)) + slope.error || own.isNaN else { continue }
                    let found = TracingFailure(gradient: gradient[variable], derivative: slope.value / scales[variable], variable, x, context)
                    return warn("the target \"\(name)\": \(found)")
                }
            } catch is TargetError { continue }
        }
    }

    /// The slope of a function by central differences, and by how much it may be wrong; nil where values are not finite.
    private static func slope(_ value: ([Double]) throws -> Double, at x: [Double], along direction: [Double]) throws -> (value: Double, error: Double)? {
        func difference(_ step: Double) throws -> (slope: Double, noise: Double) {
            let (ahead, behind) = (try value(zip(x, direction).map { $0 + step * $1 }), try value(zip(x, direction).map { $0 - step * $1 }))
            return ((ahead - behind) / (2 * step), 1e-15 * (abs(ahead) + abs(behind)) / step)
        }
        let (near, far) = (try difference(1e-4), try difference(2e-4))
        guard near.slope.isFinite, far.slope.isFinite else { return nil }
        return (near.slope, 10 * (abs(near.slope - far.slope) + near.noise))
    }

    private static func agree(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
        if a.isNaN || b.isNaN { return a.isNaN && b.isNaN }
        return a == b || abs(a - b) <= tolerance * (1 + abs(b))
    }

    fileprivate static func text(_ x: [Double]) -> String {
        "{" + x.prefix(4).map { NumberText.fixed($0, 3) }.joined(separator: ", ") + (x.count > 4 ? ", ..." : "") + "}"
    }
}

extension ScriptTarget {
    /// At one place, as the target's maker looks at it.
    fileprivate var called: CalledDensity {
        { [self] x, _, wantsGradient in
            if wantsGradient { return try evaluate(x) }
            var value = 0.0
            try evaluate(x, count: 1, into: &value, gradients: nil)
            return (value, nil)
        }
    }
}
