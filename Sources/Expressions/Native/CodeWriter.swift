/// Writes the code of a program: it is cut where the interpreter is needed.
struct CodeWriter<Scalar: ProgramScalar> {
    private let program: LaneProgram<Scalar>
    private let layout: PointLayout
    /// Instructions that only the interpreter has, and those between them.
    private(set) var ranges: [Range<Int>] = []
    /// Whether there are none of the former and the program is one of points.
    let isDirect: Bool
    /// Rows that are read after a range, by its end.
    private var liveRows: [Int: Set<UInt32>] = [:]
    private(set) var bytes: [UInt8] = []
    private(set) var spillCount = 0

    init(_ program: LaneProgram<Scalar>, layout: PointLayout) {
        self.program = program
        self.layout = layout
        isDirect = program.pointCount > 0 && !program.instructions.contains { $0.opcode.needsInterpreter }
        for (index, instruction) in program.instructions.enumerated() {
            if let last = ranges.last, program.instructions[last.lowerBound].opcode.needsInterpreter == instruction.opcode.needsInterpreter {
                ranges[ranges.count - 1] = last.lowerBound..<index + 1
            } else {
                ranges.append(index..<index + 1)
            }
        }
        var live = Set(program.results.map { UInt32($0 * LaneProgram<Scalar>.rowBytes) })
        for range in ranges.reversed() {
            liveRows[range.upperBound] = live
            for index in range.reversed() {
                live.subtract(program.rowsWritten(by: index))
                live.formUnion(program.rowsRead(by: index))
            }
        }
    }

    /// - Returns: where the code begins, and where its constants.
    mutating func write(_ range: Range<Int>) -> (start: Int, constants: Int) {
        let micro = operations(range), advance = advance
        // Two groups of lanes at once wait less for their own operands, unless too little finds a register.
        var (code, slots) = RegisterAssignment.code(for: micro, groupsAtOnce: 1, advance: advance)
        let (pairCode, pairSlots) = RegisterAssignment.code(for: micro.forTwoGroups(advance: advance), groupsAtOnce: 2, advance: advance)
        if pairCode.instructionCount <= 2 * code.instructionCount + code.instructionCount / 2 { (code, slots) = (pairCode, pairSlots) }
        spillCount = max(spillCount, slots)
        let start = bytes.count
        bytes += code.bytes
        bytes += Array(repeating: 0, count: -bytes.count & 63)
        let constants = bytes.count
        for constant in micro.constants {
            for byte in 0..<(micro.isDouble ? 8 : 4) { bytes.append(UInt8(truncatingIfNeeded: constant >> UInt64(8 * byte))) }
        }
        bytes += Array(repeating: 0, count: -bytes.count & 63)
        return (start, constants)
    }

    private var advance: (Assembler.Base) -> Int {
        let layout = layout, isDirect = isDirect
        return { base in
            switch base {
            case .rows: 64
            case .values: isDirect ? 64 : 0
            case .points, .gradients: isDirect ? layout.groupStride : 0
            case .constants, .spills: 0
            }
        }
    }

    private func operations(_ range: Range<Int>) -> MicroProgram {
        // Of several numbers that a row holds within the range, the last one may be read after it.
        var live = liveRows[range.upperBound] ?? [], kept = Array(repeating: Set<UInt32>(), count: range.count)
        for index in range.reversed() {
            let written = Set(program.rowsWritten(by: index))
            kept[index - range.lowerBound] = live.intersection(written)
            live.subtract(written)
        }
        let rowBytes = LaneProgram<Scalar>.rowBytes, pointCount = isDirect ? program.pointCount : 0, layout = layout
        var micro = MicroProgram(isDouble: Scalar.self == Double.self)
        var rows = MicroProgram.Rows(program, &micro) { row in
            row < pointCount
                ? .init(base: .points, offset: row * layout.variableStride) : .init(base: .rows, offset: (row - pointCount) * rowBytes)
        }
        let results = isDirect ? directPlaces : [:]
        for index in range {
            micro.append(program.instructions[index], of: program, rows: &rows) { offset in
                guard kept[index - range.lowerBound].contains(offset) else { return [] }
                return isDirect ? results[offset] ?? [] : [.init(base: .rows, offset: Int(offset))]
            }
        }
        // Results that no instruction computes: inputs and constants.
        if isDirect {
            for offset in live.sorted() {
                for place in results[offset] ?? [] { micro.store(rows(offset, &micro), to: place) }
            }
        }
        return micro
    }

    // Where results go, by the offsets of their rows: the gradient, then the log density.
    private var directPlaces: [UInt32: [Assembler.Address]] {
        var result: [UInt32: [Assembler.Address]] = [:]
        for (index, row) in program.results.enumerated() {
            let isValue = index == program.results.count - 1
            result[UInt32(row * LaneProgram<Scalar>.rowBytes), default: []].append(
                isValue ? .init(base: .values, offset: 0) : .init(base: .gradients, offset: index * layout.variableStride))
        }
        return result
    }
}

extension LaneProgram {
    /// The rows that an instruction reads and writes, as byte offsets.
    fileprivate func rowsRead(by index: Int) -> [UInt32] {
        let instruction = instructions[index], first = Int(instruction.first)
        switch instruction.opcode {
        case .sum:
            let count = Int(instruction.linear) + Int(instruction.products) + Int(instruction.scaledProducts)
            return terms[first..<first + count].flatMap { [$0.a, $0.b] }
        case .logSumExp, .logSumExpWithShares: return Array(lists[first..<first + Int(instruction.linear)])
        case .call, .pullback:
            let call = calls[first], inputs = lists[call.inputs..<call.inputs + call.primitive.inputCount]
            guard case .pullback = instruction.opcode else { return Array(inputs) }
            return Array(inputs) + lists[call.adjoints..<call.adjoints + call.primitive.outputCount]
        default: return Array([instruction.a, instruction.b, instruction.c, instruction.e].prefix(instruction.opcode.operandCount))
        }
    }

    fileprivate func rowsWritten(by index: Int) -> [UInt32] {
        let instruction = instructions[index], first = Int(instruction.first)
        switch instruction.opcode {
        case .sineAndCosine: return [instruction.d, instruction.b]
        case .logSumExpWithShares:
            let count = Int(instruction.linear)
            return [instruction.d] + lists[first + count..<first + 2 * count].filter { $0 != ProgramCall.missing }
        case .call, .pullback:
            let call = calls[first], isCall = if case .call = instruction.opcode { true } else { false }
            let count = isCall ? call.primitive.outputCount : call.primitive.inputCount
            return lists[call.outputs..<call.outputs + count].filter { $0 != ProgramCall.missing }
        default: return [instruction.d]
        }
    }
}
