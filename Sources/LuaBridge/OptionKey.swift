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
        self.parameter = parameter
        self.fallback = fallback
        self.read = read
    }

    /// An option with a reading of its own.
    ///
    /// - Parameters:
    ///   - type: The Lua type in words: "list of numbers".
    ///   - otherwise: What happens where it is absent; nil for nothing worth a word.
    public static func value<Wrapped>(
        _ name: String, _ type: String, _ summary: String, unit: String? = nil, otherwise: String? = nil,
        read: @escaping @Sendable (Slot) throws -> Wrapped
    ) -> OptionKey where Value == Wrapped? {
        OptionKey(Parameter(name, type, summary, unit: unit, default: otherwise, isOptional: true), fallback: nil) { try read($0) }
    }

    /// An option with a default and a reading of its own.
    ///
    /// - Parameter text: The default as people write it in Lua.
    public static func value(
        _ name: String, _ type: String, default fallback: Value, text: String, _ summary: String, unit: String? = nil,
        read: @escaping @Sendable (Slot) throws -> Value
    ) -> OptionKey {
        OptionKey(Parameter(name, type, summary, unit: unit, default: text), fallback: fallback, read: read)
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
}

extension OptionKey: Sendable where Value: Sendable {}

/// A key of a table of options whose value the function reads itself, since that needs more than the value: a robot, say.
public struct RawOption: DeclaredOption, Sendable {
    public let parameter: Parameter

    public init(_ name: String, _ type: String, _ summary: String, unit: String? = nil, range: String? = nil, otherwise: String? = nil) {
        parameter = Parameter(name, type, summary, unit: unit, range: range, default: otherwise, isOptional: true)
    }
}

// MARK: Whole numbers

extension OptionKey {
    public static func integer(
        _ name: String, in range: ClosedRange<Int>, default fallback: Int, _ summary: String, unit: String? = nil
    ) -> OptionKey where Value == Int {
        precondition(range.contains(fallback), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, "integer", summary, unit: unit, range: words(for: range), default: "\(fallback)"), fallback: fallback) {
            try $0.integer(in: range)
        }
    }

    public static func integer(
        _ name: String, in range: ClosedRange<Int>, _ summary: String, unit: String? = nil, otherwise: String? = nil
    ) -> OptionKey where Value == Int? {
        OptionKey(
            Parameter(name, "integer", summary, unit: unit, range: words(for: range), default: otherwise, isOptional: true), fallback: nil) {
            try $0.integer(in: range)
        }
    }

    /// The seed of draws: any whole number.
    public static func seed(_ summary: String, name: String = "seed") -> OptionKey where Value == UInt64? {
        OptionKey(Parameter(name, "integer", summary, default: "the session's stream"), fallback: nil) { try $0.seed() }
    }

    private static func words(for range: ClosedRange<Int>) -> String {
        range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    }
}

// MARK: Numbers

/// The numbers that an option admits.
public struct NumberRange: Sendable, CustomStringConvertible {
    let bounds: ClosedRange<Double>
    let isOpenBelow: Bool
    let admitsInfinity: Bool

    /// Every finite number.
    public static let finite = NumberRange(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)

    /// The finite numbers above a bound; with infinity, where that means something.
    public static func above(_ bound: Double, orInfinity admitsInfinity: Bool = false) -> NumberRange {
        NumberRange(bound...Double.greatestFiniteMagnitude, isOpenBelow: true, admitsInfinity: admitsInfinity)
    }

    public init(_ bounds: ClosedRange<Double>) { self.init(bounds, isOpenBelow: false, admitsInfinity: false) }

    private init(_ bounds: ClosedRange<Double>, isOpenBelow: Bool, admitsInfinity: Bool) {
        self.bounds = bounds
        self.isOpenBelow = isOpenBelow
        self.admitsInfinity = admitsInfinity
    }

    func contains(_ number: Double) -> Bool {
        if number == .infinity { return admitsInfinity }
        return bounds.contains(number) && !(isOpenBelow && number == bounds.lowerBound)
    }

    public var description: String {
        let hasUpper = bounds.upperBound < .greatestFiniteMagnitude
        if bounds.lowerBound <= -.greatestFiniteMagnitude { return hasUpper ? "at most \(plainText(bounds.upperBound))" : "" }
        let lower = plainText(bounds.lowerBound)
        if isOpenBelow { return "above \(lower)" + (admitsInfinity ? ", or math.huge" : "") }
        return hasUpper ? "\(lower) to \(plainText(bounds.upperBound))" : "at least \(lower)"
    }
}

extension Slot {
    /// A number of a range.
    public func number(of range: NumberRange) throws -> Double {
        if range.admitsInfinity, kind == .number, case .number(.infinity) = value { return .infinity }
        let number = try number()
        guard range.contains(number) else {
            throw mismatch("a number" + (range.isOpenBelow || range.bounds.upperBound >= .greatestFiniteMagnitude ? " " : " from ") + range.description)
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
            Parameter(name, "number", summary, unit: unit, range: range.description, default: plainText(fallback)), fallback: fallback) {
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
            Parameter(name, "number", summary, unit: unit, range: range.description, default: otherwise, isOptional: true), fallback: nil) {
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
    public func has<Value>(_ option: OptionKey<Value>) -> Bool { self[option.name] != nil }

    /// The error that an option's value cannot be used.
    public func invalid<Value>(_ option: OptionKey<Value>, _ complaint: String) -> ArgumentError {
        self[option.name]?.invalid(complaint) ?? ArgumentError("option \(option.name) \(complaint)")
    }
}
