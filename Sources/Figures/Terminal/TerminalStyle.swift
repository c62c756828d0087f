/// What a terminal can show.
public struct TerminalStyle: Sendable, Equatable {
    /// Columns, 40 to 200.
    public let width: Int
    /// Braille, box borders and signs beyond ASCII; else ASCII only, with fewer dots.
    public let unicode: Bool
    /// Colours of a 256-colour terminal, as ANSI escape sequences.
    public let color: Bool

    /// A style for a terminal with so many columns; other widths are brought into 40 to 200.
    public init(width: Int = 80, unicode: Bool = true, color: Bool = false) {
        self.width = min(max(width, 40), 200)
        self.unicode = unicode
        self.color = color
    }
}

extension Metrics {
    /// A terminal's surface. The unit is a braille dot: a cell is two wide and four high, which is as good as square.
    static func terminal(_ style: TerminalStyle) -> Metrics {
        Metrics(
            width: Double(2 * style.width), maximumFramesHeight: 4 * 32, frameAspect: 0.55,
            quantum: [Double(Cell.size.x), Double(Cell.size.y)], margin: [0, 0], gap: [0, 0], gutter: [4, 0],
            border: [2, 4], tickDistance: [14, 12], hasVerticalTitles: false, minimumFrameWidth: 60,
            minimumFrameHeight: 4 * 7, categoryRows: 1, barGap: 2, barWidth: 4, maximumLegendLines: 24, sampleWidth: 12,
            typography: Typography(unicode: style.unicode),
            textWidth: { text, _ in Double(Cell.size.x * TextWidth.columns(text)) },
            lineHeight: { _ in Double(Cell.size.y) })
    }
}
