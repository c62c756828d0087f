/// The memory that a program runs in: rows of numbers, what primitives keep, and room for their arguments. Of one thread.
public final class ProgramMemory<Scalar: ProgramScalar> {
    let program: LaneProgram<Scalar>
    let rows: UnsafeMutableRawPointer
    let staging: UnsafeMutablePointer<Scalar>
    let states: UnsafeMutablePointer<Scalar>
    /// Where native code keeps what finds no register.
    let spills: UnsafeMutableRawPointer
    private let native: NativeProgram?
    private let block: AlignedRows<Scalar>

    init(_ program: LaneProgram<Scalar>, usesNativeCode: Bool) {
        self.program = program
        native = usesNativeCode ? program.native : nil
        let spillRowCount = ((native?.spillCount ?? 0) + 7) / 8
        block = AlignedRows(program.rowCount + program.stagingRowCount + program.stateRowCount + spillRowCount)
        rows = UnsafeMutableRawPointer(block.pointer)
        staging = block.pointer + program.rowCount * Scalar.blockWidth
        states = staging + program.stagingRowCount * Scalar.blockWidth
        spills = UnsafeMutableRawPointer(states + program.stateRowCount * Scalar.blockWidth)
        for constant in program.constants { row(constant.row).update(repeating: Scalar(constant.value), count: Scalar.blockWidth) }
    }

    /// A row: the inputs come first.
    @inline(__always)
    func row(_ index: Int) -> UnsafeMutablePointer<Scalar> { block.pointer + index * Scalar.blockWidth }

    /// The row of a result.
    @inline(__always)
    func result(_ index: Int) -> UnsafeMutablePointer<Scalar> { row(program.results[index]) }

    @inline(never)
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    func run() {
        if let native, native.run(program, self) { return }
        Scalar.Register.run(program, memory: self)
    }
}
