@preconcurrency import Glibc
import CLineEditor
import LuaBridge
import Scripting

/// The console as a session sees it: its streams, and the keyboard.
final class TerminalHost: SessionHost {
    private let output: OutputStream
    private let errors: OutputStream
    /// Where lines are edited; nil as long as there is no prompt.
    var reader: (any LineReader)?
    /// What was typed to leave a long text: the prompt's next lines, the last of which is not ended.
    private var typedAhead = ""
    private lazy var style = DisplayStyle(for: output)

    init(output: OutputStream, errors: OutputStream) {
        self.output = output
        self.errors = errors
    }

    var display: DisplayStyle? {
        let size = output.size
        return style.resized(width: size.columns, rows: size.rows - 4)
    }

    var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && output.isTerminal }

    func write(_ text: String) { output.write(text) }

    func warn(_ text: String) {
        // A line of progress may stand there.
        if errors.overwrites { errors.write("\r\u{1B}[K") }
        errors.tell(text, .warning)
    }

    func present(_ text: String) {
        guard reader?.isInteractive == true, isInteractive else { return output.write(text) }
        typedAhead += Pager(output: output).show(text)
    }

    /// Reads a line at the prompt: one that was typed whole before, shown as if it were typed now, or one that begins with what was typed.
    ///
    /// - Parameter blanks: what it begins with where nothing was typed.
    func read(_ prompt: Prompt, by reader: any LineReader, blanks: String = "", after before: String = "") -> LineOutcome {
        if let end = typedAhead.firstIndex(of: "\n") {
            let line = String(typedAhead[..<end])
            typedAhead.removeSubrange(...end)
            output.write(prompt.text + line + "\n")
            return .line(line)
        }
        defer { typedAhead = "" }
        return reader.read(prompt, initial: typedAhead.isEmpty ? blanks : typedAhead, after: before)
    }

    func readCommand(prompt: String) throws -> String? {
        guard let reader, reader.isInteractive else { return try readLine(prompt: prompt) }
        switch read(.other(prompt), by: reader) {
        case .line(let text):
            reader.remember(text)
            return text
        case .interrupted: throw LuaError("interrupted", kind: .interrupt)
        case .ended: return nil
        }
    }

    /// Editors that go to a line that is given as `+12`.
    private static let goingToLines: Set = ["vi", "vim", "nvim", "view", "nano", "emacs", "emacsclient", "micro", "kak", "joe", "jed", "mg", "ne", "hx"]

    func edit(_ path: String, line: Int) throws {
        guard let editor = Environment["VISUAL"] ?? Environment["EDITOR"] ?? TerminalHost.usualEditor else {
            throw LuaError("no editor is known: set the environment's VISUAL or EDITOR")
        }
        let program = editor.split(separator: " ").first?.split(separator: "/").last.map(String.init) ?? ""
        fflush(nil)
        setenv("AVIPS_EDITED", path, 1)
        defer { unsetenv("AVIPS_EDITED") }
        let place = line > 1 && TerminalHost.goingToLines.contains(program) ? "+\(line) " : ""
        let ending = CommandEnding(status: system("\(editor) \(place)\"$AVIPS_EDITED\""))
        guard ending.isSuccess else { throw LuaError("\(editor): \(ending); nothing was run") }
    }

    private static var usualEditor: String? {
        let directories = (Environment["PATH"] ?? "").split(separator: ":")
        return ["editor", "nano", "vi"].first { name in directories.contains { access("\($0)/\(name)", X_OK) == 0 } }
    }

    func readLine(prompt: String) throws -> String? {
        output.write(prompt)
        var line: UnsafeMutablePointer<CChar>?
        defer { free(line) }
        switch line_editor_read_plain(&line) {
        case line_editor_accepted: return line.map { Locale.text($0) }
        case line_editor_interrupted: throw LuaError("interrupted", kind: .interrupt)
        default: return nil
        }
    }

    func withScreen<Result>(_ body: (any KeyScreen) throws -> Result) throws -> Result {
        guard isInteractive, output.overwrites, let screen = TerminalScreen(output: output) else {
            throw LuaError("this needs a terminal that can move its cursor")
        }
        defer { screen.close() }
        return try body(screen)
    }
}

/// The terminal with every key read at once, on its alternate screen.
///
/// The terminal is put back by `close()`, whatever happens in between.
final class TerminalScreen: KeyScreen {
    private let output: OutputStream
    private let keyboard: RawKeyboard
    private var lastSize: (columns: Int, rows: Int)

    init?(output: OutputStream) {
        guard let keyboard = RawKeyboard(discardsInput: true) else { return nil }
        self.output = output
        self.keyboard = keyboard
        lastSize = output.size
        output.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    func close() {
        output.write("\u{1B}[?25h\u{1B}[?1049l")
        keyboard.close()
    }

    var size: (columns: Int, rows: Int) { output.size }

    func show(_ lines: [String]) {
        let rows = size.rows
        let shown = lines.prefix(rows).map { $0.harmless(keepingColors: true) + "\u{1B}[K" }.joined(separator: "\r\n")
        output.write("\u{1B}[H" + shown + "\u{1B}[J")
    }

    func nextKey() -> Key? {
        keyboard.next {
            guard size != lastSize else { return false }
            lastSize = size
            return true
        }
    }
}

/// Turns the bytes that a terminal sends into keys.
package struct KeyDecoder {
    private var bytes: [UInt8] = []

    package init() {}

    package mutating func feed(_ new: some Sequence<UInt8>) { bytes += new }

    /// Whether what is there may be the start of a longer sequence.
    package var isUndecided: Bool { !bytes.isEmpty }

    /// Takes what is there for complete: a lone escape is the Escape key.
    package mutating func decide() { if bytes == [0x1B] { bytes = [0x03] } else { bytes = [] } }

    /// Takes all that is there as text: Enter ends a line, Backspace takes a character back, Ctrl-C what was typed so far; other keys are none.
    package mutating func takeText() -> String {
        var text: [Character] = []
        while let first = bytes.first {
            if first >= 0x80 {
                // Characters beyond ASCII, as far as they are whole.
                let run = bytes.prefix { $0 >= 0x80 }
                bytes.removeFirst(run.count)
                if let part = String(validating: run, as: UTF8.self) { text += part }
                continue
            }
            let isInterrupt = first == 0x03
            guard let key = next() else { break }
            switch key {
            case .character(let character) where character.asciiValue.map({ $0 >= 0x20 }) ?? true: text.append(character)
            case .enter: text.append("\n")
            case .backspace: if text.last != "\n" { _ = text.popLast() }
            case .cancel where isInterrupt: text = []
            default: break
            }
        }
        bytes = []
        return String(text)
    }

    /// The next key; nil until more bytes come.
    package mutating func next() -> Key? {
        while let first = bytes.first {
            switch first {
            case 0x1B:
                guard bytes.count >= 2 else { return nil }
                guard bytes[1] == UInt8(ascii: "[") || bytes[1] == UInt8(ascii: "O") else {
                    bytes.removeFirst()
                    return .cancel
                }
                guard let end = bytes[2...].firstIndex(where: { (0x40...0x7E).contains($0) }) else { return nil }
                let final = bytes[end], values = Array(bytes[2..<end])
                bytes.removeSubrange(...end)
                switch final {
                case UInt8(ascii: "A"): return .up
                case UInt8(ascii: "B"): return .down
                case UInt8(ascii: "C"): return .right
                case UInt8(ascii: "D"): return .left
                case UInt8(ascii: "~") where values == Array("5".utf8): return .pageUp
                case UInt8(ascii: "~") where values == Array("6".utf8): return .pageDown
                default: continue
                }
            case 0x03, 0x04:
                bytes.removeFirst()
                return .cancel
            case 0x0A, 0x0D:
                bytes.removeFirst()
                return .enter
            case 0x7F, 0x08:
                bytes.removeFirst()
                return .backspace
            case 0x80...:
                bytes.removeFirst()
            default:
                bytes.removeFirst()
                return .character(Character(Unicode.Scalar(first)))
            }
        }
        return nil
    }
}
