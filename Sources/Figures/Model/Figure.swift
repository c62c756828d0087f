/// A picture as a value: a grid of panels under a title, drawn alike by the SVG and the terminal renderer.
///
/// Nothing is global and nothing is drawn until `svg()` or `text(style:)` is asked for; equal figures give equal bytes.
public struct Figure: Sendable, Equatable {
    /// The heading; wrapped where it is wider than the picture.
    public var title: String
    /// One sentence that says what there is to see, for readers who do not see the picture.
    public var description: String
    /// The panels in reading order, row by row.
    public var panels: [Panel]
    /// The cells of the grid that the panels stand in, in their order and ascending; one after the other if nil.
    ///
    /// A renderer that has too little width for the columns sets the panels one after the other.
    public var cells: [Int]?
    /// The columns of the grid, at least 1; a renderer that has too little width uses fewer.
    public var columns: Int
    /// What the marks mean; stands in the first free cell of the grid, else under the panels.
    public var legend: [LegendEntry]

    public init(
        title: String, description: String, panels: [Panel], columns: Int = 1, cells: [Int]? = nil,
        legend: [LegendEntry] = []
    ) {
        self.title = title
        self.description = description
        self.panels = panels
        self.columns = max(1, columns)
        self.cells = cells
        self.legend = legend
    }
}

/// One plot of a figure: two axes and layers of marks, the first layer at the back.
public struct Panel: Sendable, Equatable {
    /// Short and unique in the figure; the prefix of the panel's group names in SVG.
    public var name: String
    public var title: String
    public var x: Axis
    public var y: Axis
    /// Whether one unit is as long across as up.
    ///
    /// If all panels of a figure say so, they share one scale, so that a metre is as long in each.
    public var equalAspect: Bool
    public var layers: [Layer]
    /// What the colours of a heatmap mean; drawn at the frame's right side.
    public var colorBar: ColorBar?
    /// Whether a line is drawn around the panel.
    public var isFramed = true

    public init(
        name: String, title: String = "", x: Axis = Axis(), y: Axis = Axis(), equalAspect: Bool = false,
        layers: [Layer] = [], colorBar: ColorBar? = nil
    ) {
        self.name = name
        self.title = title
        self.x = x
        self.y = y
        self.equalAspect = equalAspect
        self.layers = layers
        self.colorBar = colorBar
    }
}

/// A direction of a panel: how values become places and what stands beside them.
public struct Axis: Sendable, Equatable {
    /// The title with its unit, such as "x (m)".
    public var label: String
    public var scale: Scale
    /// The values to show; what the marks need, and some air, if nil.
    public var range: ClosedRange<Double>?
    /// Whether ticks, their labels and the title are drawn.
    public var isVisible: Bool
    /// Whether labels and title are left out where the panel's neighbour to the left or below shows the same.
    public var isShared: Bool

    public init(
        label: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil, isVisible: Bool = true,
        isShared: Bool = false
    ) {
        self.label = label
        self.scale = scale
        self.range = range
        self.isVisible = isVisible
        self.isShared = isShared
    }
}

/// One line of a figure's legend.
public struct LegendEntry: Sendable, Equatable {
    /// What stands before the words.
    public enum Sample: Sendable, Equatable {
        /// A piece of line, with the badge's text on it unless that is empty.
        case line(badge: String)
        case point(Symbol)
        /// A piece of filled area, with the badge's text on it unless that is empty.
        case area(badge: String)
        /// A piece of dashed line, as rules and contours are drawn.
        case dashes
        /// Nothing: the words are about the figure, not about a mark.
        case nothing
    }

    public var text: String
    public var sample: Sample
    public var style: Style

    public init(text: String, sample: Sample, style: Style) {
        self.text = text
        self.sample = sample
        self.style = style
    }

    /// What a legend says where there are more series than styles; nothing of fewer.
    static func repeats(of series: Int) -> [LegendEntry] {
        guard series > Palette.styles else { return [] }
        return [LegendEntry(text: "after \(Palette.styles) series, styles repeat", sample: .nothing, style: Style(.muted))]
    }
}
