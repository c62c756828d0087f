import CLua
import CLuaSupport

// The one way from Lua into Swift: C calls this with the index of a callback. An error is left on the stack as text, and C
// raises it when this frame is gone.
func dispatchCall(_ L: OpaquePointer, _ context: UnsafeMutableRawPointer, _ index: Int32) -> Int32 {
    Unmanaged<LuaState>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.dispatch(L, Int(index)) }
}

extension LuaState {
    @inline(__always)
    fileprivate func dispatch(_ L: OpaquePointer, _ index: Int) -> Int32 {
        let caller = current
        current = L
        defer { current = caller }
        // A script with the debug library can change the index, but only to another callback that checks its arguments.
        guard index > 0, index < callbacks.count else { return fail(LuaError("this function was tampered with"), "") }
        let callback = callbacks[index]
        do {
            let arguments = Arguments(state: self, callback: callback, L: L)
            if let count = callback.count, arguments.count > count { try refuseSurplus(arguments, after: count) }
            return try push(callback.body(arguments))
        } catch {
            return fail(isCalledWithColon(error, callback) ? ArgumentError("is no method: write \(callback.name)(...) with a dot") : error, callback.name)
        }
    }

    // Whether a function refused its arguments, the first of which is the table that it is a field of, as a colon passes it.
    @inline(never)
    private func isCalledWithColon(_ error: any Error, _ callback: Callback) -> Bool {
        let first: Int32 = callback.isMethod ? 2 : 1
        guard error is ArgumentError, let function = callback.function, !function.isMethod, lua_type(current, first) == LUA_TTABLE,
              lua_checkstack(current, 4) != 0 else { return false }
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        lua_pushstring(current, function.shortName)
        // A namespace that can be called has its function in the metatable.
        if lua_rawget(current, first) == LUA_TTABLE, luaL_getmetafield(current, -1, "__call") == LUA_TNIL { return false }
        let index = Int(avips_function_index(current, -1))
        return index > 0 && index < callbacks.count && callbacks[index] === callback
    }

    // Lua drops arguments that nobody reads, though they were meant to change something; those given as nil are absent.
    @inline(never)
    private func refuseSurplus(_ arguments: Arguments, after count: Int) throws {
        guard !arguments.missesOptions, let extra = (count + 1...arguments.count).lazy.map({ arguments[$0] }).first(where: { !$0.isNil }) else { return }
        let origin = "; a call at the end of the arguments passes on all that it returns, and in parentheses the first of it alone"
        if extra.kind == .table, let name = try extra.names().min() {
            throw ArgumentError(
                arguments.takesOptions ? "got a further table, { \(name) = ... }: options go into one" : "takes no options, got { \(name) = ... }" + origin)
        }
        let limit = count == 0 ? "no arguments" : count == 1 ? "one argument" : "\(count) arguments"
        throw ArgumentError("takes \(limit), got a further one, \(extra.found)" + origin)
    }

    @inline(never)
    private func fail(_ error: any Error, _ name: String) -> Int32 {
        lua_settop(current, 0)
        if let error = error as? LuaError, !error.message.isEmpty {
            let isNamed = error.isFromLua || error.kind != .runtime || name.isEmpty || error.message.hasPrefix(name)
            pushText(isNamed ? error.message : "\(name): \(error.message)")
            return error.traceback == nil ? Int32(AVIPS_RAISE) : Int32(AVIPS_RAISE_AS_IS)
        }
        pushText(name.isEmpty ? "\(error)" : "\(name): \(error)")
        return Int32(AVIPS_RAISE)
    }

    // Messages quote arguments and files.
    private func pushText(_ text: String) {
        var text = text.harmless()
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { _ = lua_pushlstring(current, $0.baseAddress, $0.count) }
        }
    }
}
