@preconcurrency import Glibc
import LuaBridge
import Scripting

/// The keyboard with every key read at once and none shown, until it is closed.
final class RawKeyboard {
    private var previous = termios()
    private var keys = KeyDecoder()

    /// - Parameter discardsInput: whether what was typed before counts for nothing.
    init?(discardsInput: Bool) {
        guard tcgetattr(STDIN_FILENO, &previous) == 0 else { return nil }
        var raw = previous
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
        raw.c_iflag &= ~tcflag_t(IXON | ICRNL)
        guard tcsetattr(STDIN_FILENO, discardsInput ? TCSAFLUSH : TCSADRAIN, &raw) == 0 else { return nil }
    }

    func close() { tcsetattr(STDIN_FILENO, TCSADRAIN, &previous) }

    /// Whether something was typed that nobody has read.
    static var hasInput: Bool {
        var source = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
        return poll(&source, 1, 0) > 0
    }

    /// Waits for a key; nil at the end of the input, or where the process is to end.
    ///
    /// - Parameter isStale: whether the screen is to be drawn anew, which counts as a key.
    func next(unless isStale: () -> Bool = { false }) -> Key? {
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
            } else if isStale() {
                return .redraw
            }
        }
    }

    /// What came together with the last key, as text.
    func rest() -> String { keys.takeText() }
}
