import Numerics

/// The weights of a mixture's components over a training.
public struct WeightHistory: Sendable, Equatable {
    /// Ascending; where each row stands on the x axis.
    public var steps: [Double]
    /// One row a step, one column a component; NaN where a component does not exist.
    public var weights: [[Double]]
    /// The number that each column is shown by.
    public var numbers: [Int]

    /// - Parameter numbers: 1, 2, ... if nil.
    /// - Throws: `FigureError` where there is nothing to draw or the lengths differ.
    public init(steps: [Double], weights: [[Double]], numbers: [Int]? = nil) throws(FigureError) {
        guard steps.count == weights.count else {
            throw .differentLengths(what: "steps and rows of weights", first: steps.count, second: weights.count)
        }
        let columns = weights.map(\.count).max() ?? 0
        guard columns > 0 else { throw .noData(what: "the weights have no components") }
        if let numbers, numbers.count != columns {
            throw .differentLengths(what: "component numbers and columns of weights", first: numbers.count, second: columns)
        }
        self.steps = steps
        self.weights = weights.map { row in
            row.map { $0.isFinite ? max(0, $0) : .nan } + [Double](repeating: .nan, count: columns - row.count)
        }
        self.numbers = numbers ?? Array(1...columns)
    }
}

extension Figure {
    /// The components' weights over a training, stacked, with births and deaths; below, how many there are and how many are in use.
    ///
    /// - Parameter xLabel: what the steps are, with their unit.
    public static func weights(_ history: WeightHistory, xLabel: String = "step", title: String? = nil) -> Figure {
        WeightScene(history).figure(xLabel: xLabel, title: title)
    }
}

/// Bands of a stacked figure, from the bottom up.
private struct WeightScene {
    /// Components that are drawn one by one at most; the others share a band.
    static let limit = 14

    /// One band: a component, or all that are too small.
    struct Band {
        var number: Int?
        var series: Int
        var lower: [Double]
        var upper: [Double]
        /// The rows in which the component first and last exists.
        var life: ClosedRange<Int>?
    }

    let history: WeightHistory
    let bands: [Band]

    init(_ history: WeightHistory) {
        let rows = history.steps.count
        let columns = history.numbers.indices
        let mass = columns.map { column in history.weights.reduce(0.0) { $0 + ($1[column].isNaN ? 0 : $1[column]) } }
        let kept = columns.sorted { mass[$0] != mass[$1] ? mass[$0] > mass[$1] : $0 < $1 }.prefix(WeightScene.limit).sorted()
        var floor = [Double](repeating: 0, count: rows)
        var bands: [Band] = []
        func stack(_ values: [Double], number: Int?, series: Int, life: ClosedRange<Int>?) {
            let ceiling = zip(floor, values).map { $0 + $1 }
            bands.append(Band(number: number, series: series, lower: floor, upper: ceiling, life: life))
            floor = ceiling
        }
        for (series, column) in kept.enumerated() {
            let values = history.weights.map { $0[column].isNaN ? 0 : $0[column] }
            let alive = history.weights.indices.filter { !history.weights[$0][column].isNaN }
            let life = alive.first.map { $0...(alive.last ?? $0) }
            stack(values, number: history.numbers[column], series: series, life: life)
        }
        if kept.count < columns.count {
            let others = Set(columns).subtracting(kept)
            let values = history.weights.map { row in others.reduce(0.0) { $0 + (row[$1].isNaN ? 0 : row[$1]) } }
            stack(values, number: nil, series: 6, life: nil)
        }
        self.history = history
        self.bands = bands
    }

    func figure(xLabel: String, title: String?) -> Figure {
        let top = Swift.max(1e-12, bands.last?.upper.filter(\.isFinite).max() ?? 1)
        let range = Heatmap.range(of: history.steps)
        let panels = [
            Panel(
                name: "weights", x: Axis(label: xLabel, range: range, isShared: true),
                y: Axis(label: "weight", range: 0...top), layers: bands.map(layer) + [births, deaths]),
            Panel(name: "count", x: Axis(label: xLabel, range: range), y: Axis(label: "components"), layers: countLayers),
        ]
        let columns = history.numbers.count
        let last = counts.all.last ?? 0
        return Figure(
            title: title ?? "Weights of \(columns.counted("component")) over the training",
            description: "\(columns.counted("component")) over \(history.steps.count) reports; at the end \(Int(last)) exist, "
                + "and \(Decimal.significant(counts.used.last ?? 0)) are in use.",
            panels: panels, legend: legend)
    }

    // MARK: Layers

    private func places(_ values: [Double]) -> [Place] { zip(history.steps, values).map { Place($0, $1) } }

    private func layer(_ band: Band) -> Layer {
        var marks: [Mark] = [.area(lower: places(band.lower), upper: places(band.upper)), .line(places(band.upper))]
        let thickness = zip(band.upper, band.lower).map { $0 - $1 }
        let total = bands.last?.upper.max() ?? 1
        if let number = band.number, let widest = thickness.indices.max(by: { thickness[$0] < thickness[$1] }),
            thickness[widest] > 0.03 * total {
            // At its widest, and where that is taken, wherever it is nearly as wide.
            let good = thickness.indices.filter { thickness[$0] > 0.6 * thickness[widest] }
            let spread = stride(from: 0, to: good.count, by: Swift.max(1, good.count / 9)).map { good[$0] }
            let middle = spread.sorted { ($0 - widest).magnitude < ($1 - widest).magnitude }
            marks.append(.badge(String(number), on: middle.map { Place(history.steps[$0], (band.lower[$0] + band.upper[$0]) / 2) }))
        }
        return Layer(name: band.number.map { "component \($0)" } ?? "others", style: Style(.series(band.series)), marks: marks)
    }

    private func events(_ row: (ClosedRange<Int>) -> Int?) -> [Place] {
        bands.compactMap { band in
            band.life.flatMap(row).map { Place(history.steps[$0], (band.lower[$0] + band.upper[$0]) / 2) }
        }
    }

    private var births: Layer {
        let places = events { $0.lowerBound > 0 ? $0.lowerBound : nil }
        return Layer(name: "births", style: Style(.foreground), marks: places.isEmpty ? [] : [.points(places, .square)])
    }

    private var deaths: Layer {
        let places = events { [last = history.steps.count - 1] in $0.upperBound < last ? $0.upperBound : nil }
        return Layer(name: "deaths", style: Style(.foreground, .strong), marks: places.isEmpty ? [] : [.points(places, .cross)])
    }

    /// How many components exist, and exp of the entropy of their weights.
    private var counts: (all: [Double], used: [Double]) {
        let all = history.weights.map { row in Double(row.count { !$0.isNaN }) }
        let used = history.weights.map { row -> Double in
            let present = row.filter { $0 > 0 }
            let total = present.reduce(0, +)
            guard total > 0 else { return 0 }
            return Elementary.exp(-present.reduce(0) { $0 + $1 / total * Elementary.log($1 / total) })
        }
        return (all, used)
    }

    private var countLayers: [Layer] {
        [
            Layer(name: "existing", style: Style(.foreground), marks: [.line(places(counts.all))]),
            Layer(name: "in use", style: Style(.series(7)), marks: [.line(places(counts.used))]),
        ]
    }

    private var legend: [LegendEntry] {
        // A component that never has weight to speak of is not seen.
        let top = bands.last?.upper.max() ?? 1
        var entries = bands.filter { band in zip(band.upper, band.lower).contains { $0 - $1 > 0.004 * top } }.map { band in
            LegendEntry(
                text: band.number.map { "component \($0)" } ?? "\(history.numbers.count - WeightScene.limit) others",
                sample: .area(badge: band.number.map(String.init) ?? ""), style: Style(.series(band.series)))
        }
        if !births.marks.isEmpty { entries.append(LegendEntry(text: "born", sample: .point(.square), style: births.style)) }
        if !deaths.marks.isEmpty { entries.append(LegendEntry(text: "deleted", sample: .point(.cross), style: deaths.style)) }
        entries.append(LegendEntry(text: "components there are", sample: .line(badge: ""), style: Style(.foreground)))
        entries.append(LegendEntry(text: "components in use", sample: .line(badge: ""), style: Style(.series(7))))
        return entries
    }
}
