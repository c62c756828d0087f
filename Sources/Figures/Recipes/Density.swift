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
        let panel = Panel(
            name: "density", x: x.axis(range: map.x), y: y.axis(range: map.y),
            layers: [Layer(name: "target", style: Style(.foreground), marks: [.heatmap(map)])]
                + shown.layers(0, 1, ink: .overlay) { _ in isLabelled },
            colorBar: isLabelled ? ColorBar(label: label, limits: map.limits) : nil)
        let count = gaussians.isEmpty ? "no mixture" : PosesScene.counted(gaussians.count, "component")
        let heading = "Target density over \(x.name) and \(y.name), and \(count)"
        return Figure(
            title: title ?? heading,
            description: heading + "; ellipses at one and two standard deviations, bright where the target is dense.",
            panels: [panel], legend: isLabelled ? shown.legend(ink: .foreground) : [])
    }
}
