import Files
import LuaBridge

/// Calls that are looked at, one of them chosen: its place in the source, its variables, and code that is run with them.
final class DebuggerView {
    private let session: Session
    let frames: [StackFrame]
    private(set) var chosen = 0
    /// What the names of a frame's variables stand for, as a table of globals for code.
    private var environment: Reference?

    /// What was entered at the prompt when the calls were made.
    private let entered: String?

    /// - Parameter entered: the newest entry where none is given.
    init(session: Session, frames: [StackFrame], entered: String? = nil) {
        self.session = session
        self.entered = entered ?? session.entered.last
        self.frames = frames
    }

    var frame: StackFrame? { frames.isEmpty ? nil : frames[chosen] }

    /// Goes so many calls outward.
    ///
    /// - Returns: whether there was one.
    func move(by count: Int) -> Bool {
        let index = min(max(chosen + count, 0), frames.count - 1)
        defer { chosen = max(index, 0) }
        return index != chosen
    }

    // MARK: Texts

    /// What people call a text: the path of a file, "stdin".
    static func name(of source: String) -> String { ["@", "="].contains(source.first) ? String(source.dropFirst()) : "a text" }

    private func heading(_ frame: StackFrame) -> String { "\(DebuggerView.name(of: frame.source)):\(frame.line): in \(frame.function)" }

    /// Where the chosen call stands, with the lines around.
    var place: String { place(around: 3) }

    func place(around count: Int) -> String {
        guard let frame else { return "no call of a function in Lua\n" }
        var text = heading(frame) + "\n"
        guard let source = lines(of: frame) else { return text.harmless() }
        let first = max(1, frame.line - count), last = min(source.count, frame.line + count)
        guard first <= last else { return text.harmless() }
        let width = "\(last)".count
        for number in first...last {
            let digits = "\(number)"
            let padded = String(repeating: " ", count: width - digits.count) + digits
            text += "  \(number == frame.line ? "->" : "  ") \(padded)  \(source[number - 1])\n"
        }
        return text.harmless()
    }

    /// All calls, the innermost first.
    var calls: String {
        frames.enumerated().map { "  \($0 == chosen ? "->" : "  ") \(heading($1))\n" }.joined().harmless()
    }

    private func lines(of frame: StackFrame) -> [Substring]? {
        var text: String?
        if frame.source.first == "@" {
            text = (try? FileReading(path: String(frame.source.dropFirst()), limit: 1 << 24).bytes()).map { String(decoding: $0, as: UTF8.self) }
        } else if frame.source == "=stdin" {
            text = frame.lines.map { session.entered.text(withFunctionOn: $0, named: frame.name) } ?? entered
        }
        return text?.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The variables of the chosen call, one a line.
    func variables() -> String {
        let variables = (frame?.variables ?? []).filter { $0.name != "_ENV" }
        guard !variables.isEmpty else { return "  no local variables\n" }
        var table = TextTable([.left, .left, .left])
        table.indent = 2
        for variable in variables {
            let line = session.text(of: [variable.value]).split(separator: "\n").first.map(String.init) ?? ""
            table.add([variable.name, line.count > 70 ? line.prefix(69) + "…" : line, variable.isOuter ? "(of a function around)" : ""])
        }
        return table.lines(within: session.display.width).joined(separator: "\n") + "\n"
    }

    // MARK: Code

    /// Runs code that sees the variables of the chosen call and may change them; an expression gives its values.
    func evaluate(_ text: String) throws -> [Value] {
        let state = session.state
        let chunk = try (try? state.load("return " + text, name: "=debug")) ?? state.load(text, name: "=debug")
        try state.setEnvironment(of: chunk, to: try environment ?? makeEnvironment())
        return try state.call(chunk)
    }

    private func makeEnvironment() throws -> Reference {
        let state = session.state
        let read = try state.function("read a variable") { [unowned self] arguments in
            if arguments[1].kind == .string, let value = try frame?.value(of: arguments[1].string()) { return .several([.boolean(true), value]) }
            return .several([.boolean(false), globals])
        }
        let write = try state.function("change a variable") { [unowned self] arguments in
            if arguments[1].kind == .string, try frame?.set(arguments[1].string(), to: arguments[2].value) == true { return .several([.boolean(true)]) }
            return .several([.boolean(false), globals])
        }
        let make = try state.load(
            """
            local read, write, setmetatable = ...
            return setmetatable({}, {
              __index = function(_, name)
                local known, value = read(name)
                if known then return value end
                return value[name]
              end,
              __newindex = function(_, name, value)
                local known, globals = write(name, value)
                if not known then globals[name] = value end
              end,
            })
            """, name: "=debug")
        guard case .reference(let table)? = try state.call(make, [.reference(read), .reference(write), state[global: "setmetatable"]]).first else {
            throw LuaError("no table for the variables could be made")
        }
        environment = table
        return table
    }

    /// The globals of the chosen call.
    private var globals: Value { frame?.value(of: "_ENV") ?? .reference(session.state.globals) }
}
