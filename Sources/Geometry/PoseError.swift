/// What is wrong with numbers that were to make a pose or a rotation.
public enum PoseError: Error, Equatable, Sendable {
    /// An entry of the named quantity is NaN or infinite.
    case notFinite(String)
    /// A quaternion whose norm is further than 10⁻³ from one.
    case quaternionNotUnit(norm: Double)
    /// A matrix that is neither what was expected in its size.
    case matrixShape(rows: Int, columns: Int, expected: Int)
    /// A matrix whose columns are not orthonormal: the largest entry of |RᵀR − I|.
    case notOrthonormal(deviation: Double)
    /// An orthonormal matrix with determinant −1.
    case reflection
    /// A 4 × 4 matrix whose last row is not 0 0 0 1.
    case lastRow([Double])
}

extension PoseError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notFinite(let what):
            "the \(what) has an entry that is not a finite number"
        case .quaternionNotUnit(let norm):
            "the quaternion (w, x, y, z) has norm \(norm), expected 1 to within 0.001"
        case .matrixShape(let rows, let columns, let expected):
            "the matrix is \(rows) × \(columns), expected \(expected) × \(expected)"
        case .notOrthonormal(let deviation):
            "the matrix is not a rotation: its columns miss being orthonormal by \(deviation), at most 0.001 is accepted"
        case .reflection:
            "the matrix is not a rotation but a reflection: its determinant is -1, expected 1"
        case .lastRow(let row):
            "the last row of the 4 × 4 matrix is \(row), expected [0, 0, 0, 1]"
        }
    }
}
