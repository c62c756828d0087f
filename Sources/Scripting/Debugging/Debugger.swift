import LuaBridge

/// Stops code where a person wants to look at it: at breakpoints, line by line, or where an error was met.
public final class Debugger {
    unowned let session: Session
    private(set) var breakpoints: [Breakpoint] = []
    private var plan = Plan.run
    private var isTalking = false
    /// The calls that led to the last error that nobody caught, the innermost first, as they stood then.
    private var lastError: (message: String, frames: [StackFrame], entered: String?)?
    /// What is looked at while a person is asked.
    private(set) var view: DebuggerView?

    /// Where code is to stop next.
    enum Plan {
        case run
        /// At the next line.
        case into
        /// At the next line of a call that stands no deeper.
        case within(depth: Int, of: PausedThread?)
        /// Nowhere: the code is to end.
        case quit
    }

    struct Breakpoint {
        /// How the name of the text ends: a file's path or its last parts.
        var file: String
        var line: Int
        /// An expression that must be true there.
        var condition: String?

        /// Whether a text's name is meant: a file's whole path, or its last parts.
        func isIn(_ name: String) -> Bool { name == file || name.hasSuffix("/" + file) }

        var text: String { "\(file):\(line)" + (condition.map { " if \($0)" } ?? "") }
    }

    init(session: Session) { self.session = session }

    private var state: LuaState { session.state }

    /// Whether somebody is there to be asked.
    private var isAttended: Bool { session.host?.isInteractive == true }

    // MARK: Beginning and end

    /// Keeps the calls that led to an error from now on, for ``examineLastError()``.
    public func keepErrors() {
        state.meetError = { [unowned self] stack, message in
            guard !isTalking, !state.isInterrupted, !message.contains("\nstack traceback:") else { return }
            let frames = stack.frames(atMost: 64)
            frames.forEach { $0.keep() }
            lastError = frames.isEmpty ? nil : (message, frames, session.entered.last)
        }
    }

    /// Lets code stop at the next line that it reaches, where somebody is there.
    ///
    /// - Returns: whether it will.
    @discardableResult
    public func stopAtNextLine() -> Bool {
        guard isAttended, !isTalking else { return isTalking }
        plan = .into
        watch()
        return true
    }

    /// Ends what was begun, when an entry of the prompt or a script has ended: breakpoints stay.
    public func finish() {
        guard case .run = plan else {
            plan = .run
            return watch()
        }
    }

    /// Looks at the calls that led to the last error.
    ///
    /// - Returns: false where no error was kept.
    public func examineLastError() throws -> Bool {
        guard let lastError else { return false }
        _ = try talk(heading: lastError.message, lastError.frames, entered: lastError.entered)
        return true
    }

    private func watch() {
        var isOn = !breakpoints.isEmpty
        if case .run = plan {} else { isOn = true }
        state.reachLine = isOn ? { [unowned self] in reach($0, line: $1) } : { _, _ in }
        state.trace(isOn)
    }

    /// The names of the variables of the call that is looked at; none where nothing is.
    public var variableNames: [String] { view?.frame?.variables.map(\.name) ?? [] }

    /// What one of them holds.
    public func value(of name: String) -> Value? { view?.frame?.value(of: name) }

    // MARK: Breakpoints

    func add(_ breakpoint: Breakpoint) {
        remove(breakpoint)
        breakpoints.append(breakpoint)
        watch()
    }

    func remove(_ breakpoint: Breakpoint) { breakpoints.removeAll { $0.file == breakpoint.file && $0.line == breakpoint.line } }

    func removeBreakpoint(_ number: Int) -> Breakpoint? {
        guard breakpoints.indices.contains(number - 1) else { return nil }
        defer { watch() }
        return breakpoints.remove(at: number - 1)
    }

    func removeAllBreakpoints() {
        breakpoints = []
        watch()
    }

    // MARK: Stops

    private func reach(_ stack: LuaStack, line: Int) {
        guard !isTalking, isAttended else { return }
        var stops: Bool
        switch plan {
        case .run, .quit: stops = false
        case .into: stops = true
        case .within(let depth, let thread): stops = !(thread.map(stack.isOther) ?? false) && !stack.isDeeper(than: depth)
        }
        // The program's own pieces of Lua are nobody's to step through.
        if stops || breakpoints.contains(where: { $0.line == line }) {
            let source = stack.source
            if stops { stops = source.first == "@" || source == "=stdin" || source == "=(command line)" }
            if !stops { stops = breakpoints.contains { $0.line == line && $0.isIn(DebuggerView.name(of: source)) && holds($0, in: stack) } }
        }
        guard stops else { return }
        do {
            let answer = try state.onThreadOfItsOwn { try talk(heading: nil, stack.frames()) }
            carryOut(answer, in: stack)
        } catch {
            session.warn("the debugger was left: \(error)")
            plan = .run
            watch()
        }
    }

    private func carryOut(_ answer: Answer, in stack: LuaStack) {
        plan = switch answer {
        case .goOn: .run
        case .step: .into
        case .next: .within(depth: stack.depth, of: stack.thread)
        case .finish: .within(depth: stack.depth - 1, of: stack.thread)
        case .quit: .quit
        }
        if case .quit = plan {
            plan = .run
            state.options.interrupt.raise()
        }
        watch()
    }

    private func holds(_ breakpoint: Breakpoint, in stack: LuaStack) -> Bool {
        guard let condition = breakpoint.condition else { return true }
        isTalking = true
        defer { isTalking = false }
        let view = DebuggerView(session: session, frames: stack.frames(atMost: 1))
        let values = try? state.onThreadOfItsOwn { try view.evaluate("return " + condition) }
        switch values?.first {
        case nil: return true  // what cannot be told is looked at
        case .boolean(false)?, .nil?, Value.none?: return false
        default: return true
        }
    }

    // MARK: Talking

    enum Answer { case goOn, step, next, finish, quit }

    /// - Parameter entered: what was entered at the prompt when the calls were made; the newest entry where none is given.
    private func talk(heading: String?, _ frames: [StackFrame], entered: String? = nil) throws -> Answer {
        guard let host = session.host else { return .goOn }
        isTalking = true
        let view = DebuggerView(session: session, frames: frames, entered: entered)
        self.view = view
        defer {
            isTalking = false
            self.view = nil
        }
        if let heading { host.warn(heading.harmless()) }
        host.write(view.place)
        return try DebuggerDialogue(debugger: self, view: view, host: host).run()
    }
}
