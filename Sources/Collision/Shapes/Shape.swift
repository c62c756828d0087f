import Kinematics

/// A rigid shape in a frame of its own, in metres.
public enum Shape: Sendable {
    case sphere(radius: Double)
    /// Edge lengths along x, y and z; the middle at the origin.
    case box(size: SIMD3<Double>)
    /// Along z, the middle at the origin.
    case cylinder(radius: Double, length: Double)
    /// All points within a radius of a segment along z of the given length, its middle at the origin.
    case capsule(radius: Double, length: Double)
    /// Points, each with a radius.
    case points([SIMD3<Double>], radius: Double)
    /// Solid where its surface is closed, a thin shell where it is not.
    case mesh(TriangleMesh)

    /// One word for the kind.
    public var kind: String {
        switch self {
        case .sphere: "sphere"
        case .box: "box"
        case .cylinder: "cylinder"
        case .capsule: "capsule"
        case .points: "points"
        case .mesh: "mesh"
        }
    }

    /// What is wrong with the shape; nil where nothing is.
    public var fault: String? {
        func isLength(_ value: Double) -> Bool { value.isFinite && value >= 0 && value <= WorldBounds.length }
        switch self {
        case .sphere(let radius):
            return isLength(radius) && radius > 0 ? nil : "a sphere needs a radius above 0 and at most \(WorldBounds.length) m"
        case .box(let size):
            return [size.x, size.y, size.z].allSatisfy { isLength($0) && $0 > 0 } ? nil : "a box needs three edge lengths above 0 and at most \(WorldBounds.length) m"
        case .cylinder(let radius, let length), .capsule(let radius, let length):
            return isLength(radius) && radius > 0 && isLength(length) && (length > 0 || kind == "capsule")
                ? nil : "a \(kind) needs a radius and a length above 0 and at most \(WorldBounds.length) m"
        case .points(let points, let radius):
            guard isLength(radius) else { return "points need a radius from 0 to \(WorldBounds.length) m" }
            guard !points.isEmpty, points.count <= WorldBounds.points else { return "a cloud needs 1 to \(WorldBounds.points) points, got \(points.count)" }
            guard let index = points.firstIndex(where: { !$0.isFinite || !isLength($0.length) }) else { return nil }
            return "point \(index + 1) has a coordinate that is no finite number or too large"
        case .mesh(let mesh):
            return mesh.vertices.allSatisfy { isLength($0.length) } ? nil : "the mesh reaches beyond \(WorldBounds.length) m"
        }
    }
}

/// How large worlds may be, so that single precision can hold what lies near a robot.
public enum WorldBounds {
    /// Lengths and coordinates, m.
    public static let length = 1e5
    public static let points = 2_000_000
    public static let obstacles = 100_000
}

/// A shape at a pose in a world.
public struct Obstacle: Sendable {
    /// What messages and answers call it.
    public var name: String
    public var shape: Shape
    /// The shape's frame in the frame that the robot's poses are given in.
    public var pose: Pose

    /// - Parameter pose: the shape's frame in the frame of the robot's poses, m.
    public init(name: String, shape: Shape, pose: Pose = .identity) {
        self.name = name
        self.shape = shape
        self.pose = pose
    }
}
