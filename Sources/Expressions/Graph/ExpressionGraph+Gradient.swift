// Reverse-mode differentiation, as new nodes.

/// The derivative of the result by a node, while it is collected: numbers times nodes, grouped by the test under which they count.
///
/// A test is applied late, to a sum or to a component of the gradient, after all local derivatives: where a choice was not taken,
/// these may be infinite, and zero times infinity would follow.
private struct Adjoint {
    struct Test: Hashable {
        var node: Int
        /// Whether the test must hold, or fail.
        var holds: Bool
    }

    var groups: [(test: Test?, terms: [(coefficient: Double, node: Int)])] = []

    mutating func add(_ coefficient: Double, _ node: Int, under test: Test?) {
        if let index = groups.firstIndex(where: { $0.test == test }) {
            groups[index].terms.append((coefficient, node))
        } else {
            groups.append((test, [(coefficient, node)]))
        }
    }
}

extension ExpressionGraph {
    /// The derivatives of an expression by the variables of the point.
    ///
    /// At ties of `minimum` and `maximum`, and at zero for `absolute`, it is the derivative from one side. Roots, and powers with exponents between 0 and
    /// 1, have the derivative zero where they are zero, their least value, and so has `angle` at the origin: zero times infinity would follow at
    /// kinks, such as the origin for a norm, and at ends of domains, such as 1 for `arcSine`. The derivative is a number wherever such a function is one.
    public func gradient(of expression: Formula) -> [Formula] {
        gradient(of: expression.node).map { Formula(self, $0) }
    }

    func gradient(of root: Int) -> [Int] {
        dropsZeros = true
        defer { dropsZeros = false }
        let isNeeded = reachable(from: [root]), depends = pointDependence
        var differentiation = Differentiation(graph: self, depends: depends, root: root)
        for index in stride(from: root, through: 0, by: -1) where isNeeded[index] && depends[index] {
            differentiation.propagate(index)
        }
        return (0..<dimension).map { differentiation.gradient($0) }
    }
}

private struct Differentiation {
    let graph: ExpressionGraph
    /// Whether a node of the original graph depends on the point.
    let depends: [Bool]
    private var adjoints: [Int: Adjoint] = [:]
    /// The adjoints of the outputs of calls, by call and output.
    private var outputAdjoints: [Int: [Int: Int]] = [:]
    /// The components of the gradient, by the nodes of the variables.
    private var components: [Int: Int] = [:]

    init(graph: ExpressionGraph, depends: [Bool], root: Int) {
        self.graph = graph
        self.depends = depends
        adjoints[root, default: Adjoint()].add(1, graph.constant(1), under: nil)
    }

    func gradient(_ variable: Int) -> Int { components[graph.node(.point(variable))] ?? graph.constant(0) }

    // The node of an adjoint and the test that is still to be applied to it.
    private mutating func take(_ index: Int) -> (test: Adjoint.Test?, node: Int)? {
        guard let adjoint = adjoints.removeValue(forKey: index) else { return nil }
        if adjoint.groups.count == 1 {
            let node = graph.sum(0, adjoint.groups[0].terms)
            return graph.constantValue(node) == 0 ? nil : (adjoint.groups[0].test, node)
        }
        let parts = adjoint.groups.map { masked(graph.sum(0, $0.terms), $0.test) }
        let sum = graph.sum(0, parts.map { (1, $0) })
        let tests = adjoint.groups.compactMap(\.test)
        guard tests.count == adjoint.groups.count else { return (nil, sum) }
        // Nothing counts where every test says no.
        let one = graph.constant(1)
        let any = tests.reduce(graph.constant(0)) { $1.holds ? graph.select($1.node, one, $0) : graph.select($1.node, $0, one) }
        return (Adjoint.Test(node: any, holds: true), sum)
    }

    private func masked(_ node: Int, _ test: Adjoint.Test?) -> Int {
        guard let test else { return node }
        let zero = graph.constant(0)
        return test.holds ? graph.select(test.node, node, zero) : graph.select(test.node, zero, node)
    }

    mutating func propagate(_ index: Int) {
        let operation = graph.operations[index]
        if case .call(let primitive, let inputs) = operation {
            return propagateCall(index, outputs: graph.primitives[primitive].outputCount, inputs)
        }
        guard let (test, adjoint) = take(index) else { return }
        if case .point = operation {
            components[index] = masked(adjoint, test)
            return
        }
        let (coefficient, core) = graph.constantValue(adjoint).map { ($0, graph.constant(1)) } ?? graph.scaled(adjoint)
        let contribution = Contribution(coefficient: coefficient, adjoint: core, test: test)
        switch operation {
        case .constant, .point, .context, .call, .pullback: break
        case .sum(_, let terms):
            for term in terms { add(contribution, term.coefficient.value, nil, to: term.node) }
        case .product(let a, let b): propagateProduct(index, a, b, contribution)
        case .unary(let function, let a): propagate(function, index, a, contribution)
        case .binary(let function, let a, let b): propagate(function, index, a, b, contribution)
        case .select(let choice, let a, let b): propagateChoice(choice, a, b, contribution)
        case .logSumExp(let nodes):
            for (i, node) in nodes.enumerated() { add(contribution, 1, graph.softmax(index, i), to: node) }
        case .softmax: preconditionFailure("a derivative is not differentiated again")
        case .output(let call, let i): outputAdjoints[call, default: [:]][i] = masked(adjoint, test)
        }
    }

    fileprivate struct Contribution {
        var coefficient: Double
        var adjoint: Int
        var test: Adjoint.Test?
    }

    // Adds factor · local · adjoint to the adjoint of a node.
    private mutating func add(_ contribution: Contribution, _ factor: Double, _ local: Int?, to node: Int) {
        guard depends[node], factor != 0 else { return }
        let value = local.map { graph.multiply(contribution.adjoint, $0) } ?? contribution.adjoint
        adjoints[node, default: Adjoint()].add(factor * contribution.coefficient, value, under: contribution.test)
    }

    private mutating func propagateProduct(_ index: Int, _ a: Int, _ b: Int, _ contribution: Contribution) {
        if a == b { return add(contribution, 2, a, to: a) }
        for (node, other) in [(a, b), (b, a)] where depends[node] {
            // A quotient q = other/u: dq/du = −q/u, and q as well as adjoint/u are there already.
            if case .unary(.reciprocal, let divisor) = graph.operations[node] {
                let share = graph.multiply(contribution.adjoint, node)
                let product = graph.multiply(share, index)
                guard depends[divisor] else { continue }
                adjoints[divisor, default: Adjoint()].add(-contribution.coefficient, product, under: contribution.test)
            } else {
                add(contribution, 1, other, to: node)
            }
        }
    }

    private mutating func propagate(_ function: UnaryFunction, _ index: Int, _ a: Int, _ contribution: Contribution) {
        func square(_ node: Int) -> Int { graph.multiply(node, node) }
        switch function {
        case .reciprocal: add(contribution, -1, square(index), to: a)
        case .squareRoot:
            let inverse = graph.reciprocal(index)
            add(contribution, 0.5, isPositive(a) ? inverse : zero(where: index, else: inverse), to: a)
        case .absolute:
            let flipped = graph.binary(.flipped, contribution.adjoint, a)
            add(Contribution(coefficient: contribution.coefficient, adjoint: flipped, test: contribution.test), 1, nil, to: a)
        case .exp: add(contribution, 1, index, to: a)
        case .expm1: add(contribution, 1, graph.sum(1, [(1, index)]), to: a)
        case .log: add(contribution, 1, graph.reciprocal(a), to: a)
        case .log1p: add(contribution, 1, graph.reciprocal(graph.sum(1, [(1, a)])), to: a)
        case .sin: add(contribution, 1, graph.unary(.cos, a), to: a)
        case .cos: add(contribution, -1, graph.unary(.sin, a), to: a)
        case .tan: add(contribution, 1, graph.sum(1, [(1, square(index))]), to: a)
        case .sinh: add(contribution, 1, graph.unary(.cosh, a), to: a)
        case .cosh: add(contribution, 1, graph.unary(.sinh, a), to: a)
        case .tanh: add(contribution, 1, graph.sum(1, [(-1, square(index))]), to: a)
        case .sigmoid: add(contribution, 1, graph.sum(0, [(1, index), (-1, square(index))]), to: a)
        case .softplus: add(contribution, 1, graph.unary(.sigmoid, a), to: a)
        case .logGamma: add(contribution, 1, graph.unary(.digamma, a), to: a)
        case .errorFunction: add(contribution, 2 / Double.pi.squareRoot(), graph.unary(.exp, graph.negate(square(a))), to: a)
        case .digamma: preconditionFailure("a derivative is not differentiated again")
        }
    }

    private mutating func propagate(_ function: BinaryFunction, _ index: Int, _ a: Int, _ b: Int, _ contribution: Contribution) {
        switch function {
        case .less, .lessOrEqual, .equal, .flipped: break
        case .atan2:
            let square = graph.sum(0, [(1, graph.multiply(a, a)), (1, graph.multiply(b, b))])
            let inverse = graph.reciprocal(square)
            let isNeverZero = [a, b].contains { graph.constantValue($0).map { $0 != 0 } ?? false }
            let share = graph.multiply(contribution.adjoint, isNeverZero ? inverse : zero(where: square, else: inverse))
            let shared = Contribution(coefficient: contribution.coefficient, adjoint: share, test: contribution.test)
            add(shared, 1, b, to: a)
            add(shared, -1, a, to: b)
        case .power:
            add(contribution, 1, powerDerivative(a, b), to: a)
            guard depends[b] else { break }
            // 0ᵇ does not change with b > 0.
            let logarithm = graph.select(a, graph.unary(.log, a), graph.constant(0))
            add(contribution, 1, graph.multiply(index, logarithm), to: b)
        case .minimum, .maximum:
            // The second operand counts where it is strictly beyond the first one.
            let test = function == .minimum ? graph.binary(.less, b, a) : graph.binary(.less, a, b)
            if vanishes(contribution.adjoint, withExtremum: index, a, b) {
                add(contribution, 1, nil, to: a)
                add(contribution, 1, nil, to: b)
                break
            }
            add(contribution.under(test, false, graph), 1, nil, to: a)
            add(contribution.under(test, true, graph), 1, nil, to: b)
        }
    }

    // b·aᵇ⁻¹; zero for b = 0, and for a = 0 where b is between 0 and 1.
    private func powerDerivative(_ a: Int, _ b: Int) -> Int {
        let derivative = graph.multiply(b, graph.power(a, graph.sum(-1, [(1, b)])))
        if let exponent = graph.constantValue(b) { return exponent > 0 && exponent < 1 && !isPositive(a) ? zero(where: a, else: derivative) : derivative }
        let (nought, one) = (graph.constant(0), graph.constant(1))
        let rises = graph.select(graph.binary(.less, nought, b), zero(where: a, else: derivative), derivative)
        return zero(where: b, else: graph.select(graph.binary(.less, b, one), rises, derivative))
    }

    // Whether a node is a number above zero and what is not negative.
    private func isPositive(_ node: Int) -> Bool {
        guard case .sum(let constant, _) = graph.operations[node] else { return false }
        return constant.value > 0 && graph.isNeverNegative(node)
    }

    // Zero where a test is zero, else a node; what is no number remains so.
    private func zero(where test: Int, else node: Int) -> Int {
        graph.select(graph.binary(.equal, test, graph.constant(0)), graph.constant(0), node)
    }

    // Whether the adjoint of max(h, 0) has that node itself as a factor, as for the square of a hinge: it is zero then where h does not
    // count, and needs no test.
    private func vanishes(_ adjoint: Int, withExtremum index: Int, _ a: Int, _ b: Int) -> Bool {
        guard graph.constantValue(a) == 0 || graph.constantValue(b) == 0 else { return false }
        if adjoint == index { return true }
        guard case .product(let first, let second) = graph.operations[adjoint] else { return false }
        let other = first == index ? second : second == index ? first : nil
        guard let other, depends.indices.contains(other) else { return false }
        return other == index || !depends[other]
    }

    private mutating func propagateChoice(_ choice: Int, _ a: Int, _ b: Int, _ contribution: Contribution) {
        add(contribution.under(choice, true, graph), 1, nil, to: a)
        add(contribution.under(choice, false, graph), 1, nil, to: b)
    }

    private mutating func propagateCall(_ index: Int, outputs: Int, _ inputs: [Int]) {
        guard let known = outputAdjoints.removeValue(forKey: index) else { return }
        let adjoints = (0..<outputs).map { known[$0] ?? graph.constant(0) }
        let pullback = graph.node(.pullback(index, adjoints))
        for (i, input) in inputs.enumerated() where depends[input] {
            self.adjoints[input, default: Adjoint()].add(1, graph.node(.output(pullback, i)), under: nil)
        }
    }
}

extension Differentiation.Contribution {
    /// The same under one more test.
    fileprivate func under(_ node: Int, _ holds: Bool, _ graph: ExpressionGraph) -> Self {
        var result = self
        guard let test else {
            result.test = Adjoint.Test(node: node, holds: holds)
            return result
        }
        if test.node == node, test.holds == holds { return result }
        // Both must hold: a number above zero says so.
        let (zero, one) = (graph.constant(0), graph.constant(1))
        let inner = holds ? graph.select(node, one, zero) : graph.select(node, zero, one)
        let both = test.holds ? graph.select(test.node, inner, zero) : graph.select(test.node, zero, inner)
        result.test = Adjoint.Test(node: both, holds: true)
        return result
    }
}
