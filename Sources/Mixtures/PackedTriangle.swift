import Numerics

/// Algorithms on symmetric matrices and their Cholesky factors, packed by rows of the lower triangle, with their adjoints.
///
/// A gradient with respect to a symmetric matrix M is packed as the numbers g_ij with dL = Σ_{i≥j} g_ij·dM_ij: off the diagonal it
/// counts both twins. All functions take the dimension n first: where it is a literal, the compiler unrolls the loops.
public enum PackedTriangle {
    /// M = A·Aᵀ; `result` may be `factor`.
    @inlinable @inline(__always)
    public static func square<S: LaneArithmetic>(_ n: Int, _ factor: UnsafePointer<S>, into result: UnsafeMutablePointer<S>) {
        // From the last row upwards and from right to left: element (i, j) needs rows i and j ≤ i up to column j only.
        for i in stride(from: n - 1, through: 0, by: -1) {
            for j in stride(from: i, through: 0, by: -1) {
                var sum = S(0.0)
                for k in 0...j { sum = sum.fma(factor[triangleIndex(i, k)], factor[triangleIndex(j, k)]) }
                result[triangleIndex(i, j)] = sum
            }
        }
    }

    /// Replaces M by its Cholesky factor A; pivots below `least` are raised to it.
    @inlinable @inline(__always)
    public static func factorise<S: LaneArithmetic>(_ n: Int, _ a: UnsafeMutablePointer<S>, least: S) {
        for j in 0..<n {
            var pivot = a[triangleIndex(j, j)]
            for k in 0..<j { pivot = pivot.fnma(a[triangleIndex(j, k)], a[triangleIndex(j, k)]) }
            let root = pivot.atLeast(least).squareRoot()
            a[triangleIndex(j, j)] = root
            let inverse = S(1.0) / root
            for i in j + 1..<max(n, j + 1) {
                var sum = a[triangleIndex(i, j)]
                for k in 0..<j { sum = sum.fnma(a[triangleIndex(i, k)], a[triangleIndex(j, k)]) }
                a[triangleIndex(i, j)] = sum * inverse
            }
        }
    }

    /// The adjoint of Cholesky's algorithm, run backwards (Murray, 2016): replaces dL/dA by dL/dM.
    @inlinable @inline(__always)
    public static func backpropagateFactorisation<S: LaneArithmetic>(
        _ n: Int, _ a: UnsafePointer<S>, _ g: UnsafeMutablePointer<S>
    ) {
        for j in stride(from: n - 1, through: 0, by: -1) {
            let inverse = S(1.0) / a[triangleIndex(j, j)]
            for i in stride(from: n - 1, to: j, by: -1) {
                let v = g[triangleIndex(i, j)] * inverse
                g[triangleIndex(j, j)] = g[triangleIndex(j, j)].fnma(v, a[triangleIndex(i, j)])
                g[triangleIndex(i, j)] = v
                for k in 0..<j {
                    g[triangleIndex(i, k)] = g[triangleIndex(i, k)].fnma(v, a[triangleIndex(j, k)])
                    g[triangleIndex(j, k)] = g[triangleIndex(j, k)].fnma(v, a[triangleIndex(i, k)])
                }
            }
            let v = g[triangleIndex(j, j)] * inverse * S(0.5)
            g[triangleIndex(j, j)] = v
            let twice = v + v
            for k in 0..<j { g[triangleIndex(j, k)] = g[triangleIndex(j, k)].fnma(twice, a[triangleIndex(j, k)]) }
        }
    }

    /// The adjoint of M = A·Aᵀ: dL/dA_ij = Σ_k (dL/dM)_ik·A_kj, with the diagonal of dL/dM counted twice.
    ///
    /// - Parameters:
    ///   - g: dL/dM.
    ///   - gradient: receives dL/dA; must overlap neither `g` nor `factor`.
    @inlinable @inline(__always)
    public static func backpropagateSquare<S: LaneArithmetic>(
        _ n: Int, _ factor: UnsafePointer<S>, _ g: UnsafePointer<S>, into gradient: UnsafeMutablePointer<S>
    ) {
        for j in 0..<n {
            for i in j..<n {
                var sum = g[triangleIndex(i, i)] * factor[triangleIndex(i, j)]
                for k in j..<n {
                    let element = k <= i ? g[triangleIndex(i, k)] : g[triangleIndex(k, i)]
                    sum = sum.fma(element, factor[triangleIndex(k, j)])
                }
                gradient[triangleIndex(i, j)] = sum
            }
        }
    }

    /// The inverse of A, lower triangular like it.
    ///
    /// - Parameter inverse: receives A⁻¹; must not overlap `factor`.
    @inlinable @inline(__always)
    public static func invert<S: LaneArithmetic>(_ n: Int, _ factor: UnsafePointer<S>, into inverse: UnsafeMutablePointer<S>) {
        for j in 0..<n {
            inverse[triangleIndex(j, j)] = S(1.0) / factor[triangleIndex(j, j)]
        }
        for j in 0..<n {
            for i in j + 1..<max(n, j + 1) {
                var sum = S(0.0)
                for k in j..<i { sum = sum.fnma(factor[triangleIndex(i, k)], inverse[triangleIndex(k, j)]) }
                inverse[triangleIndex(i, j)] = sum * inverse[triangleIndex(i, i)]
            }
        }
    }

    /// Replaces b by A⁻¹·b.
    @inlinable @inline(__always)
    public static func solve<S: LaneArithmetic>(_ n: Int, _ factor: UnsafePointer<S>, _ b: UnsafeMutablePointer<S>) {
        for i in 0..<n {
            var sum = b[i]
            for k in 0..<i { sum = sum.fnma(factor[triangleIndex(i, k)], b[k]) }
            b[i] = sum / factor[triangleIndex(i, i)]
        }
    }

    /// Replaces b by A⁻ᵀ·b.
    @inlinable @inline(__always)
    public static func solveTransposed<S: LaneArithmetic>(_ n: Int, _ factor: UnsafePointer<S>, _ b: UnsafeMutablePointer<S>) {
        for i in stride(from: n - 1, through: 0, by: -1) {
            var sum = b[i]
            for k in i + 1..<max(n, i + 1) { sum = sum.fnma(factor[triangleIndex(k, i)], b[k]) }
            b[i] = sum / factor[triangleIndex(i, i)]
        }
    }
}
