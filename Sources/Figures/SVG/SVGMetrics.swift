extension Metrics {
    /// A page of 880 pixels' width.
    static let svg = svg(width: nil)

    /// A page of some width in pixels, 880 if nil.
    static func svg(width: Double?) -> Metrics { Metrics(
        width: width ?? 880, maximumFramesHeight: 640, frameAspect: 0.62, quantum: [1, 1], margin: [16, 16], gap: [7, 7],
        gutter: [22, 14], border: [0, 0], tickDistance: [50, 44], hasVerticalTitles: true, minimumFrameWidth: 96,
        minimumFrameHeight: 96, categoryRows: 1.4, barGap: 12, barWidth: 14, maximumLegendLines: 24,
        sampleWidth: 54, typography: Typography(unicode: true),
        textWidth: { text, role in SVGFont.width(of: text) * SVGFont.size(role) * (SVGFont.isBold(role) ? 1.1 : 1) },
        lineHeight: { (SVGFont.size($0) * 1.5).rounded() }) }
}

/// Sizes and estimated widths of text in SVG.
///
/// Which font draws is the reader's machine's choice, so widths are those of DejaVu Sans, the widest in use: text may
/// turn out narrower than planned, not wider.
enum SVGFont {
    static let families = "Helvetica,Arial,'Liberation Sans','DejaVu Sans',sans-serif"

    /// Pixels.
    static func size(_ role: Metrics.Role) -> Double {
        switch role {
        case .title: 17
        case .panelTitle: 14
        case .axisTitle, .legend: 13
        case .tick, .note: 12
        }
    }

    static func isBold(_ role: Metrics.Role) -> Bool { role == .title || role == .panelTitle }

    /// The width in units of the font's size.
    static func width(of text: String) -> Double {
        text.reduce(0) { $0 + width(of: $1) }
    }

    private static func width(of character: Character) -> Double {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        return switch scalar {
        case "i", "j", "l", "'", "|": 0.34
        case " ", ".", ",", ":", ";", "(", ")", "[", "]", "f", "t", "r", "I", "J", "-", "!": 0.42
        case "m", "w", "M", "W", "@", "%", "…": 1
        case "A"..."Z", "=", "+", "<", ">", "−", "×", "&", "#": 0.84
        case "⁰", "¹", "²", "³", "⁴"..."⁹", "⁻": 0.45
        case "\u{20}"..."\u{2FF}": 0.64
        case "\u{300}"..."\u{36F}": 0
        case "\u{370}"..."\u{10FF}": 0.8
        default: TextWidth.isWide(scalar) ? 1.05 : 0.95
        }
    }
}
