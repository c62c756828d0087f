/// A parameter of a Lua function, or a key of its table of options.
public struct Parameter: Sendable {
    public var name: String
    /// Its names in earlier versions: such a key is read as this one, with a note, and is not in the help.
    public internal(set) var formerNames: [String] = []
    /// The Lua type in words: "number", "Pose", "list of numbers".
    public var type: String
    public var summary: String
    /// The unit, where there is one: "m", "rad".
    public var unit: String?
    /// The default in words; a parameter with one may be omitted.
    public var defaultValue: String?
    public var isOptional: Bool
    /// Whether further arguments may follow that are as this one.
    public var isRepeated: Bool
    /// The values that are admitted, in words: "1 to 100".
    public var range: String?
    /// The words that a string may be, where there are only some.
    public var choices: [String]
    /// The keys of a table of options; empty for other parameters.
    public var options: [Parameter]
    /// The numbers that it admits, where it is a number of a range.
    public internal(set) var limits: NumberRange?
    /// Who reads it.
    public internal(set) var reading = Reading.unknown

    /// Who reads a key of a table of options.
    public enum Reading: Sendable {
        /// Not declared with its reading.
        case unknown
        /// The declaration itself, so that text and reading agree: what is read from a value, in Swift's words, and what stands for none.
        case key(fallback: String, read: @Sendable (Slot) throws -> String)
        /// The function, since the value means nothing without what else it was given.
        case function
    }

    /// Whether it was declared as an ``OptionKey`` or a ``RawOption``.
    public var isDeclared: Bool { if case .unknown = reading { false } else { true } }

    public init(
        _ name: String, _ type: String, _ summary: String, unit: String? = nil, range: String? = nil, default defaultValue: String? = nil,
        isOptional: Bool = false, isRepeated: Bool = false, choices: [String] = [], options: [any DeclaredOption] = []
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.unit = unit
        self.range = range.flatMap { $0.isEmpty ? nil : $0 }
        self.defaultValue = defaultValue
        self.isOptional = isOptional || defaultValue != nil
        self.isRepeated = isRepeated || name == "..."
        self.choices = choices
        self.options = options.map(\.parameter)
    }

    /// A table of options as the last parameter.
    public static func options(isOptional: Bool = true, _ options: [any DeclaredOption]) -> Parameter {
        Parameter("options", "table", "options by name", isOptional: isOptional, options: options)
    }

    /// Unit, range and default in words, for help and the stub.
    public var notes: [String] {
        var notes = unit.map { ["in \($0)"] } ?? []
        if let range { notes.append(choices.isEmpty ? range : "one of \(range)") }
        if let defaultValue { notes.append("default: \(defaultValue)") }
        return notes
    }
}
