import Numerics

/// A computation as a graph: nodes over the variables of a point and the numbers of a context.
///
/// A node is known by its number; operands are older than the nodes that use them, so that ascending numbers are an order of
/// evaluation. Equal nodes are one node. Constructors simplify, unless that is not wanted: constants are folded, terms of a sum that have
/// one node are merged, factors that are numbers move into the sums around.
///
/// A graph belongs to one thread.
public final class ExpressionGraph {
    /// The number of variables of the point, and of numbers of the context.
    public let dimension: Int
    public let contextCount: Int
    /// Whether sums and products are simplified; otherwise they are computed one by one in the order in which they were asked for, with the same roundings.
    public let simplifies: Bool
    /// The most nodes that a graph may have; what is asked for beyond gives a constant and sets ``isExhausted``.
    public static let greatestSize = 200_000
    /// Whether an expression became too large; its value means nothing then.
    public private(set) var isExhausted = false

    private(set) var operations: [Operation] = []
    private var numbers: [Operation: Int] = [:]
    private(set) var primitives: [any TracedPrimitive] = []
    /// Whether terms with a zero coefficient are left out: in derivatives, where zero means that nothing depends on anything.
    var dropsZeros = false

    public init(dimension: Int, contextCount: Int = 0, simplifies: Bool = true) {
        precondition(dimension >= 0 && contextCount >= 0, "negative sizes")
        self.dimension = dimension
        self.contextCount = contextCount
        self.simplifies = simplifies
        for index in 0..<dimension { _ = node(.point(index)) }
        for index in 0..<contextCount { _ = node(.context(index)) }
    }

    /// The number of nodes.
    public var count: Int { operations.count }

    /// The node of an operation that needs no simplification.
    func node(_ operation: Operation) -> Int {
        if let known = numbers[operation] { return known }
        guard operations.count < Self.greatestSize else {
            isExhausted = true
            return 0
        }
        operations.append(operation)
        numbers[operation] = operations.count - 1
        return operations.count - 1
    }

    /// The node of an operation, where there is one.
    func existing(_ operation: Operation) -> Int? { numbers[operation] }

    func register(_ primitive: any TracedPrimitive) -> Int {
        if let known = primitives.firstIndex(where: { $0 === primitive }) { return known }
        primitives.append(primitive)
        return primitives.count - 1
    }

    // MARK: What nodes are

    func constantValue(_ node: Int) -> Double? {
        if case .constant(let number) = operations[node] { return number.value }
        return nil
    }

    /// A node as a number times a node that is no such product itself.
    func scaled(_ node: Int) -> (coefficient: Double, node: Int) {
        if case .sum(let constant, let terms) = operations[node], constant.bits == 0, terms.count == 1 {
            return (terms[0].coefficient.value, terms[0].node)
        }
        return (1, node)
    }

    /// Marks the nodes that some nodes need, themselves included.
    func reachable(from roots: [Int]) -> [Bool] {
        var isNeeded = Array(repeating: false, count: count)
        for root in roots { isNeeded[root] = true }
        for index in stride(from: count - 1, through: 0, by: -1) where isNeeded[index] {
            for operand in operations[index].operands { isNeeded[operand] = true }
        }
        return isNeeded
    }

    /// For every node whether it depends on the point.
    var pointDependence: [Bool] {
        var result = Array(repeating: false, count: count)
        for (index, operation) in operations.enumerated() {
            if case .point = operation { result[index] = true } else { result[index] = operation.operands.contains { result[$0] } }
        }
        return result
    }
}
