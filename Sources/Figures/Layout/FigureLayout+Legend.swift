extension FigureLayout {
    /// What the widest entry takes.
    var naturalLegendWidth: Double {
        metrics.sampleWidth + (figure.legend.map { metrics.textWidth($0.text, .legend) }.max() ?? 0).rounded(.up)
    }

    /// The room that a legend beside all panels is given.
    var legendColumnWidth: Double { min(naturalLegendWidth, 0.45 * metrics.width) }

    /// As many entries as the box holds, column after column; the last line says how many more there are. Notes about the figure stay.
    ///
    /// A short legend takes as few lines as it can.
    func legendLines(in box: Box, isShort: Bool = false) -> [FigurePlan.LegendLine] {
        let height = metrics.lineHeight(.legend), count = figure.legend.count
        let room = max(1, Int(box.height / height))
        let fitting = (1...max(1, count)).map { legendColumns($0) }.filter { $0.lines <= room && $0.width <= box.width }
        if let columns = isShort ? fitting.min(by: { $0.lines < $1.lines }) : fitting.first {
            return figure.legend.enumerated().map { position, entry in
                legendLine(entry, entry.text, at: SIMD2(box.x + columns.starts[position / columns.lines], box.y + (Double(position % columns.lines) + 0.5) * height), width: .infinity)
            }
        }
        // Words are cut, or entries left out.
        let width = min(naturalLegendWidth, box.width)
        let perRow = max(1, Int((box.width + metrics.gutter.x) / (width + metrics.gutter.x)))
        let lines = isShort ? min(room, (count + perRow - 1) / perRow) : room
        let (entries, left) = legendEntries(within: lines * perRow)
        return entries.enumerated().map { position, entry in
            let origin = SIMD2(box.x + Double(position / lines) * (width + metrics.gutter.x), box.y + (Double(position % lines) + 0.5) * height)
            return legendLine(entry, entry?.text ?? "and \(left) more", at: origin, width: width)
        }
    }

    /// The entries that so many lines hold, and how many are left out; nil stands where these would be. Notes come after it where there is room for them.
    private func legendEntries(within room: Int) -> (entries: [LegendEntry?], left: Int) {
        let legend: [LegendEntry?] = figure.legend
        guard legend.count > room else { return (legend, 0) }
        let notes: [LegendEntry?] = legend.filter { $0?.sample == .nothing }, others: [LegendEntry?] = legend.filter { $0?.sample != .nothing }
        guard notes.count + 2 <= room else { return (legend.prefix(room - 1) + [nil], legend.count - room + 1) }
        let shown = room - 1 - notes.count
        return (others.prefix(shown) + [nil] + notes, others.count - shown)
    }

    private func legendLine(_ entry: LegendEntry?, _ text: String, at origin: SIMD2<Double>, width: Double) -> FigurePlan.LegendLine {
        let room = width - (entry == nil ? 0 : metrics.sampleWidth)
        return FigurePlan.LegendLine(entry: entry, text: metrics.typography.shortened(text) { metrics.fits($0, in: room, role: .legend) }, origin: origin)
    }

    /// So many columns of entries, each as wide as its widest: how many lines they have, where they begin and how wide they are together.
    private func legendColumns(_ wanted: Int) -> (lines: Int, starts: [Double], width: Double) {
        let lines = max(1, (figure.legend.count + wanted - 1) / wanted)
        let widths = stride(from: 0, to: figure.legend.count, by: lines).map { first -> Double in
            let texts = figure.legend[first..<min(first + lines, figure.legend.count)].map { metrics.textWidth($0.text, .legend) }
            return metrics.sampleWidth + ((texts.max() ?? 0) / metrics.quantum.x).rounded(.up) * metrics.quantum.x
        }
        let starts = widths.reduce(into: [0.0]) { $0.append($0[$0.count - 1] + $1 + metrics.gutter.x) }
        return (lines, starts, starts[widths.count] - metrics.gutter.x)
    }
}
