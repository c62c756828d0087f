import Glibc
import LuaBridge
import Numerics
import Scripting

/// The loop of the prompt: reads an entry, runs it, shows its values, until the input ends.
struct Repl {
    let interpreter: Interpreter
    let reader: any LineReader
    let output: OutputStream
    let errors: OutputStream
    let host: TerminalHost
    private var session: Session { interpreter.session }

    /// Runs until the user leaves.
    func run() {
        while let entry = nextEntry() {
            if case .nothing = entry { continue }
            reader.mark(.begins)
            reader.mark(.ends(isError: !answer(entry)))
        }
        if reader.isInteractive { output.write("\n") }
    }

    /// Does what an entry asks for, and tells whether it went well.
    private func answer(_ entry: ReadyEntry) -> Bool {
        switch entry {
        case .nothing: return true
        case .help(let topic): return explain(topic)
        case .shell(let command): return runShell(command)
        case .debug(let what): return debug(what)
        case .code(let code): return run(code)
        }
    }

    // MARK: Reading

    /// An entry ready to be run.
    private enum ReadyEntry {
        case nothing
        case help(topic: String)
        case shell(command: String)
        case debug(what: String)
        case code(CompiledCode)
    }

    private struct CompiledCode {
        var code: Entry.Code
        var function: Reference
        var isExpression: Bool
        /// Whether it stops at its first line.
        var isDebugged = false

        /// How the entry takes part in a transcript.
        var form: Transcript.Form {
            if isExpression { return code.isSilent ? .silentExpression : .expression }
            return code.startsWithLocal || code.endsChunk ? .text : .statements
        }
    }

    /// The next entry; nil where the user leaves.
    private func nextEntry() -> ReadyEntry? {
        guard var text = preparedEntry() ?? read(.entry) else { return nil }
        guard !text.isEmpty else { return .nothing }
        while true {
            let code: Entry.Code
            switch Entry(text) {
            case .nothing: return .nothing
            case .help(let topic): return remembered(text, .help(topic: topic))
            case .shell(let command): return remembered(text, .shell(command: command))
            case .debug(let what): return remembered(text, .debug(what: what))
            case .unknown(let word):
                warn("there is no %\(word); %time runs the rest of the line and tells how long it took, %debug stops in it line by line")
                return remembered(text, .nothing)
            case .code(let source): code = source
            }
            if isFarewell(code) { return nil }
            switch interpreter.compile(code.source) {
            case .complete(let function, let isExpression):
                return remembered(text, .code(CompiledCode(code: code, function: function, isExpression: isExpression)))
            case .failed(let error):
                report(error)
                return remembered(text, .nothing)
            case .incomplete(let error):
                switch host.read(.continuation, by: reader, blanks: reader.isInteractive ? Indentation(of: text).blanks : "", after: text) {
                case .line(let row): text += "\n" + row
                case .interrupted: return remembered(text, .nothing)
                case .ended:
                    report(error)
                    return .nothing
                }
            }
        }
    }

    /// What `avips.edit` has left to be run, shown as if it were typed; nil where there is nothing.
    private func preparedEntry() -> String? {
        guard !session.preparedEntries.isEmpty else { return nil }
        let text = session.preparedEntries.removeFirst()
        let rows = text.harmless().split(separator: "\n", omittingEmptySubsequences: false)
        for (index, row) in rows.enumerated() { output.write((index == 0 ? Prompt.entry : .continuation).text + row + "\n") }
        return text
    }

    /// One line; empty where it was discarded, nil where the input ended.
    private func read(_ prompt: Prompt) -> String? {
        interpreter.state.clearInterrupt()  // Ctrl-C is the editor's from here on
        guard Interrupt.endingSignal == nil else { return nil }
        return switch host.read(prompt, by: reader) {
        case .line(let text): text
        case .interrupted: Interrupt.endingSignal == nil ? "" : nil
        case .ended: nil
        }
    }

    private func remembered(_ text: String, _ entry: ReadyEntry) -> ReadyEntry {
        reader.remember(text)
        return entry
    }

    /// Whether the entry is what people type who want to leave, and means nothing else.
    private func isFarewell(_ code: Entry.Code) -> Bool {
        guard reader.isInteractive, ["exit", "quit", "exit()", "quit()"].contains(code.source) else { return false }
        if case .nil = interpreter.state[global: String(code.source.prefix(4))] { return true }
        return false
    }

    // MARK: Running

    private func run(_ entry: CompiledCode) -> Bool {
        if entry.code.startsWithLocal && reader.isInteractive { warnOfLocal() }
        let source = entry.code.source
        session.transcript?.begin(entry.code.isSilent && entry.isExpression ? entry.code.unsilenced : source, form: entry.form)
        let start = ContinuousClock.now, startOfWork = ProcessorTime.now
        var isFine = true
        if !isEditing(source) { session.entered.add(source) }
        do {
            if entry.isDebugged { session.debugger.stopAtNextLine() }
            var values = try interpreter.run(entry.function)
            if let command = interpreter.command(entry.code, values) {
                session.transcript?.forgetAtEnd()
                values = try interpreter.run(command)
            }
            try show(values, of: entry)
        } catch {
            isFine = false
            report(error)
            session.transcript?.fail((error as? LuaError)?.message ?? "\(error)")
        }
        session.debugger.finish()
        session.transcript?.end()
        tellTime(ContinuousClock.now - start, work: ProcessorTime.now - startOfWork, isAsked: entry.code.isTimed)
        return isFine
    }

    /// Whether an entry opens the editor: that is nothing to be edited.
    private func isEditing(_ source: String) -> Bool {
        let name = source.prefix { $0.isLetter || $0 == "." }
        return (name == "edit" || name == "avips.edit") && !source.contains("=")
    }

    /// Looks at the last error, or runs a script, or code, and stops at its first line.
    private func debug(_ what: String) -> Bool {
        guard !what.isEmpty else { return debugLastError() }
        guard reader.isInteractive else { return complain("%debug needs a terminal") }
        let words = what.split(separator: " ").map(String.init)
        guard words[0].hasSuffix(".lua") else {
            switch interpreter.compile(what) {
            case .complete(let function, let isExpression):
                return run(CompiledCode(code: Entry.Code(source: what), function: function, isExpression: isExpression, isDebugged: true))
            case .failed(let error), .incomplete(let error):
                report(error)
                return false
            }
        }
        do {
            session.debugger.stopAtNextLine()
            defer { session.debugger.finish() }
            try interpreter.setArguments([words[0]] + words.dropFirst(), script: 0)
            try interpreter.run(file: words[0], arguments: Array(words.dropFirst()))
            return true
        } catch {
            report(error)
            return false
        }
    }

    private func debugLastError() -> Bool {
        do {
            guard try !session.debugger.examineLastError() else { return true }
        } catch {
            report(error)
            return false
        }
        return complain("no error was met yet; %debug script.lua runs a script and stops at its first line, %debug f(x) stops in a call")
    }

    /// Hands a line to the shell, which has the terminal meanwhile.
    private func runShell(_ command: String) -> Bool {
        guard interpreter.safety == nil else { return complain("a safe session runs no commands of the shell") }
        guard !command.isEmpty else { return complain("! runs the rest of the line in the shell: !ls") }
        fflush(nil)
        let ending = CommandEnding(status: interpreter.state.runCommand(command))
        if !ending.isSuccess { errors.write(errors.styled("\(ending)", .faint) + "\n") }
        return ending.isSuccess
    }

    private func show(_ values: [Value], of entry: CompiledCode) throws {
        guard let first = values.first else { return }
        if interpreter.rows != nil {
            try interpreter.report(values)
        } else if !entry.code.isSilent {
            session.show(values)
        }
        guard case .nil = first else { return session.keep(first) }
        hint(at: entry.code.source, values)
    }

    /// Tells of a global whose name is near to one that does not exist.
    private func hint(at source: String, _ values: [Value]) {
        guard reader.isInteractive, values.count == 1, source.isPath, !source.contains("."),
              let hint = interpreter.hints.onMissing(global: source)
        else { return }
        warn(hint)
    }

    private func explain(_ topic: String) -> Bool {
        let (text, complaint) = session.help(on: topic)
        guard let text else { return complain(complaint) }
        session.present(text.harmless() + "\n")
        return true
    }

    // MARK: Telling

    private func report(_ error: any Error) {
        let report = ErrorReport(interpreter.hints.explained(error))
        interpreter.rows?.write(report.error, in: session)
        errors.write(report.text(for: errors))
    }

    private func warn(_ text: String) { errors.tell(text.harmless(), .warning) }

    /// Says why nothing was done.
    private func complain(_ text: String) -> Bool {
        warn(text)
        return false
    }

    private func warnOfLocal() { warn("a local ends with its entry; without \"local\" it stays") }

    private func tellTime(_ duration: Duration, work: Double, isAsked: Bool) {
        guard isAsked || reader.isInteractive && duration > .seconds(1) else { return }
        let seconds = duration / .seconds(1)
        let text = isAsked ? "\(durationText(seconds, isShort: true)), \(durationText(work, isShort: true)) of processor time" : durationText(seconds)
        errors.write(errors.styled(text, .faint) + "\n")
    }
}
