import Numerics

extension Rotation {
    /// The rotation of a 3 × 3 matrix; one within 10⁻³ of orthonormal is replaced by the nearest rotation.
    ///
    /// - Throws: ``PoseError`` when an entry is not finite, or the matrix has another shape, is not orthonormal, or
    ///   is a reflection.
    public init(matrix: Matrix) throws(PoseError) {
        guard matrix.rows == 3, matrix.columns == 3 else {
            throw .matrixShape(rows: matrix.rows, columns: matrix.columns, expected: 3)
        }
        let column = { (j: Int) in SIMD3(matrix[0, j], matrix[1, j], matrix[2, j]) }
        try self.init(nearestTo: Rotation(x: column(0), y: column(1), z: column(2)))
    }

    /// The rotation's 3 × 3 matrix.
    public var matrix: Matrix {
        Matrix(rows: 3, columns: 3, elements: [x.x, y.x, z.x, x.y, y.y, z.y, x.z, y.z, z.z])
    }

    /// Validates columns and makes them orthonormal by Newton–Schulz steps R ← R (3 I − RᵀR) / 2, which converge
    /// quadratically to the nearest rotation.
    private init(nearestTo columns: Rotation) throws(PoseError) {
        guard columns.isFinite else { throw .notFinite("rotation matrix") }
        let deviation = columns.deviationFromOrthonormal
        guard deviation <= 1e-3 else { throw .notOrthonormal(deviation: deviation) }
        guard columns.x.cross(columns.y).dot(columns.z) > 0 else { throw .reflection }
        self = columns
        var steps = 0
        while deviationFromOrthonormal > 1e-15, steps < 4 {
            let gram = inverse * self
            self = self * Rotation(
                x: (SIMD3(3, 0, 0) - gram.x) / 2, y: (SIMD3(0, 3, 0) - gram.y) / 2, z: (SIMD3(0, 0, 3) - gram.z) / 2)
            steps += 1
        }
    }

    /// The largest entry of |RᵀR − I|.
    private var deviationFromOrthonormal: Double {
        let diagonal = max(abs(x.dot(x) - 1), max(abs(y.dot(y) - 1), abs(z.dot(z) - 1)))
        return max(diagonal, max(abs(x.dot(y)), max(abs(x.dot(z)), abs(y.dot(z)))))
    }
}

extension Pose {
    /// The pose of a 4 × 4 homogeneous matrix, whose rotation is treated as by ``Rotation/init(matrix:)``.
    ///
    /// - Throws: ``PoseError``.
    public init(matrix: Matrix) throws(PoseError) {
        guard matrix.rows == 4, matrix.columns == 4 else {
            throw .matrixShape(rows: matrix.rows, columns: matrix.columns, expected: 4)
        }
        guard matrix.elements.allSatisfy(\.isFinite) else { throw .notFinite("matrix") }
        let last = Array(matrix.row(3))
        guard zip(last, [0, 0, 0, 1]).allSatisfy({ abs($0 - $1) <= 1e-6 }) else { throw .lastRow(last) }
        var block = Matrix(rows: 3, columns: 3)
        for i in 0..<3 { for j in 0..<3 { block[i, j] = matrix[i, j] } }
        self.init(position: SIMD3(matrix[0, 3], matrix[1, 3], matrix[2, 3]), rotation: try Rotation(matrix: block))
    }

    /// The pose's 4 × 4 homogeneous matrix.
    public var matrix: Matrix {
        let (x, y, z, p) = (rotation.x, rotation.y, rotation.z, position)
        return Matrix(rows: 4, columns: 4, elements: [
            x.x, y.x, z.x, p.x,
            x.y, y.y, z.y, p.y,
            x.z, y.z, z.z, p.z,
            0, 0, 0, 1,
        ])
    }
}
