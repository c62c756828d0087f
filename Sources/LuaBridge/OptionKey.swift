/// What may stand in a list of options: an ``OptionKey``, or a bare ``Parameter``.
public protocol DeclaredOption {
    var parameter: Parameter { get }
}

extension Parameter: DeclaredOption {
    public var parameter: Parameter { self }
}

/// A key of a table of options, declared once: help, completion, the reference and the stub print what the reading does.
///
///     static let count = OptionKey.integer("count", in: 1...1_000_000, default: 1, "how many solutions to look for")
///     let count = try given[Self.count]
///
/// An option without a default reads as nil where it is absent; `otherwise` says in words what happens then.
public struct OptionKey<Value>: DeclaredOption {
    public let parameter: Parameter
    /// The value where the option is absent.
    public let fallback: Value
    let read: @Sendable (Slot) throws -> Value

    public var name: String { parameter.name }

    private init(_ parameter: Parameter, fallback: Value, read: @escaping @Sendable (Slot) throws -> Value) {
        var parameter = parameter
        parameter.reading = .key(fallback: String(describing: fallback)) { String(describing: try read($0)) }
        self.parameter = parameter
        self.fallback = fallback
        self.read = read
    }

    /// An option with a reading of its own.
    ///
    /// - Parameters:
    ///   - type: The Lua type in words: "list of numbers".
    ///   - range: The values that it admits, in words.
    ///   - otherwise: What happens where it is absent; nil for nothing worth a word.
    public static func value<Wrapped>(
        _ name: String, _ type: String, _ summary: String, unit: String? = nil, range: String? = nil, otherwise: String? = nil,
        read: @escaping @Sendable (Slot) throws -> Wrapped
    ) -> OptionKey where Value == Wrapped? {
        OptionKey(Parameter(name, type, summary, unit: unit, range: range, default: otherwise, isOptional: true), fallback: nil) { try read($0) }
    }

    /// An option with a default and a reading of its own.
    ///
    /// - Parameter text: The default as people write it in Lua.
    public static func value(
        _ name: String, _ type: String, default fallback: Value, text: String, _ summary: String, unit: String? = nil, range: String? = nil,
        read: @escaping @Sendable (Slot) throws -> Value
    ) -> OptionKey {
        OptionKey(Parameter(name, type, summary, unit: unit, range: range, default: text), fallback: fallback, read: read)
    }

    /// The same option with other words for what happens where it is absent.
    public func otherwise(_ words: String) -> OptionKey {
        var parameter = parameter
        parameter.defaultValue = words
        return OptionKey(parameter, fallback: fallback, read: read)
    }

    /// The same option with another default.
    public func defaulting(to fallback: Value) -> OptionKey where Value: CustomStringConvertible {
        var parameter = parameter
        parameter.defaultValue = (fallback as? Double).map(plainText) ?? fallback.description
        return OptionKey(parameter, fallback: fallback, read: read)
    }

    /// The same option with a default in place of none.
    public func defaulting<Wrapped: Sendable & CustomStringConvertible>(to fallback: Wrapped) -> OptionKey<Wrapped> where Value == Wrapped? {
        var parameter = parameter
        parameter.defaultValue = (fallback as? Double).map(plainText) ?? fallback.description
        let read = read
        return OptionKey<Wrapped>(parameter, fallback: fallback) { try read($0) ?? fallback }
    }
}

extension OptionKey: Sendable where Value: Sendable {}

/// A key of a table of options whose value the function reads itself, since that needs more than the value: a robot, say.
public struct RawOption: DeclaredOption, Sendable {
    public let parameter: Parameter

    public init(
        _ name: String, _ type: String, _ summary: String, unit: String? = nil, range: String? = nil, otherwise: String? = nil, isRequired: Bool = false
    ) {
        var parameter = Parameter(name, type, summary, unit: unit, range: range, default: otherwise, isOptional: !isRequired)
        parameter.reading = .function
        self.parameter = parameter
    }
}

// MARK: Whole numbers

extension OptionKey {
    public static func integer(
        _ name: String, in range: ClosedRange<Int>, default fallback: Int, _ summary: String, unit: String? = nil
    ) -> OptionKey where Value == Int {
        precondition(range.contains(fallback), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, "integer", summary, unit: unit, limits: NumberRange(range), default: "\(fallback)"), fallback: fallback) {
            try $0.integer(in: range)
        }
    }

    public static func integer(
        _ name: String, in range: ClosedRange<Int>, _ summary: String, unit: String? = nil, otherwise: String? = nil
    ) -> OptionKey where Value == Int? {
        OptionKey(
            Parameter(name, "integer", summary, unit: unit, limits: NumberRange(range), default: otherwise), fallback: nil) {
            try $0.integer(in: range)
        }
    }

    /// The seed of draws: any whole number.
    public static func seed(_ summary: String, name: String = "seed") -> OptionKey where Value == UInt64? {
        OptionKey(Parameter(name, "integer", summary, default: "the session's stream"), fallback: nil) { try $0.seed() }
    }
}

extension Parameter {
    /// A number of a range; where it may be absent without a word, `defaultValue` is nil.
    fileprivate init(_ name: String, _ type: String, _ summary: String, unit: String?, limits: NumberRange, default defaultValue: String?) {
        self.init(name, type, summary, unit: unit, range: limits.description, default: defaultValue, isOptional: true)
        self.limits = limits
    }
}

// MARK: Numbers

/// The numbers that an option admits.
public struct NumberRange: Sendable, CustomStringConvertible {
    public let bounds: ClosedRange<Double>
    public let isOpenBelow: Bool
    public let admitsInfinity: Bool

    /// Every finite number.
    public static let finite = NumberRange(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)

    /// The finite numbers above a bound; with infinity, where that means something.
    public static func above(_ bound: Double, orInfinity admitsInfinity: Bool = false) -> NumberRange {
        NumberRange(bound...Double.greatestFiniteMagnitude, isOpenBelow: true, admitsInfinity: admitsInfinity)
    }

    /// The numbers between bounds; with infinity, where that means something.
    public init(_ bounds: ClosedRange<Double>, orInfinity admitsInfinity: Bool = false) {
        self.init(bounds, isOpenBelow: false, admitsInfinity: admitsInfinity)
    }

    /// The whole numbers between bounds; without an upper one where that is the greatest `Int`.
    init(_ bounds: ClosedRange<Int>) {
        self.init(Double(bounds.lowerBound)...(bounds.upperBound == .max ? .greatestFiniteMagnitude : Double(bounds.upperBound)))
    }

    private init(_ bounds: ClosedRange<Double>, isOpenBelow: Bool, admitsInfinity: Bool) {
        self.bounds = bounds
        self.isOpenBelow = isOpenBelow
        self.admitsInfinity = admitsInfinity
    }

    func contains(_ number: Double) -> Bool {
        if number == .infinity { return admitsInfinity }
        return bounds.contains(number) && !(isOpenBelow && number == bounds.lowerBound)
    }

    /// The words with the range: "a number from 0 to 1".
    func phrase(_ words: String) -> String {
        let range = description
        return range.isEmpty ? words : words + (range.first?.isNumber == true || range.first == "-" ? " from " : " ") + range
    }

    public var description: String {
        let hasUpper = bounds.upperBound < .greatestFiniteMagnitude
        if bounds.lowerBound <= -.greatestFiniteMagnitude { return hasUpper ? "at most \(plainText(bounds.upperBound))" : "" }
        let lower = plainText(bounds.lowerBound)
        let finite = isOpenBelow ? "above \(lower)" : hasUpper ? "\(lower) to \(plainText(bounds.upperBound))" : "at least \(lower)"
        return finite + (admitsInfinity ? ", or math.huge" : "")
    }
}

extension Slot {
    /// A number of a range.
    public func number(of range: NumberRange) throws -> Double {
        if range.admitsInfinity, kind == .number, case .number(.infinity) = value { return .infinity }
        let number = try number()
        guard range.contains(number) else {
            throw mismatch(range.phrase("a number"))
        }
        return number
    }
}

extension OptionKey {
    public static func number(
        _ name: String, in range: NumberRange, default fallback: Double, _ summary: String, unit: String? = nil
    ) -> OptionKey where Value == Double {
        precondition(range.contains(fallback), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, "number", summary, unit: unit, limits: range, default: plainText(fallback)), fallback: fallback) {
            try $0.number(of: range)
        }
    }

    public static func number(
        _ name: String, in bounds: ClosedRange<Double>, default fallback: Double, _ summary: String, unit: String? = nil
    ) -> OptionKey where Value == Double {
        number(name, in: NumberRange(bounds), default: fallback, summary, unit: unit)
    }

    public static func number(
        _ name: String, in range: NumberRange, _ summary: String, unit: String? = nil, otherwise: String? = nil
    ) -> OptionKey where Value == Double? {
        OptionKey(
            Parameter(name, "number", summary, unit: unit, limits: range, default: otherwise), fallback: nil) {
            try $0.number(of: range)
        }
    }

    public static func number(
        _ name: String, in bounds: ClosedRange<Double>, _ summary: String, unit: String? = nil, otherwise: String? = nil
    ) -> OptionKey where Value == Double? {
        number(name, in: NumberRange(bounds), summary, unit: unit, otherwise: otherwise)
    }
}

// MARK: Booleans and words

extension OptionKey {
    public static func flag(_ name: String, default fallback: Bool, _ summary: String) -> OptionKey where Value == Bool {
        OptionKey(Parameter(name, "boolean", summary, default: "\(fallback)"), fallback: fallback) { try $0.boolean() }
    }

    public static func flag(_ name: String, _ summary: String, otherwise: String) -> OptionKey where Value == Bool? {
        OptionKey(Parameter(name, "boolean", summary, default: otherwise), fallback: nil) { try $0.boolean() }
    }

    /// One of the words of an enumeration.
    public static func choice(_ name: String, default fallback: Value, _ summary: String) -> OptionKey
    where Value: RawRepresentable & CaseIterable & SendableMetatype, Value.RawValue == String {
        OptionKey(
            Parameter(name, "string", summary, range: words(of: Value.self), default: "\"\(fallback.rawValue)\"", choices: Value.allCases.map(\.rawValue)),
            fallback: fallback) { try $0.choice(of: Value.self) }
    }

    public static func choice<Choice>(_ name: String, of type: Choice.Type, _ summary: String, otherwise: String) -> OptionKey
    where Value == Choice?, Choice: RawRepresentable & CaseIterable & SendableMetatype, Choice.RawValue == String {
        OptionKey(
            Parameter(name, "string", summary, range: words(of: type), default: otherwise, choices: type.allCases.map(\.rawValue)),
            fallback: nil) { try $0.choice(of: type) }
    }

    /// One of the words of an enumeration, or `false` for one of them.
    public static func choice(_ name: String, default fallback: Value, orFalse off: Value, _ summary: String) -> OptionKey
    where Value: RawRepresentable & CaseIterable & SendableMetatype & Sendable, Value.RawValue == String {
        OptionKey(
            Parameter(
                name, "string or false", summary, range: words(of: Value.self) + ", or false for \"\(off.rawValue)\"", default: "\"\(fallback.rawValue)\"",
                choices: Value.allCases.map(\.rawValue)),
            fallback: fallback
        ) { slot in
            guard slot.kind == .boolean else { return try slot.choice(of: Value.self) }
            guard try !slot.boolean() else { throw slot.mismatch(words(of: Value.self) + ", or false") }
            return off
        }
    }

    private static func words<Choice: RawRepresentable & CaseIterable>(of type: Choice.Type) -> String where Choice.RawValue == String {
        type.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    }

    public static func string(_ name: String, _ summary: String, otherwise: String? = nil) -> OptionKey where Value == String? {
        OptionKey(Parameter(name, "string", summary, default: otherwise, isOptional: true), fallback: nil) { try $0.string() }
    }

    public static func string(_ name: String, default fallback: String, _ summary: String) -> OptionKey where Value == String {
        OptionKey(Parameter(name, "string", summary, default: "\"\(fallback)\""), fallback: fallback) { try $0.string() }
    }

    /// The path of a file.
    public static func path(_ name: String, _ summary: String, otherwise: String? = nil) -> OptionKey where Value == String? {
        OptionKey(Parameter(name, "string", summary, default: otherwise, isOptional: true), fallback: nil) { try $0.path() }
    }
}

// MARK: Lists

extension OptionKey {
    /// A list of numbers of a range.
    ///
    /// - Parameter count: How many there may be.
    public static func numbers(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, each range: NumberRange = .finite, default fallback: [Double], _ summary: String,
        unit: String? = nil
    ) -> OptionKey where Value == [Double] {
        precondition(count.contains(fallback.count) && fallback.allSatisfy(range.contains), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, listText("numbers", count), summary, unit: unit, range: range.each(count), default: listText(fallback)), fallback: fallback) {
            try $0.numbers(count: count, each: range)
        }
    }

    public static func numbers(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, each range: NumberRange = .finite, _ summary: String, unit: String? = nil,
        otherwise: String? = nil
    ) -> OptionKey where Value == [Double]? {
        OptionKey(
            Parameter(name, listText("numbers", count), summary, unit: unit, range: range.each(count), default: otherwise, isOptional: true),
            fallback: nil) { try $0.numbers(count: count, each: range) }
    }

    /// A list of whole numbers of a range.
    public static func integers(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, each range: ClosedRange<Int>, default fallback: [Int], _ summary: String
    ) -> OptionKey where Value == [Int] {
        precondition(count.contains(fallback.count) && fallback.allSatisfy(range.contains), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, listText("integers", count), summary, range: NumberRange(range).each(count), default: listText(fallback.map(Double.init))),
            fallback: fallback) { try $0.integers(count: count, each: range) }
    }

    public static func integers(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, each range: ClosedRange<Int>, _ summary: String, otherwise: String? = nil
    ) -> OptionKey where Value == [Int]? {
        OptionKey(
            Parameter(name, listText("integers", count), summary, range: NumberRange(range).each(count), default: otherwise, isOptional: true),
            fallback: nil) { try $0.integers(count: count, each: range) }
    }

    /// A list of strings.
    public static func strings(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, _ summary: String, otherwise: String? = nil
    ) -> OptionKey where Value == [String]? {
        OptionKey(Parameter(name, listText("strings", count), summary, range: NumberRange.finite.each(count), default: otherwise, isOptional: true), fallback: nil) {
            try $0.elements(count, words: "strings") { try $0.string() }
        }
    }
}

/// A list as people write it in Lua: "{1.2, 0.6}".
public func listText(_ numbers: [Double]) -> String {
    "{" + numbers.map { $0 == .infinity ? "math.huge" : plainText($0) }.joined(separator: ", ") + "}"
}

/// "list of numbers", "list of 2 numbers".
private func listText(_ kind: String, _ count: ClosedRange<Int>) -> String {
    "list of " + (count.lowerBound == count.upperBound ? "\(count.lowerBound) " : "") + kind
}

/// How many a list may have where that is a range: "1 to 16".
private func countText(_ count: ClosedRange<Int>) -> String? {
    if count.lowerBound == count.upperBound || count == 0...Int.max { return nil }
    if count.upperBound == .max { return "at least \(count.lowerBound)" }
    return (count.lowerBound == 0 ? "at most" : "\(count.lowerBound) to") + " \(count.upperBound)"
}

extension NumberRange {
    /// The range of the elements of a list, in words.
    fileprivate func each(_ count: ClosedRange<Int>) -> String? {
        let words = [countText(count).map { $0 + " of them" }, description.isEmpty ? nil : "each " + description].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}

extension Slot {
    /// A list of numbers of a range.
    public func numbers(count: ClosedRange<Int>, each range: NumberRange) throws -> [Double] {
        try elements(count, words: "numbers", range) { try $0.number(of: range) }
    }

    /// A list of whole numbers of a range.
    public func integers(count: ClosedRange<Int>, each range: ClosedRange<Int>) throws -> [Int] {
        try elements(count, words: "whole numbers", NumberRange(range)) { try $0.integer(in: range) }
    }

    fileprivate func elements<Element>(
        _ count: ClosedRange<Int>, words: String, _ range: NumberRange = .finite, _ read: (Slot) throws -> Element
    ) throws -> [Element] {
        func expected() -> String { range.phrase("a " + listText((countText(count).map { $0 + " " } ?? "") + words, count)) }
        guard kind == .table else { throw mismatch(expected()) }
        let length = try length()
        guard count.contains(length) else {
            throw length > 0 ? ArgumentError("\(place) must be \(expected()), got \(length)") : mismatch(expected())
        }
        var elements: [Element] = []
        elements.reserveCapacity(length)
        for position in stride(from: 1, through: length, by: 1) { elements.append(try withElement(position, read)) }
        return elements
    }
}

// MARK: Reading

extension Options {
    /// The value of an option, its default where it is absent.
    ///
    /// - Throws: `ArgumentError` for another kind of value or one out of the option's range.
    public subscript<Value>(option: OptionKey<Value>) -> Value {
        get throws { try self[option.name].map(option.read) ?? option.fallback }
    }

    /// The value of an option as it lies on the stack; nil where it is absent.
    public subscript(option: RawOption) -> Slot? { self[option.parameter.name] }

    /// Whether the option was given.
    public func has(_ option: some DeclaredOption) -> Bool { self[option.parameter.name] != nil }

    /// The error that an option's value cannot be used.
    public func invalid(_ option: some DeclaredOption, _ complaint: String) -> ArgumentError {
        ArgumentError("option \(option.parameter.name) \(complaint)")
    }
}
