import Kinematics
import Numerics

extension Figure {
    /// A robot's build: where its joints are and what they turn about, and how far each can go.
    ///
    /// The sketch shows the robot in the middle of its limits.
    public static func chain(_ robot: Chain, title: String? = nil) throws(FigureError) -> Figure {
        let sketch = ChainSketch(robot)
        let scene = try PosesScene(robot: robot, configurations: [sketch.middle], components: nil, target: nil)
        let heading = "\(robot.name): \(robot.degreesOfFreedom.counted("joint")) from \(robot.base) to \(robot.tip)"
        var panels = [sketch.panel(scene)]
        panels += sketch.limitPanels
        return Figure(
            title: title ?? heading,
            description: heading + ", drawn in the middle of the joint limits, with the joints' axes as arrows; bars show the limits.",
            panels: panels, columns: 2, legend: sketch.legend)
    }
}

/// The parts of a figure of a chain.
private struct ChainSketch {
    let robot: Chain
    /// Every joint halfway between its limits.
    let middle: [Double]

    init(_ robot: Chain) {
        self.robot = robot
        middle = robot.variables.map { $0.kind == .continuous ? 0 : ($0.lower + $0.upper) / 2 }
    }

    // MARK: Sketch

    /// One view: across a plane, or axonometric.
    func panel(_ scene: PosesScene) -> Panel {
        let views = scene.panels { layers(scene, $0) }
        var panel = (views.count > 1 ? views[1] : views[0]).withPlainLinks()
        panel.name = "sketch"
        return panel
    }

    private func layers(_ scene: PosesScene, _ projection: Projection) -> [Layer] {
        let size = scene.bounds.upper - scene.bounds.lower
        let length = 0.12 * max(size.x, size.y, size.z)
        return zip(robot.segments, robot.linkPoses(middle)).compactMap { segment, pose in
            guard let variable = segment.variable else { return nil }
            let kind = robot.variables[variable].kind
            let axis = pose.rotation * segment.axis
            let (center, half) = (projection(pose.position), projection(axis) * length)
            var marks: [Mark] = [.points([center], kind == .prismatic ? .square : .disc)]
            if (half * half).sum() > 0.01 * length * length { marks.append(.arrow(center - half, center + half)) }
            marks.append(.badge(String(variable + 1), on: [center + half * 1.35, center - half * 1.35]))
            return Layer(name: "joint \(variable + 1)", style: ChainSketch.style(kind), marks: marks)
        }
    }

    private static func style(_ kind: JointKind) -> Style { Style(.series(kind == .prismatic ? 1 : kind == .continuous ? 2 : 0)) }

    // MARK: Limits

    /// Bars for the joints that turn, and for those that slide.
    var limitPanels: [Panel] {
        let slides = robot.variables.indices.filter { robot.variables[$0].kind == .prismatic }
        let turns = robot.variables.indices.filter { robot.variables[$0].kind != .prismatic }
        return [limits(turns, "joint angle (°)", .degrees, "turning"), limits(slides, "joint position (m)", .linear, "sliding")].compactMap { $0 }
    }

    private func limits(_ joints: [Int], _ label: String, _ scale: Scale, _ name: String) -> Panel? {
        guard !joints.isEmpty else { return nil }
        // The first joint stands on top.
        let names = joints.reversed().map { "\($0 + 1) \(robot.variables[$0].name)" }
        let layers = joints.enumerated().map { row, index -> Layer in
            let variable = robot.variables[index]
            let y = Double(joints.count - 1 - row)
            return Layer(
                name: "limits of joint \(index + 1)", style: ChainSketch.style(variable.kind),
                marks: [.bar(Place(variable.lower, y - 0.22), Place(variable.upper, y + 0.22)), .points([Place(middle[index], y)], .cross)])
        }
        return Panel(
            name: "\(name) limits", title: "Limits", x: Axis(label: label, scale: scale), y: Axis(scale: .categories(names)),
            layers: [Layer(name: "zero", style: Style(.muted), marks: [.rule(0, .x)])] + layers)
    }

    var legend: [LegendEntry] {
        let words: [(JointKind, String, Symbol)] = [
            (.revolute, "turns, within limits", .disc), (.continuous, "turns without end", .disc), (.prismatic, "slides", .square),
        ]
        var entries = words.filter { kind, _, _ in robot.variables.contains { $0.kind == kind } }.map { kind, text, symbol in
            LegendEntry(text: text, sample: .point(symbol), style: ChainSketch.style(kind))
        }
        entries.append(LegendEntry(text: "middle, as drawn", sample: .point(.cross), style: Style(.series(0))))
        entries.append(LegendEntry(text: "base: \(robot.standing.robot.base)", sample: .point(.base), style: Style(.foreground)))
        return entries
    }
}
