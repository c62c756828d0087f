import LuaBridge

/// Help, made from the registry.
struct HelpText {
    let registry: Registry
    let width: Int

    // MARK: Overview

    var overview: String {
        var lines = [prose("avips learns all solutions of a problem at once, such as all the ways in which a robot reaches a pose.", 0), ""]
        for namespace in registry.namespaces {
            lines.append(namespace)
            lines += list(registry.functions.filter { $0.owner == namespace })
            lines.append("")
        }
        lines.append(("objects: " + registry.types.filter { !$0.methods.isEmpty || !$0.properties.isEmpty }.map(\.name).joined(separator: ", ")).wrapped(to: width, hanging: 2))
        lines.append(prose("avips.help \"robot\" explains a function or an object; avips.apropos \"word\" searches.", 0))
        lines.append(prose("At the prompt: ?topic, !command of the shell, %time code, %debug code or script, edit; TAB completes.", 0))
        return lines.joined(separator: "\n")
    }

    private func list(_ functions: [Function]) -> [String] {
        var table = TextTable([.left, .left])
        table.keepsSpaces = true
        for function in functions { table.add([function.shortName, function.summary]) }
        return table.lines(within: width)
    }

    // MARK: One function

    func text(of function: Function) -> String {
        var lines = [function.signature.wrapped(to: width, hanging: 4), prose(function.summary, 2)]
        if !function.parameters.isEmpty { lines.append("") }
        for parameter in function.parameters {
            if parameter.options.isEmpty {
                lines += table([parameter], indent: 2)
            } else {
                lines.append("  options")
                lines += table(parameter.options, indent: 4)
            }
        }
        lines += ["", prose("returns " + function.returns, 2)]
        if !function.example.isEmpty {
            lines += ["", "  example"]
            lines.append(function.example.indentedCode(to: width))
        }
        return lines.joined(separator: "\n")
    }

    private func prose(_ text: String, _ indent: Int) -> String {
        (String(repeating: " ", count: indent) + text).wrapped(to: width, hanging: 0)
    }

    private func table(_ parameters: [Parameter], indent: Int) -> [String] {
        var table = TextTable([.left, .left, .left])
        (table.indent, table.keepsSpaces) = (indent, true)
        for parameter in parameters { table.add([parameter.name, parameter.type, parameter.summary + notes(parameter)]) }
        return table.lines(within: width)
    }

    // MARK: One type

    func text(of type: ObjectType) -> String {
        var lines = [type.name, prose(type.summary, 2)]
        if !type.properties.isEmpty {
            lines += ["", "  fields"]
            var table = TextTable([.left, .left, .left])
            (table.indent, table.keepsSpaces) = (4, true)
            for property in type.properties { table.add([property.name, property.type, property.summary]) }
            lines += table.lines(within: width)
        }
        if !type.methods.isEmpty {
            lines += ["", "  methods"]
            for method in type.methods { lines += [("    " + method.signature).wrapped(to: width, hanging: 4), prose(method.summary, 6)] }
        }
        return lines.joined(separator: "\n")
    }

    func text(ofNamespace name: String) -> String {
        let functions = registry.functions.filter { $0.owner == name }
        return ([name] + functions.flatMap { [("  " + $0.signature).wrapped(to: width, hanging: 4), prose($0.summary, 4)] }).joined(separator: "\n")
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
        let fields = self.fields(named: name), options = self.options(named: name)
        if !matches.isEmpty { return (matches.map { text(of: $0) } + [fields, options].compactMap(\.self)).joined(separator: "\n\n") }
        if let type = registry.types.first(where: { $0.name.lowercased() == name.lowercased() }) { return text(of: type) }
        let parts = [fields, options].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
    }

    /// The fields of that name, type by type; nil where there is none.
    private func fields(named name: String) -> String? {
        let found = registry.types.flatMap { type in type.properties.filter { $0.name == name }.map { (type, $0) } }
        guard !found.isEmpty else { return nil }
        var table = TextTable([.left, .left, .left])
        for (type, property) in found { table.add(["\(type.spokenName).\(name)", property.type, property.summary]) }
        return (["\(name) is a field of"] + table.lines(within: width)).joined(separator: "\n")
    }

    /// What the option of that name means, function by function; nil where there is none.
    private func options(named name: String) -> String? {
        var found: [(text: String, functions: [String])] = []
        for function in registry.all {
            for option in function.parameters.flatMap(\.options) where option.name == name {
                let text = "\(option.type): \(option.summary)" + notes(option)
                if let known = found.firstIndex(where: { $0.text == text }) { found[known].functions.append(function.spokenName) } else {
                    found.append((text, [function.spokenName]))
                }
            }
        }
        guard !found.isEmpty else { return nil }
        return found.map { "\(name) is an option of \($0.functions.joined(separator: ", "))\n  \($0.text)".wrapped(to: width, hanging: 2) }.joined(separator: "\n")
    }

    private func notes(_ parameter: Parameter) -> String {
        let notes = parameter.notes + (parameter.defaultValue == nil && parameter.isOptional ? ["optional"] : [])
        return notes.isEmpty ? "" : " (" + notes.joined(separator: "; ") + ")"
    }

    /// The sentence for a name that stands for nothing.
    func unknown(_ name: String) -> String {
        let options = registry.all.flatMap { $0.parameters.flatMap(\.options).map(\.name) }
        let names = registry.all.flatMap { [$0.shortName, $0.spokenName] } + registry.types.map(\.name) + options
        return "there is no help on '\(name)'" + suggestion(for: name, among: names)
    }

    /// One line for each function, method, type and field that every word of a search occurs in, by its own name or by what the field
    /// calls it; the nearest first.
    func mentions(of search: String) -> [String] {
        let words = search.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
        // Signs only, such as "2π", are searched for as they are.
        let wanted = words.isEmpty ? [search.lowercased()] : words
        let meant = Set(registry.synonyms[search.lowercased()] ?? wanted.flatMap { registry.synonyms[$0] ?? [] })
        var found: [(rank: Int, name: String, summary: String)] = []
        func add(_ name: String, _ shortName: String, _ summary: String, _ more: [String]) {
            let texts = ([name, summary] + more).joined(separator: " ").lowercased()
            let isNamed = wanted.joined(separator: "_") == shortName.lowercased(), isMeant = meant.contains(shortName)
            guard isNamed || isMeant || wanted.allSatisfy(texts.contains) else { return }
            let heading = (name + " " + summary).lowercased()
            found.append((isNamed ? 0 : isMeant ? 1 : wanted.allSatisfy(heading.contains) ? 2 : 3, name, summary))
        }
        for function in registry.all {
            let parameters = function.parameters.flatMap { [$0] + $0.options }
            add(function.spokenName, function.shortName, function.summary, [function.returns] + parameters.flatMap { [$0.name, $0.summary] })
        }
        for type in registry.types {
            add(type.name, type.name, type.summary, [])
            for property in type.properties { add("\(type.spokenName).\(property.name)", property.name, property.summary, []) }
        }
        var table = TextTable([.left, .left])
        table.indent = 0
        for rank in 0...3 { for item in found where item.rank == rank { table.add([item.name, item.summary]) } }
        return table.lines(within: width)
    }
}

extension ObjectType {
    /// The name as calls have it: "robot" in robot:fk.
    fileprivate var spokenName: String { name.prefix(1).lowercased() + name.dropFirst() }
}
