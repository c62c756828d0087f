import ArgumentParser
import LuaBridge

/// What the command line asks for.
struct CommandLineOptions: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "avips",
        abstract: "Learns all ways in which a robot reaches a pose, and answers inverse kinematics, from Lua.",
        usage: "avips [options] [script.lua [arguments]]",
        discussion: """
            Without a script and without -e, Lua is read from the terminal, or from standard input where it is none.
            A script named - is standard input. `avips kernel install` registers the kernel for Jupyter. Modules are loaded first, then statements run, then the script.

            The exit status is 0; 1 after an error, or where the output could not be written; 2 where the command line cannot be \
            understood; 75 where a study was interrupted and goes on when the same command is given again; 130 after Ctrl-C; or what a \
            script gives os.exit. SIGHUP, SIGTERM and SIGUSR1 ask for the end: a training \
            stops after its step and writes its checkpoint, then the status is 128 and the signal's number: 129, 143, 138.
            """)

    @Option(name: .customShort("e", allowingJoined: true), parsing: .unconditionalSingleValue,
            help: ArgumentHelp("Run a statement; may be given more than once.", valueName: "statement"))
    var statements: [String] = []

    @Option(name: .customShort("l", allowingJoined: true), parsing: .unconditionalSingleValue,
            help: ArgumentHelp("Load a module into a global of its name; may be given more than once.", valueName: "module"))
    var modules: [String] = []

    @Flag(name: .short, help: "Open the prompt after the script and the statements.")
    var interactive = false

    @Flag(name: .shortAndLong, help: "Print the version.")
    var version = false

    @Flag(name: .shortAndLong, help: "Open the prompt without the opening lines.")
    var quiet = false

    @Flag(name: .customShort("E"), help: "Ignore the environment's Lua and avips settings and the file init.lua.")
    var ignoresEnvironment = false

    @Option(name: .customLong("seed"), parsing: .unconditional, help: ArgumentHelp("Seed the session's random stream.", valueName: "n"))
    var givenSeed: Seed?

    /// The session's seed; nil where none is given.
    var seed: UInt64? { givenSeed?.value }

    /// A whole number as Lua's option `seed` takes it, of either sign, or one of the same 64 bits without a sign, as figures name it.
    struct Seed: ExpressibleByArgument {
        let value: UInt64

        init?(argument: String) {
            guard let value = Int64(argument).map(UInt64.init(bitPattern:)) ?? UInt64(argument) else { return nil }
            self.value = value
        }
    }

    @Flag(help: "Make unknown globals errors.")
    var strict = false

    @Flag(help: "Run untrusted code: no writing, no processes, reading only below the working directory, limited time and memory.")
    var safe = false

    @Flag(help: "Write each result as one row of JSON to standard output; what scripts print goes to standard error.")
    var json = false

    @Option(help: ArgumentHelp("Run a transcript again and show what differs.", valueName: "file.lua"))
    var check: String?

    @Flag(help: "Print the reference of all functions as Markdown.")
    var reference = false

    @Flag(help: "Print the stub of all functions for editors (LuaCATS).")
    var stub = false

    @Option(help: "Colour the output: auto, always or never.")
    var color: ColorChoice = .auto

    @Option(help: ArgumentHelp("Spend only a share of every training's budget, above 0 and at most 1, to try out a script.", valueName: "share"))
    var trainingShare = 1.0

    @Flag(help: "Do not report the progress of long computations.")
    var noProgress = false

    @Argument(parsing: .captureForPassthrough, help: ArgumentHelp("A script and its arguments.", valueName: "script"))
    var arguments: [String] = []

    /// The script and its arguments, without the `--` that may precede them.
    private(set) var script: Script?

    struct Script: Equatable {
        var path: String
        var arguments: [String]
        var isStandardInput: Bool
    }

    mutating func validate() throws {
        guard trainingShare > 0, trainingShare <= 1 else { throw ValidationError("--training-share must be above 0 and at most 1") }
        guard let first = arguments.first else { return }
        // All from the first word on that is no option of the program comes here.
        if ["-h", "--help"].contains(first) { throw CleanExit.helpRequest(self) }
        let isTerminated = first == "--"
        if first.hasPrefix("-") && first != "-" && !isTerminated { throw ValidationError("Unknown option '\(first)'" + CommandLineOptions.hint(for: first)) }
        let rest = isTerminated ? Array(arguments.dropFirst()) : arguments
        guard let path = rest.first else { return }
        script = Script(path: path, arguments: Array(rest.dropFirst()), isStandardInput: path == "-" && !isTerminated)
    }

    private static func hint(for option: String) -> String {
        let names = [
            "version", "quiet", "seed", "strict", "safe", "json", "check", "reference", "stub", "color", "no-progress", "training-share", "help",
        ]
        return suggestion(for: String(option.prefix { $0 != "=" }), among: names.map { "--" + $0 })
    }

    enum CodingKeys: CodingKey {
        case statements, modules, interactive, version, quiet, ignoresEnvironment, givenSeed, strict, safe, json, check, reference, stub
        case color, noProgress, trainingShare, arguments
    }
}

extension ColorChoice: ExpressibleByArgument {}

/// The outcome of reading a command line.
enum CommandLineRequest {
    case run(CommandLineOptions)
    /// The user asked for help.
    case explain(String)
    /// The command line cannot be understood.
    case refuse(String)

    init(arguments: [String]) {
        do {
            self = .run(try CommandLineOptions.parse(arguments))
        } catch {
            let message = CommandLineOptions.fullMessage(for: error)
            self = CommandLineOptions.exitCode(for: error) == .success ? .explain(message) : .refuse(message)
        }
    }
}
