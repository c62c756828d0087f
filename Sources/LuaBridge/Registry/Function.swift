/// One Lua function as data, from which checks, help, completion, the reference and the tests are made.
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
    /// Its names in earlier versions, without namespaces: scripts find it by these, with a note; help does not.
    public private(set) var formerNames: [String] = []
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

    /// The same function with the names that earlier versions had for it, without namespaces.
    public func formerly(_ names: String...) -> Function {
        var function = self
        function.formerNames += names
        return function
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

    /// The call as scripts write it: `robot:fk(q)`, `avips.pose{ xyz=, quat= }`.
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
