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
    /// One reference to all of it: a key is copied at every reading.
    let declaration: Declaration

    final class Declaration {
        let name: String
        let parameter: Parameter
        let fallback: Value
        let read: @Sendable (Slot) throws -> Value

        init(_ parameter: Parameter, fallback: Value, read: @escaping @Sendable (Slot) throws -> Value) {
            name = parameter.name
            self.parameter = parameter
            self.fallback = fallback
            self.read = read
        }
    }

    public var name: String { declaration.name }
    public var parameter: Parameter { declaration.parameter }
    /// The value where the option is absent.
    public var fallback: Value { declaration.fallback }
    var read: @Sendable (Slot) throws -> Value { declaration.read }

    init(_ parameter: Parameter, fallback: Value, read: @escaping @Sendable (Slot) throws -> Value) {
        var parameter = parameter
        parameter.reading = .key(fallback: String(describing: fallback)) { String(describing: try read($0)) }
        declaration = Declaration(parameter, fallback: fallback, read: read)
    }

    /// An option with a reading of its own.
    ///
    /// - Parameters:
    ///   - type: The Lua type in words: "list of numbers".
    ///   - range: The values that it admits, in words.
    ///   - otherwise: What happens where it is absent; nil for nothing worth a word.
    ///   - limits: The numbers that it admits, where it may be a number of a range.
    public static func value<Wrapped>(
        _ name: String, _ type: String, _ summary: String, unit: String? = nil, range: String? = nil, limits: NumberRange? = nil, otherwise: String? = nil,
        read: @escaping @Sendable (Slot) throws -> Wrapped
    ) -> OptionKey where Value == Wrapped? {
        var parameter = Parameter(name, type, summary, unit: unit, range: range ?? limits?.description, default: otherwise, isOptional: true)
        parameter.limits = limits
        return OptionKey(parameter, fallback: nil) { try read($0) }
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

    /// The same option as one that must be given; the function says what it lacks.
    public func required() -> OptionKey {
        var parameter = parameter
        parameter.isOptional = false
        return OptionKey(parameter, fallback: fallback, read: read)
    }

    /// The same option with the names that earlier versions had for it.
    public func formerly(_ names: String...) -> OptionKey {
        var parameter = parameter
        parameter.formerNames += names
        return OptionKey(parameter, fallback: fallback, read: read)
    }

    /// The same option with other words for what it is.
    public func summary(_ words: String) -> OptionKey {
        var parameter = parameter
        parameter.summary = words
        return OptionKey(parameter, fallback: fallback, read: read)
    }

    /// The same option with other words for what happens where it is absent.
    public func otherwise(_ words: String) -> OptionKey {
        var parameter = parameter
        parameter.defaultValue = words
        return OptionKey(parameter, fallback: fallback, read: read)
    }

    /// The same option with a value that holds where it is absent, as people write that in Lua.
    public func usually<Wrapped>(_ value: Wrapped, text: String) -> OptionKey where Value == Wrapped? {
        var parameter = parameter
        parameter.defaultValue = text
        return OptionKey(parameter, fallback: value, read: read)
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
// Nothing of it changes.
extension OptionKey.Declaration: @unchecked Sendable where Value: Sendable {}

/// A key of a table of options whose value the function reads itself, since that needs more than the value: a robot, say.
public struct RawOption: DeclaredOption, Sendable {
    private let declaration: Declaration

    private final class Declaration: Sendable {
        let name: String
        let parameter: Parameter

        init(_ parameter: Parameter) {
            name = parameter.name
            self.parameter = parameter
        }
    }

    public var name: String { declaration.name }
    public var parameter: Parameter { declaration.parameter }

    private init(_ parameter: Parameter) { declaration = Declaration(parameter) }

    public init(
        _ name: String, _ type: String, _ summary: String, unit: String? = nil, range: String? = nil, otherwise: String? = nil, isRequired: Bool = false
    ) {
        var parameter = Parameter(name, type, summary, unit: unit, range: range, default: otherwise, isOptional: !isRequired)
        parameter.reading = .function
        self.init(parameter)
    }

    /// The same option with other words for what happens where it is absent.
    public func otherwise(_ words: String) -> RawOption {
        var parameter = parameter
        parameter.defaultValue = words
        return RawOption(parameter)
    }

    /// The same option with the names that earlier versions had for it.
    public func formerly(_ names: String...) -> RawOption {
        var parameter = parameter
        parameter.formerNames += names
        return RawOption(parameter)
    }
}

// MARK: Reading

extension Options {
    /// The value of an option, its default where it is absent.
    ///
    /// - Throws: `ArgumentError` for another kind of value or one out of the option's range.
    public subscript<Value>(option: OptionKey<Value>) -> Value {
        get throws {
            guard let slot = self[option.declaration.name] else { return option.declaration.fallback }
            return try option.declaration.read(slot)
        }
    }

    /// The value of an option as it lies on the stack; nil where it is absent.
    public subscript(option: RawOption) -> Slot? { self[option.name] }

    /// Whether the option was given.
    public func has(_ option: some DeclaredOption) -> Bool { self[option.parameter.name] != nil }

    /// The options of a list that were given, in its order.
    public func given(_ options: [any DeclaredOption]) -> [any DeclaredOption] { options.filter { self[$0.parameter.name] != nil } }

    /// The error that an option's value cannot be used.
    public func invalid(_ option: some DeclaredOption, _ complaint: String) -> ArgumentError {
        ArgumentError("option \(option.parameter.name) \(complaint)")
    }
}
