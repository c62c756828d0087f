import Files

extension Figure {
    /// The figure's data as comma-separated values: one row a place, with the panel, the layer and the mark that it belongs to.
    ///
    /// The columns are `panel,layer,mark,item,x,y,value`: `item` counts the marks of a layer, `value` is a heatmap's value at the
    /// cell's middle, or words. Numbers are the data in full, in radians where an axis shows degrees; what is not finite is empty.
    public func csv() -> String {
        var writer = CSVWriter()
        for panel in panels {
            for layer in layersWithData(panel) {
                for (item, mark) in layer.marks.enumerated() {
                    writer.prefix = [panel.name, layer.name].map(CSVWriter.quoted).joined(separator: ",")
                    writer.mark(mark, item: item + 1)
                }
            }
        }
        return writer.text
    }

    private func layersWithData(_ panel: Panel) -> [Layer] { panel.layers.filter { !$0.marks.isEmpty } }
}

private struct CSVWriter {
    var text = "panel,layer,mark,item,x,y,value\n"
    var prefix = ""

    mutating func mark(_ mark: Mark, item: Int) {
        switch mark {
        case .line(let places): rows("line", item, places)
        case .linkage(let places): rows("linkage", item, places)
        case .points(let places, _): rows("points", item, places)
        case .arrow(let tail, let head): rows("arrow", item, [tail, head])
        case .text(let words, let place): row("text", item, place, CSVWriter.quoted(words))
        case .badge: break
        case .area(let lower, let upper):
            rows("lower", item, lower)
            rows("upper", item, upper)
        case .bar(let corner, let opposite): rows("bar", item, [corner, opposite])
        case .ellipse(let center, let first, let second):
            rows("ellipse centre", item, [center])
            rows("ellipse half-axis", item, [first, second])
        case .heatmap(let map):
            for row in 0..<map.rows {
                for column in 0..<map.columns {
                    let (corner, opposite) = map.corners(columns: column..<(column + 1), row: row)
                    self.row("cell", item, corner / 2 + opposite / 2, CSVWriter.number(map.values[row * map.columns + column]))
                }
            }
        case .rule(let value, let direction):
            row("rule", item, direction == .x ? Place(value, .nan) : Place(.nan, value))
        }
    }

    private mutating func rows(_ mark: String, _ item: Int, _ places: [Place]) {
        for place in places { row(mark, item, place) }
    }

    private mutating func row(_ mark: String, _ item: Int, _ place: Place, _ value: String = "") {
        text += "\(prefix),\(mark),\(item),\(CSVWriter.number(place.x)),\(CSVWriter.number(place.y)),\(value)\n"
    }

    private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "" }

    /// What has no name stays empty.
    static func quoted(_ field: String) -> String { field.isEmpty ? "" : CSVField.quoted(field) }
}
