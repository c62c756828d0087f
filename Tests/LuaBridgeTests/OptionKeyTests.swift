import LuaBridge
import Testing

@Suite("Options declared once")
struct OptionKeyTests {
    enum Method: String, CaseIterable { case soap, adam }

    static let count = OptionKey.integer("count", in: 1...10, default: 3, "how many")
    static let limit = OptionKey.integer("limit", in: 0...Int.max, "the most", otherwise: "no limit")
    static let width = OptionKey.number("width", in: .above(0, orInfinity: true), default: 0.5, "how wide", unit: "m")
    static let share = OptionKey.number("share", in: 0...1, "which part")
    static let method = OptionKey<Method>.choice("method", default: .soap, "how")
    static let quick = OptionKey.flag("quick", default: true, "whether to hurry")
    static let name = OptionKey.string("name", "what it is called", otherwise: "none")
    static let seed = OptionKey.seed("the seed")

    private func state() throws -> LuaState {
        let state = try LuaState(.init(interrupt: Interrupt()))
        try state.register(Function(
            "host.read", "Reads options.",
            parameters: [.options([Self.count, Self.limit, Self.width, Self.share, Self.method, Self.quick, Self.name, Self.seed])],
            returns: "what was read", example: ""
        ) { arguments in
            let given = try arguments.options(1)
            return .several([
                .integer(try given[Self.count]), try given[Self.limit].map(Value.integer) ?? .nil, .number(try given[Self.width]),
                try given[Self.share].map(Value.number) ?? .nil, .string(try given[Self.method].rawValue), .boolean(try given[Self.quick]),
                try given[Self.name].map(Value.string) ?? .nil, .boolean(try given[Self.seed] != nil), .boolean(given.has(Self.count)),
            ])
        })
        return state
    }

    private func read(_ code: String) throws -> String {
        let state = try state()
        defer { state.close() }
        let values = try state.call(try state.load("local r = table.pack(host.read(\(code))) for i = 1, r.n do r[i] = tostring(r[i]) end return table.concat(r, ' ')", name: "=test"), [])
        guard case .string(let text)? = values.first else { return "" }
        return text
    }

    private func complaint(_ code: String) -> String {
        do { return "read: " + (try read(code)) } catch { return "\(error)" }
    }

    @Test func absentOptionsHaveTheirDefaults() throws {
        let expected = "3 nil 0.5 nil soap true nil false false"
        #expect(try read("") == expected)
        #expect(try read("{}") == expected)
    }

    @Test func givenOptionsAreRead() throws {
        let text = try read("{ count = 10, limit = 0, width = math.huge, share = 1, method = 'adam', quick = false, name = 'x', seed = -1 }")
        #expect(text == "10 0 inf 1.0 adam false x true true")
    }

    @Test(arguments: [
        ("{ count = 11 }", "option count must be a whole number from 1 to 10, got number 11"),
        ("{ count = 1.5 }", "option count must be a whole number"),
        ("{ limit = -1 }", "option limit must be a whole number, at least 0"),
        ("{ width = 0 }", "option width must be a number above 0, or math.huge, got number 0"),
        ("{ width = -math.huge }", "option width must be a finite number"),
        ("{ share = 1.01 }", "option share must be a number from 0 to 1, got number 1.01"),
        ("{ method = 'sopa' }", "option method must be \"soap\" or \"adam\", got string \"sopa\""),
        ("{ quick = 1 }", "option quick must be true or false"),
        ("{ coutn = 1 }", "unknown option 'coutn'"),
    ])
    func whatIsOutOfRangeIsRefused(code: String, message: String) {
        #expect(complaint(code).contains(message), "\(complaint(code))")
    }

    @Test func documentationIsMadeFromTheSameValues() {
        #expect(Self.count.parameter.notes == ["1 to 10", "default: 3"])
        #expect(Self.limit.parameter.notes == ["at least 0", "default: no limit"])
        #expect(Self.width.parameter.notes == ["in m", "above 0, or math.huge", "default: 0.5"])
        #expect(Self.share.parameter.notes == ["0 to 1"])
        #expect(Self.method.parameter.notes == ["one of \"soap\", \"adam\"", "default: \"soap\""])
        #expect(Self.method.parameter.choices == ["soap", "adam"])
        #expect([Self.count.parameter, Self.share.parameter, Self.seed.parameter].allSatisfy { $0.isOptional })
    }
}
