import Figures
import Kinematics
import Numerics
import Pictures
import Testing

/// Judges figures as a person would, by their pixels: what lies on what, how empty they are, what can be seen on a light and on a dark page.
struct Judge {
    let figure: Figure
    private let svg: String
    private let light: Drawing

    init(_ figure: Figure) throws {
        self.figure = figure
        svg = figure.svg()
        light = try Drawing(svg: svg)
    }

    // MARK: Words

    /// The share of each word's box that marks take below it, the greatest first.
    func coveredWords() throws -> [(word: String, share: Double)] {
        let reader = try #require(SVGReader(svg))
        var bare = light
        bare.shapes.removeAll { $0.isText || $0.classes.contains("badge") || $0.classes.contains("grid") || $0.classes.contains("casing") || $0.classes.contains("map") || $0.classes.contains("blank") }
        let bitmap = try Bitmap(bare, scale: 1), page = bitmap[1, 1]
        // Numbers in badges hide what they stand on.
        return reader.boxes.filter { $0.word.classes != ["middle"] }.map { box in
            let columns = max(0, Int(box.left))..<min(bitmap.width, Int(box.right.rounded(.up))), rows = max(0, Int(box.top))..<min(bitmap.height, Int(box.bottom.rounded(.up)))
            let inked = rows.reduce(0) { sum, y in sum + columns.count { contrast(bitmap[$0, y], page) > 1.15 } }
            return (box.word.text, Double(inked) / Double(max(1, columns.count * rows.count)))
        }.sorted { $0.share > $1.share }
    }

    // MARK: Room

    /// The share of a frame's fields, twelve by twelve, that hold nothing but the page, of the emptiest panel.
    func greatestEmptiness() throws -> Double {
        var bare = light
        let frames = bare.shapes.filter { $0.classes.last == "frame" && $0.classes.count == 1 }.map { $0.path.flattened(within: 1).flatMap(\.points) }
        bare.shapes.removeAll { $0.classes.contains("grid") || $0.classes.contains("frame") || $0.classes.contains("tick") || $0.classes.contains("blank") }
        let bitmap = try Bitmap(bare, scale: 1), page = bitmap[1, 1]
        return frames.map { points -> Double in
            let (left, right) = (points.map(\.x).min() ?? 0, points.map(\.x).max() ?? 0), (top, bottom) = (points.map(\.y).min() ?? 0, points.map(\.y).max() ?? 0)
            guard right - left > 30, bottom - top > 30 else { return 0 }
            let empty = (0..<144).count { field in
                let x = left + (right - left) * Double(field % 12) / 12, y = top + (bottom - top) * Double(field / 12) / 12
                let columns = max(0, Int(x))..<min(bitmap.width, Int(x + (right - left) / 12)), rows = max(0, Int(y))..<min(bitmap.height, Int(y + (bottom - top) / 12))
                return rows.allSatisfy { row in columns.allSatisfy { bitmap[$0, row] == page } }
            }
            return Double(empty) / 144
        }.max() ?? 0
    }

    // MARK: Contrast

    /// The contrast of each mark's colour with the page, the least first; faint marks, which are many, and what lies behind marks do not count.
    func contrasts(isDark: Bool) throws -> [(classes: String, contrast: Double)] {
        let drawing = try Drawing(svg: svg, isDark: isDark)
        let page = try #require(drawing.shapes.first).color
        let behind: Set<Substring> = ["page", "grid", "faint", "casing", "map", "blank", "overlay", "badge", "note", "area", "many"]
        return drawing.shapes.filter { behind.isDisjoint(with: $0.classes) && !$0.isText }.map { shape in
            (shape.classes.joined(separator: " "), contrast(shape.color, page))
        }.sorted { $0.contrast < $1.contrast }
    }

    private func contrast(_ a: RGB, _ b: RGB) -> Double {
        let (x, y) = (luminance(a), luminance(b))
        return (max(x, y) + 0.05) / (min(x, y) + 0.05)
    }

    /// Relative luminance (WCAG 2.2).
    private func luminance(_ color: RGB) -> Double {
        func linear(_ value: UInt8) -> Double {
            let share = Double(value) / 255
            return share <= 0.04045 ? share / 12.92 : Elementary.exp(2.4 * Elementary.log((share + 0.055) / 1.055))
        }
        return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    }

    // MARK: Legend

    /// The entries of the legend whose ink no mark has.
    var entriesWithoutMarks: [String] {
        let inks = Set(figure.panels.flatMap { $0.layers.filter { !$0.marks.isEmpty }.map(\.style.ink) })
        // Contours on a heatmap are white, which a light page does not show.
        let hasContours = inks.contains(.overlay)
        return figure.legend.filter { entry in
            entry.sample != .nothing && !inks.contains(entry.style.ink) && !(entry.sample == .dashes && hasContours)
        }.map(\.text)
    }
}

@Suite struct JudgedTests {
    /// Recipes on what is usual, on next to nothing, and on much.
    static func figures() throws -> [(name: String, figure: Figure, isSparse: Bool)] {
        var result = try Gallery.all().map { (name: $0.name, figure: $0.figure, isSparse: false) }
        func add(_ name: String, isSparse: Bool = false, _ figure: Figure) { result.append((name, figure, isSparse)) }
        let panda = Robots.panda, axes = (1...7).map { JointAxis(name: "joint \($0)") }
        var stream = RandomStream(seed: 3)
        let many = (0..<400).map { _ in panda.randomConfiguration(using: &stream) }
        // Next to nothing.
        try add("no pose", isSparse: true, Figure.poses(robot: panda, configurations: []))
        try add("one pose", Figure.poses(robot: panda, configurations: [many[0]], target: .identity))
        try add("the same pose twice", Figure.poses(robot: panda, configurations: [many[0], many[0]], components: [1, 2]))
        try add("one configuration", isSparse: true, Figure.joints(subject: "panda", axes: axes, configurations: [many[0]], joints: [0, 1]))
        try add("one error", isSparse: true, Figure.errors([ErrorSample(name: "a", positions: [0.001], rotations: [0.01])]))
        try add("one step", isSparse: true, Figure.weights(WeightHistory(steps: [1], weights: [[1]])))
        try add("one method", isSparse: true, Figure.compare(methods: ["only"], metrics: [ComparedMetric(label: "time (s)", values: [Estimate(1)])]))
        add("a flat density", Figure.density(map: Heatmap(x: 0...1, y: 0...1, columns: 4, rows: 4, values: Array(repeating: 1, count: 16)), x: axes[0], y: axes[1], gaussians: []))
        // Much.
        try add("a crowd", Figure.poses(robot: panda, configurations: many, components: (0..<400).map { $0 % 9 + 1 }))
        try add("a track", Figure.poses(robot: panda, configurations: (0..<200).map { step in many[0].map { $0 + 0.004 * Double(step) } }, isOrdered: true))
        try add("a view", Figure.poses(robot: panda, configurations: Array(many.prefix(5)), view: .side))
        try add("a cloud", Figure.joints(subject: "panda", axes: axes, configurations: many, components: (0..<400).map { $0 % 20 + 1 }, joints: [0, 1]))
        try add("thirty methods", Figure.compare(methods: (1...30).map { "method \($0)" }, metrics: ["error (mm)", "time (s)"].map { label in
            ComparedMetric(label: label, values: (1...30).map { index in
                let value = Elementary.exp(Double(index * 7 % 13))
                return Estimate(value, lower: 0.7 * value, upper: 1.3 * value)
            }, better: .lower)
        }))
        try add("many errors", Figure.errors((1...12).map { method in
            ErrorSample(name: "method \(method)", positions: (0..<300).map { _ in 1e-3 * Double(method) * stream.uniform() }, rotations: (0..<300).map { _ in 0.01 * stream.uniform() })
        }))
        return result
    }

    @Test(arguments: try figures().map(\.name)) func figuresPassAPersonsEye(name: String) throws {
        let (_, figure, isSparse) = try #require(try Self.figures().first { $0.name == name })
        let judge = try Judge(figure)
        for (word, share) in try judge.coveredWords().prefix(3) { #expect(share < 0.45, "\(share) of “\(word)” lies on marks") }
        if !isSparse { #expect(try judge.greatestEmptiness() < 0.96, "nearly nothing in a panel") }
        for isDark in [false, true] {
            for (classes, contrast) in try judge.contrasts(isDark: isDark).prefix(1) {
                #expect(contrast >= 2.4, "\(classes) has a contrast of \(contrast) with the \(isDark ? "dark" : "light") page")
            }
        }
        #expect(judge.entriesWithoutMarks.isEmpty, "legend without marks: \(judge.entriesWithoutMarks)")
    }

    /// The judge must find what is planted.
    @Test func flawsAreFound() throws {
        func figure(_ marks: [Mark], style: Style = Style(.series(0), .strong), legend: [LegendEntry] = []) -> Figure {
            Figure(title: "t", description: "d", panels: [Panel(name: "p", x: Axis(range: 0...100), y: Axis(range: 0...100), layers: [Layer(name: "l", style: style, marks: marks)])], legend: legend)
        }
        let empty = try Judge(figure([.points([[50, 50]], .disc)]))
        #expect(try empty.greatestEmptiness() > 0.95)
        let full = try Judge(figure([.area(lower: [[0, 0], [100, 0]], upper: [[0, 100], [100, 100]]), .text("hidden", at: [50, 50])]))
        #expect(try full.greatestEmptiness() == 0)
        #expect(try full.coveredWords()[0].share > 0.9)
        let stray = try Judge(figure([.points([[50, 50]], .disc)], legend: [LegendEntry(text: "nobody", sample: .point(.disc), style: Style(.series(4)))]))
        #expect(stray.entriesWithoutMarks == ["nobody"])
        let pale = try Judge(figure([.line([[0, 0], [100, 100]])], style: Style(.order(1))))
        func contrast(isDark: Bool) throws -> Double { try #require(try pale.contrasts(isDark: isDark).first { $0.classes.contains("o9") }).contrast }
        #expect(try contrast(isDark: false) < 3 && contrast(isDark: true) > 8)
    }
}
