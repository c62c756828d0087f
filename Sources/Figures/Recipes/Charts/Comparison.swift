import Numerics

/// A number with what it may also be.
public struct Estimate: Sendable, Equatable {
    public var value: Double
    /// The ends of its interval; the value itself where nothing is known.
    public var lower: Double
    public var upper: Double

    public init(_ value: Double, lower: Double? = nil, upper: Double? = nil) {
        self.value = value
        self.lower = lower ?? value
        self.upper = upper ?? value
    }

    /// The mean of repeated measurements and the standard error around it.
    public init(of values: [Double]) {
        let n = Double(values.count)
        let mean = values.reduce(0) { $0 + $1 / n }
        let variance = values.count > 1 ? values.variance(around: mean) : 0
        let error = (variance / n).squareRoot()
        self.init(mean, lower: mean - error, upper: mean + error)
    }
}

extension Estimate {
    /// The interval of an axis on which ratios count: as much below as above, a deviation of d being a factor of exp(d / value).
    fileprivate var ratios: Estimate {
        guard value > 0, lower < upper else { return self }
        func factor(_ deviation: Double) -> Double { Elementary.exp(min(deviation / value, 20)) }
        return Estimate(value, lower: value / factor(value - lower), upper: value * factor(upper - value))
    }

    /// Whether an end of the interval is beyond what an axis has places for.
    fileprivate func isOpen(on scale: Scale) -> Bool { lower < upper && !(scale.accepts(lower) && scale.accepts(upper)) }

    /// The interval with other ends in place of those that an axis has no place for: its own value where nil.
    fileprivate func closed(on scale: Scale, at ends: ClosedRange<Double>? = nil) -> Estimate {
        guard lower < upper else { return Estimate(value) }
        return Estimate(
            value, lower: scale.accepts(lower) ? lower : ends?.lowerBound ?? value, upper: scale.accepts(upper) ? upper : ends?.upperBound ?? value)
    }
}

/// One quantity of several methods.
public struct ComparedMetric: Sendable, Equatable {
    /// The quantity with its unit.
    public var label: String
    /// One a method; nil where it was not measured.
    public var values: [Estimate?]
    /// Whether the axis is logarithmic; where all values are positive and span a factor of 50 if nil.
    public var isLogarithmic: Bool?
    /// Which values are better; nil where neither is.
    public var better: Direction?

    public enum Direction: String, Sendable {
        case lower, higher
    }

    public init(label: String, values: [Estimate?], isLogarithmic: Bool? = nil, better: Direction? = nil) {
        self.label = label
        self.values = values
        self.isLogarithmic = isLogarithmic
        self.better = better
    }
}

extension Figure {
    /// Methods side by side: one panel a quantity, one row a method, with intervals.
    ///
    /// - Throws: `FigureError` where there is nothing to draw, or a quantity does not have one value a method.
    public static func compare(methods: [String], metrics: [ComparedMetric], title: String? = nil) throws(FigureError) -> Figure {
        guard !methods.isEmpty else { throw .noData(what: "there are no methods") }
        for metric in metrics where metric.values.count != methods.count {
            throw .differentLengths(what: "methods and values of \(metric.label)", first: methods.count, second: metric.values.count)
        }
        let shown = metrics.filter { $0.values.contains { $0?.value.isFinite ?? false } }
        guard !shown.isEmpty else { throw .noData(what: "no quantity has a finite value") }
        let panels = shown.enumerated().map { index, metric in metric.panel(name: "metric \(index + 1)", methods: methods) }
        let columns = shown.count == 4 ? 2 : min(3, shown.count)
        let what = shown.map { Words.withoutUnit($0.label) }.joined(separator: ", ")
        return Figure(
            title: title ?? "\(methods.count.counted("method")) compared",
            description: "\(what) of \(methods.joined(separator: ", ")); lines show intervals, dashes what does not exist.", panels: panels, columns: columns)
    }
}

extension ComparedMetric {
    fileprivate func panel(name: String, methods: [String]) -> Panel {
        let finite = values.compactMap { $0 }.filter(\.value.isFinite)
        let isLogarithmic = isLogarithmic ?? Words.spansDecades(finite.map(\.value).filter(Scale.linear.accepts))
        let scale: Scale = isLogarithmic ? .logarithmic : .linear
        let intervals = finite.filter { scale.accepts($0.value) }.map { isLogarithmic ? $0.ratios : $0 }
        let range = Self.range(intervals, on: scale)
        let start = range?.lowerBound ?? intervals.map(\.value).min() ?? 1
        let middle = range.map { isLogarithmic ? ($0.lowerBound.squareRoot() * $0.upperBound.squareRoot()) : $0.lowerBound / 2 + $0.upperBound / 2 } ?? start
        let layers = zip(methods, values).enumerated().map { index, item -> Layer in
            // The first method stands on top.
            let y = Double(methods.count - 1 - index)
            // Names tell the rows apart; dashes would look like gaps in an interval.
            let ink = Style.Ink.series(index % Palette.colors.count)
            guard let estimate = item.1, estimate.value.isFinite else {
                // A dash says that nothing is missing from the picture.
                return Layer(name: item.0, style: Style(.muted), marks: [.text("–", at: Place(middle, y))])
            }
            // What an axis has no place for is told in words.
            guard scale.accepts(estimate.value) else {
                return Layer(name: item.0, style: Style(ink, .strong), marks: [.text(Decimal.significant(estimate.value), at: Place(start, y))])
            }
            // An end beyond all places is at the panel's edge.
            let interval = (isLogarithmic ? estimate.ratios : estimate).closed(on: scale, at: range)
            var marks: [Mark] = [.points([Place(estimate.value, y)], .disc)]
            if interval.lower < interval.upper { marks.insert(.line([Place(interval.lower, y), Place(interval.upper, y)]), at: 0) }
            marks.append(.text(Decimal.significant(estimate.value), at: Place(estimate.value, y)))
            return Layer(name: item.0, style: Style(ink, .strong), marks: marks)
        }
        return Panel(
            name: name, title: better.map { "\($0.rawValue) is better" } ?? "", x: Axis(label: label, scale: scale, range: range),
            y: Axis(scale: .categories(methods.reversed()), isShared: true), layers: layers)
    }

    /// Room for the numbers beside the points; from zero where that costs little.
    private static func range(_ intervals: [Estimate], on scale: Scale) -> ClosedRange<Double>? {
        let closed = intervals.map { $0.closed(on: scale) }, isOpen = intervals.contains { $0.isOpen(on: scale) }
        guard var lower = closed.map(\.lower).min(), var upper = closed.map(\.upper).max() else { return nil }
        if scale == .logarithmic {
            if lower == upper, isOpen { (lower, upper) = (lower / 2, upper * 2) }
            guard lower > 0, upper / lower > 1, (upper / lower).isFinite else { return nil }
            let decades = Elementary.log(upper / lower)
            return placed(lower / Elementary.exp(0.05 * decades), upper * Elementary.exp(0.4 * decades))
        }
        if lower == upper, isOpen {
            let room = lower == 0 ? 1 : abs(lower) / 2
            (lower, upper) = (lower - room, upper + room)
        }
        guard lower < upper else { return nil }
        let start = lower >= 0 && lower < 0.6 * upper ? 0 : lower - 0.15 * (upper - lower)
        return placed(start, upper + 0.32 * (upper - start))
    }

    private static func placed(_ lower: Double, _ upper: Double) -> ClosedRange<Double> {
        max(lower, -Scale.greatest)...min(upper, Scale.greatest)
    }
}
