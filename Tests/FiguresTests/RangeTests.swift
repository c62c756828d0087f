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
        ([1e9, 1e9 + 1e-3, 1e9 + 2e-3], false), ([0x1p53, 0x1p53 + 2, 0x1p53 + 4], false), ([-1e6 - 2e-7, -1e6 - 1e-7, -1e6], false),
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

    @Test func labelsTellWhatIsAdded() {
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
        expect(ticks(.linear, 123456789.09, 123456789.31), 0, " + 123456789", place: { 123456789 + $0 }, within: 1e-7)
        expect(ticks(.linear, -123456789.31, -123456789.09), 0, " - 123456789", place: { -123456789 + $0 }, within: 1e-7)
        expect(ticks(.linear, 1 - 1e-9, 1 + 2.1e-8), -8, " + 1", place: { 1 + $0 * 1e-8 }, within: 1e-15)
        expect(ticks(.linear, 1e300 * (1 - 1e-9), 1e300), 290, " + 1x1e300", place: { 1e300 + $0 * 1e290 }, within: 1e285)
        expect(ticks(.logarithmic, -4e-10, 9e-9), -8, " + 1", place: { $0 * 1e-8 / Elementary.log(10) }, within: 1e-15)
        // Wider ones say all.
        expect(ticks(.linear, 99.999, 100.001), 0, "", place: { $0 }, within: 1e-12)
    }

    @Test func titlesGiveWayToWhatIsAdded() {
        let typography = Typography(unicode: true)
        #expect(typography.title("y (m)", exponent: -3, offset: " + 1") == "y (m) ×10⁻³ + 1")
        #expect(typography.title("", exponent: 0, offset: " + 123") == "+ 123")
        #expect(typography.title("a long label", exponent: 0, offset: " + 123") { $0.count <= 10 } == "a l… + 123")
    }

    @Test func narrowRangesSideBySideAreLegible() throws {
        let places = (0..<5).map { Place(1e9 + 1e-3 * Double($0), 123456789 + 0.1 * Double($0 % 3)) }
        let figure = try Figure.scatter([ChartSeries(name: "", places: places)], axes: ChartAxes(x: "a quantity (m)", y: "another (m)"), title: "t")
        for count in 1...4 {
            let many = try Figure.smallMultiples(of: Array(repeating: figure, count: count), columns: count, title: "many")
            try expectSound(many)
        }
    }
}
