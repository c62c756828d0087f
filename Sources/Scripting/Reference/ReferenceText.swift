import LuaBridge

/// The reference of all functions and objects in Markdown, made from the registry.
struct ReferenceText {
    let registry: Registry

    var text: String {
        var lines = [
            "# Reference", "",
            "Made by `avips --reference` from the entries that the prompt's help shows; `scripts/generate` writes it anew. SI units and "
                + "radians throughout. Arguments in brackets may be omitted; options go into a table, `f(x, { count = 10 })`.", "",
            "- Functions: " + registry.namespaces.map { "[\($0)](#\(anchor($0)))" }.joined(separator: ", "),
            "- Objects: " + types.map { "[\($0.name)](#\(anchor($0.name)))" }.joined(separator: ", "),
        ]
        for namespace in registry.namespaces {
            lines += ["", "## \(namespace)"]
            for function in registry.functions where function.owner == namespace { lines += entry(function) }
        }
        for type in types { lines += entry(type) }
        lines += formerNames
        return lines.joined(separator: "\n") + "\n"
    }

    /// What earlier versions called things.
    private var formerNames: [String] {
        let renamings = registry.renamings
        guard !renamings.isEmpty else { return [] }
        return [
            "", "## Names of earlier versions", "",
            "These answer until the next version, and say once a session, on standard error, how they are called now.", "",
            "| earlier | now | where |", "|---|---|---|",
        ] + renamings.map { "| `\($0.former)` | `\($0.name)` | \($0.places.map { "`\($0)`" }.joined(separator: ", ")) |" }
    }

    private var types: [ObjectType] { registry.types.filter { !$0.methods.isEmpty || !$0.properties.isEmpty || $0.hasElements } }

    private func entry(_ type: ObjectType) -> [String] {
        var lines = ["", "## \(type.name)", "", type.summary]
        if !type.properties.isEmpty {
            lines += ["", "| field | type | what it is |", "|---|---|---|"]
            lines += type.properties.map { "| `\($0.name)` | \(cell($0.type)) | \(cell($0.summary)) |" }
        }
        for method in type.methods { lines += entry(method) }
        return lines
    }

    private func entry(_ function: Function) -> [String] {
        var lines = ["", "### \(function.spokenName)", "", "`\(function.signature)`", "", function.summary]
        let parameters = function.parameters.flatMap { $0.options.isEmpty ? [$0] : $0.options }
        if !parameters.isEmpty {
            lines += ["", "| argument | type | what it is | unit | range | default |", "|---|---|---|---|---|---|"]
            for parameter in function.parameters {
                lines += parameter.options.isEmpty ? [row(parameter, "`\(parameter.name)`")] : parameter.options.map { row($0, "`\($0.name)=`") }
            }
        }
        lines += ["", "Returns \(function.returns).", "", "```lua", function.example, "```"]
        return lines
    }

    private func row(_ parameter: Parameter, _ name: String) -> String {
        let fallback = parameter.defaultValue ?? (parameter.isOptional ? "may be omitted" : "")
        return "| \(name) | \(cell(parameter.type)) | \(cell(parameter.summary)) | \(parameter.unit ?? "") | \(cell(parameter.range ?? "")) | \(cell(fallback)) |"
    }

    private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

    /// The anchor of a heading, as Markdown's renderers make it.
    private func anchor(_ heading: String) -> String {
        heading.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    }
}

extension Session {
    /// The Markdown reference of everything registered.
    public var reference: String { ReferenceText(registry: state.registry).text }

    /// The stub of everything registered for editors, in the annotations of lua-language-server.
    public var stub: String { StubText(registry: state.registry).text }
}
