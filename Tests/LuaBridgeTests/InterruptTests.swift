import Foundation
import LuaBridge
import TestSupport
import Testing

@Suite struct InterruptTests {
    /// Ends the test run where code cannot be stopped after all, since nothing else could.
    private func guardAgainstHanging(_ text: String) -> Thread {
        let guardian = Thread {
            Thread.sleep(forTimeInterval: 60)
            if Thread.current.isCancelled { return }
            print("not interrupted within a minute: \(text)")
            abort()
        }
        guardian.start()
        return guardian
    }

    /// Runs text, raises the flag from another thread after a moment, and gives the error and the processor time that this thread spent.
    private func interrupt(_ fixture: Fixture, _ text: String) throws -> (error: LuaError?, seconds: Double) {
        let interrupt = fixture.state.options.interrupt
        let guardian = guardAgainstHanging(text)
        defer { guardian.cancel() }
        let start = threadSeconds()
        let thread = Thread {
            Thread.sleep(forTimeInterval: 0.05)
            interrupt.raise()
        }
        thread.start()
        let error = #expect(throws: LuaError.self) { try fixture.state.run(text) }
        return (error, threadSeconds() - start)
    }

    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do pcall(pcall, error) end",
        "coroutine.wrap(function() while true do end end)()",
        "while true do local co = coroutine.create(function() while true do end end) coroutine.resume(co) end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "while true do pcall(host.call, function() while true do end end) end",
        "local t = setmetatable({}, { __index = function() while true do end end }) while true do pcall(function() return t.x end) end",
        "while true do pcall(load, function() while true do end end) end",
        "local t = {} for i = 1, 1e6 do t[i] = i end while true do host.sum(t) end",
        "local t = {} for i = 1, 1e6 do t[i] = i end while true do pcall(host.sum, t) end",
        "setmetatable({}, { __gc = function() while true do end end }) while true do local t = {} end",
        "setmetatable({}, { __gc = function() while true do pcall(error) end end }) collectgarbage() while true do end",
        "while true do setmetatable({}, { __gc = function() while true do end end }) end",
        "local s = ('a'):rep(1e5) s:find('.-.-.-.-.-b')",
        "local s = ('a'):rep(1e5) while true do pcall(string.match, s, '(.-)(.-)(.-)%1%2%3b') end",
        "local s = ('a'):rep(1e5) s:gsub('.-.-.-b', '')",
        "for w in ('a'):rep(1e5):gmatch('.-.-.-.-b') do end",
        "local s = ('a'):rep(1e6) while true do s:find(('a'):rep(1000) .. 'b', 1, true) end",
        "while true do local s = ('abc'):rep(1e8) end",
        "local s = ('\\n'):rep(1e7) while true do pcall(string.format, '%q', s) end",
        "local t = {} for i = 1, 200 do t[i] = 1e308 end local f = ('%99.99f'):rep(200) while true do pcall(string.format, f, table.unpack(t)) end",
        "local s = ('ab'):rep(1e8) while true do s:upper() end",
        "local t = {} for i = 1, 1e6 do t[i] = i * 7919 % 1000003 end while true do table.sort(t) table.move(t, 1, 1e6, 2) end",
        "local t = {} for i = 1, 1e6 do t[i] = i end while true do table.concat(t, ',') end",
        "local t = {} table.move(t, 1, 1e12, 2)",
        "local t = {} for i = 1, 1e6 do t[i] = i end while true do table.insert(t, 1, table.remove(t, 1)) end",
        "local s = ('x = 1 '):rep(1e7) while true do load(s) end",
        "debug.setmetatable({}, { __gc = function() while true do end end }) collectgarbage() while true do end",
    ])
    func stopsCodeThatRunsForEver(_ text: String) throws {
        let fixture = try Fixture()
        let (error, seconds) = try interrupt(fixture, text)
        #expect(error?.kind == .interrupt)
        #expect(seconds < 2)
        #expect(fixture.counter.count == 0)
        fixture.state.clearInterrupt()
        #expect(try fixture.run("local s = 0 for i = 1, 100000 do s = s + i end return s") == "5000050000")
    }

    /// Who tries many things and counts those that failed does not count an interruption.
    @Test(arguments: [
        "for i = 1, 3 do local ok = pcall(host.interrupt) seen = i end",
        "for i = 1, 3 do local ok = xpcall(host.interrupt, print) seen = i end",
        "for i = 1, 3 do coroutine.resume(coroutine.create(host.interrupt)) seen = i end",
        "for i = 1, 3 do pcall(coroutine.wrap(function() pcall(host.interrupt) seen = i end)) seen = i end",
        "for i = 1, 3 do pcall(pcall, pcall, host.interrupt) seen = i end",
        "coroutine.wrap(function() for i = 1, 3 do pcall(function() coroutine.yield(1) end) host.interrupt() seen = i end end)() pcall(host.interrupt) seen = 1",
    ])
    func passesEveryCallThatCatchesErrors(_ text: String) throws {
        let fixture = try Fixture()
        let interrupt = fixture.state.options.interrupt
        try fixture.state.register(Function("host.interrupt", "Is interrupted.", returns: "nothing", example: "") { _ in
            interrupt.raise()
            throw LuaError("interrupted at step 7; all is kept", kind: .interrupt)
        })
        let error = #expect(throws: LuaError.self) { try fixture.state.run(text) }
        #expect(error?.kind == .interrupt)
        #expect(error?.message.contains("interrupted at step 7; all is kept") == true)
        fixture.state.clearInterrupt()
        #expect(try fixture.run("return seen") == "nil")
        #expect(try fixture.run("return pcall(error, 'x')") == "false x")
        #expect(try fixture.run("return coroutine.resume(coroutine.create(error), 'x')") == "false x")
    }

    /// Finalizers do what they do without the guard that lets them be interrupted.
    @Test func finalizersRunAsEver() throws {
        let fixture = try Fixture()
        #expect(try fixture.run("""
            local seen = {}
            local meta = { __gc = function(t) seen[#seen + 1] = t.name end }
            local guarded
            for _, name in ipairs{ "a", "b", "c" } do setmetatable({ name = name }, meta) guarded = guarded or meta.__gc end
            assert(meta.__gc == guarded)
            setmetatable({}, { __gc = error }) setmetatable({}, { __gc = coroutine.yield }) setmetatable({}, { __gc = true })
            collectgarbage()
            table.sort(seen)
            local kept = setmetatable({}, { __metatable = 1 })
            return table.concat(seen), pcall(setmetatable, kept, {})
            """) == "abc false cannot change a protected metatable")
        #expect(fixture.message("setmetatable(3, {})")?.contains("bad argument #1 to 'setmetatable' (table expected, got number)") == true)
        #expect(fixture.message("setmetatable({}, 3)")?.contains("nil or table expected") == true)
        #expect(try fixture.run("return debug.setmetatable(1, nil)") == "1")
    }

    @Test func endlessFinalizersDoNotHoldUpTheEnd() throws {
        let fixture = try Fixture()
        let guardian = guardAgainstHanging("close")
        defer { guardian.cancel() }
        _ = try fixture.run("kept = host.token() for i = 1, 3 do setmetatable({}, { __gc = function() while true do end end }) end")
        fixture.state.close()
        #expect(fixture.counter.count == 0)
    }

    @Test func theHookCannotBeTakenOut() throws {
        let fixture = try Fixture()
        #expect(try fixture.run("return debug.sethook, debug.getregistry") == "nil nil")
    }
}
