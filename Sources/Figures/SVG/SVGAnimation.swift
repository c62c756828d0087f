extension Animation {
    /// The animation as an SVG document that needs no script: frames take turns by CSS, and the last one stands still in print, for
    /// readers who want no motion, and where CSS animations are not known.
    public func svg() -> String {
        let merged = merged
        var renderer = SVGRenderer(figure: merged)
        renderer.opening(description: still, rules: rules)
        let common = merged.panels.indices.map(commonLayers)
        let sharesTitle = frames.allSatisfy { $0.title == still.title }
        if sharesTitle { renderer.title() }
        for (index, panel) in still.panels.enumerated() {
            let plan = renderer.plan.panels[index]
            renderer.group(panel.name)
            renderer.axes(panel, plan)
            renderer.layers(panel.layers.prefix(common[index]), in: panel, plan)
            renderer.writer.end("g")
        }
        renderer.legend()
        for (number, frame) in frames.enumerated() {
            let isLast = number == frames.count - 1
            renderer.group("frame \(number + 1)", classes: isLast ? "turn last" : "turn t\(number)")
            if !sharesTitle { renderer.title(renderer.wrapped(frame.title)) }
            for (index, panel) in frame.panels.enumerated() {
                let plan = renderer.plan.panels[index]
                renderer.layers(panel.layers.dropFirst(common[index]), in: panel, plan)
                renderer.labels(panel, plan)
            }
            renderer.writer.end("g")
        }
        renderer.writer.end("svg")
        return renderer.writer.text
    }

    /// Every frame has its turn in a cycle of whole milliseconds; the last one stays for about a fifth of it.
    private var rules: [String] {
        guard frames.count > 1 else { return [] }
        let slots = frames.count + frames.count / 4
        let slot = max(1, Int((1000 * seconds / Double(slots)).rounded()))
        let cycle = slot * slots
        func turn(_ name: String, _ length: Int) -> String {
            let share = Int((1e6 * Double(length) / Double(cycle)).rounded())
            let percent = Decimal.text(mantissa: share, exponent: -4, decimals: 4)
            return "@keyframes \(name){0%{visibility:visible}\(percent)%,100%{visibility:hidden}}"
        }
        let last = frames.count - 1
        var rules = [
            ".turn{visibility:hidden}", ".last{visibility:visible}",
            "@media screen and (prefers-reduced-motion:no-preference){",
            ".turn{animation:turn \(cycle)ms step-end infinite}", ".last{animation-name:last}",
        ]
        // A delay before now starts within the cycle.
        rules += (0...last).map { "\($0 == last ? ".last" : ".t\($0)"){animation-delay:\($0 * slot - cycle)ms}" }
        return rules + [turn("turn", slot), turn("last", cycle - last * slot), "}"]
    }
}
