import Kinematics

/// A robot's links as points in the base frame, and from where to look at them.
struct StickFigure {
    /// How a robot is to be looked at.
    enum View {
        /// All motion is in the plane of two unit vectors, whose names are given.
        case plane(across: SIMD3<Double>, up: SIMD3<Double>, names: (String, String))
        case space
    }

    /// The origins of the base and of every link to the tip, without those that repeat the one before.
    ///
    /// - Parameter place: where the robot stands.
    /// - Precondition: one value a variable.
    static func points(of robot: Chain, at configuration: [Double], standingAt place: Pose) -> [SIMD3<Double>] {
        var points = [place.position]
        for pose in robot.linkPoses(configuration) {
            let position = place * pose.position, step = position - points[points.count - 1]
            if step.dot(step) > 1e-18 { points.append(position) }
        }
        return points
    }

    /// A plane if all revolute axes are parallel and all sliding is across them, else space.
    static func view(of chain: Chain) -> View {
        let home = chain.linkPoses([Double](repeating: 0, count: chain.degreesOfFreedom))
        var normal: SIMD3<Double>?
        var slides: [SIMD3<Double>] = []
        for (segment, pose) in zip(chain.segments, home) where segment.variable != nil {
            // A joint leaves its own axis where it is, so the child link's frame tells its direction.
            let axis = pose.rotation * segment.axis
            if segment.kind == .prismatic {
                slides.append(axis)
            } else if let normal {
                if normal.dot(axis).magnitude < 1 - 1e-9 { return .space }
            } else {
                normal = axis
            }
        }
        guard let normal, slides.allSatisfy({ normal.dot($0).magnitude < 1e-6 }) else { return .space }
        return plane(acrossFrom: normal)
    }

    private static func plane(acrossFrom normal: SIMD3<Double>) -> View {
        let (x, y, z) = (SIMD3<Double>(1, 0, 0), SIMD3<Double>(0, 1, 0), SIMD3<Double>(0, 0, 1))
        if normal.z.magnitude > 1 - 1e-9 { return .plane(across: x, up: y, names: ("x", "y")) }
        if normal.y.magnitude > 1 - 1e-9 { return .plane(across: x, up: z, names: ("x", "z")) }
        if normal.x.magnitude > 1 - 1e-9 { return .plane(across: y, up: z, names: ("y", "z")) }
        // Upwards as far as the plane allows, and level across it.
        var up = z - normal * normal.dot(z)
        up /= up.dot(up).squareRoot()
        return .plane(across: up.cross(normal), up: up, names: ("level", "rising"))
    }
}
