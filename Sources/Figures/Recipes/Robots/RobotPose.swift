import Kinematics
import Numerics

extension Figure {
    /// A robot in one configuration, with the frames of its links.
    ///
    /// - Parameters:
    ///   - configuration: `robot.degreesOfFreedom` values, rad or m.
    ///   - view: from where a robot that moves in space is looked at.
    /// - Throws: `FigureError` for a configuration of another length, with values that are not finite or that puts
    ///   the robot beyond 1e300 m.
    public static func robot(_ robot: Chain, configuration: [Double], view: SpatialView = .all, title: String? = nil) throws(FigureError) -> Figure {
        var scene = try PosesScene(robot: robot, configurations: [configuration], components: nil, target: nil)
        scene.view = view
        let frames = LinkFrames(robot: robot, configuration: configuration, size: scene.bounds.upper - scene.bounds.lower)
        let tip = robot.forwardKinematics(configuration).position
        let place = [tip.x, tip.y, tip.z].map(PosesScene.metres).joined(separator: ", ")
        let panels = scene.panels(frames.layers).map { $0.withPlainLinks() }
        // An axis that is seen end on everywhere has no arrow.
        let axes = LinkFrames.legend.filter { entry in panels.contains { $0.layers.contains { $0.style.ink == entry.style.ink && !$0.marks.isEmpty } } }
        return Figure(
            title: title ?? "\(robot.name), \(robot.tip) at (\(place)) m",
            description: "\(robot.name) in one configuration, with the frames of \(frames.poses.count.counted("link")); "
                + "\(robot.tip) is at (\(place)) m.",
            panels: panels, columns: 2,
            legend: axes + [
                LegendEntry(text: "base: \(scene.base.name)", sample: .point(.base), style: Style(.foreground))
            ])
    }
}

extension Panel {
    /// The panel with its one configuration in grey and without a number, behind what is drawn on it.
    func withPlainLinks() -> Panel {
        var panel = self
        panel.layers = layers.map { layer in
            guard layer.name.hasPrefix("configuration") else { return layer }
            let marks = layer.marks.filter { if case .badge = $0 { false } else { true } }
            return Layer(name: "links", style: Style(.muted, .strong), marks: marks)
        }
        return panel
    }
}

/// The frames of links as arrows along their axes, a colour an axis.
struct LinkFrames {
    let poses: [Pose]
    private let length: Double

    init(robot: Chain, configuration: [Double], size: SIMD3<Double>) {
        var poses: [Pose] = []
        // Frames in the same place would hide each other: the last one is shown.
        for pose in robot.linkPoses(configuration) {
            if let last = poses.last {
                let step = pose.position - last.position
                if step.dot(step) < 1e-6 { poses.removeLast() }
            }
            poses.append(pose)
        }
        self.poses = poses
        length = 0.09 * max(size.x, size.y, size.z)
    }

    private static let axes: [(name: String, series: Int, axis: @Sendable (Rotation) -> SIMD3<Double>)] = [
        ("x", 1, { $0.x }), ("y", 2, { $0.y }), ("z", 0, { $0.z }),
    ]

    func layers(_ projection: Projection) -> [Layer] {
        guard length > 0 else { return [] }
        return LinkFrames.axes.map { name, series, axis in
            var marks: [Mark] = []
            for (index, pose) in poses.enumerated() {
                let isTip = index == poses.count - 1
                let direction = axis(pose.rotation)
                let seen = projection(direction)
                // What is seen end on would be a dot.
                guard (seen * seen).sum() > 0.04 else { continue }
                let head = projection(pose.position + direction * (isTip ? 1.5 * length : length))
                marks.append(.arrow(projection(pose.position), head))
                if isTip { marks.append(.text(name, at: head)) }
            }
            return Layer(name: "\(name) axes", style: Style(.series(series)), marks: marks)
        }
    }

    static var legend: [LegendEntry] {
        axes.map { LegendEntry(text: "\($0.name) axis", sample: .line(badge: ""), style: Style(.series($0.series))) }
    }
}
