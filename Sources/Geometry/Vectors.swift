/// The products of three-dimensional vectors that kinematics needs.
extension SIMD3 where Scalar == Double {
    /// The scalar product.
    @inlinable
    public func dot(_ other: SIMD3<Double>) -> Double { x * other.x + y * other.y + z * other.z }

    /// The vector product.
    @inlinable
    public func cross(_ other: SIMD3<Double>) -> SIMD3<Double> {
        SIMD3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
    }

    /// The Euclidean norm.
    @inlinable
    public var length: Double { dot(self).squareRoot() }

    /// Whether every component is a finite number.
    @inlinable
    public var isFinite: Bool { x.isFinite && y.isFinite && z.isFinite }
}
