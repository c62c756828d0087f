import LuaBridge
import Testing

@Suite struct LimitsTests {
    @Test(arguments: [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "while true do coroutine.wrap(function() for i = 1, 10 do end end)() end",
        "local t = setmetatable({}, { __index = function() while true do end end }) while true do pcall(function() return t.x end) end",
        "string.gsub(('x'):rep(100000), 'x', function() while true do end end)",
    ])
    func instructionsAreCounted(_ text: String) throws {
        let state = try LuaState(.init(instructionLimit: 1_000_000, interrupt: Interrupt()))
        let error = #expect(throws: LuaError.self) { try state.run(text) }
        #expect(error?.kind == .limit)
        #expect(error?.message.contains("instructions") == true)
        // The top level begins a new count.
        state.renewLimits()
        #expect(throws: Never.self) { try state.run("local s = 0 for i = 1, 1000 do s = s + i end assert(s == 500500)") }
    }

    @Test func whatEndsInTimeIsLeftAlone() throws {
        let state = try LuaState(.init(instructionLimit: 1_000_000, interrupt: Interrupt()))
        #expect(throws: Never.self) { try state.run("for i = 1, 100000 do end") }
    }

    /// Numbers outside Lua count as Lua's own bytes do, and are given back.
    @Test func objectsCountForMemory() throws {
        let state = try LuaState(.init(memoryLimit: 8_000_000, interrupt: Interrupt()))
        try state.register(ObjectType("Block", of: [Double].self, "Numbers.", describe: { "\($0.count) numbers" }))
        try state.register(Function("host.block", "Makes a block.", returns: "Block", example: "") { _ in
            .object(holding: [Double](repeating: 0, count: 100_000), size: 800_000)
        })
        let error = #expect(throws: LuaError.self) { try state.run("local t = {} while true do t[#t + 1] = host.block() end") }
        #expect(error?.message.contains("not enough memory") == true)
        state.collectGarbage()
        // What is garbage is collected before the limit is enforced.
        #expect(throws: Never.self) { try state.run("for i = 1, 200 do host.block() end") }
    }
}
