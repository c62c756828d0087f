// Where nodes have minima of zero: kinks of their roots.

extension ExpressionGraph {
    /// For every node whether it is nowhere negative and zero only where it has a minimum: squares, magnitudes, their sums, and roots and powers
    /// of such. A root of one has a kink there, and zero is among its subgradients.
    ///
    /// - Parameter depends: for every node whether it depends on the point.
    func zeroMinima(_ depends: [Bool]) -> [Bool] {
        var result = Array(repeating: false, count: count)
        // A factor that is zero nowhere, or does not move with the point, keeps a minimum of zero.
        func keepsZeros(_ node: Int) -> Bool { result[node] || !depends[node] || isNeverZero(node) }
        for (index, operation) in operations.enumerated() {
            switch operation {
            case .sum(let constant, let terms):
                result[index] = constant.value == 0 && !terms.isEmpty && terms.allSatisfy { $0.coefficient.value > 0 && result[$0.node] }
            case .product(let a, let b): result[index] = a == b || (result[a] || result[b]) && keepsZeros(a) && keepsZeros(b)
            case .unary(.absolute, _): result[index] = true
            case .unary(let function, let a): result[index] = function.keepsZeroMinima && result[a]
            case .binary(.minimum, let a, let b), .binary(.maximum, let a, let b): result[index] = result[a] && result[b]
            case .binary(.power, let a, let b):
                let exponent = constantValue(b) ?? 0
                result[index] = exponent > 0 && (result[a] || exponent.remainder(dividingBy: 2) == 0)
            default: break
            }
        }
        return result
    }

    private func isNeverZero(_ node: Int) -> Bool {
        switch operations[node] {
        case .unary(let function, _): function == .exp || function == .reciprocal || function == .cosh
        case .constant(let number): number.value != 0
        default: false
        }
    }
}

extension UnaryFunction {
    /// Whether it rises from zero at zero.
    fileprivate var keepsZeroMinima: Bool {
        switch self {
        case .squareRoot, .expm1, .log1p, .sinh, .tanh, .errorFunction: true
        default: false
        }
    }
}
