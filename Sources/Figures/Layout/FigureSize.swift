/// How large a figure is drawn, in pixels of a ninety-sixth of an inch.
public struct FigureSize: Sendable, Equatable {
    /// 880 if nil.
    public var width: Double?
    /// What the panels ask for if nil.
    public var height: Double?

    /// The widths and heights that can be asked for.
    public static let range = 240.0...8000

    /// - Precondition: both lie in ``range``.
    public init(width: Double? = nil, height: Double? = nil) {
        precondition([width, height].allSatisfy { $0.map(Self.range.contains) ?? true }, "a figure's width and height lie in \(Self.range)")
        self.width = width
        self.height = height
    }
}

extension FigurePlan {
    /// Where everything goes on a page of a size.
    ///
    /// Titles, ticks and legends take the room that they need, the frames what is left of a height; where that is too little to be read, the page
    /// is higher.
    init(_ figure: Figure, size: FigureSize) {
        var metrics = Metrics.svg(width: size.width)
        self.init(figure, metrics: metrics)
        guard let height = size.height else { return }
        metrics.frameAspect = .infinity
        metrics.minimumFrameHeight = 48
        // The frames grow and shrink by what is missing; ticks and legends may move with them.
        for _ in 0..<6 {
            self.init(figure, metrics: metrics)
            let missing = height - self.size.y
            if missing.magnitude < 1 { break }
            metrics.maximumFramesHeight = max(metrics.minimumFrameHeight, metrics.maximumFramesHeight + missing)
        }
        self.size.y = max(height, self.size.y)
    }
}
