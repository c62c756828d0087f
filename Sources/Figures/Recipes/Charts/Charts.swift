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

    fileprivate var xScale: Scale { isXLogarithmic ? .logarithmic : .linear }
    fileprivate var yScale: Scale { isYLogarithmic ? .logarithmic : .linear }

    fileprivate func panel(_ name: String, _ layers: [Layer]) -> Panel {
        Panel(name: name, x: Axis(label: x, scale: xScale), y: Axis(label: y, scale: yScale), equalAspect: equalAspect, layers: layers)
    }

    /// Whether a place can be drawn on these axes.
    fileprivate func shows(_ place: Place) -> Bool { xScale.accepts(place.x) && yScale.accepts(place.y) }
}

extension Figure {
    /// Lines in one panel; a place with NaN is a gap, any other that cannot be drawn is one too and is counted behind the title,
    /// where a line without any place is told of too.
    ///
    /// - Throws: `FigureError.noData` where nothing can be drawn on the axes.
    public static func lines(_ series: [ChartSeries], axes: ChartAxes, title: String? = nil) throws(FigureError) -> Figure {
        var leftOut = LeftOut()
        for one in series { leftOut.count(line: one.places, x: axes.xScale, y: axes.yScale) }
        return try chart(series, axes: axes, title: title, leftOut, kind: "Lines", sample: .line(badge: "")) { [.line($0)] }
    }

    /// Clouds of points in one panel; points that cannot be drawn are left out and counted behind the title. A cloud of many
    /// points is drawn as its density, but for those that lie alone (see ``PointDensity``).
    ///
    /// - Throws: `FigureError.noData` where nothing can be drawn on the axes.
    public static func scatter(_ series: [ChartSeries], axes: ChartAxes, title: String? = nil) throws(FigureError) -> Figure {
        var leftOut = LeftOut()
        for place in series.lazy.flatMap(\.places) { leftOut.count(place, x: axes.xScale, y: axes.yScale) }
        return try chart(series, axes: axes, title: title, leftOut, kind: "Points", sample: .point(.disc)) { [.points($0, .disc)] }
    }

    private static func chart(
        _ series: [ChartSeries], axes: ChartAxes, title: String?, _ leftOut: LeftOut, kind: String, sample: LegendEntry.Sample, marks: ([Place]) -> [Mark]
    ) throws(FigureError) -> Figure {
        guard series.contains(where: { $0.places.contains(where: axes.shows) }) else {
            let limits = axes.isXLogarithmic || axes.isYLogarithmic ? ", within ±1e300, and positive where an axis is logarithmic" : " and within ±1e300"
            throw .noData(what: "no place is finite" + limits)
        }
        var leftOut = leftOut
        for one in series where !one.places.contains(where: axes.shows) { leftOut.note(empty: one.name) }
        // A line below the same one is broader than that, so that both are seen.
        let styles = series.indices.map { index in
            Style(.series(index), series.dropFirst(index + 1).contains { $0.places == series[index].places } ? .strong : .regular)
        }
        let layers = series.enumerated().map { Layer(name: $1.name, style: styles[$0], marks: marks($1.places)) }
        let legend = series.enumerated().map { LegendEntry(text: $1.name, sample: sample, style: styles[$0]) }
        let isDense = layers.contains { $0.marks.contains { if case .points(let places, _) = $0 { places.count > PointDensity.threshold } else { false } } }
        let heading = series.count == 1 && series[0].name.isEmpty ? Words.withoutUnit(axes.y) : Words.list(series.map(\.name))
        return Figure(
            title: (title ?? "\(heading) over \(Words.withoutUnit(axes.x))") + leftOut.note,
            description: "\(kind) of \(heading) over \(axes.x), \(series.reduce(0) { $0 + $1.places.count }) places\(isDense ? "; a cloud of more than \(PointDensity.threshold) of them as its density" : "").",
            panels: [axes.panel("chart", layers)], legend: series.count > 1 ? legend + LegendEntry.repeats(of: series.count) : [])
    }

    /// How often values fall into bins of equal width, as shares of each series' values that can be drawn.
    ///
    /// Outliers of a series so far away that nearly all values would stand in one bin are left out and counted behind the title.
    ///
    /// - Parameters:
    ///   - values: by name; what is not finite or beyond ±1e300 is left out and counted behind the title.
    ///   - bins: their number; from the interquartile range if nil (Freedman and Diaconis, 1981), at most 100.
    /// - Throws: `FigureError.noData` without a value that can be drawn.
    public static func histogram(_ values: [(name: String, values: [Double])], label: String, bins: Int? = nil, title: String? = nil) throws(FigureError) -> Figure {
        let drawn = values.map { $0.values.filter(Scale.linear.accepts) }
        guard let shown = HistogramBins.shown(of: drawn) else { throw .noData(what: "no value is finite and within ±1e300") }
        let (least, greatest) = (shown.lowerBound, shown.upperBound)
        let edges = HistogramBins(least: least, greatest: greatest, count: bins ?? HistogramBins.count(drawn, range: greatest - least))
        let count = edges.count
        var layers: [Layer] = []
        for (index, series) in drawn.enumerated() where !series.isEmpty {
            let shares = edges.shares(series)
            // Around values that are all the same there is room.
            let marks = shares.indices.filter { shares[$0] > 0 || edges.isAround && ($0 == 0 || $0 == count - 1) }.map { Mark.bar(Place(edges.edge($0), 0), Place(edges.edge($0 + 1), shares[$0])) }
            layers.append(Layer(name: values[index].name, style: Style(.series(index), values.count > 1 ? .faint : .regular), marks: marks))
            if values.count > 1 {
                // Bars lie on each other: each series has its outline.
                let outline = shares.indices.flatMap { [Place(edges.edge($0), shares[$0]), Place(edges.edge($0 + 1), shares[$0])] }
                layers.append(Layer(
                    name: values[index].name + " outline", style: Style(.series(index)),
                    marks: [.line([Place(edges.edge(0), 0)] + outline + [Place(edges.edge(count), 0)])]))
            }
        }
        var leftOut = LeftOut()
        for (series, drawn) in zip(values, drawn) where drawn.count < series.values.count {
            for value in series.values { leftOut.count(value, on: .linear) }
        }
        leftOut.count(outside: drawn.joined().count(where: { !edges.covers($0) }))
        let total = drawn.reduce(0) { $0 + $1.count }
        let names = Words.list(values.map(\.name).filter { !$0.isEmpty })
        let heading = "Distribution of \(names.isEmpty ? Words.withoutUnit(label) : names)"
        return Figure(
            title: (title ?? heading) + leftOut.note, description: "\(heading)\(leftOut.note): \(total.counted("value")) in \(count.counted("bin")) from \(Decimal.significant(least)) to \(Decimal.significant(greatest)).",
            panels: [Panel(name: "histogram", x: Axis(label: label), y: Axis(label: "share of values"), layers: layers)],
            legend: values.count > 1 ? values.enumerated().map { LegendEntry(text: $1.name, sample: .area(badge: ""), style: Style(.series($0))) } + LegendEntry.repeats(of: values.count) : [])
    }
}
