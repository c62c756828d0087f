/// One instruction of a program before its operands have rows: what it computes, from which nodes, to which nodes.
struct Step {
    enum Kind {
        /// A constant, terms k·a, and terms k·a·b; the inputs are the a of the former, then a and b of the latter.
        case sum(constant: Double, linear: [Double], products: [Double])
        /// The root of a constant and two products.
        case length(constant: Double)
        /// max(k·a + k₂, b), and max(a − b, c).
        case hinge(k: Double, k2: Double)
        case hingeOfDifference
        case divide
        case unary(UnaryFunction)
        /// Both of one angle: outputs sine, cosine.
        case sineAndCosine
        case binary(BinaryFunction)
        /// Inputs: test, the choice where it is above zero, the other one.
        case select
        /// Inputs: the two numbers compared, the choice where the comparison holds, the other one.
        case selectComparison(BinaryFunction)
        /// Outputs: the sum, then the shares where they are needed.
        case logSumExp(hasShares: Bool)
        case call(primitive: Int, state: Int)
        /// Inputs: the adjoints, then the inputs of the call.
        case pullback(primitive: Int, state: Int)
    }

    var kind: Kind
    var inputs: [Int]
    /// Nodes; −1 for what nobody needs.
    var outputs: [Int]
    /// Steps, by their owner, that must come first without being operands.
    var after: [Int] = []

    /// Rows read and written, and the arithmetic beyond them, roughly in quarters of a nanosecond a register.
    func cost(_ primitives: [any TracedPrimitive]) -> Int {
        switch kind {
        case .sum: inputs.count + 2
        case .length: 12
        case .hinge, .hingeOfDifference: 4
        case .divide: 8
        case .unary(let function):
            switch function {
            case .absolute: 2
            case .reciprocal, .squareRoot: 7
            default: 14
            }
        case .sineAndCosine: 18
        case .binary(let function): function == .atan2 ? 16 : function == .power ? 200 : 3
        case .select, .selectComparison: 4
        case .logSumExp: 10 * inputs.count + 12
        case .call(let primitive, _): primitives[primitive].cost
        case .pullback(let primitive, _): 2 * primitives[primitive].cost
        }
    }

    /// Whether outputs may take the rows of inputs: all of an input's group of lanes is read before that group of an output is written.
    var worksInPlace: Bool {
        if case .logSumExp = kind { return false }
        return true
    }
}
