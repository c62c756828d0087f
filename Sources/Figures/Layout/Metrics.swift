/// The measures of a drawing surface, in its own unit of length: pixels in SVG, a braille dot in the terminal.
struct Metrics {
    /// The uses of text, which may differ in size.
    enum Role {
        case title, panelTitle, axisTitle, tick, legend, note
    }

    var width: Double
    /// The most room that the frames of all rows may take together.
    var maximumFramesHeight: Double
    /// The height of a frame over its width where the data do not decide.
    var frameAspect: Double
    /// Frames start and end at multiples of this.
    var quantum: SIMD2<Double>
    var margin: SIMD2<Double>
    /// The room between a frame and what stands beside it.
    var gap: SIMD2<Double>
    /// The room between the panels of a row and between rows.
    var gutter: SIMD2<Double>
    /// The breadth of a frame's own line.
    var border: SIMD2<Double>
    /// The room between the labels of neighbouring ticks across; where places are rounded, enough that one stays.
    var labelDistance: Double { max(2 * gap.x, 2 * quantum.x) }
    /// The least distance between ticks that is comfortable.
    var tickDistance: SIMD2<Double>
    /// Whether the title of a y axis is written upwards beside the frame; else it stands above its left end.
    var hasVerticalTitles: Bool
    /// Below this width a panel's frame says little, and the grid gets fewer columns.
    var minimumFrameWidth: Double
    /// No frame is lower.
    var minimumFrameHeight: Double
    /// The height of a row of categories, in lines of tick labels.
    var categoryRows: Double
    /// The room before a heatmap's scale, and its width.
    var barGap: Double
    var barWidth: Double
    /// The most lines of a legend under the panels.
    var maximumLegendLines: Int
    /// The width of a legend's sample with the room after it.
    var sampleWidth: Double
    var typography: Typography
    var textWidth: @Sendable (String, Role) -> Double
    /// The height of a line of text with its leading.
    var lineHeight: @Sendable (Role) -> Double

    func fits(_ text: String, in width: Double, role: Role) -> Bool { textWidth(text, role) <= width }
}
