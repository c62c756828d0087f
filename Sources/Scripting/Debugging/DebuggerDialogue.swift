import LuaBridge

/// What a person and the debugger say to each other while code is stopped.
struct DebuggerDialogue {
    let debugger: Debugger
    let view: DebuggerView
    let host: any SessionHost
    private var session: Session { debugger.session }
    private var isStanding: Bool { view.frame?.isStanding == true }

    init(debugger: Debugger, view: DebuggerView, host: any SessionHost) {
        self.debugger = debugger
        self.view = view
        self.host = host
    }

    private static let prompt = "debug> "

    private static let commands: [(names: [String], text: String)] = [
        (["step", "s"], "continue to the next line, into calls"), (["next", "n"], "continue to the next line of this function"),
        (["finish", "f"], "continue to the caller"), (["continue", "c"], "continue to the next breakpoint"),
        (["quit", "q"], "end the code"), (["where", "w"], "the calls"), (["up", "u"], "look at the caller"), (["down", "d"], "look at what it calls"),
        (["locals", "l"], "the variables here"), (["list"], "the source around"),
        (["break [FILE:]LINE [if CONDITION]", "b"], "stop there; alone: the list"), (["delete [NUMBER]"], "remove a breakpoint, or all"),
        (["anything else"], "Lua, with the variables here, which it may change; =n or print(n) where n is a command"),
    ]

    /// Asks until the code is to go on.
    func run() throws -> Debugger.Answer {
        var last = ""
        while true {
            let line: String
            do {
                guard let typed = try host.readCommand(prompt: Self.prompt) else { return .goOn }
                line = typed
            } catch let error as LuaError where error.kind == .interrupt {
                guard Interrupt.endingSignal == nil else { return .quit }
                session.state.clearInterrupt()
                continue
            }
            var text = line.trimmed
            if text.isEmpty { text = last }
            guard !text.isEmpty else { continue }
            last = ["step", "s", "next", "n", "up", "u", "down", "d"].contains(text) ? text : ""
            if let answer = answer(to: text) { return answer }
        }
    }

    /// What a command asks for; nil where the talk goes on.
    private func answer(to text: String) -> Debugger.Answer? {
        let word = String(text.prefix { $0 != " " }), rest = String(text.dropFirst(word.count)).trimmed
        let isAlone = rest.isEmpty
        switch word {
        case "step" where isAlone, "s" where isAlone: return goOn(.step)
        case "next" where isAlone, "n" where isAlone: return goOn(.next)
        case "finish" where isAlone, "f" where isAlone: return goOn(.finish)
        case "continue" where isAlone, "c" where isAlone: return .goOn
        case "quit" where isAlone, "q" where isAlone, "exit" where isAlone: return isStanding ? .quit : .goOn
        case "where" where isAlone, "w" where isAlone, "bt" where isAlone: host.present(view.calls)
        case "up" where isAlone, "u" where isAlone: move(by: 1)
        case "down" where isAlone, "d" where isAlone: move(by: -1)
        case "locals" where isAlone, "l" where isAlone: host.present(session.display.spelled(view.variables()))
        case "list" where isAlone: host.present(view.place(around: 8))
        case "help" where isAlone, "h" where isAlone, "?" where isAlone: help()
        case "break", "b": setBreakpoint(rest)
        case "delete": delete(rest)
        default: evaluate(text)
        }
        return nil
    }

    private func goOn(_ answer: Debugger.Answer) -> Debugger.Answer? {
        guard isStanding else {
            session.warn("the code has ended: its calls can only be looked at; q leaves")
            return nil
        }
        return answer
    }

    private func move(by count: Int) {
        guard view.move(by: count) else { return session.warn(count > 0 ? "this is the outermost call" : "this is the innermost call") }
        host.write(view.place)
    }

    private func help() {
        var table = TextTable([.left, .left])
        table.indent = 2
        for command in Self.commands { table.add([command.names.joined(separator: ", "), command.text]) }
        host.write(session.display.spelled(table.lines(within: session.display.width).joined(separator: "\n") + "\n"))
    }

    // MARK: Breakpoints

    private func setBreakpoint(_ text: String) {
        guard !text.isEmpty else {
            let lines = debugger.breakpoints.enumerated().map { "  \($0 + 1)  \($1.text)\n" }
            return host.write(lines.isEmpty ? "no breakpoints\n" : lines.joined().harmless())
        }
        let place = String(text.prefix { $0 != " " }), condition = String(text.dropFirst(place.count)).trimmed
        guard condition.isEmpty || condition.hasPrefix("if "), let breakpoint = breakpoint(place, condition) else {
            return session.warn("a breakpoint is written [FILE:]LINE [if CONDITION], such as break 12, or break fit.lua:12 if i > 100")
        }
        debugger.add(breakpoint)
        host.write("breakpoint at \(breakpoint.text)\n".harmless())
    }

    private func breakpoint(_ place: String, _ condition: String) -> Debugger.Breakpoint? {
        let colon = place.lastIndex(of: ":")
        let digits = colon.map { String(place[place.index(after: $0)...]) } ?? place
        guard let line = Int(digits), line > 0 else { return nil }
        let file = colon.map { String(place[..<$0]) } ?? view.frame.map { DebuggerView.name(of: $0.source) } ?? ""
        return Debugger.Breakpoint(file: file, line: line, condition: condition.isEmpty ? nil : String(condition.dropFirst(3)))
    }

    private func delete(_ text: String) {
        if text.isEmpty { return debugger.removeAllBreakpoints() }
        if Int(text).flatMap({ debugger.removeBreakpoint($0) }) == nil { session.warn("there is no breakpoint \(text); break lists them") }
    }

    // MARK: Code

    private func evaluate(_ text: String) {
        do {
            let values = try view.evaluate(text.first == "=" ? String(text.dropFirst()) : text)
            if !values.isEmpty { session.present(session.text(of: values) + "\n") }
        } catch {
            session.warn((error as? LuaError)?.message ?? "\(error)")
            session.state.clearInterrupt()
        }
    }
}

extension String {
    /// Without blanks at both ends.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
