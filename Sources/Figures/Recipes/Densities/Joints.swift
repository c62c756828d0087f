import Numerics

extension Figure {
    /// Configurations and components in joint space: a scatter with ellipses of one and two standard deviations, and for more
    /// than two joints a matrix of pairs.
    ///
    /// - Parameters:
    ///   - subject: whose joints they are, for the heading.
    ///   - axes: the joints; their limits are shown in full.
    ///   - configurations: one row of a value a joint each; none is allowed.
    ///   - components: the number of each configuration's component; one family if nil.
    ///   - gaussians: components of a mixture over configurations.
    ///   - joints: which joints, from 0; the first seven if nil.
    /// - Throws: `FigureError` for configurations and components of another size, or with fewer than two joints to show.
    public static func joints(
        subject: String, axes: [JointAxis], configurations: [[Double]], components: [Int]? = nil,
        gaussians: [GaussianShape] = [], joints: [Int]? = nil, title: String? = nil
    ) throws(FigureError) -> Figure {
        let scene = try JointScene(
            subject: subject, axes: axes, configurations: configurations, components: components, gaussians: gaussians, joints: joints)
        return scene.figure(title: title)
    }
}

/// What a figure in joint space shows.
private struct JointScene {
    let subject: String
    let axes: [JointAxis]
    let configurations: [[Double]]
    let families: [PosesScene.Family]
    let shown: ShownComponents
    let joints: [Int]

    init(
        subject: String, axes: [JointAxis], configurations: [[Double]], components: [Int]?, gaussians: [GaussianShape],
        joints: [Int]?
    ) throws(FigureError) {
        let dof = axes.count
        if let components, components.count != configurations.count {
            throw .componentCount(found: components.count, expected: configurations.count)
        }
        for (index, configuration) in configurations.enumerated() where configuration.count != dof {
            throw .configurationLength(index: index, found: configuration.count, expected: dof, robot: subject)
        }
        for shape in gaussians where shape.mean.count != dof || shape.covariance.rows != dof || shape.covariance.columns != dof {
            throw .componentSize(number: shape.number, found: shape.mean.count, expected: dof)
        }
        let joints = joints ?? Array(0..<min(dof, 7))
        guard joints.count >= 2, joints.allSatisfy({ (0..<dof).contains($0) }), Set(joints).count == joints.count else {
            throw .jointChoice(robot: subject, degreesOfFreedom: dof)
        }
        self.subject = subject
        self.axes = axes
        self.configurations = configurations
        self.joints = joints
        shown = ShownComponents(gaussians)
        // Components have the same colours in scatter and ellipses.
        let numbers = Set(gaussians.map(\.number))
        if let components, numbers.isEmpty || !numbers.isSuperset(of: components) {
            families = PosesScene.Family.families(count: configurations.count, components: components)
        } else if let components {
            let series = Dictionary(uniqueKeysWithValues: shown.shapes.map { ($0.shape.number, $0.series) })
            families = PosesScene.Family.families(count: configurations.count, components: components).map { family in
                var family = family
                family.series = family.number.flatMap { series[$0] } ?? 6
                return family
            }
        } else {
            families = configurations.isEmpty ? [] : [PosesScene.Family(number: nil, series: gaussians.isEmpty ? 0 : 6, members: Array(configurations.indices))]
        }
    }

    func figure(title: String?) -> Figure {
        let size = joints.count - 1
        var panels: [Panel] = []
        var cells: [Int] = []
        for row in 1...size {
            for column in 0..<row {
                panels.append(panel(joints[column], joints[row], position: panels.count, of: size * (size + 1) / 2))
                cells.append((row - 1) * size + column)
            }
        }
        let heading = heading
        return Figure(
            title: title ?? heading, description: heading + description, panels: panels, columns: size == 1 ? 2 : size,
            cells: size == 1 ? nil : cells, legend: legend)
    }

    /// - Parameters:
    ///   - position: which of all `count` panels it is; many small ones share the components' numbers among them.
    private func panel(_ i: Int, _ j: Int, position: Int, of count: Int) -> Panel {
        func isNumbered(_ order: Int) -> Bool { joints.count <= 3 || order % count == position }
        let known = Set(shown.shapes.map(\.shape.number))
        let scatter = families.enumerated().map { order, family in
            let places = family.members.map { Place(configurations[$0][i], configurations[$0][j]) }
            var marks: [Mark] = [.points(places, .disc)]
            if let number = family.number, !known.contains(number), isNumbered(order) {
                marks.append(.badge(String(number), on: Array(places.prefix(8))))
            }
            return Layer(
                name: family.number.map { "samples \($0)" } ?? "samples", style: Style(.series(family.series), .regular), marks: marks)
        }
        let ellipses = shown.layers(i, j, isNumbered: isNumbered)
        let limits = [(i, Direction.x), (j, .y)].flatMap { index, direction -> [Mark] in
            axes[index].limits.map { [.rule($0.lowerBound, direction), .rule($0.upperBound, direction)] } ?? []
        }
        return Panel(
            name: "joints \(i + 1) and \(j + 1)", x: axis(i), y: axis(j),
            layers: [Layer(name: "limits", style: Style(.muted, .faint), marks: limits)] + scatter
                + ellipses)
    }

    private func axis(_ index: Int) -> Axis {
        var axis = axes[index].axis(isShared: joints.count > 2)
        // Long names do not fit beside many small panels.
        if joints.count > 4, axes[index].scale == .degrees { axis.label = "joint \(index + 1) (°)" }
        return axis
    }

    // MARK: Words

    private var heading: String {
        var parts: [String] = []
        if !configurations.isEmpty || shown.shapes.isEmpty {
            parts.append(configurations.isEmpty ? "no configurations" : configurations.count.counted("configuration"))
        }
        if !shown.shapes.isEmpty { parts.append((shown.shapes.count + shown.omitted).counted("component")) }
        return "\(subject) in joint space: " + parts.joined(separator: ", ")
    }

    private var description: String {
        let names = joints.map { axes[$0].name }.joined(separator: ", ")
        return ", over \(names); ellipses at one and two standard deviations, dashed lines at the joint limits."
    }

    private var legend: [LegendEntry] {
        var entries = shown.legend()
        if joints.contains(where: { axes[$0].limits != nil }) {
            entries.append(LegendEntry(text: "joint limits", sample: .dashes, style: Style(.muted, .faint)))
        }
        if !shown.shapes.isEmpty {
            entries.append(LegendEntry(text: "ellipses at 1 and 2 standard deviations", sample: .nothing, style: Style(.muted)))
        }
        let known = Set(shown.shapes.map(\.shape.number))
        for family in families where family.number.map({ !known.contains($0) }) ?? true {
            let count = family.members.count.counted("configuration")
            entries.append(LegendEntry(
                text: family.number.map { "component \($0): \(count)" } ?? count, sample: .point(.disc),
                style: Style(.series(family.series))))
        }
        return entries
    }
}
