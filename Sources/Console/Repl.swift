import LuaBridge
import Scripting

/// The loop of the prompt: reads an entry, runs it, shows its values, until the input ends.
struct Repl {
    let interpreter: Interpreter
    let reader: any LineReader
    let output: OutputStream
    let errors: OutputStream

    /// Runs until the user leaves.
    func run() {
        while let entry = nextEntry() {
            interpreter.session.display = DisplayStyle(for: output)  // the terminal's size may have changed
            switch entry {
            case .nothing: continue
            case .help(let topic): explain(topic)
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
        case code(CompiledCode)
    }

    private struct CompiledCode {
        var code: Entry.Code
        var function: Reference
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
            case .code(let source): code = source
            }
            if isFarewell(code) { return nil }
            switch interpreter.compile(code.source) {
            case .complete(let function):
                return remembered(text, .code(CompiledCode(code: code, function: function)))
            case .failed(let error):
                report(error)
                return remembered(text, .nothing)
            case .incomplete(let error):
                switch reader.read(.continuation) {
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
        switch reader.read(prompt) {
        case .line(let text): text
        case .interrupted: ""
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
        let start = ContinuousClock.now
        do {
            show(try interpreter.run(entry.function), silently: entry.code.isSilent)
        } catch {
            report(error)
        }
        interpreter.state.clearInterrupt()
        tellTime(ContinuousClock.now - start)
    }

    private func show(_ values: [Value], silently: Bool) {
        guard let first = values.first else { return }
        if !silently { output.write(interpreter.session.text(of: values) + "\n") }
        if case .nil = first { return }
        interpreter.keep(first)
    }

    private func explain(_ topic: String) {
        let (text, complaint) = interpreter.session.help(on: topic)
        if let text {
            output.write(text + "\n")
        } else {
            errors.write(errors.styled(complaint, .warning) + "\n")
        }
    }

    // MARK: Telling

    private func report(_ error: any Error) {
        errors.write(ErrorReport(error).text(for: errors))
    }

    private func warnOfLocal() {
        errors.write(errors.styled("a local ends with its entry; without \"local\" it stays", .warning) + "\n")
    }

    private func tellTime(_ duration: Duration) {
        guard reader.isInteractive, duration > .seconds(1) else { return }
        let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
        errors.write(errors.styled(durationText(seconds), .faint) + "\n")
    }
}
