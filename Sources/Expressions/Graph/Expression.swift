/// A symbolic number: a node of a graph, with the arithmetic of numbers.
///
/// Expressions of several graphs must not be mixed.
public struct Expression {
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

    fileprivate func with(_ other: Expression, _ operation: (Int, Int) -> Int) -> Expression {
        precondition(graph === other.graph, "expressions of two graphs")
        return Expression(graph, operation(node, other.node))
    }

    public static func + (a: Expression, b: Expression) -> Expression { a.with(b, a.graph.add) }
    public static func - (a: Expression, b: Expression) -> Expression { a.with(b, a.graph.subtract) }
    public static func * (a: Expression, b: Expression) -> Expression { a.with(b, a.graph.multiply) }
    public static func / (a: Expression, b: Expression) -> Expression { a.with(b, a.graph.divide) }
    public static prefix func - (a: Expression) -> Expression { Expression(a.graph, a.graph.negate(a.node)) }

    public static func + (a: Expression, b: Double) -> Expression { Expression(a.graph, a.graph.sum(b, [(1, a.node)])) }
    public static func + (a: Double, b: Expression) -> Expression { b + a }
    public static func - (a: Expression, b: Double) -> Expression { a + (-b) }
    public static func - (a: Double, b: Expression) -> Expression { Expression(b.graph, b.graph.sum(a, [(-1, b.node)])) }
    public static func * (a: Expression, b: Double) -> Expression { Expression(a.graph, a.graph.scale(a.node, by: b)) }
    public static func * (a: Double, b: Expression) -> Expression { b * a }
    public static func / (a: Expression, b: Double) -> Expression { a / a.graph.number(b) }
    public static func / (a: Double, b: Expression) -> Expression { b.graph.number(a) / b }

    /// a raised to the power b, as C's `pow` gives it.
    public func power(_ exponent: Expression) -> Expression { with(exponent, graph.power) }
    public func power(_ exponent: Double) -> Expression { power(graph.number(exponent)) }
    public var squared: Expression { self * self }
}

extension ExpressionGraph {
    /// A number as an expression.
    public func number(_ value: Double) -> Expression { Expression(self, constant(value)) }

    /// Variable i of the point, counted from 0.
    public func variable(_ index: Int) -> Expression {
        precondition((0..<dimension).contains(index), "variable \(index) of \(dimension)")
        return Expression(self, node(.point(index)))
    }

    /// Number j of the context, counted from 0.
    public func contextNumber(_ index: Int) -> Expression {
        precondition((0..<contextCount).contains(index), "number \(index) of a context of \(contextCount)")
        return Expression(self, node(.context(index)))
    }

    public func sum(_ terms: [Expression]) -> Expression { Expression(self, sum(0, terms.map { (1, $0.node) })) }

    /// Σ aᵢ·bᵢ of lists of one length.
    public func dot(_ a: [Expression], _ b: [Expression]) -> Expression {
        precondition(a.count == b.count, "lists of several lengths")
        return sum(zip(a, b).map { $0 * $1 })
    }

    /// log Σ exp aᵢ, without overflow; −∞ of none.
    public func logSumExp(_ terms: [Expression]) -> Expression { Expression(self, logSumExp(terms.map(\.node))) }

    /// The outputs of a primitive.
    public func apply(_ primitive: any TracedPrimitive, to inputs: [Expression]) -> [Expression] {
        call(primitive, inputs.map(\.node)).map { Expression(self, $0) }
    }

    /// The first choice where a test is above zero, the other one elsewhere. What is not chosen has no say in value and derivative, be it
    /// finite or not.
    public func choose(where test: Expression, _ a: Expression, _ b: Expression) -> Expression {
        Expression(self, select(test.node, a.node, b.node))
    }
}

// MARK: Functions

extension Expression {
    private func apply(_ function: UnaryFunction) -> Expression { Expression(graph, graph.unary(function, node)) }
    private func apply(_ function: BinaryFunction, _ other: Expression) -> Expression { with(other) { graph.binary(function, $0, $1) } }

    public var squareRoot: Expression { apply(.squareRoot) }
    public var absolute: Expression { apply(.absolute) }
    public var exp: Expression { apply(.exp) }
    /// eˣ − 1 and log(1 + x), exact near zero.
    public var expm1: Expression { apply(.expm1) }
    public var log1p: Expression { apply(.log1p) }
    public var log: Expression { apply(.log) }
    public var sin: Expression { apply(.sin) }
    public var cos: Expression { apply(.cos) }
    public var tan: Expression { apply(.tan) }
    public var sinh: Expression { apply(.sinh) }
    public var cosh: Expression { apply(.cosh) }
    public var tanh: Expression { apply(.tanh) }
    /// 1/(1 + e⁻ˣ), and log(1 + eˣ).
    public var sigmoid: Expression { apply(.sigmoid) }
    public var softplus: Expression { apply(.softplus) }
    /// log |Γ(x)|.
    public var logGamma: Expression { apply(.logGamma) }
    public var errorFunction: Expression { apply(.errorFunction) }
    public var arcTangent: Expression { Expression.angle(sine: self, cosine: graph.number(1)) }
    public var arcSine: Expression { Expression.angle(sine: self, cosine: ((1 - self) * (1 + self)).squareRoot) }
    public var arcCosine: Expression { Expression.angle(sine: ((1 - self) * (1 + self)).squareRoot, cosine: self) }

    /// The angle of a point in (−π, π], as C's `atan2`.
    public static func angle(sine: Expression, cosine: Expression) -> Expression { sine.apply(.atan2, cosine) }

    /// The smaller and the greater of two numbers; this one where they do not compare.
    public func minimum(_ other: Expression) -> Expression { apply(.minimum, other) }
    public func maximum(_ other: Expression) -> Expression { apply(.maximum, other) }

    /// 1 where the comparison holds, 0 elsewhere.
    public func isLess(than other: Expression) -> Expression { apply(.less, other) }
    public func isAtMost(_ other: Expression) -> Expression { apply(.lessOrEqual, other) }
    public func isEqual(to other: Expression) -> Expression { apply(.equal, other) }
}
