// Graphs made from graphs: with a context put in, and brought into the shape that programs are made from.

extension ExpressionGraph {
    /// What a rewriting does besides dropping what nobody needs.
    struct Rewriting {
        /// The numbers of the context, put in as constants.
        var context: [Double]?
        /// Whether a sum that only one other sum uses becomes part of it.
        var mergesSums = false
        /// Whether what depends on the context alone is gathered within sums and products that depend on the point as well.
        var gathersContext = false
    }

    /// A new graph with the nodes that some nodes need.
    ///
    /// - Returns: the graph and the nodes there.
    func rewritten(_ rewriting: Rewriting, _ roots: [Int]) -> (graph: ExpressionGraph, roots: [Int]) {
        let result = ExpressionGraph(dimension: dimension, contextCount: rewriting.context == nil ? contextCount : 0)
        let isNeeded = reachable(from: roots)
        let merged = rewriting.mergesSums ? sumsWithinSums(of: isNeeded, roots: roots) : Array(repeating: false, count: count)
        var places = Array(repeating: -1, count: count)
        // Derivatives have no terms that are zero, and none must come up when numbers are put in.
        result.dropsZeros = dropsZeros
        for (index, operation) in operations.enumerated() where isNeeded[index] && !merged[index] {
            switch operation {
            case .constant(let number): places[index] = result.constant(number.value)
            case .point(let i): places[index] = result.node(.point(i))
            case .context(let j): places[index] = rewriting.context.map { result.constant($0[j]) } ?? result.node(.context(j))
            case .sum:
                let (constant, terms) = collectedTerms(of: index, merged)
                places[index] = result.sum(constant, terms.map { ($0.coefficient, places[$0.node]) })
            case .product(let a, let b): places[index] = result.multiply(places[a], places[b])
            case .unary(let function, let a): places[index] = result.unary(function, places[a])
            case .binary(let function, let a, let b): places[index] = result.binary(function, places[a], places[b])
            case .select(let test, let a, let b): places[index] = result.select(places[test], places[a], places[b])
            case .logSumExp(let nodes): places[index] = result.logSumExp(nodes.map { places[$0] })
            case .softmax(let sum, let i): places[index] = result.share(of: places[sum], i)
            case .call(let primitive, let inputs):
                places[index] = result.node(.call(result.register(primitives[primitive]), inputs.map { places[$0] }))
            case .pullback(let call, let adjoints): places[index] = result.node(.pullback(places[call], adjoints.map { places[$0] }))
            case .output(let call, let i): places[index] = result.node(.output(places[call], i))
            }
        }
        guard rewriting.gathersContext else { return (result, roots.map { places[$0] }) }
        return result.withGatheredContext(roots.map { places[$0] })
    }

    /// How often each node is an operand of nodes that are needed, or a root.
    func useCounts(of isNeeded: [Bool], roots: [Int]) -> [Int] {
        var uses = Array(repeating: 0, count: count)
        for (index, operation) in operations.enumerated() where isNeeded[index] {
            for operand in operation.operands { uses[operand] += 1 }
        }
        for root in roots { uses[root] += 1 }
        return uses
    }

    // Factors of which several multiplied neither overflow nor vanish.
    private static let mergedFactors = 1e-30...1e30

    // The sums that one other sum uses and nobody else.
    private func sumsWithinSums(of isNeeded: [Bool], roots: [Int]) -> [Bool] {
        let uses = useCounts(of: isNeeded, roots: roots)
        var result = Array(repeating: false, count: count)
        for (index, operation) in operations.enumerated() where isNeeded[index] {
            guard case .sum(_, let terms) = operation else { continue }
            for term in terms where uses[term.node] == 1 {
                guard case .sum(let constant, let inner) = operations[term.node] else { continue }
                result[term.node] = ([term.coefficient, constant] + inner.map(\.coefficient)).allSatisfy { $0.value == 0 || Self.mergedFactors.contains($0.value.magnitude) }
            }
        }
        return result
    }

    // The constant and the terms of a sum with those of the sums that become part of it.
    private func collectedTerms(of root: Int, _ merged: [Bool]) -> (constant: Double, terms: [(coefficient: Double, node: Int)]) {
        var constant = 0.0
        var result: [(coefficient: Double, node: Int)] = []
        var waiting: [(coefficient: Double, node: Int)] = [(1, root)]
        while let (factor, node) = waiting.popLast() {
            guard case .sum(let inner, let terms) = operations[node] else { continue }
            constant += factor * inner.value
            for term in terms {
                let entry = (factor * term.coefficient.value, term.node)
                if merged[term.node] { waiting.append(entry) } else { result.append(entry) }
            }
        }
        return (constant, result)
    }

    /// The same with sums of many terms as chains of sums of few, so that operands need not wait for one another.
    func withShortSums(_ roots: [Int], limit: Int) -> (graph: ExpressionGraph, roots: [Int]) {
        let result = ExpressionGraph(dimension: dimension, contextCount: contextCount)
        let isNeeded = reachable(from: roots)
        var places = Array(repeating: -1, count: count)
        for (index, operation) in operations.enumerated() where isNeeded[index] {
            let operands = operation.operands.map { places[$0] }
            guard case .sum(let constant, let terms) = operation, terms.count > limit else {
                places[index] = result.node(operation.replacing(operands, result: result, from: self))
                continue
            }
            var part: [Term] = []
            var partConstant = constant
            for (term, operand) in zip(terms, operands) {
                if part.count == limit {
                    part = [Term(1, result.node(.sum(partConstant, part)))]
                    partConstant = Number(0)
                }
                part.append(Term(term.coefficient.value, operand))
            }
            places[index] = result.node(.sum(partConstant, part))
        }
        return (result, roots.map { places[$0] })
    }

    /// The same with 1/x as the square of 1/√x where that is needed as well and x cannot be negative: a product in place of a division.
    func withSharedReciprocals(_ roots: [Int]) -> (graph: ExpressionGraph, roots: [Int]) {
        let result = ExpressionGraph(dimension: dimension, contextCount: contextCount)
        let isNeeded = reachable(from: roots)
        var places = Array(repeating: -1, count: count)
        for (index, operation) in operations.enumerated() where isNeeded[index] {
            if case .unary(.reciprocal, let a) = operation, isNeverNegative(a), let root = existing(.unary(.squareRoot, a)),
               let inverse = existing(.unary(.reciprocal, root)), isNeeded[inverse] {
                let place = result.node(.unary(.reciprocal, result.node(.unary(.squareRoot, places[a]))))
                places[index] = result.node(.product(place, place))
            } else {
                places[index] = result.node(operation.replacing(operation.operands.map { places[$0] }, result: result, from: self))
            }
        }
        return (result, roots.map { places[$0] })
    }

    /// Whether a node is a sum of squares and other numbers that are not negative, as far as it is a number.
    func isNeverNegative(_ node: Int) -> Bool {
        switch operations[node] {
        case .constant(let number): number.value >= 0
        case .product(let a, let b): a == b
        case .unary(let function, _): function == .exp || function == .absolute || function == .squareRoot
        case .sum(let constant, let terms):
            constant.value >= 0 && terms.allSatisfy { term in
                guard term.coefficient.value >= 0 else { return false }
                // Sums within sums count as unknown.
                if case .sum = operations[term.node] { return false }
                return isNeverNegative(term.node)
            }
        default: false
        }
    }

    private func share(of sum: Int, _ index: Int) -> Int {
        guard case .logSumExp = operations[sum] else { return constant(1) }
        return softmax(sum, index)
    }

    // Every sum of several terms that need the context alone becomes one term where others need the point.
    private func withGatheredContext(_ roots: [Int]) -> (graph: ExpressionGraph, roots: [Int]) {
        guard contextCount > 0 else { return (self, roots) }
        let result = ExpressionGraph(dimension: dimension, contextCount: contextCount)
        result.dropsZeros = dropsZeros
        let isNeeded = reachable(from: roots), depends = pointDependence
        var places = Array(repeating: -1, count: count)
        for (index, operation) in operations.enumerated() where isNeeded[index] {
            let operands = operation.operands
            guard case .sum(let constant, let terms) = operation, depends[index],
                  terms.contains(where: { !depends[$0.node] }) else {
                places[index] = result.node(operation.replacing(operands.map { places[$0] }, result: result, from: self))
                continue
            }
            let inner = result.sum(constant.value, terms.filter { !depends[$0.node] }.map { ($0.coefficient.value, places[$0.node]) })
            let outer = terms.filter { depends[$0.node] }.map { ($0.coefficient.value, places[$0.node]) }
            // The constant went into the context's part, which must stay one node.
            places[index] = result.node(.sum(Number(0), ([(1, inner)] + outer).map { Term($0.0, $0.1) }))
        }
        return (result, roots.map { places[$0] })
    }
}

extension Operation {
    /// The same operation on other operands, in the same order.
    func replacing(_ operands: [Int], result: ExpressionGraph, from graph: ExpressionGraph) -> Operation {
        switch self {
        case .constant, .point, .context: self
        case .sum(let constant, let terms): .sum(constant, zip(terms, operands).map { Term($0.coefficient.value, $1) })
        case .product: .product(min(operands[0], operands[1]), max(operands[0], operands[1]))
        case .unary(let function, _): .unary(function, operands[0])
        case .binary(let function, _, _): .binary(function, operands[0], operands[1])
        case .select: .select(operands[0], operands[1], operands[2])
        case .logSumExp: .logSumExp(operands)
        case .softmax(_, let i): .softmax(operands[0], i)
        case .call(let primitive, _): .call(result.register(graph.primitives[primitive]), operands)
        case .pullback: .pullback(operands[0], Array(operands.dropFirst()))
        case .output(_, let i): .output(operands[0], i)
        }
    }
}
