import Foundation

/// What a cell of a table shows of its measurements.
public enum Statistic: String, Sendable, CaseIterable {
    /// The mean and its standard error.
    case mean
    /// The median and the quartiles.
    case median
}

/// Results by settings: one row a combination of some axes, one column a setting of another and a measure, in each cell the runs that are left.
public struct ResultTable: Sendable, Equatable {
    /// The cells of one combination of settings.
    public struct Row: Sendable, Equatable {
        /// The settings, one a row axis.
        public var labels: [Datum]
        /// One a column; nil where there are no results.
        public var cells: [Summary?]
        /// The runs without a usable number, one a column.
        public var missing: [Int]
    }

    /// What the cells of a column show.
    public struct Column: Sendable, Equatable {
        /// The setting of the column axis; nil without one.
        public var label: Datum?
        public var measure: String
    }

    /// The axes that tell rows apart; "seed" may be one.
    public var rowAxes: [String]
    /// The axis that tells columns apart; nil where only measures do.
    public var columnAxis: String?
    public var columns: [Column]
    public var rows: [Row]
    public var statistic: Statistic
    /// How many of the runs have results, with numbers or without.
    public var resultCount: Int

    /// - Parameters:
    ///   - runs: with their results, nil where there are none.
    ///   - rowAxes: names of axes, or "seed".
    ///   - measures: what is shown; several become columns side by side.
    public init(
        _ runs: [(run: PlannedRun, result: RunResult?)], rowAxes: [String], columnAxis: String? = nil, measures: [String], statistic: Statistic = .mean
    ) {
        self.rowAxes = rowAxes
        self.columnAxis = columnAxis
        self.statistic = statistic
        resultCount = runs.count(where: { $0.result != nil })
        var settings: [Datum?] = [], rowKeys: [String: Int] = [:], columnKeys: [String: Int] = [:]
        var labels: [[Datum]] = []
        var values: [[[Double]]] = [], missing: [[Int]] = []
        let placed = runs.map { entry -> (row: Int, column: Int) in
            let row = rowAxes.map { entry.run.setting($0) ?? .null }, column = columnAxis.map { entry.run.setting($0) ?? .null }
            let rowKey = Datum.list(row).canonical, columnKey = (column ?? .null).canonical
            if rowKeys[rowKey] == nil {
                rowKeys[rowKey] = labels.count
                labels.append(row)
            }
            if columnKeys[columnKey] == nil {
                columnKeys[columnKey] = settings.count
                settings.append(column)
            }
            return (rowKeys[rowKey]!, columnKeys[columnKey]!)
        }
        values = Array(repeating: Array(repeating: [], count: settings.count * measures.count), count: labels.count)
        missing = Array(repeating: Array(repeating: 0, count: settings.count * measures.count), count: labels.count)
        for (entry, place) in zip(runs, placed) {
            for (index, measure) in measures.enumerated() {
                let column = place.column * measures.count + index
                if let number = entry.result?.measure(measure), number.isFinite {
                    values[place.row][column].append(number)
                } else {
                    missing[place.row][column] += 1
                }
            }
        }
        columns = settings.flatMap { setting in measures.map { Column(label: setting, measure: $0) } }
        rows = labels.indices.map { row in Row(labels: labels[row], cells: values[row].map(Summary.init), missing: missing[row]) }
    }

    /// The heading of a column: the setting, and the measure where there are several.
    public func heading(_ column: Column) -> String {
        let hasMeasures = Set(columns.map(\.measure)).count > 1
        guard let label = column.label, let columnAxis else { return column.measure }
        return "\(columnAxis)=\(label.label)" + (hasMeasures ? " \(column.measure)" : "")
    }
}

/// Numbers for people: as many digits as their uncertainty warrants.
enum RoundedText {
    /// The number with three significant digits of its own, or two of its uncertainty.
    static func text(_ number: Double, uncertainty: Double = .nan) -> String {
        guard number.isFinite else { return number.isNaN ? "" : "\(number)" }
        let scale = uncertainty.isFinite && uncertainty > 0 ? uncertainty / 10 : abs(number) / 100
        return fixed(number, decimals: decimals(scale))
    }

    /// The decimals by which a number is not rounded more than a scale.
    static func decimals(_ scale: Double) -> Int {
        guard scale > 0 else { return 0 }
        return max(0, min(12, Int((-log10(scale)).rounded(.up))))
    }

    static func fixed(_ number: Double, decimals: Int) -> String {
        if abs(number) >= 1e15 || number != 0 && abs(number) < 1e-9 { return "\(number)" }
        var buffer = [CChar](repeating: 0, count: 64)
        let count = withVaList([Int32(decimals), number]) { vsnprintf(&buffer, buffer.count, "%.*f", $0) }
        return String(decoding: buffer.prefix(Int(min(count, 63))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
