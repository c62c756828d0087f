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
    /// The columns of the grid, at least 1; a renderer that has too little width uses fewer.
    public var columns: Int
    /// What the marks mean; stands in the first free cell of the grid, else under the panels.
    public var legend: [LegendEntry]

    public init(
        title: String, description: String, panels: [Panel], columns: Int = 1, legend: [LegendEntry] = []
    ) {
        self.title = title
        self.description = description
        self.panels = panels
        self.columns = max(1, columns)
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

    public init(
        name: String, title: String = "", x: Axis = Axis(), y: Axis = Axis(), equalAspect: Bool = false,
        layers: [Layer] = []
    ) {
        self.name = name
        self.title = title
        self.x = x
        self.y = y
        self.equalAspect = equalAspect
        self.layers = layers
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

    public init(
        label: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil, isVisible: Bool = true
    ) {
        self.label = label
        self.scale = scale
        self.range = range
        self.isVisible = isVisible
    }
}

/// One line of a figure's legend.
public struct LegendEntry: Sendable, Equatable {
    /// What stands before the words.
    public enum Sample: Sendable, Equatable {
        /// A piece of line, with the badge's text on it unless that is empty.
        case line(badge: String)
        case point(Symbol)
    }

    public var text: String
    public var sample: Sample
    public var style: Style

    public init(text: String, sample: Sample, style: Style) {
        self.text = text
        self.sample = sample
        self.style = style
    }
}
