import CLua
import CLuaSupport

extension LuaState {
    /// Lets `reachLine` be told of every line of Lua code from now on, or of none. Code runs several times more slowly meanwhile.
    public func trace(_ isOn: Bool) { if !isClosed { avips_trace(current, isOn) } }

    /// Runs a closure on a Lua thread of its own, so that what it runs can be interrupted although a line of another thread is being looked at.
    public func onThreadOfItsOwn<Result>(_ body: () throws -> Result) throws -> Result {
        try reserve(4)
        let thread = lua_newthread(current)
        let anchor = Reference(poppingFrom: current, pool: references), paused = current
        current = thread ?? paused
        defer {
            current = paused
            withExtendedLifetime(anchor) {}
        }
        return try body()
    }

    /// A Swift function as a value that Lua can call.
    public func function(_ name: String, _ body: @escaping (Arguments) throws -> Value) throws -> Reference {
        try reserve(4)
        pushFunction(add(Callback(name: name, body: body)))
        return Reference(poppingFrom: current, pool: references)
    }

    /// Lets a chunk that was compiled find its globals in another table.
    public func setEnvironment(of chunk: Reference, to table: Reference) throws {
        try reserve(4)
        let base = lua_gettop(current)
        defer { lua_settop(current, base) }
        chunk.push(on: current)
        table.push(on: current)
        _ = lua_setupvalue(current, -2, 1)
    }

    /// Where a function was written: the name of its text, "@path" for a file; nil for functions of C and Swift.
    public func place(of function: Reference) -> (source: String, lines: ClosedRange<Int>)? {
        guard function.kind == .function, hasRoom(4) else { return nil }
        var record = lua_Debug()
        function.push(on: current)
        guard lua_getinfo(current, ">S", &record) != 0, record.linedefined >= 0, let source = record.source else { return nil }
        return (String(cString: source), Int(record.linedefined)...max(Int(record.linedefined), Int(record.lastlinedefined)))
    }
}

/// The calls of a Lua thread, as they stand while a line or an error is being looked at.
public struct LuaStack {
    let state: LuaState
    let L: OpaquePointer
    /// The level of the innermost call that counts.
    let first: Int32

    /// The calls of functions in Lua, the innermost first.
    public func frames(atMost limit: Int = 200) -> [StackFrame] {
        var frames: [StackFrame] = [], record = lua_Debug(), level = first
        while frames.count < limit, lua_getstack(L, level, &record) != 0 {
            if lua_getinfo(L, "nSl", &record) != 0, record.currentline > 0 { frames.append(StackFrame(record, level: level, of: self)) }
            level += 1
        }
        return frames
    }

    /// The number of calls, those of other functions too.
    public var depth: Int {
        var record = lua_Debug(), depth = 0
        while lua_getstack(L, Int32(depth), &record) != 0 { depth += 1 }
        return depth
    }

    /// Whether more calls stand than a number.
    public func isDeeper(than depth: Int) -> Bool {
        var record = lua_Debug()
        return lua_getstack(L, Int32(clamping: depth), &record) != 0
    }

    /// The name of the text whose line is reached.
    public var source: String {
        var record = lua_Debug()
        guard lua_getstack(L, first, &record) != 0, lua_getinfo(L, "S", &record) != 0, let source = record.source else { return "" }
        return String(cString: source)
    }

    /// The thread, to be remembered.
    public var thread: PausedThread? {
        guard lua_checkstack(L, 2) != 0 else { return nil }
        lua_pushthread(L)
        return PausedThread(L: L, anchor: Reference(poppingFrom: L, pool: state.references))
    }

    /// Whether the thread is another one, which goes on by itself.
    public func isOther(than thread: PausedThread) -> Bool { L != thread.L && !thread.hasLeft }
}

/// A Lua thread that stays alive as long as somebody remembers it.
public struct PausedThread {
    let L: OpaquePointer
    private let anchor: Reference

    init(L: OpaquePointer, anchor: Reference) {
        self.L = L
        self.anchor = anchor
    }

    /// Whether it has come to its end, or waits for somebody to resume it.
    var hasLeft: Bool {
        var record = lua_Debug()
        return lua_status(L) != LUA_OK || lua_getstack(L, 0, &record) == 0
    }
}

/// A call of a function in Lua: where it stands, and its variables, which can be changed as long as it does.
public final class StackFrame {
    public struct Variable {
        public var name: String
        public var value: Value
        /// Whether it belongs to a function around this one.
        public var isOuter: Bool
    }

    /// The function in words: "function 'f'", "main chunk".
    public let function: String
    /// Its name, where Lua knows it.
    public let name: String?
    /// The name of the text: "@path" for a file.
    public let source: String
    public let line: Int
    /// The lines of the function; nil for a main chunk.
    public let lines: ClosedRange<Int>?
    private let level: Int32
    private var stack: LuaStack?
    private var kept: [Variable] = []

    init(_ record: lua_Debug, level: Int32, of stack: LuaStack) {
        source = record.source.map { String(cString: $0) } ?? ""
        line = Int(record.currentline)
        let isMain = record.what.map { String(cString: $0) } == "main"
        lines = isMain ? nil : Int(record.linedefined)...max(Int(record.linedefined), Int(record.lastlinedefined))
        name = record.name.map { String(cString: $0) }
        let kind = record.namewhat.map { String(cString: $0) } ?? ""
        function = isMain ? "main chunk" : name.map { kind == "method" || kind == "field" ? "\(kind) '\($0)'" : "function '\($0)'" } ?? "function <line \(record.linedefined)>"
        self.level = level
        self.stack = stack
    }

    /// Remembers what the variables hold, for the time when the call stands no more.
    public func keep() {
        kept = variables
        stack = nil
    }

    /// Whether the call still stands.
    public var isStanding: Bool { stack != nil }

    /// The local variables, each name once, in the order of their declaration, then those of functions around it.
    public var variables: [Variable] {
        guard let stack else { return kept }
        var found: [Variable] = []
        func add(_ name: String, isOuter: Bool) {
            let value = stack.state.value(at: -1)
            avips_pop(stack.L, 1)
            guard !name.hasPrefix("("), !isOuter || !found.contains(where: { $0.name == name }) else { return }
            found.removeAll { $0.name == name }
            found.append(Variable(name: name, value: value, isOuter: isOuter))
        }
        reading { record in
            var index: Int32 = 1
            while let name = lua_getlocal(stack.L, &record, index) {
                add(String(cString: name), isOuter: false)
                index += 1
            }
            guard lua_getinfo(stack.L, "f", &record) != 0 else { return }
            index = 1
            while let name = lua_getupvalue(stack.L, -1, index) {
                add(String(cString: name), isOuter: true)
                index += 1
            }
            avips_pop(stack.L, 1)
        }
        return found
    }

    /// What a variable holds; nil where there is none of that name.
    public func value(of name: String) -> Value? { variables.first { $0.name == name }?.value }

    /// Gives a variable another value.
    ///
    /// - Returns: false where there is none of that name.
    public func set(_ name: String, to value: Value) -> Bool {
        guard let stack else {
            guard let index = kept.firstIndex(where: { $0.name == name }) else { return false }
            kept[index].value = value
            return true
        }
        var isKnown = false
        reading { record in
            var index: Int32 = 1, place: Int32 = 0
            while let found = lua_getlocal(stack.L, &record, index) {
                avips_pop(stack.L, 1)
                if String(cString: found) == name { place = index }
                index += 1
            }
            if place > 0 {
                guard (try? stack.state.push(value)) == 1 else { return }
                isKnown = lua_setlocal(stack.L, &record, place) != nil
                return
            }
            guard lua_getinfo(stack.L, "f", &record) != 0 else { return }
            index = 1
            while let found = lua_getupvalue(stack.L, -1, index), !isKnown {
                avips_pop(stack.L, 1)
                if String(cString: found) == name, (try? stack.state.push(value)) == 1 { isKnown = lua_setupvalue(stack.L, -2, index) != nil }
                index += 1
            }
        }
        return isKnown
    }

    /// Reads the stack with the call's record, and leaves it as it was.
    private func reading(_ body: (inout lua_Debug) -> Void) {
        guard let stack, lua_checkstack(stack.L, 8) != 0 else { return }
        let caller = stack.state.current, top = lua_gettop(stack.L)
        stack.state.current = stack.L
        defer {
            lua_settop(stack.L, top)
            stack.state.current = caller
        }
        var record = lua_Debug()
        if lua_getstack(stack.L, level, &record) != 0 { body(&record) }
    }
}

private func inState(_ context: UnsafeMutableRawPointer, _ L: OpaquePointer, _ body: (LuaState) -> Void) {
    let state = Unmanaged<LuaState>.fromOpaque(context).takeUnretainedValue(), caller = state.current
    state.current = L
    body(state)
    state.current = caller
}

func passLine(_ L: OpaquePointer, _ context: UnsafeMutableRawPointer, _ line: Int32) {
    inState(context, L) { $0.reachLine(LuaStack(state: $0, L: L, first: 0), Int(line)) }
}

func passError(_ L: OpaquePointer, _ context: UnsafeMutableRawPointer, _ message: UnsafePointer<CChar>) {
    inState(context, L) { $0.meetError?(LuaStack(state: $0, L: L, first: 1), String(cString: message)) }
}

func passText(_ L: OpaquePointer, _ context: UnsafeMutableRawPointer, _ name: UnsafePointer<CChar>, _ text: UnsafePointer<CChar>?, _ length: Int) {
    let name = String(cString: name)
    inState(context, L) { state in
        if let text {
            let bytes = UnsafeRawBufferPointer(start: text, count: length)
            if length < 1 << 20 { state.noteWrites(in: String(decoding: bytes, as: UTF8.self), source: name) }
        } else {
            state.noteWrites(inFile: name)
        }
    }
}
