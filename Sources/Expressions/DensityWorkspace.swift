import CLanes

/// Evaluates a traced density for many points, block by block; the memory of one thread.
///
/// Points of a block lie in lanes. Where several consecutive points share a context, what depends on it alone is computed once.
public final class DensityWorkspace<Scalar: ProgramScalar> {
    let program: DensityProgram<Scalar>
    let context: ProgramMemory<Scalar>
    let value: ProgramMemory<Scalar>
    let gradient: ProgramMemory<Scalar>
    private let pair: ProgramMemory<Scalar>
    let width = Scalar.blockWidth

    /// - Parameter usesNativeCode: false for the interpreter alone, which gives the same bits.
    public init(_ program: DensityProgram<Scalar>, usesNativeCode: Bool = true) {
        self.program = program
        context = ProgramMemory(program.context, usesNativeCode: usesNativeCode)
        value = ProgramMemory(program.value, usesNativeCode: usesNativeCode)
        gradient = ProgramMemory(program.gradient, usesNativeCode: usesNativeCode)
        pair = ProgramMemory(program.pair, usesNativeCode: usesNativeCode)
    }

    /// How a batch lies in memory.
    public enum Layout: Sendable {
        /// One point after the other, D numbers each; gradients alike.
        case rows
        /// `[block][dimension][lane]` with blocks of ``ProgramScalar/blockWidth`` points; the last one is whole, what it has beyond the
        /// count is read and written and means nothing. Contexts lie in blocks alike, `[block][number][lane]`.
        case blocks
    }

    /// Log densities, and gradients where they are asked for.
    ///
    /// The result for a point depends on that point and its context alone.
    ///
    /// - Parameters:
    ///   - points: `count` points.
    ///   - contexts: one row of C numbers for every `samplesPerContext` points; nil where the density has no context.
    ///   - samplesPerContext: how many consecutive points share a context; at least 1.
    ///   - values: receives `count` numbers; whole blocks of them in the layout of blocks.
    ///   - gradients: receives `count` gradients in the same layout as the points.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    public func evaluate(
        _ points: UnsafePointer<Scalar>, contexts: UnsafePointer<Scalar>? = nil, samplesPerContext: Int = 1, count: Int,
        layout: Layout = .rows, into values: UnsafeMutablePointer<Scalar>, gradients: UnsafeMutablePointer<Scalar>? = nil
    ) {
        precondition(count >= 0 && samplesPerContext > 0, "a batch of \(count) points, \(samplesPerContext) for a context")
        precondition(contexts != nil || program.contextCount == 0, "contexts are missing")
        guard count > 0 else { return }
        let memory = gradients == nil ? value : gradient
        let blocks = (count + width - 1) / width
        guard let contexts, program.contextCount > 0 else {
            // No context, or numbers that come up once.
            if program.sharedCount > 0 {
                context.run()
                spread(to: memory, block: 0, samplesPerContext: .max)
            }
            for block in 0..<blocks { evaluate(block, points, count, layout, memory, values, gradients) }
            return
        }
        if samplesPerContext == 1, gradients != nil {
            for block in 0..<blocks {
                // Blocks of contexts are read where they are.
                let isBlock = layout == .blocks
                if !isBlock { load(contexts, block: block, of: count, to: pair, from: program.dimension) }
                let inputs = isBlock ? contexts + block * program.contextCount * width : nil
                evaluate(block, points, count, layout, pair, inputs: inputs, values, gradients)
            }
            return
        }
        let contextTotal = (count + samplesPerContext - 1) / samplesPerContext
        for contextBlock in 0..<(contextTotal + width - 1) / width {
            if layout == .blocks {
                for j in 0..<program.contextCount { copy(contexts + (contextBlock * program.contextCount + j) * width, to: context.row(j)) }
            } else {
                load(contexts, block: contextBlock, of: contextTotal, to: context, from: 0)
            }
            context.run()
            lastSpread = -1
            for part in 0..<samplesPerContext {
                let block = contextBlock * samplesPerContext + part
                guard block < blocks else { break }
                spread(to: memory, block: part, samplesPerContext: samplesPerContext)
                evaluate(block, points, count, layout, memory, values, gradients)
            }
        }
    }

    // MARK: Contexts

    /// The context that fills all lanes of the rows already; −1 for none.
    private var lastSpread = -1

    func forgetSpread() { lastSpread = -1 }

    // One context to a lane; the last one is repeated.
    private func load(
        _ contexts: UnsafePointer<Scalar>, block: Int, of total: Int, to memory: ProgramMemory<Scalar>, from row: Int
    ) {
        let n = program.contextCount
        for lane in 0..<width {
            let source = contexts + min(block * width + lane, total - 1) * n
            for j in 0..<n { memory.row(row + j)[lane] = source[j] }
        }
    }

    // A row of a block, register by register.
    @inline(__always)
    private func copy(_ source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>) {
        let register = Scalar.Register.scalarCount
        for group in 0..<8 { Scalar.Register(loading: source + group &* register).store(to: target + group &* register) }
    }

    @inline(__always)
    private func fill(_ target: UnsafeMutablePointer<Scalar>, _ value: Scalar) {
        let register = Scalar.Register.scalarCount
        for group in 0..<8 { Scalar.Register(repeating: value).store(to: target + group &* register) }
    }

    // Gives the lanes of a block of points what was computed for their contexts.
    private func spread(to memory: ProgramMemory<Scalar>, block: Int, samplesPerContext: Int) {
        let first = program.dimension, register = Scalar.Register.scalarCount
        if samplesPerContext % width == 0 || samplesPerContext == .max {
            let lane = samplesPerContext == .max ? 0 : block * width / samplesPerContext
            guard lane != lastSpread else { return }
            lastSpread = lane
            for shared in 0..<program.sharedCount {
                fill(memory.row(first + shared), context.result(shared)[lane])
            }
        } else if samplesPerContext == 1 {
            for shared in 0..<program.sharedCount { copy(context.result(shared), to: memory.row(first + shared)) }
        } else if samplesPerContext % register == 0 {
            for shared in 0..<program.sharedCount {
                let source = context.result(shared), row = memory.row(first + shared)
                for group in 0..<8 {
                    let lane = (block * width + group * register) / samplesPerContext
                    Scalar.Register(repeating: source[lane]).store(to: row + group * register)
                }
            }
        } else {
            for shared in 0..<program.sharedCount {
                let source = context.result(shared), row = memory.row(first + shared)
                for lane in 0..<width { row[lane] = source[(block * width + lane) / samplesPerContext] }
            }
        }
    }

    // MARK: Points

    private func evaluate(
        _ block: Int, _ points: UnsafePointer<Scalar>, _ count: Int, _ layout: Layout, _ memory: ProgramMemory<Scalar>,
        inputs: UnsafePointer<Scalar>? = nil, _ values: UnsafeMutablePointer<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>?
    ) {
        let n = program.dimension, start = block * width, used = min(width, count - start)
        if layout == .blocks {
            memory.run(PointBlock(
                points: points + start * n, layout: .rows, inputs: inputs, values: values + start, gradients: gradients.map { $0 + start * n }))
            return
        }
        loadRows(points + start * n, used, to: memory.row(0))
        let logDensity = memory.outputs + (gradients == nil ? 0 : n * width)
        memory.run(PointBlock(
            points: memory.row(0), layout: .rows, inputs: inputs, values: logDensity, gradients: gradients == nil ? nil : memory.outputs))
        (values + start).update(from: logDensity, count: used)
        if let gradients { storeRows(memory.outputs, used, to: gradients + start * n) }
    }

    // One point after the other becomes a block, whose lanes beyond the last point repeat it.
    @inline(__always)
    private func loadRows(_ points: UnsafePointer<Scalar>, _ used: Int, to block: UnsafeMutablePointer<Scalar>) {
        let n = program.dimension
        if Scalar.self == Double.self, used == width {
            let source = UnsafeRawPointer(points).assumingMemoryBound(to: Double.self)
            let target = UnsafeMutableRawPointer(block).assumingMemoryBound(to: Double.self)
            forEachTile { lane, variable, count in
                avips_columns_of_rows(source + lane * n + variable, n, Int32(count), target + variable * 64 + lane, 64)
            }
            return
        }
        for i in 0..<n {
            let row = block + i * width
            for lane in 0..<used { row[lane] = points[lane * n + i] }
            for lane in used..<width { row[lane] = row[used - 1] }
        }
    }

    @inline(__always)
    private func storeRows(_ block: UnsafePointer<Scalar>, _ used: Int, to points: UnsafeMutablePointer<Scalar>) {
        let n = program.dimension
        if Scalar.self == Double.self, used == width {
            let source = UnsafeRawPointer(block).assumingMemoryBound(to: Double.self)
            let target = UnsafeMutableRawPointer(points).assumingMemoryBound(to: Double.self)
            forEachTile { lane, variable, count in
                avips_rows_of_columns(source + variable * 64 + lane, 64, Int32(count), target + lane * n + variable, n)
            }
            return
        }
        for i in 0..<n {
            let row = block + i * width
            for lane in 0..<used { points[lane * n + i] = row[lane] }
        }
    }

    // Squares of eight lanes and up to eight variables.
    @inline(__always)
    private func forEachTile(_ body: (Int, Int, Int) -> Void) {
        for lane in stride(from: 0, to: 64, by: 8) {
            for variable in stride(from: 0, to: program.dimension, by: 8) { body(lane, variable, min(8, program.dimension - variable)) }
        }
    }
}
