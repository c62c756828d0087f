import Figures
import LuaBridge
import Numerics

/// The columns of one training run.
struct PlottedRun {
    var columns: [String: [Double]]

    /// A column over another; over its own count where that is missing.
    ///
    /// - Throws: `ArgumentError` where both are there and differ in length, which would cut one of them short unseen.
    func curve(_ name: String, x: String, factor: Double) throws -> [Place]? {
        guard let y = columns[name] else { return nil }
        let found = [x, "x"].lazy.compactMap { name in columns[name].map { (name: name, values: $0) } }.first
        if let found, found.values.count != y.count {
            throw ArgumentError("the column \"\(name)\" has \(y.count.counted("number")), and \"\(found.name)\" has \(found.values.count): the columns of a run are of one length")
        }
        let across = found?.values ?? y.indices.map { Double($0 + 1) }
        return zip(across, y).map { Place($0, $1 * factor) }
    }
}

/// Reads runs: logs, tables of columns, lists of runs that differ in their seeds only, and groups of them by name.
struct RunReader {
    struct Group {
        var name: String
        var runs: [PlottedRun]
    }

    let data: PlotData

    /// What is drawn where nothing else is asked for, in this order.
    static let standard = ["y", "elbo", "loss", "position_error", "rotation_error", "entropy", "components_in_use"]
    private static let axes = ["step", "iteration", "samples", "seconds", "evaluations", "x"]

    /// Whether a value is one run rather than several.
    func isRun(_ slot: Slot, columns: [String]) -> Bool {
        if slot.kind == .userdata { return slot.objectType != nil && slot.boxIfPresent(Experiment.self) == nil }
        guard slot.kind == .table, (try? slot.length()) == 0 else { return false }
        // A field that is a list of numbers: a list of runs by that name would have tables in it.
        return (RunReader.standard + columns).contains { name in (try? data.series(slot, name).map { !$0.isEmpty }) ?? false }
    }

    /// Which runs of an experiment are drawn.
    static let only = OptionKey.string(
        "only", "of an Experiment, which runs: settings such as \"robot=ur5\"; no more than \(PlotData.seriesLimit) combinations can be told apart", otherwise: "all")

    func groups(_ values: [Slot], columns: [String], only: String?) throws -> [Group] {
        var groups: [Group] = []
        for slot in values {
            if let experiment = try slot.boxIfPresent(Experiment.self)?.read() {
                groups += try experiment.logs(only: only).map { group in Group(name: group.name, runs: group.runs.map { PlottedRun(columns: $0.numbers) }) }
            } else if isRun(slot, columns: columns) {
                groups.append(Group(name: try data.name(slot) ?? "run \(groups.count + 1)", runs: [try run(slot, columns: columns)]))
            } else if slot.kind == .table, try slot.length() > 0 {
                groups.append(Group(name: "group \(groups.count + 1)", runs: try runs(slot, columns: columns)))
            } else if slot.kind == .table {
                groups += try data.named(slot) { name, value in
                    let runs = isRun(value, columns: columns) ? [try run(value, columns: columns)] : try runs(value, columns: columns)
                    return Group(name: name, runs: runs)
                }
            } else {
                throw slot.mismatch("a Log, or a table with columns")
            }
            guard groups.count <= PlotData.seriesLimit else { throw slot.invalid("makes more than \(PlotData.seriesLimit) groups") }
        }
        return groups
    }

    private func runs(_ slot: Slot, columns: [String]) throws -> [PlottedRun] {
        try data.elements(slot) { element in
            guard isRun(element, columns: columns) else { throw element.mismatch("a Log, or a table with columns") }
            return try run(element, columns: columns)
        }
    }

    private func run(_ slot: Slot, columns: [String]) throws -> PlottedRun {
        var result: [String: [Double]] = [:]
        for name in RunReader.standard + RunReader.axes + columns where data.hasList(slot, name) {
            result[name] = try data.series(slot, name)
        }
        return PlottedRun(columns: result)
    }

    /// Those of the standard columns that hold a finite number; where none does, those that there are.
    func standardColumns(of groups: [Group]) -> [String] {
        let runs = groups.flatMap(\.runs)
        let there = RunReader.standard.filter { name in runs.contains { $0.columns[name] != nil } }
        let held = there.filter { name in runs.contains { $0.columns[name]?.contains(where: \.isFinite) ?? false } }
        guard held.isEmpty, there.isEmpty else { return held.isEmpty ? there : held }
        // A log of other columns: those that were logged first.
        let others = Set(runs.flatMap(\.columns.keys)).subtracting(RunReader.axes).sorted()
        return Array(others.filter { name in runs.contains { $0.columns[name]?.contains(where: \.isFinite) ?? false } }.prefix(6))
    }
}
