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
            if let count = callback.count, arguments.count > count { try refuseOptions(arguments, after: count) }
            return try push(callback.body(arguments))
        } catch {
            return fail(error, callback.name)
        }
    }

    // Lua drops arguments that nobody reads; options that would be dropped were meant to change something.
    @inline(never)
    private func refuseOptions(_ arguments: Arguments, after count: Int) throws {
        let extra = arguments[count + 1]
        guard extra.kind == .table, !arguments.missesOptions, let name = try extra.names().min() else { return }
        throw ArgumentError(arguments.takesOptions ? "got a further table, { \(name) = ... }: options go into one" : "takes no options, got { \(name) = ... }")
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
