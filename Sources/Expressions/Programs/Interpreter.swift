import Numerics

/// Runs programs, an instruction on eight registers at a time.
///
/// The memory is checked once, when the program is made (`LaneProgram.verify`); nothing is checked here.
enum Interpreter<Lanes: ProgramLanes> {
    typealias Scalar = Lanes.Scalar
    typealias Code = UnsafePointer<Instruction<Scalar>>

    /// Runs a program on one block.
    static func run(_ program: LaneProgram<Scalar>, memory: ProgramMemory<Scalar>) {
        program.instructions.withUnsafeBufferPointer { instructions in
            program.terms.withUnsafeBufferPointer { terms in
                program.lists.withUnsafeBufferPointer { lists in
                    guard let code = instructions.baseAddress else { return }
                    let rows = Rows(memory: memory.rows)
                    for index in 0..<instructions.count {
                        step(code + index, rows, terms.baseAddress, lists.baseAddress, program, memory)
                    }
                }
            }
        }
    }

    /// Runs one instruction of a program.
    static func run(_ index: Int, of program: LaneProgram<Scalar>, memory: ProgramMemory<Scalar>) {
        program.instructions.withUnsafeBufferPointer { instructions in
            program.terms.withUnsafeBufferPointer { terms in
                program.lists.withUnsafeBufferPointer { lists in
                    guard let code = instructions.baseAddress else { return }
                    step(code + index, Rows(memory: memory.rows), terms.baseAddress, lists.baseAddress, program, memory)
                }
            }
        }
    }

    @inline(__always)
    private static func step(
        _ code: Code, _ rows: Rows, _ terms: UnsafePointer<ProgramTerm<Scalar>>?, _ lists: UnsafePointer<UInt32>?,
        _ program: LaneProgram<Scalar>, _ memory: ProgramMemory<Scalar>
    ) {
        switch code.pointee.opcode {
        case .affine:
            let k = Lanes(repeating: code.pointee.k), k2 = Lanes(repeating: code.pointee.k2)
            for g in 0..<8 { rows.set(code.pointee.d, g, k2.fma(k, rows[code.pointee.a, g])) }
        case .scaledProduct:
            let k = Lanes(repeating: code.pointee.k), k2 = Lanes(repeating: code.pointee.k2)
            for g in 0..<8 { rows.set(code.pointee.d, g, k2.fma(k * rows[code.pointee.a, g], rows[code.pointee.b, g])) }
        case .add: rows.binary(code) { $0 + $1 }
        case .subtract: rows.binary(code) { $0 - $1 }
        case .multiply: rows.binary(code) { $0 * $1 }
        case .multiplyAdd: rows.ternary(code) { $2.fma($0, $1) }
        case .multiplySubtract: rows.ternary(code) { $2.fnma($0, $1) }
        case .twoProducts:
            let k = Lanes(repeating: code.pointee.k)
            for g in 0..<8 {
                let first = k.fma(rows[code.pointee.a, g], rows[code.pointee.b, g])
                rows.set(code.pointee.d, g, first.fma(rows[code.pointee.c, g], rows[code.pointee.e, g]))
            }
        case .length:
            let k = Lanes(repeating: code.pointee.k)
            for g in 0..<8 {
                let first = k.fma(rows[code.pointee.a, g], rows[code.pointee.b, g])
                rows.set(code.pointee.d, g, Lanes.root(first.fma(rows[code.pointee.c, g], rows[code.pointee.e, g])))
            }
        case .hinge:
            let k = Lanes(repeating: code.pointee.k), k2 = Lanes(repeating: code.pointee.k2)
            for g in 0..<8 { rows.set(code.pointee.d, g, k2.fma(k, rows[code.pointee.a, g]).orGreater(rows[code.pointee.b, g])) }
        case .hingeOfDifference: rows.ternary(code) { ($0 - $1).orGreater($2) }
        case .sum: if let terms { sum(code, rows, terms) }
        case .divide: rows.binary(code) { $0 / $1 }
        case .reciprocal: rows.unary(code) { Lanes(repeating: 1) / $0 }
        case .squareRoot: rows.unary(code) { Lanes.root($0) }
        case .absolute: rows.unary(code) { Lanes.absolute($0) }
        case .minimum: rows.binary(code) { $0.orLess($1) }
        case .maximum: rows.binary(code) { $0.orGreater($1) }
        case .flipped: rows.binary(code) { $0.flipped(by: $1) }
        case .less: rows.binary(code) { Lanes.whereLess($0, $1, Lanes(repeating: 1), .zero) }
        case .lessOrEqual: rows.binary(code) { Lanes.whereLessOrEqual($0, $1, Lanes(repeating: 1), .zero) }
        case .equal: rows.binary(code) { Lanes.whereEqual($0, $1, Lanes(repeating: 1), .zero) }
        case .select: rows.ternary(code) { Lanes.whereLess(.zero, $0, $1, $2) }
        case .selectLess: rows.quaternary(code) { Lanes.whereLess($0, $1, $2, $3) }
        case .selectLessOrEqual: rows.quaternary(code) { Lanes.whereLessOrEqual($0, $1, $2, $3) }
        case .selectEqual: rows.quaternary(code) { Lanes.whereEqual($0, $1, $2, $3) }
        case .logSumExp: if let lists { logSumExp(code, rows, lists, hasShares: false) }
        case .logSumExpWithShares: if let lists { logSumExp(code, rows, lists, hasShares: true) }
        case .call, .pullback: if let lists { call(code, rows, lists, program, memory) }
        default: function(code, rows)
        }
    }

    @inline(never)
    private static func sum(_ code: Code, _ rows: Rows, _ terms: UnsafePointer<ProgramTerm<Scalar>>) {
        var term = terms + Int(code.pointee.first)
        let start = Lanes(repeating: code.pointee.k)
        var (s0, s1, s2, s3, s4, s5, s6, s7) = (start, start, start, start, start, start, start, start)
        for _ in 0..<Int(code.pointee.linear) {
            let k = Lanes(repeating: term.pointee.k), a = term.pointee.a
            s0 = s0.fma(k, rows[a, 0]); s1 = s1.fma(k, rows[a, 1]); s2 = s2.fma(k, rows[a, 2]); s3 = s3.fma(k, rows[a, 3])
            s4 = s4.fma(k, rows[a, 4]); s5 = s5.fma(k, rows[a, 5]); s6 = s6.fma(k, rows[a, 6]); s7 = s7.fma(k, rows[a, 7])
            term += 1
        }
        for _ in 0..<Int(code.pointee.products) {
            let a = term.pointee.a, b = term.pointee.b
            s0 = s0.fma(rows[a, 0], rows[b, 0]); s1 = s1.fma(rows[a, 1], rows[b, 1])
            s2 = s2.fma(rows[a, 2], rows[b, 2]); s3 = s3.fma(rows[a, 3], rows[b, 3])
            s4 = s4.fma(rows[a, 4], rows[b, 4]); s5 = s5.fma(rows[a, 5], rows[b, 5])
            s6 = s6.fma(rows[a, 6], rows[b, 6]); s7 = s7.fma(rows[a, 7], rows[b, 7])
            term += 1
        }
        for _ in 0..<Int(code.pointee.scaledProducts) {
            let k = Lanes(repeating: term.pointee.k), a = term.pointee.a, b = term.pointee.b
            s0 = s0.fma(k * rows[a, 0], rows[b, 0]); s1 = s1.fma(k * rows[a, 1], rows[b, 1])
            s2 = s2.fma(k * rows[a, 2], rows[b, 2]); s3 = s3.fma(k * rows[a, 3], rows[b, 3])
            s4 = s4.fma(k * rows[a, 4], rows[b, 4]); s5 = s5.fma(k * rows[a, 5], rows[b, 5])
            s6 = s6.fma(k * rows[a, 6], rows[b, 6]); s7 = s7.fma(k * rows[a, 7], rows[b, 7])
            term += 1
        }
        let d = code.pointee.d
        rows.set(d, 0, s0); rows.set(d, 1, s1); rows.set(d, 2, s2); rows.set(d, 3, s3)
        rows.set(d, 4, s4); rows.set(d, 5, s5); rows.set(d, 6, s6); rows.set(d, 7, s7)
    }

    // Transcendental functions stand outside the dispatch, whose registers they would take.
    @inline(never)
    private static func function(_ code: Code, _ rows: Rows) {
        switch code.pointee.opcode {
        case .exp: rows.unary(code) { Lanes.exp($0) }
        case .expm1: rows.unary(code) { Lanes.expm1($0) }
        case .log: rows.unary(code) { Lanes.log($0) }
        case .log1p: rows.unary(code) { Lanes.log1p($0) }
        case .sin: rows.unary(code) { $0.exactSineAndCosine.sine }
        case .cos: rows.unary(code) { $0.exactSineAndCosine.cosine }
        case .tan: rows.unary(code) { x in
            let (sine, cosine) = x.exactSineAndCosine
            return sine / cosine
        }
        case .sineAndCosine:
            for g in 0..<8 {
                let (sine, cosine) = rows[code.pointee.a, g].exactSineAndCosine
                rows.set(code.pointee.d, g, sine)
                rows.set(code.pointee.b, g, cosine)
            }
        case .sinh: rows.unary(code) { Lanes.sinh($0) }
        case .cosh: rows.unary(code) { Lanes.cosh($0) }
        case .tanh: rows.unary(code) { Lanes.tanh($0) }
        case .sigmoid: rows.unary(code) { Lanes.sigmoid($0) }
        case .softplus: rows.unary(code) { Lanes.softplus($0) }
        case .logGamma: rows.unary(code) { $0.mapped(UnaryFunction.logGamma.value) }
        case .digamma: rows.unary(code) { $0.mapped(UnaryFunction.digamma.value) }
        case .errorFunction: rows.unary(code) { $0.mapped(UnaryFunction.errorFunction.value) }
        case .atan2: rows.binary(code) { Lanes.atan2($0, $1) }
        case .power: rows.binary(code) { $0.mapped($1, BinaryFunction.power.value) }
        default: break
        }
    }

    @inline(never)
    private static func logSumExp(_ code: Code, _ rows: Rows, _ lists: UnsafePointer<UInt32>, hasShares: Bool) {
        let count = Int(code.pointee.linear)
        let inputs = lists + Int(code.pointee.first), shares = inputs + count
        for g in 0..<8 {
            var greatest = rows[inputs[0], g]
            for i in 1..<count { greatest = greatest.orGreater(rows[inputs[i], g]) }
            // Of infinities no difference is taken.
            let shift = greatest.finiteOrZero
            var sum = Lanes.zero
            for i in 0..<count {
                let power = Lanes.exp(rows[inputs[i], g] - shift)
                sum = sum + power
                if hasShares, shares[i] != ProgramCall.missing { rows.set(shares[i], g, power) }
            }
            rows.set(code.pointee.d, g, shift + Lanes.log(sum))
            guard hasShares else { continue }
            let scale = Lanes.whereEqual(sum, .zero, .zero, Lanes(repeating: 1) / sum)
            for i in 0..<count where shares[i] != ProgramCall.missing { rows.set(shares[i], g, rows[shares[i], g] * scale) }
        }
    }

    @inline(never)
    private static func call(
        _ code: Code, _ rows: Rows, _ lists: UnsafePointer<UInt32>, _ program: LaneProgram<Scalar>, _ memory: ProgramMemory<Scalar>
    ) {
        let call = program.calls[Int(code.pointee.first)]
        let primitive = call.primitive, width = Scalar.blockWidth
        let inputs = memory.staging, adjoints = inputs + primitive.inputCount * width
        let outputs = adjoints + primitive.outputCount * width
        func gather(_ list: UnsafePointer<UInt32>, _ count: Int, to place: UnsafeMutablePointer<Scalar>) {
            for i in 0..<count { (place + i * width).update(from: rows.pointer(list[i]), count: width) }
        }
        gather(lists + call.inputs, primitive.inputCount, to: inputs)
        let state = memory.states + call.state * width
        let isPullback = if case .pullback = code.pointee.opcode { true } else { false }
        if isPullback {
            gather(lists + call.adjoints, primitive.outputCount, to: adjoints)
            Scalar.pullBack(primitive, adjoints, inputs: inputs, into: outputs, state: state)
        } else {
            Scalar.evaluate(primitive, inputs, into: outputs, state: state)
        }
        for i in 0..<(isPullback ? primitive.inputCount : primitive.outputCount) {
            let offset = lists[call.outputs + i]
            if offset != ProgramCall.missing { rows.pointer(offset).update(from: outputs + i * width, count: width) }
        }
    }

    /// The memory of a program as rows of eight registers.
    struct Rows {
        let memory: UnsafeMutableRawPointer

        @inline(__always)
        subscript(offset: UInt32, group: Int) -> Lanes {
            memory.load(fromByteOffset: Int(offset) &+ group &* 64, as: Lanes.self)
        }

        @inline(__always)
        func set(_ offset: UInt32, _ group: Int, _ value: Lanes) {
            memory.storeBytes(of: value, toByteOffset: Int(offset) &+ group &* 64, as: Lanes.self)
        }

        @inline(__always)
        func pointer(_ offset: UInt32) -> UnsafeMutablePointer<Scalar> { (memory + Int(offset)).assumingMemoryBound(to: Scalar.self) }

        @inline(__always)
        func unary(_ code: Code, _ body: (Lanes) -> Lanes) {
            for g in 0..<8 { set(code.pointee.d, g, body(self[code.pointee.a, g])) }
        }

        @inline(__always)
        func binary(_ code: Code, _ body: (Lanes, Lanes) -> Lanes) {
            for g in 0..<8 { set(code.pointee.d, g, body(self[code.pointee.a, g], self[code.pointee.b, g])) }
        }

        @inline(__always)
        func ternary(_ code: Code, _ body: (Lanes, Lanes, Lanes) -> Lanes) {
            for g in 0..<8 { set(code.pointee.d, g, body(self[code.pointee.a, g], self[code.pointee.b, g], self[code.pointee.c, g])) }
        }

        @inline(__always)
        func quaternary(_ code: Code, _ body: (Lanes, Lanes, Lanes, Lanes) -> Lanes) {
            for g in 0..<8 {
                set(code.pointee.d, g, body(self[code.pointee.a, g], self[code.pointee.b, g], self[code.pointee.c, g], self[code.pointee.e, g]))
            }
        }
    }
}
