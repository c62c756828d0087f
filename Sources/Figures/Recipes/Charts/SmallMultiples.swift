extension Figure {
    /// The most panels that stand side by side.
    public static let greatestPanelCount = 48

    /// Gives panels of one kind in which a unit is as long across as up the same ranges, so that they can be compared by eye.
    private static func shareAxes(_ panels: inout [Panel]) {
        let kinds = Dictionary(grouping: panels.indices.filter { panels[$0].equalAspect && panels[$0].x.isVisible && panels[$0].x.range == nil && panels[$0].y.range == nil }) {
            panels[$0].x.label + "\n" + panels[$0].y.label
        }
        for members in kinds.values where members.count > 1 {
            let spans = members.map { panels[$0].spans() }
            let x = spans.dropFirst().reduce(spans[0].x) { $0.union($1.x) }, y = spans.dropFirst().reduce(spans[0].y) { $0.union($1.y) }
            for index in members {
                panels[index].x.range = panels[index].x.scale.values(of: x)
                panels[index].y.range = panels[index].y.scale.values(of: y)
            }
        }
    }

    /// Figures side by side as panels of one, each under its own title.
    ///
    /// - Parameters:
    ///   - figures: in reading order; a panel's title is that of its figure, with its own behind it where the figure has several.
    ///   - columns: of the grid.
    /// - Throws: `FigureError` where there is no panel, or too many.
    public static func smallMultiples(of figures: [Figure], columns: Int, title: String) throws(FigureError) -> Figure {
        var panels: [Panel] = [], legend: [LegendEntry] = []
        for (index, figure) in figures.enumerated() {
            for panel in figure.panels {
                var panel = panel
                panel.name = "\(index + 1)-\(panel.name)"
                panel.title = figure.panels.count == 1 || panel.title.isEmpty ? figure.title : "\(figure.title): \(panel.title)"
                panels.append(panel)
            }
            for entry in figure.legend where !legend.contains(entry) { legend.append(entry) }
        }
        guard (1...greatestPanelCount).contains(panels.count) else {
            throw .frames("figures side by side need 1 to \(greatestPanelCount) panels in all, not \(panels.count)")
        }
        shareAxes(&panels)
        return Figure(
            title: title, description: "\(panels.count) panels side by side: " + figures.map(\.title).joined(separator: ", ") + ".", panels: panels,
            columns: columns, legend: legend)
    }
}
