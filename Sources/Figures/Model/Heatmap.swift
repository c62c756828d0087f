/// Values on a grid of equal cells, shown as colours from dark to bright.
public struct Heatmap: Sendable, Equatable {
    /// What the grid spans, from edge to edge.
    public let x: ClosedRange<Double>
    public let y: ClosedRange<Double>
    public let columns: Int
    public let rows: Int
    /// One value a cell, row by row, the lowest row first; a value that is not finite leaves its cell blank.
    public let values: [Double]
    /// The values that have the darkest and the brightest colour; what lies beyond has the same.
    public let limits: ClosedRange<Double>
    /// Whether the least value is the brightest.
    public var isReversed = false
    /// Whether the values are samples of what has no steps: colours then meet in smooth lines rather than at the cells' edges.
    public var isSmooth = false

    /// - Parameter limits: the range of the finite values if nil.
    /// - Precondition: `values.count == columns * rows`, and there is at least one.
    public init(
        x: ClosedRange<Double>, y: ClosedRange<Double>, columns: Int, rows: Int, values: [Double],
        limits: ClosedRange<Double>? = nil
    ) {
        precondition(columns > 0 && rows > 0 && values.count == columns * rows, "\(values.count) values for \(columns) × \(rows) cells")
        self.x = x
        self.y = y
        self.columns = columns
        self.rows = rows
        self.values = values
        self.limits = limits ?? Heatmap.range(of: values)
    }

    /// The range of the values that axes accept; from 0 to 1 if there is none.
    public static func range(of values: [Double]) -> ClosedRange<Double> {
        var range: ClosedRange<Double>?
        for value in values where Scale.linear.accepts(value) {
            range = range.map { min($0.lowerBound, value)...max($0.upperBound, value) } ?? value...value
        }
        return range ?? 0...1
    }

    /// How bright a cell is, from 0 to 1; nil for a blank one.
    package func brightness(column: Int, row: Int) -> Double? {
        let value = values[row * columns + column]
        guard value.isFinite else { return nil }
        // Halves keep the difference of huge limits finite.
        let length = limits.upperBound / 2 - limits.lowerBound / 2
        guard length > 0 else { return 0.5 }
        let brightness = min(max((value / 2 - limits.lowerBound / 2) / length, 0), 1)
        return isReversed ? 1 - brightness : brightness
    }

    /// The grid with at most so many cells each way: the mean of the cells that become one.
    package func reduced(to limit: Int) -> Heatmap {
        let (across, up) = ((columns + limit - 1) / limit, (rows + limit - 1) / limit)
        guard across > 1 || up > 1 else { return self }
        let (newColumns, newRows) = ((columns + across - 1) / across, (rows + up - 1) / up)
        var sums = [Double](repeating: 0, count: newColumns * newRows)
        var counts = [Double](repeating: 0, count: newColumns * newRows)
        for row in 0..<rows {
            for column in 0..<columns where values[row * columns + column].isFinite {
                let index = row / up * newColumns + column / across
                counts[index] += 1
                sums[index] += (values[row * columns + column] - sums[index]) / counts[index]
            }
        }
        // The last cells may reach beyond the old edge.
        let width = (x.upperBound - x.lowerBound) * Double(newColumns * across) / Double(columns)
        let height = (y.upperBound - y.lowerBound) * Double(newRows * up) / Double(rows)
        var result = Heatmap(
            x: x.lowerBound...(x.lowerBound + width), y: y.lowerBound...(y.lowerBound + height), columns: newColumns,
            rows: newRows, values: zip(sums, counts).map { $1 > 0 ? $0 : .nan }, limits: limits)
        (result.isReversed, result.isSmooth) = (isReversed, isSmooth)
        return result
    }

    /// The corners of a part of a row, which may reach over several cells.
    package func corners(columns part: Range<Int>, row: Int) -> (Place, Place) {
        func along(_ range: ClosedRange<Double>, _ index: Int, _ count: Int) -> Double {
            let fraction = Double(index) / Double(count)
            return range.lowerBound * (1 - fraction) + range.upperBound * fraction
        }
        return (
            Place(along(x, part.lowerBound, columns), along(y, row, rows)),
            Place(along(x, part.upperBound, columns), along(y, row + 1, rows))
        )
    }
}

/// The scale of a panel's heatmap: which value has which colour.
public struct ColorBar: Sendable, Equatable {
    /// The title with its unit.
    public var label: String
    public var limits: ClosedRange<Double>
    /// Whether the least value is the brightest.
    public var isReversed: Bool

    public init(label: String, limits: ClosedRange<Double>, isReversed: Bool = false) {
        self.label = label
        self.limits = limits
        self.isReversed = isReversed
    }
}
