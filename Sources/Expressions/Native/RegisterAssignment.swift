/// Writes the operations of a program with the registers that the processor has.
///
/// A value leaves its register for memory where another one needs it and its next reader is the furthest. Last operands are read from
/// memory in place.
struct RegisterAssignment {
    private let program: MicroProgram
    private var assembler: Assembler
    /// Per register the value that it holds; −1 for none. Per value its register, and where it lies in memory.
    private var holders = Array(repeating: Int32(-1), count: 32)
    private var registers: [Int8]
    private var homes: [Assembler.Address?]
    /// The positions of a value's readers, value by value, and the next one of each.
    private var readers: [Int32]
    private var next: [Int32]
    private let ends: [Int32]
    private var freeSlots: [Int] = []
    private var now: Int64 = 0
    private var emptiedSlots: [Int] = []
    /// The rows of 64 bytes that values were spilled to.
    private var slotCount = 0

    /// The code of a program in its loop over the groups of lanes, and the rows of 64 bytes that it spills to.
    ///
    /// - Parameter advance: how far a group of lanes lies from the one before, by the base of an address.
    static func code(for program: MicroProgram, groupsAtOnce count: Int, advance: (Assembler.Base) -> Int) -> (Assembler, slotCount: Int) {
        var assignment = RegisterAssignment(program)
        assignment.assembler.beginLoop(turns: 8 / count)
        for operation in program.operations {
            assignment.append(operation)
            assignment.now += 1
        }
        assignment.assembler.endLoop { count * advance($0) }
        return (assignment.assembler, assignment.slotCount)
    }

    private init(_ program: MicroProgram) {
        self.program = program
        assembler = Assembler(isDouble: program.isDouble)
        let count = program.values.count
        registers = Array(repeating: -1, count: count)
        homes = Array(repeating: nil, count: count)
        let constantSize = program.isDouble ? 8 : 4
        for (index, value) in program.values.enumerated() {
            homes[index] = value.home
            if value.constant >= 0 { homes[index] = .init(base: .constants, offset: Int(value.constant) * constantSize, isRepeated: true) }
        }
        var counts = Array(repeating: Int32(0), count: count)
        Self.forEachOperand(program) { value, _ in counts[value] += 1 }
        var start: Int32 = 0, starts: [Int32] = []
        starts.reserveCapacity(count)
        for count in counts {
            starts.append(start)
            start += count
        }
        var list = Array(repeating: Int32(0), count: Int(start)), places = starts
        Self.forEachOperand(program) { value, position in
            list[Int(places[value])] = position
            places[value] += 1
        }
        (readers, next, ends) = (list, starts, places)
    }

    private static func forEachOperand(_ program: MicroProgram, _ body: (Int, Int32) -> Void) {
        for (position, operation) in program.operations.enumerated() {
            let (a, b, c) = operation.operands
            body(Int(a), Int32(position))
            if b >= 0 { body(Int(b), Int32(position)) }
            if c >= 0 { body(Int(c), Int32(position)) }
        }
    }

    // MARK: Operations

    private mutating func append(_ operation: MicroProgram.Operation) {
        let (a, b, c) = operation.operands
        switch operation.opcode {
        case .binary(let kind):
            let (first, second) = (kind == .add || kind == .multiply) && !isHeld(a) && isHeld(b) ? (b, a) : (a, b)
            let register = register(of: first, beside: second), source = source(of: second, beside: first)
            consume(operation)
            assembler.binary(kind, take(for: operation.result), register, source)
        case .unary(let kind):
            let source = source(of: a)
            consume(operation)
            assembler.unary(kind, take(for: operation.result), source)
        case .fused(let isNegated): fused(operation, isNegated)
        case .ternary(let table):
            let second = register(of: b, beside: a, c), source = source(of: c, beside: a, b)
            let target = target(of: a, beside: b, c, operation)
            assembler.ternary(table, target, second, source)
        case .shiftLeft(let count):
            let register = register(of: a)
            consume(operation)
            assembler.shiftLeft(take(for: operation.result), register, by: count)
        case .compare(let predicate, let mask):
            let first = register(of: a, beside: b), second = source(of: b, beside: a)
            consume(operation)
            assembler.compare(predicate, mask, first, second)
        case .testBits(let mask):
            let first = register(of: a, beside: b), second = source(of: b, beside: a)
            consume(operation)
            assembler.testBits(mask, first, second)
        case .blend(let mask):
            let isZero = isZero(b)
            let other = isZero ? nil : register(of: b, beside: a), first = source(of: a, beside: b)
            consume(operation)
            assembler.blend(mask, take(for: operation.result), other, first)
        case .watch:
            let first = register(of: a, beside: b), second = source(of: b, beside: a)
            consume(operation)
            assembler.compare(0x16, 0, first, second)
            assembler.joinAlarm()
        case .store(let address):
            let register = register(of: a)
            assembler.store(address, register)
            if homes[Int(a)] == nil { homes[Int(a)] = address }
            consume(operation)
        }
        freeSlots += emptiedSlots
        emptiedSlots.removeAll(keepingCapacity: true)
        if operation.result >= 0, !hasReaders(operation.result) { release(operation.result) }
    }

    // The target holds one operand before: best one that nobody reads later, else a copy.
    private mutating func fused(_ operation: MicroProgram.Operation, _ isNegated: Bool) {
        let (a, b, c) = operation.operands
        // Two operands from memory: the sum's start goes to the target, a factor is read in place.
        if !isHeld(c), !isHeld(a) || !isHeld(b) {
            let (first, second) = isHeld(a) || a == b ? (a, b) : (b, a)
            let register = register(of: first, beside: second, c), source = source(of: second, beside: first, c)
            let target = target(of: c, beside: a, b, operation)
            return assembler.fused(.addend, isNegated: isNegated, target, register, source)
        }
        // A factor from memory.
        if !isHeld(a) || !isHeld(b) {
            let (first, second) = isHeld(a) ? (a, b) : (b, a)
            if first != second, first != c, ends(first, at: operation) {
                let register = register(of: c, beside: first, second), source = source(of: second, beside: first, c)
                let target = target(of: first, beside: second, c, operation)
                return assembler.fused(.factorAndAddend, isNegated: isNegated, target, register, source)
            }
            let register = register(of: first, beside: second, c), source = source(of: second, beside: first, c)
            let target = target(of: c, beside: a, b, operation)
            return assembler.fused(.addend, isNegated: isNegated, target, register, source)
        }
        // Factors in registers; the addend perhaps in memory.
        let factor = ends(a, at: operation) && a != c ? a : ends(b, at: operation) && b != c ? b : nil
        if let factor, !(isHeld(c) && ends(c, at: operation)) {
            let other = factor == a ? b : a
            let register = register(of: other, beside: factor, c), source = source(of: c, beside: a, b)
            let target = target(of: factor, beside: other, c, operation)
            return assembler.fused(.factor, isNegated: isNegated, target, register, source)
        }
        let register = register(of: a, beside: b, c), source = source(of: b, beside: a, c)
        let target = target(of: c, beside: a, b, operation)
        assembler.fused(.addend, isNegated: isNegated, target, register, source)
    }

    // MARK: Values

    private func isHeld(_ value: Int32) -> Bool { registers[Int(value)] >= 0 }
    private func hasReaders(_ value: Int32) -> Bool { next[Int(value)] < ends[Int(value)] }

    // Whether nobody reads a value after an operation.
    private func ends(_ value: Int32, at operation: MicroProgram.Operation) -> Bool {
        let (a, b, c) = operation.operands
        let here = Int32(a == value ? 1 : 0) + (b == value ? 1 : 0) + (c == value ? 1 : 0)
        return next[Int(value)] + here >= ends[Int(value)]
    }

    private func isZero(_ value: Int32) -> Bool {
        let constant = program.values[Int(value)].constant
        return constant >= 0 && program.constants[Int(constant)] == 0
    }

    private mutating func consume(_ operation: MicroProgram.Operation) {
        let (a, b, c) = operation.operands
        consume(a)
        if b >= 0 { consume(b) }
        if c >= 0 { consume(c) }
    }

    private mutating func consume(_ value: Int32) {
        next[Int(value)] += 1
        if !hasReaders(value) { release(value) }
    }

    private mutating func release(_ value: Int32) {
        if isHeld(value) {
            holders[Int(registers[Int(value)])] = -1
            registers[Int(value)] = -1
        }
        // A row of spilled values may be taken anew once this operation is written.
        if let home = homes[Int(value)], home.base == .spills {
            emptiedSlots.append(home.offset / 64)
            homes[Int(value)] = nil
        }
    }

    // MARK: Registers

    // The register of a value, loaded where it lies in memory; the others are kept where they are.
    private mutating func register(of value: Int32, beside other: Int32 = -1, _ third: Int32 = -1) -> Int {
        if isHeld(value) { return Int(registers[Int(value)]) }
        let register = free(beside: other, third)
        load(value, to: register)
        hold(value, register)
        return register
    }

    private mutating func load(_ value: Int32, to register: Int) {
        if isZero(value) { return assembler.clear(register) }
        guard let home = homes[Int(value)] else { preconditionFailure("a value that lies nowhere") }
        assembler.load(register, home)
    }

    private mutating func hold(_ value: Int32, _ register: Int) {
        holders[register] = value
        registers[Int(value)] = Int8(register)
    }

    // A last operand: from memory, where it is a constant or nobody reads it later.
    private mutating func source(of value: Int32, beside other: Int32 = -1, _ third: Int32 = -1) -> Assembler.Source {
        if !isHeld(value), let home = homes[Int(value)], home.isRepeated || next[Int(value)] + 1 >= ends[Int(value)] { return .memory(home) }
        return .register(register(of: value, beside: other, third))
    }

    private mutating func take(for result: Int32) -> Int {
        let register = free()
        hold(result, register)
        return register
    }

    // A register that holds an operand and may be overwritten with the result; the operation is consumed.
    private mutating func target(of value: Int32, beside other: Int32, _ third: Int32, _ operation: MicroProgram.Operation) -> Int {
        let register: Int
        if isHeld(value), ends(value, at: operation) {
            register = Int(registers[Int(value)])
        } else {
            let source = registers[Int(value)]
            register = free(beside: other, third, value)
            if source >= 0 { assembler.move(register, Int(source)) } else { load(value, to: register) }
        }
        consume(operation)
        hold(operation.result, register)
        return register
    }

    // An empty register: the value whose reader is the furthest leaves, sooner where it lies in memory already.
    private mutating func free(beside first: Int32 = -2, _ second: Int32 = -2, _ third: Int32 = -2) -> Int {
        var best = -1, bestDistance: Int64 = -1
        for (register, value) in holders.enumerated() {
            if value < 0 { return register }
            if value == first || value == second || value == third { continue }
            let distance = (hasReaders(value) ? Int64(readers[Int(next[Int(value)])]) - now : .max / 4) * (homes[Int(value)] == nil ? 1 : 2)
            if distance > bestDistance { (best, bestDistance) = (register, distance) }
        }
        let value = holders[best]
        if homes[Int(value)] == nil {
            let slot = freeSlots.popLast() ?? slotCount
            slotCount = max(slotCount, slot + 1)
            let home = Assembler.Address(base: .spills, offset: slot * 64)
            assembler.store(home, best)
            homes[Int(value)] = home
        }
        registers[Int(value)] = -1
        holders[best] = -1
        return best
    }
}
