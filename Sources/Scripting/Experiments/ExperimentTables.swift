import Experiments
import Files
import LuaBridge

// Tables of results: Experiment:table, Experiment:compare and the type of what they return.

extension ExperimentEntries {
    private static let rowAxes = OptionKey<[String]?>.value(
        "rows", "string or list of strings", "the settings that rows are made of", otherwise: "those that vary, except that of columns") { try $0.words() }
    private static let columnAxis = OptionKey.string("columns", "the setting that columns are made of", otherwise: "none")
    private static let shownMeasures = OptionKey<[String]?>.value(
        "value", "string or list of strings", "the measures of the result; \"seconds\" and \"processor_seconds\" are those of the run", otherwise: "the first six") { try $0.words() }
    private static let statistic = OptionKey<Statistic>.choice("statistic", default: .mean, "what a cell shows: mean and standard error, or median and quartiles")
    private static let selectedRuns = OptionKey.string("only", "which runs: settings such as \"robot=ur5\"", otherwise: "all")
    private static let comparedAxis = OptionKey.string("axis", "the setting that is compared", otherwise: "the one that varies")
    private static let baseline = RawOption("baseline", "any", "what it is compared with", otherwise: "its first setting")
    private static let comparedMeasure = OptionKey.string("value", "the measure", otherwise: "the first one by name, which the table says")

    static let tableExample = "study:run{ workers = 1 }\n"

    var experimentTable: Function {
        Function(
            "Experiment:table", "Tabulates results by settings: means and standard errors over all other settings and the seeds.",
            parameters: [.options([Self.rowAxes, Self.columnAxis, Self.shownMeasures, Self.statistic, Self.selectedRuns])],
            returns: "StudyTable",
            example: Self.studyExample("return { loss = c.components + c.seed }", Self.tableExample + "print(study:table{ columns = \"components\", value = \"loss\" })\n")
        ) { arguments in
            let experiment = try arguments.receiver(Experiment.self), options = try arguments.options(1)
            return .object(holding: try experiment.table(
                rows: options[Self.rowAxes], columns: options[Self.columnAxis], measures: options[Self.shownMeasures],
                statistic: options[Self.statistic], only: options[Self.selectedRuns]).shown)
        }
    }

    var experimentCompare: Function {
        Function(
            "Experiment:compare", "Compares the settings of one axis with one of them, by paired differences of runs that share the seed and all other settings, with Student's and Wilcoxon's tests.",
            parameters: [.options([Self.comparedAxis, Self.baseline, Self.comparedMeasure, Self.selectedRuns])],
            returns: "StudyTable",
            example: Self.studyExample("return { loss = c.components + c.seed }", Self.tableExample + "print(study:compare{ axis = \"components\", baseline = 2, value = \"loss\" })\n")
        ) { arguments in
            let experiment = try arguments.receiver(Experiment.self), options = try arguments.options(1)
            let baseline = try options[Self.baseline].map { slot -> Datum in
                var writer = JSONWriter(indent: nil, isLenient: true)
                try writer.write(slot)
                return try Datum(json: writer.bytes)
            }
            return .object(holding: try experiment.comparison(
                axis: options[Self.comparedAxis], baseline: baseline, measure: options[Self.comparedMeasure], only: options[Self.selectedRuns]).shown)
        }
    }

    var studyTableType: ObjectType {
        func text(_ name: String, _ summary: String, _ get: @escaping (ShownTable) -> String) -> Function {
            Function(
                "StudyTable:\(name)", summary, returns: "string",
                example: Self.studyExample("return { loss = c.components }", Self.tableExample + "print(study:table():\(name)())\n")
            ) { .string(get(try $0.receiver(ShownTable.self))) }
        }
        return ObjectType(
            "StudyTable", of: ShownTable.self, "A table of results: prints aligned, and is written as CSV, JSON, Markdown and LaTeX.",
            describe: { $0.text },
            element: { table, index in table.rows.indices.contains(index &- 1) ? .record(zip(table.header, table.rows[index &- 1]).map { ($0, $1.luaValue) }) : .nil },
            operators: [(.length, { .integer(try $0.operand(1, ShownTable.self).rows.count) })],
            value: { table in .list(table.rows.map { .record(zip(table.header, $0).map { ($0, $1.luaValue) }) }) },
            table: { table in
                // Cells hold no lists and tables: they are told as the table itself tells them.
                DataTable(columns: table.header, rows: table.rows.map { $0.map { $0.list == nil && $0.members == nil ? $0.luaValue : .string($0.label) } })
            },
            properties: [
                ObjectProperty("columns", "list of strings", "the names of the columns of the full table, one row per cell") { .list($0.header.map { .string($0) }) },
                ObjectProperty("note", "string", "what its cells show") { .string($0.note) },
            ],
            methods: [
                text("csv", "The full table, one row per cell, as comma-separated values.") { $0.csv },
                text("markdown", "The table as it is shown, in Markdown.") { $0.markdown },
                text("latex", "The table as it is shown, as a tabular with the rules of booktabs.") { $0.latex },
                Function(
                    "StudyTable:save", "Writes the table to a file: .csv and .json in full, .md, .tex and .txt as it is shown.",
                    parameters: [Parameter("path", "string", "a name that ends in .csv, .json, .md, .tex or .txt")], returns: "string, the path",
                    example: Self.studyExample("return { loss = c.components }", Self.tableExample + "study:table():save(directory .. \"/table.csv\")\n")
                ) { arguments in
                    let table = try arguments.receiver(ShownTable.self), path = try arguments[1].path()
                    guard let text = table.text(named: path) else { throw arguments[1].invalid("must end in \(ShownTable.endings)") }
                    try files.write(Array(text.utf8), to: path)
                    return .string(path)
                },
            ])
    }
}

extension ShownTable {
    /// The endings of the files that a table is written to.
    static let endings = ".csv, .json, .md, .tex or .txt"

    /// What a file of a name is to hold; nil where its ending is none of ``endings``.
    func text(named path: String) -> String? {
        switch path.split(separator: ".").last {
        case "csv": csv
        case "json": json.json + "\n"
        case "md": markdown
        case "tex": latex
        case "txt": text + "\n"
        default: nil
        }
    }
}

extension Slot {
    /// A word, or a list of words.
    fileprivate func words() throws -> [String] {
        guard kind == .table else { return [try string()] }
        let count = try length()
        guard (1...64).contains(count) else { throw mismatch("a string, or a list of 1 to 64 strings") }
        return try (1...count).map { try withElement($0) { try $0.string() } }
    }
}

extension Experiment {
    /// Results by settings.
    func table(rows: [String]? = nil, columns: String? = nil, measures: [String]? = nil, statistic: Statistic = .mean, only: String? = nil) throws -> ResultTable {
        let results = try results(only: only), study = try study()
        for axis in (rows ?? []) + [columns].compactMap(\.self) { try check(axis: axis, in: study) }
        let found = Experiment.measures(results)
        for measure in measures ?? [] { try check(measure: measure, found) }
        let shown = measures ?? Array(found.prefix(6))
        return ResultTable(
            results, rowAxes: rows ?? study.varying.filter { $0 != columns }, columnAxis: columns, measures: shown.isEmpty ? ["value"] : shown, statistic: statistic)
    }

    /// The settings of an axis against one of them.
    func comparison(axis: String?, baseline: Datum?, measure: String?, only: String? = nil) throws -> ComparisonTable {
        let results = try results(only: only), study = try study()
        let axis = try comparedAxis(axis, in: study)
        let found = Experiment.measures(results)
        if let measure { try check(measure: measure, found) }
        guard let base = baseline ?? study.runs.first?.setting(axis) else { throw ArgumentError("the study has no runs") }
        guard study.runs.contains(where: { $0.setting(axis)?.canonical == base.canonical }) else {
            throw ArgumentError("option baseline must be a setting of \(axis), got \(base.label)")
        }
        return ComparisonTable(results, axis: axis, baseline: base, measure: measure ?? found.first ?? "value", choices: measure == nil ? found : [])
    }

    /// The axis that is compared: the one that is named, or the only one that varies.
    func comparedAxis(_ name: String?, in study: Study) throws -> String {
        let varying = study.varying
        guard let axis = name ?? (varying.count == 1 ? varying.first : nil) else {
            throw ArgumentError("option axis must name the setting that is compared: one of \(varying.joined(separator: ", "))")
        }
        try check(axis: axis, in: study)
        return axis
    }

    private func check(axis: String, in study: Study) throws {
        let axes = study.axes + ["seed"]
        guard axes.contains(axis) else { throw Failure.noAxis(axis, axes) }
    }

    private func check(measure: String, _ found: [String]) throws {
        let names = found + ["seconds", "processor_seconds"].filter { !found.contains($0) }
        guard found.isEmpty || names.contains(measure) else {
            throw ArgumentError("no result has a measure \"\(measure)\"" + suggestion(for: measure, among: names, before: "there are " + names.prefix(30).joined(separator: ", ")))
        }
    }
}
