import Kinematics
import Numerics

/// A parallel projection of space on a panel, at the scale of the axes.
struct Projection {
    var across: SIMD3<Double>
    var up: SIMD3<Double>

    func callAsFunction(_ point: SIMD3<Double>) -> Place {
        Place(across.dot(point), up.dot(point))
    }

    /// Against y: x across, z up.
    static let front = Projection(across: [1, 0, 0], up: [0, 0, 1])
    /// From the right: y across, z up.
    static let side = Projection(across: [0, 1, 0], up: [0, 0, 1])
    /// Down on x and y.
    static let top = Projection(across: [1, 0, 0], up: [0, 1, 0])

    /// Seen from the right, the front and above: 30° of azimuth from the front, 25° down.
    static let axonometric: Projection = {
        let azimuth = -60 * Double.pi / 180
        let elevation = 25 * Double.pi / 180
        return Projection(
            across: [-Elementary.sin(azimuth), Elementary.cos(azimuth), 0],
            up: [
                -Elementary.sin(elevation) * Elementary.cos(azimuth),
                -Elementary.sin(elevation) * Elementary.sin(azimuth), Elementary.cos(elevation),
            ])
    }()
}

/// From where robots that move in space are looked at.
public enum SpatialView: String, CaseIterable, Sendable {
    /// Front, top and axonometric view at one scale.
    case all
    /// Against y.
    case front
    /// Against x.
    case side
    /// Down.
    case top
    case axonometric

    /// The panels of the view: a name, a heading, a projection and the labels of its axes, which a slanted view does not have.
    func panels(_ floor: FloorGrid) -> [(name: String, title: String, projection: Projection, labels: (String, String)?)] {
        switch self {
        case .all: [Self.front, .axonometric, .top].flatMap { $0.panels(floor) }
        case .front: [("front", "Front view", .front, ("x (m)", "z (m)"))]
        case .side: [("side", "Side view", .side, ("y (m)", "z (m)"))]
        case .top: [("top", "Top view", .top, ("x (m)", "y (m)"))]
        case .axonometric: [("axonometric", "Axonometric view, \(floor.sizeText) m grid", .axonometric, nil)]
        }
    }
}
