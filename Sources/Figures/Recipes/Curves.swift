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
    /// Quantities over a training: one panel each, one colour a group; several runs of a group as their mean and spread.
    ///
    /// - Parameters:
    ///   - xLabel: what x is, with its unit.
    ///   - isXLogarithmic: whether ratios of x are what counts.
    /// - Throws: `FigureError.noData` without any finite point.
    public static func curves(
        _ panels: [CurvePanel], xLabel: String, isXLogarithmic: Bool = false, title: String? = nil
    ) throws(FigureError) -> Figure {
        let points = panels.flatMap { $0.groups.flatMap { $0.runs.flatMap { $0 } } }
        guard points.contains(where: { $0.x.isFinite && $0.y.isFinite }) else {
            let what = panels.map { Words.withoutUnit($0.label) }.joined(separator: ", ")
            throw .noData(what: "no value of \(what) is a finite number")
        }
        // A group has one colour in all panels.
        var names: [String] = []
        for group in panels.flatMap(\.groups) where !names.contains(group.name) { names.append(group.name) }
        let drawn = panels.enumerated().map { index, panel in
            panel.drawn(name: "curves \(index + 1)", names: names, xLabel: xLabel, isXLogarithmic: isXLogarithmic)
        }
        let runs = names.map { name in panels.flatMap(\.groups).filter { $0.name == name }.map(\.runs.count).max() ?? 0 }
        let hasSpread = runs.contains { $0 > 1 }
        var legend = zip(names, runs).enumerated().map { index, item in
            LegendEntry(
                text: item.0 + (item.1 > 1 ? ": mean of \(item.1) runs" : ""), sample: .line(badge: ""), style: Style(.series(index)))
        }
        if hasSpread {
            legend.append(LegendEntry(
                text: "one standard deviation around", sample: .area(badge: ""), style: Style(.series(0), .faint)))
        }
        let what = panels.map { Words.withoutUnit($0.label) }.joined(separator: ", ")
        let heading = what.prefix(1).uppercased() + what.dropFirst() + " over \(Words.withoutUnit(xLabel))"
        return Figure(
            title: title ?? heading,
            description: "\(heading) of \(names.joined(separator: ", "))\(hasSpread ? "; bands show one standard deviation" : "").",
            panels: drawn, columns: panels.count == 1 ? 1 : 2, legend: names.count == 1 && !hasSpread ? [] : legend)
    }
}

extension CurvePanel {
    fileprivate func drawn(name: String, names: [String], xLabel: String, isXLogarithmic: Bool) -> Panel {
        let values = groups.flatMap { $0.runs.flatMap { $0.map(\.y) } }.filter(\.isFinite)
        let isLogarithmic = isLogarithmic ?? Words.spansDecades(values)
        var bands: [Layer] = []
        var lines: [Layer] = []
        for group in groups {
            let series = names.firstIndex(of: group.name) ?? 0
            guard group.runs.count > 1, let spread = Spread(group.runs, isLogarithmic: isLogarithmic) else {
                lines.append(Layer(name: group.name, style: Style(.series(series)), marks: group.runs.map { .line($0) }))
                continue
            }
            bands.append(Layer(
                name: group.name + " spread", style: Style(.series(series), .faint),
                marks: [.area(lower: spread.lower, upper: spread.upper)]))
            lines.append(Layer(name: group.name, style: Style(.series(series)), marks: [.line(spread.mean)]))
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

/// Mean and standard deviation of several curves, on the x that all of them cover.
private struct Spread {
    var mean: [Place] = []
    var lower: [Place] = []
    var upper: [Place] = []

    /// - Parameter isLogarithmic: whether mean and deviation are those of the logarithm.
    init?(_ runs: [[Place]], isLogarithmic: Bool) {
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
            let n = Double(values.count)
            let mean = values.reduce(0) { $0 + $1 / n }
            let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot()
            func place(_ y: Double) -> Place { Place(x, isLogarithmic ? Elementary.exp(y) : y) }
            self.mean.append(place(mean))
            lower.append(place(mean - deviation))
            upper.append(place(mean + deviation))
        }
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

    /// Whether positive values span so much that their ratios say more than their differences.
    static func spansDecades(_ values: [Double]) -> Bool {
        guard let least = values.min(), let greatest = values.max(), least > 0 else { return false }
        return greatest / least >= 50
    }
}
