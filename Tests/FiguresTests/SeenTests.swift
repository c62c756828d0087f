import Figures
import Numerics
import Testing

/// What a reader must find in a figure.
@Suite struct SeenTests {
    private func curve(_ y: [Double]) throws -> Figure {
        let places = y.enumerated().map { Place(Double($0 + 1), $1) }
        return try Figure.curves([CurvePanel(label: "y", groups: [CurveGroup(name: "run", runs: [places])])], xLabel: "x")
    }

    @Test(arguments: [([1.0], 1), ([1, .nan, 2, .nan, 3], 3), ([1, .infinity, 2], 2), ([.nan, 1, 2, .nan, 5, 6], 0), ([1, 2, .nan, 3], 1)])
    func pointsBetweenGapsAreSeen(_ y: [Double], _ isolated: Int) throws {
        let figure = try curve(y)
        #expect(figure.text(style: TerminalStyle(width: 80, unicode: true, color: false)).count { $0 == "●" } == isolated)
        #expect(figure.svg().split(separator: "<circle").count - 1 == isolated)
    }

    @Test func pointsOnEachOtherAreSeen() throws {
        let figure = try Figure.curves([CurvePanel(label: "y", groups: [CurveGroup(name: "run", runs: [[Place(1, 2), Place(1, 2), Place(1, 2)]])])], xLabel: "x")
        #expect(figure.text(style: TerminalStyle(width: 80, unicode: true, color: false)).contains("●"))
        #expect(figure.svg().split(separator: "<circle").count - 1 == 1)
        // A short line stays one.
        let short = try Figure.curves([CurvePanel(label: "y", groups: [CurveGroup(name: "run", runs: [[Place(1, 2), Place(1.1, 2), Place(2, 3)]])])], xLabel: "x")
        #expect(!short.svg().contains("<circle"))
    }

    @Test func oneValueIsABarWithRoomAround() throws {
        let figure = try Figure.histogram([(name: "", values: [3, 3, 3])], label: "value")
        let rows = figure.text(style: TerminalStyle(width: 80, unicode: true, color: false)).split(separator: "\n")
        let row = try #require(rows.first { $0.contains("⢕") }), signs = row.prefix { $0 != "⢕" }.count...row.prefix { $0 != "⢕" }.count + row.count { "⢕⢐⠅".contains($0) }
        #expect(signs.lowerBound > 25 && signs.upperBound < 60, "\(row)")
    }

    @Test func manyPointsBetweenGapsAreDots() throws {
        let figure = try curve((0..<200).map { $0 % 2 == 0 ? Double($0) : .nan })
        let text = figure.text(style: TerminalStyle(width: 80, unicode: true, color: false))
        #expect(!text.contains("●"))
        #expect(text.unicodeScalars.count { (0x2801...0x28FF).contains($0.value) } > 40)
    }

    @Test func aPanelWithoutNumbersSaysSo() throws {
        let good = CurvePanel(label: "loss", groups: [CurveGroup(name: "run", runs: [[Place(1, 1), Place(2, 2)]])])
        let empty = CurvePanel(label: "ELBO (nats)", groups: [CurveGroup(name: "run", runs: [[Place(1, .nan), Place(2, .nan)]])])
        #expect(try Figure.curves([good, empty], xLabel: "step").text(style: TerminalStyle(width: 100)).contains("no finite values"))
        #expect(throws: FigureError.noData(what: "no value of ELBO is a finite number")) { try Figure.curves([empty], xLabel: "step") }
    }

    @Test(arguments: [60, 80, 120], [3, 12, 30])
    func everyMethodKeepsItsNameAndItsNumber(_ width: Int, _ count: Int) throws {
        let methods: [String] = (1...count).map { "method \($0)" }
        let values: [Estimate?] = (1...count).map { (index: Int) -> Estimate? in
            let value = Double(1000 + index)
            return Estimate(value, lower: value - 20, upper: value + 20)
        }
        let metrics = ["error (mm)", "time (s)"].map { ComparedMetric(label: $0, values: values, better: .lower) }
        let text = try Figure.compare(methods: methods, metrics: metrics).text(style: TerminalStyle(width: width, unicode: true, color: false))
        let lines = text.split(separator: "\n").map(String.init)
        for index in 0..<count {
            let row = try #require(lines.first { $0.drop { $0 == " " }.hasPrefix("method \(index + 1)┤") }, "method \(index + 1) at \(width) columns")
            let panels = row.drop { $0 != "┤" }
            #expect(panels.contains { $0.isNumber }, "the number of \(row)")
        }
        #expect(text.contains("lower is better"))
    }

    @Test func aMatrixOfPairsThatDoesNotFitNamesAllAxes() throws {
        let axes = (1...4).map { JointAxis(name: "joint \($0)") }
        let figure = try Figure.joints(subject: "arm", axes: axes, configurations: [[0, 1, 2, 3], [1, 2, 3, 5]])
        let text = figure.text(style: TerminalStyle(width: 80, unicode: true, color: false))
        // Six panels one after the other, each with the names of its own axes.
        func count(_ name: String) -> Int { text.occurrences(of: name) }
        #expect(count("joint 1") == 3 && count("joint 4") == 3 && count("joint 2") == 3 && count("joint 3") == 3, "\(text)")
    }

    @Test func contoursOfAConeAreCircles() {
        func map(_ value: (Double, Double) -> Double) -> Heatmap {
            Heatmap(x: -1...1, y: -1...1, columns: 60, rows: 60, values: (0..<3600).map { value((Double($0 % 60) + 0.5) / 30 - 1, (Double($0 / 60) + 0.5) / 30 - 1) })
        }
        let cone = map { 1 - ($0 * $0 + $1 * $1).squareRoot() }.contours(at: 0.5)
        #expect(cone.count == 1 && cone[0].first == cone[0].last && cone[0].count > 60)
        for place in cone[0] { #expect(abs((place * place).sum().squareRoot() - 0.5) < 0.002) }
        // A line that leaves the map is open, a level that is nowhere has no line, a blank cell breaks one.
        let slope = map { x, _ in x }
        #expect(slope.contours(at: 0.3).count == 1 && slope.contours(at: 0.3)[0].allSatisfy { abs($0.x - 0.3) < 1e-9 } && slope.contours(at: 7).isEmpty)
        #expect(map { x, y in abs(y) < 0.02 ? .nan : x }.contours(at: 0.3).count == 2)
        // A saddle has two lines that do not cross.
        #expect(map { x, y in x * y }.contours(at: 0.1).count == 2)
    }

    @Test func whereLessIsBetterLessIsBright() throws {
        let slice = WorkspaceSlice(
            x: 0...2, y: 0...1, columns: 2, rows: 1, quantities: [.init(title: "Error", label: "mm", values: [1, 5], isLowerBetter: true)], place: "z = 0 m")
        let figure = try Figure.workspace(slice, subject: "arm")
        let map = figure.panels[0].layers.flatMap(\.marks).compactMap { if case .heatmap(let map) = $0 { map } else { nil } }[0]
        #expect(map.brightness(column: 0, row: 0) == 1 && map.brightness(column: 1, row: 0) == 0 && figure.panels[0].colorBar?.isReversed == true)
        #expect(figure.title.hasSuffix("z = 0 m") && figure.legend.isEmpty)
    }

    @Test func aSliceOfAGaussianIsItsConditional() throws {
        let covariance = Matrix(rows: 3, columns: 3, elements: [2, 0.6, 0.5, 0.6, 1, 0.3, 0.5, 0.3, 1.5])
        let shape = GaussianShape(number: 1, weight: 1, mean: [1, 2, 3], covariance: covariance)
        let (slice, logWeight) = try #require(shape.slice(0, 2, at: [0, 2.5, 0]))
        // One variable is held half a unit above its mean.
        #expect(abs(slice.mean[0] - (1 + 0.6 * 0.5)) < 1e-12 && abs(slice.mean[1] - (3 + 0.3 * 0.5)) < 1e-12)
        #expect(abs(slice.covariance[0, 0] - (2 - 0.36)) < 1e-12 && abs(slice.covariance[0, 1] - (0.5 - 0.18)) < 1e-12)
        #expect(abs(logWeight + 0.125) < 1e-12)
        let bad = GaussianShape(number: 1, weight: 1, mean: [0, 0, 0], covariance: Matrix(rows: 3, columns: 3))
        #expect(bad.slice(0, 1, at: [0, 0, 0]) == nil)
    }
}

extension String {
    /// How often a part occurs.
    fileprivate func occurrences(of part: String) -> Int { split(separator: part, omittingEmptySubsequences: false).count - 1 }
}
