extension SVGRenderer {
    // MARK: Marks

    /// Draws everything but words, which are placed when all else is drawn.
    ///
    /// - Parameter turn: of the layer's style, see ``Style/turn``.
    mutating func draw(_ mark: Mark, turn: Int, in panel: Panel, _ plan: PanelPlan) {
        switch mark {
        case .line(let places):
            let points = Simplification.polyline(places.map { plan.point($0, in: panel) }, budget: SVGRenderer.budget)
            polyline(points, frame: plan.frame)
            scatter(Simplification.isolated(points).filter(plan.frame.contains), .disc, turn: turn)
        case .linkage(let places):
            let points = places.map { plan.point($0, in: panel) }
            polyline(points, frame: plan.frame)
            joints(points, frame: plan.frame)
        case .points(let places, let symbol):
            let points = places.compactMap { plan.point($0, in: panel) }.filter(plan.frame.contains)
            if symbol == .disc, points.count > PointDensity.threshold { density(points, turn: turn, frame: plan.frame) } else { scatter(points, symbol, turn: turn) }
        case .arrow(let tail, let head):
            if let tail = plan.point(tail, in: panel), let head = plan.point(head, in: panel) {
                arrow(tail, head, frame: plan.frame)
            }
        case .area, .bar, .ellipse, .heatmap, .rule: fill(mark, in: panel, plan)
        case .text, .badge: break
        }
    }

    /// The points that a long line is drawn with at most.
    static let budget = 8000

    private mutating func scatter(_ points: [SIMD2<Double>], _ symbol: Symbol, turn: Int) {
        if symbol == .disc && points.count > 4 { return dots(points, points.count > 400 ? .many : points.count > 40 ? .some : .few, turn: turn) }
        for point in points { draw(symbol, at: point, turn: turn) }
    }

    /// How many dots there are, which says how large and how opaque they are.
    enum Crowd {
        case few, some, many
    }

    /// Many points: one path of round dots, or of other shapes where colours come again.
    mutating func dots(_ points: [SIMD2<Double>], _ crowd: Crowd, turn: Int) {
        guard turn == 0 else {
            return shapes(points, turn: turn, radius: crowd == .few ? 4.5 : crowd == .some ? 3.5 : 2.5)
        }
        writer.begin("path")
        writer.attribute("class", crowd == .few ? "dots few" : crowd == .some ? "dots" : "dots many")
        writer.beginAttribute("d")
        for point in points {
            writer.raw("M")
            writer.point(point)
            writer.raw("h0")
        }
        writer.raw("\"")
        writer.close()
    }

    /// What discs are when the colours come again: diamonds, rings, hollow diamonds and triangles, in one path.
    private mutating func shapes(_ points: [SIMD2<Double>], turn: Int, radius: Double) {
        writer.begin("path")
        writer.attribute("class", turn == 2 || turn == 3 ? "solid" : "filled")
        writer.beginAttribute("d")
        for point in points {
            writer.raw("M")
            if turn == 2 {
                // Once around, but for a tenth of a pixel.
                writer.point(point + [radius, 0])
                writer.raw("A")
                writer.point([radius, radius])
                writer.raw(" 0 1 1 ")
                writer.point(point + [radius, -0.1])
            } else {
                let corners: [SIMD2<Double>] = turn == 4 ? [[-1, -0.8], [1, -0.8], [0, 1]] : [[0, -1], [1, 0], [0, 1], [-1, 0]]
                for (index, corner) in corners.enumerated() {
                    if index > 0 { writer.raw(" ") }
                    writer.point(point + corner * radius)
                }
            }
            writer.raw("Z")
        }
        writer.raw("\"")
        writer.close()
    }

    /// One path; a gap or a part outside of the frame begins a new piece of it.
    mutating func polyline(_ points: [SIMD2<Double>?], frame: Box) {
        var pen: SIMD2<Double>?
        var isEmpty = true
        for (start, end) in zip(points, points.dropFirst()) {
            guard let start, let end, let (from, to) = frame.clip(start, end) else {
                pen = nil
                continue
            }
            if isEmpty {
                writer.begin("path")
                writer.beginAttribute("d")
                isEmpty = false
            }
            if pen == from { writer.raw(" ") } else {
                writer.raw("M")
                writer.point(from)
                writer.raw(" ")
            }
            writer.point(to)
            pen = to
        }
        guard !isEmpty else { return }
        writer.raw("\"")
        writer.close()
    }

    private mutating func joints(_ points: [SIMD2<Double>?], frame: Box) {
        let inside = points.compactMap { $0 }.filter(frame.contains)
        guard !inside.isEmpty else { return }
        writer.begin("path")
        writer.attribute("class", "joints")
        writer.beginAttribute("d")
        for point in inside {
            writer.raw("M")
            writer.point(point)
            writer.raw("h0")
        }
        writer.raw("\"")
        writer.close()
    }

    private mutating func arrow(_ tail: SIMD2<Double>, _ head: SIMD2<Double>, frame: Box) {
        guard let (tail, end) = frame.clip(tail, head) else { return }
        let delta = end - tail
        let length = (delta * delta).sum().squareRoot()
        guard length > 2 else { return }
        writer.begin("path")
        writer.beginAttribute("d")
        writer.raw("M")
        writer.point(tail)
        writer.raw(" ")
        writer.point(end)
        if end == head {
            let along = delta / length * min(7, length / 2)
            let aside = SIMD2(-along.y, along.x) * 0.5
            writer.raw("M")
            writer.point(end - along + aside)
            writer.raw(" ")
            writer.point(end)
            writer.raw(" ")
            writer.point(end - along - aside)
        }
        writer.raw("\"")
        writer.close()
    }

    // MARK: Symbols

    mutating func draw(_ symbol: Symbol, at point: SIMD2<Double>, turn: Int) {
        switch symbol {
        case .disc where turn > 0:
            shapes([point], turn: turn, radius: 4.5)
        case .disc:
            circle(point, radius: 3.5, classes: "filled")
        case .square:
            writer.begin("rect")
            writer.attribute("class", "filled")
            rectangle(Box(center: point, size: [7, 7]))
            writer.close()
        case .cross:
            strokes(at: point, [([-4, -4], [4, 4]), ([-4, 4], [4, -4])])
        case .target:
            circle(point, radius: 7, classes: "solid")
            strokes(at: point, [([-11, 0], [-3, 0]), ([3, 0], [11, 0]), ([0, -11], [0, -3]), ([0, 3], [0, 11])])
        case .base:
            writer.begin("path")
            writer.attribute("class", "filled")
            writer.beginAttribute("d")
            writer.raw("M")
            writer.point(point)
            writer.raw(" ")
            writer.point(point + [7, 11])
            writer.raw(" ")
            writer.point(point + [-7, 11])
            writer.raw("Z\"")
            writer.close()
            strokes(at: point, [([-11, 11], [11, 11])])
        }
    }

    mutating func circle(_ center: SIMD2<Double>, radius: Double, classes: String) {
        writer.begin("circle")
        writer.attribute("class", classes)
        writer.attribute("cx", center.x)
        writer.attribute("cy", center.y)
        writer.attribute("r", radius)
        writer.close()
    }

    private mutating func strokes(at point: SIMD2<Double>, _ strokes: [(SIMD2<Double>, SIMD2<Double>)]) {
        writer.begin("path")
        writer.attribute("class", "solid")
        writer.beginAttribute("d")
        for (start, end) in strokes {
            writer.raw("M")
            writer.point(point + start)
            writer.raw(" ")
            writer.point(point + end)
        }
        writer.raw("\"")
        writer.close()
    }

    // MARK: Words

    mutating func labels(_ panel: Panel, _ plan: PanelPlan) {
        let placement = LabelPlacement(
            panel: panel, plan: plan, metrics: metrics, size: { SVGRenderer.labelSize($0, isBadge: $1) },
            spacing: [1, 1], symbolRadius: [12, 12])
        let labels = placement.labels()
        guard !labels.isEmpty else { return }
        group(panel.name + " labels")
        for label in labels {
            if label.isBadge {
                writer.begin("g")
                writer.attribute("class", SVGStyle.classes(panel.layers[label.layer].style))
                writer.openChildren()
                badge(label.text, at: label.center)
                writer.end("g")
            } else {
                text(label.text, "note middle", at: label.center, role: .note)
            }
        }
        writer.end("g")
    }

    mutating func badge(_ text: String, at center: SIMD2<Double>) {
        writer.begin("rect")
        writer.attribute("class", "badge")
        let box = Box(center: center, size: SVGRenderer.labelSize(text, isBadge: true)).inset(by: 1)
        rectangle(box)
        writer.attribute("rx", box.height / 2)
        writer.close()
        self.text(text, "middle", at: center, role: .note)
    }

    private static func labelSize(_ text: String, isBadge: Bool) -> SIMD2<Double> {
        let metrics = Metrics.svg
        let width = metrics.textWidth(text, .note).rounded(.up)
        return isBadge ? SIMD2(max(20, width + 10), 20) : SIMD2(width + 4, metrics.lineHeight(.note))
    }
}
