import Experiments
import Figures
import Files
import LuaBridge

// The page that a study is handed on as.

extension Session {
    /// Writes a page with what was asked, tables, curves, what failed, and where the results come from.
    func writeReport(_ experiment: Experiment, to path: String) throws {
        let study = try experiment.study(), states = try experiment.states(), counts = RunCounts(states)
        let results = try experiment.results()
        var blocks: [ReportPage.Block] = [.paragraph("\(NumberText.counted(study.runs.count, "run")): \(counts.text).")]
        blocks.append(.table(question(study)))
        if counts[.done] > 0 {
            blocks.append(.heading("Results"))
            let measures = Array(Experiment.measures(results).prefix(6))
            let axes = study.varying.filter { $0 != "seed" }
            for measure in measures.isEmpty ? ["value"] : measures { blocks += try self.results(experiment, measure, axes) }
        }
        let curves = try experiment.logs(limit: .max)
        if curves.count > PlotData.seriesLimit {
            blocks.append(.paragraph("\(curves.count) combinations of settings are too many for one figure: avips.plot.curves and avips.plot.compare draw those that only = selects."))
        }
        if !curves.isEmpty, let figure = try? figure(of: "curves", experiment) { blocks += [.heading("Curves"), .figure(figure)] }
        if axesCount(study) > 0, counts[.done] > 0, let figure = try? figure(of: "compare", experiment) { blocks += [.heading("Comparison"), .figure(figure)] }
        blocks += comparisons(experiment, study, results)
        blocks += failures(experiment, study, states)
        blocks += [.heading("Provenance"), .table(provenance(experiment, study))]
        let page = ReportPage(title: experiment.name, blocks: blocks), destination = try files.destination(path)
        try plotData.drawn { try page.file(destination) }.write()
    }

    private func axesCount(_ study: Study) -> Int { study.varying.count }

    private func question(_ study: Study) -> ReportTable {
        let settings = study.axes.map { axis -> [String] in
            var labels: [String] = []
            for run in study.runs { if let label = run.setting(axis)?.label, !labels.contains(label) { labels.append(label) } }
            return [axis, labels.prefix(20).joined(separator: ", ") + (labels.count > 20 ? ", … (\(labels.count))" : "")]
        }
        let seeds = Set(study.runs.map(\.seed)).sorted()
        return ReportTable(
            caption: "What was asked: all combinations", columns: ["setting", "values"],
            rows: settings + [["seed", seeds.prefix(20).map { "\($0)" }.joined(separator: ", ") + (seeds.count > 20 ? ", … (\(seeds.count))" : "")]])
    }

    private func results(_ experiment: Experiment, _ measure: String, _ axes: [String]) throws -> [ReportPage.Block] {
        let column = axes.count > 1 ? axes.last : nil
        let table = try experiment.table(rows: axes.filter { $0 != column }, columns: column, measures: [measure]).shown
        return [.table(ReportTable(caption: "\(measure), \(table.note)", columns: table.fields[0], rows: Array(table.fields.dropFirst())))]
    }

    private func comparisons(_ experiment: Experiment, _ study: Study, _ results: [(run: PlannedRun, result: RunResult?)]) -> [ReportPage.Block] {
        guard let measure = Experiment.measures(results).first else { return [] }
        let tables = study.varying.compactMap { axis -> ReportPage.Block? in
            guard let table = try? experiment.comparison(axis: axis, baseline: nil, measure: measure).shown, table.fields.count > 1 else { return nil }
            return .table(ReportTable(caption: "\(axis): \(table.note)", columns: table.fields[0], rows: Array(table.fields.dropFirst())))
        }
        return tables.isEmpty ? [] : [.heading("Paired differences")] + tables
    }

    private func failures(_ experiment: Experiment, _ study: Study, _ states: [RunState]) -> [ReportPage.Block] {
        let failed = zip(study.runs, states).filter { $0.1 == .failed }.map(\.0)
        guard !failed.isEmpty else { return [] }
        let shown = failed.prefix(20).flatMap { run -> [ReportPage.Block] in
            let failure = experiment.store.failure(of: run.id)
            return [.paragraph(run.text), .preformatted(([failure?.message ?? ""] + (failure?.traceback ?? []).map { "    " + $0 }).joined(separator: "\n"))]
        }
        return [.heading("Failures"), .paragraph("\(failed.count) of \(NumberText.counted(study.runs.count, "run")) failed.")] + shown
    }

    private func figure(of function: String, _ experiment: Experiment) throws -> Figure? {
        let draw = try state.load("return avips.plot.\(function)(...)", name: "=report")
        guard let value = try state.call(draw, [.object(holding: experiment)]).first else { return nil }
        return try state.withSlot(value) { try $0.boxIfPresent(Figure.self)?.read() }
    }

    private func provenance(_ experiment: Experiment, _ study: Study) -> ReportTable {
        var rows = study.provenance.filter { $0.name != "code_parts" }.map { [$0.name, $0.value.label] }
        let store = experiment.store
        let workers = ((try? FileTree.names(in: store.workersDirectory)) ?? []).filter { $0.hasSuffix(".json") }.compactMap { store.datum("workers/\($0)") }
        func values(_ name: String) -> String { Set(workers.compactMap { $0[name]?.label }.filter { !$0.isEmpty }).sorted().prefix(12).joined(separator: ", ") }
        rows += [
            ["hosts", values("host")], ["processors", values("processor")], ["versions that ran it", values("version")], ["commits", values("commit")],
            ["jobs", values("job")], ["processes", "\(workers.count)"],
        ]
        let times = workers.compactMap { $0["started"]?.text }.sorted()
        if let first = times.first, let last = times.last { rows.append(["started", first == last ? first : "\(first) to \(last)"]) }
        let spent = ((try? experiment.results()) ?? []).compactMap { $0.result?.processorSeconds }.reduce(0, +)
        rows.append(["processor time", NumberText.duration(spent)])
        rows.append(["version of the function", study.code])
        return ReportTable(caption: "Where the results come from; each run's own in its result.json and the file of its worker", columns: ["what", "value"], rows: rows.filter { !$0[1].isEmpty })
    }
}
