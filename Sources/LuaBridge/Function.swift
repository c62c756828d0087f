/// One Lua function as data: what checks, help, completion, the reference and the tests are made from.
public struct Function {
    /// The full name: "avips.json.encode", or "Robot:fk" for a method of a type.
    public var name: String
    /// One sentence.
    public var summary: String
    public var parameters: [Parameter]
    /// What comes back, with shape and unit.
    public var returns: String
    /// Lua code that runs by itself.
    public var example: String
    public var body: (Arguments) throws -> Value

    public init(
        _ name: String, _ summary: String, parameters: [Parameter] = [], returns: String, example: String,
        body: @escaping (Arguments) throws -> Value
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.returns = returns
        self.example = example
        self.body = body
    }

    /// The name without the namespaces.
    public var shortName: String {
        guard let dot = name.lastIndex(where: { $0 == "." || $0 == ":" }) else { return name }
        return String(name[name.index(after: dot)...])
    }

    /// The namespace or the type that the function belongs to: "avips.json", "Robot".
    public var owner: String {
        guard let dot = name.lastIndex(where: { $0 == "." || $0 == ":" }) else { return "" }
        return String(name[..<dot])
    }

    public var isMethod: Bool { name.contains(":") }

    /// The call as a person writes it: `robot:fk(q)`, `avips.pose{ xyz=, quat= }`.
    public var signature: String {
        if let only = parameters.first, parameters.count == 1, !only.options.isEmpty, !only.isOptional {
            return spokenName + "{ " + only.options.map { $0.name + "=" }.joined(separator: ", ") + " }"
        }
        var text = ""
        var open = 0
        for (index, parameter) in parameters.enumerated() {
            if parameter.isOptional {
                text += index == 0 ? "[" : " ["
                open += 1
            }
            if index > 0 { text += ", " }
            text += parameter.options.isEmpty
                ? parameter.name : "{" + parameter.options.map { $0.name + "=" }.joined(separator: ", ") + "}"
        }
        return spokenName + "(" + text + String(repeating: "]", count: open) + ")"
    }

    /// The name as messages give it: methods with their type in lower case, "robot:fk".
    public var spokenName: String {
        guard isMethod, let first = name.first else { return name }
        return first.lowercased() + name.dropFirst()
    }
}

/// A parameter of a Lua function, or a key of its table of options.
public struct Parameter: Sendable {
    public var name: String
    /// The Lua type in words: "number", "Pose", "list of numbers".
    public var type: String
    public var summary: String
    /// The unit, where there is one: "m", "rad".
    public var unit: String?
    /// The default in words; a parameter with one may be omitted.
    public var defaultValue: String?
    public var isOptional: Bool
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
        isOptional: Bool = false, choices: [String] = [], options: [any DeclaredOption] = []
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.unit = unit
        self.range = range.flatMap { $0.isEmpty ? nil : $0 }
        self.defaultValue = defaultValue
        self.isOptional = isOptional || defaultValue != nil
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
