import Numerics

/// A rotation, held as the columns of its matrix: the images of the x, y and z axes.
public struct Rotation: Equatable, Sendable, Codable {
    public var x: SIMD3<Double>
    public var y: SIMD3<Double>
    public var z: SIMD3<Double>

    /// The rotation with these columns; whether they are orthonormal is not checked, ``init(matrix:)`` does that.
    @inlinable
    public init(x: SIMD3<Double>, y: SIMD3<Double>, z: SIMD3<Double>) {
        self.x = x
        self.y = y
        self.z = z
    }

    public static let identity = Rotation(x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1])

    /// The vector, given in the rotated frame, along the axes of the outer frame.
    @inlinable
    public static func * (rotation: Rotation, vector: SIMD3<Double>) -> SIMD3<Double> {
        rotation.x * vector.x + rotation.y * vector.y + rotation.z * vector.z
    }

    /// The rotation that applies `right` first, then `left`.
    @inlinable
    public static func * (left: Rotation, right: Rotation) -> Rotation {
        Rotation(x: left * right.x, y: left * right.y, z: left * right.z)
    }
}

/// A rigid transform: the place and the orientation of one frame in another, in metres.
public struct Pose: Equatable, Sendable, Codable {
    public var position: SIMD3<Double>
    public var rotation: Rotation

    /// The pose of a frame with its origin at a position, m.
    @inlinable
    public init(position: SIMD3<Double>, rotation: Rotation) {
        self.position = position
        self.rotation = rotation
    }

    public static let identity = Pose(position: .zero, rotation: .identity)

    /// The composition: with `left` the pose of B in A and `right` that of C in B, the pose of C in A.
    @inlinable
    public static func * (left: Pose, right: Pose) -> Pose {
        Pose(position: left.position + left.rotation * right.position, rotation: left.rotation * right.rotation)
    }
}
