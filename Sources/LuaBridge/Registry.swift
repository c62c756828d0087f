/// All that a state offers to Lua, as data.
public struct Registry {
    /// In the order of registration.
    public internal(set) var functions: [Function] = []
    public internal(set) var types: [ObjectType] = []

    /// What people call things elsewhere, in lower case, and the names that they have here; for suggestions and searches.
    public var synonyms: [String: [String]] = [:]

    /// Functions and methods together.
    public var all: [Function] { functions + types.flatMap(\.methods) }

    /// The function with a full name; a method is found as "Robot:fk" and as "robot:fk".
    public func function(named name: String) -> Function? {
        all.first { $0.name == name || $0.spokenName == name }
    }

    public func type(named name: String) -> ObjectType? { types.first { $0.name == name } }

    func type(of contents: Any.Type) -> ObjectType? { types.first { $0.contentsType == contents } }

    /// The namespaces that have functions: "avips", "avips.json".
    public var namespaces: [String] {
        var names: [String] = []
        for function in functions where !names.contains(function.owner) { names.append(function.owner) }
        return names
    }
}
