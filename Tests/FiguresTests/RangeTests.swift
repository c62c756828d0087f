import Figures
import Foundation
import Numerics
import Testing

/// Figures of values that are huge, tiny, or near each other.
@Suite struct RangeTests {
    private func series(_ y: [Double]) -> [ChartSeries] { [ChartSeries(name: "a", places: y.enumerated().map { Place(Double($0 + 1), $1) })] }

    private func lines(_ y: [Double], isLogarithmic: Bool = false) throws -> Figure {
        try Figure.lines(series(y), axes: ChartAxes(x: "x", y: "y", isYLogarithmic: isLogarithmic))
    }

    /// Top and height of the only frame.
    private func frame(_ svg: String) throws -> (top: Double, height: Double) {
        let found = try #require(svg.firstMatch(of: /<rect class="frame" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"/))
        return (try #require(Double(found.output.1)), try #require(Double(found.output.2)))
    }

    /// Where the points of the only line are, from 0 at the bottom of the frame to 1 at its top.
    private func heights(_ svg: String) throws -> [Double] {
        let (top, height) = try frame(svg)
        let numbers = try #require(svg.firstMatch(of: /<path d="M([^"]*)"/)).output.1.split(separator: " ").compactMap { Double($0) }
        return stride(from: 1, to: numbers.count, by: 2).map { 1 - (numbers[$0] - top) / height }
    }

    private func expectTicksInside(_ svg: String) throws {
        let (top, height) = try frame(svg), words = try #require(SVGReader(svg)).words.filter { $0.classes.contains("end") }
        #expect(Set(words.map(\.text)).count == words.count && words.count >= 2, "\(words.map(\.text))")
        // The baseline is 0.35 of the size below the tick.
        for word in words { #expect(word.y - 4.2 >= top - 0.1 && word.y - 4.2 <= top + height + 0.1, "\(word.text) at \(word.y)") }
    }

    private static let least = Double.leastNonzeroMagnitude

    @Test(arguments: [
        ([1e-306, 2e-306, 3e-306], false), ([1e-307, 2e-307, 3e-307], false), ([123456789.1, 123456789.2, 123456789.3], false),
        ([1e9, 1e9 + 1e-3, 1e9 + 2e-3], false), ([1e9, 1e9 + 1e-6, 1e9 + 2e-6], false), ([0x1p53, 0x1p53 + 2, 0x1p53 + 4], false), ([-1e6 - 2e-7, -1e6 - 1e-7, -1e6], false),
        ([1e300 * (1 - 2e-10), 1e300 * (1 - 1e-10), 1e300], false), ([1, 1 + 1e-8, 1 + 2e-8], true), ([1, 1 + 1e-12, 1 + 2e-12], true),
        ([1e9, 1e9 + 1e-3, 1e9 + 2e-3], true), ([0.3, 0.3 + 1e-12, 0.3 + 2e-12], true), ([least * 10, least * 20, least * 40], true),
        ([least, least * 2, least * 4], true),
    ] as [([Double], Bool)])
    func whatNumbersTellApartIsDrawnApart(_ y: [Double], _ isLogarithmic: Bool) throws {
        let figure = try lines(y, isLogarithmic: isLogarithmic), svg = figure.svg(), heights = try heights(svg)
        try #require(heights.count == 3)
        #expect(heights[0] < 0.1 && abs(heights[1] - 0.5) < 0.03 && heights[2] > 0.9, "\(heights)")
        try expectTicksInside(svg)
        try expectSound(figure)
    }

    @Test(arguments: [([0.3, 0.1 + 0.2, 0.3], false), ([1e300, 1e300], false), ([1e300, 1e300], true), ([7, 7 * (1 + 1e-15), 7], true)] as [([Double], Bool)])
    func whatDiffersByRoundingIsFlat(_ y: [Double], _ isLogarithmic: Bool) throws {
        let figure = try lines(y, isLogarithmic: isLogarithmic), svg = figure.svg()
        #expect(try heights(svg).allSatisfy { abs($0 - 0.5) < 0.01 })
        try expectTicksInside(svg)
        try expectSound(figure)
    }

    /// The frame is about a decade high, whatever the value.
    @Test(arguments: [1e300, 1e-300, 2, 1e4]) func oneValueOnALogarithmicAxisHasADecadeAround(value: Double) {
        let place = Elementary.log(value) / Elementary.log(10)
        #expect(abs(Span(lower: place, upper: place).nonDegenerate(on: .logarithmic).length - 1) < 1e-12)
    }

    @Test func titlesTellWhatLabelsAreCountedFrom() {
        func ticks(_ scale: Scale, _ lower: Double, _ upper: Double) -> Ticks {
            Ticks(scale: scale, span: Span(lower: lower, upper: upper), wanted: 5, typography: Typography(unicode: false))
        }
        func expect(_ ticks: Ticks, _ exponent: Int, _ offset: String, place: (Double) -> Double, within tolerance: Double) {
            #expect(ticks.exponent == exponent && ticks.offset == offset && ticks.ticks.count >= 3)
            for tick in ticks.ticks {
                let label = Double(tick.label) ?? .nan
                #expect(abs(tick.place - place(label)) < tolerance, "\(tick)")
            }
        }
        expect(ticks(.linear, 123456789.09, 123456789.31), 0, " - 123 456 789", place: { 123456789 + $0 }, within: 1e-7)
        expect(ticks(.linear, -123456789.31, -123456789.09), 0, " + 123 456 789", place: { -123456789 + $0 }, within: 1e-7)
        expect(ticks(.linear, 1 - 1e-9, 1 + 2.1e-8), -8, " - 1", place: { 1 + $0 * 1e-8 }, within: 1e-15)
        expect(ticks(.linear, 1e300 * (1 - 1e-9), 1e300), 290, " - 1x1e300", place: { 1e300 + $0 * 1e290 }, within: 1e285)
        expect(ticks(.logarithmic, -4e-10, 9e-9), -8, " - 1", place: { $0 * 1e-8 / Elementary.log(10) }, within: 1e-15)
        // Wider ones say all.
        expect(ticks(.linear, 99.999, 100.001), 0, "", place: { $0 }, within: 1e-12)
    }

    /// No tick lies more than a tenth of a step beside its label; there are fewer where numbers are nearly as far apart as ticks.
    @Test(arguments: [(1e15, 2.0), (1e16, 4), (-1e9, 2e-6)]) func ticksStandEvenlyWhereNumbersAreFarApart(lower: Double, length: Double) {
        let span = Span(lower: lower, upper: lower + length)
        for wanted in [3, 5, 11] {
            let places = Ticks(scale: .linear, span: span, wanted: wanted, typography: Typography(unicode: false)).ticks.map { span.fraction($0.place) }
            let steps = zip(places.dropFirst(), places).map { $0 - $1 }
            #expect(steps.count >= 2)
            #expect((steps.max() ?? 1) < 1.51 * (steps.min() ?? 0), "\(wanted): \(places)")
        }
    }

    @Test func labelsGiveWayToWhatTheyAreCountedFrom() {
        let typography = Typography(unicode: true)
        #expect(typography.title("y (m)", exponent: -3, offset: " − 1") == "(y (m) − 1) ×10⁻³")
        #expect(typography.title("y (m)", exponent: -3) == "y (m) ×10⁻³")
        #expect(typography.title("", exponent: 0, offset: " − 123") == "value − 123")
        #expect(typography.title("", exponent: 6) == "×10⁶")
        #expect(typography.title("a long label", exponent: 0, offset: " − 123") { $0.count <= 10 } == "a l… − 123")
    }

    @Test func largeValuesOneApartAreTheirDifferencesFromARoundNumber() throws {
        let places = (1...3).map { Place(Double($0), 1e9 + Double($0)) }
        let figure = try Figure.lines([ChartSeries(name: "", places: places)], axes: ChartAxes(x: "x", y: "y"))
        #expect(figure.text(style: TerminalStyle(width: 80)).contains("y − 1 000 000 000"))
        #expect(figure.svg().contains(">y − 1 000 000 000</text>"))
    }

    @Test func narrowRangesSideBySideAreLegible() throws {
        let places = (0..<5).map { Place(1e9 + 1e-3 * Double($0), 123456789 + 0.1 * Double($0 % 3)) }
        let figure = try Figure.scatter([ChartSeries(name: "", places: places)], axes: ChartAxes(x: "a quantity (m)", y: "another (m)"), title: "t")
        for count in 1...4 {
            let many = try Figure.smallMultiples(of: Array(repeating: figure, count: count), columns: count, title: "many")
            try expectSound(many)
        }
    }

    // MARK: What cannot be drawn is counted

    @Test func valuesBeyondTheRangeAreCounted() throws {
        #expect(try lines([-1e302, 0, 1e302, .nan]).title == "a over x (2 beyond ±1e300)")
        #expect(try lines([1, .infinity, 1e301]).title == "a over x (1 not finite, 1 beyond ±1e300)")
        #expect(try lines([1, -1, 1e301, .infinity], isLogarithmic: true).title == "a over x (1 not finite, 1 beyond ±1e300, 1 not above 0)")
        let axes = ChartAxes(x: "x", y: "y")
        #expect(try Figure.scatter(series([1, .nan, .infinity, 1e301]), axes: axes).title == "a over x (2 not finite, 1 beyond ±1e300)")
        #expect(try Figure.lines(series([1, 1e301]), axes: axes, title: "mine").title == "mine (1 beyond ±1e300)")
        #expect(throws: FigureError.noData(what: "no place is finite and within ±1e300")) { try lines([1.7e308, 1.6e308, 1.7e308]) }
        let curves = try Figure.curves([CurvePanel(label: "y", groups: [CurveGroup(name: "a", runs: [series([1, .nan, 1e301])[0].places])])], xLabel: "x")
        #expect(curves.title == "Y over x (1 beyond ±1e300)")
        #expect(try Figure.schedules([(name: "rate", values: [1, 2, 1e301])]).title == "Over the progress of a training: rate (1 beyond ±1e300)")
        let compared = try Figure.compare(methods: ["a", "b"], metrics: [ComparedMetric(label: "m", values: [Estimate(1e302), Estimate(2)])])
        let words = compared.panels[0].layers.flatMap(\.marks).compactMap { if case .text(let text, _) = $0 { text } else { nil } }
        #expect(words == ["1e302", "2"])
    }

    // MARK: Intervals

    @Test(arguments: [
        (Estimate(2, lower: 1, upper: 3), 1, 3), (Estimate(2, lower: 1, upper: 5e300), 1, nil), (Estimate(2, lower: -.infinity, upper: .infinity), nil, nil),
        (Estimate(2, lower: -1e302, upper: 2.5), nil, 2.5), (Estimate(5e299, lower: -.infinity, upper: .infinity), nil, nil),
    ] as [(Estimate, Double?, Double?)])
    func intervalsWithoutAnEndReachTheEdge(_ estimate: Estimate, _ lower: Double?, _ upper: Double?) throws {
        for other in [estimate.value, estimate.value / 2] {
            let compared = try Figure.compare(
                methods: ["a", "b"], metrics: [ComparedMetric(label: "m", values: [estimate, Estimate(other)], isLogarithmic: false)])
            let panel = compared.panels[0], range = try #require(panel.x.range)
            let lines = panel.layers.flatMap(\.marks).compactMap { if case .line(let places) = $0 { places.map(\.x) } else { nil } }
            #expect(lines == [[lower ?? range.lowerBound, upper ?? range.upperBound]])
            #expect(range.contains(estimate.value) && range.contains(other) && range.lowerBound >= -1e300 && range.upperBound <= 1e300)
            try expectSound(compared)
        }
    }

    // MARK: Histograms

    private func bars(_ figure: Figure) -> [(lower: Place, upper: Place)] {
        figure.panels[0].layers.flatMap(\.marks).compactMap { if case .bar(let lower, let upper) = $0 { (lower, upper) } else { nil } }
    }

    @Test func histogramsOfHugeValuesHaveTheirBars() throws {
        for sign in [1.0, -1] {
            let figure = try Figure.histogram([(name: "", values: [sign * 1e300, sign * 1e300])], label: "v")
            let full = bars(figure).filter { $0.upper.y > 0 }
            try #require(full.count == 1)
            #expect(full[0].upper.y == 1 && full[0].lower.x <= sign * 1e300 && full[0].upper.x >= sign * 1e300)
            #expect(bars(figure).allSatisfy { max(abs($0.lower.x), abs($0.upper.x)) <= 1e300 })
            #expect(figure.title == "Distribution of v")
            let found = try #require(figure.svg().matches(of: /<rect class="filled area"[^>]* width="([\d.]+)" height="([\d.]+)"/).max { Double($0.output.2)! < Double($1.output.2)! })
            #expect(Double(found.output.1)! > 50 && Double(found.output.2)! > 300)
            try expectSound(figure)
        }
        let figure = try Figure.histogram([(name: "", values: [-1.7e308, 0, 1.7e308, .nan])], label: "v")
        #expect(figure.title == "Distribution of v (1 not finite, 2 beyond ±1e300)")
        #expect(bars(figure).map(\.upper.y).max() == 1)
        #expect(throws: FigureError.noData(what: "no value is finite and within ±1e300")) { try Figure.histogram([(name: "", values: [1.7e308])], label: "v") }
    }

    @Test(arguments: [[0x1p53, 0x1p53 + 2, 0x1p53 + 4], [123456789.1, 123456789.2, 123456789.3], [1e-306, 2e-306, 3e-306], [1, 1.0.nextUp]])
    func binsAreNoNarrowerThanNumbersAreApart(values: [Double]) throws {
        let figure = try Figure.histogram([(name: "", values: values)], label: "v", bins: 10)
        for bar in bars(figure) { #expect(bar.lower.x < bar.upper.x) }
        #expect(abs(bars(figure).reduce(0) { $0 + $1.upper.y } - 1) < 1e-12)
        try expectSound(figure)
    }

    @Test func outliersDoNotHideADistribution() throws {
        var stream = RandomStream(seed: 5)
        let values = (0..<1000).map { _ in stream.normal() }
        let figure = try Figure.histogram([(name: "", values: values + [1e7])], label: "v")
        #expect(figure.title == "Distribution of v (1 beyond the range shown)")
        #expect(bars(figure).count > 10 && bars(figure).allSatisfy { abs($0.lower.x) < 6 && abs($0.upper.x) < 6 })
        #expect(abs(bars(figure).reduce(0) { $0 + $1.upper.y } - 1000.0 / 1001) < 1e-12)
        // Of each list its own outliers; a list that is far away is shown, however short it is.
        let two = try Figure.histogram([(name: "a", values: values + [1e7]), (name: "b", values: values.map { $0 + 3 } + [-1e9])], label: "v")
        #expect(two.title == "Distribution of a, b (2 beyond the range shown)")
        #expect(bars(two).allSatisfy { abs($0.lower.x) < 9 && abs($0.upper.x) < 9 })
        let far = try Figure.histogram([(name: "near", values: values), (name: "far", values: [1e7, 1.1e7])], label: "v")
        #expect(far.title == "Distribution of near, far")
        #expect(bars(far).map(\.upper.x).max() == 1.1e7)
        // A second peak is none, nor is a value that is hardly beyond the others.
        let second = (0..<200).map { _ in 1e7 + stream.normal() }, zeros = [Double](repeating: 0, count: 1000)
        for whole: [Double] in [values + second, values + [20], zeros + [1e7]] {
            #expect(try Figure.histogram([(name: "", values: whole)], label: "v").title == "Distribution of v")
        }
    }

    /// The rule of Freedman and Diaconis on sorted values.
    @Test func theNumberOfBinsIsThatOfSortedValues() throws {
        var stream = RandomStream(seed: 7)
        let samples: [[Double]] = [
            (0..<1000).map { _ in stream.normal() }, (0..<777).map { _ in Elementary.exp(2 * stream.normal()) - 5 },
            (0..<64).map { _ in (stream.uniform() * 4).rounded() - 2 }, [-3, -2, -2, 0, 1e-9, 5],
        ]
        for values in samples {
            let sorted = values.sorted(), last = values.count - 1
            let middle = sorted[3 * last / 4] - sorted[last / 4], root = Double((1...100).first { $0 * $0 * $0 >= values.count } ?? 100)
            let count = Int(min(max((sorted[last] - sorted[0]) / middle * (root / 2), 5), 100))
            // In one list and in two.
            let half = values.count / 2
            for lists in [[values], [Array(values[..<half]), Array(values[half...])]] {
                let figure = try Figure.histogram(lists.map { (name: "", values: $0) }, label: "v")
                #expect(figure.description.contains(" in \(count) bins "), "\(figure.description)")
            }
        }
    }
}
