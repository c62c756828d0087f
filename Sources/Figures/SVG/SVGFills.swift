import Numerics

extension SVGRenderer {
    // MARK: Marks with an area, and rules

    mutating func fill(_ mark: Mark, in panel: Panel, _ plan: PanelPlan) {
        switch mark {
        case .area(let lower, let upper):
            area(lower.map { plan.point($0, in: panel) }, upper.map { plan.point($0, in: panel) }, frame: plan.frame)
        case .bar(let corner, let opposite):
            if let corner = plan.point(corner, in: panel), let opposite = plan.point(opposite, in: panel) {
                let box = Box(
                    x: min(corner.x, opposite.x), y: min(corner.y, opposite.y), width: (corner.x - opposite.x).magnitude,
                    height: (corner.y - opposite.y).magnitude)
                guard let shown = box.intersection(plan.frame) else { return }
                writer.begin("rect")
                writer.attribute("class", "filled area")
                rectangle(shown)
                writer.close()
            }
        case .ellipse(let center, let first, let second):
            ellipse(center, first, second, in: panel, plan)
        case .heatmap(let map):
            heatmap(map, in: panel, plan)
        case .rule(let value, let direction):
            let point = direction == .x
                ? plan.point(Place(value, panel.y.scale == .logarithmic ? 1 : 0), in: panel)
                : plan.point(Place(panel.x.scale == .logarithmic ? 1 : 0, value), in: panel)
            guard let point else { return }
            let frame = plan.frame
            if direction == .x, point.x >= frame.x, point.x <= frame.right {
                line("rule", from: SIMD2(point.x, frame.y), to: SIMD2(point.x, frame.bottom))
            } else if direction == .y, point.y >= frame.y, point.y <= frame.bottom {
                line("rule", from: SIMD2(frame.x, point.y), to: SIMD2(frame.right, point.y))
            }
        default: break
        }
    }

    /// One polygon for every piece without a gap.
    private mutating func area(_ lower: [SIMD2<Double>?], _ upper: [SIMD2<Double>?], frame: Box) {
        let (lower, upper) = (Simplification.polyline(lower, budget: 2000), Simplification.polyline(upper, budget: 2000))
        let floors = lower.split(separator: nil).map { $0.compactMap { $0 } }
        let ceilings = upper.split(separator: nil).map { $0.compactMap { $0 } }
        for (floor, ceiling) in zip(floors, ceilings) {
            polygon(frame.clip(polygon: ceiling + floor.reversed()), classes: "filled area")
        }
    }

    private mutating func polygon(_ points: [SIMD2<Double>], classes: String) {
        guard points.count > 2 else { return }
        writer.begin("path")
        writer.attribute("class", classes)
        writer.beginAttribute("d")
        writer.raw("M")
        for (index, point) in points.enumerated() {
            if index > 0 { writer.raw(" ") }
            writer.point(point)
        }
        writer.raw("Z\"")
        writer.close()
    }

    // MARK: Ellipses

    /// Two arcs where it lies inside of the frame, else a polyline that is clipped.
    private mutating func ellipse(_ center: Place, _ first: Place, _ second: Place, in panel: Panel, _ plan: PanelPlan) {
        let isLinear = panel.x.scale != .logarithmic && panel.y.scale != .logarithmic
        if isLinear, let middle = plan.point(center, in: panel), let end = plan.point(center + first, in: panel),
            let other = plan.point(center + second, in: panel) {
            let (u, v) = (end - middle, other - middle)
            let half = (u * u + v * v).squareRoot()
            let box = Box(center: middle, size: half * 2)
            if plan.frame.contains(box) { return arcs(middle, u, v) }
            if !plan.frame.intersects(box) { return }
        }
        let outline = (0...64).map { step -> SIMD2<Double>? in
            let angle = Double(step) / 32 * .pi
            return plan.point(center + first * Elementary.cos(angle) + second * Elementary.sin(angle), in: panel)
        }
        polyline(outline, frame: plan.frame)
    }

    private mutating func arcs(_ middle: SIMD2<Double>, _ u: SIMD2<Double>, _ v: SIMD2<Double>) {
        // The half-axes are the singular vectors of the matrix with the columns u and v.
        let (a, b, c) = (u.x * u.x + v.x * v.x, u.x * u.y + v.x * v.y, u.y * u.y + v.y * v.y)
        let root = ((a - c) * (a - c) / 4 + b * b).squareRoot()
        let (long, short) = (((a + c) / 2 + root).squareRoot(), max(0, (a + c) / 2 - root).squareRoot())
        let angle = root > 0 ? Elementary.atan2(2 * b, a - c) / 2 : 0
        let axis = SIMD2(Elementary.cos(angle), Elementary.sin(angle)) * long
        writer.begin("path")
        writer.beginAttribute("d")
        writer.raw("M")
        writer.point(middle + axis)
        for end in [middle - axis, middle + axis] {
            if short < 0.1 {
                writer.raw(" ")
            } else {
                writer.raw("A")
                writer.point(SIMD2(long, short))
                writer.raw(" ")
                writer.number(angle * 180 / .pi)
                writer.raw(" 1 0 ")
            }
            writer.point(end)
        }
        writer.raw("\"")
        writer.close()
    }

    // MARK: Heatmaps

    /// One path a colour, made of the runs of cells that have it.
    private mutating func heatmap(_ map: Heatmap, in panel: Panel, _ plan: PanelPlan) {
        let map = map.reduced(to: 160)
        if map.isSmooth, let areas = map.brighterAreas(levels: Viridis.levels) { return smooth(areas, in: panel, plan) }
        var runs = [[Box]](repeating: [], count: Viridis.levels)
        for row in 0..<map.rows {
            var start = 0
            while start < map.columns {
                let level = map.brightness(column: start, row: row).map(Viridis.level)
                var end = start + 1
                while end < map.columns, map.brightness(column: end, row: row).map(Viridis.level) == level { end += 1 }
                let (corner, opposite) = map.corners(columns: start..<end, row: row)
                start = end
                guard let level, let lower = plan.point(corner, in: panel), let upper = plan.point(opposite, in: panel) else {
                    continue
                }
                let box = Box(x: lower.x, y: upper.y, width: upper.x - lower.x, height: lower.y - upper.y)
                if let shown = box.intersection(plan.frame) { runs[level].append(shown) }
            }
        }
        writer.begin("g")
        writer.attribute("class", "map")
        writer.openChildren()
        for (level, boxes) in runs.enumerated() where !boxes.isEmpty {
            writer.begin("path")
            writer.beginAttribute("class")
            writer.raw("v\(level)\"")
            writer.beginAttribute("d")
            for box in boxes { rectanglePath(box) }
            writer.raw("\"")
            writer.close()
        }
        writer.end("g")
    }

    /// Area upon area, the brightest last.
    private mutating func smooth(_ areas: [[[Place]]], in panel: Panel, _ plan: PanelPlan) {
        writer.begin("g")
        writer.attribute("class", "map smooth")
        writer.openChildren()
        for (level, lines) in areas.enumerated() {
            let polygons = lines.compactMap { line -> [SIMD2<Double>]? in
                let points = Simplification.curve(line.compactMap { plan.point($0, in: panel) }, tolerance: 0.2)
                let clipped = plan.frame.clip(polygon: points)
                return clipped.count > 2 ? clipped : nil
            }
            guard !polygons.isEmpty else { continue }
            writer.begin("path")
            writer.beginAttribute("class")
            writer.raw("v\(level)\"")
            writer.beginAttribute("d")
            for polygon in polygons {
                writer.raw("M")
                for (index, point) in polygon.enumerated() {
                    if index > 0 { writer.raw(" ") }
                    writer.point((point * 10).rounded(.toNearestOrAwayFromZero) / 10)
                }
                writer.raw("Z")
            }
            writer.raw("\"")
            writer.close()
        }
        writer.end("g")
    }

    /// Corners rounded before their differences are taken, so that neighbours meet.
    mutating func rectanglePath(_ box: Box) {
        func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
        let (left, top, right, bottom) = (tenths(box.x), tenths(box.y), tenths(box.right), tenths(box.bottom))
        writer.raw("M")
        writer.point(SIMD2(left, top))
        writer.raw("h")
        writer.number(right - left)
        writer.raw("v")
        writer.number(bottom - top)
        writer.raw("h")
        writer.number(left - right)
        writer.raw("z")
    }

    /// The scale of a heatmap's colours, at the right of the frame.
    mutating func colorBar(_ bar: PanelPlan.Bar, panel: Panel) {
        group(panel.name + " scale")
        writer.begin("g")
        writer.attribute("class", "map")
        writer.openChildren()
        let step = bar.box.height / Double(Viridis.levels)
        for level in 0..<Viridis.levels {
            writer.begin("path")
            writer.beginAttribute("class")
            writer.raw("v\(bar.isReversed ? Viridis.levels - 1 - level : level)\"")
            writer.beginAttribute("d")
            rectanglePath(Box(x: bar.box.x, y: bar.box.bottom - Double(level + 1) * step, width: bar.box.width, height: step))
            writer.raw("\"")
            writer.close()
        }
        writer.end("g")
        writer.begin("rect")
        writer.attribute("class", "frame")
        rectangle(bar.box)
        writer.close()
        for tick in bar.ticks.ticks {
            let y = bar.yOfTick(tick)
            line("tick", from: SIMD2(bar.box.right, y), to: SIMD2(bar.box.right + 4, y))
            text(tick.label, "", at: SIMD2(bar.box.right + metrics.gap.x, y), role: .tick)
        }
        if !bar.title.isEmpty {
            let labels = bar.ticks.ticks.map { metrics.textWidth($0.label, .tick) }.max() ?? 0
            let x = bar.box.right + metrics.gap.x + labels + metrics.lineHeight(.axisTitle) / 2 + 1
            text(bar.title, "axis-title middle", at: SIMD2(x, bar.box.y + bar.box.height / 2), role: .axisTitle, turned: true)
        }
        writer.end("g")
    }
}

extension Box {
    /// What two boxes share; nil where that has no area.
    func intersection(_ other: Box) -> Box? {
        let (left, top) = (max(x, other.x), max(y, other.y))
        let (width, height) = (min(right, other.right) - left, min(bottom, other.bottom) - top)
        return width > 0 && height > 0 ? Box(x: left, y: top, width: width, height: height) : nil
    }

    /// The part of a polygon inside of the box (Sutherland and Hodgman, 1974).
    func clip(polygon points: [SIMD2<Double>]) -> [SIMD2<Double>] {
        let sides: [(axis: Int, limit: Double, isLower: Bool)] = [
            (0, x, true), (0, right, false), (1, y, true), (1, bottom, false),
        ]
        return sides.reduce(points) { points, side in
            func excess(_ point: SIMD2<Double>) -> Double {
                side.isLower ? point[side.axis] - side.limit : side.limit - point[side.axis]
            }
            var result: [SIMD2<Double>] = []
            result.reserveCapacity(points.count + 4)
            for (index, point) in points.enumerated() {
                let before = points[index == 0 ? points.count - 1 : index - 1]
                let (here, there) = (excess(point), excess(before))
                if (here >= 0) != (there >= 0) {
                    var crossing = before + (point - before) * (there / (there - here))
                    crossing[side.axis] = side.limit
                    result.append(crossing)
                }
                if here >= 0 { result.append(point) }
            }
            return result
        }
    }
}
