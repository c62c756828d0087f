extension SVGRenderer {
    /// How opaque the cells of a density are, from those with a single point to those with the most.
    static let densityOpacities = [".15", ".25", ".35", ".45", ".55", ".7", ".85", "1"]

    /// The cells that a density has at most.
    private static let densityCells = 16_000.0

    /// How many cells around it a point has to itself if it is drawn as a point.
    private static let densityReach = 3

    /// Many points: one path a level of density, made of the runs of cells that have it, and dots for those that are alone.
    mutating func density(_ points: [SIMD2<Double>], turn: Int, frame: Box) {
        // As broad as a dot of a scatter, or broader on a large page.
        let size = max(3, (frame.width * frame.height / SVGRenderer.densityCells).squareRoot().rounded(.up))
        let density = PointDensity(points, in: frame, cell: [size, size], reach: SVGRenderer.densityReach), levels = SVGRenderer.densityOpacities.count
        var runs = [[Box]](repeating: [], count: levels)
        for row in 0..<density.rows {
            var start = 0
            while start < density.columns {
                let level = density.level(column: start, row: row, of: levels)
                var end = start + 1
                while end < density.columns, density.level(column: end, row: row, of: levels) == level { end += 1 }
                let box = Box(x: frame.x + Double(start) * size, y: frame.y + Double(row) * size, width: Double(end - start) * size, height: size)
                if level > 0, let shown = box.intersection(frame) { runs[level - 1].append(shown) }
                start = end
            }
        }
        for (index, boxes) in runs.enumerated() where !boxes.isEmpty {
            writer.begin("path")
            writer.attribute("class", "filled density n\(index + 1)")
            writer.beginAttribute("d")
            for box in boxes { rectanglePath(box) }
            writer.raw("\"")
            writer.close()
        }
        if !density.outliers.isEmpty { dots(density.outliers, .few, turn: turn) }
    }
}
