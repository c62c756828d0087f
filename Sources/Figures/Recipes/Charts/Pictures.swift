extension Figure {
    /// Pictures of one size side by side, brighter where their values are greater.
    ///
    /// - Parameters:
    ///   - pictures: the values of a picture row by row, the top row first; values that are not finite leave blanks.
    ///   - width, height: the size of each, in cells.
    ///   - columns: how many stand side by side.
    ///   - limits: the values of the darkest and the brightest colour; the range of the values if nil.
    /// - Throws: `FigureError.noData` where no value is finite.
    /// - Precondition: every picture has `width * height` values.
    public static func pictures(
        _ pictures: [[Double]], width: Int, height: Int, columns: Int, limits: ClosedRange<Double>? = nil, title: String? = nil
    ) throws(FigureError) -> Figure {
        precondition(width > 0 && height > 0 && columns > 0 && pictures.allSatisfy { $0.count == width * height }, "pictures of other sizes")
        guard pictures.contains(where: { $0.contains { $0.isFinite } }) else { throw .noData(what: "no value of a picture is finite") }
        let across = min(columns, pictures.count), down = (pictures.count + across - 1) / across
        // A blank cell parts neighbours.
        let gap = pictures.count > 1 ? 1 : 0
        let cells = (across: across * (width + gap) - gap, up: down * (height + gap) - gap)
        var values = [Double](repeating: .nan, count: cells.across * cells.up)
        for (index, picture) in pictures.enumerated() {
            let left = index % across * (width + gap), top = index / across * (height + gap)
            for row in 0..<height {
                let start = (cells.up - 1 - top - row) * cells.across + left
                for column in 0..<width { values[start + column] = picture[row * width + column] }
            }
        }
        let map = Heatmap(
            x: 0...Double(cells.across), y: 0...Double(cells.up), columns: cells.across, rows: cells.up, values: values, limits: limits)
        let heading = pictures.count == 1 ? "A picture of \(width) × \(height)" : "\(pictures.count) pictures of \(width) × \(height)"
        var panel = Panel(
            name: "pictures", x: Axis(range: map.x, isVisible: false), y: Axis(range: map.y, isVisible: false), equalAspect: true,
            layers: [Layer(name: "values", style: Style(.foreground), marks: [.heatmap(map)])])
        // The pictures' own edges are seen; a line around all would join them.
        panel.isFramed = false
        return Figure(title: title ?? heading, description: heading + ", bright where values are great.", panels: [panel])
    }
}
