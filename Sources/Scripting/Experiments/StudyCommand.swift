import Experiments
import Files
import LuaBridge

/// What the command line of a study's script asks for.
struct StudyCommand: Equatable {
    enum Verb: String, CaseIterable {
        case run, status, table, compare, report, retry, forget, adopt, submit, cancel, help

        var summary: String {
            switch self {
            case .run: "runs what is not done, and shows a table"
            case .status: "tells how far the study is, and what failed"
            case .table: "shows means and standard errors"
            case .compare: "shows paired differences to a baseline, with tests"
            case .report: "writes a page with tables, curves and the comparison"
            case .retry: "lets failed runs be run again"
            case .forget: "removes runs: settings such as robot=ur5, a state, earlier, or all"
            case .adopt: "takes the results of an earlier version of the function for this one"
            case .submit: "submits the study to Slurm"
            case .cancel: "cancels its jobs"
            case .help: "shows this"
            }
        }
    }

    var verb = Verb.run
    /// What selects runs: the words that are no options.
    var selection: String?
    var options: [String: String] = [:]

    /// Options with a value, and those without.
    private static let valued: [Verb: Set<String>] = [
        .run: ["workers", "threads", "only"], .table: ["rows", "columns", "value", "statistic", "only", "save"],
        .compare: ["axis", "baseline", "value", "only", "save"], .report: ["output"],
        .submit: ["workers", "threads", "array", "time", "cpus", "mem", "partition", "account", "qos", "gres", "pack", "signal", "after", "sbatch", "throttle", "only"],
    ]
    private static let plain: [Verb: Set<String>] = [.run: ["stop-at-failure", "no-wait"], .submit: ["dry-run", "no-requeue"]]

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads a script's arguments. The first word that is a command, or an option, begins it; those before it are the script's own.
    init(_ arguments: [String]) throws {
        guard !arguments.contains("--help") else {
            verb = .help
            return
        }
        var rest = arguments[StudyCommand.ownArguments(arguments).count...]
        for word in rest.isEmpty ? arguments.filter({ $0.allSatisfy(\.isLetter) }) : [] {
            let verbs = Verb.allCases.map(\.rawValue)
            guard nearestName(to: word, among: verbs) != nil else { continue }
            throw Failure(description: "there is no command \"\(word)\"" + suggestion(for: word, among: verbs, before: "a word of the script's own is followed by a command: \(word) run"))
        }
        if let first = rest.first, let verb = Verb(rawValue: first) {
            self.verb = verb
            rest = rest.dropFirst()
        }
        var words: [String] = []
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                words.append(word)
                continue
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = parts.first ?? "", valued = StudyCommand.valued[verb] ?? [], plain = StudyCommand.plain[verb] ?? []
            if plain.contains(name), parts.count == 1 {
                options[name] = ""
            } else if valued.contains(name) {
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else { throw Failure(description: "the option --\(name) needs a value") }
                options[name] = value
            } else {
                let names = (valued.union(plain)).sorted()
                throw Failure(description: "the command \(verb.rawValue) has no option --\(name)" + suggestion(for: name, among: names, before: names.isEmpty ? "" : "it has " + names.map { "--" + $0 }.joined(separator: ", ")))
            }
        }
        guard words.isEmpty || [.retry, .forget].contains(verb) else {
            throw Failure(description: "the command \(verb.rawValue) takes no word \"\(words[0])\"; the commands are \(Verb.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        selection = words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// The arguments of a script that are its own: those before the first word that is a command, or an option.
    static func ownArguments(_ arguments: [String]) -> [String] {
        Array(arguments.prefix { Verb(rawValue: $0) == nil && !$0.hasPrefix("--") })
    }

    /// All commands with their options.
    static var overview: String {
        let lines = Verb.allCases.flatMap { verb in
            let names = (valued[verb] ?? []).union(plain[verb] ?? []).sorted().map { "--" + $0 }
            let rows = stride(from: 0, to: names.count, by: 6).map { names[$0..<min($0 + 6, names.count)].joined(separator: " ") }
            return ["  \(verb.rawValue): \(verb.summary)"] + rows.map { "      " + $0 }
        }
        return (["the commands of a study, behind the name of its script:"] + lines).joined(separator: "\n")
    }

    func has(_ name: String) -> Bool { options[name] != nil }

    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = options[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw Failure(description: "the option --\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), got \"\(text)\"")
        }
        return number
    }

    func list(_ name: String) -> [String]? { options[name]?.split(separator: ",").map(String.init) }
}

extension Session {
    /// Does what the command line asks of the studies that the script has defined and not run itself.
    ///
    /// - Parameter arguments: those of the script.
    /// - Returns: the exit status.
    public func runStudies(_ arguments: [String]) throws -> Int32 {
        let waiting = experiments
        guard !waiting.isEmpty, workerRole != nil || !hasRunStudies else { return isUnfinished ? Session.goOnLater : 0 }
        if workerRole != nil {
            for experiment in waiting { _ = try run(experiment, BatchOptions(), workers: nil, threads: nil) }
            return 0
        }
        let command = try StudyCommand(arguments)
        guard command.verb != .help else {
            show(StudyCommand.overview)
            return 0
        }
        var status: Int32 = 0
        for experiment in waiting {
            let own = try perform(command, experiment)
            status = status == Session.goOnLater || own == Session.goOnLater ? Session.goOnLater : max(status, own)
            if state.isInterrupted { break }
        }
        return status
    }

    private func perform(_ command: StudyCommand, _ experiment: Experiment) throws -> Int32 {
        switch command.verb {
        case .run: return try performRun(command, experiment)
        case .status: show(([try experiment.statusText()] + jobsText(experiment)).joined(separator: "\n"))
        case .table:
            guard let statistic = Statistic(rawValue: command.options["statistic"] ?? "mean") else {
                throw StudyCommand.Failure(description: "the option --statistic must be mean or median")
            }
            let table = try experiment.table(
                rows: command.list("rows"), columns: command.options["columns"], measures: command.list("value"), statistic: statistic,
                only: command.options["only"]).shown
            let counts = try experiment.counts()
            guard counts[.done] > 0 else {
                announce("there is nothing to tabulate, as no run is done: \(counts.text)")
                break
            }
            try show(table, command)
        case .compare:
            let study = try experiment.study(), axis = try experiment.comparedAxis(command.options["axis"], in: study)
            try show(experiment.comparison(
                axis: axis, baseline: command.options["baseline"].map { label in
                    study.runs.lazy.compactMap { $0.setting(axis) }.first { $0.label == label } ?? .text(label)
                }, measure: command.options["value"], only: command.options["only"]).shown, command)
        case .report:
            let counts = try experiment.counts()
            guard counts[.done] > 0 else { throw StudyCommand.Failure(description: "there is nothing to report, as no run is done: \(counts.text)") }
            try conclude(experiment, output: command.options["output"])
        case .retry: show("\(NumberText.counted(try experiment.retry(chosen(command, experiment, otherwise: "failed")), "run")) can be tried again")
        case .forget:
            guard let selection = command.selection else { throw StudyCommand.Failure(description: "forget needs to know what: settings such as \"robot=ur5\", a state, \"earlier\", or \"all\"") }
            let removed = try selection == "earlier" ? experiment.forgetEarlier() : experiment.forget(chosen(command, experiment, otherwise: ""))
            show("\(NumberText.counted(removed, "run")) removed")
        case .adopt: show("\(NumberText.counted(try experiment.adopt(), "result")) taken from earlier versions")
        case .submit: try submit(command, experiment)
        case .cancel: try cancelJobs(experiment)
        case .help: break
        }
        return 0
    }

    private func show(_ text: String) { write(text + "\n") }

    private func show(_ table: ShownTable, _ command: StudyCommand) throws {
        guard let path = command.options["save"] else { return show(table.text) }
        guard let text = table.text(named: path) else {
            throw StudyCommand.Failure(description: "the option --save must name a file that ends in \(ShownTable.endings), got \"\(path)\"")
        }
        try files.write(Array(text.utf8), to: path)
    }

    private func chosen(_ command: StudyCommand, _ experiment: Experiment, otherwise: String) throws -> [PlannedRun] {
        let runs = try experiment.study().runs, selection = command.selection ?? otherwise
        return selection == "all" ? runs : try experiment.select(selection, among: runs) { experiment.store.states(of: runs, judge: experiment.judge()) }
    }

    private func performRun(_ command: StudyCommand, _ experiment: Experiment) throws -> Int32 {
        var options = BatchOptions()
        options.selection = command.options["only"]
        options.stopsAtFailure = command.has("stop-at-failure")
        options.waits = !command.has("no-wait")
        let rank = Rank.current()
        if rank == nil || rank?.index == 0 { try announceBeginning(experiment) }
        let ending = try run(experiment, options, workers: command.number("workers", in: 1...4096), threads: command.number("threads", in: 1...1024))
        guard rank == nil || rank?.index == 0 else { return ending == .interrupted ? Session.goOnLater : 0 }
        let counts = try experiment.counts()
        guard ending != .interrupted else {
            announce("interrupted: \(counts.text); the same command continues")
            return Session.goOnLater
        }
        if counts[.done] > 0, counts.unfinished == 0 || options.selection != nil { try conclude(experiment, output: nil, isRun: true) }
        if counts[.failed] > 0 || counts.unfinished > 0 { announce(try experiment.statusText()) }
        return counts[.failed] > 0 ? 1 : 0
    }

    /// Says how far a study is that was begun before, and what became of its earlier results; a new one begins without words.
    private func announceBeginning(_ experiment: Experiment) throws {
        let counts = try experiment.counts()
        if try progress != nil || counts[.todo] < counts.total || !experiment.earlierRuns().isEmpty { announce(try experiment.statusText()) }
    }

    /// Says something that is no result: on standard error, so that tables can be piped.
    private func announce(_ text: String) { if let host { host.warn(text.harmless()) } }

    /// What is done once all runs are done, and by the command report.
    private func conclude(_ experiment: Experiment, output: String?, isRun: Bool = false) throws {
        if let conclusion = experiment.source?.conclusion {
            try state.call(conclusion, [.object(holding: experiment)])
        } else if isRun {
            show(try experiment.table().shown.text)
        } else {
            let path = output ?? experiment.store.directory + "/report.html"
            try writeReport(experiment, to: path)
            show(path)
        }
    }
}
