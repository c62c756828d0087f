// Instructions of programs as operations on registers, each with the bits that the interpreter gives.

extension MicroProgram {
    /// What the rows of a program hold while its instructions are taken one by one.
    struct Rows {
        private let rowBytes: Int
        private var values: [Int32]
        private let home: (Int) -> Assembler.Address

        /// - Parameter home: where the number of a row lies from the beginning.
        init<Scalar: ProgramScalar>(_ program: LaneProgram<Scalar>, _ micro: inout MicroProgram, home: @escaping (Int) -> Assembler.Address) {
            self.home = home
            rowBytes = LaneProgram<Scalar>.rowBytes
            values = Array(repeating: -1, count: program.rowCount)
            for constant in program.constants { values[constant.row] = micro.number(Double(Scalar(constant.value))) }
        }

        mutating func callAsFunction(_ offset: UInt32, _ micro: inout MicroProgram) -> Int32 {
            let row = Int(offset) / rowBytes
            if values[row] < 0 { values[row] = micro.given(home(row)) }
            return values[row]
        }

        mutating func set(_ offset: UInt32, _ value: Int32) { values[Int(offset) / rowBytes] = value }
    }

    /// Adds an instruction.
    ///
    /// - Parameter places: where to what it writes to a row, by its offset, is to be stored.
    mutating func append<Scalar: ProgramScalar>(
        _ instruction: Instruction<Scalar>, of program: LaneProgram<Scalar>, rows: inout Rows, places: (UInt32) -> [Assembler.Address]
    ) {
        let results = results(instruction, program, &rows)
        for (offset, value) in results where offset != ProgramCall.missing {
            rows.set(offset, value)
            for place in places(offset) { store(value, to: place) }
        }
    }

    private mutating func results<Scalar: ProgramScalar>(
        _ instruction: Instruction<Scalar>, _ program: LaneProgram<Scalar>, _ rows: inout Rows
    ) -> [(UInt32, Int32)] {
        switch instruction.opcode {
        case .sineAndCosine:
            let (sine, cosine) = sineAndCosine(rows(instruction.a, &self))
            return [(instruction.d, sine), (instruction.b, cosine)]
        case .logSumExp, .logSumExpWithShares:
            let first = Int(instruction.first), count = Int(instruction.linear)
            let terms = program.lists[first..<first + count].map { rows($0, &self) }
            guard instruction.opcode == .logSumExpWithShares else { return [(instruction.d, logSumExp(terms, needsShares: false).sum)] }
            let (sum, shares) = logSumExp(terms, needsShares: true)
            return [(instruction.d, sum)] + zip(program.lists[first + count..<first + 2 * count], shares)
        default: return [(instruction.d, result(instruction, program, &rows))]
        }
    }

    private mutating func result<Scalar: ProgramScalar>(
        _ instruction: Instruction<Scalar>, _ program: LaneProgram<Scalar>, _ rows: inout Rows
    ) -> Int32 {
        if case .sum = instruction.opcode { return sum(instruction, program, &rows) }
        let (k, k2) = (Double(instruction.k), Double(instruction.k2))
        let operands = instruction.opcode.operandCount
        let a = rows(instruction.a, &self)
        let b = operands > 1 ? rows(instruction.b, &self) : a
        let c = operands > 2 ? rows(instruction.c, &self) : a
        let e = operands > 3 ? rows(instruction.e, &self) : a
        switch instruction.opcode {
        case .affine: return fma(a, k, k2)
        case .scaledProduct:
            let scaled = multiply(a, k)
            return fma(scaled, b, k2)
        case .add: return add(a, b)
        case .subtract: return subtract(a, b)
        case .multiply: return multiply(a, b)
        case .multiplyAdd: return fma(a, b, c)
        case .multiplySubtract: return fnma(a, b, c)
        case .twoProducts:
            let first = fma(a, b, k)
            return fma(c, e, first)
        case .length:
            let first = fma(a, b, k), second = fma(c, e, first)
            return squareRoot(second)
        case .hinge:
            let line = fma(a, k, k2)
            return greater(line, b)
        case .hingeOfDifference:
            let difference = subtract(a, b)
            return greater(difference, c)
        case .divide: return divide(a, b)
        case .minimum: return lesser(a, b)
        case .maximum: return greater(a, b)
        case .flipped:
            // As vectors are negated elsewhere: zero remains zero, without a sign.
            let other = subtract(number(0), a)
            return choose(.less, b, number(0), other, a)
        case .less: return choose(.less, a, b, number(1), number(0))
        case .lessOrEqual: return choose(.lessOrEqual, a, b, number(1), number(0))
        case .equal: return choose(.equal, a, b, number(1), number(0))
        case .select: return choose(.greater, a, number(0), b, c)
        case .selectLess: return choose(.less, a, b, c, e)
        case .selectLessOrEqual: return choose(.lessOrEqual, a, b, c, e)
        case .selectEqual: return choose(.equal, a, b, c, e)
        case .atan2: return atan2(a, b)
        default:
            guard let function = instruction.opcode.function, let value = apply(function, to: a) else {
                preconditionFailure("an instruction without native code")
            }
            return value
        }
    }

    // A constant, then terms k·a, a·b and k·a·b, one after the other.
    private mutating func sum<Scalar: ProgramScalar>(_ instruction: Instruction<Scalar>, _ program: LaneProgram<Scalar>, _ rows: inout Rows) -> Int32 {
        var result = number(Double(instruction.k)), place = Int(instruction.first)
        for kind in 0..<3 {
            let count = kind == 0 ? instruction.linear : kind == 1 ? instruction.products : instruction.scaledProducts
            for _ in 0..<Int(count) {
                let term = program.terms[place], a = rows(term.a, &self)
                place += 1
                switch kind {
                case 0: result = fma(a, Double(term.k), result)
                case 1: result = fma(a, rows(term.b, &self), result)
                default:
                    let scaled = multiply(a, Double(term.k))
                    result = fma(scaled, rows(term.b, &self), result)
                }
            }
        }
        return result
    }
}

extension Opcode {
    /// How many of an instruction's operands a, b, c, e are read.
    var operandCount: Int {
        switch self {
        case .selectLess, .selectLessOrEqual, .selectEqual, .twoProducts, .length: 4
        case .multiplyAdd, .multiplySubtract, .hingeOfDifference, .select: 3
        case .scaledProduct, .add, .subtract, .multiply, .hinge, .divide, .minimum, .maximum, .flipped, .less, .lessOrEqual, .equal, .atan2, .power: 2
        case .sum, .logSumExp, .logSumExpWithShares, .call, .pullback: 0
        default: 1
        }
    }

    /// The function of one number that an instruction applies.
    var function: UnaryFunction? { UnaryFunction.allCases.first { $0.opcode == self } }

    /// Whether only the interpreter has it: primitives, and functions of the C library.
    var needsInterpreter: Bool {
        switch self {
        case .call, .pullback, .power, .logGamma, .digamma, .errorFunction: true
        default: false
        }
    }
}
