/// Everything that a state offers to Lua, as data.
public struct Registry {
    /// In the order of registration.
    public internal(set) var functions: [Function] = []
    public internal(set) var types: [ObjectType] = []

    /// Names that are common elsewhere, in lower case, and the names here; for suggestions and searches.
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

    /// Every name of an earlier version that still answers: what it is called now, and the functions, types or options' functions that it belongs to.
    public var renamings: [(former: String, name: String, places: [String])] {
        var found: [(former: String, name: String, places: [String])] = []
        func add(_ former: String, _ name: String, _ place: String) {
            if let index = found.firstIndex(where: { $0.former == former && $0.name == name }) { return found[index].places.append(place) }
            found.append((former, name, [place]))
        }
        for function in all {
            for former in function.formerNames { add(former, function.shortName, function.owner) }
            for option in function.parameters.flatMap(\.options) {
                for former in option.formerNames { add(former + "=", option.name + "=", function.spokenName) }
            }
        }
        for type in types {
            for property in type.properties { for former in property.formerNames { add(former, property.name, type.name) } }
        }
        return found.sorted { ($0.former, $0.name) < ($1.former, $1.name) }
    }
}
