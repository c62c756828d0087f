import CLua
import CLuaSupport

extension LuaState {
    /// The numbers that a function compares or computes with: the constants in its bytecode, those of the functions within it, its upvalues that are
    /// numbers, and the same of upvalues that are functions; each once, finite, in rising order. None for a function of C.
    public func numericConstants(of function: Reference) -> [Double] {
        guard (try? reserve(8)) != nil else { return [] }
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        function.push(on: current)
        var found: Set<Double> = []
        collectConstants(depth: 3, into: &found)
        return found.filter(\.isFinite).sorted()
    }

    /// Those of the function on top of the stack.
    private func collectConstants(depth: Int, into found: inout Set<Double>) {
        guard lua_type(current, -1) == LUA_TFUNCTION, lua_iscfunction(current, -1) == 0, lua_checkstack(current, 4) != 0 else { return }
        let bytes = dumped()
        var reader = BytecodeReader(bytes)
        found.formUnion(reader.constants())
        guard depth > 0 else { return }
        var index: Int32 = 1
        while lua_getupvalue(current, -1, index) != nil {
            if lua_type(current, -1) == LUA_TNUMBER { found.insert(lua_tonumberx(current, -1, nil)) }
            collectConstants(depth: depth - 1, into: &found)
            lua_settop(current, -2)
            index += 1
        }
    }

    /// The bytecode of the function on top of the stack, without what debuggers want.
    private func dumped() -> [UInt8] {
        var bytes: [UInt8] = []
        let writer: lua_Writer = { _, data, count, collected in
            guard let data, let collected else { return 0 }
            collected.assumingMemoryBound(to: [UInt8].self).pointee += UnsafeRawBufferPointer(start: data, count: count)
            return 0
        }
        guard withUnsafeMutablePointer(to: &bytes, { lua_dump(current, writer, $0, 1) }) == 0 else { return [] }
        return bytes
    }
}

/// Reads the constants of a function in the binary format of Lua 5.4 (ldump.c): its own and those of the functions within it.
private struct BytecodeReader {
    private let bytes: [UInt8]
    private var place = 0
    private var numbers: Set<Double> = []
    /// Signature, version, format, check bytes, three sizes, an integer and a number.
    private static let headerCount = 4 + 1 + 1 + 6 + 3 + 8 + 8

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What could be read; nothing where the format is not the one expected.
    mutating func constants() -> Set<Double> {
        guard bytes.count > Self.headerCount, bytes[4] == 0x54, bytes[12] == 4, bytes[13] == 8, bytes[14] == 8 else { return [] }
        place = Self.headerCount + 1
        _ = readFunction(depth: 0)
        return numbers
    }

    /// - Returns: false where the bytes ended.
    private mutating func readFunction(depth: Int) -> Bool {
        guard depth < 100, skipString(), size() != nil, size() != nil, skip(3), let instructions = size() else { return false }
        for _ in 0..<instructions {
            guard let word = word(4) else { return false }
            note(UInt32(word))
        }
        guard let constants = size() else { return false }
        for _ in 0..<constants {
            guard let kind = word(1) else { return false }
            switch kind {
            case 0x03: // an integer
                guard let bits = word(8) else { return false }
                numbers.insert(Double(Int64(bitPattern: bits)))
            case 0x13: // a float
                guard let bits = word(8) else { return false }
                numbers.insert(Double(bitPattern: bits))
            case 0x04, 0x14: // strings
                guard skipString() else { return false }
            default: break // nil, false and true have no bytes
            }
        }
        guard let upvalues = size(), skip(3 * upvalues), let functions = size() else { return false }
        for _ in 0..<functions { guard readFunction(depth: depth + 1) else { return false } }
        // Without the debugger's part, its four lists are empty.
        return size() == 0 && size() == 0 && size() == 0 && size() == 0
    }

    /// Small numbers stand in the instructions themselves: those that are loaded, and those that something is compared with.
    private mutating func note(_ instruction: UInt32) {
        switch instruction & 0x7f {
        case 1, 2: numbers.insert(Double(Int(instruction >> 15) - 65535)) // LOADI, LOADF
        case 61...65: numbers.insert(Double(Int(instruction >> 16 & 0xff) - 127)) // EQI, LTI, LEI, GTI, GEI
        default: break
        }
    }

    private mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= bytes.count - place else { return false }
        place += count
        return true
    }

    /// Little-endian.
    private mutating func word(_ count: Int) -> UInt64? {
        let start = place
        guard skip(count) else { return nil }
        return bytes[start..<place].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Seven bits a byte, the highest first; the last byte has its high bit set.
    private mutating func size() -> Int? {
        var result = 0
        while place < bytes.count, result < 1 << 40 {
            let byte = bytes[place]
            place += 1
            result = result << 7 | Int(byte & 0x7f)
            if byte & 0x80 != 0 { return result }
        }
        return nil
    }

    private mutating func skipString() -> Bool {
        guard let count = size() else { return false }
        return count == 0 || skip(count - 1)
    }
}
