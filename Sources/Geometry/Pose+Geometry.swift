import Numerics

extension Pose {
    /// The pose of the outer frame in the inner one, so that `pose * pose.inverse` is the identity.
    @inlinable
    public var inverse: Pose {
        let back = rotation.inverse
        return Pose(position: back * -position, rotation: back)
    }

    /// A point given in the inner frame, in the outer one.
    @inlinable
    public static func * (pose: Pose, point: SIMD3<Double>) -> SIMD3<Double> {
        pose.position + pose.rotation * point
    }

    /// How far another pose is from this one: the distance of the origins in metres and the angle of the rotation
    /// between them in radians, in [0, π].
    @inlinable
    public func error(to other: Pose) -> (position: Double, rotation: Double) {
        ((other.position - position).length, rotation.angle(to: other.rotation))
    }

    /// Whether every number is finite.
    @inlinable
    public var isFinite: Bool { position.isFinite && rotation.isFinite }
}
