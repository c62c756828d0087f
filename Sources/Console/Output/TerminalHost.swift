@preconcurrency import Glibc
import CLineEditor
import LuaBridge
import Scripting

/// The console as a session sees it: its streams, and the keyboard.
final class TerminalHost: SessionHost {
    private let output: OutputStream
    private let errors: OutputStream

    init(output: OutputStream, errors: OutputStream) {
        self.output = output
        self.errors = errors
    }

    var isInteractive: Bool { isatty(STDIN_FILENO) == 1 && output.isTerminal }

    func write(_ text: String) { output.write(text) }

    func warn(_ text: String) {
        // A line of progress may stand there.
        errors.write((errors.overwrites ? "\r\u{1B}[K" : "") + errors.styled(text, .warning) + "\n")
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
    private var previous = termios()
    private var keys = KeyDecoder()
    private var lastSize: (columns: Int, rows: Int)

    init?(output: OutputStream) {
        self.output = output
        lastSize = output.size
        guard tcgetattr(STDIN_FILENO, &previous) == 0 else { return nil }
        var raw = previous
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        raw.c_iflag &= ~tcflag_t(IXON | ICRNL)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else { return nil }
        output.write("\u{1B}[?1049h\u{1B}[?25l")
    }

    func close() {
        output.write("\u{1B}[?25h\u{1B}[?1049l")
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &previous)
    }

    var size: (columns: Int, rows: Int) { output.size }

    func show(_ lines: [String]) {
        let rows = size.rows
        let shown = lines.prefix(rows).map { $0.harmless(keepingColors: true) + "\u{1B}[K" }.joined(separator: "\r\n")
        output.write("\u{1B}[H" + shown + "\u{1B}[J")
    }

    func nextKey() -> Key? {
        while true {
            if let key = keys.next() { return key }
            var source = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let count = poll(&source, 1, keys.isUndecided ? 50 : 250)
            if Interrupt.endingSignal != nil { return nil }
            if count > 0 {
                var bytes = [UInt8](repeating: 0, count: 256)
                let length = read(STDIN_FILENO, &bytes, bytes.count)
                if length > 0 { keys.feed(bytes[..<length]) } else if length == 0 || errno != EINTR { return nil }
            } else if keys.isUndecided {
                keys.decide()
            } else if size != lastSize {
                lastSize = size
                return .redraw
            }
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
                let final = bytes[end]
                bytes.removeSubrange(...end)
                switch final {
                case UInt8(ascii: "A"): return .up
                case UInt8(ascii: "B"): return .down
                case UInt8(ascii: "C"): return .right
                case UInt8(ascii: "D"): return .left
                default: continue
                }
            case 0x03, 0x04:
                bytes.removeFirst()
                return .cancel
            case 0x0A, 0x0D:
                bytes.removeFirst()
                return .enter
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
