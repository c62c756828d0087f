/// The settings of one axis against one of them, with what else is the same: differences by point and seed.
public struct ComparisonTable: Sendable, Equatable {
    /// One setting against the baseline.
    public struct Row: Sendable, Equatable {
        public var setting: Datum
        /// Nil where no pair has both results.
        public var comparison: PairedComparison?
        /// Pairs of which a result is missing.
        public var missing: Int
    }

    /// The axis whose settings are compared.
    public var axis: String
    /// The setting that the others are compared with.
    public var baseline: Datum
    /// The measure whose differences are taken.
    public var measure: String
    /// The measures that this one is the first of, where nobody chose it.
    public var choices: [String]
    public var rows: [Row]

    /// - Parameter runs: with their results, nil where there are none.
    public init(_ runs: [(run: PlannedRun, result: RunResult?)], axis: String, baseline: Datum, measure: String, choices: [String] = []) {
        self.choices = choices
        self.axis = axis
        self.baseline = baseline
        self.measure = measure
        var settings: [Datum] = [], base: [String: Double?] = [:]
        func rest(_ run: PlannedRun) -> String {
            Datum.record(run.point.filter { $0.name != axis } + (axis == "seed" ? [] : [.init("seed", .integer(run.seed))])).canonical
        }
        func number(_ result: RunResult?) -> Double? { result?.measure(measure).flatMap { $0.isFinite ? $0 : nil } }
        for entry in runs {
            guard let setting = entry.run.setting(axis) else { continue }
            if setting.canonical == baseline.canonical {
                base[rest(entry.run)] = number(entry.result)
            } else if !settings.contains(where: { $0.canonical == setting.canonical }) {
                settings.append(setting)
            }
        }
        rows = settings.map { setting in
            var differences: [Double] = [], missing = 0
            for entry in runs where entry.run.setting(axis)?.canonical == setting.canonical {
                guard let own = number(entry.result), let other = base[rest(entry.run)] ?? nil else {
                    missing += 1
                    continue
                }
                differences.append(own - other)
            }
            return Row(setting: setting, comparison: PairedComparison(differences: differences), missing: missing)
        }
    }

    /// The table as people and files get it.
    public var shown: ShownTable {
        let heading = [axis, "\(measure), difference to \(axis)=\(baseline.label)", "n", "p (t)", "p (signed rank)"]
        let fields = rows.map { row -> [String] in
            guard let comparison = row.comparison else { return [row.setting.label, "–", "0", "", ""] }
            return [
                row.setting.label, RoundedText.text(comparison.summary), "\(comparison.summary.count)", RoundedText.probability(comparison.studentProbability),
                RoundedText.probability(comparison.signedRankProbability),
            ]
        }
        let header = [axis, "baseline", "measure", "n", "missing", "mean_difference", "standard_error", "median_difference", "p_student", "p_signed_rank"]
        let full = rows.map { row -> [Datum] in
            let summary = row.comparison?.summary
            return [
                row.setting, baseline, .text(measure), .integer(summary?.count ?? 0), .integer(row.missing), .finite(summary?.mean), .finite(summary?.standardError),
                .finite(summary?.median), .finite(row.comparison?.studentProbability), .finite(row.comparison?.signedRankProbability),
            ]
        }
        return ShownTable(fields: [heading] + fields, labels: 1, note: note, header: header, rows: full)
    }

    private var note: String {
        let missing = rows.reduce(0) { $0 + $1.missing }
        var parts = ["mean difference ± standard error over pairs with the same seed and the same other settings", "two-sided tests"]
        if missing > 0 { parts.append("\(missing == 1 ? "1 pair" : "\(missing) pairs") left out, of which a result is missing") }
        if choices.count > 1 {
            let others = choices.filter { $0 != measure }
            parts.append("\(measure) is the first measure; others: \(others.prefix(8).joined(separator: ", "))" + (others.count > 8 ? ", …" : ""))
        }
        return parts.joined(separator: "; ")
    }
}
