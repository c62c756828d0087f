import Figures
import Testing

@Suite struct TicksTests {
    private func values(_ lower: Double, _ upper: Double, _ wanted: Int, onlyInside: Bool = false) -> [Double] {
        let span = Span(lower: lower, upper: upper)
        let found = TickSearch.best(in: span, wanted: wanted, onlyInside: onlyInside)
        return found.mantissas.map { Double($0) * Decimal.power(found.exponent) }
    }

    private func labels(_ lower: Double, _ upper: Double, _ wanted: Int, unicode: Bool = true) -> [String] {
        let span = Span(lower: lower, upper: upper)
        return Ticks(scale: .linear, span: span, wanted: wanted, typography: Typography(unicode: unicode)).ticks
            .map(\.label)
    }

    /// The example of the R package "labeling", and one worked by hand.
    @Test func publishedCases() {
        #expect(values(8.1, 14.1, 4) == [8, 10, 12, 14])
        #expect(values(0, 100, 5) == [0, 25, 50, 75, 100])
    }

    /// First tick, last tick and count from a plain transcription of the published algorithm.
    @Test(arguments: [
        (-52.79, -52.46, 8, -52.8, -52.45, 8), (-4.22, -3.94, 2, -4.2, -3.9, 2), (-19.68, 3868.76, 2, 0, 4000, 2),
        (-55.61, -7.37, 6, -60, -10, 6), (55.95, 1418.52, 6, 0, 1500, 7), (-57.12, 4281.77, 6, 0, 4000, 5),
        (60.09, 61.02, 6, 60, 61, 6), (-42.07, 2128.67, 7, 0, 2000, 5), (-82.66, 24.31, 8, -80, 20, 6),
        (1.19, 1.96, 9, 1.2, 2, 9), (-44.0, 5239.1, 6, 0, 5000, 6), (-98.56, -95.68, 6, -98.5, -95.5, 7),
    ] as [(Double, Double, Int, Double, Double, Int)])
    func agreesWithTheTranscription(
        lower: Double, upper: Double, wanted: Int, first: Double, last: Double, count: Int
    ) {
        let found = values(lower, upper, wanted)
        #expect(found.count == count)
        #expect((found[0] - first).magnitude < 1e-9 && (found[count - 1] - last).magnitude < 1e-9)
    }

    @Test func ticksOnRequestStayInside() {
        for (lower, upper) in [(8.1, 14.1), (-0.123, 0.456), (1e-300, 9e-300), (-1e300, 1e300), (99.999, 100.001)] {
            for wanted in 2...9 {
                let found = values(lower, upper, wanted, onlyInside: true)
                #expect(found.count >= 2)
                #expect(found.allSatisfy { $0 >= lower - 1e-9 * (upper - lower) && $0 <= upper + 1e-9 * (upper - lower) })
            }
        }
    }

    @Test func labelsHaveTheSameDecimals() {
        #expect(labels(0, 1, 5) == ["0.00", "0.25", "0.50", "0.75", "1.00"])
        #expect(labels(-2, 2, 5) == ["−2", "−1", "0", "1", "2"])
        #expect(labels(-2, 2, 5, unicode: false) == ["-2", "-1", "0", "1", "2"])
        #expect(labels(0, 60000, 4) == ["0", "20000", "40000", "60000"])
    }

    @Test func hugeAndTinyValuesMoveTheirPowerIntoTheTitle() {
        for power in [-300, -7, 6, 299] {
            let span = Span(lower: 0, upper: 4 * Decimal.power(power))
            let ticks = Ticks(scale: .linear, span: span, wanted: 5, typography: Typography(unicode: true))
            #expect(ticks.exponent == power)
            #expect(ticks.ticks.map(\.label) == ["0", "1", "2", "3", "4"])
        }
        #expect(Typography(unicode: true).title("x (m)", exponent: -300) == "x (m) ×10⁻³⁰⁰")
        #expect(Typography(unicode: false).title("x (m)", exponent: 6) == "x (m) x1e6")
    }

    @Test func decadesAreThinnedEvenly() {
        func labels(_ lower: Double, _ upper: Double, _ wanted: Int) -> [String] {
            let span = Span(lower: lower, upper: upper)
            return Ticks(scale: .logarithmic, span: span, wanted: wanted, typography: Typography(unicode: true)).ticks
                .map(\.label)
        }
        #expect(labels(-2, 1, 5) == ["10⁻²", "10⁻¹", "10⁰", "10¹"])
        #expect(labels(-6, 6, 5) == ["10⁻⁶", "10⁻³", "10⁰", "10³", "10⁶"])
        #expect(labels(-1.05, 0.4, 5) == ["0.1", "0.2", "0.5", "1", "2"])
        #expect(labels(-1.6, 0.9, 5) == ["0.03", "0.1", "0.3", "1", "3"])
        #expect(labels(-1.6, 0.9, 3) == ["10⁻¹", "10⁰"])
        // Between two decades: round values.
        #expect(labels(0.1, 0.9, 4) == ["2.5", "5.0", "7.5"])
    }

    private func labels(_ scale: Scale, _ lower: Double, _ upper: Double, _ wanted: Int, unicode: Bool = true) -> [String] {
        let ticks = Ticks(scale: scale, span: Span(lower: lower, upper: upper), wanted: wanted, typography: Typography(unicode: unicode))
        return ticks.ticks.map(\.label)
    }

    @Test func degreesDivideTheCircle() {
        #expect(labels(.degrees, -180, 180, 5) == ["−180", "−90", "0", "90", "180"])
        #expect(labels(.degrees, -100, 100, 7) == ["−90", "−60", "−30", "0", "30", "60", "90"])
        #expect(labels(.degrees, 0, 47, 4) == ["0", "15", "30", "45"])
        // Small angles are numbers like others.
        #expect(labels(.degrees, 0, 1, 5) == ["0.00", "0.25", "0.50", "0.75", "1.00"])
    }

    @Test func fractionsOfPiAreInLowestTerms() {
        #expect(labels(.fractionsOfPi, -1, 1, 5) == ["−π", "−π/2", "0", "π/2", "π"])
        #expect(labels(.fractionsOfPi, 0, 1, 5) == ["0", "π/4", "π/2", "3π/4", "π"])
        #expect(labels(.fractionsOfPi, -1, 1, 3, unicode: false) == ["-pi", "0", "pi"])
        #expect(labels(.fractionsOfPi, 0, 4, 3) == ["0", "2π", "4π"])
    }

    @Test func categoriesAreNamedOrThinned() {
        let names = ["a", "b", "c", "d"]
        #expect(labels(.categories(names), -0.6, 3.6, 4) == names)
        #expect(labels(.categories(names), -0.6, 3.6, 2) == ["a", "c"])
        #expect(labels(.categories([]), -0.6, 0.6, 2) == [])
    }

    @Test func moreThanADecadeWithOnePowerInsideHasRoundValues() {
        let ticks = Ticks(scale: .logarithmic, span: Span(lower: -4.82, upper: -3.13), wanted: 5, typography: Typography(unicode: true))
        #expect(ticks.ticks.map(\.label) == ["0.00002", "0.00005", "0.0001", "0.0002", "0.0005"])
        let few = Ticks(scale: .logarithmic, span: Span(lower: -4.82, upper: -3.13), wanted: 3, typography: Typography(unicode: true))
        #expect(few.ticks.map(\.label) == ["0.00003", "0.0001", "0.0003"])
    }

    @Test func numbersForWords() {
        let cases: [(Double, String)] = [
            (0, "0"), (7.2, "7.2"), (1234.56, "1230"), (0.00123456, "0.00123"), (9.996, "10"), (-0.5, "−0.5"), (4e-6, "4e-6"), (1.5e9, "1.5e9"),
            (999_999, "1e6"), (.nan, "none"), (.infinity, "∞"), (1e-290, "1e-290"), (1e-300, "1e-300"), (-2.345e-299, "−2.35e-299"), (9.996e-301, "1e-300"), (3e-300 * 1e-10, "3e-310"), (.leastNonzeroMagnitude, "4.94e-324"), (1e300, "1e300"), (100, "100"),
        ]
        for (value, text) in cases { #expect(Decimal.significant(value) == text, "\(value)") }
    }

    @Test func aSpanWithoutLengthGetsOne() {
        #expect(Span(lower: 0, upper: 0).nonDegenerate() == Span(lower: -0.5, upper: 0.5))
        #expect(Span(lower: 4, upper: 4).nonDegenerate() == Span(lower: 2, upper: 6))
        #expect(Span(lower: 1, upper: 1 + 1e-15).nonDegenerate().length > 0.9)
        for span in [Span(lower: 1, upper: 1 + 1e-13), Span(lower: 0x1p53, upper: 0x1p53 + 2), Span(lower: 1e-307, upper: 2e-307)] {
            #expect(span.nonDegenerate() == span)
        }
        #expect(Span(lower: 0, upper: 1e-300).nonDegenerate() == Span(lower: 0, upper: 1e-300))
    }

    @Test func numbersHaveAtMostOneDecimal() {
        func text(_ tenths: Int) -> String {
            var bytes: [UInt8] = []
            Decimal.append(tenths: tenths, to: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect([0, 5, -5, 10, 123, -1230, 100_000].map(text) == ["0", "0.5", "-0.5", "1", "12.3", "-123", "10000"])
    }
}
