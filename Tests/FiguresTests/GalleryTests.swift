import Figures
import Foundation
import Kinematics
import Numerics
import Testing

@Suite struct GalleryTests {
    @Test(arguments: try Gallery.all().map(\.name))
    func figuresAreDrawnTheSame(name: String) throws {
        let figure = try #require(try Gallery.all().first { $0.name == name }).figure
        try expectGolden(figure.svg(), "\(name).svg")
        try expectGolden(figure.text(style: TerminalStyle(width: 90)), "\(name).txt")
        try expectSound(figure)
    }

    @Test func heatmapsInATerminalAreColouredOrShaded() throws {
        try expectGolden(Gallery.density.text(style: TerminalStyle(width: 60, color: true)), "density-color.txt")
        try expectGolden(Gallery.density.text(style: TerminalStyle(width: 60, unicode: false)), "density-ascii.txt")
    }

    /// In a process of its own, since a locale is the whole process's, and other tests run beside this one.
    @Test func theSameBytesInOtherLocales() async {
        await #expect(processExitsWith: .success) {
            let expected = Gallery.curves.svg() + Gallery.density.text()
            for locale in ["C.UTF-8", "de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8"] {
                setlocale(LC_ALL, locale)
                #expect(Gallery.curves.svg() + Gallery.density.text() == expected)
            }
        }
    }

    @Test func theSameBytesInOtherThreads() async {
        let expected = Gallery.curves.svg() + Gallery.density.text()
        let texts = await withTaskGroup(of: String.self) { group in
            for _ in 0..<8 { group.addTask { Gallery.curves.svg() + Gallery.density.text() } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(texts.allSatisfy { $0 == expected })
    }

    // MARK: What the figures say

    @Test func lightComponentsAreLeftOutAndCounted() throws {
        let figure = try Gallery.joints(2)
        #expect(figure.panels[0].layers.contains { $0.name == "component 2" })
        #expect(!figure.panels[0].layers.contains { $0.name == "component 3" })
        #expect(figure.legend.contains { $0.text == "weight 0.0005 in 1 not drawn" })
    }

    @Test func ellipsesHaveTheCovariancesExtent() throws {
        let figure = Gallery.density
        let layer = try #require(figure.panels[0].layers.first { $0.name == "component 1" })
        guard case .ellipse(let center, let u, let v) = layer.marks[1] else {
            Issue.record("no ellipse")
            return
        }
        #expect(center == Place(0.4, 0.8))
        // Two standard deviations: u uᵀ + v vᵀ = 4 Σ.
        #expect((u.x * u.x + v.x * v.x - 0.2).magnitude < 1e-12)
        #expect((u.x * u.y + v.x * v.y - 0.08).magnitude < 1e-12)
        #expect((u.y * u.y + v.y * v.y - 0.12).magnitude < 1e-12)
    }

    @Test func pairsStandInALowerTriangle() throws {
        let figure = try Gallery.joints(4)
        #expect(figure.columns == 3 && figure.cells == [0, 3, 4, 6, 7, 8])
        #expect(figure.panels.map(\.x.label) == ["panda_joint1 (°)", "panda_joint1 (°)", "panda_joint2 (°)", "panda_joint1 (°)", "panda_joint2 (°)", "panda_joint3 (°)"])
    }

    @Test func birthsAndDeathsAreMarked() throws {
        let panel = try Gallery.weights().panels[0]
        func places(_ name: String) -> [Place] {
            panel.layers.filter { $0.name == name }.flatMap(\.marks).flatMap { mark -> [Place] in
                if case .points(let places, _) = mark { places } else { [] }
            }
        }
        #expect(places("births").map(\.x) == [100])
        #expect(places("deaths").map(\.x) == [250])
    }

    @Test func theMeanOfRunsAndItsSpread() throws {
        let runs = [[Place(0, 1), Place(10, 1)], [Place(0, 3), Place(5, 3), Place(10, 3)]]
        let figure = try Figure.curves([CurvePanel(label: "y", groups: [CurveGroup(name: "a", runs: runs)])], xLabel: "x")
        let marks = figure.panels[0].layers.flatMap(\.marks)
        guard case .area(let lower, let upper) = marks[0], case .line(let mean) = marks[1] else {
            Issue.record("no band and line")
            return
        }
        let deviation = 2.0.squareRoot()
        #expect(mean.allSatisfy { ($0.y - 2).magnitude < 1e-12 })
        #expect(lower.allSatisfy { ($0.y - 2 + deviation).magnitude < 1e-12 } && upper.allSatisfy { ($0.y - 2 - deviation).magnitude < 1e-12 })
        #expect(mean.first?.x == 0 && mean.last?.x == 10)
    }

    @Test(arguments: CurveBand.allCases)
    func bandsAreWhatTheyAreCalled(_ band: CurveBand) throws {
        let runs = [1.0, 2, 4, 5].map { y in [Place(0, y), Place(10, y)] }
        let figure = try Figure.curves([CurvePanel(label: "y", groups: [CurveGroup(name: "a", runs: runs)])], xLabel: "x", band: band)
        let marks = figure.panels[0].layers.flatMap(\.marks)
        guard case .area(let lower, let upper) = marks[0], case .line(let line) = marks[1] else {
            Issue.record("no band and line")
            return
        }
        // Mean 3 and variance 10/3; the quartiles lie a quarter of the way from the outer to the inner values.
        let width = switch band {
        case .standardDeviation: (10.0 / 3).squareRoot()
        case .standardError: (10.0 / 12).squareRoot()
        case .quartiles: 1.25
        }
        #expect(line.allSatisfy { ($0.y - 3).magnitude < 1e-12 })
        #expect(lower.allSatisfy { ($0.y - 3 + width).magnitude < 1e-12 } && upper.allSatisfy { ($0.y - 3 - width).magnitude < 1e-12 })
        #expect(figure.legend[0].text == "a: \(band == .quartiles ? "median" : "mean") of 4 runs")
        #expect(figure.description.contains(band == .quartiles ? "quartiles" : band.rawValue))
    }

    @Test func runsThatAreLongerGoOnAlone() throws {
        let runs = [[Place(0, 1), Place(10, 1)], [Place(0, 3), Place(10, 3), Place(20, 7)]]
        let figure = try Figure.curves([CurvePanel(label: "y", groups: [CurveGroup(name: "a", runs: runs)])], xLabel: "x")
        let rest = try #require(figure.panels[0].layers.last)
        #expect(rest.marks == [.line([Place(10, 3), Place(20, 7)])])
        #expect(figure.description.contains("longer than the shortest"))
        #expect(figure.legend.contains { $0.text == "runs longer than the shortest" })
    }

    private func curves(_ runs: [[Place]]) throws -> Figure {
        try Figure.curves([CurvePanel(label: "y", groups: [CurveGroup(name: "a", runs: runs)])], xLabel: "x")
    }

    private func lines(_ figure: Figure, ofRest isRest: Bool) -> [[Place]] {
        figure.panels[0].layers.filter { $0.style.emphasis == (isRest ? .faint : .regular) }.flatMap(\.marks).compactMap { if case .line(let places) = $0 { places } else { nil } }
    }

    @Test func theMeanIsDrawnWhereAllRunsHaveAValue() throws {
        let ends = try curves([[Place(1, 1), Place(2, 2), Place(3, .nan)], [Place(1, .infinity), Place(2, 2), Place(3, 1)]])
        #expect(lines(ends, ofRest: false) == [[Place(2, 2)]])
        #expect(lines(ends, ofRest: true) == [[Place(1, 1), Place(2, 2)], [Place(2, 2), Place(3, 1)]])
        #expect(ends.title == "Y over x (2 not finite)")
        #expect(ends.legend.map(\.text) == ["a: mean of 2 runs", "one standard deviation around", "runs where not all have a value"])
        let middle = try curves([[Place(0, 1), Place(1, 1), Place(2, .nan), Place(3, 1), Place(4, 1)], (0...4).map { Place(Double($0), 3) }])
        let mean = try #require(lines(middle, ofRest: false).first)
        #expect(mean.split { $0.y.isNaN }.map { [$0.first?.x, $0.last?.x] } == [[0, 1], [3, 4]] && mean.allSatisfy { $0.y.isNaN || $0.y == 2 })
        #expect(lines(middle, ofRest: true) == [[Place(1, 3), Place(2, 3), Place(3, 3)]])
        #expect(middle.title == "Y over x (1 not finite)")
        try expectSound(middle)
        // Runs that share no x have no mean.
        let apart = try curves([[Place(0, 1), Place(1, 1)], [Place(2, 3), Place(3, 3)]])
        #expect(apart.legend.map(\.text) == ["a: 2 runs"] && lines(apart, ofRest: false).count == 2)
    }

    /// What no run has logged is no gap of one against another.
    @Test func gapsThatAllRunsHaveAreBridged() throws {
        let runs = [1.0, 3].map { y in (0...4).map { Place(Double($0), $0 % 2 == 0 ? y : .nan) } }
        let figure = try curves(runs)
        let mean = try #require(lines(figure, ofRest: false).first)
        #expect(mean.map(\.x) == [0, 2, 4] && mean.allSatisfy { $0.y == 2 } && lines(figure, ofRest: true).isEmpty)
        #expect(figure.title == "Y over x" && figure.legend.count == 2)
    }

    @Test func theDistributionOfErrorsRisesToOneHundred() throws {
        let figure = try Figure.errors([ErrorSample(name: "a", positions: [0.003, 0.001, 0.002], rotations: [])])
        #expect(figure.panels.count == 1)
        guard case .line(let places)? = figure.panels[0].layers.last?.marks.first else {
            Issue.record("no line")
            return
        }
        #expect(places.map(\.x) == [1, 1, 2, 3])
        #expect(places.map { ($0.y * 3 / 100).rounded() } == [0, 1, 2, 3])
        #expect(figure.legend[0].text == "a: median 2 mm")
    }

    @Test(arguments: [[Double.infinity, .nan], [.nan, .nan], [1e300, 1e300], [-.infinity, 1e300]]) func samplesThatFailedCountAmongAll(failed: [Double]) throws {
        let errors = [0.001, 0.002] + failed
        let figure = try Figure.errors([ErrorSample(name: "a", positions: errors, rotations: errors), ErrorSample(name: "b", positions: [0.001, .nan, 0.003], rotations: [])])
        for panel in figure.panels {
            guard case .line(let places)? = panel.layers[1].marks.first else {
                Issue.record("no line")
                return
            }
            #expect(places.map(\.y) == [0, 25, 50] && places.allSatisfy(\.x.isFinite))
        }
        guard case .line(let places)? = figure.panels[0].layers[2].marks.first else {
            Issue.record("no line")
            return
        }
        #expect(places.map(\.x) == [1, 1, 3] && places.map { ($0.y * 3 / 100).rounded() } == [0, 1, 2])
        #expect(figure.legend[0].text.contains("median \(failed.contains(1e300) ? "5e302 mm" : "∞ mm")"))
        #expect(figure.legend[1].text == "b: median 3 mm")
        // One of b, and those of a once each, however many of their errors are not finite.
        let isFinite = failed == [1e300, 1e300]
        #expect(figure.title == "Distribution of errors (\(isFinite ? 1 : failed.contains(1e300) ? 2 : 3) not finite\(failed.contains(1e300) ? ", \(isFinite ? 2 : 1) beyond ±1e300" : ""))")
        #expect(throws: FigureError.self) { try Figure.errors([ErrorSample(name: "a", positions: failed, rotations: failed)]) }
    }

    /// Each threshold's words stand at its own line, and on no other.
    @Test(arguments: [[1e-15, 1e-15, 1e-15, 1e-3], [1e-17, 2e-17, 1e-2], [1e-16, 1, 3], [0.001]]) func wordsOfThresholdsStandAtTheirLines(errors: [Double]) throws {
        let svg = try Figure.errors([ErrorSample(name: "s", positions: errors, rotations: errors)]).svg()
        let lines = svg.matches(of: /<line class="rule" x1="([\d.]+)"/).compactMap { Double($0.output.1) }
        let words = svg.matches(of: /<text class="note middle" x="([\d.]+)"[^>]*>([\d.]+)( mm|°)</).compactMap { match in Double(match.output.1).map { ($0, String(match.output.2 + match.output.3)) } }
        #expect(lines.count == 4 && words.map(\.1) == ["1 mm", "10 mm", "0.1°", "1°"])
        for (index, word) in words.enumerated() {
            let distances = lines.map { abs($0 - word.0) }
            #expect(distances[index] == distances.min(), "\(word.1) at \(word.0), lines at \(lines)")
        }
    }

    /// Words and where they stand, from left to right, with the rules, of the panel with this unit.
    private func words(_ thresholds: (millimetres: [Double], degrees: [Double]), _ errors: [Double]) throws -> (rules: [Double], words: [(x: Double, text: String)]) {
        let svg = try Figure.errors([ErrorSample(name: "s", positions: errors, rotations: [])], thresholds: thresholds).svg()
        return (
            svg.matches(of: /<line class="rule" x1="([\d.]+)"/).compactMap { Double($0.output.1) },
            svg.matches(of: /<text class="note middle" x="([\d.]+)"[^>]*>([^<]*)</).compactMap { match in Double(match.output.1).map { ($0, String(match.output.2)) } }.sorted { $0.0 < $1.0 }
        )
    }

    @Test func thresholdsNearEachOtherAreToldInTheirOrder() throws {
        let wide = (0...100).map { 1e-7 * Elementary.exp(0.15 * Double($0)) }
        // Two on either side of their lines, whatever the order they are given in.
        let two = try words(([2.05, 2, 2.05], []), wide)
        #expect(two.words.map(\.text) == ["2 mm", "2.05 mm"] && two.rules.count == 2)
        #expect(two.words[0].x < two.rules[0] && two.words[1].x > two.rules[1])
        // Three as a list beside all.
        let three = try words(([1, 1.1, 1.2], []), wide)
        #expect(three.words.map(\.text) == ["1 mm, 1.1 mm, 1.2 mm"] && (three.words[0].x > three.rules[2] || three.words[0].x < three.rules[0]))
        let many = try words(((10...60).map { 0.1 * Double($0) }, []), wide)
        #expect(many.words.map(\.text) == ["1 mm to 6 mm"])
        // Far from each other each stands at its own.
        let far = try words(([0.001, 1, 100], []), wide)
        #expect(far.words.map(\.text) == ["0.001 mm", "1 mm", "100 mm"])
    }

    @Test func negativeErrorsAreRefused() {
        #expect(throws: FigureError.negativeError(kind: "rotation", index: 1, name: "a")) {
            try Figure.errors([ErrorSample(name: "a", positions: [1], rotations: [0, -1e-9])])
        }
        #expect(FigureError.negativeError(kind: "position", index: 0, name: "a").description == "position error 1 of a is negative: errors are distances and angles, at least 0")
    }

    @Test func theNoteOnSmallErrorsNamesWhatTheyAreBelow() throws {
        func note(_ positions: [Double], _ rotations: [Double]) throws -> [String] {
            try Figure.errors([ErrorSample(name: "a", positions: positions, rotations: rotations)]).legend.filter { $0.sample == .nothing }.map(\.text)
        }
        #expect(try note([1, 2, 3], [0.1, 0.2, 0.3]).isEmpty)
        #expect(try note([1e-9, 2, 3], [0.1]) == ["upright start: errors below 1/1000 of the median"])
        #expect(try note([1], (1...9).map { 1e-300 * Double($0) }) == ["upright start: errors below 1e-12°"])
        #expect(try note([1e-9, 2, 3], [0, 0, 1]) == ["upright start: errors below 1/1000 of the median or 1e-12°"])
    }

    @Test func estimatesOfRepeatedMeasurements() {
        let estimate = Estimate(of: [1, 2, 3])
        #expect(estimate.value == 2)
        #expect((estimate.upper - 2 - (1.0 / 3).squareRoot()).magnitude < 1e-12)
        #expect(Estimate(of: [5]) == Estimate(5))
    }

    @Test func aSliceIsCroppedToWhatIsKnown() {
        let values = (0..<25).map { $0 == 12 ? 1 : Double.nan }
        let slice = WorkspaceSlice(x: 0...5, y: 0...5, columns: 5, rows: 5, quantities: [.init(title: "t", label: "l", values: values)])
        #expect(slice.cropped.x == 1...4 && slice.cropped.y == 1...4)
        #expect(slice.cropped.quantities[0].values.count == 9 && slice.cropped.quantities[0].values[4] == 1)
    }

    // MARK: Odd data

    static let oddNumbers: [[Double]] = [
        [], [1], [2, 2, 2], [.nan, .nan], [.infinity, -.infinity, 1], [1e-300, 2e-300], [1e300, -1e300], [0, 0], [-1, 1, .nan, 3],
    ]

    @Test(arguments: oddNumbers)
    func oddDataAreAPictureOrAClearError(values: [Double]) throws {
        let hostile = "<&\"'> \u{1B}[31m 関節 é"
        func sound(_ make: () throws -> Figure) throws {
            do {
                try expectSound(try make())
            } catch let error as FigureError {
                #expect(!error.description.isEmpty)
            }
        }
        let places = values.enumerated().map { Place(Double($0), $1) }
        try sound { try Figure.curves([CurvePanel(label: hostile, groups: [CurveGroup(name: hostile, runs: [places, places])])], xLabel: hostile) }
        try sound { try Figure.errors([ErrorSample(name: hostile, positions: values, rotations: values)]) }
        try sound { try Figure.schedules([(name: hostile, values: values)]) }
        try sound { try Figure.weights(WeightHistory(steps: values, weights: values.map { [$0, 1] })) }
        try sound { try Figure.compare(methods: values.map { _ in hostile }, metrics: [ComparedMetric(label: hostile, values: values.map { Estimate($0) })]) }
        try sound {
            Figure.density(
                map: Heatmap(x: 0...1, y: 0...1, columns: max(1, values.count), rows: 1, values: values.isEmpty ? [.nan] : values),
                x: JointAxis(name: hostile), y: JointAxis(name: ""),
                gaussians: values.map { GaussianShape(number: 1, weight: $0, mean: [$0, 1], covariance: Matrix(rows: 2, columns: 2, repeating: $0)) })
        }
        try sound {
            try Figure.joints(
                subject: hostile, axes: [JointAxis(name: "a"), JointAxis(name: hostile)], configurations: values.map { [$0, 1] },
                gaussians: values.map { GaussianShape(number: 1, weight: 1, mean: [$0, $0], covariance: Matrix(rows: 2, columns: 2, repeating: $0)) })
        }
        try sound {
            try Figure.workspace(
                WorkspaceSlice(x: 0...1, y: 0...1, columns: values.count, rows: 1, quantities: [.init(title: hostile, label: hostile, values: values)]).cropped,
                subject: hostile)
        }
    }

    @Test func twoHundredComponentsAreAPicture() throws {
        let shapes = (1...200).map {
            GaussianShape(number: $0, weight: 1.0 / 200, mean: [Elementary.sin(Double($0)), Elementary.cos(Double($0 * $0))], covariance: Matrix(rows: 2, columns: 2, elements: [0.01, 0, 0, 0.02]))
        }
        try expectSound(Figure.joints(subject: "many", axes: [JointAxis(name: "a"), JointAxis(name: "b")], configurations: [], gaussians: shapes))
        try expectSound(Gallery.weights(200))
    }

    @Test func manyJointsAreChosenFrom() throws {
        let axes = (0..<28).map { JointAxis(name: "joint \($0)") }
        let rows = Gallery.samples(30, dimension: 28, seed: 2)
        let figure = try Figure.joints(subject: "body", axes: axes, configurations: rows)
        #expect(figure.panels.count == 21)
        try expectSound(figure)
        #expect(throws: FigureError.jointChoice(robot: "body", degreesOfFreedom: 28)) {
            try Figure.joints(subject: "body", axes: axes, configurations: rows, joints: [3, 3])
        }
    }

    @Test func aSlidingAndAnEndlessJointAreShown() throws {
        var robot = Robots.planar(links: 3)
        robot.segments[1].kind = .prismatic
        robot.segments[1].axis = [1, 0, 0]
        robot.variables[1] = Chain.Variable(name: "slide", kind: .prismatic, lower: 0, upper: 0.5)
        robot.variables[2].kind = .continuous
        let figure = try Figure.chain(robot)
        #expect(figure.panels.map(\.name) == ["sketch", "turning limits", "sliding limits"])
        #expect(figure.panels[2].x.label == "joint position (m)")
        try expectSound(figure)
    }
}
