import Experiments
import Files
import LuaBridge

/// A study as scripts hold it: what is asked for, the function that is run, and the directory that holds the results.
final class Experiment {
    let store: StudyStore
    let name: String
    /// What runs need; nil for a study that was opened without its script.
    let source: Source?
    private unowned let session: Session
    private var planned: Study?
    /// The runs by rungs of a halving; one rung without.
    private var rungs: [[PlannedRun]] = []
    private var predecessors: [String: String] = [:]
    /// What the function's version is made of; known with the plan.
    private(set) var version: CodeVersion?

    /// What a script gave.
    struct Source {
        var function: Reference
        var grids: [ReadGrid]
        var seeds: [Int]
        /// Which points are kept; nil for all.
        var filter: Reference?
        /// What is done once all runs are done; nil for a table.
        var conclusion: Reference?
        /// Whether results may have numbers that are not finite.
        var admitsNaN: Bool
        /// The file that the function stands in; nil where it was typed.
        var script: String?
        var patience: Double
        /// Nil where all points are tried alike.
        var halving: Halving?

        /// The grids of a rung of a halving, or all of them.
        func grids(rung: Int) -> [ReadGrid] {
            guard let halving else { return grids }
            let budget = halving.rungs[rung], setting: Datum = Int(exactly: budget).map { .integer($0) } ?? .number(budget)
            return grids.map { $0.with(halving.budget, setting) }
        }
    }

    init(name: String, directory: String, source: Source, session: Session) {
        self.name = name
        self.source = source
        self.session = session
        store = StudyStore(directory)
    }

    /// A study by its directory alone.
    init(opening directory: String, session: Session) throws {
        store = StudyStore(directory)
        let study = try store.read()
        name = study.name
        planned = study
        source = nil
        self.session = session
    }

    /// The runs that are asked for; for a study without its script those that were asked for last.
    func study() throws -> Study {
        guard let source else { return try store.read() }
        if let planned { return planned }
        let version = try CodeVersion(of: source.function, in: session)
        var study = try Study(name: name, grids: source.grids(rung: 0).map(\.grid), seeds: source.seeds, code: version.code) { run in
            guard let filter = source.filter else { return true }
            switch try session.state.call(filter, [point(of: run)]).first {
            case .boolean(let truth): return truth
            default: throw LuaError("option where: the function must return true or false, for the point \(run.text)")
            }
        }
        study.provenance = Provenance.ofStudy(source, version, session)
        self.version = version
        planned = study
        rungs = [study.runs]
        while addRung() {}
        return planned ?? study
    }

    // MARK: Rungs

    /// Adds the runs of the next rung of a halving, where all of the last one have ended.
    ///
    /// What is added depends on results alone, so that all processes that work on a study add the same.
    func addRung() -> Bool {
        guard let source, let halving = source.halving, var study = planned, let last = rungs.last, rungs.count < halving.rungs.count else { return false }
        let hasEnded = last.allSatisfy { store.isSettled($0.id) }
        guard hasEnded else { return false }
        var points: [String: Int] = [:], firsts: [PlannedRun] = []
        let entries = last.map { run -> (point: Int, result: RunResult?) in
            let key = run.pointText
            if points[key] == nil {
                points[key] = firsts.count
                firsts.append(run)
            }
            return (points[key]!, store.result(of: run.id))
        }
        let grids = source.grids(rung: rungs.count), count = source.grids.count
        let runs = halving.survivors(entries).flatMap { point in
            source.seeds.map { seed -> PlannedRun in
                var origin = firsts[point].origin
                origin.grid = rungs.count * count + origin.grid % count
                return PlannedRun(grid: grids[origin.grid % count].grid, origin: origin, seed: seed, code: study.code)
            }
        }
        guard !runs.isEmpty else { return false }
        for run in runs {
            guard let before = last.first(where: { $0.seed == run.seed && $0.origin.grid % count == run.origin.grid % count && $0.origin.settings == run.origin.settings }) else { continue }
            predecessors[run.id] = before.id
        }
        rungs.append(runs)
        study.runs += runs
        planned = study
        return true
    }

    /// The run of the rung before, from whose checkpoints a run goes on.
    func predecessor(of run: PlannedRun) -> String? { predecessors[run.id] }

    /// Whether checkpoints are of use after their run has ended.
    var keepsCheckpoints: Bool { source?.halving != nil }

    /// The table that the function is called with: the settings of the point and the seed.
    func point(of run: PlannedRun) throws -> Value {
        guard let source else { return .nil }
        let grid = source.grids(rung: run.origin.grid / source.grids.count)[run.origin.grid % source.grids.count]
        let settings = zip(grid.grid.axes, run.origin.settings).enumerated().map { axis, item in
            (name: item.0.name, value: grid.value(axis: axis, setting: item.1))
        }
        return .record(settings + [(name: "seed", value: .integer(run.seed))])
    }

    /// Judges who holds runs, for a process that only looks.
    func judge() -> HolderJudge { judge(me: .current(), clockFile: nil) }

    func judge(me: WorkerIdentity, clockFile: String?) -> HolderJudge {
        HolderJudge(
            me: me, clockFile: clockFile, patience: source?.patience ?? Experiment.usualPatience, queuePatience: min(60, source?.patience ?? 60),
            standing: { SlurmQueue.shared.standing(of: $0) })
    }

    static let usualPatience = 300.0

    // MARK: Selections

    /// The runs that a selection names: settings such as "robot=ur5 seed=2", a state, or the beginning of an identity.
    func select(_ selection: String, among runs: [PlannedRun], states: () -> [RunState]) throws -> [PlannedRun] {
        if let state = RunState(rawValue: selection) { return zip(runs, states()).filter { $0.1 == state }.map(\.0) }
        var words: [String] = []
        for word in selection.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init) {
            // What has no sign of equality goes on with the setting before it, "task=two moons".
            if let last = words.last, !word.contains("=") { words[words.count - 1] = last + " " + word } else { words.append(word) }
        }
        guard !words.isEmpty else { throw Failure.nothingSelected(selection) }
        if words.count == 1, !selection.contains("=") {
            let found = runs.filter { $0.id.hasPrefix(selection) }
            guard !found.isEmpty else { throw Failure.nothingSelected(selection) }
            return found
        }
        let axes = Set(runs.flatMap { $0.point.map(\.name) } + ["seed"])
        let wanted = try words.map { word -> (axis: String, label: String) in
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else { throw Failure.nothingSelected(selection) }
            guard axes.contains(parts[0]) else { throw Failure.noAxis(parts[0], axes.sorted()) }
            guard runs.contains(where: { $0.setting(parts[0])?.label == parts[1] }) else {
                var labels: [String] = []
                for label in runs.compactMap({ $0.setting(parts[0])?.label }) where !labels.contains(label) { labels.append(label) }
                throw Failure.noSetting(parts[0], parts[1], labels)
            }
            return (parts[0], parts[1])
        }
        let found = runs.filter { run in wanted.allSatisfy { run.setting($0.axis)?.label == $0.label } }
        guard !found.isEmpty else { throw Failure.nothingSelected(selection) }
        return found
    }

    // MARK: Earlier runs

    /// A run that has files, and is none of those that are asked for now.
    struct EarlierRun {
        var id: String
        var config: RunConfig
        /// The run that has the same point and seed now, if there is one.
        var successor: PlannedRun?
        var isDone: Bool
    }

    /// Runs of earlier versions of the function or the grid.
    func earlierRuns() throws -> [EarlierRun] {
        let study = try study(), known = Set(study.runs.map(\.id))
        let others = store.presentRuns().filter { !known.contains($0) }
        guard !others.isEmpty else { return [] }
        let successors = Dictionary(study.runs.map { (Experiment.key($0.point, $0.seed), $0) }) { first, _ in first }
        return others.compactMap { id in
            guard let config = store.datum(StudyStore.Name.config, of: id).flatMap(RunConfig.init(record:)) else { return nil }
            return EarlierRun(
                id: id, config: config, successor: successors[Experiment.key(config.point, config.seed)],
                isDone: store.isComplete(id))
        }
    }

    private static func key(_ point: [Datum.Member], _ seed: Int) -> String {
        Datum.record(point + [.init("seed", .integer(seed))]).canonical
    }

    enum Failure: Error, CustomStringConvertible {
        case nothingSelected(String)
        case noAxis(String, [String])
        case noSetting(String, String, [String])
        case noFunction(String)
        case tooManyPoints

        var description: String {
            switch self {
            case .nothingSelected(let text):
                "\"\(text)\" selects no run; a selection is settings such as \"robot=ur5 seed=2\", a state (\(RunState.allCases.map(\.rawValue).joined(separator: ", "))), or the beginning of a run's name"
            case .noAxis(let name, let axes): "there is no axis \"\(name)\"" + suggestion(for: name, among: axes, before: "the axes are " + axes.joined(separator: ", "))
            case .noSetting(let axis, let label, let labels):
                "no run has \(axis)=\(label); \(axis) is \(labels.prefix(8).joined(separator: ", "))" + (labels.count > 8 ? " and \(labels.count - 8) more" : "")
            case .tooManyPoints: "there are more than \(PlotData.seriesLimit) combinations of settings, too many to tell apart; choose some: only = \"robot=ur5\""
            case .noFunction(let name): "the study \"\(name)\" was opened without its script, so that nothing can be run: start the script that defines it"
            }
        }
    }
}
