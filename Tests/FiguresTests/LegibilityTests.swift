import Figures
import Kinematics
import Numerics
import Pictures
import Testing

/// What readers found hard to see, and how it is drawn so that it is seen.
@Suite struct LegibilityTests {
    private func map(_ columns: Int, _ rows: Int, _ value: (Double, Double) -> Double) -> Heatmap {
        Heatmap(
            x: -1...1, y: -1...1, columns: columns, rows: rows,
            values: (0..<columns * rows).map { value(2 * (Double($0 % columns) + 0.5) / Double(columns) - 1, 2 * (Double($0 / columns) + 0.5) / Double(rows) - 1) },
            limits: 0...1)
    }

    private func plot(_ marks: [Mark], legend: [LegendEntry] = []) -> Figure {
        Figure(title: "t", description: "d", panels: [Panel(name: "p", layers: [Layer(name: "l", style: Style(.series(0)), marks: marks)])], legend: legend)
    }

    // MARK: Colours that meet in smooth lines

    /// The area of a polygon, positive where it turns from x to y.
    private func area(_ line: [Place]) -> Double {
        zip(line, line.dropFirst()).reduce(0) { $0 + ($1.0.x * $1.1.y - $1.1.x * $1.0.y) / 2 }
    }

    @Test func areasOfAConeAreDiscs() throws {
        let cone = map(80, 80) { max(0, 1 - ($0 * $0 + $1 * $1).squareRoot()) }
        let areas = try #require(cone.brighterAreas(levels: 4))
        #expect(areas.count == 4 && areas.allSatisfy { $0.count == 1 })
        // All of the map, and what is within 3/4, 1/2 and 1/4 of the middle.
        #expect(area(areas[0][0]) > 4)
        for (level, radius) in zip(1..., [0.75, 0.5, 0.25]) {
            let found = area(areas[level][0]), expected = Double.pi * radius * radius
            #expect(abs(found - expected) < 0.02, "level \(level)")
        }
    }

    @Test func aHoleTurnsTheOtherWay() throws {
        let ring = map(80, 80) { x, y in
            let radius = (x * x + y * y).squareRoot()
            return radius > 0.3 && radius < 0.7 ? 1 : 0
        }
        let areas = try #require(ring.brighterAreas(levels: 2))[1].map(area)
        #expect(areas.count == 2)
        let total = areas.reduce(0, +), expected = 0.4 * Double.pi
        #expect(abs(total - expected) < 0.05, "\(areas)")
    }

    @Test func whatReachesTheEdgeIsFilledUpToIt() throws {
        let slope = map(20, 20) { x, _ in x > 0 ? 1 : 0 }
        for line in try #require(slope.brighterAreas(levels: 2))[1] {
            let (x, y) = (line.map(\.x), line.map(\.y))
            #expect(line.first == line.last)
            #expect(x.max()! >= 1 && y.max()! >= 1 && y.min()! <= -1)
        }
        let blank = map(4, 4) { x, _ in x > 0 ? .nan : 1 }
        #expect(blank.brighterAreas(levels: 4) == nil)
    }

    @Test func smoothMapsAreSmallerAndTheSameInColour() throws {
        func figure(_ isSmooth: Bool) -> Figure {
            var map = map(100, 100) { Elementary.exp(-4 * ($0 * $0 + $1 * $1)) }
            map.isSmooth = isSmooth
            return Figure(title: "", description: "d", panels: [Panel(name: "p", x: Axis(range: map.x), y: Axis(range: map.y), layers: [
                Layer(name: "l", style: Style(.foreground), marks: [.heatmap(map)]),
            ])])
        }
        let (smooth, cells) = (figure(true).svg(), figure(false).svg())
        #expect(smooth.utf8.count < cells.utf8.count)
        let (a, b) = (try Bitmap(try Drawing(svg: smooth), scale: 1), try Bitmap(try Drawing(svg: cells), scale: 1))
        var different = 0
        for y in stride(from: 0, to: a.height, by: 3) {
            for x in stride(from: 0, to: a.width, by: 3) {
                func far(_ p: UInt8, _ q: UInt8) -> Bool { abs(Int(p) - Int(q)) > 24 }
                if far(a[x, y].red, b[x, y].red) || far(a[x, y].green, b[x, y].green) || far(a[x, y].blue, b[x, y].blue) { different += 1 }
            }
        }
        #expect(Double(different) < 0.02 * Double(a.width * a.height / 9), "\(different) pixels differ")
    }

    @Test func aCurveKeepsItsShapeWithFewerPoints() {
        let circle = (0...1000).map { step in SIMD2(100 * Elementary.cos(Double(step) * .pi / 500), 100 * Elementary.sin(Double(step) * .pi / 500)) }
        let few = Simplification.curve(circle, tolerance: 0.2)
        #expect(few.count < 80 && few.first == circle.first && few.last == circle.last)
        // Every point left out is as near as was asked for.
        for point in circle {
            let nearest = zip(few, few.dropFirst()).map { start, end -> Double in
                let way = end - start, aside = point - start
                let share = min(max((aside * way).sum() / (way * way).sum(), 0), 1), rest = aside - way * share
                return (rest * rest).sum().squareRoot()
            }.min() ?? 0
            #expect(nearest <= 0.2001)
        }
    }

    // MARK: Legends

    @Test func whatIsDashedIsDashedInTheLegend() throws {
        let legend = [LegendEntry(text: "limits", sample: .dashes, style: Style(.muted)), LegendEntry(text: "7 not drawn", sample: .nothing, style: Style(.muted))]
        let figure = plot([.line([[0, 0], [1, 1]]), .rule(0.5, .x)], legend: legend)
        #expect(figure.svg().contains(/<line class="rule"[^>]*>\n<\/g>\n<text class="legend"[^>]*>limits/))
        let text = figure.text(style: TerminalStyle(width: 80))
        #expect(text.contains("╌╌╌╌╌ limits") && text.contains("      7 not drawn") && !text.contains("───── 7"))
    }

    @Test func columnsOfALegendAreAsWideAsTheirOwnWords() throws {
        let entries = (1...6).map { LegendEntry(text: $0 < 5 ? "short \($0)" : "an entry with a great many words in it \($0)", sample: .line(badge: ""), style: Style(.series($0))) }
        let figure = plot([.line([[0, 0], [1, 1]])], legend: entries)
        let text = figure.text(style: TerminalStyle(width: 80)).split(separator: "\n")
        // Three columns, of which the last is wide: columns as wide as the widest entry would be one.
        #expect(text.contains { $0.contains("short 2") && $0.contains("short 4") && $0.contains("words in it 6") }, "\(text.suffix(6).joined(separator: "\n"))")
        #expect(!text.contains { $0.contains("…") })
    }

    @Test func cellsWithoutAValueAreHatchedInATerminal() throws {
        let slice = WorkspaceSlice(
            x: 0...2, y: 0...2, columns: 2, rows: 2, quantities: [.init(title: "Error", label: "mm", values: [.nan, 5, 2, 3], isLowerBetter: true)])
        let figure = try Figure.workspace(slice, subject: "arm")
        for isColored in [false, true] {
            let text = figure.text(style: TerminalStyle(width: 80, color: isColored)).replacing(/\u{1B}\[[0-9;]*m/, with: "")
            #expect(text.contains("╱╱╱╱╱ ") && text.split(separator: "\n").count { $0.contains("╱╱╱╱╱╱╱╱") } > 3)
            #expect(figure.text(style: TerminalStyle(width: 80, unicode: false)).contains("/////"))
        }
    }

    @Test func betweenColouredAreasThereIsNoGap() throws {
        let shares: [Double] = (0...20).map { 0.3 + 0.02 * Double($0) }
        let history = try WeightHistory(steps: (0...20).map { Double($0) }, weights: shares.map { [$0, 1 - $0] })
        let text = Figure.weights(history).text(style: TerminalStyle(width: 80, color: true))
        // Within the first panel every cell has dots or a word.
        let rows = text.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n").drop { !$0.contains("┌") }.dropFirst().prefix { !$0.contains("└") }
        #expect(rows.count > 5)
        for row in rows {
            let inside = row.drop { !"│┤".contains($0) }.dropFirst().prefix { $0 != "│" }
            #expect(!inside.contains(" "), "\(row)")
        }
    }

    // MARK: Numbers beside what they number

    @Test func numbersStandBesideSmallClouds() throws {
        let axes = (1...2).map { JointAxis(name: "joint \($0)") }
        let figure = try Figure.joints(
            subject: "arm", axes: axes, configurations: [[0, 0], [0.9, 0.9], [1, 1], [1.1, 1.1], [-1, 1]], components: [1, 2, 2, 2, 3])
        let svg = figure.svg(), centres = svg.matches(of: /<circle[^>]*cx="([\d.]+)" cy="([\d.]+)"/).map { SIMD2(Double($0.output.1)!, Double($0.output.2)!) }
        let badges = svg.matches(of: /<rect class="badge" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/).map { match in
            (corner: SIMD2(Double(match.output.1)!, Double(match.output.2)!), size: SIMD2(Double(match.output.3)!, Double(match.output.4)!))
        }
        #expect(badges.count >= 3 && centres.count >= 5)
        for badge in badges {
            for centre in centres where centre.x < 500 {
                let inside = centre - badge.corner, far = badge.size - inside
                #expect(min(inside.x, inside.y, far.x, far.y) < -3, "a number hides a configuration")
            }
        }
    }

    @Test func labelsOfTicksKeepApartInATerminal() {
        for width in stride(from: 40, through: 120, by: 4) {
            for upper in [1.0, 16, 999, 1500, 12_345, 0.003] {
                let figure = plot([.line([[0, 0], [upper, 1]])])
                let rows = figure.text(style: TerminalStyle(width: width)).split(separator: "\n")
                guard let border = rows.lastIndex(where: { $0.contains("┘") }), border + 1 < rows.count else { continue }
                let ticks = rows[border].count { $0 == "┬" }
                #expect(rows[border + 1].split(separator: " ").count == ticks, "\(rows[border + 1])")
            }
        }
    }

    // MARK: Side by side

    @Test func posesSideBySideHaveOneScale() throws {
        let arm = Robots.planar(links: 3)
        let figures = try [[0.0, 0, 0], [1.5, 1.2, 0.4]].map { try Figure.poses(robot: arm, configurations: [$0], title: "\($0[0])") }
        let both = try Figure.smallMultiples(of: figures, columns: 2, title: "both")
        let (first, second) = (both.panels[0], both.panels[1])
        #expect(first.x.range != nil && first.x.range == second.x.range && first.y.range == second.y.range)
        // Nothing that one shows is cut.
        for (figure, panel) in zip(figures, both.panels) {
            for case .linkage(let joints) in figure.panels[0].layers.flatMap(\.marks) {
                #expect(joints.allSatisfy { panel.x.range!.contains($0.x) && panel.y.range!.contains($0.y) })
            }
        }
    }

    @Test func onlyAFamilyThatIsDrawnThickIsThickInTheLegend() throws {
        let one = try Figure.poses(robot: Robots.planar(links: 3), configurations: (0..<9).map { [0.1 * Double($0), 0.2, 0.3] })
        #expect(one.legend[0].text == "9 poses" && one.legend[0].style.emphasis == .faint)
        #expect(one.legend[1].text == "thick: the first" && one.legend[1].style == Style(.series(0), .strong))
        let two = try Figure.poses(robot: Robots.planar(links: 3), configurations: (0..<4).map { [0.1 * Double($0), 0.2, 0.3] }, components: [1, 1, 2, 2])
        #expect(two.legend.contains { $0.text == "thick: first of each" && $0.sample == .nothing })
    }

    // MARK: More series than colours

    /// Where colours come again, points have another sign, in the panel and in the legend.
    @Test(arguments: [(true, ["●", "◆", "○"]), (false, ["o", "*", "0"])]) func pointsOfManySeriesAreToldApart(_ unicode: Bool, _ signs: [Character]) throws {
        let series = (0..<15).map { ChartSeries(name: "s\($0 + 10)", places: [Place(Double($0), Double($0))]) }
        let text = try Figure.scatter(series, axes: ChartAxes(x: "x", y: "y")).text(style: TerminalStyle(width: 120, unicode: unicode, color: false))
        for (sign, count) in zip(signs, [7, 7, 1]) {
            let legend = text.components(separatedBy: "\(sign)   s1").count + text.components(separatedBy: "\(sign)   s2").count - 2
            #expect(legend == count, "\(text)")
        }
        // One in the panel for one in the legend; ticks and names have no such signs but zeros.
        if unicode { for (sign, count) in zip(signs, [14, 14, 2]) { #expect(text.count { $0 == sign } == count, "\(text)") } }
    }

    private func series(_ count: Int, _ places: (Int) -> [Place]) -> [ChartSeries] {
        (0..<count).map { ChartSeries(name: "s\($0 + 10)", places: places($0)) }
    }

    /// Colour and dashes, or colour and shape, of every entry of a legend, in SVG and in a terminal with colours.
    private func looks(_ figure: Figure) -> (svg: [String], text: [String]) {
        let svg = figure.svg(), legend = svg[(svg.range(of: "<g id=\"legend\"")?.lowerBound ?? svg.endIndex)...]
        // A shape without its place: how many corners, and whether it is filled.
        let entries = legend.matches(of: /<g class="([^"]*)">\n<(\w+) class="(\w+)"([^\n]*)/).map { match in
            "\(match.output.1) \(match.output.2) \(match.output.3) \(match.output.4.filter { "MAZ".contains($0) }) \(match.output.4.split(separator: " ").count)"
        }
        let text = figure.text(style: TerminalStyle(width: 120, color: true))
        return (entries, text.matches(of: /\u{1B}\[0;([\d;]+)m([^\u{1B}]*)\u{1B}\[0m +s\d\d/).map { "\($0.output.1) \($0.output.2)" })
    }

    @Test func thirtyFiveSeriesLookDifferent() throws {
        let axes = ChartAxes(x: "x", y: "y")
        for figure in [
            try Figure.lines(series(35) { [[0, Double($0)], [1, Double($0)]] }, axes: axes),
            try Figure.scatter(series(35) { [Place(Double($0), 0)] }, axes: axes),
        ] {
            let looks = looks(figure)
            #expect(looks.svg.count == 35 && Set(looks.svg).count == 35, "\(looks.svg)")
            #expect(looks.text.count == 35 && Set(looks.text).count == 35, "\(looks.text)")
            try expectSound(figure)
        }
    }

    /// Level lines of one colour: in a terminal each has dots of its own.
    @Test(arguments: [true, false]) func dashesOfATerminalAreToldApart(_ unicode: Bool) {
        let rows = (0..<5).map { turn in
            let figure = Figure(title: "", description: "d", panels: [
                Panel(name: "p", layers: [Layer(name: "l", style: Style(.series(7 * turn)), marks: [.line([[0, 0], [1, 0]])])]),
            ])
            // The row with the most dots: of braille, or of stops and apostrophes.
            return figure.text(style: TerminalStyle(width: 60, unicode: unicode)).split(separator: "\n").filter { $0.contains(unicode ? "│" : "|") }
                .map { String($0.filter { unicode ? ("\u{2801}"..."\u{28FF}").contains($0) || $0 == " " : " .':".contains($0) }) }
                .max { $0.count { $0 != " " } < $1.count { $0 != " " } } ?? ""
        }
        #expect(Set(rows).count == 5, "\(rows)")
    }

    @Test func moreSeriesThanStylesAreTold() throws {
        func legend(_ count: Int) throws -> [LegendEntry] {
            try Figure.lines(series(count) { [[0, Double($0)], [1, Double($0)]] }, axes: ChartAxes(x: "x", y: "y")).legend
        }
        #expect(try legend(35).count == 35)
        #expect(try legend(36).last?.text == "after 35 series, styles repeat")
    }

    /// Of more series than a legend holds some are left out, the note is not.
    @Test func aLegendThatIsCutKeepsItsNotes() throws {
        let names = (1...100).map { "a series with a name of some length, number \($0)" }
        let figure = try Figure.lines(names.map { ChartSeries(name: $0, places: [[0, 1], [1, 2]]) }, axes: ChartAxes(x: "x", y: "y"))
        for words in [try #require(SVGReader(figure.svg())).words.map(\.text), figure.text(style: TerminalStyle(width: 80)).split(separator: "\n").map(String.init)] {
            let shown = words.count { $0.contains("a series with") }
            func has(_ text: String) -> Bool { words.contains { $0.contains(text) } }
            #expect(shown > 2 && has("after 35 series, styles repeat"))
            #expect((1..<100).contains { has("and \($0) more") })
        }
    }

    @Test func thickDashesKeepTheirGaps() {
        let svg = Figure(title: "t", description: "d", panels: [
            Panel(name: "p", layers: [Layer(name: "l", style: Style(.series(8), .strong), marks: [.line([[0, 0], [1, 1]])])]),
        ]).svg()
        #expect(svg.contains(".d1{stroke-dasharray:7 4}\n.strong.d1{stroke-dasharray:8 7}") && svg.contains("class=\"s2 d1 strong\""))
    }

    // MARK: What cannot be drawn is told

    @Test func whatALogarithmicAxisCannotShowIsTold() throws {
        let chart = try Figure.lines([ChartSeries(name: "a", places: [[1, 0], [2, 10], [3, -4], [4, .nan]])], axes: ChartAxes(x: "x", y: "y", isYLogarithmic: true))
        #expect(chart.title == "a over x (2 not above 0)")
        let compared = try Figure.compare(methods: ["a", "b", "c"], metrics: [
            ComparedMetric(label: "time (s)", values: [Estimate(0), Estimate(2), nil], isLogarithmic: true), ComparedMetric(label: "error", values: [Estimate(1), nil, Estimate(2)]),
        ])
        let words = compared.panels.map { $0.layers.flatMap(\.marks).compactMap { if case .text(let text, _) = $0 { text } else { nil } } }
        #expect(words == [["0", "2", "–"], ["1", "–", "2"]])
    }

    @Test func manyNamesAreCountedAndLongOnesKeepTheirEnds() throws {
        let many = try Figure.lines((1...30).map { ChartSeries(name: "series \($0)", places: [[0, Double($0)], [1, 0]]) }, axes: ChartAxes(x: "x", y: "y"))
        #expect(many.title == "30 series over x")
        let long = String(repeating: "a long name ", count: 9)
        let compared = try Figure.compare(methods: [long + "one", long + "two"], metrics: [ComparedMetric(label: "error", values: [Estimate(1), Estimate(2)])])
        let svg = compared.svg()
        #expect(svg.contains(/a long name[^<]*…[^<]*one</) && svg.contains(/a long name[^<]*…[^<]*two</))
        let errors = try Figure.errors([ErrorSample(name: long, positions: [0.001], rotations: [0.01])])
        #expect(errors.legend[0].text.hasSuffix("median 1 mm, 0.573°") && errors.legend[0].text.contains("…"))
    }

    @Test func aCurveBelowTheSameOneIsSeen() throws {
        let values = (1...100).map { Double($0) * 1e-4 }
        let figure = try Figure.errors([
            ErrorSample(name: "a", positions: values, rotations: values), ErrorSample(name: "b", positions: values.map { 1.02 * $0 }, rotations: values),
            ErrorSample(name: "c", positions: values.map { 5 * $0 }, rotations: values.map { 9 * $0 }),
        ])
        #expect(figure.legend.prefix(3).map(\.style.emphasis) == [.strong, .regular, .regular])
        let lines = try Figure.lines([ChartSeries(name: "a", places: [[0, 1], [1, 1]]), ChartSeries(name: "b", places: [[0, 1], [1, 1]])], axes: ChartAxes(x: "x", y: "y"))
        #expect(lines.legend.map(\.style.emphasis) == [.strong, .regular])
    }
}
