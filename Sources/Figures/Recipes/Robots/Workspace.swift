/// What a model achieves on the cells of a slice through a robot's workspace.
public struct WorkspaceSlice: Sendable, Equatable {
    /// One quantity on all cells.
    public struct Quantity: Sendable, Equatable {
        /// The panel's heading, such as "Success".
        public var title: String
        /// What the colours mean, with the unit.
        public var label: String
        /// One value a cell, row by row, the lowest row first; NaN where nothing is known.
        public var values: [Double]
        /// The values of the ends of the colour scale; the range of the values if nil.
        public var limits: ClosedRange<Double>?
        /// Whether less is better, and shown bright.
        public var isLowerBetter: Bool

        public init(title: String, label: String, values: [Double], limits: ClosedRange<Double>? = nil, isLowerBetter: Bool = false) {
            self.title = title
            self.label = label
            self.values = values
            self.limits = limits
            self.isLowerBetter = isLowerBetter
        }
    }

    /// What the slice spans, m, with the names of its axes.
    public var x: ClosedRange<Double>
    public var y: ClosedRange<Double>
    public var names: (String, String) { get { (xName, yName) } set { (xName, yName) = newValue } }
    private var xName: String
    private var yName: String
    public var columns: Int
    public var rows: Int
    public var quantities: [Quantity]
    /// Where the robot stands, as the slice is seen, m.
    public var base: Place
    /// Where the slice lies and how the tip is turned, such as "y = 0 m, tip pointing down"; empty where that is not known.
    public var place: String

    public init(
        x: ClosedRange<Double>, y: ClosedRange<Double>, names: (String, String) = ("x", "y"), columns: Int, rows: Int,
        quantities: [Quantity], base: Place = .zero, place: String = ""
    ) {
        self.base = base
        self.place = place
        self.x = x
        self.y = y
        xName = names.0
        yName = names.1
        self.columns = columns
        self.rows = rows
        self.quantities = quantities
    }

    /// The least part of the slice with all cells that are known, and one cell around.
    public var cropped: WorkspaceSlice {
        var (left, right, bottom, top) = (columns, -1, rows, -1)
        for row in 0..<rows {
            for column in 0..<columns where quantities.contains(where: { $0.values[row * columns + column].isFinite }) {
                (left, right, bottom, top) = (min(left, column), max(right, column), min(bottom, row), max(top, row))
            }
        }
        guard right >= left else { return self }
        let (across, up) = (max(0, left - 1)...min(columns - 1, right + 1), max(0, bottom - 1)...min(rows - 1, top + 1))
        func part(_ range: ClosedRange<Double>, _ cells: ClosedRange<Int>, _ count: Int) -> ClosedRange<Double> {
            let size = (range.upperBound - range.lowerBound) / Double(count)
            return (range.lowerBound + size * Double(cells.lowerBound))...(range.lowerBound + size * Double(cells.upperBound + 1))
        }
        var result = self
        (result.x, result.y) = (part(x, across, columns), part(y, up, rows))
        (result.columns, result.rows) = (across.count, up.count)
        for index in quantities.indices {
            result.quantities[index].values = up.flatMap { row in across.map { quantities[index].values[row * columns + $0] } }
        }
        return result
    }
}

extension Figure {
    /// Where in its workspace a model does well: one map a quantity, at one scale, the base marked.
    ///
    /// - Throws: `FigureError` where a quantity does not have one value a cell, or there is none.
    public static func workspace(_ slice: WorkspaceSlice, subject: String, title: String? = nil) throws(FigureError) -> Figure {
        guard !slice.quantities.isEmpty, slice.columns > 0, slice.rows > 0 else { throw .noData(what: "the slice has no cells") }
        for quantity in slice.quantities where quantity.values.count != slice.columns * slice.rows {
            throw .differentLengths(
                what: "cells and values of \(quantity.title)", first: slice.columns * slice.rows, second: quantity.values.count)
        }
        let panels = slice.quantities.enumerated().map { index, quantity in
            var map = Heatmap(
                x: slice.x, y: slice.y, columns: slice.columns, rows: slice.rows, values: quantity.values, limits: quantity.limits)
            map.isReversed = quantity.isLowerBetter
            let base: [Mark] = slice.x.contains(slice.base.x) && slice.y.contains(slice.base.y) ? [.points([slice.base], .base)] : []
            return Panel(
                name: "map \(index + 1)", title: quantity.title, x: Axis(label: slice.names.0 + " (m)"),
                y: Axis(label: slice.names.1 + " (m)"), equalAspect: true,
                layers: [
                    Layer(name: "blank", style: Style(.blank), marks: [.bar(Place(slice.x.lowerBound, slice.y.lowerBound), Place(slice.x.upperBound, slice.y.upperBound))]),
                    Layer(name: "cells", style: Style(.foreground), marks: [.heatmap(map)]),
                    Layer(name: "base", style: Style(.overlay), marks: base),
                ],
                colorBar: ColorBar(label: quantity.label, limits: map.limits, isReversed: quantity.isLowerBetter))
        }
        let blank = slice.quantities[0].values.count { !$0.isFinite }
        let titles = slice.quantities.map(\.title).joined(separator: ", ")
        return Figure(
            title: title ?? "\(subject): a slice of the workspace" + (slice.place.isEmpty ? "" : ", \(slice.place)"),
            description: "\(titles) of \(subject) on \(slice.columns) × \(slice.rows) cells of a slice through the workspace"
                + (blank > 0 ? "; \(blank) cells that cannot be reached are blank." : "."),
            panels: panels, columns: min(2, panels.count),
            legend: blank > 0 ? [LegendEntry(text: "out of reach", sample: .area(badge: ""), style: Style(.blank))] : [])
    }
}
