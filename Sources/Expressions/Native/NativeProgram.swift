import CLanes

/// A program as the processor's own instructions on registers of 512 bits, group of lanes by group: numbers stay in registers where the
/// interpreter stores and loads them.
///
/// It gives the interpreter's bits. What the C library or a primitive computes is left to the interpreter, between pieces of code. Angles
/// beyond 100 000 are too: the code raises an alarm, and the interpreter runs the block anew.
final class NativeProgram: Sendable {
    private typealias Function = @convention(c) (UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeRawPointer) -> UInt32

    private enum Part {
        /// Code that begins so many bytes from the start, and its constants.
        case code(start: Int, constants: Int)
        /// An instruction for the interpreter.
        case instruction(Int)
    }

    /// The most bytes of code: beyond, instructions come from the slower caches, and the interpreter's few loops are as fast.
    static let greatestSize = 1 << 18

    private let parts: [Part]
    private let memory: ExecutableMemory
    /// Rows of 64 bytes that the code spills registers to.
    let spillCount: Int
    /// Bytes of code and constants.
    let size: Int

    /// - Returns: nil where the processor has no registers of 512 bits, the system gives no memory for code, or the code is too long.
    init?<Scalar: ProgramScalar>(_ program: LaneProgram<Scalar>) {
        #if arch(x86_64) && (os(Linux) || os(macOS))
        guard avips_has_wide_registers() != 0, !program.instructions.isEmpty else { return nil }
        var writer = PartWriter(program)
        var parts: [Part] = []
        for range in writer.ranges {
            if program.instructions[range.lowerBound].opcode.needsInterpreter {
                parts += range.map { .instruction($0) }
            } else {
                let (start, constants) = writer.write(range)
                parts.append(.code(start: start, constants: constants))
            }
            guard writer.bytes.count <= Self.greatestSize else { return nil }
        }
        guard let memory = ExecutableMemory(writer.bytes) else { return nil }
        self.parts = parts
        self.memory = memory
        spillCount = writer.spillCount
        size = writer.bytes.count
        #else
        return nil
        #endif
    }

    /// Runs a block.
    ///
    /// - Returns: false where the interpreter must do it; inputs and constants are as before.
    @inline(__always)
    func run<Scalar: ProgramScalar>(_ program: LaneProgram<Scalar>, _ block: ProgramMemory<Scalar>) -> Bool {
        for part in parts {
            switch part {
            case .code(let start, let constants):
                let function = unsafeBitCast(memory.start + start, to: Function.self)
                if function(block.rows, block.spills, memory.start + constants) != 0 { return false }
            case .instruction(let index): Scalar.Register.run(index, of: program, memory: block)
            }
        }
        return true
    }
}

/// Cuts a program where the interpreter is needed, and writes code for the rest.
private struct PartWriter<Scalar: ProgramScalar> {
    let program: LaneProgram<Scalar>
    /// Instructions that only the interpreter has, and those between them.
    private(set) var ranges: [Range<Int>] = []
    /// Rows that are read after a range, by its end.
    private var liveRows: [Int: Set<UInt32>] = [:]
    private(set) var bytes: [UInt8] = []
    private(set) var spillCount = 0

    init(_ program: LaneProgram<Scalar>) {
        self.program = program
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
        // Of several numbers that a row holds within the range, the last one may be read after it.
        var live = liveRows[range.upperBound] ?? [], kept = Array(repeating: Set<UInt32>(), count: range.count)
        for index in range.reversed() {
            let written = Set(program.rowsWritten(by: index))
            kept[index - range.lowerBound] = live.intersection(written)
            live.subtract(written)
        }
        var micro = MicroProgram(isDouble: Scalar.self == Double.self)
        var rows = MicroProgram.Rows(program, &micro)
        for index in range {
            micro.append(program.instructions[index], of: program, rows: &rows) { kept[index - range.lowerBound].contains($0) }
        }
        // Two groups of lanes at once wait less for their own operands, unless too little finds a register.
        var (code, slots) = RegisterAssignment.code(for: micro, groupsAtOnce: 1)
        let (pairCode, pairSlots) = RegisterAssignment.code(for: micro.forTwoGroups, groupsAtOnce: 2)
        if pairCode.instructionCount <= 2 * code.instructionCount + code.instructionCount / 8 { (code, slots) = (pairCode, pairSlots) }
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
