import LuaBridge
import Testing

/// Lines that are looked at, frames with their variables, and what is kept of an error.
@Suite struct DebuggingTests {
    private func state() throws -> LuaState { try LuaState(.init(interrupt: Interrupt())) }

    @Test func everyLineIsToldWhileTracingIsOn() throws {
        let state = try state()
        var lines: [Int] = []
        state.reachLine = { stack, line in if stack.source == "=test" { lines.append(line) } }
        let code = try state.load("local a = 1\nfor i = 1, 2 do\n  a = a + i\nend\nreturn a", name: "=test")
        try state.call(code)
        #expect(lines.isEmpty)
        state.trace(true)
        try state.call(code)
        #expect(lines == [1, 2, 3, 2, 3, 2, 5])
        state.trace(false)
        try state.call(code)
        #expect(lines.count == 7)
    }

    @Test func variablesAreReadAndChanged() throws {
        let state = try state()
        var seen: [String] = []
        state.reachLine = { stack, line in
            guard stack.source == "=test", line == 4, let frame = stack.frames().first else { return }
            seen = frame.variables.map { ($0.isOuter ? "outer " : "") + $0.name }
            #expect(frame.function == "local 'inner'" || frame.function == "function 'inner'")
            #expect(frame.lines == 3...5)
            #expect(frame.set("x", to: .integer(10)) && frame.set("around", to: .integer(20)) && !frame.set("nobody", to: .nil))
        }
        state.trace(true)
        let values = try state.call(state.load(
            "local around = 1\nlocal other = 2\nlocal function inner(x)\n  return x + around\nend\nlocal sum = inner(5)\nreturn sum, around, other", name: "=test"))
        #expect(seen == ["x", "outer around"])
        let numbers = values.compactMap { if case .integer(let number) = $0 { number } else { nil } }
        #expect(numbers == [30, 20, 2])
    }

    @Test func theInnerOfTwoVariablesOfANameCounts() throws {
        let state = try state()
        var found: Value?
        state.reachLine = { stack, line in if line == 3 { found = stack.frames().first?.value(of: "x") } }
        state.trace(true)
        try state.run("local x = 1\ndo local x = 2\n  x = x + 0\nend")
        guard case .integer(2)? = found else { Issue.record("\(String(describing: found))"); return }
    }

    @Test func coroutinesAreFollowed() throws {
        let state = try state()
        var lines: [Int] = []
        state.reachLine = { stack, line in if stack.source == "=test" { lines.append(line) } }
        state.trace(true)
        try state.call(state.load("local co = coroutine.wrap(function()\n  coroutine.yield()\n  return 1\nend)\nco()\nco()", name: "=test"))
        #expect(lines == [1, 4, 1, 5, 2, 6, 3])
    }

    /// A thread that slept when tracing began learns of it when it goes on.
    @Test func sleepingCoroutinesWakeUpTraced() throws {
        let state = try state()
        try state.run("co = coroutine.wrap(function()\n  coroutine.yield()\n  local s = 0\n  for i = 1, 5000 do\n    s = s + i\n  end\n  coroutine.yield()\nend)\nco()", name: "=test")
        var count = 0
        state.reachLine = { _, _ in count += 1 }
        state.trace(true)
        try state.run("co()", name: "=other")
        #expect(count > 1000)
    }

    @Test func whatRunsOnAThreadOfItsOwnCanBeInterrupted() throws {
        let state = try state()
        var message = ""
        state.reachLine = { stack, line in
            guard stack.source == "=test", line == 1, message.isEmpty else { return }
            do {
                try state.onThreadOfItsOwn {
                    state.options.interrupt.raise()
                    try state.call(state.load("while true do end", name: "=endless"))
                }
            } catch {
                message = "\(error)"
            }
            state.clearInterrupt()
        }
        state.trace(true)
        try state.call(state.load("local a = 1\nreturn a", name: "=test"))
        #expect(message.contains("interrupted"))
    }

    @Test func framesOfAnErrorAreKept() throws {
        let state = try state()
        var kept: [StackFrame] = []
        state.meetError = { stack, message in
            guard !message.contains("stack traceback") else { return }
            kept = stack.frames()
            kept.forEach { $0.keep() }
        }
        #expect(throws: LuaError.self) { try state.run("local function f(x)\n  local y = x * 2\n  error('no' .. y)\nend\nlocal n = 4\nf(n)", name: "=test") }
        state.collectGarbage()
        #expect(kept.map(\.line) == [3, 6])
        guard case .integer(8)? = kept[0].value(of: "y"), case .integer(4)? = kept[1].value(of: "n") else { Issue.record("values are lost"); return }
        #expect(!kept[0].isStanding)
        // An error that is caught is nobody's business.
        kept = []
        try state.run("pcall(error, 'caught')")
        #expect(kept.isEmpty)
    }

    @Test func anOverflowOfTheStackIsKeptOrLeftAlone() throws {
        let state = try state()
        var count = 0
        state.meetError = { stack, _ in count = stack.frames(atMost: 64).count }
        #expect(throws: LuaError.self) { try state.run("local function f(n) return 1 + f(n + 1) end f(1)") }
        #expect(count <= 64)
        try state.run("assert(1 + 1 == 2)")
    }

    @Test func placesOfFunctions() throws {
        let state = try state()
        try state.run("\nfunction two_lines()\nend", name: "=test")
        guard case .reference(let function) = state[global: "two_lines"], case .reference(let print) = state[global: "print"] else { Issue.record("no functions"); return }
        let place = try #require(state.place(of: function))
        #expect(place.source == "=test" && place.lines == 2...3)
        #expect(state.place(of: print) == nil)
        #expect(state.stackDepth == 0)
    }
}
