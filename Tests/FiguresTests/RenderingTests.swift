import Figures
import Testing

@Suite struct RenderingTests {
    /// All marks, symbols and weights, on two panels that do not share a scale.
    static let marks: Figure = {
        let wave = (0...60).map { step -> Place in
            let x = Double(step) / 10
            return Place(x, step == 30 ? .nan : x * (6 - x))
        }
        let symbols: [Symbol] = [.disc, .square, .cross, .target, .base]
        return Figure(
            title: "Every mark", description: "A line with a gap, linkages, points, an arrow and words.",
            panels: [
                Panel(
                    name: "linear", title: "Linear", x: Axis(label: "time (s)"), y: Axis(label: "height (m)"),
                    layers: [
                        Layer(name: "wave", style: Style(.series(0)), marks: [.line(wave)]),
                        Layer(
                            name: "linkage", style: Style(.series(8), .strong),
                            marks: [.linkage([[0, 0], [2, 1], [4, 0.5]]), .badge("9", on: [[1, 0.5], [3, 0.75]])]),
                        Layer(name: "faint", style: Style(.series(1), .faint), marks: [.line([[0, 9], [6, 1]])]),
                        Layer(name: "arrow", style: Style(.foreground), marks: [
                            .arrow([1, 3], [2, 6]), .text("rise", at: [1, 3]),
                        ]),
                        Layer(
                            name: "symbols", style: Style(.muted),
                            marks: symbols.enumerated().map { .points([[5 + Double($0) / 5, 3 + Double($0)]], $1) }),
                    ]),
                Panel(
                    name: "decades", title: "Decades", x: Axis(label: "step"),
                    y: Axis(label: "error (m)", scale: .logarithmic),
                    layers: [
                        Layer(
                            name: "errors", style: Style(.series(2)),
                            marks: [.points([[0, 1], [1, 0.1], [2, 0], [3, 1e-5], [4, -1]], .disc)])
                    ]),
            ],
            columns: 2,
            legend: [
                LegendEntry(text: "a wave", sample: .line(badge: ""), style: Style(.series(0))),
                LegendEntry(text: "errors", sample: .point(.disc), style: Style(.series(2))),
            ])
    }()

    @Test func marksAreDrawnTheSame() throws {
        try expectGolden(Self.marks.svg(), "marks.svg")
        try expectGolden(Self.marks.text(), "marks.txt")
        try expectGolden(Self.marks.text(style: TerminalStyle(width: 60, unicode: false)), "marks-ascii.txt")
    }

    @Test func drawnFiguresAreSound() throws {
        for figure in [Self.marks, PosesTests.panda, PosesTests.planar, PosesTests.crowd] { try expectSound(figure) }
    }

    // MARK: Text

    @Test func markupAndControlCharactersDoNoHarm() throws {
        let title = "a < b & \"c\" > 'd' ]]> \u{1} \u{1B}[31m \u{FFFE} 关节 é \u{202E}"
        let panel = Panel(
            name: "\"/><script>", title: title, x: Axis(label: title), y: Axis(label: title),
            layers: [Layer(name: "<&>", style: Style(.series(0)), marks: [.text(title, at: [0, 0])])])
        let figure = Figure(
            title: title, description: title, panels: [panel],
            legend: [LegendEntry(text: title, sample: .line(badge: "<"), style: Style(.series(0)))])
        try expectSound(figure)
        #expect(figure.svg().contains("<title>a &lt; b &amp; \"c\" &gt; 'd' ]]&gt; \u{FFFD} \u{FFFD}[31m"))
        #expect(!figure.svg().contains("<script"))
        for unicode in [true, false] {
            #expect(!figure.text(style: TerminalStyle(unicode: unicode)).contains("\u{1B}"))
        }
    }

    @Test func longTitlesAreWrapped() throws {
        let title = String(repeating: "word ", count: 60) + String(repeating: "x", count: 300)
        try expectSound(Figure(title: title, description: "", panels: [Panel(name: "p", title: title)]))
    }

    @Test func colourIsOnlyThereWhenAskedFor() {
        #expect(!Self.marks.text().contains("\u{1B}"))
        let color = Self.marks.text(style: TerminalStyle(color: true))
        #expect(color.contains("\u{1B}[0;38;5;32m"))
        #expect(color.replacing(/\x1B\[[0-9;]*m/, with: "") == Self.marks.text())
    }

    @Test func widthsAreBroughtIntoBounds() {
        #expect(TerminalStyle(width: 10).width == 40)
        #expect(TerminalStyle(width: 500).width == 200)
    }

    // MARK: Geometry

    private func figure(_ marks: [Mark], range: ClosedRange<Double>? = nil) -> Figure {
        let axis = Axis(range: range)
        let layer = Layer(name: "marks", style: Style(.series(0)), marks: marks)
        return Figure(title: "t", description: "d", panels: [Panel(name: "p", x: axis, y: axis, layers: [layer])])
    }

    /// The value of the first path's data.
    private func path(_ figure: Figure) -> Substring {
        figure.svg().firstMatch(of: /<path d="([^"]*)"/)?.output.1 ?? ""
    }

    @Test func segmentsAreClippedNotDropped() {
        let drawn = path(figure([.line([[-10, 0.5], [10, 0.5]])], range: 0...1))
        let whole = path(figure([.line([[0, 0.5], [1, 0.5]])], range: 0...1))
        #expect(drawn == whole && !drawn.isEmpty)
        #expect(path(figure([.line([[-10, 20], [10, 20]])], range: 0...1)).isEmpty)
        let text = figure([.line([[-10, 0.5], [10, 0.5]])], range: 0...1).text()
        #expect(text == figure([.line([[0, 0.5], [1, 0.5]])], range: 0...1).text())
        #expect(text.contains(where: { ("\u{2801}"..."\u{28FF}").contains($0) }))
    }

    @Test func aGapBreaksALine() {
        let places: [Place] = [[0, 0], [1, 1], [.nan, 2], [3, 3], [4, 4]]
        #expect(path(figure([.line(places)])).components(of: "M") == 2)
        #expect(path(figure([.line(places.filter { $0.x.isFinite })])).components(of: "M") == 1)
    }

    @Test func clippingKeepsTheInnerPart() throws {
        let box = Box(x: 0, y: 0, width: 2, height: 1)
        let part = try #require(box.clip([-1, 0.5], [3, 0.5]))
        #expect(part == ([0, 0.5], [2, 0.5]))
        #expect(box.clip([0.5, 0.5], [1, 0.7])! == ([0.5, 0.5], [1, 0.7]))
        #expect(box.clip([-1, 0], [-1, 1]) == nil)
        #expect(box.clip([-1, 1.5], [0.5, 3]) == nil)
    }

    @Test(arguments: [
        [], [[0, 0]], [[5, 5], [5, 5]], [[.nan, .nan]], [[.infinity, 0], [0, -.infinity]], [[-1e300, -1e300], [1e300, 1e300]],
        [[1e-300, 0], [2e-300, 1e-300]], [[1, 1], [1 + 1e-15, 1]], [[-1e308, 0], [1e308, 1]], [[12345.678, 1], [12345.679, 2]],
    ] as [[Place]])
    func oddDataAreAPicture(places: [Place]) throws {
        for equalAspect in [false, true] {
            for scale in [Scale.linear, .logarithmic] {
                var figure = figure([.line(places), .linkage(places), .points(places, .disc), .badge("1", on: places)])
                figure.panels[0].equalAspect = equalAspect && scale == .linear
                figure.panels[0].y.scale = scale
                figure.panels[0].x.label = "x (m)"
                try expectSound(figure)
            }
        }
    }

    @Test func aFigureWithoutPanelsIsStillAFigure() throws {
        let figure = Figure(title: "nothing", description: "none", panels: [])
        #expect(SVGReader(figure.svg()) != nil)
        #expect(figure.text() == "nothing\n")
    }
}
