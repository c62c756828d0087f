import LuaBridge
import Testing

@Suite struct HandlersTests {
    @Test func xpcallHandlesErrorsAndPassesResults() throws {
        let fixture = try Fixture()
        #expect(try fixture.run("return xpcall(function(...) return select('#', ...), ... end, print, 1, nil, 3)") == "true 3 1 nil 3")
        #expect(try fixture.run("return xpcall(host.fail, function(message) return 'handled ' .. message end)")
            == "false handled host.fail: it failed")
        #expect(try fixture.run("return xpcall(error, function() error('again') end)").hasPrefix("false"))
        #expect(try fixture.run("return coroutine.wrap(function() return xpcall(coroutine.yield, print, 5) end)()") == "5")
        #expect(fixture.message("xpcall(print)")?.contains("bad argument #2 to 'xpcall'") == true)
    }
}
