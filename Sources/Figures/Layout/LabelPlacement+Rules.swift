extension LabelPlacement {
    /// Words at an upright rule of their layer.
    private struct RuleWords {
        var text: String
        /// Where the rule is.
        var point: SIMD2<Double>
    }

    /// Whether words stand at an upright rule of their layer.
    func isAtRule(_ place: Place, of layer: Layer) -> Bool {
        layer.marks.contains { if case .rule(let value, .x) = $0 { value == place.x } else { false } }
    }

    /// The words at a layer's upright rules, from left to right: each right of its own rule, or left of it, with no other rule between or near.
    ///
    /// Of two rules too close for that, the words stand on either side; of more, as a list beside all of them, "1 mm, 1.1 mm, 1.2 mm", or by the first
    /// and the last, "1 mm to 1.2 mm". So it is told by the order which rule is which.
    func ruleLabels(of layer: Layer, at index: Int, taken: [Box], crowd: [SIMD2<Double>]) -> [PlacedLabel] {
        let words = layer.marks.compactMap { mark -> RuleWords? in
            guard case .text(let text, let place) = mark, isAtRule(place, of: layer) else { return nil }
            return plan.point(place, in: panel).map { RuleWords(text: text, point: $0) }
        }.sorted { $0.point.x < $1.point.x }
        guard !words.isEmpty else { return [] }
        let rules = panel.layers.flatMap(\.marks).compactMap { mark -> Double? in
            guard case .rule(let value, .x) = mark, panel.x.scale.accepts(value) else { return nil }
            return plan.frame.x + plan.frame.width * plan.x.fraction(panel.x.scale.linearized(value))
        }
        var groups: [[RuleWords]] = []
        var joinsNext = false
        for (position, one) in words.enumerated() {
            if joinsNext { groups[groups.count - 1].append(one) } else { groups.append([one]) }
            joinsNext = position + 1 < words.count && label(one.text, of: [one], isRight: true, rules: rules, taken: taken, crowd: crowd) == nil
        }
        // What finds no room is told together with its neighbours.
        while !groups.isEmpty {
            var result: [(text: String, box: Box)] = []
            let failed = groups.indices.first { position in
                let found = labels(of: groups[position], rules: rules, taken: taken, before: result.last?.box, crowd: crowd)
                result += found
                return found.isEmpty
            }
            guard let failed else {
                return result.map { PlacedLabel(text: $0.text, center: SIMD2($0.box.x + $0.box.width / 2, $0.box.y + $0.box.height / 2), layer: index, isBadge: false) }
            }
            let first = failed + 1 < groups.count ? failed : failed - 1
            guard first >= 0 else { break }
            groups[first] += groups.remove(at: first + 1)
        }
        return []
    }

    /// The words of neighbouring rules; none where there is no room for them.
    private func labels(of group: [RuleWords], rules: [Double], taken: [Box], before: Box?, crowd: [SIMD2<Double>]) -> [(text: String, box: Box)] {
        func label(_ text: String, _ part: [RuleWords], isRight: Bool) -> (text: String, box: Box)? {
            guard let box = self.label(text, of: part, isRight: isRight, rules: rules, taken: taken, crowd: crowd),
                before.map({ box.x - metrics.gap.x >= $0.right }) ?? true
            else { return nil }
            return (text, box)
        }
        let (first, last) = (group[0], group[group.count - 1])
        if group.count == 2, let left = label(first.text, [first], isRight: false), let right = label(last.text, [last], isRight: true) { return [left, right] }
        let list = group.map(\.text).joined(separator: ", ")
        for text in group.count > 2 ? [list, "\(first.text) to \(last.text)"] : [list] {
            if let found = label(text, group, isRight: true) ?? label(text, group, isRight: false) { return [found] }
        }
        return []
    }

    /// The box of words on one side of all rules of a group, in the row in which it hides least; nil where it would leave the frame or come near another rule.
    private func label(_ text: String, of group: [RuleWords], isRight: Bool, rules: [Double], taken: [Box], crowd: [SIMD2<Double>]) -> Box? {
        let size = size(text, false), distance = size.x / 2 + metrics.gap.x, room = metrics.gap.x + metrics.quantum.x
        guard let start = isRight ? group.last?.point : group.first?.point else { return nil }
        var result: Box?, least = Int.max
        for row in 0...Int(plan.frame.height / size.y) {
            let box = Box(center: snap(SIMD2(start.x + (isRight ? distance : -distance), start.y - Double(row) * size.y), size), size: size)
            guard plan.frame.contains(box), !taken.contains(where: { $0.intersects(box) }),
                !rules.contains(where: { isRight ? $0 > start.x && $0 < box.right + room : $0 < start.x && $0 > box.x - room })
            else { continue }
            let cost = crowd.count(where: box.contains)
            if cost < least { (result, least) = (box, cost) }
        }
        return result
    }
}
