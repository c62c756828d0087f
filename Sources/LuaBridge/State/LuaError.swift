/// What went wrong in Lua code or in loading it.
public struct LuaError: Error, CustomStringConvertible {
    public enum Kind: Sendable {
        case syntax, runtime, memory
        /// The interrupt flag was up when the code ended.
        case interrupt
        /// The time or the instructions that the state may use were spent.
        case limit
    }

    public var kind: Kind
    /// The message, with `file:line:` in front where Lua knows it.
    public var message: String
    /// The call stack, one call a line, without the heading; nil where there was none.
    public var traceback: String?
    /// Whether Lua raised it, and so named its place.
    var isFromLua = false

    public init(_ message: String, kind: Kind = .runtime, traceback: String? = nil) {
        self.kind = kind
        self.message = message
        self.traceback = traceback
    }

    public var description: String { message }

    /// Whether the text ended too early: more lines could complete it.
    public var isIncomplete: Bool { kind == .syntax && message.hasSuffix("<eof>") }
}

/// A wrong argument: which one, what was expected, what came.
public struct ArgumentError: Error, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
