/// Where everything of a figure goes on a drawing surface; both renderers draw from it.
struct FigurePlan {
    /// A line of the legend; the sample starts at the origin's left, the text stands after it.
    struct LegendLine: Equatable {
        /// Nil where the text only says how many entries are left out.
        var entry: LegendEntry?
        var text: String
        /// Left end and middle of the line.
        var origin: SIMD2<Double>
    }

    var size: SIMD2<Double>
    var titleLines: [String]
    var panels: [PanelPlan]
    var legend: [LegendLine]

    init(_ figure: Figure, metrics: Metrics) {
        self = FigureLayout(figure: figure, metrics: metrics).plan()
    }

    fileprivate init(size: SIMD2<Double>, titleLines: [String], panels: [PanelPlan], legend: [LegendLine]) {
        self.size = size
        self.titleLines = titleLines
        self.panels = panels
        self.legend = legend
    }
}

/// The work of laying out a figure: margins from labels, one scale for panels of equal aspect, ticks that do not touch.
private struct FigureLayout {
    let figure: Figure
    let metrics: Metrics
    let columns: Int
    let rows: Int
    let spans: [(x: Span, y: Span)]
    let titleLines: [String]
    /// Whether the legend stands in the cell after the last panel.
    let legendInGrid: Bool
    /// The first column that holds the legend alone; `columns` if none does.
    let panelColumns: Int
    let sharesScale: Bool

    init(figure: Figure, metrics: Metrics) {
        self.figure = figure
        self.metrics = metrics
        let count = figure.panels.count
        let room = metrics.width - 2 * metrics.margin.x
        let affordable = max(1, Int(room / metrics.minimumFrameWidth))
        columns = min(figure.columns, affordable, max(1, count + (figure.legend.isEmpty ? 0 : 1)))
        rows = (count + columns - 1) / columns
        panelColumns = min(columns, max(1, count))
        let legendHeight = Double(figure.legend.count) * metrics.lineHeight(.legend)
        legendInGrid = !figure.legend.isEmpty && count < rows * columns
            && (panelColumns == columns || legendHeight <= metrics.maximumFramesHeight)
        spans = figure.panels.map { $0.spans() }
        sharesScale = !figure.panels.isEmpty && figure.panels.allSatisfy(\.equalAspect)
        titleLines = metrics.typography.wrapped(figure.title) { metrics.fits($0, in: room, role: .title) }
    }

    func plan() -> FigurePlan {
        var plans = figure.panels.map {
            PanelPlan(
                frame: Box(x: 0, y: 0, width: 1, height: 1), x: Span(lower: 0, upper: 1), y: Span(lower: 0, upper: 1),
                xTicks: .none, yTicks: .none, xTitle: $0.x.isVisible ? $0.x.label : "",
                yTitle: $0.y.isVisible ? $0.y.label : "")
        }
        // The margins depend on the ticks, which depend on the room that the margins leave.
        var size = SIMD2<Double>.zero
        var cell = Box(x: 0, y: 0, width: 0, height: 0)
        for _ in 0..<3 { (size, cell) = place(&plans) }
        var legend = legendInGrid ? legendLines(in: cell) : []
        if legend.count < figure.legend.count || legend.contains(where: { $0.entry == nil }) {
            let height = Double(metrics.maximumLegendLines) * metrics.lineHeight(.legend)
            legend = legendLines(
                in: Box(
                    x: metrics.margin.x, y: size.y - metrics.margin.y + metrics.gutter.y,
                    width: metrics.width - 2 * metrics.margin.x, height: height),
                isShort: true)
            size.y = (legend.map(\.origin.y).max() ?? 0) + metrics.lineHeight(.legend) / 2 + metrics.margin.y
        }
        return FigurePlan(size: size, titleLines: titleLines, panels: plans, legend: legend)
    }

    // MARK: Frames

    /// Sets frames, spans and ticks from the ticks that the plans have; returns the size and the legend's cell.
    private func place(_ plans: inout [PanelPlan]) -> (size: SIMD2<Double>, legend: Box) {
        var left = [Double](repeating: 0, count: columns)
        var across = [Double](repeating: 0, count: panelColumns)
        var up = [Double](repeating: 0, count: rows)
        var top = up
        var bottom = up
        for (index, panel) in figure.panels.enumerated() {
            let (row, column) = (index / columns, index % columns)
            left[column] = max(left[column], leftMargin(panel, plans[index]))
            top[row] = max(top[row], topMargin(panel, plans[index]))
            bottom[row] = max(bottom[row], bottomMargin(panel, plans[index]))
            across[column] = max(across[column], spans[index].x.length)
            up[row] = max(up[row], spans[index].y.length)
        }
        let right = metrics.border.x + metrics.gutter.x
        let legendWidth = legendInGrid && panelColumns < columns ? legendColumnWidth : 0
        var available = metrics.width - 2 * metrics.margin.x - right * Double(panelColumns) + metrics.gutter.x
        available -= left.reduce(0, +) + (legendWidth > 0 ? legendWidth + metrics.gutter.x : 0)
        var (widths, heights, scale) = frameSizes(across: across, up: up, available: max(available, metrics.quantum.x))
        if legendWidth > 0 {
            // A long legend beside the panels makes its row higher, as far as the page allows.
            let wanted = min(Double(figure.legend.count) * metrics.lineHeight(.legend), metrics.maximumFramesHeight)
            heights[rows - 1] = max(heights[rows - 1], (wanted / metrics.quantum.y).rounded(.up) * metrics.quantum.y)
        }

        var y = metrics.margin.y
        if !titleLines.isEmpty { y += Double(titleLines.count) * metrics.lineHeight(.title) + metrics.gap.y }
        var legend = Box(x: 0, y: 0, width: 0, height: 0)
        for row in 0..<rows {
            var x = metrics.margin.x
            for column in 0..<columns {
                let index = row * columns + column
                if index == figure.panels.count {
                    // In a column of panels the legend lines up with their frames.
                    let start = column < panelColumns ? x + left[column] : x
                    legend = Box(
                        x: start, y: y + top[row], width: metrics.width - metrics.margin.x - start,
                        height: heights[row])
                }
                guard index < figure.panels.count else { break }
                let frame = Box(x: x + left[column], y: y + top[row], width: widths[column], height: heights[row])
                plans[index] = panelPlan(index, frame: frame, scale: scale)
                x += left[column] + widths[column] + right
            }
            y += top[row] + heights[row] + bottom[row] + (row < rows - 1 ? metrics.gutter.y : 0)
        }
        return (SIMD2(metrics.width, y + metrics.margin.y), legend)
    }

    /// The frames' sizes and, where the panels share it, the scale in surface units per data unit.
    private func frameSizes(across: [Double], up: [Double], available: Double)
        -> (widths: [Double], heights: [Double], scale: Double?)
    {
        let quantum = metrics.quantum
        guard sharesScale else {
            let width = (available / Double(panelColumns) / quantum.x).rounded(.down) * quantum.x
            let limit = metrics.maximumFramesHeight / Double(max(1, rows))
            let height = (min(width * metrics.frameAspect, limit) / quantum.y).rounded() * quantum.y
            return ([Double](repeating: width, count: panelColumns), [Double](repeating: height, count: rows), nil)
        }
        // A flat or a narrow panel still gets a frame that can hold ticks.
        let longest = max(across.max() ?? 1, up.max() ?? 1)
        let across = across.map { max($0, 0.3 * longest) }
        let up = up.map { max($0, 0.3 * longest) }
        let totalAcross = across.reduce(0, +)
        let scale = min(available / totalAcross, metrics.maximumFramesHeight / up.reduce(0, +))
        let spare = (available - totalAcross * scale) / Double(panelColumns)
        return (
            across.map { (($0 * scale + spare) / quantum.x).rounded(.down) * quantum.x },
            up.map { ($0 * scale / quantum.y).rounded() * quantum.y }, scale
        )
    }

    private func panelPlan(_ index: Int, frame: Box, scale: Double?) -> PanelPlan {
        let panel = figure.panels[index]
        var (x, y) = spans[index]
        if panel.equalAspect {
            let scale = scale ?? min(frame.width / x.length, frame.height / y.length)
            x = x.resized(to: frame.width / scale)
            y = y.resized(to: frame.height / scale)
        }
        var plan = PanelPlan(frame: frame, x: x, y: y, xTicks: .none, yTicks: .none, xTitle: "", yTitle: "")
        if panel.x.isVisible {
            plan.xTicks = ticks(panel.x.scale, x, length: frame.width, distance: metrics.tickDistance.x) { ticks in
                let ends = ticks.map { tick -> (Double, Double) in
                    let half = metrics.textWidth(tick.label, .tick) / 2
                    return (plan.xOfTick(tick) - half, plan.xOfTick(tick) + half)
                }
                return zip(ends, ends.dropFirst()).allSatisfy { $0.1 + 2 * metrics.gap.x <= $1.0 }
            }
            plan.xTitle = fitted(metrics.typography.title(panel.x.label, exponent: plan.xTicks.exponent), frame.width)
        }
        if panel.y.isVisible {
            let height = max(metrics.lineHeight(.tick), 0.75 * metrics.tickDistance.y)
            plan.yTicks = ticks(panel.y.scale, y, length: frame.height, distance: metrics.tickDistance.y) { ticks in
                zip(ticks, ticks.dropFirst()).allSatisfy { plan.yOfTick($0) - plan.yOfTick($1) >= height }
            }
            plan.yTitle = fitted(
                metrics.typography.title(panel.y.label, exponent: plan.yTicks.exponent),
                metrics.hasVerticalTitles ? frame.height : frame.width)
        }
        return plan
    }

    /// The most ticks whose labels keep apart.
    private func ticks(
        _ scale: Scale, _ span: Span, length: Double, distance: Double, keepApart: ([Ticks.Tick]) -> Bool
    ) -> Ticks {
        for wanted in stride(from: min(12, max(2, Int(length / distance) + 1)), through: 2, by: -1) {
            let ticks = Ticks(scale: scale, span: span, wanted: wanted, typography: metrics.typography)
            if keepApart(ticks.ticks) { return ticks }
        }
        return .none
    }

    private func fitted(_ text: String, _ width: Double) -> String {
        metrics.typography.shortened(text) { metrics.fits($0, in: width, role: .axisTitle) }
    }

    // MARK: Margins

    private func leftMargin(_ panel: Panel, _ plan: PanelPlan) -> Double {
        guard panel.y.isVisible else { return metrics.border.x }
        let labels = plan.yTicks.ticks.map { metrics.textWidth($0.label, .tick) }.max() ?? 0
        let title = metrics.hasVerticalTitles && !plan.yTitle.isEmpty ? metrics.lineHeight(.axisTitle) : 0
        let margin = title + labels + metrics.gap.x + metrics.border.x
        return (margin / metrics.quantum.x).rounded(.up) * metrics.quantum.x
    }

    private func topMargin(_ panel: Panel, _ plan: PanelPlan) -> Double {
        var margin = metrics.border.y
        if !panel.title.isEmpty { margin += metrics.lineHeight(.panelTitle) }
        if !metrics.hasVerticalTitles && !plan.yTitle.isEmpty { margin += metrics.lineHeight(.axisTitle) }
        return margin
    }

    private func bottomMargin(_ panel: Panel, _ plan: PanelPlan) -> Double {
        guard panel.x.isVisible else { return metrics.border.y }
        let title = plan.xTitle.isEmpty ? 0 : metrics.lineHeight(.axisTitle)
        return metrics.border.y + metrics.gap.y + metrics.lineHeight(.tick) + title
    }

    // MARK: Legend

    /// What the widest entry takes.
    private var naturalLegendWidth: Double {
        metrics.sampleWidth + (figure.legend.map { metrics.textWidth($0.text, .legend) }.max() ?? 0).rounded(.up)
    }

    /// The room that a legend beside all panels is given.
    private var legendColumnWidth: Double { min(naturalLegendWidth, 0.45 * metrics.width) }

    /// As many entries as the box holds, column after column; the last line says how many more there are.
    ///
    /// A short legend takes as few lines as it can.
    private func legendLines(in box: Box, isShort: Bool = false) -> [FigurePlan.LegendLine] {
        let height = metrics.lineHeight(.legend)
        let width = min(naturalLegendWidth, box.width)
        let perRow = max(1, Int((box.width + metrics.gutter.x) / (width + metrics.gutter.x)))
        let count = figure.legend.count
        let room = max(1, Int(box.height / height))
        let lines = isShort ? min(room, (count + perRow - 1) / perRow) : room
        let shown = count <= lines * perRow ? count : lines * perRow - 1
        return (0..<min(count, lines * perRow)).map { position in
            let entry = position < shown ? figure.legend[position] : nil
            let origin = SIMD2(
                box.x + Double(position / lines) * (width + metrics.gutter.x),
                box.y + (Double(position % lines) + 0.5) * height)
            let textRoom = width - (entry == nil ? 0 : metrics.sampleWidth)
            let text = metrics.typography.shortened(entry?.text ?? "and \(count - shown) more") {
                metrics.fits($0, in: textRoom, role: .legend)
            }
            return FigurePlan.LegendLine(entry: entry, text: text, origin: origin)
        }
    }
}
