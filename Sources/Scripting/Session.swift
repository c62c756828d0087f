import Expressions
import LuaBridge
import Numerics

/// A Lua state with the `avips` table: what the prompt and scripts work in.
///
/// A session belongs to one thread.
public final class Session {
    public static let version = "0.1.0"

    public let state: LuaState
    public let resources: Resources
    /// What texts are laid out for: the console as it is now, unless another style is asked for.
    public var display: DisplayStyle { askedDisplay ?? host?.display ?? usualDisplay }
    /// The style where the console has none.
    private let usualDisplay: DisplayStyle
    private var askedDisplay: DisplayStyle?
    /// The console that the session runs in; without one, text goes to standard output, and nobody is asked anything.
    public var host: (any SessionHost)?
    /// What was entered and shown so far; nil where nobody keeps it.
    public var transcript: Transcript?
    /// The share of every training's budget that is spent, above 0: less than 1 where a script is only to be tried.
    public var trainingShare = 1.0
    /// Whether text that is longer than the screen is shown page by page at the prompt.
    public var usesPager = true
    /// What was entered at the prompt so far.
    public var entered = EnteredTexts()
    /// What stops code for a person to look at it.
    public private(set) lazy var debugger = Debugger(session: self)
    /// Entries that a function has prepared, such as `avips.edit`; the prompt takes them as if they were typed.
    public var preparedEntries: [String] = []
    /// Whether `avips.show` keeps results as `_`, `_1` and so forth, as the prompt does.
    public var keepsResults = false
    /// The version that `avips.session.start` named last.
    var startedVersion: String?
    /// The globals that were there before anything was entered.
    var ownGlobals: Set<String> = []
    /// Who shows how far long computations are; nil where nobody does.
    public var progress: (any ProgressObserver)?
    /// The matrix that symbols were multiplied with last.
    var lastProduct: MatrixProduct?
    /// What answers a name that a context of symbols lacks, once one was made.
    var unknownNumber: Reference?
    /// The program's own name and its arguments, and where among them the script stands; 0 for none. Set by the program.
    public var commandLine: [String] = []
    public var scriptPosition = 0
    /// What the process works on for another one; nil for a process that nobody of its kind has started.
    public var workerRole: WorkerRole?
    /// The studies that the script has defined and not run, in their order.
    var experiments: [Experiment] = []
    /// The directories of those that are being run.
    var studiesAtWork: Set<String> = []
    /// Whether the script has run a study itself.
    var hasRunStudies = false
    /// Whether a study was interrupted, and is to go on later.
    public internal(set) var isUnfinished = false
    /// Trainings that loops of the script drive and that have checkpoints to write.
    var trainingLoops: [TrainingLoop] = []
    /// What draws that name no seed are seeded from, one after the other.
    var stream: RandomStream
    /// What the stream was seeded from.
    private(set) var streamSeed: UInt64

    /// - Parameters:
    ///   - seed: The seed of the session's random stream.
    /// - Throws: `LuaError` where memory does not suffice.
    public init(
        resources: Resources, options: LuaState.Options = .init(), display: DisplayStyle = DisplayStyle(), seed: UInt64 = 0
    ) throws {
        state = try LuaState(options)
        self.resources = resources
        usualDisplay = display
        streamSeed = seed
        stream = RandomStream(seed: seed)
        state.note = { [unowned self] in tellOfRenaming($0) }
        state.warn = { [unowned self] in warn($0) }
        state.willExit = { [unowned self] in concludeTrainings() }
        try state.setField("avips.version", to: .string(Session.version))
        try addRandomness()
        for entries in Self.entries { try entries.init(session: self).register() }
        rememberGlobals()
    }

    /// Lays texts out for a style as long as a closure runs.
    func withDisplay<Result>(_ style: DisplayStyle, _ body: () throws -> Result) rethrows -> Result {
        let kept = askedDisplay
        askedDisplay = style
        defer { askedDisplay = kept }
        return try body()
    }

    deinit {
        concludeTrainings()
        state.close()
    }

    /// Starts the session's random stream anew.
    public func seed(_ seed: UInt64) {
        streamSeed = seed
        stream = RandomStream(seed: seed)
    }

    /// Seeds Lua's own `math.random`.
    public func seedLua(_ seed: UInt64) throws {
        let function = try state.load("math.randomseed(...)", name: "=seed")
        try state.call(function, [.integer(Int(truncatingIfNeeded: seed))])
    }

    /// The stream of one draw: of the seed, where one is given, else the session's next.
    func stream(seed: UInt64?) -> RandomStream { RandomStream(seed: seed ?? stream.next()) }

    /// The option of every function that draws, and of nothing but a draw.
    static let seedOption = OptionKey.seed("the seed of this draw")

    /// A seed for what names none and keeps it.
    func nextSeed() -> UInt64 { stream.next() }

    /// What long computations poll.
    var cancellation: Cancellation { state.cancellation }

    /// Whether scripts may only read below the working directory.
    var files: FileAccess {
        let interrupt = state.options.interrupt
        return FileAccess(isRestricted: state.options.isHarmless) { interrupt.isRaised }
    }

    private func addRandomness() throws {
        try state.register(Function(
            "avips.seed", "Seeds the session's random stream, which every call without a `seed` option draws from.",
            parameters: [Parameter("seed", "integer", "the seed")], returns: "nothing",
            example: """
                avips.seed(7)
                local first = avips.robot("panda"):random()
                avips.seed(7)
                assert(avips.robot("panda"):random()[1] == first[1])
                """
        ) { [unowned self] arguments in
            seed(try arguments[1].seed())
            return .none
        })
    }
}
