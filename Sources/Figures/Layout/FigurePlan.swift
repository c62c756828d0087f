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

    init(size: SIMD2<Double>, titleLines: [String], panels: [PanelPlan], legend: [LegendLine]) {
        self.size = size
        self.titleLines = titleLines
        self.panels = panels
        self.legend = legend
    }
}
