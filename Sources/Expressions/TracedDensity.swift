import Numerics

/// A log density that is a formula: over D variables, perhaps given C numbers of a context, with its gradient, as programs in single and
/// double precision.
///
/// It is a value without a state: threads evaluate it at once, each with a ``DensityWorkspace`` of its own.
public struct TracedDensity: Sendable {
    /// The number of variables D, and of numbers of the context C.
    public let dimension: Int
    public let contextCount: Int
    /// The programs: single precision for training, double precision where digits count.
    public let single: DensityProgram<Float>
    public let double: DensityProgram<Double>
    private let source: Source

    /// The graph of the programs, which no longer changes.
    private final class Source: @unchecked Sendable {
        let graph: ExpressionGraph
        let value: Int
        let gradient: [Int]

        init(_ graph: ExpressionGraph, value: Int, gradient: [Int]) {
            self.graph = graph
            self.value = value
            self.gradient = gradient
        }
    }

    /// How many nodes the formula and its derivative have.
    public var nodeCount: Int { source.graph.count }

    /// Differentiates and compiles an expression; its graph gets the nodes of the derivative.
    ///
    /// - Throws: ``TooLarge`` where the formula and its derivative have too many nodes.
    public init(_ logDensity: Formula) throws {
        let graph = logDensity.graph
        guard !graph.isExhausted else { throw TooLarge() }
        let gradient = graph.gradient(of: logDensity.node)
        guard !graph.isExhausted else { throw TooLarge() }
        // A graph of its own, without what nobody needs.
        let (own, roots) = graph.rewritten(.init(), [logDensity.node] + gradient)
        self.init(Source(own, value: roots[0], gradient: Array(roots.dropFirst())))
    }

    private init(_ source: Source) {
        self.source = source
        dimension = source.graph.dimension
        contextCount = source.graph.contextCount
        single = DensityProgram(source.graph, value: source.value, gradient: source.gradient)
        double = DensityProgram(source.graph, value: source.value, gradient: source.gradient)
    }

    /// The density at one context: its numbers are constants there, and what depends on them alone is computed once and for all.
    ///
    /// - Precondition: `context.count == contextCount`.
    public func at(_ context: [Double]) -> TracedDensity {
        precondition(context.count == contextCount, "\(context.count) numbers for a context of \(contextCount)")
        let (graph, roots) = source.graph.rewritten(.init(context: context), [source.value] + source.gradient)
        return TracedDensity(Source(graph, value: roots[0], gradient: Array(roots.dropFirst())))
    }

    /// The log density at a point and its gradient, node by node in double precision: slow, and independent of the programs.
    public func reference(_ point: [Double], context: [Double] = []) -> (logDensity: Double, gradient: [Double]) {
        precondition(point.count == dimension && context.count == contextCount, "a point or a context of another size")
        let values = source.graph.values(of: [source.value] + source.gradient, point: point, context: context)
        return (values[source.value], source.gradient.map { values[$0] })
    }

    /// By how much rounding changes the log density: at most over some evaluations whose every result is moved by up to one unit in the last place.
    public func roundingError(_ point: [Double], context: [Double] = []) -> Double {
        precondition(point.count == dimension && context.count == contextCount, "a point or a context of another size")
        return source.graph.roundingError(of: source.value, point: point, context: context)
    }

    /// The formula has more nodes than a graph may have.
    public struct TooLarge: Error, CustomStringConvertible {
        public var description: String {
            "the formula has more than \(ExpressionGraph.greatestSize) operations with its derivative; write loops over data as products with a matrix"
        }
    }
}
