import CLua
import CLuaSupport

extension LuaState {
    /// Pushes a value on the current stack.
    ///
    /// - Returns: The number of stack places taken: one, but for `none` and `several`.
    /// - Throws: `LuaError` where the stack is full or an object's type was not registered.
    @discardableResult
    func push(_ value: Value) throws -> Int32 {
        let L = current
        guard hasRoom(4) else { throw LuaError(isClosed ? "the Lua state is closed" : "Lua's stack is full") }
        switch value {
        case .none: return 0
        case .nil: lua_pushnil(L)
        case .boolean(let value): lua_pushboolean(L, value ? 1 : 0)
        case .integer(let value): lua_pushinteger(L, lua_Integer(value))
        case .number(let value): lua_pushnumber(L, value.unsigned)
        case .string(var value):
            value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { _ = lua_pushlstring(L, $0.baseAddress, $0.count) }
            }
        case .bytes(let value):
            value.withUnsafeBufferPointer { bytes in
                bytes.withMemoryRebound(to: CChar.self) { _ = lua_pushlstring(L, $0.baseAddress, $0.count) }
            }
        case .numbers(let values): try push(values[...], L)
        case .rows(let count, let columns, let values):
            lua_createtable(L, Int32(clamping: count), 0)
            for row in 0..<count {
                if row % 256 == 255 { try stopIfInterrupted() }
                try push(values[row * columns..<(row + 1) * columns], L)
                lua_rawseti(L, -2, lua_Integer(row + 1))
            }
        case .list(let values):
            lua_createtable(L, Int32(clamping: values.count), 0)
            for (index, value) in values.enumerated() {
                if index % 256 == 255 { try stopIfInterrupted() }
                // An object takes one place anyway, and there is room for it: lists of thousands are common.
                if case .object(let box) = value { try push(box) } else { try pushOne(value) }
                lua_rawseti(L, -2, lua_Integer(index + 1))
            }
        case .record(let fields):
            lua_createtable(L, 0, Int32(clamping: fields.count))
            for (index, field) in fields.enumerated() {
                if index % 256 == 255 { try stopIfInterrupted() }
                try push(.string(field.name))
                try pushOne(field.value)
                lua_rawset(L, -3)
            }
        case .object(let box): try push(box)
        case .reference(let reference): reference.push(on: L)
        case .several(let values):
            var count: Int32 = 0
            for value in values { count += try push(value) }
            return count
        }
        return 1
    }

    private func push(_ numbers: ArraySlice<Double>, _ L: OpaquePointer) throws {
        lua_createtable(L, Int32(clamping: numbers.count), 0)
        for (index, number) in numbers.enumerated() {
            if index % 4096 == 4095 { try stopIfInterrupted() }
            lua_pushnumber(L, number.unsigned)
            lua_rawseti(L, -2, lua_Integer(index + 1))
        }
        finishList()
    }

    private func pushOne(_ value: Value) throws {
        let base = lua_gettop(current)
        try push(value)
        // A place in a table takes exactly one value.
        if lua_gettop(current) == base { lua_pushnil(current) }
        lua_settop(current, base + 1)
    }

    private func push(_ box: AnyBox) throws {
        let L = current
        // Lua finalizes nothing that is made while it closes.
        guard references.isOpen else { throw LuaError("the Lua state is closing") }
        let key = type(of: box).key
        guard lua_rawgetp(L, avips_registry_index(), key) == LUA_TTABLE else {
            avips_pop(L, 1)
            throw LuaError("no Lua type stands for \(type(of: box).contentsType)")
        }
        try count(outside: box.footprint)
        avips_push_object(L, Unmanaged.passRetained(box).toOpaque())
        lua_rotate(L, -2, 1)
        lua_setmetatable(L, -2)
        if box.size >= 4096 { avips_count_outside(L, box.size) }
    }

    /// The value at a stack index.
    func value(at index: Int32) -> Value {
        let L = current
        switch lua_type(L, index) {
        case LUA_TNONE, LUA_TNIL: return .nil
        case LUA_TBOOLEAN: return .boolean(lua_toboolean(L, index) != 0)
        case LUA_TNUMBER:
            return lua_isinteger(L, index) != 0 ? .integer(Int(avips_to_integer(L, index))) : .number(avips_to_number(L, index))
        case LUA_TSTRING:
            var length = 0
            let bytes = UnsafeRawBufferPointer(start: lua_tolstring(L, index, &length), count: length)
            if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        default: break
        }
        lua_pushvalue(L, index)
        return .reference(Reference(poppingFrom: L, pool: references))
    }

    /// The Swift box of the value at a stack index, if it is one of that type.
    @inline(__always)
    func box<Contents>(at index: Int32, _ type: Contents.Type, in L: OpaquePointer) -> Box<Contents>? {
        guard let box = anyBox(at: index, in: L), Swift.type(of: box) == Box<Contents>.self else { return nil }
        return unsafeDowncast(box, to: Box<Contents>.self)
    }

    func anyBox(at index: Int32, in L: OpaquePointer) -> AnyBox? {
        var isReleased = false
        guard let object = avips_object_at(L, index, &isReleased) else { return nil }
        return Unmanaged<AnyBox>.fromOpaque(object).takeUnretainedValue()
    }
}

extension Double {
    /// The number; without a sign where it is none, since C's formats print that.
    @inline(__always)
    fileprivate var unsigned: Double { self == self ? self : .nan }
}
