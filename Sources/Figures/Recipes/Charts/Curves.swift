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
    /// Quantities over a training: one panel each, one colour a group; several runs of a group as their mean and spread where all of them
    /// have a value, and as thin lines where only some have.
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
        let several = panels.map { panel in panel.groups.map { panel.several($0) } }
        // Those of which a panel shows a mean.
        let averaged = names.filter { name in zip(panels, several).contains { zip($0.groups, $1).contains { $0.name == name && $1?.common.isEmpty == false } } }
        let drawn = panels.enumerated().map { index, panel in
            panel.drawn(several[index], name: "curves \(index + 1)", names: names, averaged: averaged, xLabel: xLabel, isXLogarithmic: isXLogarithmic, band: band)
        }
        let runs = names.map { name in panels.flatMap(\.groups).filter { $0.name == name }.map { $0.runs.count { !$0.isEmpty } }.max() ?? 0 }
        let hasSpread = !averaged.isEmpty
        var legend = zip(names, runs).enumerated().map { index, item in
            LegendEntry(
                text: item.0 + (item.1 > 1 ? ": \(averaged.contains(item.0) ? "\(band.line) of " : "")\(item.1) runs" : ""), sample: .line(badge: ""),
                style: Style(.series(index)))
        }
        legend += LegendEntry.repeats(of: names.count)
        if hasSpread {
            legend.append(LegendEntry(
                text: band.legend, sample: .area(badge: ""), style: Style(.series(0), .faint)))
        }
        let isUneven = drawn.contains { $0.layers.contains { $0.name.hasSuffix(CurvePanel.restSuffix) } }
        let hasGaps = several.joined().contains { $0?.hasGaps == true }
        if isUneven { legend.append(LegendEntry(text: hasGaps ? "runs where not all have a value" : "runs longer than the shortest", sample: .line(badge: ""), style: Style(.series(0), .faint))) }
        let what = panels.map { Words.withoutUnit($0.label) }.joined(separator: ", ")
        let heading = what.prefix(1).uppercased() + what.dropFirst() + " over \(Words.withoutUnit(xLabel))"
        var leftOut = LeftOut()
        for (index, drawn) in drawn.enumerated() {
            for (group, several) in zip(panels[index].groups, several[index]) {
                for run in group.runs { leftOut.count(line: run, x: drawn.x.scale, y: drawn.y.scale) }
                // A gap of one of several runs is told as well: the mean ends there.
                guard let several else { continue }
                let kept = several.curves.map { Set($0.lazy.filter(\.y.isNaN).map(\.x)) }
                for (run, gaps) in zip(group.runs.filter { !$0.isEmpty }, kept) {
                    for place in run where place.y.isNaN && gaps.contains(place.x) { leftOut.count(place, x: drawn.x.scale, y: drawn.y.scale) }
                }
            }
        }
        return Figure(
            title: (title ?? heading) + leftOut.note,
            description: "\(heading) of \(names.joined(separator: ", "))\(hasSpread ? "; bands show \(band == .quartiles ? "quartiles" : "one " + band.rawValue)" : "")\(isUneven ? "; " + (hasGaps ? "runs are thin lines where not all of their group have a value" : "runs that are longer than the shortest of their group go on as thin lines") : "").",
            panels: drawn, columns: panels.count == 1 ? 1 : 2, legend: names.count == 1 && runs.allSatisfy { $0 < 2 } ? [] : legend)
    }
}

extension CurvePanel {
    fileprivate static let restSuffix = " single runs"

    private var values: [Double] { groups.flatMap { $0.runs.flatMap { $0.map(\.y) } }.filter(Scale.linear.accepts) }

    private var isLogarithmicHere: Bool { isLogarithmic ?? Words.spansDecades(values) }

    /// The runs of a group of several; nil for others.
    fileprivate func several(_ group: CurveGroup) -> Runs? {
        group.runs.count { !$0.isEmpty } > 1 ? Runs(group.runs, isLogarithmic: isLogarithmicHere) : nil
    }

    /// - Parameter several: of each group that has several runs.
    fileprivate func drawn(_ several: [Runs?], name: String, names: [String], averaged: [String], xLabel: String, isXLogarithmic: Bool, band: CurveBand) -> Panel {
        let (values, isLogarithmic) = (values, isLogarithmicHere)
        var bands: [Layer] = []
        var lines: [Layer] = []
        for (group, several) in zip(groups, several) {
            let series = names.firstIndex(of: group.name) ?? 0
            guard let several, let spread = Spread(several, isLogarithmic: isLogarithmic, band: band) else {
                // Where the legend tells a mean, single runs are not drawn like it.
                let isMean = several != nil && averaged.contains(group.name)
                lines.append(Layer(
                    name: group.name + (isMean ? CurvePanel.restSuffix : ""), style: Style(.series(series), isMean ? .faint : .regular), marks: group.runs.map { .line($0) }))
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

/// Several runs of a group: where each of them has a value.
private struct Runs {
    /// Ascending in x; where a run has a gap and another one a value, y is NaN.
    let curves: [[Place]]

    init(_ runs: [[Place]], isLogarithmic: Bool) {
        let scale: Scale = isLogarithmic ? .logarithmic : .linear
        let all = runs.filter { !$0.isEmpty }.map { run in
            run.filter { Scale.linear.accepts($0.x) }.map { Place($0.x, scale.accepts($0.y) ? $0.y : .nan) }.sorted { $0.x < $1.x }
        }
        // A gap that all have, as of what is not logged at every step, is none of one run against another.
        curves = all.map { run in run.filter { place in !place.y.isNaN || all.contains { !Runs.value(of: $0, at: place.x).isNaN } } }
    }

    /// Whether a run has no value where another one has.
    var hasGaps: Bool { curves.contains { $0.contains { $0.y.isNaN } } }

    /// The parts of x in which all runs have a value, ascending; some are a single x.
    var common: [ClosedRange<Double>] {
        let values = curves.map { $0.filter { !$0.y.isNaN } }
        guard values.count > 1, var start = values.compactMap({ $0.first?.x }).max(), let end = values.compactMap({ $0.last?.x }).min(),
            values.allSatisfy({ !$0.isEmpty }), start < end || start == end && hasGaps
        else { return [] }
        var result: [ClosedRange<Double>] = []
        for gap in gaps.sorted(by: { $0.lowerBound < $1.lowerBound }) where gap.upperBound > start && gap.lowerBound < end {
            if gap.lowerBound >= start { result.append(start...gap.lowerBound) }
            start = max(start, gap.upperBound)
        }
        return start <= end ? result + [start...end] : result
    }

    /// Between which neighbouring values a run has gaps.
    private var gaps: [ClosedRange<Double>] {
        curves.flatMap { curve -> [ClosedRange<Double>] in
            var result: [ClosedRange<Double>] = [], last: Double?, isOpen = false
            for place in curve {
                if place.y.isNaN {
                    isOpen = true
                } else {
                    if let last, isOpen { result.append(last...place.x) }
                    (last, isOpen) = (place.x, false)
                }
            }
            return result
        }
    }

    /// What the runs are within a part of x, as lines.
    func lines(from start: Double, to end: Double) -> [[Place]] {
        curves.flatMap { curve -> [[Place]] in
            let ends = [start, end].map { Place($0, Runs.value(of: curve, at: $0)) }
            let inside = curve.filter { $0.x > start && $0.x < end }
            let places = (start.isFinite ? [ends[0]] : []) + inside + (end.isFinite ? [ends[1]] : [])
            // A value at an end alone belongs to the part beyond it.
            return places.split { $0.y.isNaN }.filter { $0.count > 1 || $0.contains { $0.x > start && $0.x < end } }.map(Array.init)
        }
    }

    /// Linear between the neighbours; NaN beyond the ends and next to gaps.
    static func value(of curve: [Place], at x: Double) -> Double {
        guard let first = curve.first, let last = curve.last, x >= first.x, x <= last.x else { return .nan }
        var (low, high) = (0, curve.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if curve[middle].x <= x { low = middle } else { high = middle }
        }
        let width = curve[high].x - curve[low].x
        if x == curve[high].x || !(width > 0) { return curve[high].y }
        return x == curve[low].x ? curve[low].y : curve[low].y + (curve[high].y - curve[low].y) * ((x - curve[low].x) / width)
    }
}

/// Middle and spread of several curves, on the x at which all of them have a value.
private struct Spread {
    /// The mean, or the median; NaN between parts.
    var mean: [Place] = []
    var lower: [Place] = []
    var upper: [Place] = []
    /// What the curves are elsewhere.
    var rest: [[Place]] = []

    /// - Parameter isLogarithmic: whether mean and deviation are those of the logarithm.
    init?(_ runs: Runs, isLogarithmic: Bool, band: CurveBand) {
        let parts = runs.common
        guard let start = parts.first?.lowerBound, let end = parts.last?.upperBound else { return nil }
        let count = min(200, max(2, runs.curves.map { $0.count { !$0.y.isNaN } }.max() ?? 2))
        let grid = (0..<count).map { $0 == count - 1 ? end : start + (end - start) * Double($0) / Double(count - 1) }
        for part in parts {
            if let last = mean.last {
                for edge in [\Spread.mean, \Spread.lower, \Spread.upper] { self[keyPath: edge].append(Place(last.x, .nan)) }
                rest += runs.lines(from: last.x, to: part.lowerBound)
            }
            let inside = grid.filter { $0 > part.lowerBound && $0 < part.upperBound }
            for x in [part.lowerBound] + inside + (part.lowerBound < part.upperBound ? [part.upperBound] : []) {
                let values = runs.curves.map { curve in
                    let y = Runs.value(of: curve, at: x)
                    return isLogarithmic ? Elementary.log(y) : y
                }
                let (low, middle, high) = Spread.interval(values, band)
                func place(_ y: Double) -> Place { Place(x, isLogarithmic ? Elementary.exp(y) : y) }
                mean.append(place(middle))
                lower.append(place(low))
                upper.append(place(high))
            }
        }
        // A hundredth of the width is no difference to tell.
        let values = runs.curves.map { $0.filter { !$0.y.isNaN } }, least = 0.01 * (end - start)
        if start - (values.compactMap { $0.first?.x }.min() ?? start) > least { rest += runs.lines(from: -.infinity, to: start) }
        if (values.compactMap { $0.last?.x }.max() ?? end) - end > least { rest += runs.lines(from: end, to: .infinity) }
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
