import CLua
import CLuaSupport

/// Stands for lists of numbers among the types of objects, as `ObjectType`'s contents; there is no object of it.
public struct NumberList {
    private init() {}
}

extension LuaState {
    /// Gives every list of numbers that comes from Swift operators and methods. It stays a plain table otherwise: its elements can be set, and a
    /// name that is neither a method nor set is nil.
    ///
    /// - Parameter type: an `ObjectType` of ``NumberList``; operators and methods read their operands as slots.
    public func registerLists(_ type: ObjectType) throws {
        precondition(type.contentsType == NumberList.self, "lists of numbers have a type of their own")
        registry.types.append(type)
        try reserve(10)
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        let spoken = type.name.prefix(1).lowercased() + type.name.dropFirst()
        lua_createtable(current, 0, 8)
        let metatable = lua_gettop(current)
        try push(.string(type.name))
        lua_setfield(current, metatable, "__metatable")
        for (operation, body) in type.operators {
            pushFunction(add(Callback(name: "\(spoken) \(operation.sign)", body: body)))
            lua_setfield(current, metatable, operation.rawValue)
        }
        lua_createtable(current, 0, Int32(type.methods.count))
        for method in type.methods {
            pushFunction(add(Callback(method)))
            lua_setfield(current, -2, method.shortName)
        }
        lua_setfield(current, metatable, "__index")
        lua_rawsetp(current, avips_registry_index(), type.key)
        listKey = type.key
    }

    /// The type whose operators and methods a list of numbers has; nil for other values.
    public func listType(of value: Value) -> ObjectType? {
        guard let listKey else { return nil }
        var isList = false
        try? withSlot(value) { slot in
            guard slot.kind == .table, lua_checkstack(current, 4) != 0, lua_getmetatable(current, slot.index) != 0 else { return }
            lua_rawgetp(current, avips_registry_index(), listKey)
            isList = lua_rawequal(current, -1, -2) != 0
        }
        return isList ? registry.types.first { $0.key == listKey } : nil
    }

    /// Makes the table on top of the stack a list of numbers with operators, where there are any.
    @inline(__always)
    func finishList() {
        guard let listKey else { return }
        lua_rawgetp(current, avips_registry_index(), listKey)
        lua_setmetatable(current, -2)
    }
}
