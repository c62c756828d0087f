/// The room that a grid's frames leave for what stands beside them.
struct GridMargins {
    /// Left and right of each column's frames.
    var left: [Double]
    var right: [Double]
    /// Above and below each row's frames.
    var top: [Double]
    var bottom: [Double]

    /// Makes every margin at least as wide as another's.
    mutating func grow(to other: GridMargins) {
        left = zip(left, other.left).map { max($0, $1) }
        right = zip(right, other.right).map { max($0, $1) }
        top = zip(top, other.top).map { max($0, $1) }
        bottom = zip(bottom, other.bottom).map { max($0, $1) }
    }
}

extension FigureLayout {
    /// The margins that the ticks and titles of plans need.
    func margins(_ plans: [PanelPlan]) -> GridMargins {
        var margins = GridMargins(
            left: [Double](repeating: 0, count: panelColumns), right: [Double](repeating: metrics.border.x, count: panelColumns),
            top: [Double](repeating: 0, count: rows), bottom: [Double](repeating: 0, count: rows))
        for (index, panel) in figure.panels.enumerated() {
            let (row, column) = (cells[index] / columns, cells[index] % columns)
            margins.left[column] = max(margins.left[column], left(panel, plans[index]))
            margins.right[column] = max(margins.right[column], right(plans[index]))
            margins.top[row] = max(margins.top[row], top(panel, plans[index]))
            margins.bottom[row] = max(margins.bottom[row], bottom(plans[index]))
        }
        return margins
    }

    private func widestLabel(_ ticks: Ticks) -> Double { ticks.ticks.map { metrics.textWidth($0.label, .tick) }.max() ?? 0 }

    private func left(_ panel: Panel, _ plan: PanelPlan) -> Double {
        guard panel.y.isVisible else { return metrics.border.x }
        let labels = widestLabel(plan.yTicks)
        let title = metrics.hasVerticalTitles && !plan.yTitle.isEmpty ? metrics.lineHeight(.axisTitle) : 0
        let margin = title + labels + (labels + title > 0 ? metrics.gap.x : 0) + metrics.border.x
        return (max(margin, overhang(plan).left) / metrics.quantum.x).rounded(.up) * metrics.quantum.x
    }

    /// How far the labels of the x axis reach beyond the frame.
    private func overhang(_ plan: PanelPlan) -> (left: Double, right: Double) {
        plan.xTicks.ticks.reduce(into: (left: 0.0, right: 0.0)) { result, tick in
            let half = metrics.textWidth(tick.label, .tick) / 2
            result.left = max(result.left, plan.frame.x - plan.xOfTick(tick) + half)
            result.right = max(result.right, plan.xOfTick(tick) + half - plan.frame.right)
        }
    }

    private func right(_ plan: PanelPlan) -> Double {
        guard let bar = plan.bar else {
            return (max(metrics.border.x, overhang(plan).right) / metrics.quantum.x).rounded(.up) * metrics.quantum.x
        }
        let title = metrics.hasVerticalTitles && !bar.title.isEmpty ? metrics.lineHeight(.axisTitle) : 0
        let margin = metrics.border.x + metrics.barGap + metrics.barWidth + max(metrics.gap.x, metrics.quantum.x) + widestLabel(bar.ticks) + title
        return (margin / metrics.quantum.x).rounded(.up) * metrics.quantum.x
    }

    private func top(_ panel: Panel, _ plan: PanelPlan) -> Double {
        var margin = metrics.border.y
        if !panel.title.isEmpty { margin += metrics.lineHeight(.panelTitle) }
        let hasTitleAbove = !plan.yTitle.isEmpty || plan.bar.map { !$0.title.isEmpty } ?? false
        if !metrics.hasVerticalTitles && hasTitleAbove { margin += metrics.lineHeight(.axisTitle) }
        return margin
    }

    private func bottom(_ plan: PanelPlan) -> Double {
        guard plan.xTicks.hasLabels else { return metrics.border.y + (plan.xTitle.isEmpty ? 0 : metrics.lineHeight(.axisTitle)) }
        let title = plan.xTitle.isEmpty ? 0 : metrics.lineHeight(.axisTitle)
        return metrics.border.y + metrics.gap.y + metrics.lineHeight(.tick) + title
    }
}
