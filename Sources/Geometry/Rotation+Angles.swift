import Numerics

// Roll-pitch-yaw, axis and angle, and the exponential and logarithm between rotations and rotation vectors.

extension Rotation {
    /// The rotation with fixed-axis angles in radians as URDF defines them: Rz(yaw) · Ry(pitch) · Rx(roll).
    public init(roll: Double, pitch: Double, yaw: Double) {
        let (sr, cr) = (Elementary.sin(roll), Elementary.cos(roll))
        let (sp, cp) = (Elementary.sin(pitch), Elementary.cos(pitch))
        let (sy, cy) = (Elementary.sin(yaw), Elementary.cos(yaw))
        self.init(
            x: [cy * cp, sy * cp, -sp],
            y: [cy * sp * sr - sy * cr, sy * sp * sr + cy * cr, cp * sr],
            z: [cy * sp * cr + sy * sr, sy * sp * cr - cy * sr, cp * cr])
    }

    /// The fixed-axis angles of `Rz(yaw) · Ry(pitch) · Rx(roll)`, pitch in [−π/2, π/2], the others in [−π, π].
    ///
    /// Where the pitch is ±π/2 only a combination of roll and yaw is determined; the angles given still make this
    /// rotation, with yaw zero if the matrix is exact.
    public var rollPitchYaw: (roll: Double, pitch: Double, yaw: Double) {
        let cosPitch = (x.x * x.x + x.y * x.y).squareRoot()
        let pitch = Elementary.atan2(-x.z, cosPitch)
        let yaw = Elementary.atan2(x.y, x.x)
        // The roll is read off Rz(−yaw) · R, which stays well defined when the pitch is near ±π/2.
        let (s, c) = (Elementary.sin(yaw), Elementary.cos(yaw))
        let roll = Elementary.atan2(s * z.x - c * z.y, c * y.y - s * y.x)
        return (roll, pitch, yaw)
    }

    /// The rotation by an angle in radians about an axis (Rodrigues' formula).
    ///
    /// - Parameter axis: a unit vector.
    @inlinable
    public init(axis a: SIMD3<Double>, angle: Double) {
        let s = Elementary.sin(angle), c = Elementary.cos(angle)
        let half = Elementary.sin(angle / 2)
        let d = 2 * half * half  // 1 − cos, without cancellation
        self.init(
            x: [c + d * a.x * a.x, d * a.x * a.y + s * a.z, d * a.x * a.z - s * a.y],
            y: [d * a.x * a.y - s * a.z, c + d * a.y * a.y, d * a.y * a.z + s * a.x],
            z: [d * a.x * a.z + s * a.y, d * a.y * a.z - s * a.x, c + d * a.z * a.z])
    }

    /// The rotation about the direction of `vector` by its length in radians: the exponential map.
    @inlinable
    public init(rotationVector vector: SIMD3<Double>) {
        let angle = vector.length
        if angle > 0 {
            self.init(axis: vector / angle, angle: angle)
        } else {
            self = .identity
        }
    }

    /// The axis of the rotation times its angle in [0, π], radians: the logarithm, accurate near 0 and near π.
    @inlinable
    public var rotationVector: SIMD3<Double> {
        let q = quaternion  // w ≥ 0 by the canonical sign
        let v = SIMD3(q.x, q.y, q.z)
        let sine = v.length
        guard sine > 1e-150 else { return 2 * v }
        return v * (2 * Elementary.atan2(sine, q.w) / sine)
    }

    /// The angle in [0, π], radians, of the rotation from this one to another: their geodesic distance.
    @inlinable
    public func angle(to other: Rotation) -> Double {
        (inverse * other).rotationVector.length
    }

    /// The inverse rotation: the transpose.
    @inlinable
    public var inverse: Rotation {
        Rotation(x: [x.x, y.x, z.x], y: [x.y, y.y, z.y], z: [x.z, y.z, z.z])
    }

    /// Whether every entry is a finite number.
    @inlinable
    public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }
}

extension Rotation {
    /// The shortest rotation that takes one unit vector to another; half a turn about some axis across where they are opposite.
    public init(taking from: SIMD3<Double>, to: SIMD3<Double>) {
        let axis = from.cross(to), sine = axis.length
        guard sine > 1e-12 else {
            self = from.dot(to) > 0 ? .identity : Rotation(axis: Rotation(takingZTo: from).x, angle: .pi)
            return
        }
        self.init(axis: axis / sine, angle: Elementary.atan2(sine, from.dot(to)))
    }
}

extension Rotation {
    /// A rotation that takes the z axis to a unit vector; exact for the coordinate axes.
    @inlinable
    public init(takingZTo axis: SIMD3<Double>) {
        // The coordinate axis least along the given one makes the best conditioned second direction.
        let (ax, ay, az) = (abs(axis.x), abs(axis.y), abs(axis.z))
        let helper: SIMD3<Double> = ax <= ay && ax <= az ? [1, 0, 0] : ay <= az ? [0, 1, 0] : [0, 0, 1]
        let second = axis.cross(helper)
        let y = second / second.length
        self.init(x: y.cross(axis), y: y, z: axis)
    }
}
