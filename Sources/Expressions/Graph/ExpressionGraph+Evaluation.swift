import Numerics

// Evaluation node by node in double precision, without fused operations: what programs are measured against.

extension ExpressionGraph {
    /// The values of some expressions at a point and a context.
    ///
    /// - Precondition: the lists have the graph's sizes.
    public func evaluate(_ expressions: [Formula], point: [Double], context: [Double] = []) -> [Double] {
        precondition(point.count == dimension && context.count == contextCount, "a point or a context of another size")
        let values = values(of: expressions.map(\.node), point: point, context: context)
        return expressions.map { values[$0.node] }
    }

    /// - Parameter rounded: what takes the place of a result that is rounded.
    func values(of roots: [Int], point: [Double], context: [Double], rounded: (Double) -> Double = { $0 }) -> [Double] {
        let isNeeded = reachable(from: roots)
        var values = Array(repeating: 0.0, count: count)
        var outputs: [Int: [Double]] = [:]
        for (index, operation) in operations.enumerated() where isNeeded[index] {
            switch operation {
            case .constant(let number): values[index] = number.value
            case .point(let i): values[index] = point[i]
            case .context(let j): values[index] = context[j]
            case .sum(let constant, let terms):
                values[index] = terms.reduce(constant.value) { $0 + $1.coefficient.value * values[$1.node] }
            case .product(let a, let b): values[index] = values[a] * values[b]
            case .unary(let function, let a): values[index] = function.value(values[a])
            case .binary(let function, let a, let b): values[index] = function.value(values[a], values[b])
            case .select(let test, let a, let b): values[index] = values[test] > 0 ? values[a] : values[b]
            case .logSumExp(let nodes): values[index] = logSumExpValue(nodes.map { values[$0] })
            case .softmax(let sum, let i):
                guard case .logSumExp(let nodes) = operations[sum] else { preconditionFailure("a share of no sum") }
                values[index] = softmaxValue(values[nodes[i]], sum: values[sum])
            case .call(let primitive, let inputs): outputs[index] = primitives[primitive].values(of: inputs.map { values[$0] })
            case .pullback(let call, let adjoints):
                guard case .call(let primitive, let inputs) = operations[call] else { preconditionFailure("a pullback of no call") }
                outputs[index] = primitives[primitive].pulledBack(adjoints.map { values[$0] }, at: inputs.map { values[$0] })
            case .output(let call, let i): values[index] = outputs[call]?[i] ?? .nan
            }
            if operation.isRounded { values[index] = rounded(values[index]) }
        }
        return values
    }

    /// By how much rounding changes a node's value: at most over some evaluations whose every result is moved by up to one unit in the last place.
    func roundingError(of node: Int, point: [Double], context: [Double]) -> Double {
        let exact = values(of: [node], point: point, context: context)[node]
        var stream = RandomStream(seed: 0x7ac4), error = 0.0
        for _ in 0..<Self.roundedEvaluations {
            let moved = values(of: [node], point: point, context: context) { $0 * (1 + .ulpOfOne * (2 * stream.uniform() - 1)) }
            let change = abs(moved[node] - exact)
            if change.isFinite { error = max(error, change) }
        }
        return error
    }

    private static let roundedEvaluations = 8

    private func softmaxValue(_ value: Double, sum: Double) -> Double {
        sum == -.infinity ? 0 : UnaryFunction.exp.value(value - sum)
    }
}
