import LuaBridge
import Testing

@Suite struct StrictGlobalsTests {
    private func strict() throws -> Fixture {
        let fixture = try Fixture()
        try fixture.state.makeGlobalsStrict()
        return fixture
    }

    @Test func unknownGlobalsAreErrors() throws {
        let fixture = try strict()
        #expect(fixture.message("return pirnt") == "run:1: there is no global 'pirnt'; did you mean 'print'?")
        #expect(fixture.message("_ = 1 return x") == "run:1: there is no global 'x'")
        #expect(fixture.message("sum{1}") == "run:1: there is no global 'sum'; did you mean 'host.sum'?")
        #expect(fixture.message("zzz()") == "run:1: there is no global 'zzz'")
        #expect(try fixture.run("return print ~= nil, host.sum{1}") == "true 1.0")
    }

    @Test func chunksDeclareAndFunctionsDoNot() throws {
        let fixture = try strict()
        #expect(try fixture.run("declared = nil return declared") == "nil")
        #expect(try fixture.run("function set() declared = 5 end set() return declared") == "5")
        #expect(fixture.message("local function f() undeclared = 1 end f()")?.contains("'undeclared' was not assigned before") == true)
        #expect(try fixture.run("return rawget(_G, 'undeclared')") == "nil")
        #expect(try fixture.run("load('fromChunk = 3')() return fromChunk") == "3")
    }

    @Test func nothingTakesItOffAndNoKeyEndsTheProcess() throws {
        let fixture = try strict()
        #expect(fixture.message("setmetatable(_G, nil)")?.contains("protected metatable") == true)
        #expect(fixture.message("_G[0/0] = 1") != nil)
        #expect(fixture.message("_G[nil] = 1") != nil)
        #expect(try fixture.run("_G[1] = 2 _G[{}] = 3 return _G[1], _G[2]") == "2 nil")
        #expect(fixture.message("debug.getmetatable(_G).__newindex(3, 'x', 1)") != nil)
        #expect(fixture.message("debug.getmetatable(_G).__newindex()") != nil)
        #expect(fixture.state.stackDepth == 0)
    }
}
