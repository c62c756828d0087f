import LuaBridge

/// avips.show, avips.example and avips.who: what the prompt does, as functions.
struct PromptEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(Function(
            "avips.show", "Shows values as the prompt does: tables sorted and cut to the screen, numbers in full when alone.",
            parameters: [Parameter("...", "any", "what to show", isOptional: true)], returns: "the values",
            example: "local first, second = avips.show({ b = 2, a = { 1, 2, 3 } }, 0.1)\nassert(second == 0.1)"
        ) { arguments in
            let values = arguments.all.map(\.value)
            session.show(values)
            if session.keepsResults, let first = values.first, !first.isNil { session.keep(first) }
            return .several(values)
        })
        try state.register(Function(
            "avips.example", "Shows the example in the help of a function, and runs it.",
            parameters: [Parameter("f", "function or string", "a function of avips, or its name")], returns: "nothing",
            example: "avips.example(avips.pose)"
        ) { arguments in
            let function = try exampled(arguments[1])
            session.tell(function.example.indentedCode(to: display.width))
            try state.call(state.load(function.example, name: "=example"))
            return .none
        })
        try state.register(Function(
            "avips.who", "Lists the variables made so far: names, types, and what they hold.",
            returns: "string, a line for each", example: "answer = 42\nassert(avips.who():find \"answer\")\nanswer = nil"
        ) { _ in .string(display.spelled(variables)) })
    }

    private func exampled(_ slot: Slot) throws -> Function {
        if slot.kind == .string {
            let name = try slot.string()
            let all = state.registry.all
            let found = state.registry.function(named: name) ?? state.registry.function(named: "avips." + name)
                ?? all.first { $0.shortName == name }
            guard let found else { throw slot.invalid("names no function (\"\(name)\")" + suggestion(for: name, among: all.flatMap { [$0.shortName, $0.spokenName] })) }
            return found
        }
        guard let function = state.registeredFunction(slot.value) else { throw slot.mismatch("a function of avips, or the name of one") }
        return function
    }

    private var variables: String {
        let names = session.variableNames
        guard !names.isEmpty else { return "no variables yet" }
        var table = TextTable([.left, .left, .left])
        table.indent = 0
        for name in names {
            let value = state[global: name]
            table.add([name, typeName(of: value), summary(of: value)])
        }
        return table.lines(within: display.width).joined(separator: "\n")
    }

    private func typeName(of value: Value) -> String {
        switch value {
        case .nil, .none: "nil"
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string, .bytes: "string"
        default: state.objectType(of: value)?.name ?? ((try? state.withSlot(value) { $0.kind.name }) ?? "?")
        }
    }

    /// What a variable holds, in half a line.
    private func summary(of value: Value) -> String {
        var style = display
        style.isColored = false
        return session.withDisplay(style) { briefText(of: value) }
    }

    private func briefText(of value: Value) -> String {
        if case .reference = value, state.objectType(of: value) == nil,
           let kind = try? state.withSlot(value, { $0.kind }), kind == .table || kind == .function {
            if kind == .function { return state.registeredFunction(value)?.signature ?? "" }
            let length = (try? state.withSlot(value) { try $0.length() }) ?? 0
            let names = (try? state.withSlot(value) { slot in
                var count = 0
                try slot.forEachEntry { _, _ in count += 1 }
                return count
            }) ?? 0
            return length == names ? NumberText.counted(length, "element") : NumberText.counted(names, "field")
        }
        let line = session.text(of: [value]).split(separator: "\n").first.map(String.init) ?? ""
        return line.count > 60 ? line.prefix(59) + "…" : line
    }
}

extension Value {
    /// Whether it is `nil` or nothing.
    var isNil: Bool {
        switch self {
        case .nil, .none: true
        default: false
        }
    }
}
