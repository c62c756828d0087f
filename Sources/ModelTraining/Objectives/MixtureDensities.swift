import Mixtures
import Numerics

/// The joint log-densities log q(o|c) + log N_o(x) of points under all components of a mixture, the inner loop of every objective
/// that samples: components times samples of them for every context.
///
/// A component's log-density is offset_o − ½·|A_oᵀ·(x − μ_o)|². Contexts lie side by side in the lanes. With seven coordinates the
/// difference stays in registers, and two points share what is loaded of a component, which else would bound the speed.
@usableFromInline
struct MixtureDensities<S: LaneArithmetic> {
    @usableFromInline let components: Int
    @usableFromInline let n: Int
    /// `n` registers per component, a full triangle packed by rows per component, and one register per component.
    @usableFromInline let means: UnsafePointer<S>
    @usableFromInline let factors: UnsafePointer<S>
    @usableFromInline let offsets: UnsafePointer<S>

    @inlinable @inline(__always)
    init(components: Int, n: Int, means: UnsafePointer<S>, factors: UnsafePointer<S>, offsets: UnsafePointer<S>) {
        self.components = components
        self.n = n
        self.means = means
        self.factors = factors
        self.offsets = offsets
    }

    /// Writes the log-densities of a point, and returns the largest.
    ///
    /// - Parameter scratch: `n` places.
    @inlinable @inline(__always)
    func logarithms(_ x: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>, into result: UnsafeMutablePointer<S>) -> S {
        var largest = S(-1e30)
        if n == 7 {
            let (x0, x1, x2, x3, x4, x5, x6) = (x[0], x[1], x[2], x[3], x[4], x[5], x[6])
            for j in 0..<components {
                let m = means + j * 7
                let square = sevenSquare(factors + j * 28, x0 - m[0], x1 - m[1], x2 - m[2], x3 - m[3], x4 - m[4], x5 - m[5], x6 - m[6])
                let logarithm = offsets[j].fnma(S(0.5), square)
                result[j] = logarithm
                largest = largest.atLeast(logarithm)
            }
            return largest
        }
        for j in 0..<components {
            let mean = means + j * n, factor = factors + j * triangleCount(n)
            for i in 0..<n { scratch[i] = x[i] - mean[i] }
            var square = S(0.0)
            for c in 0..<n {
                var sum = factor[triangleIndex(c, c)] * scratch[c]
                for i in c + 1..<max(n, c + 1) { sum = sum.fma(factor[triangleIndex(i, c)], scratch[i]) }
                square = square.fma(sum, sum)
            }
            let logarithm = offsets[j].fnma(S(0.5), square)
            result[j] = logarithm
            largest = largest.atLeast(logarithm)
        }
        return largest
    }

    /// The same for two points at a time.
    @inlinable @inline(__always)
    func logarithms(
        _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>, into first: UnsafeMutablePointer<S>,
        _ second: UnsafeMutablePointer<S>
    ) -> (S, S) {
        guard n == 7 else { return (logarithms(x, scratch: scratch, into: first), logarithms(y, scratch: scratch, into: second)) }
        var largest = S(-1e30), other = S(-1e30)
        let (x0, x1, x2, x3, x4, x5, x6) = (x[0], x[1], x[2], x[3], x[4], x[5], x[6])
        let (y0, y1, y2, y3, y4, y5, y6) = (y[0], y[1], y[2], y[3], y[4], y[5], y[6])
        for j in 0..<components {
            let m = means + j * 7
            let (m0, m1, m2, m3, m4, m5, m6) = (m[0], m[1], m[2], m[3], m[4], m[5], m[6])
            let (a, b) = sevenSquares(
                factors + j * 28, (x0 - m0, x1 - m1, x2 - m2, x3 - m3, x4 - m4, x5 - m5, x6 - m6),
                (y0 - m0, y1 - m1, y2 - m2, y3 - m3, y4 - m4, y5 - m5, y6 - m6))
            let offset = offsets[j]
            let p = offset.fnma(S(0.5), a), q = offset.fnma(S(0.5), b)
            first[j] = p
            second[j] = q
            largest = largest.atLeast(p)
            other = other.atLeast(q)
        }
        return (largest, other)
    }

    @usableFromInline typealias Seven = (S, S, S, S, S, S, S)

    /// |Aᵀ·d|² in seven dimensions.
    @inlinable @inline(__always)
    func sevenSquare(_ a: UnsafePointer<S>, _ d0: S, _ d1: S, _ d2: S, _ d3: S, _ d4: S, _ d5: S, _ d6: S) -> S {
        var z = (a[0] * d0).fma(a[1], d1).fma(a[3], d2).fma(a[6], d3).fma(a[10], d4).fma(a[15], d5).fma(a[21], d6)
        var square = z * z
        z = (a[2] * d1).fma(a[4], d2).fma(a[7], d3).fma(a[11], d4).fma(a[16], d5).fma(a[22], d6)
        square = square.fma(z, z)
        z = (a[5] * d2).fma(a[8], d3).fma(a[12], d4).fma(a[17], d5).fma(a[23], d6)
        square = square.fma(z, z)
        z = (a[9] * d3).fma(a[13], d4).fma(a[18], d5).fma(a[24], d6)
        square = square.fma(z, z)
        z = (a[14] * d4).fma(a[19], d5).fma(a[25], d6)
        square = square.fma(z, z)
        z = (a[20] * d5).fma(a[26], d6)
        square = square.fma(z, z)
        z = a[27] * d6
        return square.fma(z, z)
    }

    /// The same for two differences; every element of A is loaded once.
    @inlinable @inline(__always)
    func sevenSquares(_ a: UnsafePointer<S>, _ d: Seven, _ e: Seven) -> (S, S) {
        var f = a[0], z = f * d.0, w = f * e.0
        f = a[1]; z = z.fma(f, d.1); w = w.fma(f, e.1)
        f = a[3]; z = z.fma(f, d.2); w = w.fma(f, e.2)
        f = a[6]; z = z.fma(f, d.3); w = w.fma(f, e.3)
        f = a[10]; z = z.fma(f, d.4); w = w.fma(f, e.4)
        f = a[15]; z = z.fma(f, d.5); w = w.fma(f, e.5)
        f = a[21]; z = z.fma(f, d.6); w = w.fma(f, e.6)
        var s = z * z, t = w * w
        f = a[2]; z = f * d.1; w = f * e.1
        f = a[4]; z = z.fma(f, d.2); w = w.fma(f, e.2)
        f = a[7]; z = z.fma(f, d.3); w = w.fma(f, e.3)
        f = a[11]; z = z.fma(f, d.4); w = w.fma(f, e.4)
        f = a[16]; z = z.fma(f, d.5); w = w.fma(f, e.5)
        f = a[22]; z = z.fma(f, d.6); w = w.fma(f, e.6)
        s = s.fma(z, z); t = t.fma(w, w)
        f = a[5]; z = f * d.2; w = f * e.2
        f = a[8]; z = z.fma(f, d.3); w = w.fma(f, e.3)
        f = a[12]; z = z.fma(f, d.4); w = w.fma(f, e.4)
        f = a[17]; z = z.fma(f, d.5); w = w.fma(f, e.5)
        f = a[23]; z = z.fma(f, d.6); w = w.fma(f, e.6)
        s = s.fma(z, z); t = t.fma(w, w)
        f = a[9]; z = f * d.3; w = f * e.3
        f = a[13]; z = z.fma(f, d.4); w = w.fma(f, e.4)
        f = a[18]; z = z.fma(f, d.5); w = w.fma(f, e.5)
        f = a[24]; z = z.fma(f, d.6); w = w.fma(f, e.6)
        s = s.fma(z, z); t = t.fma(w, w)
        f = a[14]; z = f * d.4; w = f * e.4
        f = a[19]; z = z.fma(f, d.5); w = w.fma(f, e.5)
        f = a[25]; z = z.fma(f, d.6); w = w.fma(f, e.6)
        s = s.fma(z, z); t = t.fma(w, w)
        f = a[20]; z = f * d.5; w = f * e.5
        f = a[26]; z = z.fma(f, d.6); w = w.fma(f, e.6)
        s = s.fma(z, z); t = t.fma(w, w)
        f = a[27]; z = f * d.6; w = f * e.6
        return (s.fma(z, z), t.fma(w, w))
    }

    /// Writes z = A_jᵀ·(x − μ_j).
    @inlinable @inline(__always)
    func whiten(_ j: Int, _ x: UnsafePointer<S>, difference: UnsafeMutablePointer<S>, into z: UnsafeMutablePointer<S>) {
        let mean = means + j * n, factor = factors + j * triangleCount(n)
        for i in 0..<n { difference[i] = x[i] - mean[i] }
        for c in 0..<n {
            var sum = factor[triangleIndex(c, c)] * difference[c]
            for i in c + 1..<max(n, c + 1) { sum = sum.fma(factor[triangleIndex(i, c)], difference[i]) }
            z[c] = sum
        }
    }

    /// A_j·z, which is L_j·(x − μ_j) for whitened differences: adds `scale` times it to a gradient.
    @inlinable @inline(__always)
    func addPrecision(_ j: Int, _ z: UnsafePointer<S>, scale: S, to gradient: UnsafeMutablePointer<S>) {
        let factor = factors + j * triangleCount(n)
        for i in 0..<n {
            var sum = factor[triangleIndex(i, 0)] * z[0]
            for c in 1..<max(i + 1, 1) { sum = sum.fma(factor[triangleIndex(i, c)], z[c]) }
            gradient[i] = gradient[i].fma(scale, sum)
        }
    }

    /// The least share of a point that a component is evaluated for; most components are far away from most points.
    @inlinable @inline(__always)
    static var negligibleShare: S { S(1e-7) }

    /// Replaces log-densities by shares (responsibilities) of the sum, and returns log Σ exp.
    @inlinable @inline(__always)
    func normalise(_ logarithms: UnsafeMutablePointer<S>, largest: S) -> S {
        var total = S(0.0)
        for j in 0..<components {
            let value = (logarithms[j] - largest).exponential
            logarithms[j] = value
            total = total + value
        }
        let inverse = S(1.0) / total
        for j in 0..<components { logarithms[j] = logarithms[j] * inverse }
        return largest + total.logarithm
    }
}
