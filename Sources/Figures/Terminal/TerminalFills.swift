import Numerics

extension TerminalRenderer {
    // MARK: Marks with an area, and rules

    mutating func fill(_ mark: Mark, _ style: Style, in panel: Panel, _ plan: PanelPlan) {
        switch mark {
        case .area(let lower, let upper):
            area(lower.map { plan.point($0, in: panel) }, upper.map { plan.point($0, in: panel) }, style, in: plan.frame)
        case .bar(let corner, let opposite) where style.ink == .blank:
            if let corner = plan.point(corner, in: panel), let opposite = plan.point(opposite, in: panel) { hatch(corner, opposite, style, in: plan.frame) }
        case .bar(let corner, let opposite):
            guard let corner = plan.point(corner, in: panel), let opposite = plan.point(opposite, in: panel) else { return }
            let (top, bottom) = (min(corner.y, opposite.y), max(corner.y, opposite.y))
            let (left, right) = (min(corner.x, opposite.x), max(corner.x, opposite.x))
            let frame = plan.frame
            guard right >= frame.x, left <= frame.right else { return }
            for x in Int(max(left, frame.x).rounded())...max(Int(max(left, frame.x).rounded()), Int(min(right, frame.right).rounded()) - 1) {
                screen.fill(column: x, from: top, to: max(bottom, top + 1), in: frame, style: style)
            }
        case .ellipse(let center, let first, let second):
            let outline = (0...48).map { step -> Place in
                let angle = Double(step) / 24 * .pi
                return center + first * Elementary.cos(angle) + second * Elementary.sin(angle)
            }
            draw(.line(outline), style, in: panel, plan)
        case .heatmap(let map):
            heatmap(map, in: panel, plan)
        case .rule(let value, let direction):
            let frame = plan.frame
            let other = (direction == .x ? panel.y : panel.x).scale == .logarithmic ? 1.0 : 0
            guard let point = plan.point(direction == .x ? Place(value, other) : Place(other, value), in: panel) else { return }
            let ends = direction == .x
                ? (SIMD2(point.x, frame.y), SIMD2(point.x, frame.bottom)) : (SIMD2(frame.x, point.y), SIMD2(frame.right, point.y))
            guard let (from, to) = frame.clip(ends.0, ends.1) else { return }
            var phase = 0
            screen.segment(from: from, to: to, in: frame, style: Style(style.ink == .foreground ? .muted : style.ink, .faint), phase: &phase)
        default: break
        }
    }

    /// Column by column between two lines from left to right.
    private mutating func area(_ lower: [SIMD2<Double>?], _ upper: [SIMD2<Double>?], _ style: Style, in frame: Box) {
        for index in lower.indices.dropLast() where index + 1 < upper.count {
            guard let floor = lower[index], let nextFloor = lower[index + 1], let ceiling = upper[index],
                let nextCeiling = upper[index + 1]
            else { continue }
            let first = max(Int(floor.x.rounded()), Int(frame.x))
            let last = min(Int(nextFloor.x.rounded()), Int(frame.right))
            guard first < last else { continue }
            for x in first..<last {
                let part = min(max((Double(x) + 0.5 - floor.x) / (nextFloor.x - floor.x), 0), 1)
                screen.fill(
                    column: x, from: ceiling.y + (nextCeiling.y - ceiling.y) * part,
                    to: floor.y + (nextFloor.y - floor.y) * part, in: frame, style: style)
            }
        }
    }

    /// How densely many points lie in each character; alone is a point with hardly another in the characters that touch its own.
    static func density(_ points: [SIMD2<Double>], in frame: Box) -> PointDensity {
        PointDensity(points, in: frame, cell: SIMD2<Double>(Cell.size), reach: 1)
    }

    /// Many points: each character has the more dots the more points lie in it, spread over it.
    mutating func density(_ points: [SIMD2<Double>], _ style: Style, in frame: Box) {
        let size = SIMD2<Double>(Cell.size)
        let order: [SIMD2<Double>] = [[0, 0], [1, 2], [1, 0], [0, 2], [0, 1], [1, 3], [1, 1], [0, 3]]
        let density = Self.density(points, in: frame)
        for row in 0..<density.rows {
            for column in 0..<density.columns {
                let corner = SIMD2(frame.x, frame.y) + SIMD2(Double(column), Double(row)) * size
                for dot in order.prefix(density.level(column: column, row: row, of: order.count)) { screen.dot(corner + dot, in: frame, style: style) }
            }
        }
    }

    /// The characters whose middles lie between two corners.
    private mutating func hatch(_ corner: SIMD2<Double>, _ opposite: SIMD2<Double>, _ style: Style, in frame: Box) {
        let sign = String(Screen.hatch(isUnicode: self.style.unicode))
        let (left, right) = (min(corner.x, opposite.x), max(corner.x, opposite.x)), (top, bottom) = (min(corner.y, opposite.y), max(corner.y, opposite.y))
        for row in row(frame.y)..<row(frame.bottom) {
            for column in column(frame.x)..<column(frame.right) {
                let middle = (SIMD2(Double(column), Double(row)) + 0.5) * SIMD2<Double>(Cell.size)
                if middle.x >= left, middle.x < right, middle.y > top, middle.y <= bottom { screen.write(sign, column: column, row: row, ink: style) }
            }
        }
    }

    /// Each character takes the value of the grid's cell under its middle.
    private mutating func heatmap(_ map: Heatmap, in panel: Panel, _ plan: PanelPlan) {
        guard let lower = plan.point(Place(map.x.lowerBound, map.y.lowerBound), in: panel),
            let upper = plan.point(Place(map.x.upperBound, map.y.upperBound), in: panel), upper.x > lower.x, lower.y > upper.y
        else { return }
        let frame = plan.frame
        for row in row(frame.y)..<row(frame.bottom) {
            for column in column(frame.x)..<column(frame.right) {
                let middle = (SIMD2(Double(column), Double(row)) + 0.5) * SIMD2<Double>(Cell.size)
                let part = (middle - SIMD2(lower.x, upper.y)) / SIMD2(upper.x - lower.x, lower.y - upper.y)
                guard part.x >= 0, part.x < 1, part.y > 0, part.y <= 1 else { continue }
                let cell = (Int(part.x * Double(map.columns)), Int((1 - part.y) * Double(map.rows)))
                if let brightness = map.brightness(column: cell.0, row: min(cell.1, map.rows - 1)) {
                    screen.shade(column: column, row: row, brightness: brightness)
                }
            }
        }
    }

    /// The scale of a heatmap's colours, at the right of the frame; its title ends above it.
    ///
    /// - Parameter start: the first column that the title may take.
    mutating func colorBar(_ bar: PanelPlan.Bar, from start: Int, row titleRow: Int) {
        let (left, right) = (column(bar.box.x), column(bar.box.right))
        let (top, bottom) = (row(bar.box.y), row(bar.box.bottom))
        for row in top..<bottom {
            for column in left..<right {
                let share = (Double(bottom - row) - 0.5) / Double(bottom - top)
                screen.shade(column: column, row: row, brightness: bar.isReversed ? 1 - share : share)
            }
        }
        var widest = 0
        for tick in bar.ticks.ticks {
            screen.write(tick.label, column: right + 1, row: min(row(bar.yOfTick(tick)), bottom - 1))
            widest = max(widest, TextWidth.columns(tick.label))
        }
        let end = right + 1 + widest
        let title = metrics.typography.shortened(bar.title) { TextWidth.columns($0) <= end - start - 1 }
        screen.write(title, column: end - TextWidth.columns(title), row: titleRow)
    }
}
