import Numerics

/// An orthonormal basis of what a matrix with full row rank maps to zero, and the matrix's pseudo-inverse.
///
/// Householder reflections bring the transposed matrix to Q·R; the last columns of Q span the null space, and J⁺ = Q₁·R⁻ᵀ.
struct OrthonormalFrame {
    let dimension: Int
    /// An orthonormal basis of the null space: `columns − rows` rows of `columns` numbers.
    private(set) var complement: [Double]
    /// `columns` rows of `rows` numbers.
    private(set) var pseudoInverse: [Double]

    /// - Returns: nil where a row depends on the others.
    init?(_ matrix: Matrix) {
        let m = matrix.rows, n = matrix.columns, r = n - m
        dimension = n
        complement = [Double](repeating: 0, count: r * n)
        pseudoInverse = [Double](repeating: 0, count: n * m)
        let isRegular = withUnsafeTemporaryAllocation(of: Double.self, capacity: m * n + n * n + m) { memory -> Bool in
            let a = memory.baseAddress!, q = a + m * n, column = q + n * n
            // Row i of `a` is row i of the matrix, which is column i of its transpose; the reflections stay in its first entries.
            matrix.elements.withUnsafeBufferPointer { a.update(from: $0.baseAddress!, count: m * n) }
            for i in 0..<m {
                guard let length = Self.reflect(a + i * n, from: i, count: n) else { return false }
                column[i] = length
                for j in i + 1..<max(m, i + 1) { Self.apply(a + i * n, to: a + j * n, from: i, count: n) }
            }
            // Q: the reflections in reverse order, applied to the axes. Row j of `q` is column j of Q.
            for j in 0..<n {
                for k in 0..<n { q[j * n + k] = j == k ? 1 : 0 }
                for i in stride(from: min(j, m - 1), through: 0, by: -1) { Self.apply(a + i * n, to: q + j * n, from: i, count: n) }
            }
            for k in 0..<r * n { complement[k] = q[m * n + k] }
            // Row i of the matrix is Σ_{j ≤ i} R[j, i]·Q_j with R[j, i] = a[i, j] and R[i, i] = column[i]: J⁺ by forward substitution.
            for k in 0..<m {
                // Column k of R⁻ᵀ overwrites the column of J⁺ step by step.
                withUnsafeTemporaryAllocation(of: Double.self, capacity: m) { y in
                    for i in 0..<m {
                        var sum: Double = i == k ? 1 : 0
                        for j in 0..<i { sum -= a[i * n + j] * y[j] }
                        y[i] = sum / column[i]
                    }
                    for i in 0..<n {
                        var sum = 0.0
                        for j in 0..<m { sum += q[j * n + i] * y[j] }
                        pseudoInverse[i * m + k] = sum
                    }
                }
            }
            return true
        }
        guard isRegular else { return nil }
    }

    /// Makes a unit vector v of the entries from a place on, such that I − 2·v·vᵀ brings them to the first axis; returns the entry there.
    private static func reflect(_ x: UnsafeMutablePointer<Double>, from start: Int, count: Int) -> Double? {
        var square = 0.0
        for k in start..<count { square += x[k] * x[k] }
        let length = square.squareRoot()
        guard length > 1e-6 else { return nil }
        let image = x[start] > 0 ? -length : length
        x[start] -= image
        var norm = 0.0
        for k in start..<count { norm += x[k] * x[k] }
        let inverse = 1 / norm.squareRoot()
        for k in start..<count { x[k] *= inverse }
        return image
    }

    private static func apply(_ v: UnsafePointer<Double>, to x: UnsafeMutablePointer<Double>, from start: Int, count: Int) {
        var along = 0.0
        for k in start..<count { along += v[k] * x[k] }
        along *= 2
        for k in start..<count { x[k] -= along * v[k] }
    }
}
