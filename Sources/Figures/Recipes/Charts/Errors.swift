import Numerics

/// The errors of one method's samples.
public struct ErrorSample: Sendable, Equatable {
    public var name: String
    /// Distances from the target, m.
    public var positions: [Double]
    /// Angles from the target, rad.
    public var rotations: [Double]

    public init(name: String, positions: [Double], rotations: [Double]) {
        self.name = name
        self.positions = positions
        self.rotations = rotations
    }
}

extension Figure {
    /// How large errors are: the share of samples below every error, in millimetres and degrees, with thresholds marked.
    ///
    /// A sample without a finite error has failed: it counts among all, and behind the title.
    ///
    /// - Parameters:
    ///   - thresholds: errors to mark, mm and degrees.
    /// - Throws: `FigureError.negativeError` where a finite error is below 0, `FigureError.noData` without an error that can be drawn.
    public static func errors(
        _ samples: [ErrorSample], thresholds: (millimetres: [Double], degrees: [Double]) = ([1, 10], [0.1, 1]), title: String? = nil
    ) throws(FigureError) -> Figure {
        for sample in samples {
            for (kind, errors) in [("position", sample.positions), ("rotation", sample.rotations)] {
                if let index = errors.firstIndex(where: { $0.isFinite && $0 < 0 }) { throw .negativeError(kind: kind, index: index, name: sample.name) }
            }
        }
        let kinds = [
            ErrorKind(name: "position", unit: "mm", values: samples.map { $0.positions.map { $0 * 1000 } }, thresholds: thresholds.millimetres),
            ErrorKind(name: "rotation", unit: "°", values: samples.map { $0.rotations.map { $0 * (180 / .pi) } }, thresholds: thresholds.degrees),
        ]
        let shown = kinds.filter { $0.values.contains { $0.contains(where: Scale.linear.accepts) } }
        guard !shown.isEmpty else { throw .noData(what: "no error is finite and within ±1e300") }
        // A curve below another one is broader than that, so that both are seen.
        let styles = samples.indices.map { index -> Style in
            let isBelow = shown.contains { kind in
                let own = Distribution(kind.values[index])
                return kind.values.dropFirst(index + 1).contains { own.isNear(Distribution($0)) }
            }
            return Style(.series(index), isBelow ? .strong : .regular)
        }
        let leftOut = leftOut(of: samples)
        var legend = samples.enumerated().map { index, sample in
            LegendEntry(text: sample.summary, sample: .line(badge: ""), style: styles[index])
        }
        legend += LegendEntry.repeats(of: samples.count)
        let cuts = shown.flatMap { kind in kind.values.compactMap { Distribution($0).cut?.words(unit: kind.unit, hasFailures: !leftOut.isEmpty) } }
        if let first = cuts.first {
            let words = cuts.reduce(into: [first]) { if !$0.contains($1) { $0.append($1) } }
            legend.append(LegendEntry(text: "upright start: errors below \(words.joined(separator: " or "))", sample: .nothing, style: Style(.muted)))
        }
        let isFloorSeen = shown.contains { $0.values.contains { Distribution($0).cut == .floor } }
        let heading = "Distribution of errors" + (samples.count == 1 ? " of \(samples[0].name)" : "")
        return Figure(
            title: (title ?? heading) + leftOut.note,
            description: heading + leftOut.note + "; what is smaller than a thousandth of \(leftOut.isEmpty ? "its median" : "the median of the finite errors")\(isFloorSeen ? " or 1e-12" : "") is drawn there. "
                + samples.map(\.summary).joined(separator: "; ") + ".",
            panels: shown.map { $0.panel(samples, styles) }, columns: 2, legend: legend)
    }

    /// The samples without a finite error.
    private static func leftOut(of samples: [ErrorSample]) -> LeftOut {
        var leftOut = LeftOut()
        for sample in samples {
            for index in 0..<max(sample.positions.count, sample.rotations.count) {
                let position = index < sample.positions.count ? sample.positions[index] * 1000 : 0
                let rotation = index < sample.rotations.count ? sample.rotations[index] * (180 / .pi) : 0
                leftOut.count(Place(position, rotation), x: .linear, y: .linear)
            }
        }
        return leftOut
    }
}

/// One kind of error of all samples, in the unit that it is shown in.
private struct ErrorKind {
    var name: String
    var unit: String
    /// A list per sample.
    var values: [[Double]]
    /// The errors to mark.
    var thresholds: [Double]

    /// The share of every sample below every error.
    func panel(_ samples: [ErrorSample], _ styles: [Style]) -> Panel {
        let distributions = values.map { Distribution($0) }
        let layers = samples.indices.map { Layer(name: samples[$0].name, style: styles[$0], marks: [.line(distributions[$0].steps)]) }
        let rules: [Mark] = Set(thresholds).filter { $0 > 0 }.sorted().flatMap { threshold -> [Mark] in
            let words = Decimal.significant(threshold) + (unit == "°" ? "°" : " " + unit)
            return [.rule(threshold, .x), .text(words, at: Place(threshold, 4))]
        }
        return Panel(
            name: name, x: Axis(label: "\(name) error (\(unit))", scale: .logarithmic, range: range(around: distributions)),
            y: Axis(label: "samples below (%)", range: 0...100),
            layers: [Layer(name: "thresholds", style: Style(.muted), marks: rules)] + layers)
    }

    /// Room for the words at the greatest threshold where it ends the axis; nil where it does not.
    private func range(around distributions: [Distribution]) -> ClosedRange<Double>? {
        let ends = distributions.flatMap { [$0.steps.first, $0.steps.last].compactMap { $0?.x } } + thresholds.filter { $0 > 0 && Scale.logarithmic.accepts($0) }
        guard let last = thresholds.max(), last > 0, let lower = ends.min(), let upper = ends.max(), upper / lower > 1, (upper / lower).isFinite else { return nil }
        let decades = Elementary.log(upper / lower)
        guard Elementary.log(upper / last) < 0.15 * decades else { return nil }
        return max(lower / Elementary.exp(0.05 * decades), 1e-300)...min(last * Elementary.exp(0.2 * decades), Scale.greatest)
    }
}

extension ErrorSample {
    /// "avips: median 7.2 mm, 2.1°".
    fileprivate var summary: String {
        var medians: [String] = []
        if let median = Distribution(positions).median { medians.append(Decimal.significant(median * 1000) + " mm") }
        if let median = Distribution(rotations).median { medians.append(Decimal.significant(median * (180 / .pi)) + "°") }
        // The medians are what the legend is for: a long name gives way.
        let name = Typography(unicode: true).shortenedInside(name) { $0.count <= 44 }
        return medians.isEmpty ? "\(name): none" : "\(name): median " + medians.joined(separator: ", ")
    }
}

/// An empirical distribution of errors.
private struct Distribution {
    /// Ascending; what is no number has failed, as what is without end has.
    let values: [Double]
    /// Those that an axis has a place for.
    let drawn: ArraySlice<Double>

    init(_ values: [Double]) {
        self.values = values.map { $0.isFinite ? $0 : .infinity }.sorted()
        drawn = self.values.prefix { $0 <= Scale.greatest }
    }

    var median: Double? { Distribution.median(values[...]) }

    private static func median(_ values: ArraySlice<Double>) -> Double? {
        guard !values.isEmpty else { return nil }
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : values[middle - 1] / 2 + values[middle] / 2
    }

    /// Whether the quartiles are within a tenth of another's, which a figure over decades hardly tells apart.
    func isNear(_ other: Distribution) -> Bool {
        guard !values.isEmpty, !other.values.isEmpty else { return false }
        return [0.25, 0.5, 0.75].allSatisfy { share in
            let (a, b) = (quantile(share), other.quantile(share))
            return max(a, b) <= 1.1 * min(a, b)
        }
    }

    private func quantile(_ share: Double) -> Double { values[Int(share * Double(values.count - 1))] }

    /// Below what values are too small to be drawn in their place; nil where none is.
    enum Cut {
        case shareOfMedian, floor

        func words(unit: String, hasFailures: Bool) -> String {
            switch self {
            case .shareOfMedian: "1/1000 of the median" + (hasFailures ? " of the finite ones" : "")
            case .floor: Decimal.significant(Distribution.floor) + (unit == "°" ? unit : " " + unit)
            }
        }
    }

    var cut: Cut? {
        guard let least, values[0] < least else { return nil }
        return least > Distribution.floor ? .shareOfMedian : .floor
    }

    /// No smaller value is drawn in its place, mm or degrees.
    private static let floor = 1e-12

    /// The least value that is drawn in its place: a thousandth of the median of those that can be drawn.
    private var least: Double? { Distribution.median(drawn).map { max($0 * 1e-3, Distribution.floor) } }

    /// The share of all values up to each of at most 400 quantiles of those that can be drawn, per cent.
    var steps: [Place] {
        guard let least else { return [] }
        let count = min(drawn.count, 400)
        let places = (0..<count).map { step -> Place in
            let index = count == 1 ? 0 : step * (drawn.count - 1) / (count - 1)
            return Place(max(drawn[index], least), 100 * Double(index + 1) / Double(values.count))
        }
        return [Place(places[0].x, 0)] + places
    }
}
