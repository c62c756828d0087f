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
public struct Parameter {
    public var name: String
    /// The Lua type in words: "number", "Pose", "list of numbers".
    public var type: String
    public var summary: String
    /// The unit, where there is one: "m", "rad".
    public var unit: String?
    /// The default in words; a parameter with one may be omitted.
    public var defaultValue: String?
    public var isOptional: Bool
    /// The keys of a table of options; empty for other parameters.
    public var options: [Parameter]

    public init(
        _ name: String, _ type: String, _ summary: String, unit: String? = nil, default defaultValue: String? = nil,
        isOptional: Bool = false, options: [Parameter] = []
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.unit = unit
        self.defaultValue = defaultValue
        self.isOptional = isOptional || defaultValue != nil
        self.options = options
    }

    /// A table of options as the last parameter.
    public static func options(isOptional: Bool = true, _ options: [Parameter]) -> Parameter {
        Parameter("options", "table", "options by name", isOptional: isOptional, options: options)
    }
}
