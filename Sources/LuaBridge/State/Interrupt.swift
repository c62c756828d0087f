import CLuaSupport

/// A flag that asks running code to stop: Lua code through its hook, Swift code by polling `isRaised`.
///
/// The flag stays up until the top level clears it, so code that catches the resulting error is stopped again at once.
public final class Interrupt: Sendable {
    /// The process's own flag: what Ctrl-C raises after `installSignalHandlers()`.
    public static let process = Interrupt(flag: avips_process_interrupt(), isOwned: false)

    nonisolated(unsafe) let flag: OpaquePointer
    private let isOwned: Bool

    private init(flag: OpaquePointer, isOwned: Bool) {
        self.flag = flag
        self.isOwned = isOwned
    }

    /// A flag that no signal raises.
    public convenience init() { self.init(flag: avips_interrupt_new(), isOwned: true) }

    deinit { if isOwned { avips_interrupt_free(flag) } }

    public var isRaised: Bool { avips_interrupt_is_raised(flag) }

    /// For loops in Swift, which may be long.
    ///
    /// - Throws: `LuaError` of kind `interrupt` where running code was asked to stop.
    @inline(__always)
    public func stopIfRaised() throws { if isRaised { throw LuaError("interrupted", kind: .interrupt) } }

    /// Asks running code to stop; also from signal handlers and other threads.
    public func raise() { avips_interrupt_raise(flag) }
    /// Withdraws the request.
    public func clear() { avips_interrupt_clear(flag) }

    /// Makes SIGINT raise `process`, and the signals that ask the process to end as well.
    ///
    /// Presses of Ctrl-C in quick succession count as one. Where the flag is still up after two seconds, a further press warns, and
    /// one after that ends the process with 130. SIGTERM, SIGHUP and SIGUSR1 raise the flag for good, see ``endingSignal``.
    public static func installSignalHandlers() { avips_install_signal_handlers() }

    /// Lets the process be asked to end when the one that started it ends.
    public static func endWith(parent: Int32) { avips_end_with(parent) }

    /// The signal that asked the process to end; nil where none did. The top level then leaves, with ``endingStatus``.
    public static var endingSignal: Int32? {
        let number = avips_ending_signal()
        return number == 0 ? nil : number
    }

    /// The exit status of a process that a signal asked to end, 128 and the signal's number, as shells have it.
    public static var endingStatus: Int32? { endingSignal.map { 128 + $0 } }

    /// Allows the process so many further seconds of processor time; then `process` goes up, and code that does not heed it
    /// ends with the process.
    public static func limitProcessorTime(seconds: Int) { avips_limit_processor_time(UInt32(clamping: seconds)) }
}
