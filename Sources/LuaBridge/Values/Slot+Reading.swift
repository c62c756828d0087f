import CLua
import CLuaSupport

extension Slot {
    /// A string, which must be UTF-8.
    public func string() throws -> String {
        guard kind == .string else { throw mismatch("a string") }
        var length = 0
        let bytes = UnsafeRawBufferPointer(start: lua_tolstring(state.current, index, &length), count: length)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw mismatch("text in UTF-8") }
        return text
    }

    /// The bytes of a string.
    public func bytes() throws -> [UInt8] {
        guard kind == .string else { throw mismatch("a string") }
        var length = 0
        return Array(UnsafeRawBufferPointer(start: lua_tolstring(state.current, index, &length), count: length))
    }

    /// The path of a file: a string that is not empty and has no zero byte.
    public func path() throws -> String {
        guard kind == .string else { throw mismatch("the path of a file, a string") }
        let path = try string()
        guard !path.isEmpty else { throw invalid("must be the path of a file, got an empty string") }
        guard !path.utf8.contains(0) else { throw invalid("must be the path of a file, but has a zero byte") }
        return path
    }

    /// A boolean; nothing else counts as one.
    public func boolean() throws -> Bool {
        guard kind == .boolean else { throw mismatch("true or false") }
        return lua_toboolean(state.current, index) != 0
    }

    /// A finite number.
    public func number(in range: ClosedRange<Double>? = nil) throws -> Double {
        guard lua_type(state.current, index) == LUA_TNUMBER else { throw mismatch("a number") }
        let number = avips_to_number(state.current, index)
        guard number.isFinite else { throw mismatch("a finite number") }
        if let range, !range.contains(number) { throw mismatch(words(for: range)) }
        return number
    }

    /// A number above zero.
    public func positiveNumber(orInfinity: Bool = false) throws -> Double {
        if orInfinity, kind == .number, avips_to_number(state.current, index) == .infinity { return .infinity }
        let number = try number()
        guard number > 0 else { throw mismatch("a number above 0") }
        return number
    }

    /// A whole number; a float with a whole value will do.
    public func integer(in range: ClosedRange<Int>? = nil) throws -> Int {
        guard lua_type(state.current, index) == LUA_TNUMBER else { throw mismatch("a whole number") }
        let integer = lua_isinteger(state.current, index) != 0
            ? Int(avips_to_integer(state.current, index)) : Int(exactly: avips_to_number(state.current, index))
        guard let integer else { throw mismatch("a whole number") }
        if let range, !range.contains(integer) {
            throw mismatch(range.upperBound == .max
                ? "a whole number, at least \(range.lowerBound)" : "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    /// A seed: any whole number.
    public func seed() throws -> UInt64 { UInt64(bitPattern: Int64(try integer())) }

    /// One of a few words.
    public func choice<Choice: RawRepresentable & CaseIterable>(of type: Choice.Type) throws -> Choice where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue)
        let expected = words.map { "\"\($0)\"" }.joined(separator: " or ")
        guard kind == .string else { throw mismatch(expected) }
        let word = try string()
        guard let choice = Choice(rawValue: word) else {
            throw ArgumentError(mismatch(expected).description + suggestion(for: word, among: words))
        }
        return choice
    }

    /// The number of elements of a list.
    public func length() throws -> Int {
        guard kind == .table else { throw mismatch("a list") }
        return Int(exactly: lua_rawlen(state.current, index)) ?? .max
    }

    /// A list of finite numbers.
    ///
    /// - Parameters:
    ///   - orInfinity: whether `math.huge` will do as well.
    ///   - expected: What a message says was expected; by default "a list of 7 numbers".
    public func numbers(count: Int? = nil, orInfinity: Bool = false, expected: @autoclosure () -> String? = nil) throws -> [Double] {
        var numbers: [Double] = []
        try appendNumbers(to: &numbers, count: count, orInfinity: orInfinity, expected: expected())
        return numbers
    }

    /// The error that a list has another number of elements: "a list of 7 numbers".
    public func wrongLength(_ length: Int, _ expected: String) -> ArgumentError {
        invalid("must be \(expected), got \(length == 0 ? "an empty list" : "a list of \(length)")")
    }

    /// Appends a list of finite numbers; nothing is promised of the buffer after an error.
    public func appendNumbers(
        to buffer: inout [Double], count: Int? = nil, orInfinity: Bool = false, expected: @autoclosure () -> String? = nil
    ) throws {
        func words() -> String { expected() ?? (count.map { "a list of \($0) number\($0 == 1 ? "" : "s")" } ?? "a list of numbers") }
        guard kind == .table else { throw mismatch(words()) }
        let L = state.current
        let length = Int(exactly: lua_rawlen(L, index)) ?? .max
        if let count, count != length { throw wrongLength(length, words()) }
        guard lua_checkstack(L, 2) != 0 else { throw LuaError("Lua's stack is full") }
        buffer.reserveCapacity(buffer.count + length)
        for position in stride(from: 1, through: length, by: 1) {
            guard lua_rawgeti(L, index, lua_Integer(position)) == LUA_TNUMBER else {
                throw element(position).mismatch("a number")
            }
            let number = avips_to_number(L, -1)
            guard number.isFinite || (orInfinity && number == .infinity) else { throw element(position).mismatch("a finite number") }
            buffer.append(number)
            avips_pop(L, 1)
        }
    }

    /// A list of measurements: numbers of which some may be NaN or infinite; `false` and other gaps are read as NaN.
    public func series(limit: Int) throws -> [Double] {
        guard kind == .table else { throw mismatch("a list of numbers") }
        let L = state.current
        let length = Int(exactly: lua_rawlen(L, index)) ?? .max
        guard length <= limit else { throw invalid("must have at most \(limit) numbers, got \(length)") }
        guard lua_checkstack(L, 2) != 0 else { throw LuaError("Lua's stack is full") }
        var result: [Double] = []
        result.reserveCapacity(length)
        for position in stride(from: 1, through: length, by: 1) {
            switch lua_rawgeti(L, index, lua_Integer(position)) {
            case LUA_TNUMBER: result.append(avips_to_number(L, -1))
            case LUA_TNIL, LUA_TBOOLEAN: result.append(.nan)
            default: throw element(position).mismatch("a number")
            }
            avips_pop(L, 1)
        }
        return result
    }

    // The value on top of the stack as an element of this one, for messages.
    private func element(_ position: Int) -> Slot {
        Slot(state: state, index: lua_gettop(state.current), place: .element(place, position))
    }

    /// Reads an element of a list, counted from 1.
    public func withElement<Result>(_ position: Int, _ body: (Slot) throws -> Result) throws -> Result {
        guard kind == .table else { throw mismatch("a list") }
        try state.stopIfInterrupted()
        try state.reserve(4)
        lua_rawgeti(state.current, index, lua_Integer(position))
        defer { avips_pop(state.current, 1) }
        return try body(element(position))
    }

    /// Reads the value of a key of a table.
    public func withField<Result>(_ key: Value, _ body: (Slot) throws -> Result) throws -> Result {
        guard kind == .table else { throw mismatch("a table") }
        try state.reserve(6)
        let base = lua_gettop(state.current)
        defer { lua_settop(state.current, base) }
        guard try state.push(key) == 1 else { throw invalid("has no such field") }
        lua_rawget(state.current, index)
        let found: Place = switch key {
        case .string(let name): .field(place, name)
        case .integer(let number): .key(place, "[\(number)]")
        case .number(let number): .key(place, "[\(plainText(number))]")
        default: .key(place, "a value whose key is no name")
        }
        return try body(Slot(state: state, index: base + 1, place: found))
    }

    /// Visits the keys and values of a table, in no particular order.
    public func forEachEntry(_ body: (_ key: Slot, _ value: Slot) throws -> Void) throws {
        guard kind == .table else { throw mismatch("a table") }
        let L = state.current
        try state.reserve(8)
        let base = lua_gettop(L)
        defer { lua_settop(L, base) }
        lua_pushnil(L)
        while true {
            try state.stopIfInterrupted()
            let status = avips_next(L, index)
            if status == 0 { return }
            if status < 0 { throw state.takeError(LUA_ERRRUN) }
            let key = Slot(state: state, index: base + 1, place: place)
            try body(key, Slot(state: state, index: base + 2, place: key.placeOfEntry))
            lua_settop(L, base + 1)
        }
    }

    // Where the value of this key lies, in the table whose place the key has.
    private var placeOfEntry: Place {
        switch kind {
        case .string: .field(place, state.string(at: index))
        case .number where lua_isinteger(state.current, index) != 0: .integerKey(place, Int(avips_to_integer(state.current, index)))
        case .number: .key(place, "[" + found.dropFirst("number ".count) + "]")
        case .boolean: .key(place, "[\(found)]")
        default: .key(place, "the value whose key is \(found)")
        }
    }

    /// The keys of a table that are strings.
    ///
    /// - Throws: Where one is not text in UTF-8: its value could not be found by what it would be read as.
    public func names() throws -> [String] {
        var names: [String] = []
        try forEachEntry { key, _ in if key.kind == .string { names.append(try key.name()) } }
        return names
    }

    /// The text of a key that is a string, in a table whose place the key has.
    public func name() throws -> String {
        guard let name = try? string() else { throw invalid("has a name that is not text in UTF-8: \(found.dropFirst("string ".count))") }
        return name
    }

    /// The contents of an object of a registered type.
    public func object<Contents>(_ type: Contents.Type) throws -> Contents { try box(type).read() }

    /// The box of an object of a registered type.
    public func box<Contents>(_ type: Contents.Type) throws -> Box<Contents> {
        guard let box = state.box(at: index, type, in: state.current) else { throw mismatch(state.typeName(type).withArticle) }
        return box
    }

    /// The box, where the value is an object of that type.
    public func boxIfPresent<Contents>(_ type: Contents.Type) -> Box<Contents>? {
        state.box(at: index, type, in: state.current)
    }

    /// Whether `tostring` of a table is its own business.
    public var describesItself: Bool {
        guard lua_checkstack(state.current, 4) != 0 else { return false }
        for event in ["__tostring", "__name"] where luaL_getmetafield(state.current, index, event) != LUA_TNIL {
            avips_pop(state.current, 1)
            return true
        }
        return false
    }

    /// Reads a field of an object or a table as Lua does, metamethods included.
    ///
    /// - Throws: What the reading raises.
    public func withMember<Result>(_ name: String, _ body: (Slot) throws -> Result) throws -> Result {
        try state.reserve(6)
        let base = lua_gettop(state.current)
        defer { lua_settop(state.current, base) }
        guard avips_get_field(state.current, index, name) == LUA_OK else { throw state.takeError(LUA_ERRRUN) }
        return try body(Slot(state: state, index: base + 1, place: .field(place, name)))
    }

    /// Reads an element of an object by its number, counted from 1, metamethods included.
    public func withMember<Result>(_ position: Int, _ body: (Slot) throws -> Result) throws -> Result {
        try state.reserve(6)
        let base = lua_gettop(state.current)
        defer { lua_settop(state.current, base) }
        guard avips_get_element(state.current, index, lua_Integer(position)) == LUA_OK else { throw state.takeError(LUA_ERRRUN) }
        return try body(Slot(state: state, index: base + 1, place: .element(place, position)))
    }

    /// A function, to keep and call.
    public func function() throws -> Reference {
        guard kind == .function, case .reference(let reference) = value else { throw mismatch("a function") }
        return reference
    }

    private func words(for range: ClosedRange<Double>) -> String {
        if range.upperBound >= .greatestFiniteMagnitude { return "a number, at least \(plainText(range.lowerBound))" }
        return "a number from \(plainText(range.lowerBound)) to \(plainText(range.upperBound))"
    }
}
