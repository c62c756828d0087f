import ConditionalInference
import ConditionalModels
import Expressions
import LuaBridge
import Mixtures
import ModelTraining
import Numerics

/// A conditional density that was traced: a formula that any number of threads evaluate.
final class TracedConditionalDensity: ContextualDensity {
    let name: String
    private let formula: TracedDensity
    private let workspaces: WorkspacePool<DensityWorkspace<Double>>

    init(name: String, formula: TracedDensity) {
        self.name = name
        self.formula = formula
        workspaces = WorkspacePool { DensityWorkspace(formula.double) }
    }

    var dimension: Int { formula.dimension }
    var contextCount: Int { formula.contextCount }
    var isConcurrent: Bool { true }
    var hasGradient: Bool { true }

    func evaluate(
        _ places: UnsafePointer<Double>, contexts: UnsafePointer<Double>, count: Int, into values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        workspaces.withWorkspace { $0.evaluate(places, contexts: contexts, count: count, into: values, gradients: gradients) }
    }
}

/// The same in a training: a formula over a model's coordinates and its network's inputs, in single precision.
final class TracedDensities: DensityFamily {
    private let formula: TracedDensity

    init(_ formula: TracedDensity) { self.formula = formula }

    func density(_ widths: TargetWidths) -> any ConditionalDensity { TracedLaneDensity(formula) }
}

private final class TracedLaneDensity: ConditionalDensity {
    let dimension: Int
    let contextCount: Int
    private let workspaces: WorkspacePool<DensityWorkspace<Float>>

    init(_ formula: TracedDensity) {
        dimension = formula.dimension
        contextCount = formula.contextCount
        workspaces = WorkspacePool { DensityWorkspace(formula.single) }
    }

    var scratchCount: Int { 0 }

    func evaluate(
        _ places: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        workspaces.withWorkspace { workspace in
            workspace.evaluate(
                places: UnsafeRawPointer(places).assumingMemoryBound(to: Float.self), count: count, contexts: contexts, stride: stride,
                into: UnsafeMutableRawPointer(values).assumingMemoryBound(to: Float.self),
                gradients: UnsafeMutableRawPointer(gradients).assumingMemoryBound(to: Float.self))
        }
    }
}

extension Session {
    /// The formula of a conditional density.
    ///
    /// - Parameter units: a model's coordinates and inputs, which the formula is to be over; places and contexts in their own units where nil.
    func traceConditional(
        _ function: Reference, dimension: Int, contexts shape: ContextShape, units: (space: SampleSpace, encoding: NumberEncoding)? = nil
    ) throws -> TracedDensity {
        let graph = ExpressionGraph(dimension: dimension, contextCount: shape.count)
        return try trace(function, symbols(graph, contexts: shape, units: units), in: graph)
    }

    /// The symbols of a point and a context, as `logdensity` takes them.
    private func symbols(
        _ graph: ExpressionGraph, contexts shape: ContextShape, units: (space: SampleSpace, encoding: NumberEncoding)? = nil
    ) throws -> [Value] {
        let (x, context) = graph.arguments(over: units)
        var numbers = shape.value(ofSymbols: context)
        if case .named = shape { numbers = try state.table(numbers, unknown: unknownOfContext()) }
        return [.list(x.map { Symbol(expression: $0).value }), numbers]
    }

    // What answers a name that a context of symbols lacks.
    private func unknownOfContext() throws -> Reference {
        if let unknownNumber { return unknownNumber }
        let function = try state.function("") { arguments in
            guard arguments[2].kind == .string else { return .nil }
            let name = try arguments[2].string(), names = try arguments[1].names().sorted()
            throw ArgumentError("the context has no number '\(name)', it has \(names.joined(separator: ", "))" + suggestion(for: name, among: names))
        }
        unknownNumber = function
        return function
    }

    /// Compares a formula with the function that it was traced from.
    ///
    /// - Throws: ``TracingFailure`` where they differ.
    func check(
        _ formula: TracedDensity, of function: Reference, against density: ScriptDensity, contexts: ContextSet, start: InitialMixture
    ) throws {
        let probes = TracingProbes(
            start: start, contexts: try contexts.probed(in: state), bounds: contexts.bounds, constants: state.numericConstants(of: function),
            limit: TracingProbes.limit(nodes: formula.nodeCount))
        let graph = ExpressionGraph(dimension: density.dimension, contextCount: contexts.shape.count, simplifies: false)
        let places = CheckedPlaces(around: start, contexts: try contexts.trial(12, seed: 0x7ace, in: state))
        try check(formula, asWritten: { try self.formula(of: function, symbols(graph, contexts: contexts.shape), in: graph) }, at: places, probes, density.called)
    }

    /// Warns where a gradient that is given with a function contradicts the function's values.
    func judgeGradient(of density: ScriptDensity, contexts: ContextSet, start: InitialMixture) throws {
        guard density.hasGradient, contexts.hasContexts else { return }
        let places = CheckedPlaces(around: start, contexts: try contexts.trial(4, seed: 0x7ace, in: state))
        try judgeGradient(of: density.name, at: places, scales: start.deviations, density.called)
    }
}

extension ExpressionGraph {
    /// The variables and the numbers of the context, in their own units.
    ///
    /// - Parameter units: a model's coordinates and inputs, where the graph's variables and context are these; nil where they are in their own units.
    func arguments(over units: (space: SampleSpace, encoding: NumberEncoding)?) -> (x: [Formula], context: [Formula]) {
        let x = (0..<dimension).map { i -> Formula in
            let u = variable(i)
            return units.map { $0.space.middle[i] + $0.space.halfRange[i] * u } ?? u
        }
        let context = (0..<contextCount).map { j -> Formula in
            let number = contextNumber(j)
            return units.map { $0.encoding.offset[j] + number / $0.encoding.scale[j] } ?? number
        }
        return (x, context)
    }
}

extension ContextShape {
    /// A context of symbols as a script's function gets it.
    func value(ofSymbols symbols: [Formula]) -> Value {
        let values = symbols.map { Symbol(expression: $0).value }
        switch self {
        case .named(let names): return .record(zip(names, values).map { ($0, $1) })
        case .row, .image: return .list(values)
        case .points(_, let dimension): return .list(stride(from: 0, to: values.count, by: dimension).map { .list(Array(values[$0..<$0 + dimension])) })
        }
    }
}
