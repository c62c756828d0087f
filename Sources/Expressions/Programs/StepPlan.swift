/// The steps that compute some nodes of a graph, in an order that keeps few numbers alive.
struct StepPlan {
    private(set) var steps: [Step] = []
    /// For every step the earlier ones that it needs.
    private(set) var dependencies: [[Int]] = []
    /// The primitives' states: rows each.
    private(set) var stateRows: [Int] = []

    private let graph: ExpressionGraph
    private let isInput: [Bool]
    private let uses: [Int]
    private let isNeeded: [Bool]
    private let results: Set<Int>
    private var states: [Int: Int] = [:]

    /// - Parameters:
    ///   - inputs: nodes whose values are given.
    init(_ graph: ExpressionGraph, inputs: [Int], roots: [Int]) {
        self.graph = graph
        var isInput = Array(repeating: false, count: graph.count)
        for input in inputs { isInput[input] = true }
        self.isInput = isInput
        isNeeded = Self.needed(graph, isInput, roots)
        results = Set(roots)
        uses = graph.useCounts(of: zip(isNeeded, isInput).map { $0 && !$1 }, roots: roots)
        arrange(roots)
    }

    var cost: Int { steps.reduce(0) { $0 + $1.cost(graph.primitives) } }

    private static func needed(_ graph: ExpressionGraph, _ isInput: [Bool], _ roots: [Int]) -> [Bool] {
        var result = Array(repeating: false, count: graph.count)
        for root in roots { result[root] = true }
        for index in stride(from: graph.count - 1, through: 0, by: -1) where result[index] && !isInput[index] {
            for operand in graph.operations[index].operands { result[operand] = true }
        }
        return result
    }

    /// Whether a node's value lies in a row from the beginning.
    func isGiven(_ node: Int) -> Bool { isInput[node] || graph.constantValue(node) != nil }

    /// Whether a node's value is to be kept until the end.
    func isResult(_ node: Int) -> Bool { results.contains(node) }

    // The node that stands for the step which computes a node.
    private func owner(_ node: Int) -> Int {
        switch graph.operations[node] {
        case .output(let call, _): return call
        case .softmax(let sum, _): return sum
        case .unary(.sin, let a): return partner(.cos, a).map { min(node, $0) } ?? node
        case .unary(.cos, let a): return partner(.sin, a).map { min(node, $0) } ?? node
        default: return node
        }
    }

    private func partner(_ function: UnaryFunction, _ a: Int) -> Int? {
        guard let other = graph.existing(.unary(function, a)), isNeeded[other], !isInput[other] else { return nil }
        return other
    }

    // Depth first: what a step needs stands right before it, as far as it is not there yet.
    private mutating func arrange(_ roots: [Int]) {
        var places = Array(repeating: -1, count: graph.count)
        var isOpen = Array(repeating: false, count: graph.count)
        for root in roots where !isGiven(root) {
            var stack = [owner(root)]
            while let node = stack.last {
                if places[node] >= 0 {
                    stack.removeLast()
                    continue
                }
                let step = step(node)
                let needs = step.inputs.filter { !isGiven($0) }.map(owner) + step.after
                if !isOpen[node] {
                    isOpen[node] = true
                    let missing = needs.filter { places[$0] < 0 }
                    if !missing.isEmpty {
                        stack += missing.reversed()
                        continue
                    }
                }
                stack.removeLast()
                places[node] = steps.count
                steps.append(step)
                dependencies.append(needs.map { places[$0] })
            }
        }
    }

    private mutating func step(_ node: Int) -> Step {
        switch graph.operations[node] {
        case .constant, .point, .context, .softmax, .output: preconditionFailure("a node without a step")
        case .sum(let constant, let terms): return sum(node, constant.value, terms)
        case .product(let a, let b):
            for (numerator, other) in [(a, b), (b, a)] where a != b {
                if let divisor = fusedDivisor(other) { return Step(kind: .divide, inputs: [numerator, divisor], outputs: [node]) }
            }
            return Step(kind: .sum(constant: 0, linear: [], products: [1]), inputs: [a, b], outputs: [node])
        case .unary(let function, let a):
            if function == .sin || function == .cos, partner(function == .sin ? .cos : .sin, a) != nil {
                let outputs = [UnaryFunction.sin, .cos].map { graph.existing(.unary($0, a)) ?? -1 }
                return Step(kind: .sineAndCosine, inputs: [a], outputs: outputs)
            }
            if function == .squareRoot, let step = length(node, a) { return step }
            return Step(kind: .unary(function), inputs: [a], outputs: [node])
        case .binary(.maximum, let a, let b):
            return hinge(node, a, floor: b) ?? Step(kind: .binary(.maximum), inputs: [a, b], outputs: [node])
        case .binary(let function, let a, let b): return Step(kind: .binary(function), inputs: [a, b], outputs: [node])
        case .select(let test, let a, let b):
            if !isInput[test], case .binary(let function, let left, let right) = graph.operations[test], function.isComparison {
                return Step(kind: .selectComparison(function), inputs: [left, right, a, b], outputs: [node])
            }
            return Step(kind: .select, inputs: [test, a, b], outputs: [node])
        case .logSumExp(let nodes):
            let shares = nodes.indices.map { graph.existing(.softmax(node, $0)).map { isNeeded[$0] ? $0 : -1 } ?? -1 }
            let hasShares = shares.contains { $0 >= 0 }
            return Step(kind: .logSumExp(hasShares: hasShares), inputs: nodes, outputs: [node] + (hasShares ? shares : []))
        case .call(let primitive, let inputs):
            return Step(kind: .call(primitive: primitive, state: state(node, primitive)), inputs: inputs, outputs: outputs(node, graph.primitives[primitive].outputCount))
        case .pullback(let call, let adjoints):
            guard case .call(let primitive, let inputs) = graph.operations[call] else { preconditionFailure("a pullback of no call") }
            return Step(kind: .pullback(primitive: primitive, state: state(call, primitive)), inputs: adjoints + inputs,
                        outputs: outputs(node, graph.primitives[primitive].inputCount), after: [call])
        }
    }

    // The root of a constant and two products that nobody else uses: one instruction.
    private func length(_ node: Int, _ a: Int) -> Step? {
        guard uses[a] == 1, !isInput[a], case .sum(let constant, let terms) = graph.operations[a], terms.count == 2 else { return nil }
        let step = sum(a, constant.value, terms)
        guard case .sum(_, let linear, let products) = step.kind, linear.isEmpty, products == [1, 1] else { return nil }
        return Step(kind: .length(constant: constant.value), inputs: step.inputs, outputs: [node])
    }

    // max(k·a + k₂, floor) of a line that nobody else uses.
    private func hinge(_ node: Int, _ a: Int, floor: Int) -> Step? {
        guard uses[a] == 1, !isInput[a], case .sum(let constant, let terms) = graph.operations[a] else { return nil }
        let step = sum(a, constant.value, terms)
        guard case .sum(_, let linear, let products) = step.kind, products.isEmpty else { return nil }
        if linear.count == 1 { return Step(kind: .hinge(k: linear[0], k2: constant.value), inputs: [step.inputs[0], floor], outputs: [node]) }
        guard linear.count == 2, constant.value == 0, linear == [1, -1] || linear == [-1, 1] else { return nil }
        let (first, second) = linear[0] == 1 ? (step.inputs[0], step.inputs[1]) : (step.inputs[1], step.inputs[0])
        return Step(kind: .hingeOfDifference, inputs: [first, second, floor], outputs: [node])
    }

    private func outputs(_ call: Int, _ count: Int) -> [Int] {
        (0..<count).map { graph.existing(.output(call, $0)).map { isNeeded[$0] ? $0 : -1 } ?? -1 }
    }

    private mutating func state(_ call: Int, _ primitive: Int) -> Int {
        if let known = states[call] { return known }
        stateRows.append(graph.primitives[primitive].stateCount)
        states[call] = stateRows.count - 1
        return stateRows.count - 1
    }

    // Products that a sum alone uses become part of it.
    private func sum(_ node: Int, _ constant: Double, _ terms: [Term]) -> Step {
        var linear: [(Double, Int)] = [], products: [(Double, Int, Int)] = []
        for term in terms {
            if uses[term.node] == 1, !isInput[term.node], case .product(let a, let b) = graph.operations[term.node],
               a == b || (fusedDivisor(a) == nil && fusedDivisor(b) == nil) {
                products.append((term.coefficient.value, a, b))
            } else {
                linear.append((term.coefficient.value, term.node))
            }
        }
        return Step(
            kind: .sum(constant: constant, linear: linear.map(\.0), products: products.map(\.0)),
            inputs: linear.map(\.1) + products.flatMap { [$0.1, $0.2] }, outputs: [node])
    }

    // The divisor of a reciprocal that one product alone uses.
    private func fusedDivisor(_ node: Int) -> Int? {
        guard uses[node] == 1, !isInput[node], case .unary(.reciprocal, let divisor) = graph.operations[node] else { return nil }
        return divisor
    }
}
