extension Figure {
    /// The figure as lines of text for a terminal, each with its line end.
    public func text(style: TerminalStyle = TerminalStyle()) -> String {
        var renderer = TerminalRenderer(figure: self, style: style)
        return renderer.document()
    }
}

/// Draws a figure's plan in character cells.
struct TerminalRenderer {
    private let figure: Figure
    let style: TerminalStyle
    let metrics: Metrics
    private let plan: FigurePlan
    var screen: Screen

    fileprivate init(figure: Figure, style: TerminalStyle) {
        self.figure = figure
        self.style = style
        metrics = Metrics.terminal(style)
        plan = FigurePlan(figure, metrics: metrics)
        screen = Screen(columns: style.width, rows: Int(plan.size.y.rounded(.up)) / Cell.size.y, style: style)
    }

    fileprivate mutating func document() -> String {
        for (row, line) in plan.titleLines.enumerated() { screen.write(line, column: 0, row: row) }
        for (panel, plan) in zip(figure.panels, plan.panels) {
            border(panel, plan)
            for layer in panel.layers {
                for mark in layer.marks { draw(mark, layer.style, in: panel, plan) }
            }
            symbols(panel, plan)
            labels(panel, plan)
        }
        legend()
        return screen.text
    }

    func column(_ x: Double) -> Int { Int((x / Double(Cell.size.x)).rounded(.down)) }

    func row(_ y: Double) -> Int { Int((y / Double(Cell.size.y)).rounded(.down)) }

    // MARK: Frame

    private mutating func border(_ panel: Panel, _ plan: PanelPlan) {
        let signs = style.unicode ? Array("─│┌┐└┘┬┤") : Array("-|++++++")
        let left = column(plan.frame.x) - 1
        let right = column(plan.frame.right)
        let top = row(plan.frame.y) - 1
        let bottom = row(plan.frame.bottom)
        let line = String(repeating: signs[0], count: right - left - 1)
        let ink = Style(.muted)
        if panel.isFramed {
            screen.write("\(signs[2])\(line)\(signs[3])", column: left, row: top, ink: ink)
            screen.write("\(signs[4])\(line)\(signs[5])", column: left, row: bottom, ink: ink)
            for row in (top + 1)..<bottom {
                screen.write(String(signs[1]), column: left, row: row, ink: ink)
                screen.write(String(signs[1]), column: right, row: row, ink: ink)
            }
        }
        for tick in plan.xTicks.ticks {
            let column = min(column(plan.xOfTick(tick)), right - 1)
            screen.write(String(signs[6]), column: column, row: bottom, ink: ink)
            screen.write(tick.label, column: column - (TextWidth.columns(tick.label) - 1) / 2, row: bottom + 1)
        }
        for tick in plan.yTicks.ticks {
            let row = min(row(plan.yOfTick(tick)), bottom - 1)
            screen.write(String(signs[7]), column: left, row: row, ink: ink)
            screen.write(tick.label, column: left - TextWidth.columns(tick.label), row: row)
        }
        let width = right - left + 1
        if !plan.xTitle.isEmpty {
            let start = left + (width - TextWidth.columns(plan.xTitle)) / 2
            screen.write(plan.xTitle, column: start, row: bottom + 2)
        }
        if !plan.yTitle.isEmpty { screen.write(plan.yTitle, column: left, row: top - 1) }
        if !panel.title.isEmpty {
            let title = metrics.typography.shortened(panel.title) { TextWidth.columns($0) <= width }
            let hasTitleAbove = !plan.yTitle.isEmpty || plan.bar.map { !$0.title.isEmpty } ?? false
            screen.write(title, column: left, row: top - (hasTitleAbove ? 2 : 1))
        }
        if let bar = plan.bar { colorBar(bar, from: left + TextWidth.columns(plan.yTitle) + 1, row: top - 1) }
    }

    // MARK: Marks

    mutating func draw(_ mark: Mark, _ style: Style, in panel: Panel, _ plan: PanelPlan) {
        switch mark {
        case .line(let places), .linkage(let places):
            var phase = 0
            let points = polyline(places, in: panel, plan)
            for point in Simplification.isolated(points) where plan.frame.contains(point) { screen.dot(point, in: plan.frame, style: style) }
            for (start, end) in zip(points, points.dropFirst()) {
                guard let start, let end, let (from, to) = plan.frame.clip(start, end) else {
                    phase = 0
                    continue
                }
                screen.segment(from: from, to: to, in: plan.frame, style: style, phase: &phase)
            }
        case .arrow(let tail, let head):
            draw(.line([tail, head]), style, in: panel, plan)
        case .points(let places, let symbol):
            guard isScatter(places, symbol) else { return }
            let points = inside(places, in: panel, plan)
            if points.count > PointDensity.threshold { return density(points, style, in: plan.frame) }
            for point in points { screen.dot(point, in: plan.frame, style: style) }
        case .area, .bar, .ellipse, .heatmap, .rule: fill(mark, style, in: panel, plan)
        case .text, .badge: break
        }
    }

    private func inside(_ places: [Place], in panel: Panel, _ plan: PanelPlan) -> [SIMD2<Double>] {
        places.compactMap { plan.point($0, in: panel) }.filter(plan.frame.contains)
    }

    private func polyline(_ places: [Place], in panel: Panel, _ plan: PanelPlan) -> [SIMD2<Double>?] {
        Simplification.polyline(places.map { plan.point($0, in: panel) }, budget: 4000)
    }

    /// Whether points are so many that each is a dot rather than a sign.
    private func isScatter(_ places: [Place], _ symbol: Symbol) -> Bool { symbol == .disc && places.count > 24 }

    /// Points come after all lines, so that none is hidden.
    private mutating func symbols(_ panel: Panel, _ plan: PanelPlan) {
        for layer in panel.layers {
            for mark in layer.marks {
                switch mark {
                case .points(let places, let symbol) where !isScatter(places, symbol):
                    write(sign(symbol, layer.style), at: places.compactMap { plan.point($0, in: panel) }, layer.style, plan)
                case .points(let places, let symbol):
                    // Of a cloud, those that lie alone.
                    let points = inside(places, in: panel, plan)
                    if points.count > PointDensity.threshold { write(sign(symbol, layer.style), at: Self.density(points, in: plan.frame).outliers, layer.style, plan) }
                case .line(let places):
                    // A point between gaps is no line; a few of them get a sign that is seen.
                    let isolated = Simplification.isolated(polyline(places, in: panel, plan))
                    if isolated.count <= 24 { write(sign(.disc, layer.style), at: isolated, layer.style, plan) }
                default: break
                }
            }
        }
    }

    private mutating func write(_ sign: String, at points: [SIMD2<Double>], _ style: Style, _ plan: PanelPlan) {
        for point in points where plan.frame.contains(point) {
            let column = min(column(point.x), column(plan.frame.right) - 1)
            let row = min(row(point.y), row(plan.frame.bottom) - 1)
            screen.write(sign, column: column, row: row, ink: style)
        }
    }

    /// What discs are when the colours come again, as lines have other dashes.
    private static let discs = (unicode: ["●", "◆", "○", "◇", "▼"], ascii: ["o", "*", "0", "$", "&"])

    /// Samples of lines in a legend, five characters each.
    private static let lines = (
        unicode: ["─────", "╌╌╌╌╌", "· · ·", "─·─·─", "─ ─ ─"], ascii: ["-----", ".....", ". . .", "-.-.-", "- - -"]
    )

    private func sign(_ symbol: Symbol, _ layer: Style) -> String {
        switch symbol {
        case .disc:
            (style.unicode ? Self.discs.unicode : Self.discs.ascii)[layer.turn]
        case .square: style.unicode ? "■" : "#"
        case .cross: style.unicode ? "×" : "x"
        case .target: style.unicode ? "⊕" : "@"
        case .base: style.unicode ? "▲" : "^"
        }
    }

    private mutating func labels(_ panel: Panel, _ plan: PanelPlan) {
        let placement = LabelPlacement(
            panel: panel, plan: plan, metrics: metrics,
            size: { text, _ in SIMD2(Double(TextWidth.columns(text)), 1) * SIMD2<Double>(Cell.size) },
            spacing: [2, 0], symbolRadius: [1, 2])
        for label in placement.labels() {
            let width = TextWidth.columns(label.text)
            screen.write(
                label.text, column: column(label.center.x - Double(width * Cell.size.x) / 2 + 0.5),
                row: row(label.center.y), ink: panel.layers[label.layer].style)
        }
    }

    // MARK: Legend

    private mutating func legend() {
        let lines = style.unicode ? Self.lines.unicode : Self.lines.ascii
        /// A sample with a number in its middle, and the signs around it.
        func sample(_ signs: String, _ badge: String) -> String {
            let room = max(0, 5 - TextWidth.columns(badge))
            return signs.prefix(room / 2) + badge + signs.suffix(room - room / 2)
        }
        for entry in plan.legend {
            let (column, row) = (column(entry.origin.x), row(entry.origin.y))
            guard let shown = entry.entry else {
                screen.write(entry.text, column: column, row: row)
                continue
            }
            switch shown.sample {
            case .line(let badge):
                screen.write(sample(lines[shown.style.turn], badge), column: column, row: row, ink: shown.style)
            case .area(let badge):
                let fill = shown.style.ink == .blank ? Screen.hatch(isUnicode: style.unicode) : style.unicode ? "▒" : "%"
                // Where colours come again, areas are told apart by their outlines.
                let outline = badge.isEmpty && shown.style.turn > 0 ? String(lines[shown.style.turn].prefix(3)) : badge
                screen.write(sample(String(repeating: fill, count: 5), outline), column: column, row: row, ink: shown.style)
            case .point(let symbol):
                screen.write(sign(symbol, shown.style), column: column + 2, row: row, ink: shown.style)
            case .dashes: screen.write(lines[1], column: column, row: row, ink: shown.style)
            case .nothing: break
            }
            screen.write(entry.text, column: column + Int(metrics.sampleWidth) / Cell.size.x, row: row)
        }
    }
}
