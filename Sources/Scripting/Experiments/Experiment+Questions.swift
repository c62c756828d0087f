import Experiments
import Figures
import Files
import LuaBridge
import Numerics

// What is asked of a study's files, and what changes them.

extension Experiment {
    func states() throws -> [RunState] { store.states(of: try study().runs, judge: judge()) }

    func counts() throws -> RunCounts { RunCounts(try states()) }

    /// A few lines that say how far the study is, and what went wrong.
    func statusText() throws -> String {
        let study = try study(), states = try states(), counts = RunCounts(states), earlier = try earlierRuns()
        var lines = ["\(name) · \(counts.text) · \(store.directory)"]
        let superseded = earlier.filter { $0.isDone && $0.successor != nil && $0.config.code != study.code }.count
        if superseded > 0 {
            lines.append("\(superseded.counted("result is", "results are")) of an earlier version of the function\(try changes()): adopt takes them for this one, forget earlier removes them")
        }
        let others = earlier.count - superseded
        if others > 0 { lines.append("\(others.counted("run is", "runs are")) no longer asked for: forget earlier removes them") }
        let failed = zip(study.runs, states).filter { $0.1 == .failed }.map(\.0)
        for run in failed.prefix(10) { lines.append("failed: \(run.text): \(store.failure(of: run.id)?.message ?? "")") }
        if failed.count > 10 { lines.append("and \(failed.count - 10) more") }
        return lines.joined(separator: "\n")
    }

    /// What makes the function another version than that of the study that was written last: " (steps changed)".
    private func changes() throws -> String {
        guard let version, let stored = try? store.read() else { return "" }
        // The study that was written last may be this one already; what it replaced is no longer known.
        guard stored.code != version.code, let before = stored.provenance.first(where: { $0.name == "code_parts" })?.value.members else { return "" }
        let names = Set(before.map(\.name) + version.parts.map(\.name)).filter { name in
            before.first { $0.name == name }?.value != version.parts.first { $0.name == name }?.value
        }
        return names.isEmpty ? "" : " (what changed: \(names.sorted().joined(separator: ", ")))"
    }

    /// All runs with their results.
    func results(only: String? = nil) throws -> [(run: PlannedRun, result: RunResult?)] {
        let all = try study().runs
        let runs = try only.map { try select($0, among: all) { store.states(of: all, judge: judge()) } } ?? all
        return zip(runs, try store.results(of: runs)).map { (run: $0, result: $1) }
    }

    /// The names of the measures that there are, in the order of the results.
    static func measures(_ results: [(run: PlannedRun, result: RunResult?)]) -> [String] {
        var names: [String] = [], known: Set<String> = []
        for entry in results { for measure in entry.result?.measures ?? [] where known.insert(measure.name).inserted { names.append(measure.name) } }
        return names
    }

    // MARK: Logs

    /// The columns that a run logged.
    struct LoggedRun {
        var columns: Datum

        /// The columns that hold numbers; what is none is NaN.
        var numbers: [String: [Double]] {
            Dictionary((columns.members ?? []).compactMap { member in
                guard let list = member.value.list, !list.contains(where: { $0.text != nil }) else { return nil }
                return (member.name, list.map { $0.double ?? .nan })
            }) { first, _ in first }
        }

        /// The columns as Lua has them; what is no number is NaN.
        var luaColumns: Value {
            .record((columns.members ?? []).map { member in
                let list = member.value.list ?? []
                let isText = list.contains { $0.text != nil }
                return (member.name, isText ? .list(list.map(\.luaValue)) : .numbers(list.map { $0.double ?? .nan }))
            })
        }
    }

    /// The logs of runs, grouped by the settings that vary.
    ///
    /// - Parameter limit: how many groups there may be, as in a figure that is to tell them apart.
    func logs(only: String? = nil, limit: Int = PlotData.seriesLimit) throws -> [(name: String, runs: [LoggedRun])] {
        let study = try study(), varying = study.varying.filter { $0 != "seed" }
        let runs = try only.map { try select($0, among: study.runs) { store.states(of: study.runs, judge: judge()) } } ?? study.runs
        var groups: [(name: String, runs: [LoggedRun])] = [], positions: [String: Int] = [:]
        for run in runs {
            guard let columns = store.datum(StudyStore.Name.log, of: run.id), columns.members != nil else { continue }
            let name = study.shortText(run, varying: varying)
            if let position = positions[name] {
                groups[position].runs.append(LoggedRun(columns: columns))
            } else {
                guard groups.count < limit else { throw Failure.tooManyPoints }
                positions[name] = groups.count
                groups.append((name, [LoggedRun(columns: columns)]))
            }
        }
        return groups
    }

    /// The measures of the settings that vary, each as the mean over the seeds with its standard error, for a comparison.
    func compared(_ wanted: [String]?, only: String? = nil) throws -> [(name: String, values: [(String, Figures.Estimate)])] {
        let results = try results(only: only), study = try study(), varying = study.varying.filter { $0 != "seed" }
        let names = wanted ?? Array(Experiment.measures(results).prefix(6))
        var groups: [(name: String, results: [RunResult])] = [], positions: [String: Int] = [:]
        for entry in results {
            guard let result = entry.result else { continue }
            let name = study.shortText(entry.run, varying: varying)
            if let position = positions[name] {
                groups[position].results.append(result)
            } else {
                guard groups.count < PlotData.seriesLimit else { throw Failure.tooManyPoints }
                positions[name] = groups.count
                groups.append((name, [result]))
            }
        }
        return groups.map { group in
            (group.name, names.compactMap { name in
                let values = group.results.compactMap { $0.measure(name) }.filter(\.isFinite)
                return values.isEmpty ? nil : (name, Figures.Estimate(of: values))
            })
        }
    }

    // MARK: Changes

    func retry(_ runs: [PlannedRun]) throws -> Int {
        let failed = runs.filter { FileTree.exists(store.path(StudyStore.Name.failure, of: $0.id)) }
        for run in failed { try store.retry(run.id) }
        return failed.count
    }

    /// Removes runs, but none that is worked on.
    func forget(_ runs: [PlannedRun]) throws -> Int {
        let judge = judge(), present = runs.filter { FileTree.exists(store.directory(of: $0.id)) }
        if let busy = present.first(where: { store.state(of: $0.id, judge: judge) == .running }) {
            throw ArgumentError("the run \(busy.text) is being worked on; interrupt that first")
        }
        for run in present { try store.forget(run.id) }
        return present.count
    }

    func forgetEarlier() throws -> Int {
        let judge = judge(), earlier = try earlierRuns().filter { store.state(of: $0.id, judge: judge) != .running }
        for run in earlier { try store.forget(run.id) }
        return earlier.count
    }

    /// Takes results of earlier versions for those of this one.
    func adopt() throws -> Int {
        let code = try study().code, judge = judge()
        var count = 0
        // Of several versions the newest result counts.
        func finished(_ run: EarlierRun) -> Double { FileTree.status(store.path(StudyStore.Name.result, of: run.id))?.modified ?? 0 }
        for earlier in try earlierRuns().filter(\.isDone).sorted(by: { finished($0) > finished($1) }) {
            guard let successor = earlier.successor, [.todo, .interrupted].contains(store.state(of: successor.id, judge: judge)) else { continue }
            try store.adopt(earlier.id, as: successor, code: code)
            count += 1
        }
        return count
    }
}
