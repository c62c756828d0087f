import Numerics

// Constructors of nodes, with their simplifications.

extension ExpressionGraph {
    func constant(_ value: Double) -> Int { node(.constant(Number(value))) }

    /// A constant and terms; terms that share a node are merged, constants and single terms inside are taken out.
    func sum(_ constant: Double, _ terms: [(coefficient: Double, node: Int)]) -> Int {
        guard simplifies else { return sumInOrder(constant, terms) }
        var constant = constant
        var merged: [Int: Double] = [:]
        for term in terms {
            var (coefficient, node) = term
            if dropsZeros, coefficient == 0 { continue }
            if let value = constantValue(node) {
                constant += coefficient * value
                continue
            }
            if case .sum(let inner, let innerTerms) = operations[node], innerTerms.count == 1,
               areJoinable(coefficient, innerTerms[0].coefficient.value), areJoinable(coefficient, inner.value) {
                constant += coefficient * inner.value
                coefficient *= innerTerms[0].coefficient.value
                node = innerTerms[0].node
            }
            let total = merged[node, default: 0] + coefficient
            if total.isFinite || !coefficient.isFinite {
                merged[node] = total
            } else {
                merged[self.node(.sum(Number(0), [Term(coefficient, node)])), default: 0] += 1
            }
        }
        var result = merged.map { Term($0.value, $0.key) }
        if dropsZeros { result.removeAll { $0.coefficient.value == 0 } }
        if result.isEmpty { return self.constant(constant) }
        result.sort { $0.node < $1.node }
        if result.count == 1, constant == 0, result[0].coefficient.value == 1 { return result[0].node }
        return node(.sum(Number(constant == 0 ? 0 : constant), result))
    }

    /// A constant and terms, added one after the other.
    private func sumInOrder(_ constant: Double, _ terms: [(coefficient: Double, node: Int)]) -> Int {
        guard let first = terms.first else { return self.constant(constant) }
        return terms.dropFirst().reduce(sumInOrder(constant, first)) { sum, term in
            node(.sum(Number(0), [Term(1, sum), Term(term.coefficient, term.node)]))
        }
    }

    private func sumInOrder(_ constant: Double, _ term: (coefficient: Double, node: Int)) -> Int {
        if let value = constantValue(term.node) { return self.constant(constant + term.coefficient * value) }
        if constant == 0, term.coefficient == 1 { return term.node }
        return node(.sum(Number(constant), [Term(term.coefficient, term.node)]))
    }

    // Whether two factors may become one: not where their product overflows or vanishes though neither does, as in 1e300·(x²·1e300) at x = 0.
    private func areJoinable(_ a: Double, _ b: Double) -> Bool { (a * b).isNormal || a == 0 || b == 0 }

    func add(_ a: Int, _ b: Int) -> Int { sum(0, [(1, a), (1, b)]) }
    func subtract(_ a: Int, _ b: Int) -> Int { sum(0, [(1, a), (-1, b)]) }
    func scale(_ a: Int, by factor: Double) -> Int { factor == 1 ? a : sum(0, [(factor, a)]) }
    func negate(_ a: Int) -> Int { scale(a, by: -1) }

    /// A product; numbers among the factors become a coefficient.
    func multiply(_ a: Int, _ b: Int) -> Int {
        if let value = constantValue(a) { return scale(b, by: value) }
        if let value = constantValue(b) { return scale(a, by: value) }
        let (first, second) = (scaled(a), scaled(b))
        guard simplifies, areJoinable(first.coefficient, second.coefficient) else { return node(.product(min(a, b), max(a, b))) }
        let product = node(.product(min(first.node, second.node), max(first.node, second.node)))
        return scale(product, by: first.coefficient * second.coefficient)
    }

    func divide(_ a: Int, _ b: Int) -> Int {
        if let value = constantValue(b), (1 / value).isFinite, value.isFinite { return scale(a, by: 1 / value) }
        return multiply(a, reciprocal(b))
    }

    func reciprocal(_ a: Int) -> Int {
        if let value = constantValue(a) { return constant(1 / value) }
        let (coefficient, inner) = scaled(a)
        guard simplifies, coefficient != 0, (1 / coefficient).isFinite else { return node(.unary(.reciprocal, a)) }
        return scale(node(.unary(.reciprocal, inner)), by: 1 / coefficient)
    }

    /// A power; whole exponents up to eight become products, ±½ roots.
    func power(_ a: Int, _ b: Int) -> Int {
        guard let exponent = constantValue(b) else { return node(.binary(.power, a, b), folding: [a, b]) }
        if exponent == 0 { return constant(1) }
        if exponent == 0.5 { return unary(.squareRoot, a) }
        if exponent == -0.5 { return reciprocal(unary(.squareRoot, a)) }
        guard exponent.magnitude <= 8, exponent == exponent.rounded() else { return node(.binary(.power, a, b), folding: [a, b]) }
        let whole = wholePower(a, Int(exponent.magnitude))
        return exponent < 0 ? reciprocal(whole) : whole
    }

    private func wholePower(_ a: Int, _ exponent: Int) -> Int {
        if exponent == 1 { return a }
        let half = wholePower(a, exponent / 2)
        let square = multiply(half, half)
        return exponent % 2 == 0 ? square : multiply(square, a)
    }

    func unary(_ function: UnaryFunction, _ a: Int) -> Int {
        if function == .reciprocal { return reciprocal(a) }
        let (coefficient, inner) = scaled(a)
        // Even and odd functions of −x.
        if coefficient == -1 {
            switch function {
            case .cos, .cosh, .absolute: return unary(function, inner)
            case .sin, .tan, .sinh, .tanh, .errorFunction: return negate(unary(function, inner))
            default: break
            }
        }
        return node(.unary(function, a), folding: [a])
    }

    func binary(_ function: BinaryFunction, _ a: Int, _ b: Int) -> Int {
        if function == .power { return power(a, b) }
        if a == b, function == .minimum || function == .maximum { return a }
        return node(.binary(function, a, b), folding: [a, b])
    }

    /// The first choice where the test is above zero, the other one elsewhere.
    func select(_ test: Int, _ a: Int, _ b: Int) -> Int {
        if let value = constantValue(test) { return value > 0 ? a : b }
        return a == b ? a : node(.select(test, a, b))
    }

    func logSumExp(_ nodes: [Int]) -> Int {
        if nodes.isEmpty { return constant(-.infinity) }
        return nodes.count == 1 ? nodes[0] : node(.logSumExp(nodes), folding: nodes)
    }

    func softmax(_ sum: Int, _ index: Int) -> Int { node(.softmax(sum, index)) }

    /// The outputs of a primitive.
    func call(_ primitive: any TracedPrimitive, _ inputs: [Int]) -> [Int] {
        precondition(inputs.count == primitive.inputCount, "\(inputs.count) inputs for a primitive of \(primitive.inputCount)")
        let call = node(.call(register(primitive), inputs))
        return (0..<primitive.outputCount).map { node(.output(call, $0)) }
    }

    // A node, or its value where all operands are constants.
    private func node(_ operation: Operation, folding operands: [Int]) -> Int {
        let values = operands.compactMap { constantValue($0) }
        guard values.count == operands.count else { return node(operation) }
        switch operation {
        case .unary(let function, _): return constant(function.value(values[0]))
        case .binary(let function, _, _): return constant(function.value(values[0], values[1]))
        case .logSumExp: return constant(logSumExpValue(values))
        default: return node(operation)
        }
    }
}
