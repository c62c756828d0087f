extension Drawing {
    /// What a figure's SVG draws on a light or a dark page; of an animation, what stands still.
    ///
    /// - Throws: ``PictureError`` where there are words and no font for them.
    public init(svg: String, isDark: Bool = false) throws(PictureError) {
        var reader = DrawingReader(isDark: isDark)
        try reader.read(svg)
        self.init(size: reader.size, title: reader.title, shapes: reader.shapes)
    }
}

/// Reads the elements that figures are written with: groups, paths, circles, rectangles, lines and words.
private struct DrawingReader {
    let isDark: Bool
    var size = SIMD2<Double>.zero
    var title = ""
    var shapes: [DrawnShape] = []
    private var sheet = StyleSheet("", isDark: false)
    private var open: [StyleSheet.Element] = []
    private var attributes: [Substring: String] = [:]

    init(isDark: Bool) { self.isDark = isDark }

    mutating func read(_ svg: String) throws(PictureError) {
        var scanner = MarkupScanner(svg)
        while let event = scanner.next() {
            switch event {
            case .start(let name, let attributes, let isEmpty):
                let classes = (attributes["class"] ?? "").split(separator: " ")
                let element = sheet.element(name, classes: classes, below: open)
                if name == "svg" { size = SIMD2(number(attributes["width"]), number(attributes["height"])) }
                self.attributes = attributes
                if isEmpty { draw(element) } else { open.append(element) }
            case .text(let text):
                switch open.last?.name {
                case "style": sheet = StyleSheet(text, isDark: isDark)
                case "title" where open.count == 2: title = text
                case "text": try write(text, open[open.count - 1])
                default: break
                }
            case .end: _ = open.popLast()
            }
        }
    }

    private func number(_ text: String?) -> Double { text.flatMap { Double($0) } ?? 0 }

    private func number(_ name: Substring, _ style: [Substring: Substring], default fallback: Double) -> Double {
        guard let text = style[name] else { return fallback }
        return Double(text.hasSuffix("px") ? text.dropLast(2) : text) ?? fallback
    }

    // MARK: Shapes

    private mutating func draw(_ element: StyleSheet.Element) {
        let path: Outline
        switch element.name {
        case "path": path = Outline(pathData: attributes["d"] ?? "")
        case "circle":
            path = Outline(ellipseAt: SIMD2(number(attributes["cx"]), number(attributes["cy"])), radii: SIMD2(repeating: number(attributes["r"])))
        case "rect":
            path = Outline(
                rectangleAt: SIMD2(number(attributes["x"]), number(attributes["y"])), size: SIMD2(number(attributes["width"]), number(attributes["height"])),
                radius: number(attributes["rx"]))
        case "line":
            path = Outline(pieces: [
                .move(SIMD2(number(attributes["x1"]), number(attributes["y1"]))), .line(SIMD2(number(attributes["x2"]), number(attributes["y2"]))),
            ])
        default: return
        }
        add(path, element.style, classes: element.classes)
    }

    private mutating func add(_ path: Outline, _ style: [Substring: Substring], classes: [Substring], isText: Bool = false) {
        guard style["visibility"] != "hidden" else { return }
        let isCrisp = style["shape-rendering"] == "crispEdges"
        let fill = RGB(hex: style["fill"] ?? "").map {
            DrawnShape(path: path, color: $0, opacity: number("fill-opacity", style, default: 1), stroke: nil, isCrisp: isCrisp)
        }
        var stroke: DrawnShape?
        if let color = RGB(hex: style["stroke"] ?? "") {
            let dashes = (style["stroke-dasharray"] ?? "none").split { $0 == " " || $0 == "," }.compactMap { Double($0) }
            stroke = DrawnShape(
                path: path, color: color, opacity: number("stroke-opacity", style, default: 1),
                stroke: Stroke(width: number("stroke-width", style, default: 1), dashes: dashes.allSatisfy { $0 > 0 } ? dashes : []), isCrisp: isCrisp)
        }
        let order = style["paint-order"] == "stroke" ? [stroke, fill] : [fill, stroke]
        let around = open.flatMap(\.classes)
        shapes += order.compactMap { shape in
            guard var shape, shape.opacity > 0 else { return nil }
            (shape.isText, shape.classes) = (isText, isText ? around : around + classes)
            return shape
        }
    }

    // MARK: Words

    private mutating func write(_ text: String, _ element: StyleSheet.Element) throws(PictureError) {
        guard element.style["visibility"] != "hidden", !text.isEmpty else { return }
        let size = number("font-size", element.style, default: 12), anchor = element.style["text-anchor"]
        let line = try FontSet.system.get().line(text, isBold: element.style["font-weight"] == "bold")
        let start = -line.width * (anchor == "middle" ? 0.5 : anchor == "end" ? 1 : 0)
        var origin = SIMD2(number(attributes["x"]), number(attributes["y"]))
        var isTurned = false
        if let transform = attributes["transform"] {
            let numbers = transform.split { !"0123456789.-".contains($0) }.compactMap { Double($0) }
            if numbers.count >= 2 { origin = SIMD2(numbers[0], numbers[1]) }
            isTurned = transform.contains("rotate(-90)")
        }
        let outline = line.outline.mapped { point in
            // Letters stand on their line with y upwards.
            let place = SIMD2(point.x + start, -point.y) * size
            return origin + (isTurned ? SIMD2(place.y, -place.x) : place)
        }
        var style = element.style
        if style["stroke"] == "none" { style["stroke"] = nil }
        add(outline, style, classes: element.classes, isText: true)
    }
}
