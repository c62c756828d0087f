import Experiments
import Files
import LuaBridge
import Numerics

// avips.experiment: how studies are defined and opened.

struct ExperimentEntries: Entries {
    unowned let session: Session

    private static let studyName = OptionKey<String?>.value(
        "name", "string", "the name of the study", range: "letters, digits, \"-\", \"_\" and \".\"") { try $0.studyName() }
    private static let studyGrid = RawOption(
        "grid", "table", "the axes: { components = {4, 16} } lists settings, { rate = { slow = 1e-3, fast = 1e-2 } } names them; a list of such tables is their union",
        otherwise: "one point without settings")
    private static let studyOptions = RawOption("options", "table", "settings that all points share, as fields of the point: { steps = 1000 }", otherwise: "nothing")
    private static let studySeeds = OptionKey<[Int]>.value(
        "seeds", "integer or list of integers", default: [1], text: "1", "the seeds of every point: a list, or how many from 1 on") { try $0.seeds() }
    private static let studyFunction = RawOption(
        "run", "function", "called with the point (a table of its settings and seed) and the Run; its return value is the result", isRequired: true)
    private static let studyDirectory = OptionKey.path("directory", "where the study's files are; made where it is missing, with its parents", otherwise: "a directory named after the study")
    private static let studyFilter = RawOption("where", "function", "called with a point; returns whether it is part of the study", otherwise: "all are")
    private static let studyConclusion = RawOption(
        "report", "function", "called with the study once all its runs are done, and by the command report", otherwise: "a table is shown, and report writes a page")
    private static let admitsNaN = OptionKey.flag("allow_nan", default: false, "whether results may contain numbers that are not finite; otherwise such a run fails")
    private static let patience = OptionKey.number(
        "patience", in: 1...1e6, default: Experiment.usualPatience,
        "the time without a heartbeat after which a process on another machine counts as dead", unit: "s")

    func register() throws {
        try state.register(runType)
        try state.register(studyTableType)
        try state.register(experimentType)
        try state.register(Function(
            "avips.experiment", "Defines a study: all combinations of some settings, each with several seeds, and the function that is run for them. A script that defines a study is also its command line: avips study.lua runs what is not done, and status, table, compare, report, retry, forget, adopt, submit, cancel and help are its commands.",
            parameters: [.options(isOptional: false, [
                Self.studyName, Self.studyGrid, Self.studyOptions, Self.studySeeds, Self.studyFunction, Self.studyDirectory, Self.studyFilter, Self.studyConclusion,
                Self.admitsNaN, Self.patience, StudySearch.option,
            ])],
            returns: "Experiment",
            example: Self.runStudyExample("return { loss = c.components * c.seed }")
        ) { arguments in
            try refuseInSafeSession("avips.experiment")
            let options = try arguments.options(1)
            guard let name = try options[Self.studyName] else { throw options.invalid(Self.studyName, "must be given: the study's files lie under it") }
            guard let function = try options[Self.studyFunction]?.function() else { throw options.invalid(Self.studyFunction, "must be given: the function that is run") }
            let search = try options[StudySearch.option].map(StudySearch.init)
            var grids: [ReadGrid]
            if let count = search?.random {
                guard let slot = options[Self.studyGrid] else { throw options.invalid(Self.studyGrid, "must be given: what points are drawn from") }
                grids = try ReadGrid.drawn(slot, count: count, seed: search?.seed ?? 1)
            } else {
                grids = try options[Self.studyGrid].map(ReadGrid.all) ?? [ReadGrid()]
            }
            if let constants = options[Self.studyOptions] { grids = try grids.map { try $0.with(constants: constants) } }
            if let budget = search?.halving?.budget, grids.contains(where: { $0.grid.axes.contains { $0.name == budget } }) {
                throw options.invalid(Self.studyGrid, "must not have the axis \"\(budget)\", which is the budget of the search")
            }
            let seeds = try options[Self.studySeeds]
            let count = grids.reduce(Int?.some(0)) { total, grid in
                guard let total, let count = grid.grid.count, count <= Self.runLimit else { return nil }
                return total + count
            }
            guard let count, count <= Self.runLimit, count * seeds.count <= Self.runLimit else {
                throw options.invalid(Self.studyGrid, "makes more than \(Self.runLimit) runs")
            }
            let directory = try files.destination(options[Self.studyDirectory] ?? name)
            let source = Experiment.Source(
                function: function, grids: grids, seeds: seeds, filter: try options[Self.studyFilter]?.function(),
                conclusion: try options[Self.studyConclusion]?.function(), admitsNaN: try options[Self.admitsNaN], script: try script(of: function),
                patience: try options[Self.patience], halving: search?.halving)
            let experiment = Experiment(name: name, directory: directory, source: source, session: session)
            // The script's command line is for those that it does not run itself.
            if session.scriptPosition > 0 { session.experiments.append(experiment) }
            return .object(holding: experiment)
        })
        try state.register(Function(
            "avips.experiment.arguments", "The arguments that are the script's own: those before a command of its study, such as status, and before options.",
            parameters: [], returns: "list of strings", example: "for _, word in ipairs(avips.experiment.arguments()) do print(word) end"
        ) { [session] _ in
            let words = session.scriptPosition > 0 ? session.commandLine.dropFirst(session.scriptPosition + 1) : []
            return .list(StudyCommand.ownArguments(Array(words)).map { .string($0) })
        })
        try state.register(Function(
            "avips.experiment.open", "Opens a study by its directory, to look at its results without its script.",
            parameters: [Parameter("directory", "string", "the study's directory")], returns: "Experiment",
            example: Self.studyExample("return c.components", "study:run{ workers = 1 }\nassert(#avips.experiment.open(directory):rows() == 4)\n")
        ) { arguments in
            try refuseInSafeSession("avips.experiment.open")
            return .object(holding: try Experiment(opening: files.destination(arguments[1].path()), session: session))
        })
    }

    private static let runLimit = 1_000_000

    private func refuseInSafeSession(_ name: String) throws {
        guard !state.options.isHarmless else { throw LuaError("\(name): a safe session writes no files and starts no processes") }
    }

    /// The file that a function stands in; nil for one that was typed.
    private func script(of function: Reference) throws -> String? {
        let inspect = try state.load("return debug.getinfo(..., \"S\").source", name: "=script")
        guard case .string(let source)? = try? state.call(inspect, [.reference(function)]).first, source.hasPrefix("@") else { return nil }
        return String(source.dropFirst())
    }
}

extension Slot {
    fileprivate func studyName() throws -> String {
        let name = try string()
        let isPlain = (1...100).contains(name.utf8.count) && name.first != "." && name.first != "-"
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isPlain else { throw mismatch("a name of letters, digits, \"-\", \"_\" and \".\"") }
        return name
    }

    /// A list of seeds, or how many from 1 on.
    fileprivate func seeds() throws -> [Int] {
        guard kind == .table else { return Array(1...(try integer(in: 1...100_000))) }
        let count = try length()
        guard (1...100_000).contains(count) else { throw mismatch("a list of 1 to 100000 whole numbers") }
        let seeds = try (1...count).map { try withElement($0) { try $0.integer() } }
        guard Set(seeds).count == count else { throw invalid("must not have a seed twice") }
        return seeds
    }
}
