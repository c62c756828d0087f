import Numerics

/// A block of points, and where their results go.
struct PointBlock<Scalar: ProgramScalar> {
    var points: UnsafePointer<Scalar>
    /// Of points and gradients.
    var layout: PointLayout
    /// What else the program is given, as rows; nil where it lies in the program's memory.
    var inputs: UnsafePointer<Scalar>?
    var values: UnsafeMutablePointer<Scalar>
    /// nil for a program of values alone.
    var gradients: UnsafeMutablePointer<Scalar>?
}

/// The memory that a program runs in: rows of numbers, what primitives keep, and room for their arguments. Of one thread.
public final class ProgramMemory<Scalar: ProgramScalar> {
    let program: LaneProgram<Scalar>
    let rows: UnsafeMutableRawPointer
    let staging: UnsafeMutablePointer<Scalar>
    let states: UnsafeMutablePointer<Scalar>
    /// Rows for results that the caller wants in another order.
    let outputs: UnsafeMutablePointer<Scalar>
    private let block: AlignedRows<Scalar>
    private let usesNativeCode: Bool
    private var codes: [(layout: PointLayout, code: NativeProgram?, spills: UnsafeMutableRawPointer)] = []
    private let spills = Registers()

    init(_ program: LaneProgram<Scalar>, usesNativeCode: Bool) {
        self.program = program
        self.usesNativeCode = usesNativeCode
        let outputCount = program.pointCount > 0 ? program.results.count : 0
        block = AlignedRows(program.rowCount + program.stagingRowCount + program.stateRowCount + outputCount)
        rows = UnsafeMutableRawPointer(block.pointer)
        staging = block.pointer + program.rowCount * Scalar.blockWidth
        states = staging + program.stagingRowCount * Scalar.blockWidth
        outputs = states + program.stateRowCount * Scalar.blockWidth
        for constant in program.constants { row(constant.row).update(repeating: Scalar(constant.value), count: Scalar.blockWidth) }
    }

    /// A row: the inputs come first.
    @inline(__always)
    func row(_ index: Int) -> UnsafeMutablePointer<Scalar> { block.pointer + index * Scalar.blockWidth }

    /// The row of a result, after ``run()``.
    @inline(__always)
    func result(_ index: Int) -> UnsafeMutablePointer<Scalar> { row(program.results[index]) }

    /// Runs a program without points on the rows of its inputs.
    @inline(never)
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    func run() {
        let (code, spills) = code(for: .rows)
        if let code, code.run(program, self, inputs: rows, spills: spills, points: rows, values: rows, gradients: rows) { return }
        Interpreter<Scalar.Register>.run(program, memory: self)
    }

    /// Runs a program on points.
    @inline(never)
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    func run(_ points: PointBlock<Scalar>) {
        let (code, spills) = code(for: points.layout)
        if let code, code.isDirect {
            let inputs = points.inputs.map { UnsafeMutableRawPointer(mutating: $0) } ?? UnsafeMutableRawPointer(row(program.pointCount))
            let gradients = points.gradients ?? points.values
            if code.run(program, self, inputs: inputs, spills: spills, points: points.points, values: points.values, gradients: gradients) { return }
        }
        load(points)
        let isDone = code.map { !$0.isDirect && $0.run(program, self, inputs: rows, spills: spills, points: rows, values: rows, gradients: rows) }
        if isDone != true { Interpreter<Scalar.Register>.run(program, memory: self) }
        unload(points)
    }

    private func code(for layout: PointLayout) -> (NativeProgram?, UnsafeMutableRawPointer) {
        for known in codes where known.layout == layout { return (known.code, known.spills) }
        let code = usesNativeCode ? program.codes.code(for: program, layout: layout) : nil
        let memory = UnsafeMutableRawPointer(spills.take(16 * (code?.spillCount ?? 0), repeating: Float(0)))
        codes.append((layout, code, memory))
        return (code, memory)
    }

    // MARK: Points in the rows of the program

    private func load(_ block: PointBlock<Scalar>) {
        if block.points != UnsafePointer(row(0)) {
            forEachRegister(of: program.pointCount, block.layout) { variable, group, offset in
                Scalar.Register(loading: block.points + offset).store(to: row(variable) + group)
            }
        }
        if let inputs = block.inputs {
            row(program.pointCount).update(from: inputs, count: (program.inputCount - program.pointCount) * Scalar.blockWidth)
        }
    }

    private func unload(_ block: PointBlock<Scalar>) {
        let last = program.results.count - 1
        block.values.update(from: result(last), count: Scalar.blockWidth)
        guard let gradients = block.gradients else { return }
        forEachRegister(of: last, block.layout) { variable, group, offset in
            Scalar.Register(loading: result(variable) + group).store(to: gradients + offset)
        }
    }

    // Variables, groups by their first lanes, and where these lie in a layout.
    private func forEachRegister(of variables: Int, _ layout: PointLayout, _ body: (Int, Int, Int) -> Void) {
        let size = MemoryLayout<Scalar>.stride, variableStride = layout.variableStride / size, groupStride = layout.groupStride / size
        for group in 0..<8 {
            for variable in 0..<variables { body(variable, group * Scalar.Register.scalarCount, variable * variableStride + group * groupStride) }
        }
    }
}
