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

    /// Every frame has its turn in a cycle; the last one stays for about a fifth of it.
    private var rules: [String] {
        let slots = Double(frames.count + frames.count / 4)
        func decimal(_ value: Double, _ places: Int) -> String {
            let scale = Decimal.power(places)
            return Decimal.text(mantissa: Int((value * scale).rounded()), exponent: -places, decimals: places)
        }
        func turn(_ name: String, _ share: Double) -> String {
            "@keyframes \(name){0%{visibility:visible}\(decimal(100 * share, 2))%,100%{visibility:hidden}}"
        }
        guard frames.count > 1 else { return [] }
        let lastShare = (slots - Double(frames.count - 1)) / slots
        var rules = [
            ".turn{visibility:hidden}", ".last{visibility:visible}",
            "@media screen and (prefers-reduced-motion:no-preference){",
            ".turn{animation:turn \(decimal(seconds, 2))s step-end infinite}",
            ".last{animation-name:last}",
        ]
        // A delay before now starts within the cycle.
        for number in frames.indices {
            let delay = seconds * (Double(number) / slots - 1)
            rules.append("\(number == frames.count - 1 ? ".last" : ".t\(number)"){animation-delay:\(decimal(delay, 2))s}")
        }
        return rules + [turn("turn", 1 / slots), turn("last", lastShare), "}"]
    }
}
