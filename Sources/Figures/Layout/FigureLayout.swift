/// The work of laying out a figure: margins from labels, one scale for panels of equal aspect, ticks that do not touch.
struct FigureLayout {
    let figure: Figure
    let metrics: Metrics
    let columns: Int
    let rows: Int
    /// The cell of the grid that each panel stands in.
    let cells: [Int]
    /// The panel in each cell.
    let panelAt: [Int: Int]
    /// Whether the figure's own grid was left since it is too wide: its panels then follow each other, and neighbours share no axis.
    let isReflowed: Bool
    let spans: [(x: Span, y: Span)]
    let titleLines: [String]
    /// The free cell that the legend stands in, if there is one.
    let legendCell: Int?
    /// The first column that holds the legend alone; `columns` if none does.
    let panelColumns: Int
    let sharesScale: Bool

    init(figure: Figure, metrics: Metrics) {
        self.figure = figure
        self.metrics = metrics
        let count = figure.panels.count
        let room = metrics.width - 2 * metrics.margin.x
        let affordable = max(1, Int(room / metrics.minimumFrameWidth))
        columns = min(figure.columns, affordable, max(1, figure.cells == nil ? count + (figure.legend.isEmpty ? 0 : 1) : .max))
        if let cells = figure.cells, cells.count == count, columns == figure.columns {
            self.cells = cells
        } else {
            cells = Array(0..<count)
        }
        isReflowed = figure.cells != nil && columns != figure.columns
        panelAt = Dictionary(uniqueKeysWithValues: zip(cells, 0...))
        rows = count == 0 ? 0 : cells[count - 1] / columns + 1
        panelColumns = (cells.map { [columns] in $0 % columns }.max() ?? 0) + 1
        let legendHeight = Double(figure.legend.count) * metrics.lineHeight(.legend)
        let free = (0..<(rows * columns)).first { [panelAt] in panelAt[$0] == nil }
        legendCell = figure.legend.isEmpty || (panelColumns < columns && legendHeight > metrics.maximumFramesHeight) ? nil : free
        spans = figure.panels.map { $0.spans() }
        sharesScale = !figure.panels.isEmpty && figure.panels.allSatisfy(\.equalAspect)
        titleLines = metrics.typography.wrapped(figure.title) { metrics.fits($0, in: room, role: .title) }
    }

    func plan() -> FigurePlan {
        let blank = PanelPlan(
            frame: Box(x: 0, y: 0, width: 1, height: 1), x: Span(lower: 0, upper: 1), y: Span(lower: 0, upper: 1), xTicks: .none,
            yTicks: .none, xTitle: "", yTitle: "")
        var plans = [PanelPlan](repeating: blank, count: figure.panels.count)
        for index in plans.indices {
            if showsX(index) { plans[index].xTitle = figure.panels[index].x.label }
            if showsY(index) { plans[index].yTitle = figure.panels[index].y.label }
        }
        // The margins depend on the ticks, which depend on the room that the margins leave.
        var size = SIMD2<Double>.zero
        var cell = Box(x: 0, y: 0, width: 0, height: 0)
        var least: GridMargins?
        for pass in 0..<4 {
            var margins = margins(plans)
            // Labels that come and go with the room must not take turns: from the second pass on, margins only grow.
            if let least { margins.grow(to: least) }
            if pass > 0 { least = margins }
            (size, cell) = place(&plans, margins)
        }
        var legend = legendCell != nil ? legendLines(in: cell) : []
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

    /// Sets frames, spans and ticks; returns the size and the legend's cell.
    private func place(_ plans: inout [PanelPlan], _ margins: GridMargins) -> (size: SIMD2<Double>, legend: Box) {
        let gutters = metrics.gutter.x * Double(panelColumns - 1)
        let legendWidth = legendCell != nil && panelColumns < columns ? legendColumnWidth : 0
        var available = metrics.width - 2 * metrics.margin.x - gutters - margins.right.reduce(0, +)
        available -= margins.left.reduce(0, +) + (legendWidth > 0 ? legendWidth + metrics.gutter.x : 0)
        var (widths, heights, scale) = frameSizes(available: max(available, metrics.quantum.x))
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
                let cell = row * columns + column
                if cell == legendCell {
                    // In a column of panels the legend lines up with their frames.
                    let start = column < panelColumns ? x + margins.left[column] : x
                    let isLastInRow = (cell..<(row + 1) * columns).allSatisfy { panelAt[$0] == nil }
                    let end = isLastInRow || column >= panelColumns ? metrics.width - metrics.margin.x : start + widths[column]
                    legend = Box(x: start, y: y + margins.top[row], width: end - start, height: heights[row])
                }
                guard column < panelColumns else { break }
                if let index = panelAt[cell] {
                    let frame = Box(
                        x: x + margins.left[column], y: y + margins.top[row], width: widths[column], height: heights[row])
                    plans[index] = panelPlan(index, frame: frame, scale: scale)
                }
                x += margins.left[column] + widths[column] + margins.right[column] + metrics.gutter.x
            }
            y += margins.top[row] + heights[row] + margins.bottom[row] + (row < rows - 1 ? metrics.gutter.y : 0)
        }
        return (SIMD2(metrics.width, y + metrics.margin.y), legend)
    }

    /// The frames' sizes and, where the panels share it, the scale in surface units per data unit.
    private func frameSizes(available: Double) -> (widths: [Double], heights: [Double], scale: Double?) {
        let quantum = metrics.quantum
        var across = [Double](repeating: 0, count: panelColumns)
        var up = [Double](repeating: 0, count: rows)
        var least = up
        for (index, cell) in cells.enumerated() {
            across[cell % columns] = max(across[cell % columns], spans[index].x.length)
            up[cell / columns] = max(up[cell / columns], spans[index].y.length)
            least[cell / columns] = max(least[cell / columns], leastHeight(figure.panels[index]))
        }
        guard sharesScale else {
            let width = (available / Double(panelColumns) / quantum.x).rounded(.down) * quantum.x
            let limit = metrics.maximumFramesHeight / Double(max(1, rows))
            let isSquare = figure.panels.contains(where: \.equalAspect)
            let height = min(width * (isSquare ? 1 : metrics.frameAspect), limit)
            return (
                [Double](repeating: width, count: panelColumns),
                least.map { (max(height, $0) / quantum.y).rounded() * quantum.y }, nil
            )
        }
        // A flat or a narrow panel still gets a frame that can hold ticks.
        let longest = max(across.max() ?? 1, up.max() ?? 1)
        across = across.map { max($0, 0.3 * longest) }
        up = up.map { max($0, 0.3 * longest) }
        let totalAcross = across.reduce(0, +)
        let scale = min(available / totalAcross, max(metrics.maximumFramesHeight, least.reduce(0, +)) / up.reduce(0, +))
        let spare = (available - totalAcross * scale) / Double(panelColumns)
        return (
            across.map { (($0 * scale + spare) / quantum.x).rounded(.down) * quantum.x },
            up.map { ($0 * scale / quantum.y).rounded() * quantum.y }, scale
        )
    }

    /// What a frame must be high to be read; more where it has a row for every category.
    private func leastHeight(_ panel: Panel) -> Double {
        guard case .categories(let names) = panel.y.scale else { return metrics.minimumFrameHeight }
        return max(metrics.minimumFrameHeight, Double(min(names.count, 60)) * metrics.lineHeight(.tick) * metrics.categoryRows)
    }

    /// Whether ticks are labelled: always, unless the panel below shows the same.
    private func showsX(_ index: Int) -> Bool {
        let axis = figure.panels[index].x
        return axis.isVisible && (isReflowed || !(axis.isShared && panelAt[cells[index] + columns] != nil))
    }

    /// Whether ticks are labelled: always, unless the panel to the left shows the same.
    private func showsY(_ index: Int) -> Bool {
        let axis = figure.panels[index].y
        return axis.isVisible && (isReflowed || !(axis.isShared && cells[index] % columns > 0 && panelAt[cells[index] - 1] != nil))
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
                return zip(ends, ends.dropFirst()).allSatisfy { $0.1 + metrics.labelDistance <= $1.0 }
            }
            if showsX(index) {
                plan.xTitle = title(panel.x.label, plan.xTicks, in: frame.width)
            } else {
                plan.xTicks.hideLabels()
            }
        }
        if panel.y.isVisible {
            var height = max(metrics.lineHeight(.tick), 0.75 * metrics.tickDistance.y)
            if case .categories = panel.y.scale { height = metrics.lineHeight(.tick) - 1e-6 }
            plan.yTicks = ticks(panel.y.scale, y, length: frame.height, distance: metrics.tickDistance.y) { ticks in
                zip(ticks, ticks.dropFirst()).allSatisfy { plan.yOfTick($0) - plan.yOfTick($1) >= height }
            }
            if showsY(index) {
                plan.yTitle = title(panel.y.label, plan.yTicks, in: metrics.hasVerticalTitles ? frame.height : frame.width)
            } else {
                plan.yTicks.hideLabels()
            }
        }
        if let bar = panel.colorBar { plan.bar = barPlan(bar, frame: frame) }
        return plan
    }

    /// The most ticks whose labels keep apart.
    private func ticks(
        _ scale: Scale, _ span: Span, length: Double, distance: Double, keepApart: ([Ticks.Tick]) -> Bool
    ) -> Ticks {
        var most = min(12, max(2, Int(length / distance) + 1))
        if case .categories(let names) = scale { most = max(most, names.count) }
        for wanted in stride(from: most, through: most > 12 ? 1 : 2, by: -1) {
            var ticks = Ticks(scale: scale, span: span, wanted: wanted, typography: metrics.typography)
            if case .categories = scale { ticks.shortenLabels { categoryLabel($0) } }
            if keepApart(ticks.ticks) { return ticks }
        }
        return .none
    }

    private func title(_ label: String, _ ticks: Ticks, in width: Double) -> String {
        metrics.typography.title(label, exponent: ticks.exponent, offset: ticks.offset) { metrics.fits($0, in: width, role: .axisTitle) }
    }

    /// A category's name, cut where it would take too much of the page.
    private func categoryLabel(_ name: String) -> String {
        metrics.typography.shortenedInside(name) { metrics.fits($0, in: 0.3 * metrics.width, role: .tick) }
    }

    private func barPlan(_ bar: ColorBar, frame: Box) -> PanelPlan.Bar {
        let box = Box(
            x: frame.right + metrics.border.x + metrics.barGap, y: frame.y, width: metrics.barWidth, height: frame.height)
        let span = Span(lower: bar.limits.lowerBound, upper: bar.limits.upperBound).nonDegenerate()
        let height = max(metrics.lineHeight(.tick), 0.75 * metrics.tickDistance.y)
        let ticks = ticks(.linear, span, length: frame.height, distance: metrics.tickDistance.y) { ticks in
            zip(ticks, ticks.dropFirst()).allSatisfy { ($1.place - $0.place) / span.length * box.height >= height }
        }
        let title = title(bar.label, ticks, in: metrics.hasVerticalTitles ? frame.height : frame.width / 2)
        return PanelPlan.Bar(box: box, span: span, ticks: ticks, title: title, isReversed: bar.isReversed)
    }
}
