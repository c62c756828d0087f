import LuaBridge

/// A Lua file of empty functions with LuaCATS annotations, which tells editors what there is, made from the registry.
///
/// A `#` sets words off from the type before them, since servers read some words, such as "in", as part of the type.
struct StubText {
    let registry: Registry

    var text: String {
        var lines = ["---@meta avips", "", "-- Made by `avips --stub`; `scripts/generate` writes it anew."]
        for type in registry.types { lines += declaration(type) }
        for type in registry.types {
            for method in type.methods { lines += definition(method, "\(type.name):\(method.shortName)") }
        }
        for namespace in namespaces {
            let fields = namespace == "avips" ? ["---@field version string # the version of the program"] : []
            lines += [""] + comment("functions of \(namespace)") + ["---@class \(namespace)"] + fields + overload(namespace)
                + ["\(namespace) = {}"]
        }
        for function in registry.functions { lines += definition(function, function.name) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// All namespaces, the outer before the inner.
    private var namespaces: [String] {
        var names: [String] = []
        for namespace in registry.namespaces {
            var path = ""
            for part in namespace.split(separator: ".") {
                path += path.isEmpty ? String(part) : ".\(part)"
                if !names.contains(path) { names.append(path) }
            }
        }
        return names
    }

    /// How a namespace is called that is a function as well.
    private func overload(_ namespace: String) -> [String] {
        guard let function = registry.functions.first(where: { $0.name == namespace }) else { return [] }
        let parameters = function.parameters.map { "\($0.name)\($0.isOptional ? "?" : ""): \(type(of: $0, function))" }.joined(separator: ", ")
        let results = StubType.results(function.returns, registry)
        return ["---@overload fun(\(parameters))" + (results.isEmpty ? "" : ": " + results.map(\.text).joined(separator: ", "))]
    }

    // MARK: Types

    private func declaration(_ type: ObjectType) -> [String] {
        var lines = [""] + comment(type.summary) + ["---@class \(type.name)"]
        lines += type.properties.map { "---@field \($0.name) \(StubType($0.type, registry).text) # \(oneLine($0.summary))" }
        if type.hasElements { lines.append("---@field [integer] \(StubType(elementsOf: type, registry))") }
        let operators = ["__add": "add", "__sub": "sub", "__mul": "mul", "__div": "div", "__pow": "pow"]
        for name in type.operatorNames {
            if let operation = operators[name] { lines.append("---@operator \(operation)(any): any") }
            if name == "__unm" { lines.append("---@operator unm: \(type.name)") }
            if name == "__len" { lines.append("---@operator len: integer") }
        }
        return lines + ["local \(type.name) = {}"]
    }

    // MARK: Functions

    private func definition(_ function: Function, _ name: String) -> [String] {
        var lines = [""]
        let options = function.parameters.filter { !$0.options.isEmpty }
        for parameter in options {
            lines.append("---@class \(optionsName(function, parameter))")
            lines += parameter.options.map { option in
                let mark = option.isOptional || option.defaultValue != nil || parameter.options.count > 1 ? "?" : ""
                return "---@field \(option.name)\(mark) \(StubType(option.type, registry).text) # \(oneLine(note(option)))"
            }
            lines.append("")
        }
        // One that is a namespace as well is declared there.
        if namespaces.contains(function.name) { return lines }
        lines += comment(function.summary) + ["---"]
        lines += comment("```lua\n\(function.example)\n```")
        for parameter in function.parameters {
            if parameter.name == "..." {
                lines.append("---@param ... \(StubType(parameter.type, registry).text) # \(oneLine(note(parameter)))")
                continue
            }
            lines.append("---@param \(parameter.name)\(parameter.isOptional ? "?" : "") \(type(of: parameter, function)) # \(oneLine(note(parameter)))")
        }
        let results = StubType.results(function.returns, registry)
        // What comes back is said with the first of several results.
        for (index, type) in results.enumerated() { lines.append("---@return \(type) # \(index == 0 ? oneLine(function.returns) : "see above")") }
        let names = function.parameters.map(\.name).joined(separator: ", ")
        return lines + ["function \(name)(\(names)) end"]
    }

    private func type(of parameter: Parameter, _ function: Function) -> String {
        parameter.options.isEmpty ? StubType(parameter.type, registry).text
            : parameter.type == "table" ? optionsName(function, parameter)
            : StubType(parameter.type, registry).adding(optionsName(function, parameter))
    }

    private func optionsName(_ function: Function, _ parameter: Parameter) -> String {
        function.name.replacing(":", with: ".") + "." + parameter.name
    }

    private func note(_ parameter: Parameter) -> String {
        let notes = parameter.notes
        return parameter.summary + (notes.isEmpty ? "" : " (" + notes.joined(separator: "; ") + ")")
    }

    private func oneLine(_ text: String) -> String { text.replacing("\n", with: " ") }

    private func comment(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "--- " + $0 }
    }
}

/// A type in words, as the registry has it, in the notation of LuaCATS.
struct StubType {
    private var parts: [String] = []

    /// The alternatives in "Matrix, or list of lists".
    init(_ words: String, _ registry: Registry) {
        let alternatives = words.replacing(", or ", with: "|").replacing(" or ", with: "|").replacing(", ", with: "|").split(separator: "|")
        for alternative in alternatives { add(StubType.name(alternative.trimmed, registry)) }
        if parts.isEmpty { parts = ["any"] }
    }

    /// The types of what a description of results names: "Solutions, best first", "n x dof Matrix in rad", "number, the angle; and a number, its
    /// error"; a list, where that is said to come for several.
    ///
    /// None where nothing comes back.
    static func results(_ words: String, _ registry: Registry) -> [StubType] {
        if words.hasPrefix("nothing") { return [] }
        let parts = words.split(separator: "; ").map(String.init)
        var types = [StubType(result: parts[0], registry)]
        for part in parts.dropFirst() {
            if let match = part.prefixMatch(of: #/and an? /#) {
                types.append(StubType(result: String(part[match.range.upperBound...]), registry))
            } else if types.count == 1 {
                if part.contains("list of numbers") { types[0].add("number[]") }
                if part.contains("list of that many") { types[0].add(types[0].text + "[]") }
                if part.contains("a Matrix") { types[0].add("Matrix") }
            }
        }
        return types
    }

    private init(result words: String, _ registry: Registry) {
        let whole = StubType(words, registry)
        if !whole.parts.contains("any") {
            parts = whole.parts
            return
        }
        let heading = String(words.prefix { $0 != "," && $0 != ":" && $0 != "(" })
        if heading.hasPrefix("list") {
            // "list of n numbers or Symbols in m"
            let element = heading.split(separator: " ").drop { ["list", "of", "n"].contains($0) || $0.allSatisfy(\.isNumber) }
            let kinds = heading.contains("of lists of") ? ["list of lists of numbers"]
                : element.enumerated().filter { $0.offset == 0 || $0.offset == 2 && element.dropFirst().first == "or" }.map { "list of \($0.element)" }
            for kind in kinds { add(Self.name(kind, registry)) }
            if parts.isEmpty { add("table") }
        } else {
            let known = heading.split(separator: " ").map(String.init)
            add(known.last { registry.type(named: $0) != nil || ["string", "number", "integer", "boolean", "table", "function"].contains($0) } ?? "any")
        }
        if words.contains(", a Matrix for a Matrix") { add("Matrix") }
    }

    /// The type of an object's elements, which its summary ends in: "`s[i]` is a Solution".
    init(elementsOf type: ObjectType, _ registry: Registry) {
        let match = type.summary.firstMatch(of: #/`\w\[i\]` is (?:an? |the )?(\w+)/#)
        switch match.map({ String($0.1) }) {
        case "configuration"?, "row"?: parts = ["number[]"]
        case let name? where name == "table" || registry.type(named: name) != nil: parts = [name]
        default: parts = type.summary.contains("`m[i][j]`") ? ["MatrixRow"] : type.name == "MatrixRow" ? ["number"] : ["any"]
        }
    }

    var text: String { parts.joined(separator: "|") }
    func adding(_ other: String) -> String { (parts.filter { $0 != "table" } + [other]).joined(separator: "|") }

    private mutating func add(_ name: String) { if !parts.contains(name) { parts.append(name) } }

    private static func name(_ word: String, _ registry: Registry) -> String {
        let singular: [String: String] = [
            "numbers": "number", "integers": "integer", "strings": "string", "names": "string", "tables": "table", "lists": "number[]",
            "rows": "number[]",
        ]
        for plural in ["list of ", "lists of "] where word.hasPrefix(plural) {
            let words = word.dropFirst(plural.count)
            let element = String(words.drop { $0.isNumber }.drop { $0 == " " })
            let single = element.hasSuffix("s") && registry.type(named: element) == nil ? String(element.dropLast()) : element
            let type = singular[element] ?? (registry.type(named: single) != nil ? single : name(element, registry))
            return type == "any" ? "table" : type + "[]"
        }
        if word == "list" { return "table" }
        let basic: Set<String> = ["nil", "number", "integer", "string", "boolean", "false", "table", "function", "any"]
        if basic.contains(word) { return word }
        if let type = word.split(separator: " ").map(String.init).last(where: { registry.type(named: $0) != nil }) { return type }
        return word == "object" ? "table|userdata" : "any"
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

extension StubType: CustomStringConvertible {
    var description: String { text }
}
