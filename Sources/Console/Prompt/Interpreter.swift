import Glibc
import LuaBridge
import Scripting

/// A session as the console uses it: entries of the prompt, scripts and statements.
final class Interpreter {
    let session: Session
    var state: LuaState { session.state }

    /// What a safe session may use; nil where there are no limits.
    let safety: SafeLimits?
    /// Where results go as rows of JSON; nil where they are shown to a person.
    let rows: JSONRows?
    let hints: Hints

    init(session: Session, safety: SafeLimits? = nil, rows: JSONRows? = nil) {
        self.session = session
        self.safety = safety
        self.rows = rows
        hints = Hints(state: session.state)
    }

    // MARK: Entries

    /// What compiling an entry came to.
    enum Compilation {
        case complete(Reference, isExpression: Bool)
        /// More rows could complete it; the error is what the end of the input makes of it.
        case incomplete(LuaError)
        case failed(LuaError)
    }

    /// Compiles an entry as an expression where it is one, else as statements.
    func compile(_ source: String) -> Compilation {
        var isIncomplete = false
        do {
            return .complete(try state.load("return " + source, name: "=stdin"), isExpression: true)
        } catch {
            isIncomplete = (error as? LuaError)?.isIncomplete ?? false
        }
        do {
            return .complete(try state.load(source, name: "=stdin"), isExpression: false)
        } catch {
            let error = error as? LuaError ?? LuaError("\(error)")
            return (isIncomplete || error.isIncomplete) && !isFinal(error) ? .incomplete(error) : .failed(error)
        }
    }

    /// Whether an error at the end of the text is one all the same: a string cannot go on in the next row, and
    /// a method without its arguments is more likely forgotten than unfinished.
    private func isFinal(_ error: LuaError) -> Bool {
        ["unfinished string", "function arguments expected"].contains { error.message.contains($0) }
    }

    /// Runs a compiled entry and returns its values; those of a computation that was stopped and kept what it had, too.
    func run(_ function: Reference) throws -> [Value] {
        renew()
        defer { session.concludeTrainings() }
        let values = try state.call(function)
        state.clearInterrupt()
        return values
    }

    /// Ends an interruption and begins a new allowance of what a safe session may use.
    func renew() {
        state.clearInterrupt()
        renewLimits()
    }

    private func renewLimits() {
        state.renewLimits()
        if let seconds = safety?.seconds { Interrupt.limitProcessorTime(seconds: seconds) }
    }

    // MARK: Scripts

    /// Runs a part of a script, after which no other follows where it was interrupted. Ctrl-C that came before it begins is no less meant.
    private func runPart(_ function: Reference, _ arguments: [Value] = []) throws -> [Value] {
        try stopIfAsked()
        renewLimits()
        defer { session.concludeTrainings() }
        let values = try state.call(function, arguments)
        try stopIfAsked()
        return values
    }

    /// - Throws: `LuaError` where running code was asked to stop.
    func stopIfAsked() throws {
        guard !state.isInterrupted else { throw LuaError("interrupted", kind: state.isExhausted ? .limit : .interrupt) }
    }

    /// Runs a statement of the command line, or an expression where values are to be reported.
    func run(statement: String) throws {
        let name = "=(command line)"
        let expression = rows == nil ? nil : try? state.load("return " + statement, name: name)
        try report(runPart(expression ?? state.load(statement, name: name)))
    }

    /// Writes results as rows of JSON where that was asked for.
    func report(_ values: [Value]) throws {
        for value in values { try rows?.write(value, in: session) }
    }

    /// Loads a module into a global of its name.
    func load(module: String) throws {
        guard case .reference(let require) = state[global: "require"] else { throw LuaError("a safe session loads no modules") }
        state[global: module] = try state.call(require, [.string(module)]).first ?? .nil
    }

    /// Runs a file with its arguments.
    func run(file path: String, arguments: [String] = []) throws {
        try report(runPart(state.load(file: path), arguments.map(Value.string)))
    }

    /// Runs all of standard input as one chunk.
    func runStandardInput(arguments: [String] = []) throws {
        var bytes = try Interpreter.standardInput()
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
        if bytes.first == UInt8(ascii: "#") {  // a first line for the shell keeps its row
            let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
            bytes.removeSubrange(..<end)
        }
        try report(runPart(state.load(String(decoding: bytes, as: UTF8.self), name: "=stdin"), arguments.map(Value.string)))
    }

    /// Sets the global `arg`: the script at 0, its arguments from 1, what precedes it below 0.
    ///
    /// - Parameter position: where in the command line the script stands.
    func setArguments(_ commandLine: [String], script position: Int) throws {
        let function = try state.load(
            """
            local words, position = ...
            arg = {}
            for index, word in ipairs(words) do arg[index - 1 - position] = word end
            """, name: "=arg")
        try state.call(function, [.list(commandLine.map(Value.string)), .integer(position)])
    }

    /// Lets `require` search directories before all others.
    func addModuleDirectories(_ directories: [String]) {
        guard let path = state.packagePath else { return }
        state.packagePath = (directories.flatMap { ["\($0)/?.lua", "\($0)/?/init.lua"] } + [path]).joined(separator: ";")
    }

    private static func standardInput() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(STDIN_FILENO, &block, block.count)
            if count < 0 && errno == EINTR {
                try Interrupt.process.stopIfRaised()
                continue
            }
            guard count > 0 else { return bytes }
            bytes += block[..<count]
        }
    }
}
