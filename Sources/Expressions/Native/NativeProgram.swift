import CLanes

/// A program as the processor's own instructions on registers of 512 bits, group of lanes by group: numbers stay in registers where the
/// interpreter stores and loads them.
///
/// It gives the interpreter's bits. What the C library or a primitive computes is left to the interpreter, between pieces of code. Angles
/// beyond 100 000 are too: the code raises an alarm, and the interpreter runs the block anew.
final class NativeProgram: Sendable {
    private typealias Function = @convention(c) (
        UnsafeMutableRawPointer, UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer
    ) -> UInt32

    private enum Part {
        /// Code that begins so many bytes from the start, and its constants.
        case code(start: Int, constants: Int)
        /// An instruction for the interpreter.
        case instruction(Int)
    }

    /// The most bytes of code: beyond, instructions come from the slower caches, and the interpreter's few loops are as fast.
    static let greatestSize = 1 << 19

    private let parts: [Part]
    private let memory: ExecutableMemory
    /// Whether points are read, and results written, where the caller has them; else they are in the program's rows.
    let isDirect: Bool
    /// Rows of 64 bytes that the code spills registers to.
    let spillCount: Int
    /// Bytes of code and constants.
    let size: Int

    /// - Parameter layout: of points and gradients.
    /// - Returns: nil where the processor has no registers of 512 bits, the system gives no memory for code, or the code is too long.
    init?<Scalar: ProgramScalar>(_ program: LaneProgram<Scalar>, layout: PointLayout) {
        #if arch(x86_64) && (os(Linux) || os(macOS))
        // An instruction takes 16 bytes or more where two groups are worked on.
        guard avips_has_wide_registers() != 0, !program.instructions.isEmpty, 16 * program.instructions.count <= Self.greatestSize else { return nil }
        var writer = CodeWriter(program, layout: layout)
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
        isDirect = writer.isDirect
        spillCount = writer.spillCount
        size = writer.bytes.count
        #else
        return nil
        #endif
    }

    /// Runs a block.
    ///
    /// - Parameters:
    ///   - inputs: where the rows of the program begin; in direct code, those after the points.
    ///   - block: memory for instructions of the interpreter.
    ///   - place: points and results of direct code.
    /// - Returns: false where the interpreter must do it; inputs and constants are as before.
    @inline(__always)
    func run<Scalar: ProgramScalar>(
        _ program: LaneProgram<Scalar>, _ block: ProgramMemory<Scalar>, inputs: UnsafeMutableRawPointer, spills: UnsafeMutableRawPointer,
        points: UnsafeRawPointer, values: UnsafeMutableRawPointer, gradients: UnsafeMutableRawPointer
    ) -> Bool {
        for part in parts {
            switch part {
            case .code(let start, let constants):
                let function = unsafeBitCast(memory.start + start, to: Function.self)
                if function(inputs, spills, memory.start + constants, values, points, gradients) != 0 { return false }
            case .instruction(let index): Interpreter<Scalar.Register>.run(index, of: program, memory: block)
            }
        }
        return true
    }
}
