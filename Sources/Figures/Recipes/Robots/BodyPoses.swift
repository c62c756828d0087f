import Kinematics
import Numerics

extension Figure {
    /// A body's configurations as stick figures: a front view, a top view and an axonometric view at one scale.
    ///
    /// - Parameters:
    ///   - configurations: one row of `body.degreesOfFreedom` values each; up to seven have colours and numbers of their own, of more the
    ///     first is drawn strong and the others faint.
    ///   - targets: frames that are marked.
    ///   - view: from where the body is looked at.
    /// - Throws: `FigureError` for no configuration, one of another length, or with values that are not finite.
    public static func bodyPoses(
        _ body: Body, configurations: [[Double]], targets: [Pose] = [], view: SpatialView = .all, title: String? = nil
    ) throws(FigureError) -> Figure {
        let scene = try BodyScene(body, configurations: configurations, targets: targets)
        let count = configurations.count.counted("configuration")
        return Figure(
            title: title ?? "\(body.name): \(count)",
            description: "\(count) of \(body.name), drawn as stick figures from \(body.tips.count.counted("tip")) to the root.",
            panels: scene.panels(view), columns: 2, legend: scene.legend)
    }
}

/// A body's sticks, before they are projected.
private struct BodyScene {
    let body: Body
    let targets: [Pose]
    /// Of each configuration the ways from the root to the ends of the tree, m.
    let sticks: [[[SIMD3<Double>]]]

    init(_ body: Body, configurations: [[Double]], targets: [Pose]) throws(FigureError) {
        guard !configurations.isEmpty else { throw .noData(what: "no configuration of \(body.name)") }
        var sticks: [[[SIMD3<Double>]]] = []
        for (index, configuration) in configurations.enumerated() {
            guard configuration.count == body.degreesOfFreedom else {
                throw .configurationLength(index: index, found: configuration.count, expected: body.degreesOfFreedom, robot: body.name)
            }
            if let joint = configuration.firstIndex(where: { !$0.isFinite }) { throw .notFinite(index: index, joint: body.variables[joint].name) }
            let lines = Self.lines(of: body, at: configuration)
            guard lines.allSatisfy({ $0.allSatisfy { abs($0.x) < 1e299 && abs($0.y) < 1e299 && abs($0.z) < 1e299 } }) else {
                throw .tooLarge(index: index, robot: body.name)
            }
            sticks.append(lines)
        }
        for target in targets where ![target.position, target.rotation.x, target.rotation.y, target.rotation.z].allSatisfy({ abs($0.x) < 1e299 && abs($0.y) < 1e299 && abs($0.z) < 1e299 }) {
            throw .badTarget
        }
        (self.body, self.targets, self.sticks) = (body, targets, sticks)
    }

    /// The ways from the root to the tips and to joints that carry none, each with the joints on it.
    static func lines(of body: Body, at q: [Double]) -> [[SIMD3<Double>]] {
        var frames: [Pose] = []
        for joint in body.joints {
            let motion = joint.kind.motion(by: joint.multiplier * q[joint.variable] + joint.offset, along: joint.axis)
            frames.append((joint.parent.map { frames[$0] } ?? .identity) * joint.origin * motion)
        }
        // The six joints of a floating base are one place.
        let base = body.isFloating ? body.joints.lastIndex { $0.variable >= body.degreesOfFreedom - 6 } : nil
        let root = base.map { frames[$0].position } ?? .zero
        func way(to joint: Int?) -> [SIMD3<Double>] {
            var places: [SIMD3<Double>] = [], current = joint
            while let index = current, index > base ?? -1 {
                places.append(frames[index].position)
                current = body.joints[index].parent
            }
            return [root] + places.reversed()
        }
        let carried = Set(body.joints.compactMap(\.parent)), tipped = Set(body.tips.compactMap(\.joint))
        var lines = body.tips.map { tip in way(to: tip.joint) + [(tip.joint.map { frames[$0] } ?? .identity) * tip.offset.position] }
        lines += body.joints.indices.filter { $0 > base ?? -1 && !carried.contains($0) && !tipped.contains($0) }.map { way(to: $0) }
        return lines.map { line in
            line.enumerated().filter { index, place in
                guard index > 0 else { return true }
                let step = place - line[index - 1]
                return (step * step).sum() > 1e-18
            }.map(\.element)
        }
    }

    private var bounds: (lower: SIMD3<Double>, upper: SIMD3<Double>) {
        var lower = SIMD3<Double>.zero, upper = SIMD3<Double>.zero
        for place in sticks.joined().joined() + targets.map(\.position) {
            lower = pointwiseMin(lower, place)
            upper = pointwiseMax(upper, place)
        }
        return (lower, upper)
    }

    private var isNumbered: Bool { sticks.count <= Palette.colors.count && sticks.count > 1 }

    func panels(_ view: SpatialView) -> [Panel] {
        let floor = FloorGrid(bounds: bounds, base: .zero, target: nil)
        return view.panels(floor).map { panel($0.name, $0.title, $0.projection, $0.labels, $0.labels == nil ? floor : nil) }
    }

    private func panel(_ name: String, _ title: String, _ projection: Projection, _ labels: (String, String)?, _ floor: FloorGrid? = nil) -> Panel {
        var layers = floor?.layers(projection) ?? []
        for (index, lines) in sticks.enumerated().reversed() {
            let isFirst = index == 0, places = lines.map { $0.map { projection($0) } }
            let style = Style(.series(isNumbered ? index : 0), isNumbered ? .regular : isFirst ? .strong : .faint)
            var marks: [Mark] = places.map { isFirst || isNumbered ? .linkage($0) : .line($0) }
            if isNumbered, let longest = places.max(by: { $0.count < $1.count }) { marks.append(.badge("\(index + 1)", on: Array(longest.dropFirst()))) }
            layers.append(Layer(name: "configuration \(index + 1)", style: style, marks: marks))
        }
        if !targets.isEmpty {
            layers.append(Layer(name: "targets", style: Style(.foreground), marks: [.points(targets.map { projection($0.position) }, .target)]))
        }
        return Panel(
            name: name, title: title, x: Axis(label: labels?.0 ?? "", isVisible: labels != nil), y: Axis(label: labels?.1 ?? "", isVisible: labels != nil),
            equalAspect: true, layers: layers)
    }

    var legend: [LegendEntry] {
        var entries = isNumbered
            ? sticks.indices.map { LegendEntry(text: "configuration \($0 + 1)", sample: .line(badge: "\($0 + 1)"), style: Style(.series($0))) }
            : sticks.count > 1 ? [LegendEntry(text: "thick: the first", sample: .line(badge: ""), style: Style(.series(0), .strong))] : []
        if !targets.isEmpty { entries.append(LegendEntry(text: "targets", sample: .point(.target), style: Style(.foreground))) }
        return entries
    }
}
