import LuaBridge

/// avips.help and avips.apropos
struct HelpEntries: Entries {
    unowned let session: Session

    func text(of value: Value) -> String? {
        let help = HelpText(registry: state.registry, width: display.width)
        if let function = state.registeredFunction(value) { return help.text(of: function) }
        return state.objectType(of: value).map { help.text(of: $0) }
    }

    func register() throws {
        state.registry.synonyms = Glossary.synonyms
        try state.register(Function(
            "avips.help", "Explains a function, an object or a name: signature, units, defaults, an example.",
            parameters: [Parameter("x", "function, object or string", "what to explain; without it an overview", isOptional: true)],
            returns: "string",
            example: "print(avips.help \"robot\")\nprint(avips.help(avips.pose))"
        ) { arguments in
            guard let slot = arguments.optional(1) else { return .string(session.help(on: "").text ?? "") }
            if slot.kind == .string {
                let (text, complaint) = session.help(on: try slot.string())
                guard let text else { throw ArgumentError(complaint) }
                return .string(text)
            }
            if let text = self.text(of: slot.value) { return .string(display.spelled(text)) }
            throw slot.mismatch("a function of avips, an object or a name")
        })
        try state.register(Function(
            "avips.apropos", "Lists the functions, methods and fields whose names or descriptions contain all words of a search, or synonyms of them.",
            parameters: [Parameter("words", "string", "what to search for, a word or several")], returns: "string, a line for each",
            example: "print(avips.apropos \"inverse kinematics\")"
        ) { arguments in
            let word = try arguments[1].string()
            guard !word.isEmpty else { throw arguments[1].mismatch("a word") }
            let lines = HelpText(registry: state.registry, width: display.width).mentions(of: word)
            return .string(display.spelled(lines.isEmpty ? "nothing mentions '\(word)'" : lines.joined(separator: "\n")))
        })
    }
}

extension Session {
    /// Help on a topic as the prompt's `?` takes it: a name, or nothing for the overview.
    ///
    /// - Returns: The text, or nil and a sentence with a suggestion where there is no such thing.
    public func help(on topic: String) -> (text: String?, complaint: String) {
        let help = HelpText(registry: state.registry, width: display.width)
        let name = String(topic.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "(" || $0 == ")" }.reversed())
        let ofPrompt = Session.promptHelp[String(name.drop { $0 == "%" })]?.wrapped(to: display.width)
        let texts = [ofPrompt, help.text(named: name) ?? self.help(onPath: name)].compactMap(\.self)
        if !texts.isEmpty { return (display.spelled(texts.joined(separator: "\n\n")), "") }
        return (nil, help.unknown(name))
    }

    /// What begins an entry of the prompt and is no Lua.
    private static let promptHelp = [
        "time": "%time CODE\n  Runs the rest of the line at the prompt and tells how long it took; bench(f) calls a function again and again.",
        "debug": "%debug [CODE | SCRIPT.lua ARGUMENTS]\n  Runs code or a script at the prompt and stops at its first line: step, next, finish, continue, break LINE, where, up, down, locals, and any Lua with the variables there; help lists them. "
            + "Alone it shows the calls that led to the last error. avips.breakpoint() stops a script where it stands.",
        "!": "!COMMAND\n  Runs the rest of the line in the shell.",
    ]

    // Help on what a global, or a field of one, holds: `?panda`, `?panda.fk`.
    private func help(onPath path: String) -> String? {
        let parts = path.split(whereSeparator: { $0 == "." || $0 == ":" }).map(String.init)
        guard let first = parts.first, parts.count <= 2 else { return nil }
        let value = state[global: first]
        guard let type = state.objectType(of: value) ?? state.listType(of: value) else { return parts.count == 1 ? HelpEntries(session: self).text(of: value) : nil }
        let help = HelpText(registry: state.registry, width: display.width)
        if parts.count == 1 { return help.text(of: type) }
        if let method = type.methods.first(where: { $0.shortName == parts[1] }) { return help.text(of: method) }
        return type.properties.first { $0.name == parts[1] }.map { "\(path)  \($0.type)\n  \($0.summary)" }
    }
}
