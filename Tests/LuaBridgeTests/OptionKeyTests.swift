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
    static let start = OptionKey.seed("the seed", name: "start").defaulting(to: 7)
    static let places = OptionKey.numbers("places", count: 2...2, default: [0.5, 1], "where", unit: "m")
    static let thresholds = OptionKey.numbers("thresholds", count: 1...3, each: .above(0, orInfinity: true), "how far", otherwise: "no matter")
    static let columns = OptionKey.integers("columns", count: 0...2, each: 1...9, default: [], "which")
    static let parts = OptionKey.integers("parts", each: 0...Int.max, "which parts")
    static let names = OptionKey.strings("names", "what they are called")
    static let bound = OptionKey.number("bound", in: NumberRange(0.5...2, orInfinity: true), default: 1, "how much")
    static let rule = OptionKey<Method>.choice("rule", default: .adam, orFalse: .soap, "by which rule")
    static let object = RawOption("object", "any", "what it is about", isRequired: true)
    static var all: [any DeclaredOption] { [
        count, limit, width, share, method, quick, name, seed, start, places, thresholds, columns, parts, names, bound, rule, object,
    ] }

    private func state() throws -> LuaState {
        let state = try LuaState(.init(interrupt: Interrupt()))
        try state.register(Function(
            "host.readmore", "Reads options.", parameters: [.options(Self.all)], returns: "what was read", example: ""
        ) { arguments in
            let given = try arguments.options(1)
            return .several([
                .integer(Int(try given[Self.start])), .string(listText(try given[Self.places])),
                try given[Self.thresholds].map { .string(listText($0)) } ?? .nil, .string("\(try given[Self.columns])"),
                try given[Self.parts].map { .string("\($0)") } ?? .nil, try given[Self.names].map { .string($0.joined(separator: "+")) } ?? .nil,
                .number(try given[Self.bound]), .string(try given[Self.rule].rawValue), .boolean(given.has(Self.object)),
            ])
        })
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

    private func read(_ code: String, by function: String = "read") throws -> String {
        let state = try state()
        defer { state.close() }
        let values = try state.call(try state.load("local r = table.pack(host.\(function)(\(code))) for i = 1, r.n do r[i] = tostring(r[i]) end return table.concat(r, ' ')", name: "=test"), [])
        guard case .string(let text)? = values.first else { return "" }
        return text
    }

    private func complaint(_ code: String, by function: String = "read") -> String {
        do { return "read: " + (try read(code, by: function)) } catch { return "\(error)" }
    }

    @Test func listsAndWordsAreRead() throws {
        #expect(try read("", by: "readmore") == "7 {0.5, 1} nil [] nil nil 1.0 adam false")
        let text = try read(
            """
            { start = 3, places = {2, -1.5}, thresholds = {1, math.huge}, columns = {9, 1}, parts = {}, names = {"a", "b"}, bound = math.huge, rule = false, object = 0 }
            """, by: "readmore")
        #expect(text == "3 {2, -1.5} {1, math.huge} [9, 1] [] a+b inf soap true")
        #expect(try read("{ rule = 'adam', names = {} }", by: "readmore").hasSuffix(" 1.0 adam false"))
    }

    @Test(arguments: [
        ("{ start = 0.5 }", "option start must be a whole number"),
        ("{ places = {1} }", "option places must be a list of 2 numbers, got a list of 1"),
        ("{ places = {1, 0/0} }", "option places, element 2 must be a finite number"),
        ("{ places = 3 }", "option places must be a list of 2 numbers, got number 3"),
        ("{ thresholds = {} }", "option thresholds must be a list of 1 to 3 numbers above 0, or math.huge, got a table"),
        ("{ thresholds = {1, 0} }", "option thresholds, element 2 must be a number above 0, or math.huge, got number 0"),
        ("{ columns = {1, 2, 3} }", "option columns must be a list of at most 2 whole numbers from 1 to 9, got a list of 3"),
        ("{ columns = {0} }", "option columns, element 1 must be a whole number from 1 to 9, got number 0"),
        ("{ columns = {1.5} }", "option columns, element 1 must be a whole number"),
        ("{ parts = {-1} }", "option parts, element 1 must be a whole number, at least 0"),
        ("{ names = {1} }", "option names, element 1 must be a string"),
        ("{ bound = 3 }", "option bound must be a number from 0.5 to 2, or math.huge, got number 3"),
        ("{ bound = -math.huge }", "option bound must be a finite number"),
        ("{ rule = true }", "option rule must be \"soap\", \"adam\", or false, got true"),
        ("{ rule = 'sopa' }", "option rule must be \"soap\" or \"adam\""),
    ])
    func listsAndWordsOutOfRangeAreRefused(code: String, message: String) {
        #expect(complaint(code, by: "readmore").contains(message), "\(complaint(code, by: "readmore"))")
    }

    @Test func documentationOfListsAndWords() {
        #expect(Self.start.parameter.notes == ["default: 7"])
        #expect(Self.places.parameter.type == "list of 2 numbers" && Self.places.parameter.notes == ["in m", "default: {0.5, 1}"])
        #expect(Self.thresholds.parameter.notes == ["1 to 3 of them, each above 0, or math.huge", "default: no matter"])
        #expect(Self.columns.parameter.type == "list of integers" && Self.columns.parameter.notes == ["at most 2 of them, each 1 to 9", "default: {}"])
        #expect(Self.parts.parameter.notes == ["each at least 0"])
        #expect(Self.bound.parameter.notes == ["0.5 to 2, or math.huge", "default: 1"])
        #expect(Self.rule.parameter.notes == ["one of \"soap\", \"adam\", or false for \"soap\"", "default: \"adam\""])
        #expect(!Self.object.parameter.isOptional && Self.names.parameter.isOptional)
    }

    @Test func whatIsDeclaredIsKnown() {
        #expect(Self.all.allSatisfy { $0.parameter.isDeclared })
        #expect(!Parameter("x", "number", "a number").isDeclared)
        #expect(Self.width.parameter.limits?.isOpenBelow == true && Self.count.parameter.limits?.bounds == 1...10)
        #expect(Self.places.parameter.limits == nil)
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
