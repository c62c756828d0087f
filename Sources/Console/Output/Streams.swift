import CLineEditor
import Glibc
import LuaBridge
import Scripting

/// When an output stream is coloured.
enum ColorChoice: String, CaseIterable {
    case auto, always, never
}

/// A standard stream that people or programs read.
///
/// Text bypasses the C library's buffers, which are emptied first, so that it keeps its place among what Lua wrote.
struct OutputStream {
    let descriptor: Int32
    let isTerminal: Bool
    /// Whether escape sequences for colour may be written.
    let usesColor: Bool
    private let record = Record()

    /// What the stream did not take.
    private final class Record {
        var failure: Int32?
    }

    init(descriptor: Int32, color: ColorChoice) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) == 1
        switch color {
        case .always: usesColor = true
        case .never: usesColor = false
        case .auto: usesColor = isTerminal && Environment["NO_COLOR"] == nil && Terminal.isKnown
        }
    }

    /// The error number of the first text that could not be written, as the disk is full or the reader gone.
    var failure: Int32? { record.failure }

    /// Whether the cursor can be moved back.
    var overwrites: Bool { isTerminal && Terminal.isKnown }

    private static let block = 1 << 14

    /// Writes the whole of a text; what cannot be written is dropped, and ``failure`` tells why. An interruption that comes meanwhile
    /// ends a long text early.
    func write(_ text: String) {
        fflush(nil)
        let wasInterrupted = Interrupt.process.isRaised
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while let base = rest.baseAddress, rest.count > 0, wasInterrupted || !Interrupt.process.isRaised {
                let written = Glibc.write(descriptor, base, min(rest.count, OutputStream.block))
                if written > 0 {
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
                } else if written == 0 || errno != EINTR && !isReadyAgain {
                    record.failure = record.failure ?? errno
                    return
                }
            }
        }
    }

    /// Waits for a stream that does not block, as another program may have set it; false for what is wrong with it otherwise.
    private var isReadyAgain: Bool {
        guard errno == EAGAIN else { return false }
        var stream = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&stream, 1, 100) >= 0 || errno == EINTR
    }

    /// The text in a style where the stream is coloured, plain elsewhere.
    func styled(_ text: String, _ style: Style) -> String {
        usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Writes sentences in a style, broken at blanks where a terminal would break them anywhere.
    func tell(_ text: String, _ style: Style) {
        write(styled(isTerminal ? text.wrapped(to: size.columns) : text, style) + "\n")
    }

    /// The size of the terminal; where there is none, 100 columns and 24 rows.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (100, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }
}

/// The few styles of the console, as parameters of the SGR escape sequence.
enum Style: String {
    case error = "31"
    case warning = "33"
    case faint = "2"
    case prompt = "1;34"
    case keyword = "35"
    case literal = "36"
    case quoted = "32"
    case known = "34"
    case matched = "1;4"
}

/// The variables of the process's environment.
enum Environment {
    /// The value of a variable that is set and not empty.
    static subscript(name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Takes variables out of the environment.
    static func forget(_ names: [String]) {
        for name in names { unsetenv(name) }
    }
}

/// The character set of the user's locale.
///
/// The process itself stays in the locale "C" but for the editing of a line: numbers, letters and what scripts make of them are the
/// same everywhere.
enum Locale {
    /// Whether text may leave ASCII.
    static let isUTF8: Bool = {
        line_editor_enter_locale()
        defer { setlocale(LC_CTYPE, "C") }
        return nl_langinfo(Int32(CODESET)).map { String(cString: $0) } == "UTF-8"
    }()

    /// Text from the terminal: UTF-8 where it is valid, else Latin-1.
    static func text(_ bytes: UnsafePointer<CChar>) -> String {
        String(validatingCString: bytes) ?? String(String.UnicodeScalarView(
            UnsafeBufferPointer(start: bytes, count: strlen(bytes)).map { Unicode.Scalar(UInt8(bitPattern: $0)) }))
    }
}
