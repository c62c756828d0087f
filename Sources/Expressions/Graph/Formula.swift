/// A symbolic number: a node of a graph, with the arithmetic of numbers.
///
/// Expressions of several graphs must not be mixed.
public struct Formula {
    public let graph: ExpressionGraph
    let node: Int

    init(_ graph: ExpressionGraph, _ node: Int) {
        self.graph = graph
        self.node = node
    }

    /// The number, where the expression is one.
    public var constant: Double? { graph.constantValue(node) }

    /// Whether the expression is 1 or 0 by a comparison.
    public var isComparison: Bool {
        if case .binary(let function, _, _) = graph.operations[node] { return function.isComparison }
        return false
    }

    fileprivate func with(_ other: Formula, _ operation: (Int, Int) -> Int) -> Formula {
        precondition(graph === other.graph, "expressions of two graphs")
        return Formula(graph, operation(node, other.node))
    }

    public static func + (a: Formula, b: Formula) -> Formula { a.with(b, a.graph.add) }
    public static func - (a: Formula, b: Formula) -> Formula { a.with(b, a.graph.subtract) }
    public static func * (a: Formula, b: Formula) -> Formula { a.with(b, a.graph.multiply) }
    public static func / (a: Formula, b: Formula) -> Formula { a.with(b, a.graph.divide) }
    public static prefix func - (a: Formula) -> Formula { Formula(a.graph, a.graph.negate(a.node)) }

    public static func + (a: Formula, b: Double) -> Formula { Formula(a.graph, a.graph.sum(b, [(1, a.node)])) }
    public static func + (a: Double, b: Formula) -> Formula { b + a }
    public static func - (a: Formula, b: Double) -> Formula { a + (-b) }
    public static func - (a: Double, b: Formula) -> Formula { Formula(b.graph, b.graph.sum(a, [(-1, b.node)])) }
    public static func * (a: Formula, b: Double) -> Formula { Formula(a.graph, a.graph.scale(a.node, by: b)) }
    public static func * (a: Double, b: Formula) -> Formula { b * a }
    public static func / (a: Formula, b: Double) -> Formula { a / a.graph.number(b) }
    public static func / (a: Double, b: Formula) -> Formula { b.graph.number(a) / b }

    /// a raised to the power b, as C's `pow` gives it.
    public func power(_ exponent: Formula) -> Formula { with(exponent, graph.power) }
    public func power(_ exponent: Double) -> Formula { power(graph.number(exponent)) }
    public var squared: Formula { self * self }
}

extension Formula {
    /// By how much rounding changes the value, as ``TracedDensity/roundingError(_:context:)``; 0 where its graph has become too large.
    ///
    /// - Precondition: the lists have the graph's sizes.
    public func roundingError(_ point: [Double], context: [Double] = []) -> Double {
        precondition(point.count == graph.dimension && context.count == graph.contextCount, "a point or a context of another size")
        return graph.isExhausted ? 0 : graph.roundingError(of: node, point: point, context: context)
    }
}

extension ExpressionGraph {
    /// A number as an expression.
    public func number(_ value: Double) -> Formula { Formula(self, constant(value)) }

    /// Variable i of the point, counted from 0.
    public func variable(_ index: Int) -> Formula {
        precondition((0..<dimension).contains(index), "variable \(index) of \(dimension)")
        return Formula(self, node(.point(index)))
    }

    /// Number j of the context, counted from 0.
    public func contextNumber(_ index: Int) -> Formula {
        precondition((0..<contextCount).contains(index), "number \(index) of a context of \(contextCount)")
        return Formula(self, node(.context(index)))
    }

    public func sum(_ terms: [Formula]) -> Formula { Formula(self, sum(0, terms.map { (1, $0.node) })) }

    /// Σ aᵢ·bᵢ of lists of one length.
    public func dot(_ a: [Formula], _ b: [Formula]) -> Formula {
        precondition(a.count == b.count, "lists of several lengths")
        return sum(zip(a, b).map { $0 * $1 })
    }

    /// log Σ exp aᵢ, without overflow; −∞ of none.
    public func logSumExp(_ terms: [Formula]) -> Formula { Formula(self, logSumExp(terms.map(\.node))) }

    /// The outputs of a primitive.
    public func apply(_ primitive: any TracedPrimitive, to inputs: [Formula]) -> [Formula] {
        call(primitive, inputs.map(\.node)).map { Formula(self, $0) }
    }

    /// The first choice where a test is above zero, the other one elsewhere. What is not chosen has no effect on value and derivative, be it
    /// finite or not.
    public func choose(where test: Formula, _ a: Formula, _ b: Formula) -> Formula {
        Formula(self, select(test.node, a.node, b.node))
    }
}

// MARK: Functions

extension Formula {
    private func apply(_ function: UnaryFunction) -> Formula { Formula(graph, graph.unary(function, node)) }
    private func apply(_ function: BinaryFunction, _ other: Formula) -> Formula { with(other) { graph.binary(function, $0, $1) } }

    public var squareRoot: Formula { apply(.squareRoot) }
    public var absolute: Formula { apply(.absolute) }
    public var exp: Formula { apply(.exp) }
    /// eˣ − 1 and log(1 + x), exact near zero.
    public var expm1: Formula { apply(.expm1) }
    public var log1p: Formula { apply(.log1p) }
    public var log: Formula { apply(.log) }
    public var sin: Formula { apply(.sin) }
    public var cos: Formula { apply(.cos) }
    public var tan: Formula { apply(.tan) }
    public var sinh: Formula { apply(.sinh) }
    public var cosh: Formula { apply(.cosh) }
    public var tanh: Formula { apply(.tanh) }
    /// 1/(1 + e⁻ˣ), and log(1 + eˣ).
    public var sigmoid: Formula { apply(.sigmoid) }
    public var softplus: Formula { apply(.softplus) }
    /// log |Γ(x)|.
    public var logGamma: Formula { apply(.logGamma) }
    public var errorFunction: Formula { apply(.errorFunction) }
    public var arcTangent: Formula { Formula.angle(sine: self, cosine: graph.number(1)) }
    public var arcSine: Formula { Formula.angle(sine: self, cosine: ((1 - self) * (1 + self)).squareRoot) }
    public var arcCosine: Formula { Formula.angle(sine: ((1 - self) * (1 + self)).squareRoot, cosine: self) }

    /// The angle of a point in (−π, π], as C's `atan2`.
    public static func angle(sine: Formula, cosine: Formula) -> Formula { sine.apply(.atan2, cosine) }

    /// The smaller and the greater of two numbers: this one where they are equal, NaN where either is.
    public func minimum(_ other: Formula) -> Formula { apply(.minimum, other) }
    public func maximum(_ other: Formula) -> Formula { apply(.maximum, other) }

    /// 1 where the comparison holds, 0 elsewhere.
    public func isLess(than other: Formula) -> Formula { apply(.less, other) }
    public func isAtMost(_ other: Formula) -> Formula { apply(.lessOrEqual, other) }
    public func isEqual(to other: Formula) -> Formula { apply(.equal, other) }
}
