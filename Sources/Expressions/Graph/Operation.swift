/// A number as part of a node: equal bits are equal numbers, so that −0 and what is not a number can be told apart and merged.
struct Number: Hashable, Comparable {
    let bits: UInt64

    init(_ value: Double) { bits = value.bitPattern }
    var value: Double { Double(bitPattern: bits) }

    static func < (left: Number, right: Number) -> Bool { left.bits < right.bits }
}

/// A node times a number, one term of a sum.
struct Term: Hashable {
    var coefficient: Number
    var node: Int

    init(_ coefficient: Double, _ node: Int) {
        self.coefficient = Number(coefficient)
        self.node = node
    }
}

/// Functions of one number.
enum UnaryFunction: UInt8, CaseIterable, Hashable {
    case reciprocal, squareRoot, absolute
    case exp, expm1, log, log1p
    case sin, cos, tan
    case sinh, cosh, tanh, sigmoid, softplus
    case logGamma, digamma, errorFunction
}

/// Functions of two numbers; comparisons give 1 or 0.
enum BinaryFunction: UInt8, CaseIterable, Hashable {
    case minimum, maximum, atan2, power
    case less, lessOrEqual, equal
    /// The first number, negated where the second one is below zero.
    case flipped

    var isComparison: Bool { self == .less || self == .lessOrEqual || self == .equal }
}

/// What a node of an expression graph computes. Operands are nodes that are older.
enum Operation: Hashable {
    case constant(Number)
    /// An input: variable i of the point, or number j of the context.
    case point(Int), context(Int)
    /// A constant and any number of terms, each with another node.
    case sum(Number, [Term])
    /// Two factors, the older node first; both are the same in a square.
    case product(Int, Int)
    case unary(UnaryFunction, Int)
    case binary(BinaryFunction, Int, Int)
    /// The second node where the first one is above zero, the third one elsewhere.
    case select(Int, Int, Int)
    case logSumExp([Int])
    /// exp(aᵢ − l) of a node l = log Σ exp aᵢ.
    case softmax(Int, Int)
    /// A primitive, by its number in the graph, applied to nodes; its vector-Jacobian product for a call and the outputs' adjoints; and
    /// one output of either.
    case call(Int, [Int])
    case pullback(Int, [Int])
    case output(Int, Int)

    /// Whether the result is a number near to what it would be without rounding, rather than one of the operands or exact.
    var isRounded: Bool {
        switch self {
        case .constant, .point, .context, .select, .call, .pullback: false
        case .unary(let function, _): function != .absolute
        case .binary(let function, _, _): function == .atan2 || function == .power
        case .sum, .product, .logSumExp, .softmax, .output: true
        }
    }

    /// The operands.
    var operands: [Int] {
        switch self {
        case .constant, .point, .context: []
        case .sum(_, let terms): terms.map(\.node)
        case .product(let a, let b): [a, b]
        case .unary(_, let a): [a]
        case .binary(_, let a, let b): [a, b]
        case .select(let test, let a, let b): [test, a, b]
        case .logSumExp(let nodes), .call(_, let nodes): nodes
        case .pullback(let call, let adjoints): [call] + adjoints
        case .softmax(let node, _), .output(let node, _): [node]
        }
    }
}
