import CLua
import CLuaSupport

/// A Lua state with its standard libraries, its registry of Swift functions and its objects.
///
/// A state belongs to one thread. Outside a call its stack is empty; inside, `current` is the coroutine that called into Swift.
public final class LuaState {
    public struct Options {
        /// Opens only libraries that reach nothing outside the state.
        public var isHarmless = false
        /// The bytes that Lua and its objects may hold; 0 for no limit.
        public var memoryLimit = 0
        /// The instructions that may be run until `renewLimits()`, to the nearest thousand; 0 for no limit.
        public var instructionLimit = 0
        public var interrupt = Interrupt.process

        public init(
            isHarmless: Bool = false, memoryLimit: Int = 0, instructionLimit: Int = 0, interrupt: Interrupt = .process
        ) {
            self.isHarmless = isHarmless
            self.memoryLimit = memoryLimit
            self.instructionLimit = instructionLimit
            self.interrupt = interrupt
        }
    }

    public let options: Options
    /// All functions and types that were registered.
    public var registry = Registry()
    /// Tells the person of what is no error.
    public var warn: (String) -> Void = { _ in }
    /// Lines that write into copies, and the names of properties that they were looked up by.
    var lostWrites = LostWrites()
    var knownProperties: Set<String> = []
    var propertyCount = 0
    /// What was warned of already.
    var warned: Set<String> = []
    /// Called just before `os.exit` ends the process.
    public var willExit: () -> Void = {}
    /// Takes a note for whoever runs the script.
    public var note: (String) -> Void = { _ in }
    /// Looks at each line of Lua code that is reached, once `trace(true)` was called; it may stop there for as long as it likes.
    public var reachLine: (LuaStack, _ line: Int) -> Void = { _, _ in }
    /// Looks at an error that nobody has caught, while the calls that led to it still stand; nil where nobody does.
    public var meetError: ((LuaStack, _ message: String) -> Void)? {
        didSet { host.pointee.meet_error = meetError == nil ? nil : passError }
    }
    /// The metatable of lists of numbers; nil where they are plain tables.
    var listKey: UnsafeRawPointer?
    /// The earlier names that were noted.
    var notedNames: Set<String> = []

    private let host: UnsafeMutablePointer<avips_host>
    let main: OpaquePointer
    /// The Lua thread that runs now.
    var current: OpaquePointer
    /// The functions that Lua calls by index; the first is never called.
    var callbacks: ContiguousArray<Callback> = [Callback(name: "", body: { _ in .none })]
    let references = ReferencePool()

    /// - Throws: `LuaError` where memory does not suffice.
    public init(_ options: Options = Options()) throws {
        self.options = options
        host = .allocate(capacity: 1)
        host.initialize(to: avips_host(
            context: UnsafeMutableRawPointer(bitPattern: 8).unsafelyUnwrapped, dispatch: dispatchCall, release: releaseObject,
            reach_line: passLine, meet_error: nil, compiled: passText, traces: false, will_exit: prepareExit, interrupt: options.interrupt.flag, memory_limit: 0, memory_used: 0,
            instruction_limit: UInt64(max(0, options.instructionLimit)), instructions_used: 0, is_native: true,
            object_size: 0, last_userdata: nil, last_size: 0))
        guard let opened = avips_open(host) else {
            host.deallocate()
            throw LuaError("not enough memory for a Lua state", kind: .memory)
        }
        main = opened
        current = opened
        host.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        guard avips_open_libraries(main, options.isHarmless) == LUA_OK else { throw takeError(LUA_ERRRUN) }
        host.pointee.memory_limit = options.memoryLimit
    }

    /// Whether the state was closed: what would run in it then throws, and what would read it finds nothing.
    public private(set) var isClosed = false

    /// Closes the state: finalizers run, objects are let go.
    public func close() {
        guard references.isOpen else { return }
        references.isOpen = false
        avips_close(main)
        isClosed = true
    }

    deinit {
        close()
        host.deinitialize(count: 1)
        host.deallocate()
    }

    /// The bytes that Lua holds.
    public var memoryInUse: Int { isClosed ? 0 : avips_memory_in_use(main) }

    /// Runs a full cycle of Lua's collector.
    public func collectGarbage() { if !isClosed { avips_collect(current) } }

    /// The number of values on the current stack; the same before and after each call made here.
    public var stackDepth: Int { isClosed ? 0 : Int(lua_gettop(current)) }

    /// The error number of the first text of `print` or `io.write` that standard output did not take; nil where it took all.
    public static var outputFailure: Int32? {
        let number = avips_output_error()
        return number == 0 ? nil : number
    }

    /// Whether running code was asked to stop.
    public var isInterrupted: Bool { options.interrupt.isRaised }

    /// For loops over what Lua holds, which may be long.
    ///
    /// - Throws: `LuaError` of kind `interrupt` where running code was asked to stop.
    @inline(__always)
    public func stopIfInterrupted() throws {
        try options.interrupt.stopIfRaised()
    }

    /// Ends an interruption; the top level calls this before it runs new code.
    public func clearInterrupt() { options.interrupt.clear() }

    /// Runs a command of the shell as `os.execute` does, but for what its end means to running code.
    ///
    /// - Returns: its status, as `waitpid` gives it; -1 where the shell could not be started.
    public func runCommand(_ command: String) -> Int32 { avips_run_command(current, command) }

    /// Whether the time or the instructions that the state may use are spent.
    public var isExhausted: Bool { avips_limit_is_reached(host) }

    /// Counts instructions anew; the top level calls this before it runs new code.
    public func renewLimits() { host.pointee.instructions_used = 0 }

    /// Counts the bytes that an object holds outside Lua.
    ///
    /// - Throws: `LuaError` of kind `memory` where the limit does not allow them, after a full collection.
    func count(outside bytes: Int) throws {
        let limit = host.pointee.memory_limit
        guard limit > 0, host.pointee.memory_used + bytes > limit else {
            host.pointee.memory_used += bytes
            return
        }
        collectGarbage()
        guard host.pointee.memory_used + bytes <= limit else { throw LuaError("not enough memory", kind: .memory) }
        host.pointee.memory_used += bytes
    }

    /// Whether the current stack can take so many values more.
    func hasRoom(_ count: Int32) -> Bool { !isClosed && lua_checkstack(current, count) != 0 }

    /// Makes room for values on the current stack.
    ///
    /// - Throws: `LuaError` where the stack is full, or the state closed.
    func reserve(_ count: Int) throws {
        guard !isClosed else { throw LuaError("the Lua state is closed") }
        guard count < 1_000_000, lua_checkstack(current, Int32(count)) != 0 else {
            throw LuaError("Lua's stack is full: \(count) more values do not fit")
        }
    }
}

private func releaseObject(_ object: UnsafeMutableRawPointer) -> Int {
    let box = Unmanaged<AnyBox>.fromOpaque(object)
    let size = box._withUnsafeGuaranteedRef { $0.footprint }
    box.release()
    return size
}

private func prepareExit(_ context: UnsafeMutableRawPointer) {
    Unmanaged<LuaState>.fromOpaque(context).takeUnretainedValue().willExit()
}
