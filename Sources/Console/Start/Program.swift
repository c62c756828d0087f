@preconcurrency import Glibc
import LuaBridge
import Scripting

/// The program from its command line to its exit code.
public struct Program {
    private let options: CommandLineOptions
    private let commandLine: [String]
    private let output: OutputStream
    private let errors: OutputStream
    /// Where rows of JSON go; nil where results are shown to a person.
    private let rows: OutputStream?
    private let host: TerminalHost
    /// Whether a study was interrupted that goes on when the same command is given again.
    private var goesOnLater = false

    /// Runs the program and ends the process.
    ///
    /// - Parameter commandLine: the program's own name and its arguments.
    public static func main(_ commandLine: [String]) -> Never {
        Interrupt.installSignalHandlers()
        signal(SIGPIPE, SIG_DFL)  // a reader that leaves is a quiet end
        switch CommandLineRequest(arguments: Array(commandLine.dropFirst())) {
        case .explain(let text):
            OutputStream(descriptor: STDOUT_FILENO, color: .never).write(text + "\n")
            exit(0)
        case .refuse(let text):
            OutputStream(descriptor: STDERR_FILENO, color: .never).write(text.harmless() + "\n")
            exit(2)
        case .run(let options):
            var program = Program(options, commandLine)
            exit(program.run())
        }
    }

    private init(_ options: CommandLineOptions, _ commandLine: [String]) {
        self.options = options
        self.commandLine = commandLine
        rows = options.json ? OutputStream(descriptor: Program.divertStandardOutput(), color: .never) : nil
        output = OutputStream(descriptor: STDOUT_FILENO, color: options.color)
        errors = OutputStream(descriptor: STDERR_FILENO, color: options.color)
        host = TerminalHost(output: output, errors: errors)
    }

    /// Lets everything that is written to standard output, by scripts and the processes that they start, go to standard error.
    ///
    /// - Returns: the descriptor by which standard output is still reached.
    private static func divertStandardOutput() -> Int32 {
        let rows = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        return rows
    }

    // MARK: Order of events

    private mutating func run() -> Int32 {
        if let task = SideTask(options) { return finish(task) }
        if let command = KernelCommand(options) {
            let (exitCode, message) = command.run()
            errors.write("avips: \(message)\n")
            return exitCode
        }
        if options.version { output.write("avips \(Session.version)\n") }
        if options.version && !options.hasWork { return ending(0) }
        var exitCode: Int32 = 0
        do {
            let interpreter = try makeInterpreter()
            do {
                try runWhatIsGiven(interpreter)
                exitCode = try interpreter.session.runStudies(options.script?.arguments ?? [])
            } catch {
                exitCode = report(interpreter.hints.explained(error), interpreter)
            }
            if interpreter.session.isUnfinished { goesOnLater = true }
            if Interrupt.endingSignal == nil, options.interactive || !options.hasWork && isatty(STDIN_FILENO) == 1 {
                openPrompt(interpreter)
                exitCode = 0
            }
            interpreter.state.close()
            // Finalizers are code as any other.
            if exitCode == 0, Interrupt.endingSignal == nil { try interpreter.stopIfAsked() }
        } catch {
            exitCode = report(error)
        }
        return ending(exitCode)
    }

    private func makeInterpreter() throws -> Interpreter {
        if options.ignoresEnvironment { Environment.forget(["AVIPS_HOME", "LUA_PATH", "LUA_PATH_5_4"]) }
        let root = Places.resourceRoot
        let safety = options.safe ? SafeLimits.fromEnvironment : nil
        let session = try Session(
            resources: Resources(root: root ?? "."), options: safety?.stateOptions ?? .init(), seed: options.seed ?? 0)
        session.host = host
        session.commandLine = commandLine
        session.trainingShare = options.trainingShare
        session.workerRole = WorkerRole.takeFromEnvironment()
        let interpreter = Interpreter(session: session, safety: safety, rows: rows.map { JSONRows(output: $0) })
        if !options.noProgress { session.progress = ProgressLine(stream: errors) }
        if let seed = options.seed { try session.seedLua(seed) }
        let script = options.script.map { $0.isStandardInput ? nil : $0.path } ?? nil
        let own = script.map { path in [path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."] } ?? []
        interpreter.addModuleDirectories(own + (root.map { ["\($0)/share/lua"] } ?? []))
        let position = options.script == nil ? 0 : commandLine.count - 1 - (options.script?.arguments.count ?? 0)
        session.scriptPosition = position
        try interpreter.setArguments(commandLine, script: position)
        if options.interactive { session.debugger.keepErrors() }
        if options.strict { try session.state.makeGlobalsStrict() }
        return interpreter
    }

    private static let banner = "avips \(Session.version)   ? for help, Ctrl-D to leave\n"

    private func runWhatIsGiven(_ interpreter: Interpreter) throws {
        for module in options.modules { try interpreter.load(module: module) }
        for statement in options.statements { try interpreter.run(statement: statement) }
        if let script = options.script {
            if script.isStandardInput {
                try interpreter.runStandardInput(arguments: script.arguments)
            } else {
                try interpreter.run(file: script.path, arguments: script.arguments)
            }
        } else if !options.hasWork && !options.interactive && isatty(STDIN_FILENO) == 0 {
            try interpreter.runStandardInput()
        }
    }

    private func openPrompt(_ interpreter: Interpreter) {
        let reader = makeReader(interpreter)
        host.reader = reader
        let session = interpreter.session
        session.installPromptNames()
        session.rememberGlobals()
        // What the prompt draws can be drawn again: a transcript says from which seed.
        if options.seed == nil { try? session.seedLua(0) }
        if !options.json { session.recordPrinting() }
        if reader.isInteractive {
            if !options.quiet { output.write(Program.banner) }
            runInitializationFile(interpreter)
        }
        session.transcript = Transcript(seed: options.seed ?? 0)
        session.usesPager = Environment["PAGER"] != "cat"
        if reader.isInteractive { session.debugger.keepErrors() }
        Repl(interpreter: interpreter, reader: reader, output: output, errors: errors, host: host).run()
    }

    private func makeReader(_ interpreter: Interpreter) -> any LineReader {
        guard isatty(STDIN_FILENO) == 1 else { return PlainLineReader(prompts: nil) }
        guard output.isTerminal else { return PlainLineReader(prompts: errors.isTerminal ? errors : nil) }
        return TerminalLineReader(
            output: output, history: Places.historyFile.map { HistoryFile(path: $0) },
            completer: Completer(session: interpreter.session),
            highlighter: Highlighter(state: interpreter.state))
    }

    private func runInitializationFile(_ interpreter: Interpreter) {
        guard !options.ignoresEnvironment, !options.safe, let path = Places.initializationFile, Places.isReadable(path) else { return }
        do {
            try interpreter.run(file: path)
        } catch {
            _ = report(error)
        }
    }

    /// Does what is asked for instead of running scripts.
    private func finish(_ task: SideTask) -> Int32 {
        var exitCode: Int32
        do {
            let interpreter = try makeInterpreter()
            interpreter.session.progress = nil
            let (text, code) = try task.run(in: interpreter.session)
            output.write(text)
            exitCode = code
        } catch {
            exitCode = report(error)
        }
        return ending(exitCode)
    }

    // MARK: Endings

    /// The exit status where the work came to an exit code: that of a study that goes on later, of the signal that asked for the end, or of output that was lost.
    private func ending(_ exitCode: Int32) -> Int32 {
        let hasWritten = hasWritten()
        if goesOnLater { return Session.goOnLater }
        if let status = Interrupt.endingStatus { return status }
        return hasWritten ? exitCode : max(exitCode, 1)
    }

    private func report(_ error: any Error, _ interpreter: Interpreter? = nil) -> Int32 {
        let report = ErrorReport(error)
        if let interpreter { interpreter.rows?.write(report.error, in: interpreter.session) }
        errors.write(report.text(for: errors, prefix: "avips: "))
        return report.exitCode
    }

    /// Whether all that was printed could be written.
    private func hasWritten() -> Bool {
        let isEmptied = fflush(stdout) == 0, number = errno
        var failure: Int32? = isEmptied ? nil : number
        if let number = LuaState.outputFailure { failure = number }
        if let number = output.failure { failure = number }
        if let number = rows?.failure { failure = number }
        guard failure != nil || ferror(stdout) != 0 else { return true }
        errors.write("avips: the output could not be written: \(String(cString: strerror(failure ?? EIO)))\n")
        return false
    }
}

extension CommandLineOptions {
    /// Whether there is a script or a statement to run.
    fileprivate var hasWork: Bool { script != nil || !statements.isEmpty || !modules.isEmpty }
}
