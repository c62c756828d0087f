import Kinematics
import Numerics

/// A robot's links as points in the base frame, and from where to look at them.
struct StickFigure {
    /// How a robot is to be looked at.
    enum View: Equatable {
        /// All motion is in the plane of two unit vectors, whose names are given.
        case plane(across: SIMD3<Double>, up: SIMD3<Double>, names: (String, String))
        case space

        static func == (left: View, right: View) -> Bool {
            switch (left, right) {
            case (.space, .space): true
            case (.plane(let a, let b, _), .plane(let c, let d, _)): a == c && b == d
            default: false
            }
        }
    }

    /// The origins of the base and of every link to the tip, without those that repeat the one before.
    ///
    /// - Precondition: one value a variable.
    static func points(of chain: Chain, at configuration: [Double]) -> [SIMD3<Double>] {
        var pose = Pose.identity
        var points = [SIMD3<Double>.zero]
        for segment in chain.segments {
            pose = pose * segment.childPose(at: configuration)
            let step = pose.position - points[points.count - 1]
            if (step * step).sum() > 1e-18 { points.append(pose.position) }
        }
        return points
    }

    /// A plane if all revolute axes are parallel and all sliding is across them, else space.
    static func view(of chain: Chain) -> View {
        let home = [Double](repeating: 0, count: chain.degreesOfFreedom)
        var frame = Pose.identity
        var normal: SIMD3<Double>?
        var slides: [SIMD3<Double>] = []
        for segment in chain.segments {
            if segment.variable != nil {
                let axis = frame.rotation * (segment.origin.rotation * segment.axis)
                if segment.kind == .prismatic {
                    slides.append(axis)
                } else if let normal {
                    if (normal * axis).sum().magnitude < 1 - 1e-9 { return .space }
                } else {
                    normal = axis
                }
            }
            frame = frame * segment.childPose(at: home)
        }
        guard let normal, slides.allSatisfy({ (normal * $0).sum().magnitude < 1e-6 }) else { return .space }
        return plane(acrossFrom: normal)
    }

    private static func plane(acrossFrom normal: SIMD3<Double>) -> View {
        let (x, y, z) = (SIMD3<Double>(1, 0, 0), SIMD3<Double>(0, 1, 0), SIMD3<Double>(0, 0, 1))
        if normal.z.magnitude > 1 - 1e-9 { return .plane(across: x, up: y, names: ("x", "y")) }
        if normal.y.magnitude > 1 - 1e-9 { return .plane(across: x, up: z, names: ("x", "z")) }
        if normal.x.magnitude > 1 - 1e-9 { return .plane(across: y, up: z, names: ("y", "z")) }
        // Upwards as far as the plane allows, and level across it.
        var up = z - normal * (normal * z).sum()
        up /= (up * up).sum().squareRoot()
        let across = SIMD3(
            up.y * normal.z - up.z * normal.y, up.z * normal.x - up.x * normal.z, up.x * normal.y - up.y * normal.x)
        return .plane(across: across, up: up, names: ("level", "rising"))
    }
}

extension Chain.Segment {
    /// The pose of the child link in the parent's frame.
    fileprivate func childPose(at configuration: [Double]) -> Pose {
        guard let variable else { return origin }
        let value = multiplier * configuration[variable] + offset
        if kind == .prismatic {
            return origin * Pose(position: axis * value, rotation: .identity)
        }
        return origin * Pose(position: .zero, rotation: Rotation(about: axis, by: value))
    }
}

extension Rotation {
    /// The rotation about a unit axis by an angle in radians (the formula of Rodrigues).
    fileprivate init(about axis: SIMD3<Double>, by angle: Double) {
        let (sine, cosine) = (Elementary.sin(angle), Elementary.cos(angle))
        func column(_ unit: SIMD3<Double>) -> SIMD3<Double> {
            let crossed = SIMD3(
                axis.y * unit.z - axis.z * unit.y, axis.z * unit.x - axis.x * unit.z, axis.x * unit.y - axis.y * unit.x)
            return unit * cosine + crossed * sine + axis * ((axis * unit).sum() * (1 - cosine))
        }
        self.init(x: column([1, 0, 0]), y: column([0, 1, 0]), z: column([0, 0, 1]))
    }
}
