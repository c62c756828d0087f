import Numerics

extension Figure {
    /// A target density over two joints as colours, with the components of a mixture on top.
    ///
    /// - Parameters:
    ///   - map: the density over its maximum, on the two joints' values.
    ///   - x: the joint across; y the joint up.
    ///   - gaussians: components over these two joints (D = 2): marginals of the mixture.
    ///   - label: what the colours mean.
    ///   - isLabelled: whether components are numbered and listed with their weights, and colours explained.
    public static func density(
        map: Heatmap, x: JointAxis, y: JointAxis, gaussians: [GaussianShape], label: String = "density / maximum",
        isLabelled: Bool = true, title: String? = nil
    ) -> Figure {
        let shown = ShownComponents(gaussians)
        var map = map
        map.isSmooth = true
        // Where a Gaussian has one and two standard deviations.
        let contours = [0.5, 2].flatMap { map.contours(at: Elementary.exp(-$0)) }.map { Mark.line($0) }
        let hasContours = !contours.isEmpty && map.limits == 0...1
        let panel = Panel(
            name: "density", x: x.axis(range: map.x), y: y.axis(range: map.y),
            layers: [Layer(name: "target", style: Style(.foreground), marks: [.heatmap(map)])]
                + (hasContours ? [Layer(name: "contours", style: Style(.overlay, .faint), marks: contours)] : [])
                + shown.layers(0, 1, ink: .overlay) { _ in isLabelled },
            colorBar: isLabelled ? ColorBar(label: label, limits: map.limits) : nil)
        let count = gaussians.isEmpty ? "no mixture" : gaussians.count.counted("component")
        let heading = "Target density over \(x.name) and \(y.name), and \(count)"
        return Figure(
            title: title ?? heading,
            description: heading + "; ellipses at one and two standard deviations, dashed contours where the target has the density of these, bright where it is dense.",
            panels: [panel], legend: isLabelled ? shown.legend(ink: .foreground) + (hasContours ? [Self.contourEntry] : []) : [])
    }

    private static let contourEntry = LegendEntry(
        text: "target: contours at 0.61 and 0.14 of its maximum", sample: .dashes, style: Style(.muted))
}
