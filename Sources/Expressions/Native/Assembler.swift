/// Writes instructions on registers of 512 bits (Intel SDM, volume 2, section 2.7: the EVEX prefix).
///
/// Registers of lanes are known by their numbers, 0 to 31, registers of masks by 1 to 7. A mnemonic stands for the instruction on sixteen
/// floats or on eight doubles.
struct Assembler {
    private(set) var bytes: [UInt8] = []
    /// The instructions on lanes.
    private(set) var instructionCount = 0
    private let isDouble: Bool
    private var loopStart = 0

    init(isDouble: Bool) { self.isDouble = isDouble }

    /// The registers of addresses, by their numbers: log densities (rcx), constants (rdx), spilled numbers (rsi), rows of a program (rdi),
    /// points (r8) and gradients (r9).
    enum Base: UInt8, CaseIterable {
        case values = 1, constants = 2, spills = 6, rows = 7, points = 8, gradients = 9
    }

    struct Address {
        var base: Base
        /// In bytes: a multiple of 64, or of a number's size where it is repeated in all lanes.
        var offset: Int
        var isRepeated = false
    }

    /// The last operand of most instructions.
    enum Source {
        case register(Int)
        case memory(Address)
    }

    // MARK: Lanes

    /// Instructions `target = first ∘ second`.
    enum Binary {
        case add, subtract, multiply, divide, minimum, maximum, and, xor, scale, addInteger
    }

    mutating func binary(_ operation: Binary, _ target: Int, _ first: Int, _ second: Source) {
        switch operation {
        case .add: arithmetic(0x58, target, first, second)
        case .subtract: arithmetic(0x5C, target, first, second)
        case .multiply: arithmetic(0x59, target, first, second)
        case .divide: arithmetic(0x5E, target, first, second)
        case .minimum: arithmetic(0x5D, target, first, second)
        case .maximum: arithmetic(0x5F, target, first, second)
        case .and: arithmetic(0x54, target, first, second)
        case .xor: arithmetic(0x57, target, first, second)
        case .scale: encode(map: 2, prefix: 1, wide: isDouble, 0x2C, target, first, second)
        case .addInteger: encode(map: 1, prefix: 1, wide: isDouble, isDouble ? 0xD4 : 0xFE, target, first, second)
        }
    }

    /// Instructions `target = f(source)`.
    enum Unary { case squareRoot, exponent, mantissa }

    mutating func unary(_ operation: Unary, _ target: Int, _ source: Source) {
        switch operation {
        case .squareRoot: arithmetic(0x51, target, 0, source)
        case .exponent: encode(map: 2, prefix: 1, wide: isDouble, 0x42, target, 0, source)
        // In [¾, 1½), no number where the argument is negative.
        case .mantissa: encode(map: 3, prefix: 1, wide: isDouble, 0x26, target, 0, source, immediate: 0x0B)
        }
    }

    /// The forms of a product and a sum: which operand the target holds before.
    enum FusedForm: UInt8 {
        /// target = target·source + second, second·target + source, second·source + target.
        case factorAndAddend = 0x98, factor = 0xA8, addend = 0xB8
    }

    mutating func fused(_ form: FusedForm, isNegated: Bool, _ target: Int, _ second: Int, _ source: Source) {
        encode(map: 2, prefix: 1, wide: isDouble, form.rawValue + (isNegated ? 4 : 0), target, second, source)
    }

    /// Bit by bit a function of target, second and source, given as a table of eight bits.
    mutating func ternary(_ table: UInt8, _ target: Int, _ second: Int, _ source: Source) {
        encode(map: 3, prefix: 1, wide: isDouble, 0x25, target, second, source, immediate: table)
    }

    mutating func shiftLeft(_ target: Int, _ source: Int, by count: UInt8) {
        encode(map: 1, prefix: 1, wide: isDouble, isDouble ? 0x73 : 0x72, 6, target, .register(source), immediate: count)
    }

    // MARK: Masks

    mutating func compare(_ predicate: UInt8, _ mask: Int, _ first: Int, _ second: Source) {
        encode(map: 1, prefix: isDouble ? 1 : 0, wide: isDouble, 0xC2, mask, first, second, immediate: predicate)
    }

    /// Where first and second have a bit in common.
    mutating func testBits(_ mask: Int, _ first: Int, _ second: Source) {
        encode(map: 2, prefix: 1, wide: isDouble, 0x27, mask, first, second)
    }

    /// Where the mask holds the source, elsewhere the other register, or zero without one.
    mutating func blend(_ mask: Int, _ target: Int, _ other: Int?, _ source: Source) {
        encode(map: 2, prefix: 1, wide: isDouble, 0x65, target, other ?? 0, source, mask: mask, zeroes: other == nil)
    }

    /// Mask 7 becomes zero, or mask 7 together with mask 0.
    mutating func clearAlarm() { bytes += [0xC5, 0xC4, 0x47, 0xFF] }
    mutating func joinAlarm() { bytes += [0xC5, 0xC4, 0x45, 0xF8] }

    // MARK: Moves

    mutating func load(_ target: Int, _ address: Address) {
        if address.isRepeated {
            encode(map: 2, prefix: 1, wide: isDouble, isDouble ? 0x19 : 0x18, target, 0, .memory(address), isScalar: true)
        } else {
            arithmetic(0x10, target, 0, .memory(address))
        }
    }

    mutating func move(_ target: Int, _ source: Int) { arithmetic(0x28, target, 0, .register(source)) }
    mutating func store(_ address: Address, _ source: Int) { arithmetic(0x11, source, 0, .memory(address)) }
    mutating func clear(_ target: Int) { encode(map: 1, prefix: 1, wide: false, 0xEF, target, target, .register(target)) }

    // MARK: Control

    /// The beginning of a loop over the groups of lanes, and its end, which takes the rows of the next ones; then the alarm is the result.
    mutating func beginLoop(turns: Int) {
        clearAlarm()
        bytes += [0xB8, UInt8(turns), 0, 0, 0]  // mov eax, turns
        loopStart = bytes.count
    }

    mutating func endLoop(advance: (Base) -> Int) {
        for base in Base.allCases where advance(base) != 0 {
            bytes += [base.rawValue < 8 ? 0x48 : 0x49, 0x81, 0xC0 | (base.rawValue & 7)]  // add base, advance
            append(Int32(advance(base)))
        }
        bytes += [0xFF, 0xC8, 0x0F, 0x85]  // dec eax; jnz
        append(Int32(loopStart - bytes.count - 4))
        bytes += [0xC5, 0xF8, 0x93, 0xC7, 0xC5, 0xF8, 0x77, 0xC3]  // kmovw eax, k7; vzeroupper; ret
    }

    // MARK: Encoding

    private mutating func arithmetic(_ opcode: UInt8, _ register: Int, _ second: Int, _ source: Source) {
        encode(map: 1, prefix: isDouble ? 1 : 0, wide: isDouble, opcode, register, second, source)
    }

    private mutating func encode(
        map: UInt8, prefix: UInt8, wide: Bool, _ opcode: UInt8, _ register: Int, _ second: Int, _ source: Source, immediate: UInt8? = nil,
        mask: Int = 0, zeroes: Bool = false, isScalar: Bool = false
    ) {
        instructionCount += 1
        let register = UInt8(register), second = UInt8(second)
        var first = map | (register & 8 == 0 ? 0x80 : 0) | (register & 16 == 0 ? 0x10 : 0) | 0x60
        let middle = prefix | 4 | (wide ? 0x80 : 0) | ((~second & 15) << 3)
        var last = UInt8(mask) | 0x40 | (second & 16 == 0 ? 8 : 0) | (zeroes ? 0x80 : 0)
        switch source {
        case .register(let number):
            let number = UInt8(number)
            if number & 8 != 0 { first &= ~0x20 }
            if number & 16 != 0 { first &= ~0x40 }
            bytes += [0x62, first, middle, last, opcode, 0xC0 | (register & 7) << 3 | (number & 7)]
        case .memory(let address):
            if address.isRepeated && !isScalar { last |= 0x10 }
            if address.base.rawValue >= 8 { first &= ~0x20 }
            bytes += [0x62, first, middle, last, opcode]
            // Short displacements count in the size of what is read.
            let unit = !address.isRepeated ? 64 : isDouble ? 8 : 4
            let fields = (register & 7) << 3 | (address.base.rawValue & 7)
            if address.offset % unit == 0, let short = Int8(exactly: address.offset / unit) {
                bytes += [0x40 | fields, UInt8(bitPattern: short)]
            } else {
                bytes.append(0x80 | fields)
                append(Int32(address.offset))
            }
        }
        if let immediate { bytes.append(immediate) }
    }

    private mutating func append(_ value: Int32) {
        let value = UInt32(bitPattern: value)
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
    }
}
