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

    @Test func explicitFinalizationReleasesOnce() throws {
        let fixture = try Fixture()
        _ = try fixture.run("""
            local token = host.token()
            local release = debug.getmetatable(token).__gc
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
}
