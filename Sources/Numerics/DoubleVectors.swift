/// Loops over consecutive double-precision numbers, eight at a time.
public enum DoubleVectors {
    /// Σ a_i·b_i.
    @inlinable @inline(__always)
    public static func dot(_ count: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>) -> Double {
        var first = DoubleLanes.zero, second = DoubleLanes.zero
        var i = 0
        while i + 16 <= count {
            first = first.fma(DoubleLanes(loading: a + i), DoubleLanes(loading: b + i))
            second = second.fma(DoubleLanes(loading: a + i + 8), DoubleLanes(loading: b + i + 8))
            i += 16
        }
        var sum = count >= 16 ? (first + second).sum() : 0
        while i < count {
            sum += a[i] * b[i]
            i += 1
        }
        return sum
    }

    /// y ← y + factor·x.
    @inlinable @inline(__always)
    public static func add(_ count: Int, _ factor: Double, times x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>) {
        let lanes = DoubleLanes(repeating: factor)
        var i = 0
        while i + 8 <= count {
            DoubleLanes(loading: y + i).fma(lanes, DoubleLanes(loading: x + i)).store(to: y + i)
            i += 8
        }
        while i < count {
            y[i] += factor * x[i]
            i += 1
        }
    }
}
