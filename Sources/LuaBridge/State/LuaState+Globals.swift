import CLua
import CLuaSupport

extension LuaState {
    /// What kind of value a global variable has, read without metamethods.
    public func kind(ofGlobal name: String) -> Kind {
        guard hasRoom(6) else { return .nil }
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        avips_push_globals(current)
        lua_pushstring(current, name)
        return Kind(rawValue: lua_rawget(current, -2)) ?? .nil
    }

    /// A global variable, read and written without metamethods.
    public subscript(global name: String) -> Value {
        get {
            guard hasRoom(6) else { return .nil }
            let base = lua_gettop(current)
            defer { lua_settop(current, base) }
            avips_push_globals(current)
            lua_pushstring(current, name)
            lua_rawget(current, -2)
            return value(at: -1)
        }
        set {
            guard hasRoom(6) else { return }
            let base = lua_gettop(current)
            defer { lua_settop(current, base) }
            avips_push_globals(current)
            lua_pushstring(current, name)
            guard let count = try? push(newValue), count == 1 else { return }
            lua_rawset(current, -3)
        }
    }

    /// Makes a Swift function a global, without an entry in the registry.
    public func setGlobal(_ name: String, to body: @escaping (Arguments) throws -> Value) {
        guard hasRoom(6) else { return }
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        avips_push_globals(current)
        lua_pushstring(current, name)
        avips_push_function(current, add(Callback(name: name, body: body)))
        lua_rawset(current, -3)
    }

    /// The table of globals.
    ///
    /// - Precondition: The state is not closed.
    public var globals: Reference {
        precondition(!isClosed, "the Lua state is closed")
        avips_push_globals(current)
        return Reference(poppingFrom: current, pool: references)
    }

    /// Where `require` searches for Lua modules; nil where the package library is not open.
    public var packagePath: String? {
        get {
            guard case .reference(let package) = self[global: "package"] else { return nil }
            guard case .string(let path) = field("path", of: package) else { return nil }
            return path
        }
        set {
            guard let newValue, case .reference(let package) = self[global: "package"] else { return }
            setField("path", of: package, to: .string(newValue))
        }
    }

    /// A field of a table, read without metamethods; nil for what is no table.
    public func field(_ name: String, of table: Reference) -> Value {
        field(.string(name), of: table)
    }

    /// The value for a key of a table, read without metamethods; nil for what is no table.
    public func field(_ key: Value, of table: Reference) -> Value {
        guard table.kind == .table, hasRoom(8) else { return .nil }
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        table.push(on: current)
        guard let count = try? push(key), count == 1, lua_type(current, base + 1) == LUA_TTABLE else { return .nil }
        lua_rawget(current, -2)
        return value(at: -1)
    }

    /// Sets a field of a table, without metamethods.
    public func setField(_ name: String, of table: Reference, to value: Value) {
        guard table.kind == .table, hasRoom(8) else { return }
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        table.push(on: current)
        lua_pushstring(current, name)
        guard let count = try? push(value), count == 1, lua_type(current, base + 1) == LUA_TTABLE else { return }
        lua_rawset(current, -3)
    }

    /// A table, made of a list or a record, that asks a function for keys that it lacks; the function gets the table and the key.
    public func table(_ value: Value, unknown: Reference) throws -> Value {
        try reserve(8)
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        guard try push(value) == 1, lua_type(current, base + 1) == LUA_TTABLE else { return value }
        lua_createtable(current, 0, 1)
        unknown.push(on: current)
        lua_setfield(current, -2, "__index")
        lua_setmetatable(current, -2)
        return self.value(at: base + 1)
    }

    /// The names among a table's keys, read without metamethods, with the kinds of their values; unsorted.
    public func names(in table: Reference) -> [(name: String, kind: Kind)] {
        var names: [(String, Kind)] = []
        try? withSlot(.reference(table)) { slot in
            guard slot.kind == .table else { return }
            try slot.forEachEntry { key, value in
                if key.kind == .string, let name = try? key.string() { names.append((name, value.kind)) }
            }
        }
        return names
    }

    /// The registered type of an object; nil for other values.
    public func objectType(of value: Value) -> ObjectType? {
        var found: ObjectType?
        try? withSlot(value) { found = $0.objectType }
        return found
    }

    /// The registered function that a value is, or that calling it runs; nil for others.
    public func registeredFunction(_ value: Value) -> Function? {
        var found: Function?
        try? withSlot(value) { slot in
            let isCallable = slot.kind == .table && luaL_getmetafield(current, slot.index, "__call") != LUA_TNIL
            let index = Int(avips_function_index(current, isCallable ? -1 : slot.index))
            if index > 0, index < callbacks.count { found = callbacks[index].function }
        }
        return found
    }

    /// Puts a value on the stack for the time of a closure that reads it.
    public func withSlot<Result>(_ value: Value, _ body: (Slot) throws -> Result) throws -> Result {
        try reserve(4)
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        try push(value)
        return try body(Slot(state: self, index: base + 1, place: .value))
    }
}
