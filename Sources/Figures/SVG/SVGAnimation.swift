extension Animation {
    /// The animation as an SVG document that needs no script: frames take turns by CSS, and the last one stands still in print, for
    /// readers who want no motion, and where CSS animations are not known.
    ///
    /// Where the document is opened by itself, it pauses under the pointer, and a bar below has a cell for every frame, which shows that frame.
    ///
    /// - Parameters:
    ///   - size: in pixels; what is nil follows from what there is to see.
    ///   - provenance: what the file says of where it comes from.
    public func svg(size: FigureSize = FigureSize(), provenance: FigureProvenance? = nil) -> String {
        let merged = merged
        var renderer = SVGRenderer(figure: merged, size: size)
        let bar = frames.count > 1 ? StepBar(count: frames.count, below: renderer.plan.size, margin: renderer.metrics.margin) : nil
        if let bar { renderer.plan.size.y = bar.bottom }
        renderer.opening(description: still, rules: rules, provenance)
        bar?.draw(&renderer)
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
            bar?.mark(number, &renderer)
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
        func frame(_ number: Int) -> String { number == frames.count - 1 ? ".last" : ".t\(number)" }
        let last = frames.count - 1
        var rules = [
            ".turn{visibility:hidden}", ".last{visibility:visible}",
            "@media screen and (prefers-reduced-motion:no-preference){",
            ".turn{animation:turn \(cycle)ms step-end infinite}", ".last{animation-name:last}",
        ]
        // A delay before now starts within the cycle.
        rules += (0...last).map { "\(frame($0)){animation-delay:\($0 * slot - cycle)ms}" }
        rules += [turn("turn", slot), turn("last", cycle - last * slot), "}"]
        // Under the pointer it pauses; over a cell of the bar that cell's frame shows.
        rules += ["svg:hover .turn{animation-play-state:paused}", "svg:has(.cell:hover) .turn{animation:none;visibility:hidden}", ".cell{pointer-events:all}"]
        return rules + (0...last).map { "svg:has(.c\($0):hover) .turn\(frame($0)){visibility:visible}" }
    }
}

/// A bar with a cell for every frame, at the foot of the page.
private struct StepBar {
    let count: Int
    let box: Box
    let bottom: Double

    init(count: Int, below size: SIMD2<Double>, margin: SIMD2<Double>) {
        self.count = count
        box = Box(x: margin.x, y: size.y - margin.y + 10, width: size.x - 2 * margin.x, height: 10)
        bottom = box.bottom + margin.y
    }

    private func cell(_ number: Int) -> Box {
        let width = box.width / Double(count)
        return Box(x: box.x + width * Double(number), y: box.y, width: width, height: box.height)
    }

    func draw(_ renderer: inout SVGRenderer) {
        for number in 0..<count {
            renderer.writer.begin("rect")
            renderer.writer.attribute("class", "grid cell c\(number)")
            renderer.rectangle(cell(number))
            renderer.writer.close()
        }
    }

    /// Fills the cell of the frame whose group is open.
    func mark(_ number: Int, _ renderer: inout SVGRenderer) {
        renderer.writer.begin("g")
        renderer.writer.attribute("class", "muted regular")
        renderer.writer.openChildren()
        renderer.writer.begin("rect")
        renderer.writer.attribute("class", "filled")
        renderer.rectangle(cell(number))
        renderer.writer.close()
        renderer.writer.end("g")
    }
}
