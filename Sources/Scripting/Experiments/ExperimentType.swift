import Experiments
import Files
import LuaBridge
import Numerics

// The Experiment type: running a study, and what is asked of its files.

extension ExperimentEntries {
    private static let workers = OptionKey.integer("workers", in: 1...4096, "parallel processes, no more than cores", otherwise: "one per core; 1 where the function was typed at the prompt")
    private static let threads = OptionKey.integer("threads", in: 1...1024, "threads of each worker, limited by the number of cores", otherwise: "the cores divided by the workers")
    private static let only = OptionKey.string(
        "only", "which runs: settings such as \"robot=ur5 seed=2\", a state, or the beginning of a run's name", otherwise: "all")
    private static let stopsAtFailure = OptionKey.flag("stop_at_failure", default: false, "whether a run that fails ends the batch")
    private static let waits = OptionKey.flag("wait", default: true, "whether to wait for runs that other processes work on")

    static var runOptions: [any DeclaredOption] { [workers, threads, only, stopsAtFailure, waits] }

    var experimentType: ObjectType {
        func count(_ state: RunState, _ summary: String) -> ObjectProperty<Experiment> {
            ObjectProperty(state.rawValue, "integer", summary) { .integer(try $0.counts()[state]) }
        }
        return ObjectType(
            "Experiment", of: Experiment.self, "A study: runs for all combinations of some settings and seeds, and a directory that holds their results.",
            describe: { try $0.statusText() },
            operators: [(.length, { .integer(try $0.operand(1, Experiment.self).study().runs.count) })],
            value: { .string($0.name) },
            properties: [
                ObjectProperty("name", "string", "what it is called") { .string($0.name) },
                ObjectProperty("directory", "string", "the directory of its files") { .string($0.store.directory) },
                ObjectProperty("axes", "list of strings", "the names of its settings") { .list(try $0.study().axes.map { .string($0) }) },
                count(.done, "runs that have a result"), count(.failed, "runs that ended with an error"),
                count(.running, "runs that a process works on"), count(.interrupted, "runs that were started and can continue"), count(.todo, "runs that were not begun"),
            ],
            methods: [runExperiment, experimentStatus, experimentRows, experimentTable, experimentCompare, experimentLogs, reportExperiment, retryRuns, forgetRuns, adoptRuns])
    }

    private var runExperiment: Function {
        Function(
            "Experiment:run", "Runs what is not done. Each run is claimed first, so that any number of processes and machines can share a study; an interrupted run continues where it stopped. A run that fails is recorded, and the others continue.",
            parameters: [.options(Self.runOptions)], returns: "Experiment",
            example: Self.runStudyExample("if c.components == 4 and false then error \"diverged\" end\nreturn { loss = c.components }")
        ) { arguments in
            let experiment = try arguments.receiver(Experiment.self), given = try arguments.options(1)
            var options = BatchOptions()
            options.selection = try given[Self.only]
            options.stopsAtFailure = try given[Self.stopsAtFailure]
            options.waits = try given[Self.waits]
            let ending = try session.run(experiment, options, workers: given[Self.workers], threads: given[Self.threads])
            guard ending != .interrupted else {
                throw LuaError("interrupted: \(try experiment.counts().text); running the study again continues it", kind: .interrupt)
            }
            return arguments.receiverValue
        }
    }

    private var experimentStatus: Function {
        Function(
            "Experiment:status", "Counts the runs by their state.", returns: "table: total, todo, running, interrupted, failed, done, earlier (results of earlier versions of the function), and failures, a list of tables with run and error",
            example: Self.studyExample("return c.components", "assert(study:status().todo == 4)\n")
        ) { arguments in
            let experiment = try arguments.receiver(Experiment.self), study = try experiment.study(), states = try experiment.states(), counts = RunCounts(states)
            let failures = zip(study.runs, states).filter { $0.1 == .failed }.prefix(1000).map { run, _ -> Value in
                .record([("run", .string(run.text)), ("id", .string(run.id)), ("error", .string(experiment.store.failure(of: run.id)?.message ?? ""))])
            }
            return .record([("total", .integer(counts.total))] + RunState.allCases.map { ($0.rawValue, .integer(counts[$0])) } + [
                ("earlier", .integer(try experiment.earlierRuns().filter(\.isDone).count)), ("failures", .list(Array(failures))),
            ])
        }
    }

    private var experimentRows: Function {
        Function(
            "Experiment:rows", "All runs with their results, one row each, ready for avips.csv.write.",
            parameters: [.options([Self.only])],
            returns: "list of tables: the settings, seed, state, the measures of the result, run_seconds, processor_seconds and id",
            example: Self.studyExample("return { loss = c.components }", "study:run{ workers = 1 }\nassert(study:rows()[1].loss == 2)\n")
        ) { arguments in
            let experiment = try arguments.receiver(Experiment.self), only = try arguments.options(1)[Self.only]
            let states = try experiment.states(), all = try experiment.study().runs
            let chosen = try only.map { try Set(experiment.select($0, among: all) { states }.map(\.id)) }
            return .list(try zip(all, states).filter { chosen?.contains($0.0.id) ?? true }.map { run, state in
                var fields = run.point.map { (name: $0.name, value: $0.value.luaValue) }
                fields += [("seed", .integer(run.seed)), ("state", .string(state.rawValue))]
                if state == .done, let result = try experiment.store.validResult(of: run) {
                    fields += result.measures.map { ($0.name, $0.value == .null ? .number(.nan) : $0.value.luaValue) }
                    fields += [(name: "run_seconds", value: .number(result.seconds)), ("processor_seconds", .number(result.processorSeconds))]
                        .filter { own in !result.measures.contains { $0.name == own.name } }
                }
                return .record(fields + [("id", .string(run.id))])
            })
        }
    }

    private var experimentLogs: Function {
        Function(
            "Experiment:logs", "Returns the logs of all runs by the settings that vary, as avips.plot.curves takes them.",
            parameters: [.options([Self.only])], returns: "table of lists of tables of columns",
            example: Self.studyExample("for i = 1, 5 do run:log{ step = i, loss = c.components / i } end", "study:run{ workers = 1 }\nassert(#study:logs()[\"components=2\"] == 2)\n")
        ) { arguments in
            let experiment = try arguments.receiver(Experiment.self), only = try arguments.options(1)[Self.only]
            return .record(try experiment.logs(only: only, limit: .max).map { group in (group.name, .list(group.runs.map(\.luaColumns))) })
        }
    }

    private var reportExperiment: Function {
        Function(
            "Experiment:report", "Writes one HTML page: the definition of the study, tables, curves, a comparison, failures, and where the results come from.",
            parameters: [Parameter("path", "string", "a name that ends in .html", default: "report.html in the study's directory")], returns: "string, the path",
            example: Self.studyExample("return c.components", "study:run{ workers = 1 }\nassert(study:report() == directory .. \"/report.html\")\n")
        ) { arguments in
            let experiment = try arguments.receiver(Experiment.self)
            let path = try arguments.optional(1)?.path() ?? experiment.store.directory + "/report.html"
            try session.writeReport(experiment, to: path)
            return .string(path)
        }
    }

    // MARK: Changes

    private static let selection = Parameter(
        "selection", "string", "settings such as \"robot=ur5 seed=2\", a state, the beginning of a run's name, or \"all\"")

    private func select(_ arguments: Arguments, otherwise: String? = nil) throws -> (experiment: Experiment, runs: [PlannedRun], states: [RunState]) {
        let experiment = try arguments.receiver(Experiment.self)
        guard let text = try arguments.optional(1)?.string() ?? otherwise else { throw arguments[1].mismatch("a selection, such as \"robot=ur5\"") }
        let runs = try experiment.study().runs, states = try experiment.states()
        return (experiment, text == "all" ? runs : try experiment.select(text, among: runs) { states }, states)
    }

    private var retryRuns: Function {
        Function(
            "Experiment:retry", "Resets failed runs, which are then run again from the checkpoint that they left.",
            parameters: [Parameter("selection", "string", "which of them: settings, or the beginning of a run's name", default: "\"failed\"")],
            returns: "integer, how many", example: Self.studyExample("error \"never\"", "study:run{ workers = 1 }\nassert(study.failed == 4 and study:retry() == 4 and study.todo == 4)\n")
        ) { arguments in
            let (experiment, runs, _) = try select(arguments, otherwise: "failed")
            return .integer(try experiment.retry(runs))
        }
    }

    private var forgetRuns: Function {
        Function(
            "Experiment:forget", "Removes runs with their results and files; \"earlier\" names those of earlier versions of the function and the grid.",
            parameters: [Self.selection], returns: "integer, how many",
            example: Self.studyExample("return c.seed", "study:run{ workers = 1 }\nassert(study:forget \"seed=2\" == 2 and study.done == 2)\n")
        ) { arguments in
            let experiment = try arguments.receiver(Experiment.self)
            if try arguments[1].string() == "earlier" { return .integer(try experiment.forgetEarlier()) }
            let chosen = try select(arguments)
            return .integer(try experiment.forget(chosen.runs))
        }
    }

    private var adoptRuns: Function {
        Function(
            "Experiment:adopt", "Adopts results of an earlier version of the function for runs of this version that have the same point and seed, and no result yet.",
            returns: "integer, how many",
            example: Self.studyExample("return c.seed", "study:run{ workers = 1 }\nassert(study:adopt() == 0)\n")
        ) { .integer(try $0.receiver(Experiment.self).adopt()) }
    }
}
