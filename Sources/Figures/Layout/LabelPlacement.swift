import Numerics

/// A piece of text in a panel with the place that was found for it.
struct PlacedLabel: Equatable {
    var text: String
    var center: SIMD2<Double>
    var layer: Int
    var isBadge: Bool
}

/// Finds places for the words in a panel: inside the frame, off each other, and where they hide least.
struct LabelPlacement {
    let panel: Panel
    let plan: PanelPlan
    let metrics: Metrics
    /// The size of a label's box for a text.
    let size: (String, Bool) -> SIMD2<Double>
    /// The room to keep between labels.
    let spacing: SIMD2<Double>
    /// Half the size of point symbols that labels keep off.
    let symbolRadius: SIMD2<Double>

    /// The labels in the order of their layers, badges before other words.
    func labels() -> [PlacedLabel] {
        var taken = symbolBoxes()
        let lines = crowdedPoints(), discs = discs()
        var result: [PlacedLabel] = []
        for (index, layer) in panel.layers.enumerated() {
            for case .badge(let text, let places) in layer.marks {
                let size = size(text, true)
                let crowd = lines.filter { $0.layer != index }.map(\.point)
                let centers = around(ellipsesOf: layer, size: size) ?? around(discsOf: layer, places, size: size) ?? places.compactMap { plan.point($0, in: panel) }
                guard let center = best(centers, size: size, taken: taken, crowd: crowd, discs: discs) else { continue }
                taken.append(Box(center: center, size: size + 2 * spacing))
                result.append(PlacedLabel(text: text, center: center, layer: index, isBadge: true))
            }
        }
        taken += pointBoxes()
        for (index, layer) in panel.layers.enumerated() {
            let atRules = ruleLabels(of: layer, at: index, taken: taken, crowd: lines.map(\.point))
            taken += atRules.map { Box(center: $0.center, size: size($0.text, false) + 2 * spacing) }
            result += atRules
            for case .text(let text, let place) in layer.marks where !isAtRule(place, of: layer) {
                guard let point = plan.point(place, in: panel) else { continue }
                let size = size(text, false)
                if case .categories = panel.y.scale {
                    // A row of a category keeps its words.
                    if let center = beside(layer, point, size: size) { result.append(PlacedLabel(text: text, center: center, layer: index, isBadge: false)) }
                    continue
                }
                let centers = around(point, distance: size / 2 + metrics.gap)
                guard let center = best(centers, size: size, taken: taken, crowd: lines.map(\.point) + rulePoints(besides: place)) else { continue }
                taken.append(Box(center: center, size: size + 2 * spacing))
                result.append(PlacedLabel(text: text, center: center, layer: index, isBadge: false))
            }
        }
        return result
    }

    /// Centres around a layer's largest ellipse, which a number on it would hide; nil where there is none.
    private func around(ellipsesOf layer: Layer, size: SIMD2<Double>) -> [SIMD2<Double>]? {
        guard case .ellipse(let center, let first, let second) = layer.marks.last(where: { if case .ellipse = $0 { true } else { false } }) else { return nil }
        guard let middle = plan.point(center, in: panel), let one = plan.point(center + first, in: panel),
            let two = plan.point(center + second, in: panel)
        else { return nil }
        let (a, b) = (one - middle, two - middle)
        let points = (0..<16).map { step -> SIMD2<Double> in
            let angle = Double(step) * .pi / 8
            return a * Elementary.cos(angle) + b * Elementary.sin(angle)
        }
        func length(_ point: SIMD2<Double>) -> Double { max((point * point).sum().squareRoot(), 1e-9) }
        // At the ends of the long axis first.
        return points.sorted { length($0) > length($1) }.map { point in
            let direction = point / length(point)
            return middle + point + direction * (size / 2 + metrics.gap)
        }
    }

    /// Centres beside a layer's small symbols, which a number on them would hide; nil where the number is not meant to stand on these.
    private func around(discsOf layer: Layer, _ places: [Place], size: SIMD2<Double>) -> [SIMD2<Double>]? {
        let discs = Set(layer.marks.flatMap { mark -> [Place] in if case .points(let places, .disc) = mark { places } else { [] } })
        guard !discs.isEmpty, places.allSatisfy(discs.contains) else { return nil }
        return places.compactMap { plan.point($0, in: panel) }.flatMap { around($0, distance: size / 2 + metrics.gap + 0.3 * symbolRadius) }
    }

    /// The centre to the right of all that a layer has in its row, or to the left of it.
    private func beside(_ layer: Layer, _ point: SIMD2<Double>, size: SIMD2<Double>) -> SIMD2<Double>? {
        let ends = layer.marks.flatMap(\.extent).compactMap { plan.point($0, in: panel)?.x }
        let distance = size.x / 2 + metrics.gap.x + 0.4 * symbolRadius.x + metrics.quantum.x
        let right = snap(SIMD2((ends.max() ?? point.x) + distance, point.y), size)
        let left = snap(SIMD2((ends.min() ?? point.x) - distance, point.y), size)
        return [right, left].first { plan.frame.contains(Box(center: $0, size: size)) }
    }

    /// The centre whose box is free and covers the fewest points of the crowd, and as few of the discs as can be; the first of equals.
    private func best(_ centers: [SIMD2<Double>], size: SIMD2<Double>, taken: [Box], crowd: [SIMD2<Double>], discs: [SIMD2<Double>] = [])
        -> SIMD2<Double>?
    {
        let inside = plan.frame
        // Of a disc no part is to be hidden.
        let reach = size + 0.6 * symbolRadius
        func cheapest(_ centers: [SIMD2<Double>]) -> SIMD2<Double>? {
            var result: SIMD2<Double>?
            var least = Int.max
            for center in centers {
                let snapped = snap(center, size)
                let box = Box(center: snapped, size: size)
                guard inside.contains(box), !taken.contains(where: { $0.intersects(box) }) else { continue }
                let wide = Box(center: snapped, size: reach)
                let cost = crowd.reduce(0) { $0 + (box.contains($1) ? 1 : 0) } + discs.reduce(0) { $0 + (wide.contains($1) ? 4 : 0) }
                if cost < least { (result, least) = (snapped, cost) }
            }
            return result
        }
        if let result = cheapest(centers) { return result }
        // Farther and farther off the wanted places.
        for ring in 1...4 {
            let distance = size * (0.6 * Double(ring))
            if let result = cheapest(centers.flatMap { around($0, distance: distance) }) { return result }
        }
        return nil
    }

    private func around(_ point: SIMD2<Double>, distance: SIMD2<Double>) -> [SIMD2<Double>] {
        let directions: [SIMD2<Double>] = [
            [1, 0], [0.7, -0.8], [0, -1], [-0.7, -0.8], [-1, 0], [-0.7, 0.8], [0, 1], [0.7, 0.8],
        ]
        return directions.map { point + $0 * distance }
    }

    /// The centre nearest to the wanted one at which the box's corner is on the surface's grid.
    func snap(_ center: SIMD2<Double>, _ size: SIMD2<Double>) -> SIMD2<Double> {
        let corner = center - size / 2
        return (corner / metrics.quantum).rounded(.toNearestOrAwayFromZero) * metrics.quantum + size / 2
    }

    private func symbolBoxes() -> [Box] {
        panel.layers.flatMap { layer in
            layer.marks.flatMap { mark -> [Box] in
                guard case .points(let places, let symbol) = mark, symbol == .target || symbol == .base else { return [] }
                return places.compactMap { place in
                    plan.point(place, in: panel).map { Box(center: $0, size: symbolRadius * 2) }
                }
            }
        }
    }

    /// The small symbols, where they are not a cloud.
    private func discs() -> [SIMD2<Double>] {
        let all = panel.layers.flatMap { layer in
            layer.marks.flatMap { mark -> [Place] in if case .points(let places, .disc) = mark { places } else { [] } }
        }
        return all.count > 400 ? [] : all.compactMap { plan.point($0, in: panel) }
    }

    /// The boxes of small symbols, where they are few: words keep off them.
    private func pointBoxes() -> [Box] {
        panel.layers.flatMap { layer in
            layer.marks.flatMap { mark -> [Box] in
                guard case .points(let places, let symbol) = mark, symbol != .target, symbol != .base, places.count <= 24 else { return [] }
                return places.compactMap { place in
                    guard let point = plan.point(place, in: panel) else { return nil }
                    let middle = ((point / metrics.quantum).rounded(.down) + 0.5) * metrics.quantum
                    return Box(center: middle, size: symbolRadius * 0.6)
                }
            }
        }
    }

    /// Points along the rules, as dense, but for a place's own: words beside one of them are not to stand on another.
    private func rulePoints(besides place: Place) -> [SIMD2<Double>] {
        let spacing = metrics.lineHeight(.tick) / 4, frame = plan.frame
        return panel.layers.flatMap(\.marks).flatMap { mark -> [SIMD2<Double>] in
            guard case .rule(let value, let direction) = mark else { return [] }
            let (axis, span) = direction == .x ? (panel.x, plan.x) : (panel.y, plan.y)
            guard axis.scale.accepts(value), value != (direction == .x ? place.x : place.y) else { return [] }
            let share = span.fraction(axis.scale.linearized(value)), length = direction == .x ? frame.height : frame.width
            return (0...max(1, Int(length / spacing))).map { step in
                let along = Double(step) * spacing
                return direction == .x
                    ? SIMD2(frame.x + frame.width * share, frame.y + along) : SIMD2(frame.x + along, frame.bottom - frame.height * share)
            }
        }
    }

    /// Points along all lines, linkages and arrows that are not faint, as dense as a label is high, and never more than a few thousand.
    private func crowdedPoints() -> [(layer: Int, point: SIMD2<Double>)] {
        var result: [(layer: Int, point: SIMD2<Double>)] = []
        let spacing = metrics.lineHeight(.tick) / 4
        for (index, layer) in panel.layers.enumerated() where layer.style.emphasis != .faint {
            for mark in layer.marks {
                let places: [Place]
                switch mark {
                case .linkage(let joints): places = joints
                case .line(let line) where line.count <= 500: places = line
                case .arrow(let tail, let head): places = [tail, head]
                default: continue
                }
                let points = places.map { plan.point($0, in: panel) }
                for (start, end) in zip(points, points.dropFirst()) {
                    guard result.count < 4000, let start, let end,
                        let (from, to) = plan.frame.clip(start, end)
                    else { continue }
                    let delta = to - from
                    let steps = max(1, Int(max(delta.x.magnitude, delta.y.magnitude) / spacing))
                    for step in 0...steps {
                        result.append((index, from + delta * (Double(step) / Double(steps))))
                    }
                }
            }
        }
        return result
    }
}
