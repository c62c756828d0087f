extension ResultTable {
    private func cell(_ summary: Summary?, missing: Int) -> String {
        guard let summary else { return missing > 0 ? "–" : "" }
        // Fewer than were planned are told.
        let count = missing > 0 ? " (\(summary.count) of \(summary.count + missing))" : ""
        switch statistic {
        case .mean: return RoundedText.text(summary) + count
        case .median:
            let spread = summary.upperQuartile - summary.lowerQuartile
            func text(_ number: Double) -> String { RoundedText.text(number, uncertainty: spread) }
            let median = text(summary.median)
            return (summary.count > 1 ? "\(median) [\(text(summary.lowerQuartile)), \(text(summary.upperQuartile))]" : median) + count
        }
    }

    /// The table as it is shown, and one row a cell with all that is known of it.
    public var shown: ShownTable {
        let fields = [rowAxes + columns.map(heading)] + rows.map { row in row.labels.map(\.label) + zip(row.cells, row.missing).map { cell($0, missing: $1) } }
        let counts = Set(rows.flatMap { $0.cells.compactMap { $0?.count } })
        let none = resultCount == 0 ? "no results yet" : "no result has numbers; a run returns a number, or a table of numbers by name"
        let n = counts.count == 1 ? "n = \(counts.first!)" : counts.isEmpty ? none : "n from \(counts.min()!) to \(counts.max()!)"
        let header = rowAxes + (columnAxis.map { [$0] } ?? []) + [
            "measure", "n", "missing", "mean", "standard_error", "standard_deviation", "median", "lower_quartile", "upper_quartile", "min", "max",
        ]
        return ShownTable(
            fields: fields, labels: rowAxes.count, note: (statistic == .mean ? "mean ± standard error, " : "median [quartiles], ") + n, header: header,
            rows: fullRows)
    }

    private var fullRows: [[Datum]] {
        rows.flatMap { row in
            columns.indices.map { index -> [Datum] in
                let column = columns[index], summary = row.cells[index]
                return row.labels + (columnAxis == nil ? [] : [column.label ?? .null]) + [
                    .text(column.measure), .integer(summary?.count ?? 0), .integer(row.missing[index]), .finite(summary?.mean), .finite(summary?.standardError),
                    .finite(summary?.standardDeviation), .finite(summary?.median), .finite(summary?.lowerQuartile), .finite(summary?.upperQuartile),
                    .finite(summary?.least), .finite(summary?.greatest),
                ]
            }
        }
    }
}

extension Datum {
    /// A number; `null` for none, and for one that is not finite.
    static func finite(_ number: Double?) -> Datum { number.flatMap { $0.isFinite ? .number($0) : nil } ?? .null }
}

extension RoundedText {
    /// A mean with its standard error; one measurement has none.
    static func text(_ summary: Summary) -> String {
        let error = summary.standardError, mean = text(summary.mean, uncertainty: error)
        return error.isFinite ? "\(mean) ± \(text(error, uncertainty: error))" : mean
    }

    /// A probability with two digits, small ones by a bound.
    static func probability(_ number: Double) -> String {
        if number.isNaN { return "" }
        return number < 0.001 ? "< 0.001" : fixed(number, decimals: 3)
    }
}
