import CLineEditor
import Glibc

/// What one reading of a line came to.
enum LineOutcome: Equatable {
    case line(String)
    /// Ctrl-C: what was typed is discarded.
    case interrupted
    /// The input has ended.
    case ended
}

/// Where the prompt's lines come from.
protocol LineReader {
    /// Whether a person sits at the other end.
    var isInteractive: Bool { get }

    /// Reads one line; a pasted or recalled one may hold newlines.
    ///
    /// - Parameters:
    ///   - initial: what the line begins with, for the user to go on with or to erase.
    ///   - before: the rows of the entry so far.
    func read(_ prompt: Prompt, initial: String, after before: String) -> LineOutcome

    /// Keeps a complete entry for later sessions.
    func remember(_ entry: String)

    /// Tells the terminal that what comes next is the answer to an entry, or that the answer has ended.
    func mark(_ mark: AnswerMark)
}

/// Where an answer begins and ends: terminals that know the marks of OSC 133 jump from prompt to prompt, and select or fold answers.
enum AnswerMark: Equatable {
    case begins
    case ends(isError: Bool)
}

extension LineReader {
    func mark(_ mark: AnswerMark) {}
}

/// Lines edited on a terminal, with history and completion.
struct TerminalLineReader: LineReader {
    let output: OutputStream
    private let history: HistoryFile?
    /// Kept alive for the editor, which does not retain it.
    private let completer: Completer
    private let highlighter: Highlighter
    var isInteractive: Bool { true }

    /// - Parameter history: what earlier sessions entered; one that cannot be read is left alone.
    init(output: OutputStream, history: HistoryFile?, completer: Completer, highlighter: Highlighter) {
        self.output = output
        self.completer = completer
        self.highlighter = highlighter
        if output.usesColor { highlighter.start() }
        line_editor_start("avips", Int32(HistoryFile.limit), Completer.callback, Unmanaged.passUnretained(completer).toOpaque())
        let entries = history.flatMap { try? $0.entries() }
        self.history = entries == nil ? nil : history
        for entry in entries ?? [] { line_editor_recall(entry) }
    }

    func read(_ prompt: Prompt, initial: String, after before: String) -> LineOutcome {
        fflush(nil)
        completer.before = before
        var line: UnsafeMutablePointer<CChar>?
        let outcome = line_editor_read(marked(prompt), initial, &line)
        return LineOutcome(outcome, line)
    }

    func remember(_ entry: String) {
        if line_editor_remember(entry) { try? history?.append(entry) }
    }

    func mark(_ mark: AnswerMark) {
        guard hasMarks else { return }
        switch mark {
        case .begins: output.write(Self.mark("C"))
        case .ends(let isError): output.write(Self.mark("D;\(isError ? 1 : 0)"))
        }
    }

    /// The prompt with its escape sequences marked as taking no column.
    private func marked(_ prompt: Prompt) -> String {
        guard output.usesColor else { return prompt.text }
        let parts = output.styled("\u{0}", .prompt).split(separator: "\u{0}")
        let (start, end) = hasMarks ? (Self.mark(prompt == .continuation ? "A;k=s" : "A"), Self.mark("B")) : ("", "")
        return "\u{1}\(start)\(parts[0])\u{2}\(prompt.text)\u{1}\(parts[1])\(end)\u{2}"
    }

    /// Whether the terminal is told where prompts and answers are: the console of Linux would show the marks.
    private var hasMarks: Bool { output.usesColor && output.overwrites && Environment["TERM"] != "linux" }

    private static func mark(_ text: String) -> String { "\u{1B}]133;\(text)\u{1B}\\" }
}

/// Lines of standard input as they come.
struct PlainLineReader: LineReader {
    /// Where a prompt is shown when a person types, but standard output goes elsewhere.
    let prompts: OutputStream?
    var isInteractive: Bool { prompts != nil }

    func read(_ prompt: Prompt, initial: String, after before: String) -> LineOutcome {
        prompts?.write(prompt.text)
        var line: UnsafeMutablePointer<CChar>?
        let outcome = line_editor_read_plain(&line)
        return LineOutcome(outcome, line)
    }

    func remember(_ entry: String) {}
}

extension LineOutcome {
    /// Takes over the line that the editor handed out.
    fileprivate init(_ outcome: line_editor_outcome, _ line: UnsafeMutablePointer<CChar>?) {
        defer { free(line) }
        switch (outcome, line) {
        case (line_editor_accepted, let line?): self = .line(Locale.text(line))
        case (line_editor_interrupted, _): self = .interrupted
        default: self = .ended
        }
    }
}
