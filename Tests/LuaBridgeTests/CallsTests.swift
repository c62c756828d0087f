import LuaBridge
import Testing

@Suite struct CallsTests {
    @Test func placesBeyondFiveStepsAreShortened() throws {
        let state = try Fixture().state
        func deepest(_ slot: Slot) throws {
            guard slot.kind == .table else { throw slot.mismatch("a table") }
            try slot.withElement(1) { try deepest($0) }
        }
        for (depth, place) in [(5, "the value, element 1, element 1, element 1, element 1, element 1"), (20, "the value, element 1, element 1, element 1, … (16 more) …, element 1")] {
            let value = (0..<depth).reduce(Value.integer(7)) { inner, _ in .list([inner]) }
            let error = #expect(throws: ArgumentError.self) { try state.withSlot(value) { try deepest($0) } }
            #expect(error?.description == place + " must be a table, got number 7")
        }
    }

    @Test func entriesAreNamedByKeysOfAnyKind() throws {
        let state = try Fixture().state
        for (table, place) in [("{ [3] = 0 }", "[3]"), ("{ [2.5] = 0 }", "[2.5]"), ("{ [true] = 0 }", "[true]"), ("{ a = 0 }", "field a"), ("{ [{}] = 0 }", "the value whose key is a table")] {
            let value = try #require(try state.run("return " + table).first)
            let error = #expect(throws: ArgumentError.self) { try state.withSlot(value) { try $0.forEachEntry { throw $1.mismatch("a text") } } }
            #expect(error?.description == "the value, \(place) must be a text, got number 0")
        }
    }

    @Test func resultsOfEachKind() throws {
        let fixture = try Fixture()
        #expect(try fixture.run("return 1, 2.5, 'a', true, nil, host.sum{1, 2, 3.5}") == "1 2.5 a true nil 6.5")
        #expect(try fixture.run("return host.echo('\\xff') == '\\xff', host.echo(host.echo) == host.echo") == "true true")
        #expect(fixture.state.stackDepth == 0)
    }

    @Test(arguments: [0, 1, 3]) func rowsAreListsOfLists(columns: Int) throws {
        let state = try Fixture().state, numbers = (0..<600 * columns).map { Double($0) }
        try state.withSlot(.rows(count: 600, columns: columns, numbers)) { rows in
            let count = try rows.length()
            #expect(count == 600)
            for row in [0, 255, 599] {
                let own = try rows.withElement(row + 1) { try $0.numbers() }
                #expect(own == Array(numbers[row * columns..<(row + 1) * columns]))
            }
        }
        #expect(state.stackDepth == 0)
    }

    @Test func argumentErrorsNameFunctionArgumentAndWhatCame() throws {
        let fixture = try Fixture()
        func expect(_ text: String, _ message: String, at location: SourceLocation = #_sourceLocation) {
            #expect(fixture.message(text) == "run:1: " + message, sourceLocation: location)
        }
        expect("host.sum(3)", "host.sum: argument 1 (numbers) must be a list of numbers, got number 3")
        expect("host.sum()", "host.sum: argument 1 (numbers) must be a list of numbers, got nothing")
        expect("host.sum{1, 'a'}", "host.sum: argument 1 (numbers), element 2 must be a number, got string \"a\"")
        expect("host.sum{1, 0/0}", "host.sum: argument 1 (numbers), element 2 must be a finite number, got number nan")
        expect("host.sum({}, { scal = 1 })", "host.sum: unknown option 'scal'; did you mean 'scale'?")
        expect("host.sum({}, { zzz = 1 })", "host.sum: unknown option 'zzz'; the options are scale, rounding")
        expect("host.sum({}, { 7 })", "host.sum: argument 2 (options) has a value without a name, number 7; name it: scale = ...")
        expect("host.sum({}, { scale = 11 })", "host.sum: option scale must be a number from 0 to 10, got number 11")
        expect("host.token():use(0)", "token:use: argument 1 (times) must be a whole number from 1 to 100, got number 0")
        expect("host.token():use(1.5)", "token:use: argument 1 (times) must be a whole number, got number 1.5")
        expect("host.token().use()", "token:use: is a method of a Token: write token:use(...) with a colon; it was called on nothing")
        expect("host.token().us()", "token: a Token has no field or method 'us'; did you mean 'use'?")
        expect("host.token().uses = 3", "token: the field 'uses' of a Token is read-only")
        expect("host.tken()", "host: there is no 'tken'; did you mean 'token'?")
        #expect(fixture.state.stackDepth == 0)
    }

    @Test func errorsUnwindSwiftFrames() throws {
        let fixture = try Fixture()
        for _ in 0..<10 {
            #expect(fixture.message("host.fail()") == "run:1: host.fail: it failed")
            #expect(fixture.message("host.call(function() error('inside') end)")?.hasPrefix("run:1: inside") == true)
            #expect(fixture.message("host.call(function() host.fail() end)")?.hasPrefix("run:1: host.fail: it failed") == true)
            #expect(try fixture.run("return pcall(host.call, function() host.call(host.fail) end)").hasPrefix("false"))
        }
        #expect(fixture.counter.count == 0)
        #expect(fixture.state.stackDepth == 0)
    }

    @Test func errorsUnwindInsideCoroutines() throws {
        let fixture = try Fixture()
        let text = """
            local co = coroutine.wrap(function()
                local ok, message = pcall(host.fail)
                coroutine.yield(message)
                host.call(function(n) return coroutine.running(), n end)
                host.fail()
            end)
            local first = co()
            local ok, second = pcall(co)
            return first, ok, second
            """
        #expect(try fixture.run(text) == "host.fail: it failed false run:5: host.fail: it failed")
        #expect(fixture.counter.count == 0)
    }

    @Test func yieldAcrossSwiftIsAnError() throws {
        let fixture = try Fixture()
        let text = "return pcall(coroutine.wrap(function() host.call(coroutine.yield) end))"
        #expect(try fixture.run(text).contains("attempt to yield across a C-call boundary"))
        #expect(fixture.counter.count == 0)
    }

    @Test func tracebacksAreApart() throws {
        let fixture = try Fixture()
        let error = #expect(throws: LuaError.self) {
            try fixture.state.run("local function inner() host.fail() end\ninner()", name: "@file.lua")
        }
        #expect(error?.message == "file.lua:1: host.fail: it failed")
        #expect(error?.traceback?.contains("in function 'host.fail'") == true)
        #expect(error?.traceback?.contains("file.lua:2: in main chunk") == true)
    }

    @Test func incompleteTextIsTold() throws {
        let fixture = try Fixture()
        for (text, isIncomplete) in [("for i = 1, 2 do", true), ("x = = 2", false), ("return 'abc", true), ("return 'abc\n", false), ("f(", true)] {
            let error = #expect(throws: LuaError.self) { try fixture.state.load(text, name: "=stdin") }
            #expect(error?.isIncomplete == isIncomplete, "\(text)")
        }
    }

    @Test func errorsThatAreNoStrings() throws {
        let fixture = try Fixture()
        #expect(fixture.message("error({})") == "(error object is a table value)")
        #expect(fixture.message("error(setmetatable({}, { __tostring = function() return 'spoken' end }))") == "spoken")
        #expect(fixture.message("error(nil)") == "(error object is a nil value)")
        #expect(fixture.message("error(setmetatable({}, { __tostring = function() error('twice') end }))") != nil)
        #expect(fixture.state.stackDepth == 0)
    }

    @Test func deepRecursionThroughSwiftIsAnError() throws {
        let fixture = try Fixture()
        #expect(fixture.message("local function f() return host.call(f) end f()")?.contains("overflow") == true)
        #expect(fixture.counter.count == 0)
        #expect(fixture.state.stackDepth == 0)
    }
}
