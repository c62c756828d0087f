import Numerics

// The same algorithms in double precision on whole matrices, whose rows are eight numbers to a register.
extension PackedTriangle {
    /// Replaces M by its Cholesky factor; false, with M spoiled, where it is not positive definite.
    public static func choleskyFactorise(_ n: Int, _ a: UnsafeMutablePointer<Double>) -> Bool {
        for i in 0..<n {
            let row = a + triangleIndex(i, 0)
            for j in 0..<i {
                let other = a + triangleIndex(j, 0)
                row[j] = (row[j] - DoubleVectors.dot(j, row, other)) / other[j]
            }
            let pivot = row[i] - DoubleVectors.dot(i, row, row)
            guard pivot > 0, pivot.isFinite else { return false }
            row[i] = pivot.squareRoot()
        }
        return true
    }

    /// Replaces b by A⁻¹·b.
    public static func solveVector(_ n: Int, _ factor: UnsafePointer<Double>, _ b: UnsafeMutablePointer<Double>) {
        for i in 0..<n {
            let row = factor + triangleIndex(i, 0)
            b[i] = (b[i] - DoubleVectors.dot(i, row, b)) / row[i]
        }
    }

    /// Replaces b by A⁻ᵀ·b.
    public static func solveVectorTransposed(_ n: Int, _ factor: UnsafePointer<Double>, _ b: UnsafeMutablePointer<Double>) {
        for i in stride(from: n - 1, through: 0, by: -1) {
            let row = factor + triangleIndex(i, 0)
            b[i] /= row[i]
            DoubleVectors.add(i, -b[i], times: row, to: b)
        }
    }

    /// Replaces b by Aᵀ·b.
    public static func multiplyVectorTransposed(_ n: Int, _ factor: UnsafePointer<Double>, _ b: UnsafeMutablePointer<Double>) {
        for i in 0..<n {
            let value = b[i]
            let row = factor + triangleIndex(i, 0)
            b[i] = row[i] * value
            // What row i adds to the entries before it; they are final up to here but for this.
            DoubleVectors.add(i, value, times: row, to: b)
        }
    }

    /// Replaces the n × n matrix X, stored by rows, by Aᵀ·X.
    public static func multiplyTransposed(_ n: Int, _ factor: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>) {
        for i in 0..<n {
            let row = x + i * n
            let pivot = factor[triangleIndex(i, i)]
            for j in 0..<n { row[j] *= pivot }
            for k in i + 1..<max(n, i + 1) { DoubleVectors.add(n, factor[triangleIndex(k, i)], times: x + k * n, to: row) }
        }
    }

    /// Replaces the n × n matrix X, stored by rows, by (A·Aᵀ)⁻¹·X.
    public static func solveMatrix(_ n: Int, _ factor: UnsafePointer<Double>, _ x: UnsafeMutablePointer<Double>) {
        for i in 0..<n {
            let row = x + i * n
            for k in 0..<i { DoubleVectors.add(n, -factor[triangleIndex(i, k)], times: x + k * n, to: row) }
            let inverse = 1 / factor[triangleIndex(i, i)]
            for j in 0..<n { row[j] *= inverse }
        }
        for i in stride(from: n - 1, through: 0, by: -1) {
            let row = x + i * n
            for k in i + 1..<max(n, i + 1) { DoubleVectors.add(n, -factor[triangleIndex(k, i)], times: x + k * n, to: row) }
            let inverse = 1 / factor[triangleIndex(i, i)]
            for j in 0..<n { row[j] *= inverse }
        }
    }

    /// The lower triangle A·B.
    public static func product(_ n: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> [Double] {
        var result = Array(repeating: 0.0, count: triangleCount(n))
        result.withUnsafeMutableBufferPointer { result in
            for i in 0..<n {
                let row = result.baseAddress! + triangleIndex(i, 0)
                for k in 0...i { DoubleVectors.add(k + 1, a[triangleIndex(i, k)], times: b + triangleIndex(k, 0), to: row) }
            }
        }
        return result
    }

    /// The Cholesky factor of M⁻¹ for a packed M; nil where M is not positive definite.
    ///
    /// With the order of variables reversed M = C·Cᵀ; then M = U·Uᵀ with an upper triangle U, and U⁻ᵀ is the lower triangle sought: one
    /// factorisation, and no inverse that would have to be factorised again.
    public static func inverseFactor(_ n: Int, _ matrix: [Double]) -> [Double]? {
        var reversed = matrix, inverse = matrix
        for i in 0..<n { for j in 0...i { reversed[triangleIndex(n - 1 - j, n - 1 - i)] = matrix[triangleIndex(i, j)] } }
        guard choleskyFactorise(n, &reversed) else { return nil }
        invert(n, reversed, into: &inverse)
        var result = matrix
        for i in 0..<n { for j in 0...i { result[triangleIndex(i, j)] = inverse[triangleIndex(n - 1 - j, n - 1 - i)] } }
        return result
    }
}
