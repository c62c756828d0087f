import Numerics

/// A target of a tip, of which some coordinates may be left free.
///
/// A pose is met exactly unless slack is given: a box along the target's own axes for the position, an angle for the orientation.
public struct Goal: Sendable, Equatable, Codable {
    /// Which part of the orientation is constrained.
    public enum Orientation: Sendable, Equatable, Codable {
        /// All of it.
        case full
        /// Nothing.
        case free
        /// Where one of the tip's axes points; the rotation about it is free. The axis is a unit vector in the tip's frame, and points
        /// where the target pose has it.
        case axis(SIMD3<Double>)
    }

    public var pose: Pose
    public var orientation: Orientation
    /// The tolerated error of the position along the target's x, y and z axes, m; infinity where it is free.
    public var positionSlack: SIMD3<Double>
    /// The tolerated error of the orientation, or of the axis, rad.
    public var rotationSlack: Double

    /// - Precondition: no slack is negative.
    public init(
        _ pose: Pose, orientation: Orientation = .full, positionSlack: SIMD3<Double> = .zero, rotationSlack: Double = 0
    ) {
        precondition(positionSlack.min() >= 0 && rotationSlack >= 0, "slack is not negative")
        self.pose = pose
        self.orientation = rotationSlack >= .pi ? .free : orientation
        self.positionSlack = positionSlack
        self.rotationSlack = rotationSlack
    }

    /// A position, in any orientation.
    public static func position(_ position: SIMD3<Double>) -> Goal {
        Goal(Pose(position: position, rotation: .identity), orientation: .free)
    }

    /// Whether it asks for a pose and nothing else.
    public var isPose: Bool { orientation == .full && positionSlack == .zero && rotationSlack == 0 }

    /// How far a pose misses the goal: the distance in m and the angle in rad that the slack leaves.
    public func error(of tip: Pose) -> (position: Double, rotation: Double) {
        let offset = pose.rotation.inverse * (tip.position - pose.position)
        var excess = SIMD3<Double>.zero
        for i in 0..<3 where positionSlack[i].isFinite { excess[i] = max(0, abs(offset[i]) - positionSlack[i]) }
        let angle: Double
        switch orientation {
        case .full: angle = pose.rotation.angle(to: tip.rotation)
        case .free: angle = 0
        case .axis(let axis):
            let (a, d) = (tip.rotation * axis, pose.rotation * axis)
            angle = Elementary.atan2(a.cross(d).length, a.dot(d))
        }
        return (excess.length, max(0, angle - rotationSlack))
    }

    /// A pose that meets the goal, drawn uniformly from the box, the spin about the axis or all orientations; what is unbounded stays
    /// where the target has it.
    public func randomPose(using stream: inout RandomStream) -> Pose {
        var offset = SIMD3<Double>.zero
        for i in 0..<3 where positionSlack[i].isFinite { offset[i] = positionSlack[i] * (2 * stream.uniform() - 1) }
        var turn = Rotation.identity
        switch orientation {
        case .full: break
        case .free:
            // A uniform rotation is a uniform point of the unit sphere in four dimensions (Muller, 1959).
            let q = SIMD4(stream.normal(), stream.normal(), stream.normal(), stream.normal())
            let norm = (q * q).sum().squareRoot()
            guard norm > 1e-6 else { break }
            let vector = SIMD3(q.y, q.z, q.w), sine = vector.length
            if sine > 0 { turn = Rotation(axis: vector / sine, angle: 2 * Elementary.atan2(sine, q.x)) }
        case .axis(let axis): turn = Rotation(axis: axis, angle: 2 * .pi * stream.uniform())
        }
        return Pose(position: pose.position + pose.rotation * offset, rotation: pose.rotation * turn)
    }

    /// Whether every number that must be is finite, and the axis a unit vector.
    public var isSound: Bool {
        let axisIsSound = if case .axis(let axis) = orientation { abs(axis.dot(axis) - 1) < 1e-6 } else { true }
        return pose.isFinite && axisIsSound && positionSlack.min() >= 0 && rotationSlack >= 0
    }
}
