import Glibc
import LuaBridge
import Scripting

/// The loop of the prompt: reads an entry, runs it, shows its values, until the input ends.
struct Repl {
    let interpreter: Interpreter
    let reader: any LineReader
    let output: OutputStream
    let errors: OutputStream
    private var session: Session { interpreter.session }

    /// Runs until the user leaves.
    func run() {
        while let entry = nextEntry() {
            session.display = DisplayStyle(for: output)  // the terminal's size may have changed
            switch entry {
            case .nothing: continue
            case .help(let topic): explain(topic)
            case .shell(let command): runShell(command)
            case .code(let code): run(code)
            }
        }
        if reader.isInteractive { output.write("\n") }
    }

    // MARK: Reading

    /// An entry ready to be run.
    private enum ReadyEntry {
        case nothing
        case help(topic: String)
        case shell(command: String)
        case code(CompiledCode)
    }

    private struct CompiledCode {
        var code: Entry.Code
        var function: Reference
        var isExpression: Bool

        /// How the entry takes part in a transcript.
        var form: Transcript.Form {
            if isExpression { return code.isSilent ? .silentExpression : .expression }
            return code.startsWithLocal || code.endsChunk ? .text : .statements
        }
    }

    /// The next entry; nil where the user leaves.
    private func nextEntry() -> ReadyEntry? {
        guard var text = read(.entry) else { return nil }
        guard !text.isEmpty else { return .nothing }
        while true {
            let code: Entry.Code
            switch Entry(text) {
            case .nothing: return .nothing
            case .help(let topic): return remembered(text, .help(topic: topic))
            case .shell(let command): return remembered(text, .shell(command: command))
            case .unknown(let word):
                errors.write(errors.styled("there is no %\(word.harmless()); %time runs the rest of the line and tells how long it took", .warning) + "\n")
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
                switch reader.read(.continuation, initial: reader.isInteractive ? Indentation(of: text).blanks : "") {
                case .line(let row): text += "\n" + row
                case .interrupted: return remembered(text, .nothing)
                case .ended:
                    report(error)
                    return .nothing
                }
            }
        }
    }

    /// One line; empty where it was discarded, nil where the input ended.
    private func read(_ prompt: Prompt) -> String? {
        interpreter.state.clearInterrupt()  // Ctrl-C is the editor's from here on
        guard Interrupt.endingSignal == nil else { return nil }
        return switch reader.read(prompt, initial: "") {
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

    private func run(_ entry: CompiledCode) {
        if entry.code.startsWithLocal && reader.isInteractive { warnOfLocal() }
        let source = entry.code.source
        session.transcript?.begin(entry.code.isSilent && entry.isExpression ? entry.code.unsilenced : source, form: entry.form)
        let start = ContinuousClock.now, startOfWork = ProcessorTime.now
        do {
            var values = try interpreter.run(entry.function)
            if let command = interpreter.command(source, values) {
                session.transcript?.forgetAtEnd()
                values = try interpreter.run(command)
            }
            try show(values, of: entry)
        } catch {
            report(error)
            session.transcript?.fail((error as? LuaError)?.message ?? "\(error)")
        }
        session.transcript?.end()
        tellTime(ContinuousClock.now - start, work: ProcessorTime.now - startOfWork, isAsked: entry.code.isTimed)
    }

    /// Hands a line to the shell, which has the terminal meanwhile.
    private func runShell(_ command: String) {
        guard interpreter.safety == nil else {
            return errors.write(errors.styled("a safe session runs no commands of the shell", .warning) + "\n")
        }
        guard !command.isEmpty else { return errors.write(errors.styled("! runs the rest of the line in the shell: !ls", .warning) + "\n") }
        fflush(nil)
        let status = system(command)
        if status == -1 {
            errors.write(errors.styled("the shell could not be started", .warning) + "\n")
        } else if status != 0 {
            let (code, signal) = (status >> 8 & 0xFF, status & 0x7F)
            errors.write(errors.styled(signal == 0 ? "exit code \(code)" : "ended by signal \(signal)", .faint) + "\n")
        }
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
        errors.write(errors.styled(hint.harmless(), .warning) + "\n")
    }

    private func explain(_ topic: String) {
        let (text, complaint) = session.help(on: topic)
        if let text {
            output.write(text.harmless() + "\n")
        } else {
            errors.write(errors.styled(complaint.harmless(), .warning) + "\n")
        }
    }

    // MARK: Telling

    private func report(_ error: any Error) {
        let report = ErrorReport(interpreter.hints.explained(error))
        interpreter.rows?.write(report.error, in: session)
        errors.write(report.text(for: errors))
    }

    private func warnOfLocal() {
        errors.write(errors.styled("a local ends with its entry; without \"local\" it stays", .warning) + "\n")
    }

    private func tellTime(_ duration: Duration, work: Double, isAsked: Bool) {
        guard isAsked || reader.isInteractive && duration > .seconds(1) else { return }
        let seconds = duration / .seconds(1)
        let text = isAsked ? "\(durationText(seconds, isShort: true)), \(durationText(work, isShort: true)) of processor time" : durationText(seconds)
        errors.write(errors.styled(text, .faint) + "\n")
    }
}
