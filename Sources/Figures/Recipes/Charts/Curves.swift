import Numerics

/// A quantity over a training, of one or several runs that are the same but for their seeds.
public struct CurveGroup: Sendable, Equatable {
    public var name: String
    /// One curve a run.
    public var runs: [[Place]]

    public init(name: String, runs: [[Place]]) {
        self.name = name
        self.runs = runs
    }
}

/// What the band around the mean of several runs shows.
public enum CurveBand: String, Sendable, CaseIterable {
    case standardDeviation = "standard deviation"
    case standardError = "standard error"
    /// The line is the median then.
    case quartiles

    /// What the line and the band are, in words.
    fileprivate var line: String { self == .quartiles ? "median" : "mean" }
    fileprivate var legend: String { self == .quartiles ? "from the lower to the upper quartile" : "one \(rawValue) around" }
}

/// One panel of curves.
public struct CurvePanel: Sendable, Equatable {
    /// The quantity with its unit.
    public var label: String
    public var groups: [CurveGroup]
    /// Whether the y axis is logarithmic; where all values are positive and span a factor of 50 if nil.
    public var isLogarithmic: Bool?

    public init(label: String, groups: [CurveGroup], isLogarithmic: Bool? = nil) {
        self.label = label
        self.groups = groups
        self.isLogarithmic = isLogarithmic
    }
}

extension Figure {
    /// Quantities over a training: one panel each, one colour a group; several runs of a group as their mean and spread, as far as all of
    /// them go; those that are longer go on as thin lines.
    ///
    /// - Parameters:
    ///   - band: what the spread is.
    ///   - xLabel: what x is, with its unit.
    ///   - isXLogarithmic: whether ratios of x are what counts.
    /// - Throws: `FigureError.noData` without any finite point.
    public static func curves(
        _ panels: [CurvePanel], xLabel: String, isXLogarithmic: Bool = false, band: CurveBand = .standardDeviation, title: String? = nil
    ) throws(FigureError) -> Figure {
        let points = panels.flatMap { $0.groups.flatMap { $0.runs.flatMap { $0 } } }
        guard points.contains(where: { Scale.linear.accepts($0.x) && Scale.linear.accepts($0.y) }) else {
            let what = panels.map { Words.withoutUnit($0.label) }.joined(separator: ", ")
            throw .noData(what: "no value of \(what) is a finite number")
        }
        // A group has one colour in all panels.
        var names: [String] = []
        for group in panels.flatMap(\.groups) where !names.contains(group.name) { names.append(group.name) }
        let drawn = panels.enumerated().map { index, panel in
            panel.drawn(name: "curves \(index + 1)", names: names, xLabel: xLabel, isXLogarithmic: isXLogarithmic, band: band)
        }
        let runs = names.map { name in panels.flatMap(\.groups).filter { $0.name == name }.map(\.runs.count).max() ?? 0 }
        let hasSpread = runs.contains { $0 > 1 }
        var legend = zip(names, runs).enumerated().map { index, item in
            LegendEntry(
                text: item.0 + (item.1 > 1 ? ": \(band.line) of \(item.1) runs" : ""), sample: .line(badge: ""), style: Style(.series(index)))
        }
        legend += LegendEntry.repeats(of: names.count)
        if hasSpread {
            legend.append(LegendEntry(
                text: band.legend, sample: .area(badge: ""), style: Style(.series(0), .faint)))
        }
        let isUneven = drawn.contains { $0.layers.contains { $0.name.hasSuffix(CurvePanel.restSuffix) } }
        if isUneven { legend.append(LegendEntry(text: "runs longer than the shortest", sample: .line(badge: ""), style: Style(.series(0), .faint))) }
        let what = panels.map { Words.withoutUnit($0.label) }.joined(separator: ", ")
        let heading = what.prefix(1).uppercased() + what.dropFirst() + " over \(Words.withoutUnit(xLabel))"
        var leftOut = LeftOut()
        for (panel, drawn) in zip(panels, drawn) {
            for run in panel.groups.flatMap(\.runs) { leftOut.count(line: run, x: drawn.x.scale, y: drawn.y.scale) }
        }
        return Figure(
            title: (title ?? heading) + leftOut.note,
            description: "\(heading) of \(names.joined(separator: ", "))\(hasSpread ? "; bands show \(band == .quartiles ? "quartiles" : "one " + band.rawValue)" : "")\(isUneven ? "; runs that are longer than the shortest of their group go on as thin lines" : "").",
            panels: drawn, columns: panels.count == 1 ? 1 : 2, legend: names.count == 1 && !hasSpread ? [] : legend)
    }
}

extension CurvePanel {
    fileprivate static let restSuffix = " beyond the shortest run"

    fileprivate func drawn(name: String, names: [String], xLabel: String, isXLogarithmic: Bool, band: CurveBand) -> Panel {
        let values = groups.flatMap { $0.runs.flatMap { $0.map(\.y) } }.filter(Scale.linear.accepts)
        let isLogarithmic = isLogarithmic ?? Words.spansDecades(values)
        var bands: [Layer] = []
        var lines: [Layer] = []
        for group in groups {
            let series = names.firstIndex(of: group.name) ?? 0
            guard group.runs.count > 1, let spread = Spread(group.runs, isLogarithmic: isLogarithmic, band: band) else {
                lines.append(Layer(name: group.name, style: Style(.series(series)), marks: group.runs.map { .line($0) }))
                continue
            }
            bands.append(Layer(
                name: group.name + " spread", style: Style(.series(series), .faint),
                marks: [.area(lower: spread.lower, upper: spread.upper)]))
            lines.append(Layer(name: group.name, style: Style(.series(series)), marks: [.line(spread.mean)]))
            if !spread.rest.isEmpty {
                lines.append(Layer(name: group.name + CurvePanel.restSuffix, style: Style(.series(series), .faint), marks: spread.rest.map { .line($0) }))
            }
        }
        // A panel that was asked for and has nothing to show says so.
        if values.isEmpty {
            let note = Layer(name: "note", style: Style(.muted), marks: [.text("no finite values", at: Place(0.5, 0.5))])
            return Panel(
                name: name, title: "", x: Axis(label: xLabel, range: 0...1, isVisible: false), y: Axis(label: label, range: 0...1), layers: [note])
        }
        return Panel(
            name: name, title: "", x: Axis(label: xLabel, scale: isXLogarithmic ? .logarithmic : .linear),
            y: Axis(label: label, scale: isLogarithmic ? .logarithmic : .linear), layers: bands + lines)
    }
}

/// Middle and spread of several curves, on the x that all of them cover.
private struct Spread {
    /// The mean, or the median.
    var mean: [Place] = []
    var lower: [Place] = []
    var upper: [Place] = []
    /// What longer curves are beyond the shortest.
    var rest: [[Place]] = []

    /// - Parameter isLogarithmic: whether mean and deviation are those of the logarithm.
    init?(_ runs: [[Place]], isLogarithmic: Bool, band: CurveBand) {
        let curves = runs.map { run in
            run.filter { $0.x.isFinite && $0.y.isFinite && (!isLogarithmic || $0.y > 0) }.sorted { $0.x < $1.x }
        }.filter { !$0.isEmpty }
        guard curves.count > 1, let start = curves.compactMap({ $0.first?.x }).max(), let end = curves.compactMap({ $0.last?.x }).min(),
            start < end
        else { return nil }
        let count = min(200, max(2, curves.map(\.count).max() ?? 2))
        for step in 0..<count {
            let x = start + (end - start) * Double(step) / Double(count - 1)
            let values = curves.map { curve in
                let y = Spread.value(of: curve, at: x)
                return isLogarithmic ? Elementary.log(y) : y
            }
            let (low, middle, high) = Spread.interval(values, band)
            func place(_ y: Double) -> Place { Place(x, isLogarithmic ? Elementary.exp(y) : y) }
            mean.append(place(middle))
            lower.append(place(low))
            upper.append(place(high))
        }
        // A hundredth of the width is no difference to tell.
        let longest = curves.compactMap { $0.last?.x }.max() ?? end
        if longest - end > 0.01 * (end - start) {
            rest = curves.filter { ($0.last?.x ?? end) > end }.map { curve in [Place(end, Spread.value(of: curve, at: end))] + curve.filter { $0.x > end } }
        }
    }

    private static func interval(_ values: [Double], _ band: CurveBand) -> (low: Double, middle: Double, high: Double) {
        let n = Double(values.count)
        guard band != .quartiles else {
            let sorted = values.sorted()
            return (sorted.quantile(0.25), sorted.quantile(0.5), sorted.quantile(0.75))
        }
        let mean = values.reduce(0) { $0 + $1 / n }
        let deviation = values.variance(around: mean).squareRoot()
        let width = band == .standardError ? deviation / n.squareRoot() : deviation
        return (mean - width, mean, mean + width)
    }

    /// Linear between the neighbours.
    private static func value(of curve: [Place], at x: Double) -> Double {
        var (low, high) = (0, curve.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if curve[middle].x <= x { low = middle } else { high = middle }
        }
        let width = curve[high].x - curve[low].x
        guard width > 0 else { return curve[high].y }
        return curve[low].y + (curve[high].y - curve[low].y) * min(max((x - curve[low].x) / width, 0), 1)
    }
}

/// Small helpers for the words of recipes.
enum Words {
    /// "loss" for "loss (nats)".
    static func withoutUnit(_ label: String) -> String {
        guard let start = label.range(of: " (") else { return label }
        return String(label[..<start.lowerBound])
    }

    /// "a, b, c"; of many how many they are.
    static func list(_ names: [String]) -> String {
        let all = names.joined(separator: ", ")
        return names.count > 1 && (names.count > 6 || all.count > 90) ? "\(names.count) series" : all
    }

    /// Whether positive values span so much that their ratios say more than their differences.
    static func spansDecades(_ values: [Double]) -> Bool {
        guard let least = values.min(), let greatest = values.max(), least > 0 else { return false }
        return greatest / least >= 50
    }
}
