import LuaBridge

/// Help, made from the registry.
struct HelpText {
    let registry: Registry
    let width: Int

    // MARK: Overview

    var overview: String {
        var lines = ["avips learns all ways in which a robot can reach a pose, and solves inverse kinematics.", ""]
        for namespace in registry.namespaces {
            lines.append(namespace)
            lines += list(registry.functions.filter { $0.owner == namespace })
            lines.append("")
        }
        lines.append("objects: " + registry.types.filter { !$0.methods.isEmpty || !$0.properties.isEmpty }.map(\.name).joined(separator: ", "))
        lines.append("avips.help \"robot\" explains a function or an object; avips.apropos \"word\" searches.")
        return lines.joined(separator: "\n")
    }

    private func list(_ functions: [Function]) -> [String] {
        var table = TextTable([.left, .left])
        for function in functions { table.add([function.shortName, function.summary]) }
        return table.lines
    }

    // MARK: One function

    func text(of function: Function) -> String {
        var lines = [function.signature, "  " + function.summary]
        if !function.parameters.isEmpty { lines.append("") }
        for parameter in function.parameters {
            if parameter.options.isEmpty {
                lines += table([parameter], indent: 2)
            } else {
                lines.append("  options")
                lines += table(parameter.options, indent: 4)
            }
        }
        lines += ["", "  returns " + function.returns]
        if !function.example.isEmpty {
            lines += ["", "  example"]
            lines += function.example.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
        }
        return lines.joined(separator: "\n")
    }

    private func table(_ parameters: [Parameter], indent: Int) -> [String] {
        var table = TextTable([.left, .left, .left])
        table.indent = indent
        for parameter in parameters {
            let notes = parameter.notes + (parameter.defaultValue == nil && parameter.isOptional ? ["optional"] : [])
            table.add([parameter.name, parameter.type, parameter.summary + (notes.isEmpty ? "" : " (" + notes.joined(separator: "; ") + ")")])
        }
        return table.lines
    }

    // MARK: One type

    func text(of type: ObjectType) -> String {
        var lines = [type.name, "  " + type.summary]
        if !type.properties.isEmpty {
            lines += ["", "  fields"]
            var table = TextTable([.left, .left, .left])
            table.indent = 4
            for property in type.properties { table.add([property.name, property.type, property.summary]) }
            lines += table.lines
        }
        if !type.methods.isEmpty {
            lines += ["", "  methods"]
            for method in type.methods { lines += ["    " + method.signature, "      " + method.summary] }
        }
        return lines.joined(separator: "\n")
    }

    func text(ofNamespace name: String) -> String {
        let functions = registry.functions.filter { $0.owner == name }
        return ([name] + functions.flatMap { ["  " + $0.signature, "    " + $0.summary] }).joined(separator: "\n")
    }

    // MARK: Search

    /// Help on what a name stands for; nil where it stands for nothing.
    ///
    /// Full names come first, then short ones: "fk" is found as "robot:fk".
    func text(named name: String) -> String? {
        if name.isEmpty { return overview }
        if let function = registry.function(named: name) ?? registry.function(named: "avips." + name) { return text(of: function) }
        if let type = registry.types.first(where: { $0.name == name }) { return text(of: type) }
        for namespace in [name, "avips." + name] where registry.namespaces.contains(namespace) {
            return namespace == "avips" ? overview : text(ofNamespace: namespace)
        }
        let matches = registry.all.filter { $0.shortName == name }
        if !matches.isEmpty { return matches.map { text(of: $0) }.joined(separator: "\n\n") }
        if let type = registry.types.first(where: { $0.name.lowercased() == name.lowercased() }) { return text(of: type) }
        return nil
    }

    /// The sentence for a name that stands for nothing.
    func unknown(_ name: String) -> String {
        let names = registry.all.flatMap { [$0.shortName, $0.spokenName] } + registry.types.map(\.name)
        return "there is no help on '\(name)'" + suggestion(for: name, among: names)
    }

    /// One line for each function, method and field that a word occurs in.
    func mentions(of word: String) -> [String] {
        var table = TextTable([.left, .left])
        table.indent = 0
        let wanted = word.lowercased()
        func mentions(_ texts: String...) -> Bool { texts.contains { $0.lowercased().contains(wanted) } }
        for function in registry.all {
            let parameters = function.parameters.flatMap { [$0] + $0.options }
            if mentions(function.name, function.summary, function.returns) || parameters.contains(where: { mentions($0.name, $0.summary) }) {
                table.add([function.spokenName, function.summary])
            }
        }
        for type in registry.types {
            if mentions(type.name, type.summary) { table.add([type.name, type.summary]) }
            for property in type.properties where mentions(property.name, property.summary) {
                table.add([type.name.prefix(1).lowercased() + type.name.dropFirst() + "." + property.name, property.summary])
            }
        }
        return table.lines
    }
}
