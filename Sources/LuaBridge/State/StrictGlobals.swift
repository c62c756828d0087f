import CLua
import CLuaSupport

extension LuaState {
    /// Makes unknown globals errors.
    ///
    /// Reading one that was never assigned, and assigning one for the first time within a function, is an error with a
    /// suggestion: either is a mistyped name more often than not. The main part of a chunk declares globals by assigning them,
    /// `nil` included.
    public func makeGlobalsStrict() throws {
        let declared = DeclaredNames()
        try reserve(8)
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        avips_push_globals(current)
        lua_createtable(current, 0, 3)
        let read = Callback(name: "") { [unowned self] arguments in
            guard arguments[2].kind == .string, let name = try? arguments[2].string() else { return .nil }
            guard !declared.names.contains(name) else { return .nil }
            throw ArgumentError("there is no global '\(name)'" + registry.suggestion(forGlobal: name, among: names(in: globals).map(\.name)))
        }
        let assign = Callback(name: "") { [unowned self] arguments in
            guard arguments[1].kind == .table else { throw arguments[1].mismatch("the table of globals") }
            if arguments[2].kind == .string, let name = try? arguments[2].string(), !declared.names.contains(name) {
                guard avips_is_main_chunk(current, 1) else {
                    throw ArgumentError(
                        "the global '\(name)' was not assigned before; write \"local \(name)\", or assign it outside functions first"
                            + suggestion(for: name, among: names(in: globals).map(\.name)))
                }
                declared.names.insert(name)
            }
            guard arguments[2].kind != .nil else { throw ArgumentError("the name of a global must not be nil") }
            lua_settop(current, 3)
            // A number that is no number is no key either.
            guard arguments[2].kind != .number || lua_rawequal(current, 2, 2) != 0 else { throw ArgumentError("the name of a global must not be nan") }
            lua_rawset(current, 1)
            return .none
        }
        for (event, callback) in [("__index", read), ("__newindex", assign)] {
            avips_push_function(current, add(callback))
            lua_setfield(current, -2, event)
        }
        lua_pushboolean(current, 0)
        lua_setfield(current, -2, "__metatable")
        lua_setmetatable(current, -2)
    }
}

/// The globals that were assigned at least once.
private final class DeclaredNames {
    var names: Set<String> = []
}
