/// Values under a name: one line, or one cloud of points.
public struct ChartSeries: Sendable, Equatable {
    public var name: String
    public var places: [Place]

    public init(name: String, places: [Place]) {
        self.name = name
        self.places = places
    }
}

/// What the axes of a chart say, and whether ratios count on them.
public struct ChartAxes: Sendable, Equatable {
    public var x: String
    public var y: String
    public var isXLogarithmic: Bool
    public var isYLogarithmic: Bool
    /// Whether one unit is as long across as up.
    public var equalAspect: Bool

    public init(x: String, y: String, isXLogarithmic: Bool = false, isYLogarithmic: Bool = false, equalAspect: Bool = false) {
        self.x = x
        self.y = y
        self.isXLogarithmic = isXLogarithmic
        self.isYLogarithmic = isYLogarithmic
        self.equalAspect = equalAspect
    }

    fileprivate func panel(_ name: String, _ layers: [Layer]) -> Panel {
        Panel(
            name: name, x: Axis(label: x, scale: isXLogarithmic ? .logarithmic : .linear), y: Axis(label: y, scale: isYLogarithmic ? .logarithmic : .linear),
            equalAspect: equalAspect, layers: layers)
    }

    /// Whether a place can be drawn on these axes.
    fileprivate func shows(_ place: Place) -> Bool {
        place.x.isFinite && place.y.isFinite && (!isXLogarithmic || place.x > 0) && (!isYLogarithmic || place.y > 0)
    }
}

extension Figure {
    /// Lines in one panel; places that are not finite are gaps.
    ///
    /// - Throws: `FigureError.noData` where nothing can be drawn on the axes.
    public static func lines(_ series: [ChartSeries], axes: ChartAxes, title: String? = nil) throws(FigureError) -> Figure {
        try chart(series, axes: axes, title: title, kind: "Lines", sample: .line(badge: "")) { [.line($0)] }
    }

    /// Clouds of points in one panel; points that are not finite are left out.
    ///
    /// - Throws: `FigureError.noData` where nothing can be drawn on the axes.
    public static func scatter(_ series: [ChartSeries], axes: ChartAxes, title: String? = nil) throws(FigureError) -> Figure {
        try chart(series, axes: axes, title: title, kind: "Points", sample: .point(.disc)) { [.points($0, .disc)] }
    }

    private static func chart(
        _ series: [ChartSeries], axes: ChartAxes, title: String?, kind: String, sample: LegendEntry.Sample, marks: ([Place]) -> [Mark]
    ) throws(FigureError) -> Figure {
        guard series.contains(where: { $0.places.contains(where: axes.shows) }) else {
            throw .noData(what: "no place is finite" + (axes.isXLogarithmic || axes.isYLogarithmic ? " and positive where an axis is logarithmic" : ""))
        }
        // A line below the same one is broader than that, so that both are seen.
        let styles = series.indices.map { index in
            Style(.series(index), series.dropFirst(index + 1).contains { $0.places == series[index].places } ? .strong : .regular)
        }
        let layers = series.enumerated().map { Layer(name: $1.name, style: styles[$0], marks: marks($1.places)) }
        let legend = series.enumerated().map { LegendEntry(text: $1.name, sample: sample, style: styles[$0]) }
        let heading = series.count == 1 && series[0].name.isEmpty ? Words.withoutUnit(axes.y) : Words.list(series.map(\.name))
        // What is not finite is a gap that was meant; what the axes cannot show is told.
        let lost = series.reduce(0) { $0 + $1.places.count { $0.x.isFinite && $0.y.isFinite && !axes.shows($0) } }
        return Figure(
            title: title ?? "\(heading) over \(Words.withoutUnit(axes.x))" + (lost > 0 ? " (\(lost) not above 0)" : ""),
            description: "\(kind) of \(heading) over \(axes.x), \(series.reduce(0) { $0 + $1.places.count }) places.",
            panels: [axes.panel("chart", layers)], legend: series.count > 1 ? legend : [])
    }

    /// How often values fall into bins of equal width, as shares of each series' finite values.
    ///
    /// - Parameters:
    ///   - values: by name; what is not finite is left out and counted in the title.
    ///   - bins: their number; from the interquartile range if nil (Freedman and Diaconis, 1981), at most 100.
    /// - Throws: `FigureError.noData` without a finite value.
    public static func histogram(_ values: [(name: String, values: [Double])], label: String, bins: Int? = nil, title: String? = nil) throws(FigureError) -> Figure {
        let finite = values.map { $0.values.filter(\.isFinite) }
        let all = finite.flatMap(\.self)
        guard let least = all.min(), let greatest = all.max() else { throw .noData(what: "no value is finite") }
        let count = bins ?? HistogramBins.count(all)
        let edges = HistogramBins(least: least, greatest: greatest, count: count)
        var layers: [Layer] = []
        for (index, series) in finite.enumerated() where !series.isEmpty {
            let shares = edges.shares(series)
            // Around values that are all the same there is room.
            let marks = shares.indices.filter { shares[$0] > 0 || least == greatest && ($0 == 0 || $0 == count - 1) }.map { Mark.bar(Place(edges.edge($0), 0), Place(edges.edge($0 + 1), shares[$0])) }
            layers.append(Layer(name: values[index].name, style: Style(.series(index), values.count > 1 ? .faint : .regular), marks: marks))
            if values.count > 1 {
                // Bars lie on each other: each series has its outline.
                let outline = shares.indices.flatMap { [Place(edges.edge($0), shares[$0]), Place(edges.edge($0 + 1), shares[$0])] }
                layers.append(Layer(
                    name: values[index].name + " outline", style: Style(.series(index)),
                    marks: [.line([Place(edges.edge(0), 0)] + outline + [Place(edges.edge(count), 0)])]))
            }
        }
        let missing = values.reduce(0) { $0 + $1.values.count } - all.count
        let names = Words.list(values.map(\.name).filter { !$0.isEmpty })
        let heading = "Distribution of \(names.isEmpty ? Words.withoutUnit(label) : names)" + (missing > 0 ? " (\(missing) not finite)" : "")
        return Figure(
            title: title ?? heading, description: "\(heading): \(all.count) values in \(count) bins from \(Decimal.significant(least)) to \(Decimal.significant(greatest)).",
            panels: [Panel(name: "histogram", x: Axis(label: label), y: Axis(label: "share of values"), layers: layers)],
            legend: values.count > 1 ? values.enumerated().map { LegendEntry(text: $1.name, sample: .area(badge: ""), style: Style(.series($0))) } : [])
    }
}

/// Bins of equal width.
struct HistogramBins {
    private let least: Double
    private let width: Double
    let count: Int

    init(least: Double, greatest: Double, count: Int) {
        self.count = count
        // Values that are all the same get bins around them.
        let spread = greatest - least
        let air = spread > 0 && spread.isFinite ? 0 : max(0.5, abs(least) * 1e-3)
        self.least = least - air
        width = (greatest / Double(count) - least / Double(count)) + 2 * air / Double(count)
    }

    func edge(_ index: Int) -> Double { least + width * Double(index) }

    func shares(_ values: [Double]) -> [Double] {
        var counts = [Int](repeating: 0, count: count)
        for value in values {
            let position = (value - least) / width
            counts[min(count - 1, max(0, position.isFinite ? Int(position.clamped(to: 0...Double(count))) : 0))] += 1
        }
        return counts.map { Double($0) / Double(values.count) }
    }

    /// The number of bins by Freedman and Diaconis: widths of twice the interquartile range over the cube root of the number of values.
    static func count(_ values: [Double]) -> Int {
        let sorted = values.sorted()
        let range = sorted[sorted.count - 1] - sorted[0]
        let middle = sorted[(3 * (sorted.count - 1)) / 4] - sorted[(sorted.count - 1) / 4]
        guard range > 0 else { return 5 }
        guard middle > 0, range.isFinite else { return 10 }
        var root = 1.0
        while root * root * root < Double(sorted.count) { root += 1 }
        return Int((range / middle * (root / 2)).clamped(to: 5...100))
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double { min(max(self, range.lowerBound), range.upperBound) }
}
