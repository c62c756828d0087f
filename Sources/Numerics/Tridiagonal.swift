/// A symmetric tridiagonal matrix T.
public struct Tridiagonal: Sendable {
    /// The diagonal, and the elements beside it.
    public var diagonal: [Double]
    public var beside: [Double]

    /// M = Q·T·Qᵀ by Householder's reflections (Golub and Van Loan, 8.3.1), in 4/3·n³ operations.
    ///
    /// - Parameters:
    ///   - matrix: M, n × n by rows, both triangles; overwritten.
    ///   - vector: b; replaced by Qᵀ·b.
    public init(reducing matrix: inout [Double], rotating vector: inout [Double]) {
        let n = vector.count
        precondition(matrix.count == n * n, "\(matrix.count) elements for \(n) × \(n)")
        diagonal = Array(repeating: 0, count: n)
        beside = Array(repeating: 0, count: max(0, n - 1))
        var v = Array(repeating: 0.0, count: n), p = v
        matrix.withUnsafeMutableBufferPointer { matrix in
            v.withUnsafeMutableBufferPointer { v in
                p.withUnsafeMutableBufferPointer { p in
                    vector.withUnsafeMutableBufferPointer { b in
                        guard n > 0 else { return }
                        let a = matrix.baseAddress!, v = v.baseAddress!, p = p.baseAddress!, b = b.baseAddress!
                        for k in 0..<max(0, n - 2) {
                            beside[k] = Self.reflect(n, k, a, v, p, b)
                        }
                        if n > 1 { beside[n - 2] = a[(n - 1) * n + n - 2] }
                        for k in 0..<n { diagonal[k] = a[k * n + k] }
                    }
                }
            }
        }
    }

    // Brings column k into shape: x ← x − 2·v·vᵀ·x/|v|² on both sides of what follows it. Returns the element beside the diagonal.
    private static func reflect(
        _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>, _ p: UnsafeMutablePointer<Double>,
        _ b: UnsafeMutablePointer<Double>
    ) -> Double {
        let start = k + 1, size = n - start
        let row = a + k * n + start
        let norm = DoubleVectors.dot(size, row, row).squareRoot()
        guard norm > 0 else { return 0 }
        let alpha = row[0] > 0 ? -norm : norm
        for i in 0..<size { v[i] = row[i] }
        v[0] -= alpha
        let square = DoubleVectors.dot(size, v, v)
        guard square > 0 else { return row[0] }
        let beta = 2 / square
        // p = β·A·v − (β/2)·(pᵀ·v)·v, A ← A − v·pᵀ − p·vᵀ.
        for i in 0..<size { p[i] = beta * DoubleVectors.dot(size, a + (start + i) * n + start, v) }
        let share = 0.5 * beta * DoubleVectors.dot(size, p, v)
        DoubleVectors.add(size, -share, times: v, to: p)
        for i in 0..<size {
            let line = a + (start + i) * n + start
            DoubleVectors.add(size, -v[i], times: p, to: line)
            DoubleVectors.add(size, -p[i], times: v, to: line)
        }
        DoubleVectors.add(size, -beta * DoubleVectors.dot(size, v, b + start), times: v, to: b + start)
        return alpha
    }

    /// What is known of I + s·T in linear time: log-determinant, trace of the inverse, and |(I + s·T)⁻¹·s·b|²; nil where it is not
    /// positive definite.
    public func shifted(by s: Double, _ b: [Double]) -> (logDeterminant: Double, inverseTrace: Double, solutionSquare: Double)? {
        let n = diagonal.count
        var pivots = Array(repeating: 0.0, count: n), y = pivots, below = pivots
        var logDeterminant = 0.0
        for i in 0..<n {
            var pivot = 1 + s * diagonal[i], right = s * b[i]
            if i > 0 {
                let e = s * beside[i - 1]
                pivot -= e * e / pivots[i - 1]
                right -= e / pivots[i - 1] * y[i - 1]
            }
            guard pivot > 0 else { return nil }
            pivots[i] = pivot
            y[i] = right
            logDeterminant += Elementary.log(pivot)
        }
        var square = 0.0, trace = 0.0, next = 0.0
        for i in stride(from: n - 1, through: 0, by: -1) {
            let c = 1 + s * diagonal[i]
            let e = i < n - 1 ? s * beside[i] : 0
            below[i] = i < n - 1 ? c - e * e / below[i + 1] : c
            guard below[i] > 0 else { return nil }
            // (I + s·T)⁻¹_ii from the pivots of both ends.
            trace += 1 / (pivots[i] + below[i] - c)
            next = (y[i] - e * next) / pivots[i]
            square += next * next
        }
        return (logDeterminant, trace, square)
    }
}
