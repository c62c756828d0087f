import LuaBridge
import Scripting

/// How an error is told: its message, and the calls that led to it where they say more than the message.
struct ErrorReport {
    let error: LuaError
    let message: String
    /// The calls, the innermost first.
    let calls: [String]
    let isInterruption: Bool

    init(_ error: any Error) {
        let error = error as? LuaError ?? LuaError("\(error)")
        self.error = error
        message = error.message.harmless()
        isInterruption = error.kind == .interrupt
        let calls = (error.traceback ?? "").harmless().split(separator: "\n").map(String.init)
        self.calls = isInterruption || !ErrorReport.sayMore(calls) ? [] : ErrorReport.withoutHost(calls)
    }

    /// The lines to be shown on a stream.
    func text(for stream: OutputStream, prefix: String = "") -> String {
        // The terminal has shown ^C where the cursor stood.
        let start = isInterruption && stream.isTerminal ? "\n" : ""
        let text = stream.isTerminal ? (prefix + message).wrapped(to: stream.size.columns) : prefix + message
        let heading = start + stream.styled(text, isInterruption ? .warning : .error)
        guard !calls.isEmpty else { return heading + "\n" }
        return heading + "\n" + stream.styled((["stack traceback:"] + calls.map { "    " + $0 }).joined(separator: "\n"), .faint) + "\n"
    }

    /// The exit code of a script that ends with the error.
    var exitCode: Int32 { isInterruption ? 130 : 1 }

    // The last call of every traceback is the host's call into Lua.
    private static func withoutHost(_ calls: [String]) -> [String] {
        calls.last == "[C]: in ?" ? calls.dropLast() : calls
    }

    // The message already names the place in an entry or a statement that a call in C was made from.
    private static func sayMore(_ calls: [String]) -> Bool {
        calls.contains { call in
            !call.hasPrefix("[C]: ") && !call.hasPrefix("(...")
                && !(call.hasSuffix(": in main chunk") && ["stdin:", "(command line):"].contains { call.hasPrefix($0) })
        }
    }
}
