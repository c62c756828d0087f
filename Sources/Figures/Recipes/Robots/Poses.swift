import Kinematics
import Numerics

extension Figure {
    /// A robot's configurations as stick figures, coloured and numbered by component, with the target marked.
    ///
    /// A robot that moves in a plane is drawn exactly, in one panel; any other in a front view, a top view and an
    /// axonometric view at one scale. Of each component the first configuration is drawn strong and the others faint,
    /// so rank them best first.
    ///
    /// - Parameters:
    ///   - configurations: one row of `robot.degreesOfFreedom` values, rad or m, each; none is allowed.
    ///   - components: the number that each configuration's component is shown by; if nil, up to seven
    ///     configurations are numbered by themselves from 1, more are one family.
    ///   - target: the tip's wanted pose in the base frame.
    ///   - view: from where a robot that moves in space is looked at.
    ///   - isOrdered: whether the configurations are steps, one after the other, coloured from the first to the last.
    ///   - obstacles: lines along which obstacles are drawn behind the robot, m in the base frame.
    ///   - title: the heading; one with the robot's name and the counts if nil.
    /// - Throws: `FigureError` for a configuration of another length, with values that are not finite or that puts
    ///   the robot beyond 1e300 m; for a target like that; for another count of components than of configurations.
    public static func poses(
        robot: Chain, configurations: [[Double]], components: [Int]? = nil, target: Pose? = nil, view: SpatialView = .all, isOrdered: Bool = false,
        obstacles: [[SIMD3<Double>]] = [], title: String? = nil
    ) throws(FigureError) -> Figure {
        var scene = try PosesScene(robot: robot, configurations: configurations, components: components, target: target)
        scene.view = view
        scene.isOrdered = isOrdered
        guard obstacles.joined().allSatisfy(PosesScene.canBeDrawn) else { throw .badTarget }
        scene.obstacles = obstacles
        return scene.figure(title: title)
    }
}

/// What a figure of poses shows, before it is projected on panels.
struct PosesScene {
    /// The configurations of one component.
    struct Family {
        /// Nil where configurations have no components and are too many to be numbered.
        var number: Int?
        /// The index of its colour: families are coloured in the order of their numbers.
        var series: Int
        /// Indices of configurations, best first.
        var members: [Int]

        /// One family a component, in the order of their numbers.
        static func families(count: Int, components: [Int]?) -> [Family] {
            guard let components = components ?? (count <= Palette.colors.count ? Array(1..<(count + 1)) : nil) else {
                return [Family(number: nil, series: 0, members: Array(0..<count))]
            }
            let members = Dictionary(grouping: 0..<count) { components[$0] }
            return members.sorted { $0.key < $1.key }.enumerated().map { series, family in
                Family(number: family.key, series: series, members: family.value)
            }
        }
    }

    let robot: Chain
    /// Where the robot stands in the base frame, and the name of what it stands on.
    let base: (place: SIMD3<Double>, name: String)
    let target: Pose?
    /// The points of each configuration's stick figure.
    let sticks: [[SIMD3<Double>]]
    let families: [Family]
    let hasComponents: Bool
    var view = SpatialView.all
    /// Whether the configurations are steps, one after the other.
    var isOrdered = false
    /// The lines of obstacles.
    var obstacles: [[SIMD3<Double>]] = []

    init(robot: Chain, configurations: [[Double]], components: [Int]?, target: Pose?) throws(FigureError) {
        if let components, components.count != configurations.count {
            throw .componentCount(found: components.count, expected: configurations.count)
        }
        if let target {
            let rotation = target.rotation
            for column in [target.position, rotation.x, rotation.y, rotation.z] where !PosesScene.canBeDrawn(column) {
                throw .badTarget
            }
        }
        let standing = robot.standing
        guard PosesScene.canBeDrawn(standing.place.position) else { throw .tooLarge(index: 0, robot: robot.name) }
        var sticks: [[SIMD3<Double>]] = []
        sticks.reserveCapacity(configurations.count)
        for (index, configuration) in configurations.enumerated() {
            guard configuration.count == robot.degreesOfFreedom else {
                throw .configurationLength(
                    index: index, found: configuration.count, expected: robot.degreesOfFreedom, robot: robot.name)
            }
            if let joint = configuration.firstIndex(where: { !$0.isFinite }) {
                throw .notFinite(index: index, joint: robot.variables[joint].name)
            }
            let points = StickFigure.points(of: standing.robot, at: configuration, standingAt: standing.place)
            guard points.allSatisfy(PosesScene.canBeDrawn) else { throw .tooLarge(index: index, robot: robot.name) }
            sticks.append(points)
        }
        self.robot = robot
        base = (standing.place.position, standing.robot.base)
        self.target = target
        self.sticks = sticks
        families = configurations.isEmpty ? [] : Family.families(count: configurations.count, components: components)
        hasComponents = components != nil
    }

    fileprivate static func canBeDrawn(_ point: SIMD3<Double>) -> Bool {
        // Projections add coordinates, so that each stays well below the limit of an axis.
        point.x.magnitude <= 3e299 && point.y.magnitude <= 3e299 && point.z.magnitude <= 3e299
    }

    /// The lower and the upper corner of the box around all that is drawn.
    var bounds: (lower: SIMD3<Double>, upper: SIMD3<Double>) {
        var lower = base.place
        var upper = base.place
        for point in [sticks, obstacles].joined().joined() {
            lower = pointwiseMin(lower, point)
            upper = pointwiseMax(upper, point)
        }
        if let target {
            lower = pointwiseMin(lower, target.position)
            upper = pointwiseMax(upper, target.position)
        }
        return (lower, upper)
    }

    fileprivate func figure(title: String?) -> Figure {
        var figure = Figure(
            title: title ?? (isOrdered ? "\(robot.name): \(sticks.count.counted("step"))" : summary.title), description: summary.description, panels: [], columns: 2, legend: legend)
        figure.panels = panels { _ in [] }
        return figure
    }

    /// The views of the scene.
    ///
    /// - Parameter more: layers in front of all others.
    func panels(_ more: (Projection) -> [Layer]) -> [Panel] {
        var result: [Panel]
        let projections: [Projection]
        switch StickFigure.view(of: robot) {
        case .plane(let across, let up, let names):
            projections = [Projection(across: across, up: up)]
            result = [panel("plane", "", projections[0], labels: ("\(names.0) (m)", "\(names.1) (m)"))]
        case .space:
            let floor = FloorGrid(bounds: bounds, base: base.place, target: target)
            let views = view.panels(floor)
            projections = views.map(\.projection)
            result = views.map { panel($0.name, $0.title, $0.projection, labels: $0.labels, floor: $0.labels == nil ? floor : nil) }
        }
        for index in result.indices { result[index].layers += more(projections[index]) }
        return result
    }

    // MARK: Panels

    private func panel(
        _ name: String, _ title: String, _ projection: Projection, labels: (String, String)? = nil,
        floor: FloorGrid? = nil
    ) -> Panel {
        let layers = (floor?.layers(projection) ?? []) + obstacleLayers(projection) + (isOrdered ? stepLayers(projection) : faintLayers(projection) + strongLayers(projection))
            + [Layer(name: "base", style: Style(.foreground), marks: [.points([projection(base.place)], .base)])]
            + targetLayers(projection)
        return Panel(
            name: name, title: title, x: Axis(label: labels?.0 ?? "", isVisible: labels != nil),
            y: Axis(label: labels?.1 ?? "", isVisible: labels != nil), equalAspect: true, layers: layers)
    }

    private func obstacleLayers(_ projection: Projection) -> [Layer] {
        obstacles.isEmpty ? [] : [Layer(name: "obstacles", style: Style(.muted), marks: obstacles.map { .line($0.map { projection($0) }) })]
    }

    private func faintLayers(_ projection: Projection) -> [Layer] {
        families.filter { $0.members.count > 1 }.map { family in
            Layer(
                name: layerName(family) + " others", style: Style(.series(family.series), .faint),
                marks: family.members.dropFirst().map { .line(sticks[$0].map { projection($0) }) })
        }
    }

    /// The steps, of many some forty, the last one in front.
    private func stepLayers(_ projection: Projection) -> [Layer] {
        shownSteps.map { index in
            let isEnd = index == 0 || index == sticks.count - 1, places = sticks[index].map { projection($0) }
            return Layer(
                name: "step \(index + 1)", style: Style(.order(order(index)), isEnd ? .strong : .regular), marks: [isEnd ? .linkage(places) : .line(places)])
        } + (sticks.count > 1 ? [Layer(name: "tip path", style: Style(.foreground), marks: [.line(sticks.compactMap { $0.last.map { projection($0) } })])] : [])
    }

    private var shownSteps: [Int] {
        let count = min(sticks.count, 40)
        return (0..<count).map { count == 1 ? 0 : $0 * (sticks.count - 1) / (count - 1) }
    }

    private func order(_ index: Int) -> Double { sticks.count > 1 ? Double(index) / Double(sticks.count - 1) : 0 }

    /// The best of each family, the best of all in front.
    private func strongLayers(_ projection: Projection) -> [Layer] {
        let emphasis: Style.Emphasis = families.count <= 2 * Palette.colors.count ? .strong : .regular
        return families.sorted { $0.members[0] > $1.members[0] }.map { family in
            let places = sticks[family.members[0]].map { projection($0) }
            var marks: [Mark] = [.linkage(places)]
            if let number = family.number { marks.append(.badge(String(number), on: PosesScene.badgePlaces(places))) }
            return Layer(name: layerName(family), style: Style(.series(family.series), emphasis), marks: marks)
        }
    }

    /// Places on the links: those of the middle links first, since stick figures lie on each other near base and
    /// target, and those of links that a number would hide last.
    private static func badgePlaces(_ places: [Place]) -> [Place] {
        let links = zip(places, places.dropFirst()).map { (start: $0, step: $1 - $0) }
        let lengths = links.map { ($0.step * $0.step).sum().squareRoot() }
        let short = 0.12 * lengths.reduce(0, +)
        let order = links.indices.sorted { left, right in
            let (leftIsShort, rightIsShort) = (lengths[left] < short, lengths[right] < short)
            if leftIsShort != rightIsShort { return rightIsShort }
            let middle = links.count - 1
            return (2 * left - middle).magnitude < (2 * right - middle).magnitude
        }
        return [0.5, 0.35, 0.65, 0.2, 0.8].flatMap { part in order.map { links[$0].start + links[$0].step * part } }
    }

    private func layerName(_ family: Family) -> String {
        guard let number = family.number else { return "configurations" }
        return hasComponents ? "component \(number)" : "configuration \(number)"
    }

    /// The target with the axes of its frame that are not seen end on.
    private func targetLayers(_ projection: Projection) -> [Layer] {
        guard let target else { return [] }
        let size = bounds.upper - bounds.lower
        let length = 0.13 * max(size.x, size.y, size.z)
        var marks: [Mark] = []
        let rotation = target.rotation
        for (axis, name) in [(rotation.x, "x"), (rotation.y, "y"), (rotation.z, "z")] {
            let seen = projection(axis)
            guard length > 0, (seen * seen).sum() > 0.16 else { continue }
            let head = projection(target.position + axis * length)
            marks.append(.arrow(projection(target.position), head))
            marks.append(.text(name, at: head))
        }
        return [
            Layer(name: "target frame", style: Style(.foreground), marks: marks),
            Layer(
                name: "target", style: Style(.foreground), marks: [.points([projection(target.position)], .target)]),
        ]
    }

    // MARK: Legend

    private var legend: [LegendEntry] {
        var entries = isOrdered ? stepEntries : families.map { family in
            let count = family.members.count, counted = count.counted("pose")
            let text = switch (family.number, hasComponents) {
            case (let number?, true): "component \(number): \(counted)"
            case (let number?, false): "configuration \(number)"
            case (nil, _): counted
            }
            return LegendEntry(
                text: text, sample: .line(badge: family.number.map(String.init) ?? ""),
                style: Style(.series(family.series), family.number == nil && count > 1 ? .faint : .strong))
        }
        if !isOrdered, families.contains(where: { $0.members.count > 1 }) {
            // One family's first has its colour; of several no line has the colour of all.
            let first = families.count == 1 ? LegendEntry.Sample.line(badge: "") : .nothing
            entries.append(LegendEntry(
                text: families.count > 1 ? "thick: first of each" : "thick: the first", sample: first, style: Style(.series(families[0].series), .strong)))
        }
        if target != nil {
            entries.append(LegendEntry(text: "target and its axes", sample: .point(.target), style: Style(.foreground)))
        }
        if !obstacles.isEmpty { entries.append(LegendEntry(text: "obstacles", sample: .line(badge: ""), style: Style(.muted))) }
        entries.append(LegendEntry(text: "base: \(base.name)", sample: .point(.base), style: Style(.foreground)))
        return entries
    }

    private var stepEntries: [LegendEntry] {
        guard !sticks.isEmpty else { return [] }
        let last = sticks.count - 1, middle = shownSteps[shownSteps.count / 2]
        return Set([0, middle, last]).sorted().map { index in
            LegendEntry(text: "step \(index + 1)", sample: .line(badge: ""), style: Style(.order(order(index)), index == middle && last > 1 ? .regular : .strong))
        } + (last > 0 ? [LegendEntry(text: "path of the tip", sample: .line(badge: ""), style: Style(.foreground))] : [])
    }
}
