@preconcurrency import Glibc
import LuaBridge

/// The console that a session runs in, as far as its functions need one.
public protocol SessionHost: AnyObject {
    /// Whether a person sits at a terminal, to be asked.
    var isInteractive: Bool { get }

    /// What texts are laid out for, as the console is now; nil where that is the session's matter.
    var display: DisplayStyle? { get }

    /// Writes to standard output, in step with what Lua wrote.
    func write(_ text: String)

    /// Tells the person of what is no error: on standard error.
    func warn(_ text: String)

    /// Asks for a line.
    ///
    /// - Returns: nil at the end of the input.
    /// - Throws: `LuaError` of kind `interrupt` on Ctrl-C.
    func readLine(prompt: String) throws -> String?

    /// Shows text to a person at the prompt: page by page where it is longer than the screen.
    func present(_ text: String)

    /// Asks for a line as the prompt does, with editing and history where there are such.
    ///
    /// - Returns: nil at the end of the input.
    /// - Throws: `LuaError` of kind `interrupt` on Ctrl-C.
    func readCommand(prompt: String) throws -> String?

    /// Opens the person's editor on a file, and waits until it is left.
    ///
    /// - Parameter line: where the editor is to start, for those that can.
    func edit(_ path: String, line: Int) throws

    /// Hands the terminal to a closure that draws whole screens and reads single keys.
    func withScreen<Result>(_ body: (any KeyScreen) throws -> Result) throws -> Result
}

/// A terminal in which every key is read at once.
public protocol KeyScreen: AnyObject {
    /// Columns and rows, as they are now.
    var size: (columns: Int, rows: Int) { get }

    /// Shows lines of text in place of what was there.
    func show(_ lines: [String])

    /// Waits for a key; nil at the end of the input. A resized terminal counts as the key `redraw`.
    func nextKey() -> Key?
}

/// A key of the keyboard.
public enum Key: Equatable, Sendable {
    case up, down, left, right, pageUp, pageDown, enter, backspace
    /// The screen is to be drawn anew.
    case redraw
    case character(Character)
    /// Ctrl-C or Escape.
    case cancel
}

extension SessionHost {
    public var display: DisplayStyle? { nil }
    public func warn(_ text: String) {}
    public func present(_ text: String) { write(text) }
    public func readCommand(prompt: String) throws -> String? { try readLine(prompt: prompt) }
    public func edit(_ path: String, line: Int) throws { throw LuaError("this needs a terminal") }
}

extension Session {
    /// Tells the person of what is no error.
    var warn: (String) -> Void { { [weak host] text in host?.warn(text.harmless()) } }

    /// Says on standard error that something has another name now.
    func tellOfRenaming(_ text: String) {
        if let host { return host.warn(text.harmless()) }
        fputs(text.harmless() + "\n", stderr)
    }

    /// Writes to standard output: through the console where there is one, else as Lua's `print` does.
    public func write(_ text: String) {
        if let host { return host.write(text) }
        var text = text
        text.withUTF8 { _ = fwrite($0.baseAddress, 1, $0.count, stdout) }
    }

    /// Writes to standard output what a person reads at the prompt: page by page, unless `usesPager` is off.
    public func present(_ text: String) {
        guard usesPager, let host else { return write(text) }
        host.present(text)
    }

    /// Shows values as the prompt does, and notes them in the transcript.
    public func show(_ values: [Value]) {
        guard !values.isEmpty else { return }
        present(text(of: values) + "\n")
        note { text(of: values) + "\n" }
    }

    /// Writes text and notes it in the transcript.
    func tell(_ text: String) {
        write(display.spelled(text.harmless()) + "\n")
        note { text + "\n" }
    }

    /// Notes what a closure makes when it lays out texts for a transcript.
    func note(_ text: () -> String) {
        guard transcript != nil, !state.isInterrupted else { return }
        // Made first: what is shown may run code that prints, which the transcript notes as well.
        let noted = withDisplay(.transcript, text)
        transcript?.note(noted)
    }
}
