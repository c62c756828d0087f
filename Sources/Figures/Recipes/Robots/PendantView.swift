import Kinematics

/// From where a robot that moves in space is looked at.
public enum PendantView: String, Sendable, CaseIterable {
    case axonometric, front, top

    /// The one after it, the first after the last.
    public var next: PendantView {
        let all = PendantView.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    fileprivate var projection: Projection {
        switch self {
        case .axonometric: .axonometric
        case .front: .front
        case .top: .top
        }
    }
}

extension Figure {
    /// A robot in one configuration, in a frame that shows the same piece of space whatever the configuration: what a teach pendant draws.
    ///
    /// - Parameters:
    ///   - configuration: `robot.degreesOfFreedom` values, rad or m.
    ///   - view: from where a robot is seen that moves in space; one that moves in a plane is seen from its front.
    ///   - reach: the greatest distance from where the robot stands that is shown, m, above 0.
    ///   - aspect: the frame's height over its width, above 0.
    /// - Throws: `FigureError` for a configuration of another length, or with values that are not finite.
    public static func pendant(robot: Chain, configuration: [Double], view: PendantView, reach: Double, aspect: Double) throws(FigureError) -> Figure {
        let scene = try PosesScene(robot: robot, configurations: [configuration], components: nil, target: nil)
        let pose = robot.forwardKinematics(configuration)
        let base = scene.base.place, projection: Projection, floor: [Layer]
        switch StickFigure.view(of: robot) {
        case .plane(let across, let up, _): (projection, floor) = (Projection(across: across, up: up), [])
        case .space:
            projection = view.projection
            floor = FloorGrid(bounds: (base - SIMD3(reach, reach, 0), base + SIMD3(reach, reach, reach)), base: base, target: pose).layers(projection)
        }
        let half = 1.08 * reach
        let width = half * max(1, 1 / aspect), height = half * max(1, aspect), middle = projection(base)
        let places = scene.sticks[0].map { projection($0) }
        let axes: [Layer] = [(pose.rotation.x, 1), (pose.rotation.y, 2), (pose.rotation.z, 0)].map { axis, series in
            Layer(name: "axis \(series)", style: Style(.series(series)), marks: [.arrow(projection(pose.position), projection(pose.position + axis * (0.12 * reach)))])
        }
        let layers = floor + [
            Layer(name: "links", style: Style(.foreground, .strong), marks: [.linkage(places)]),
            Layer(name: "base", style: Style(.foreground), marks: [.points([middle], .base)]),
        ] + axes
        let panel = Panel(
            name: view.rawValue, x: Axis(range: (middle.x - width)...(middle.x + width), isVisible: false),
            y: Axis(range: (middle.y - height)...(middle.y + height), isVisible: false), equalAspect: true,
            layers: layers)
        return Figure(title: "", description: "\(robot.name) in one configuration.", panels: [panel])
    }
}
