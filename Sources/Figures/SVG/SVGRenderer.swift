extension Figure {
    /// The figure as an SVG document: equal figures give equal bytes.
    ///
    /// Text stays text; colours follow the reader's preference for light or dark; every panel and layer is a named group.
    ///
    /// - Parameters:
    ///   - size: in pixels; what is nil follows from what there is to see.
    ///   - provenance: what the file says of where it comes from.
    public func svg(size: FigureSize = FigureSize(), provenance: FigureProvenance? = nil) -> String {
        var renderer = SVGRenderer(figure: self, size: size)
        return renderer.document(provenance)
    }
}

/// Draws a figure's plan as SVG.
struct SVGRenderer {
    let figure: Figure
    let metrics: Metrics
    var plan: FigurePlan
    var writer = SVGWriter()
    private var names: Set<String> = []

    init(figure: Figure, size: FigureSize = FigureSize()) {
        self.figure = figure
        metrics = .svg(width: size.width)
        plan = FigurePlan(figure, size: size)
    }

    fileprivate mutating func document(_ provenance: FigureProvenance?) -> String {
        opening(description: figure, rules: [], provenance)
        title()
        for index in figure.panels.indices { panel(index) }
        legend()
        writer.end("svg")
        return writer.text
    }

    /// All that stands before the first mark.
    ///
    /// - Parameters:
    ///   - described: whose title and description the document bears.
    ///   - rules: of style, to follow the common ones.
    ///   - provenance: for the document's metadata.
    mutating func opening(description described: Figure, rules: [String], _ provenance: FigureProvenance? = nil) {
        writer.begin("svg")
        writer.attribute("xmlns", "http://www.w3.org/2000/svg")
        writer.attribute("width", plan.size.x)
        writer.attribute("height", plan.size.y)
        writer.beginAttribute("viewBox")
        writer.raw("0 0 ")
        writer.point(plan.size)
        writer.raw("\"")
        writer.attribute("role", "img")
        writer.openChildren()
        writer.begin("title")
        writer.close("title", text: described.title)
        writer.begin("desc")
        writer.close("desc", text: described.description)
        if let provenance {
            writer.begin("metadata")
            writer.close("metadata", text: provenance.json)
        }
        writer.raw("<style type=\"text/css\">\n" + SVGStyle.sheet(series: usedSeries, steps: usedSteps, hasMagnitudes: hasMagnitudes, hasDensities: hasDensities, more: rules) + "\n</style>\n")
        writer.begin("rect")
        writer.attribute("class", "page")
        writer.attribute("width", plan.size.x)
        writer.attribute("height", plan.size.y)
        writer.close()
    }

    private var hasMagnitudes: Bool {
        figure.panels.contains { panel in
            panel.colorBar != nil || panel.layers.contains { $0.marks.contains { if case .heatmap = $0 { true } else { false } } }
        }
    }

    private var hasDensities: Bool {
        figure.panels.contains { $0.layers.contains { $0.marks.contains { if case .points(let places, .disc) = $0 { places.count > PointDensity.threshold } else { false } } } }
    }

    private var styles: [Style] { figure.panels.flatMap { $0.layers.map(\.style) } + figure.legend.map(\.style) }

    private var usedSteps: [Int] { Set(styles.compactMap { if case .order(let place) = $0.ink { Viridis.step(place) } else { nil } }).sorted() }

    private var usedSeries: [Int] {
        styles.compactMap { if case .series(let index) = $0.ink { index } else { nil } }
    }

    // MARK: Text and groups

    mutating func text(_ text: String, _ classes: String, at point: SIMD2<Double>, role: Metrics.Role, turned: Bool = false) {
        // Letters without descenders are about 0.7 of the size high: this sets their middle on the point.
        let drop = 0.35 * SVGFont.size(role)
        writer.begin("text")
        if !classes.isEmpty { writer.attribute("class", classes) }
        if turned {
            writer.beginAttribute("transform")
            writer.raw("translate(")
            writer.point(point + SIMD2(drop, 0))
            writer.raw(") rotate(-90)\"")
        } else {
            writer.attribute("x", point.x)
            writer.attribute("y", point.y + drop)
        }
        writer.close("text", text: text)
    }

    /// Begins a group with a name that is made of letters, digits and hyphens and is unique in the document.
    mutating func group(_ name: String, classes: String? = nil) {
        let parts = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let stem = parts.isEmpty ? "group" : parts.joined(separator: "-")
        var unique = stem
        var count = 1
        while !names.insert(unique).inserted {
            count += 1
            unique = "\(stem)-\(count)"
        }
        writer.begin("g")
        writer.attribute("id", unique)
        if let classes { writer.attribute("class", classes) }
        writer.openChildren()
    }

    /// A title in lines that fit on the page.
    func wrapped(_ title: String) -> [String] {
        metrics.typography.wrapped(title) { metrics.fits($0, in: metrics.width - 2 * metrics.margin.x, role: .title) }
    }

    /// - Parameter lines: those of the figure's own title if nil.
    mutating func title(_ lines: [String]? = nil) {
        let height = metrics.lineHeight(.title)
        for (row, line) in (lines ?? plan.titleLines).enumerated() {
            text(
                line, "title", at: SIMD2(metrics.margin.x, metrics.margin.y + (Double(row) + 0.5) * height), role: .title)
        }
    }

    // MARK: Panels

    private mutating func panel(_ index: Int) {
        let (panel, plan) = (figure.panels[index], plan.panels[index])
        group(panel.name)
        axes(panel, plan)
        layers(panel.layers, in: panel, plan)
        labels(panel, plan)
        writer.end("g")
    }

    mutating func layers(_ layers: some Sequence<Layer>, in panel: Panel, _ plan: PanelPlan) {
        for layer in layers {
            if layer.style.ink == .overlay, layer.style.emphasis != .faint {
                // The dark edge: the same marks, broader, below.
                group(panel.name + " " + layer.name + " edge", classes: "casing")
                for mark in layer.marks { draw(mark, turn: 0, in: panel, plan) }
                writer.end("g")
            }
            group(panel.name + " " + layer.name, classes: SVGStyle.classes(layer.style))
            for mark in layer.marks { draw(mark, turn: layer.style.turn, in: panel, plan) }
            writer.end("g")
        }
    }

    mutating func axes(_ panel: Panel, _ plan: PanelPlan) {
        let frame = plan.frame
        group(panel.name + " axes")
        for tick in plan.xTicks.ticks {
            line("grid", from: SIMD2(plan.xOfTick(tick), frame.y), to: SIMD2(plan.xOfTick(tick), frame.bottom))
        }
        for tick in plan.yTicks.ticks {
            line("grid", from: SIMD2(frame.x, plan.yOfTick(tick)), to: SIMD2(frame.right, plan.yOfTick(tick)))
        }
        if panel.isFramed {
            writer.begin("rect")
            writer.attribute("class", "frame")
            rectangle(frame)
            writer.close()
        }
        let gap = metrics.gap
        for tick in plan.xTicks.ticks {
            let x = plan.xOfTick(tick)
            line("tick", from: SIMD2(x, frame.bottom), to: SIMD2(x, frame.bottom + 4))
            let y = frame.bottom + gap.y + metrics.lineHeight(.tick) / 2
            if !tick.label.isEmpty { text(tick.label, "middle", at: SIMD2(x, y), role: .tick) }
        }
        for tick in plan.yTicks.ticks {
            let y = plan.yOfTick(tick)
            line("tick", from: SIMD2(frame.x - 4, y), to: SIMD2(frame.x, y))
            if !tick.label.isEmpty { text(tick.label, "end", at: SIMD2(frame.x - gap.x, y), role: .tick) }
        }
        if !plan.xTitle.isEmpty {
            let y = frame.bottom + gap.y + metrics.lineHeight(.tick) + metrics.lineHeight(.axisTitle) / 2
            text(plan.xTitle, "axis-title middle", at: SIMD2(frame.x + frame.width / 2, y), role: .axisTitle)
        }
        if !plan.yTitle.isEmpty {
            let labels = plan.yTicks.ticks.map { metrics.textWidth($0.label, .tick) }.max() ?? 0
            let x = frame.x - gap.x - labels - metrics.lineHeight(.axisTitle) / 2 - 1
            text(
                plan.yTitle, "axis-title middle", at: SIMD2(x, frame.y + frame.height / 2), role: .axisTitle, turned: true)
        }
        if !panel.title.isEmpty {
            let title = metrics.typography.shortened(panel.title) { metrics.fits($0, in: frame.width, role: .panelTitle) }
            text(
                title, "panel-title", at: SIMD2(frame.x, frame.y - metrics.lineHeight(.panelTitle) / 2),
                role: .panelTitle)
        }
        if let bar = plan.bar { colorBar(bar, panel: panel) }
        writer.end("g")
    }

    mutating func rectangle(_ box: Box) {
        writer.attribute("x", box.x)
        writer.attribute("y", box.y)
        writer.attribute("width", box.width)
        writer.attribute("height", box.height)
    }

    mutating func line(_ classes: String, from start: SIMD2<Double>, to end: SIMD2<Double>) {
        writer.begin("line")
        writer.attribute("class", classes)
        writer.attribute("x1", start.x)
        writer.attribute("y1", start.y)
        writer.attribute("x2", end.x)
        writer.attribute("y2", end.y)
        writer.close()
    }

    // MARK: Legend

    mutating func legend() {
        guard !plan.legend.isEmpty else { return }
        group("legend")
        let sample = metrics.sampleWidth - 14
        for line in plan.legend {
            guard let entry = line.entry else {
                text(line.text, "legend", at: line.origin, role: .legend)
                continue
            }
            writer.begin("g")
            writer.attribute("class", SVGStyle.classes(entry.style))
            writer.openChildren()
            let middle = line.origin + SIMD2(sample / 2, 0)
            switch entry.sample {
            case .line(let text):
                self.line("sample", from: line.origin + SIMD2(2, 0), to: line.origin + SIMD2(sample - 2, 0))
                if !text.isEmpty { badge(text, at: middle) }
            case .dashes: self.line("rule", from: line.origin + SIMD2(2, 0), to: line.origin + SIMD2(sample - 2, 0))
            case .nothing: break
            case .point(let symbol):
                draw(symbol, at: middle, turn: entry.style.turn)
            case .area(let text):
                writer.begin("rect")
                writer.attribute("class", "filled area")
                rectangle(Box(center: middle, size: [sample - 4, 12]))
                writer.close()
                if !text.isEmpty { badge(text, at: middle) } else if entry.style.turn > 0 {
                    // Where colours come again, areas are told apart by their outlines.
                    self.line("sample", from: line.origin + SIMD2(2, 0), to: line.origin + SIMD2(sample - 2, 0))
                }
            }
            writer.end("g")
            text(line.text, "legend", at: line.origin + SIMD2(metrics.sampleWidth, 0), role: .legend)
        }
        writer.end("g")
    }
}
