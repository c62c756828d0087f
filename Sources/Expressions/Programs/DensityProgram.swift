/// The programs of a log density: one for what depends on the context alone, one for the value at points, one for value and gradient.
public struct DensityProgram<Scalar: ProgramScalar>: Sendable {
    public let dimension: Int
    public let contextCount: Int
    /// Numbers that the context's program hands to the others.
    let sharedCount: Int
    let context: LaneProgram<Scalar>
    let value: LaneProgram<Scalar>
    let gradient: LaneProgram<Scalar>
    /// Value and gradient where every point has a context of its own: the context's numbers are inputs beside the point's, and nothing is
    /// handed over.
    let pair: LaneProgram<Scalar>

    /// Instructions for value and gradient of a point, and those for a context.
    public var instructionCount: Int { gradient.instructions.count }
    public var contextInstructionCount: Int { context.instructions.count }
    /// Bytes that value and gradient of a block work in.
    public var memorySize: Int { gradient.rowCount * LaneProgram<Scalar>.rowBytes }

    /// Bytes of native code and its constants for value and gradient; 0 where the interpreter runs them.
    public var codeSize: Int { gradient.codes.code(for: gradient, layout: .rows)?.size ?? 0 }

    init(_ graph: ExpressionGraph, value root: Int, gradient roots: [Int]) {
        dimension = graph.dimension
        contextCount = graph.contextCount
        let (graph, roots) = Self.arranged(graph, [root] + roots)
        let shared = Self.shared(graph, roots)
        sharedCount = shared.count
        let points = (0..<graph.dimension).map { graph.node(.point($0)) }
        context = LaneProgram(graph, inputs: (0..<graph.contextCount).map { graph.node(.context($0)) }, pointCount: 0, roots: shared)
        value = LaneProgram(graph, inputs: points + shared, pointCount: dimension, roots: [roots[0]])
        // Components of the gradient first: what a part of the density and its derivative share is then used at once.
        let results = Array(roots.dropFirst()) + [roots[0]]
        gradient = LaneProgram(graph, inputs: points + shared, pointCount: dimension, roots: results)
        let contexts = (0..<graph.contextCount).map { graph.node(.context($0)) }
        pair = LaneProgram(graph, inputs: points + contexts, pointCount: dimension, roots: results)
    }

    // The shape of the graph whose program is the cheapest.
    private static func arranged(_ graph: ExpressionGraph, _ roots: [Int]) -> (graph: ExpressionGraph, roots: [Int]) {
        graph.dropsZeros = true
        defer { graph.dropsZeros = false }
        let candidates = [true, false].map { mergesSums in
            let (merged, roots) = graph.rewritten(.init(mergesSums: mergesSums, gathersContext: true), roots)
            let (shared, sharedRoots) = merged.withSharedReciprocals(roots)
            return shared.withShortSums(sharedRoots, limit: 8)
        }
        return candidates.min { cost($0.graph, $0.roots) < cost($1.graph, $1.roots) } ?? (graph, roots)
    }

    private static func cost(_ graph: ExpressionGraph, _ roots: [Int]) -> Int {
        let points = (0..<graph.dimension).map { graph.node(.point($0)) }
        return StepPlan(graph, inputs: points + shared(graph, roots), roots: roots).cost
    }

    // The nodes of the context that point-dependent ones use.
    private static func shared(_ graph: ExpressionGraph, _ roots: [Int]) -> [Int] {
        let isNeeded = graph.reachable(from: roots), depends = graph.pointDependence
        var isShared = Array(repeating: false, count: graph.count)
        func share(_ node: Int) { if !depends[node], graph.constantValue(node) == nil { isShared[node] = true } }
        for (index, operation) in graph.operations.enumerated() where isNeeded[index] && depends[index] { operation.operands.forEach(share) }
        roots.forEach(share)
        return isShared.indices.filter { isShared[$0] }
    }
}
