import LuaBridge
import Testing

@Suite struct ObjectsTests {
    @Test func membersElementsAndOperators() throws {
        let fixture = try Fixture()
        let text = """
            local token = host.token()
            token:use() token:use(4)
            local sum = 0
            for _, value in ipairs(token) do sum = sum + value end
            return tostring(token), token.uses, #token, token[2], sum, token == host.echo(token), token == host.token()
            """
        #expect(try fixture.run(text) == "token used 5 times 5 5 20 60 true false")
        #expect(try fixture.run("return getmetatable(host.token())") == "Token")
    }

    @Test func objectsAreLetGoAtCloseAndByTheCollector() throws {
        let fixture = try Fixture()
        _ = try fixture.run("for i = 1, 100 do host.token() end kept = host.token()")
        fixture.state.collectGarbage()
        #expect(fixture.counter.count == 1)
        _ = try fixture.run("do local scoped <close> = host.token() end cycle = { host.token() } cycle.me = cycle")
        #expect(fixture.counter.count == 2)
        fixture.state.close()
        #expect(fixture.counter.count == 0)
    }

    @Test func finalizersMayUseObjectsWhileTheStateCloses() throws {
        let fixture = try Fixture()
        _ = try fixture.run("""
            local token = host.token()
            keep = setmetatable({}, { __gc = function() seen = token:use(); host.token() end })
            """)
        fixture.state.close()
        #expect(fixture.counter.count == 0)
    }

    @Test func aClosedObjectIsAnErrorToUse() throws {
        let fixture = try Fixture()
        let message = fixture.message("""
            local kept
            do local token <close> = host.token() kept = token end
            kept:use()
            """)
        #expect(message == "run:3: token:use: is a method of a Token: write token:use(...) with a colon; it was called on an object that was closed")
        #expect(fixture.counter.count == 0)
    }

    @Test func useDuringAChangeIsAnError() throws {
        let fixture = try Fixture()
        let text = """
            local token = host.token()
            return token:during(function()
                local ok, message = pcall(token.use, token)
                local ok2, message2 = pcall(function() return token.uses end)
                local ok3 = pcall(token.during, token, print)
                return ok, message, ok2, ok3
            end)
            """
        #expect(try fixture.run(text)
            == "false token:use: the object is in use (calling); wait until that has ended false false")
        #expect(try fixture.run("local t = host.token() pcall(t.during, t, error) return t:use()") == "1")
    }

    @Test func foreignObjectsAndTamperingAreErrors() throws {
        let fixture = try Fixture()
        let texts = [
            "host.token().use(io.stdout)",
            "host.token().use(setmetatable({}, {}))",
            "local token = host.token() debug.setmetatable(io.stdout, debug.getmetatable(token)) io.stdout:use()",
            "local f = host.echo debug.setupvalue(f, 1, io.stderr) f(1)",
            "local f = host.fail debug.setupvalue(f, 1, 1 << 40) f(1)",
            "local f = host.token debug.setupvalue(f, 1, -1) f(1)",
            "local index = debug.getmetatable(host.sum) return index.x",
        ]
        for text in texts { #expect(fixture.message(text) != nil, "\(text)") }
    }

    @Test func explicitReleaseHappensOnce() throws {
        let fixture = try Fixture()
        _ = try fixture.run("""
            local token = host.token()
            local release = debug.getmetatable(token).__close
            release(token) release(token) release(io.stdout) release(3) release()
            """)
        #expect(fixture.counter.count == 0)
    }

    @Test func referencesKeepValuesAndGiveSlotsBack() throws {
        let fixture = try Fixture()
        var kept: [Value] = try fixture.state.run("return { host.token() }")
        fixture.state.collectGarbage()
        #expect(fixture.counter.count == 1)
        kept = []
        for _ in 0..<1000 { kept = try fixture.state.run("return {}") }
        fixture.state.collectGarbage()
        #expect(fixture.counter.count == 0)
        let before = fixture.state.memoryInUse
        for _ in 0..<10_000 { kept = try fixture.state.run("return {}") }
        fixture.state.collectGarbage()
        #expect(fixture.state.memoryInUse < before + 10_000)
        fixture.state.close()
        #expect(kept.count == 1)
    }

    /// Whatever a script does to metatables, an object goes with its userdata.
    @Test(arguments: [
        "pcall(debug.setmetatable, host.token(), nil)",
        "pcall(debug.setmetatable, host.token(), { __gc = error })",
        "pcall(debug.setmetatable, host.token(), debug.getmetatable(io.stdout))",
        "local m = debug.getmetatable(host.token()) m.__gc = function(token) kept = token end host.token() collectgarbage() m.__gc = nil kept = nil",
        "local m = debug.getmetatable(host.token()) m.__close, m.__gc = nil, nil host.token()",
        "local m = debug.getmetatable(host.token()) m.__gc = function() end host.token()",
        "local c = coroutine.wrap(function() local token <close> = host.token() coroutine.yield() end) c()",
        "weak = setmetatable({}, { __mode = 'kv' }) for i = 1, 100 do weak[i] = host.token() weak[weak[i]] = i end",
    ])
    func objectsAreLetGoWhateverTheirMetatable(_ text: String) throws {
        let fixture = try Fixture()
        _ = try fixture.run("for _ = 1, 20 do \(text) end")
        for _ in 0..<3 { fixture.state.collectGarbage() }
        #expect(fixture.counter.count == 0)
        _ = try fixture.run(text)
        fixture.state.close()
        #expect(fixture.counter.count == 0)
    }

    /// What C code trusts cannot be changed from Lua; each of these would follow a wrong pointer.
    @Test(arguments: [
        "debug.setmetatable(host.token(), debug.getmetatable(io.stdout))",
        "debug.setmetatable(io.stdout, debug.getmetatable(host.token()))",
        "local function f() return host end debug.setmetatable(debug.upvalueid(f, 1), debug.getmetatable(io.stdout))",
        "local f = coroutine.wrap(print) debug.setupvalue(f, 1, 3) f()",
        "local f = string.gmatch('a', 'a') debug.setupvalue(f, 3, io.stdout) f()",
        "local f = io.lines('/dev/null') debug.setupvalue(f, 1, 3) f()",
        "string.gsub(('x'):rep(100), 'x', function() debug.setlocal(2, 1, nil) collectgarbage() end)",
        "table.sort({ 3, 2, 1 }, function() debug.setlocal(2, 1, nil) end)",
    ])
    func whatLibrariesTrustCannotBeChanged(_ text: String) throws {
        let message = try Fixture().message(text)
        #expect(message?.contains("cannot be changed") == true || message?.contains("can be set") == true, "\(message ?? "no error")")
    }

    @Test func localsAndUpvaluesOfLuaFunctionsCanBeSet() throws {
        let fixture = try Fixture()
        #expect(try fixture.run("""
            local a, b = 1, 2
            local function f() return b end
            local name, other = debug.setlocal(1, 1, 7), debug.setupvalue(f, 1, 8)
            local co = coroutine.create(function(x) coroutine.yield() return x end)
            coroutine.resume(co, 1)
            local inner = debug.setlocal(co, 1, 1, 9)
            local _, y = coroutine.resume(co)
            return a, f(), name, other, inner, y, debug.setupvalue(f, 99, 1), debug.setlocal(1, 999, 1)
            """) == "7 8 a b x 9 nil nil")
        #expect(fixture.message("debug.setlocal(999, 1, 1)")?.contains("level out of range") == true)
    }

    /// Strings, tables and files of the size of an object are none.
    @Test func nothingElseIsTakenForAnObject() throws {
        let fixture = try Fixture()
        _ = try fixture.run("""
            kept = host.token()
            for i = 1, 2000 do
                local text = ("\\x17\\xee\\xff\\xc0\\x0d\\xf0\\xe1\\x5a"):rep(3):sub(1, i % 40)
                local t = { i, i * 0.5, text }
                -- What is never filled keeps what the memory held before, perhaps an object.
                host.token()
                pcall(function() return { 1, error(), 3 } end)
                if i % 100 == 0 then io.tmpfile():close() collectgarbage() end
            end
            collectgarbage()
            kept:use()
            """)
        #expect(fixture.counter.count == 1)
    }

    @Test func aClosedStateRunsNothing() throws {
        let fixture = try Fixture()
        let state = fixture.state
        let kept = try state.run("return function() end")
        state.close()
        #expect(state.isClosed)
        for run in [
            { _ = try state.run("x = 1") },
            { _ = try state.load("x = 1", name: "=x") },
            { if case .reference(let function) = kept[0] { try state.call(function) } },
            { try state.withSlot(.integer(1)) { _ in } },
            { try state.setField("host.x", to: .integer(1)) },
            { try state.makeGlobalsStrict() },
        ] as [() throws -> Void] {
            let error = #expect(throws: LuaError.self) { try run() }
            #expect(error?.message == "the Lua state is closed")
        }
        state[global: "x"] = .integer(1)
        guard case .nil = state[global: "x"] else { throw Failure(description: "a closed state has globals") }
        #expect(state.memoryInUse == 0 && state.stackDepth == 0)
        state.collectGarbage()
        state.close()
    }
}
