/// Operations on single registers of lanes, every value written once: what native code is made from.
///
/// A value is known by its number. It is computed by an operation, lies in memory from the beginning, or is a constant.
struct MicroProgram {
    enum Opcode {
        case binary(Assembler.Binary)
        case unary(Assembler.Unary)
        /// a·b + c, and c − a·b.
        case fused(isNegated: Bool)
        /// A table of eight bits for the bits of three operands.
        case ternary(UInt8)
        case shiftLeft(UInt8)
        /// A mask from two operands, by a predicate or by common bits.
        case compare(UInt8, mask: Int)
        case testBits(mask: Int)
        /// The first operand where a mask holds, the second one elsewhere.
        case blend(mask: Int)
        /// Raises the alarm where |a| ≤ b does not hold.
        case watch
        case store(Assembler.Address)
    }

    struct Operation {
        var opcode: Opcode
        /// −1 where there is none.
        var result: Int32
        var operands: (Int32, Int32, Int32)
    }

    struct Value {
        /// Where it lies from the beginning, in the first group of lanes.
        var home: Assembler.Address?
        /// Its number among the constants; −1 for none.
        var constant: Int32 = -1
    }

    let isDouble: Bool
    private(set) var operations: [Operation] = []
    private(set) var values: [Value] = []
    /// The bits of constants, those of a float in the lower half.
    private(set) var constants: [UInt64] = []
    private var known: [UInt64: Int32] = [:]

    init(isDouble: Bool) { self.isDouble = isDouble }

    // MARK: Values

    mutating func given(_ home: Assembler.Address) -> Int32 {
        values.append(Value(home: home))
        return Int32(values.count - 1)
    }

    mutating func number(_ value: Double) -> Int32 { bits(isDouble ? value.bitPattern : UInt64(Float(value).bitPattern)) }

    mutating func bits(_ bits: UInt64) -> Int32 {
        if let value = known[bits] { return value }
        values.append(Value(constant: Int32(constants.count)))
        constants.append(bits)
        known[bits] = Int32(values.count - 1)
        return Int32(values.count - 1)
    }

    var signBit: Int32 { mutating get { bits(isDouble ? 1 << 63 : 1 << 31) } }

    // MARK: Operations

    private mutating func append(_ opcode: Opcode, _ a: Int32, _ b: Int32 = -1, _ c: Int32 = -1) -> Int32 {
        values.append(Value())
        operations.append(Operation(opcode: opcode, result: Int32(values.count - 1), operands: (a, b, c)))
        return Int32(values.count - 1)
    }

    mutating func add(_ a: Int32, _ b: Int32) -> Int32 { append(.binary(.add), a, b) }
    mutating func add(_ a: Int32, _ b: Double) -> Int32 { append(.binary(.add), a, number(b)) }
    mutating func subtract(_ a: Int32, _ b: Int32) -> Int32 { append(.binary(.subtract), a, b) }
    mutating func multiply(_ a: Int32, _ b: Int32) -> Int32 { append(.binary(.multiply), a, b) }
    mutating func multiply(_ a: Int32, _ b: Double) -> Int32 { append(.binary(.multiply), a, number(b)) }
    mutating func divide(_ a: Int32, _ b: Int32) -> Int32 { append(.binary(.divide), a, b) }
    /// a where it is below, above b, else b, as where either is NaN.
    mutating func minimum(_ a: Int32, _ b: Int32) -> Int32 { append(.binary(.minimum), a, b) }
    mutating func maximum(_ a: Int32, _ b: Int32) -> Int32 { append(.binary(.maximum), a, b) }
    mutating func scale(_ a: Int32, byPowerOfTwo b: Int32) -> Int32 { append(.binary(.scale), a, b) }
    mutating func addInteger(_ a: Int32, _ b: Int32) -> Int32 { append(.binary(.addInteger), a, b) }
    mutating func squareRoot(_ a: Int32) -> Int32 { append(.unary(.squareRoot), a) }
    mutating func exponent(_ a: Int32) -> Int32 { append(.unary(.exponent), a) }
    mutating func mantissa(_ a: Int32) -> Int32 { append(.unary(.mantissa), a) }
    /// a·b + c, and c − a·b, rounded once.
    mutating func fma(_ a: Int32, _ b: Int32, _ c: Int32) -> Int32 { append(.fused(isNegated: false), a, b, c) }
    mutating func fma(_ a: Int32, _ b: Int32, _ c: Double) -> Int32 { append(.fused(isNegated: false), a, b, number(c)) }
    mutating func fma(_ a: Int32, _ b: Double, _ c: Int32) -> Int32 { append(.fused(isNegated: false), a, number(b), c) }
    mutating func fma(_ a: Int32, _ b: Double, _ c: Double) -> Int32 { append(.fused(isNegated: false), a, number(b), number(c)) }
    mutating func fnma(_ a: Int32, _ b: Int32, _ c: Int32) -> Int32 { append(.fused(isNegated: true), a, b, c) }
    mutating func shiftLeft(_ a: Int32, by count: UInt8) -> Int32 { append(.shiftLeft(count), a) }
    mutating func magnitude(_ a: Int32) -> Int32 { append(.binary(.and), a, bits(isDouble ? ~(1 << 63) : 0x7fff_ffff)) }
    mutating func negate(_ a: Int32) -> Int32 { append(.binary(.xor), a, signBit) }
    /// The magnitude of the first number with the sign of the second.
    mutating func withSign(_ a: Int32, of b: Int32) -> Int32 { append(.ternary(0xD8), a, b, signBit) }
    /// The first number, its sign turned where the second one's highest bit is set.
    mutating func turned(_ a: Int32, by b: Int32) -> Int32 { append(.ternary(0x78), a, b, signBit) }

    // MARK: Choices

    /// The comparisons; none holds for NaN.
    enum Predicate: UInt8 { case less = 0x11, lessOrEqual = 0x12, greater = 0x1E, equal = 0x00, ordered = 0x07 }

    mutating func compare(_ predicate: Predicate, _ a: Int32, _ b: Int32, mask: Int = 1) {
        operations.append(Operation(opcode: .compare(predicate.rawValue, mask: mask), result: -1, operands: (a, b, -1)))
    }

    mutating func testBits(_ a: Int32, _ b: Int32, mask: Int = 1) {
        operations.append(Operation(opcode: .testBits(mask: mask), result: -1, operands: (a, b, -1)))
    }

    mutating func blend(_ first: Int32, _ second: Int32, mask: Int = 1) -> Int32 { append(.blend(mask: mask), first, second) }

    mutating func choose(_ predicate: Predicate, _ a: Int32, _ b: Int32, _ first: Int32, _ second: Int32) -> Int32 {
        compare(predicate, a, b)
        return blend(first, second)
    }

    /// The smaller, the greater of two numbers: the first one where they are equal, NaN where either is.
    mutating func lesser(_ a: Int32, _ b: Int32) -> Int32 { keepingNaN(of: b, minimum(b, a)) }
    mutating func greater(_ a: Int32, _ b: Int32) -> Int32 { keepingNaN(of: b, maximum(b, a)) }

    // A choice between a and b that is a where either is NaN; a constant is none.
    private mutating func keepingNaN(of b: Int32, _ choice: Int32) -> Int32 {
        isNumber(b) ? choice : choose(.equal, b, b, choice, b)
    }

    // Whether it is a constant other than NaN.
    private func isNumber(_ value: Int32) -> Bool {
        let constant = values[Int(value)].constant
        guard constant >= 0 else { return false }
        let bits = constants[Int(constant)]
        return isDouble ? !Double(bitPattern: bits).isNaN : !Float(bitPattern: UInt32(truncatingIfNeeded: bits)).isNaN
    }

    // MARK: Effects

    mutating func watch(_ magnitude: Int32, limit: Double) {
        let limit = number(limit)
        operations.append(Operation(opcode: .watch, result: -1, operands: (magnitude, limit, -1)))
    }

    mutating func store(_ value: Int32, to address: Assembler.Address) {
        operations.append(Operation(opcode: .store(address), result: -1, operands: (value, -1, -1)))
    }

    // MARK: Two groups

    /// The same for two groups of lanes, operation by operation in turns, so that one need not wait for its own operands.
    ///
    /// - Parameter advance: how far the second group lies from the first one, by the base of an address.
    func forTwoGroups(advance: (Assembler.Base) -> Int) -> MicroProgram {
        var result = self
        result.operations = []
        result.operations.reserveCapacity(2 * operations.count)
        func moved(_ address: Assembler.Address) -> Assembler.Address { .init(base: address.base, offset: address.offset + advance(address.base)) }
        var twins: [Int32] = []
        for (index, value) in values.enumerated() {
            if value.constant >= 0 {
                twins.append(Int32(index))
                continue
            }
            twins.append(Int32(result.values.count))
            result.values.append(Value(home: value.home.map { moved($0) }))
        }
        func twin(_ value: Int32) -> Int32 { value < 0 ? value : twins[Int(value)] }
        for operation in operations {
            var other = operation
            other.result = twin(operation.result)
            other.operands = (twin(operation.operands.0), twin(operation.operands.1), twin(operation.operands.2))
            other.opcode = switch operation.opcode {
            case .compare(let predicate, let mask): .compare(predicate, mask: mask + 3)
            case .testBits(let mask): .testBits(mask: mask + 3)
            case .blend(let mask): .blend(mask: mask + 3)
            case .store(let address): .store(moved(address))
            default: operation.opcode
            }
            result.operations += [operation, other]
        }
        return result
    }
}
