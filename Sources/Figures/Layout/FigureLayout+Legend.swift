extension FigureLayout {
    /// What the widest entry takes.
    var naturalLegendWidth: Double {
        metrics.sampleWidth + (figure.legend.map { metrics.textWidth($0.text, .legend) }.max() ?? 0).rounded(.up)
    }

    /// The room that a legend beside all panels is given.
    var legendColumnWidth: Double { min(naturalLegendWidth, 0.45 * metrics.width) }

    /// As many entries as the box holds, column after column; the last line says how many more there are.
    ///
    /// A short legend takes as few lines as it can.
    func legendLines(in box: Box, isShort: Bool = false) -> [FigurePlan.LegendLine] {
        let height = metrics.lineHeight(.legend)
        let width = min(naturalLegendWidth, box.width)
        let perRow = max(1, Int((box.width + metrics.gutter.x) / (width + metrics.gutter.x)))
        let count = figure.legend.count
        let room = max(1, Int(box.height / height))
        let lines = isShort ? min(room, (count + perRow - 1) / perRow) : room
        let shown = count <= lines * perRow ? count : lines * perRow - 1
        return (0..<min(count, lines * perRow)).map { position in
            let entry = position < shown ? figure.legend[position] : nil
            let origin = SIMD2(
                box.x + Double(position / lines) * (width + metrics.gutter.x),
                box.y + (Double(position % lines) + 0.5) * height)
            let textRoom = width - (entry == nil ? 0 : metrics.sampleWidth)
            let text = metrics.typography.shortened(entry?.text ?? "and \(count - shown) more") {
                metrics.fits($0, in: textRoom, role: .legend)
            }
            return FigurePlan.LegendLine(entry: entry, text: text, origin: origin)
        }
    }
}
