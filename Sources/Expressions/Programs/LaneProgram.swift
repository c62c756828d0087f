/// A straight-line program over rows of lanes that computes some nodes of a graph for a block of points.
///
/// Memory begins with the rows of the inputs, then of constants, then of what is computed. Every offset is checked when a program is
/// made, so that the interpreter need not.
public struct LaneProgram<Scalar: ProgramScalar>: Sendable {
    /// The number of inputs that are variables of points, of all inputs, and of all rows.
    let pointCount: Int
    let inputCount: Int
    let rowCount: Int
    let constants: [(row: Int, value: Double)]
    /// The rows of the results.
    let results: [Int]
    let instructions: [Instruction<Scalar>]
    let terms: [ProgramTerm<Scalar>]
    /// Rows of lists, as byte offsets.
    let lists: [UInt32]
    let calls: [ProgramCall]
    let stateRowCount: Int
    /// The most rows that a call takes and gives, for staging.
    let stagingRowCount: Int
    /// The same for the processor, where it can be had.
    let codes = CodeCache()

    /// Bytes of a row: the same in single precision, 128 points, and in double precision, 64.
    static var rowBytes: Int { Scalar.blockWidth * MemoryLayout<Scalar>.stride }

    /// Compiles the nodes `roots` of a graph, given the values of the nodes `inputs`, of which the first `pointCount` are a point's variables;
    /// the last root is the log density then, those before it are its gradient, if any.
    init(_ graph: ExpressionGraph, inputs: [Int], pointCount: Int, roots: [Int]) {
        self.pointCount = pointCount
        let plan = StepPlan(graph, inputs: inputs, roots: roots)
        let order = Schedule.order(plan)
        let allocation = RowAllocation(graph, plan, order: order, inputs: inputs, roots: roots)
        var encoder = Encoder<Scalar>(graph, allocation, stateRows: plan.stateRows)
        for index in order { encoder.append(plan.steps[index]) }
        inputCount = inputs.count
        rowCount = allocation.rowCount
        constants = allocation.constants
        results = roots.map { allocation.rows[$0] ?? 0 }
        instructions = encoder.instructions
        terms = encoder.terms
        lists = encoder.lists
        calls = encoder.calls
        stateRowCount = plan.stateRows.reduce(0, +)
        stagingRowCount = calls.map { 2 * ($0.primitive.inputCount + $0.primitive.outputCount) }.max() ?? 0
        verify()
    }

    // Everything that the interpreter reads and writes lies within its memory.
    private func verify() {
        let size = UInt32(rowCount * Self.rowBytes)
        func check(_ offset: UInt32) { precondition(offset < size && Int(offset) % Self.rowBytes == 0, "an instruction beyond its memory") }
        for instruction in instructions {
            for offset in [instruction.d, instruction.a, instruction.b, instruction.c, instruction.e] { check(offset) }
            let first = Int(instruction.first)
            let products = Int(instruction.products) + Int(instruction.scaledProducts)
            switch instruction.opcode {
            case .sum: precondition(first >= 0 && first + Int(instruction.linear) + products <= terms.count, "terms beyond the table")
            case .logSumExp, .logSumExpWithShares:
                precondition(first >= 0 && first + 2 * Int(instruction.linear) <= lists.count, "a list beyond the table")
            case .call, .pullback:
                precondition(calls.indices.contains(first), "no such call")
                let call = calls[first]
                let written = instruction.opcode == .call ? call.primitive.outputCount : call.primitive.inputCount
                precondition(call.outputs >= 0 && call.outputs + written <= lists.count, "results of a call beyond the table")
            default: break
            }
        }
        for term in terms { check(term.a); check(term.b) }
        for offset in lists where offset != ProgramCall.missing { check(offset) }
        for call in calls {
            let (inputs, outputs) = (call.primitive.inputCount, call.primitive.outputCount)
            precondition(call.inputs >= 0 && call.inputs + inputs <= lists.count && call.adjoints + outputs <= lists.count, "a call beyond the table")
            precondition(call.state >= 0 && call.state + call.primitive.stateCount <= stateRowCount, "a state beyond its memory")
        }
        precondition((results + constants.map(\.row)).allSatisfy { $0 >= 0 && $0 < max(1, rowCount) }, "a result without a row")
    }
}

/// Turns steps into instructions.
private struct Encoder<Scalar: ProgramScalar> {
    var instructions: [Instruction<Scalar>] = []
    var terms: [ProgramTerm<Scalar>] = []
    var lists: [UInt32] = []
    var calls: [ProgramCall] = []
    private let graph: ExpressionGraph
    private let allocation: RowAllocation
    private let stateStarts: [Int]

    init(_ graph: ExpressionGraph, _ allocation: RowAllocation, stateRows: [Int]) {
        self.graph = graph
        self.allocation = allocation
        stateStarts = stateRows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    }

    private func offset(_ node: Int) -> UInt32 {
        guard let row = allocation.rows[node] else { preconditionFailure("a node without a row") }
        return UInt32(row * LaneProgram<Scalar>.rowBytes)
    }

    mutating func append(_ step: Step) {
        let inputs = step.inputs.map(offset)
        let outputs = step.outputs.map { $0 < 0 ? ProgramCall.missing : offset($0) }
        switch step.kind {
        case .sum(let constant, let linear, let products): appendSum(outputs[0], constant, linear, products, inputs)
        case .length(let constant):
            append(.length, outputs[0], inputs)
            instructions[instructions.count - 1].k = Scalar(constant)
        case .hinge(let k, let k2):
            append(.hinge, outputs[0], inputs)
            instructions[instructions.count - 1].k = Scalar(k)
            instructions[instructions.count - 1].k2 = Scalar(k2)
        case .hingeOfDifference: append(.hingeOfDifference, outputs[0], inputs)
        case .divide: append(.divide, outputs[0], inputs)
        case .unary(let function): append(function.opcode, outputs[0], inputs)
        case .sineAndCosine:
            append(.sineAndCosine, outputs[0], [inputs[0], outputs[1]])
        case .binary(let function): append(Self.opcode(function), outputs[0], inputs)
        case .select: append(.select, outputs[0], inputs)
        case .selectComparison(let function):
            append(function == .less ? .selectLess : function == .equal ? .selectEqual : .selectLessOrEqual, outputs[0], inputs)
        case .logSumExp(let hasShares):
            var instruction = Instruction<Scalar>(opcode: hasShares ? .logSumExpWithShares : .logSumExp, d: outputs[0])
            instruction.first = Int32(lists.count)
            instruction.linear = UInt16(inputs.count)
            lists += inputs + (hasShares ? Array(outputs.dropFirst()) : inputs)
            instructions.append(instruction)
        case .call(let primitive, let state):
            appendCall(.call, primitive, inputs: inputs, adjoints: [], outputs: outputs, state: state)
        case .pullback(let primitive, let state):
            let count = graph.primitives[primitive].outputCount
            appendCall(.pullback, primitive, inputs: Array(inputs[count...]), adjoints: Array(inputs[..<count]), outputs: outputs, state: state)
        }
    }

    private mutating func append(_ opcode: Opcode, _ d: UInt32, _ inputs: [UInt32]) {
        var instruction = Instruction<Scalar>(opcode: opcode, d: d)
        instruction.a = inputs[0]
        if inputs.count > 1 { instruction.b = inputs[1] }
        if inputs.count > 2 { instruction.c = inputs[2] }
        if inputs.count > 3 { instruction.e = inputs[3] }
        instructions.append(instruction)
    }

    private mutating func appendCall(
        _ opcode: Opcode, _ primitive: Int, inputs: [UInt32], adjoints: [UInt32], outputs: [UInt32], state: Int
    ) {
        var instruction = Instruction<Scalar>(opcode: opcode, d: 0)
        instruction.first = Int32(calls.count)
        calls.append(ProgramCall(
            primitive: graph.primitives[primitive], inputs: lists.count, adjoints: lists.count + inputs.count,
            outputs: lists.count + inputs.count + adjoints.count, state: stateStarts[state]))
        lists += inputs + adjoints + outputs
        instructions.append(instruction)
    }

    private mutating func appendSum(_ d: UInt32, _ constant: Double, _ linear: [Double], _ products: [Double], _ inputs: [UInt32]) {
        let factors = Array(inputs[linear.count...])
        var instruction = Instruction<Scalar>(opcode: .sum, d: d)
        func set(_ opcode: Opcode, _ operands: [UInt32], k: Double = 0, k2: Double = 0) {
            instruction.opcode = opcode
            instruction.a = operands[0]
            if operands.count > 1 { instruction.b = operands[1] }
            if operands.count > 2 { instruction.c = operands[2] }
            if operands.count > 3 { instruction.e = operands[3] }
            (instruction.k, instruction.k2) = (Scalar(k), Scalar(k2))
        }
        switch (linear.count, products.count) {
        case (1, 0): set(.affine, inputs, k: linear[0], k2: constant)
        case (0, 1) where products[0] == 1 && constant == 0: set(.multiply, factors)
        case (0, 1): set(.scaledProduct, factors, k: products[0], k2: constant)
        case (2, 0) where constant == 0 && linear == [1, 1]: set(.add, inputs)
        case (2, 0) where constant == 0 && linear == [1, -1]: set(.subtract, inputs)
        case (2, 0) where constant == 0 && linear == [-1, 1]: set(.subtract, inputs.reversed())
        case (1, 1) where constant == 0 && linear == [1] && products == [1]: set(.multiplyAdd, factors + [inputs[0]])
        case (1, 1) where constant == 0 && linear == [1] && products == [-1]: set(.multiplySubtract, factors + [inputs[0]])
        case (0, 2) where products == [1, 1]: set(.twoProducts, factors, k: constant)
        default:
            instruction.k = Scalar(constant)
            instruction.first = Int32(terms.count)
            for (k, a) in zip(linear, inputs) { terms.append(ProgramTerm(a: a, b: a, k: Scalar(k))) }
            let indices = products.indices
            let plain = indices.filter { products[$0] == 1 }, scaled = indices.filter { products[$0] != 1 }
            for i in plain + scaled { terms.append(ProgramTerm(a: factors[2 * i], b: factors[2 * i + 1], k: Scalar(products[i]))) }
            instruction.linear = UInt16(linear.count)
            instruction.products = UInt16(plain.count)
            instruction.scaledProducts = UInt16(scaled.count)
        }
        instructions.append(instruction)
    }

    private static func opcode(_ function: BinaryFunction) -> Opcode {
        switch function {
        case .minimum: .minimum
        case .maximum: .maximum
        case .atan2: .atan2
        case .power: .power
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .equal: .equal
        case .flipped: .flipped
        }
    }
}

extension UnaryFunction {
    /// The instruction that applies it.
    var opcode: Opcode {
        switch self {
        case .reciprocal: .reciprocal
        case .squareRoot: .squareRoot
        case .absolute: .absolute
        case .exp: .exp
        case .expm1: .expm1
        case .log: .log
        case .log1p: .log1p
        case .sin: .sin
        case .cos: .cos
        case .tan: .tan
        case .sinh: .sinh
        case .cosh: .cosh
        case .tanh: .tanh
        case .sigmoid: .sigmoid
        case .softplus: .softplus
        case .logGamma: .logGamma
        case .digamma: .digamma
        case .errorFunction: .errorFunction
        }
    }
}
