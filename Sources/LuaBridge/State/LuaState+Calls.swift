import CLua
import CLuaSupport
import Foundation

extension LuaState {
    /// Compiles text, never bytecode.
    ///
    /// - Parameter name: its name in messages: "=stdin" is shown as it is, "@path" as a file, other text as a quotation.
    /// - Throws: `LuaError` of kind `syntax`; `isIncomplete` tells whether more text could complete it.
    public func load(_ text: String, name: String) throws -> Reference {
        try reserve(4)
        var text = text
        let status = text.withUTF8 { bytes in
            name.withCString { name in
                bytes.withMemoryRebound(to: CChar.self) {
                    luaL_loadbufferx(current, $0.baseAddress ?? name, $0.count, name, "t")
                }
            }
        }
        guard status == LUA_OK else { throw takeError(status).hinted(for: text) }
        noteWrites(in: text, source: name)
        return Reference(poppingFrom: current, pool: references)
    }

    /// Compiles a file of text; a first line that begins with `#` is skipped.
    ///
    /// - Throws: `LuaError` where the file cannot be read or compiled.
    public func load(file path: String) throws -> Reference {
        try reserve(4)
        let status = luaL_loadfilex(current, path, "t")
        guard status == LUA_OK else { throw takeError(status).hinted(forFile: path) }
        noteWrites(inFile: path)
        return Reference(poppingFrom: current, pool: references)
    }

    /// Compiles and runs text.
    @discardableResult
    public func run(_ text: String, name: String = "=run") throws -> [Value] {
        try call(load(text, name: name))
    }

    /// Calls a function.
    ///
    /// - Returns: All its results.
    /// - Throws: `LuaError` with the traceback; of kind `interrupt` where the interrupt flag is up.
    @discardableResult
    public func call(_ function: Reference, _ arguments: [Value] = []) throws -> [Value] {
        try reserve(arguments.count + 8)
        let base = lua_gettop(current)
        function.push(on: current)
        do {
            for argument in arguments { try push(argument) }
        } catch {
            lua_settop(current, base)
            throw error
        }
        let count = lua_gettop(current) - base - 1
        let status = avips_traced_call(current, count, LUA_MULTRET)
        guard status == LUA_OK else { throw takeError(status) }
        defer { lua_settop(current, base) }
        let top = lua_gettop(current)
        guard top > base else { return [] }
        try reserve(4)
        return (base + 1...top).map { value(at: $0) }
    }

    /// What Lua's `tostring` gives, `__tostring` included.
    ///
    /// - Throws: What `__tostring` raises.
    func text(at index: Int32) throws -> String {
        try reserve(6)
        guard avips_to_string(current, index) == LUA_OK else { throw takeError(LUA_ERRRUN) }
        defer { avips_pop(current, 1) }
        return string(at: -1)
    }

    /// Takes the error on top of the stack.
    func takeError(_ status: Int32) -> LuaError {
        var message = lua_type(current, -1) == LUA_TSTRING ? string(at: -1) : "(error object is not a string)"
        avips_pop(current, 1)
        var traceback: String?
        if let heading = message.range(ofFirst: "\nstack traceback:\n\t") {
            traceback = message[heading.upperBound...].split(separator: "\n\t").joined(separator: "\n")
            message = String(message[..<heading.lowerBound])
        }
        let kind: LuaError.Kind = switch status {
        case LUA_ERRSYNTAX: .syntax
        case LUA_ERRMEM where !isInterrupted: .memory
        default: isExhausted ? .limit : isInterrupted ? .interrupt : .runtime
        }
        // Memory is not given to code that is to stop.
        if status == LUA_ERRMEM, kind == .interrupt { message = "interrupted" }
        // A computation that was stopped speaks of an interruption.
        if kind == .limit, !message.contains("a safe session allows") { message += "; what a safe session allows is spent" }
        var error = LuaError(message, kind: kind, traceback: traceback)
        error.isFromLua = true
        return error
    }

    /// The string at a stack index; bytes that are no UTF-8 are replaced.
    func string(at index: Int32) -> String {
        var length = 0
        guard lua_type(current, index) == LUA_TSTRING, let bytes = lua_tolstring(current, index, &length) else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: bytes, count: length), as: UTF8.self)
    }
}

extension StringProtocol {
    /// The range of the first occurrence of ASCII text.
    func range(ofFirst part: String) -> Range<String.Index>? {
        let pattern = Array(part.utf8)
        var start = utf8.startIndex
        while let found = utf8[start...].firstIndex(of: pattern[0]) {
            let rest = utf8[found...]
            if rest.starts(with: pattern) { return found..<utf8.index(found, offsetBy: pattern.count) }
            start = utf8.index(after: found)
        }
        return nil
    }
}
