import Expressions
import Numerics

/// Builds a formula from bytes, any numbers among its constants, and runs it: native code and the interpreter have the same bits, at ordinary points and
/// at the ends of the numbers.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, count > 1 else { return 0 }
    var reader = FormulaReader(UnsafeBufferPointer(start: bytes, count: count))
    guard let density = try? TracedDensity(reader.formula()) else { return 0 }
    compare(density.single)
    compare(density.double)
    let there = density.at([0.5, -1e-3])
    compare(there.single)
    compare(there.double)
    return 0
}

private let ends: [Double] = [0, -0.0, 1, -1, 1e-310, 1e-40, 1e-20, -1e20, 1e39, -1e300, .infinity, -.infinity, .nan, 709.9, -745.2, 3e5, 88.8, 1e15]

private func compare<Scalar: ProgramScalar>(_ program: DensityProgram<Scalar>) {
    var stream = RandomStream(seed: 1)
    let rows = 40, n = program.dimension
    let points = (0..<rows * n).map { Scalar($0 < ends.count * 2 ? ends[$0 * 7 % ends.count] : stream.normal()) }
    let contexts = (0..<rows * program.contextCount).map { Scalar($0 < ends.count ? ends[$0] : stream.normal()) }
    func run(native: Bool) -> [Scalar] {
        let workspace = DensityWorkspace(program, usesNativeCode: native)
        var values = Array(repeating: Scalar(0), count: rows), gradients = Array(repeating: Scalar(0), count: rows * n)
        contexts.withUnsafeBufferPointer { contexts in
            gradients.withUnsafeMutableBufferPointer { gradients in
                workspace.evaluate(
                    points, contexts: program.contextCount > 0 ? contexts.baseAddress : nil, samplesPerContext: 1, count: rows, into: &values,
                    gradients: gradients.baseAddress)
            }
        }
        return values + gradients
    }
    for (index, (a, b)) in zip(run(native: true), run(native: false)).enumerated() where a == b ? a.sign != b.sign : !(a.isNaN && b.isNaN) {
        let point = index < rows ? index : (index - rows) / n
        fatalError("native code has \(a), the interpreter \(b): result \(index), \(Scalar.self), at \(points[point * n..<(point + 1) * n])")
    }
}

/// A machine with a pool of formulas: each instruction is a byte for its kind, bytes for its operands, and the bytes of its number.
private struct FormulaReader {
    private var bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private let graph = ExpressionGraph(dimension: 3, contextCount: 2)
    private var pool: [Formula]

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        pool = (0..<3).map(graph.variable) + (0..<2).map(graph.contextNumber)
    }

    private mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        position += 1
        return bytes[position - 1]
    }

    private mutating func operand() -> Formula { pool[pool.count - 1 - Int(byte()) % pool.count] }

    private mutating func number() -> Double {
        let kind = byte()
        if kind < 64 { return Double(Int8(bitPattern: byte())) / 8 }
        if kind < 128 { return ends[Int(kind) % ends.count] }
        return Double(bitPattern: (0..<8).reduce(0) { value, _ in value << 8 | UInt64(byte()) })
    }

    mutating func formula() -> Formula {
        while position < bytes.count, pool.count < 400 { pool.append(instruction()) }
        return graph.sum(pool.suffix(4))
    }

    private mutating func instruction() -> Formula {
        let kind = byte() % 40, a = operand()
        switch kind {
        case 0: return a + operand()
        case 1: return a - operand()
        case 2: return a * operand()
        case 3: return a / operand()
        case 4: return -a
        case 5: return a + number()
        case 6: return number() - a
        case 7: return a * number()
        case 8: return number() / a
        case 9: return a / number()
        case 10: return a.power(operand())
        case 11: return a.power(number())
        case 12: return a.squareRoot
        case 13: return a.absolute
        case 14: return a.exp
        case 15: return a.expm1
        case 16: return a.log1p
        case 17: return a.log
        case 18: return a.sin
        case 19: return a.cos
        case 20: return a.tan
        case 21: return a.sinh
        case 22: return a.cosh
        case 23: return a.tanh
        case 24: return a.sigmoid
        case 25: return a.softplus
        case 26: return a.logGamma
        case 27: return a.errorFunction
        case 28: return a.arcTangent
        case 29: return a.arcSine
        case 30: return Formula.angle(sine: a, cosine: operand())
        case 31: return a.minimum(operand())
        case 32: return a.maximum(operand())
        case 33: return a.isLess(than: operand())
        case 34: return a.isAtMost(operand())
        case 35: return a.isEqual(to: operand())
        case 36: return graph.choose(where: a, operand(), operand())
        case 37: return graph.logSumExp([a, operand(), operand()])
        case 38: return graph.dot([a, operand()], [operand(), operand()])
        default: return graph.number(number())
        }
    }
}
