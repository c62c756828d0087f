import Numerics

// The layer for full covariances. The functions take the dimension as a separate argument: where it is a literal, the
// compiler unrolls the loops.
extension PrecisionProjection {
    /// Writes C, and returns tr(C·Cᵀ).
    @inlinable @inline(__always)
    func triangle<S: LaneArithmetic>(_ n: Int, _ raw: UnsafePointer<S>, into c: UnsafeMutablePointer<S>) -> S {
        var trace = S(0.0)
        let bound = S.Number(Self.largestCoefficient)
        for j in 0..<n {
            let value = diagonal(raw[triangleIndex(j, j)]).value
            c[triangleIndex(j, j)] = value
            trace = trace.fma(value, value)
            for i in j + 1..<max(n, j + 1) {
                let below = value * raw[triangleIndex(i, j)].limited(to: bound)
                c[triangleIndex(i, j)] = below
                trace = trace.fma(below, below)
            }
        }
        return trace
    }

    @inlinable @inline(__always)
    func projectFull<S: LaneArithmetic>(_ n: Int, _ raw: UnsafePointer<S>, into a: UnsafeMutablePointer<S>) {
        let trace = triangle(n, raw, into: a)
        guard isBounded else { return }
        let least = S(leastPrecision)
        let scale = S(greatestPrecision - leastPrecision) / (S(greatestPrecision) + trace)
        // M replaces C from the last row upwards: row i of M needs the rows up to i of C only.
        for i in stride(from: n - 1, through: 0, by: -1) {
            for j in stride(from: i, through: 0, by: -1) {
                var sum = S(0.0)
                for k in 0...j { sum = sum.fma(a[triangleIndex(i, k)], a[triangleIndex(j, k)]) }
                // Element (i, j) of C is needed by (i, i) only, which is done first, and by elements left of it in k < j.
                a[triangleIndex(i, j)] = i == j ? least.fma(scale, sum) : scale * sum
            }
        }
        // No pivot of M is below its least eigenvalue.
        PackedTriangle.factorise(n, a, least: least)
    }

    /// The adjoint of the factorisation, then of M and of C.
    ///
    /// With u = ½·Σ gA·A = Σ gM·M (A is homogeneous of degree ½ in M), the share of the trace in M's scale s is
    /// dL/d tr B = −(u − p_min·tr gM)/(p_max + tr B).
    @inlinable @inline(__always)
    func backpropagateFull<S: LaneArithmetic>(
        _ n: Int, _ raw: UnsafePointer<S>, _ a: UnsafePointer<S>, _ g: UnsafeMutablePointer<S>,
        _ c: UnsafeMutablePointer<S>, into gradient: UnsafeMutablePointer<S>
    ) {
        let trace = triangle(n, raw, into: c)
        guard isBounded else {
            backpropagateTriangle(n, raw, c, g, into: gradient)
            return
        }
        var u = S(0.0)
        for index in 0..<triangleCount(n) { u = u.fma(g[index], a[index]) }
        u = u * S(0.5)
        PackedTriangle.backpropagateFactorisation(n, a, g)
        let denominator = S(greatestPrecision) + trace
        let scale = S(greatestPrecision - leastPrecision) / denominator
        var traceOfG = S(0.0)
        for j in 0..<n { traceOfG = traceOfG + g[triangleIndex(j, j)] }
        let traceGradient = (S(leastPrecision) * traceOfG - u) / denominator
        // From dL/dM to dL/dB, then to dL/dC.
        for i in 0..<n {
            for j in 0..<i { g[triangleIndex(i, j)] = g[triangleIndex(i, j)] * scale }
            g[triangleIndex(i, i)] = traceGradient.fma(scale, g[triangleIndex(i, i)])
        }
        PackedTriangle.backpropagateSquare(n, c, g, into: gradient)
        backpropagateTriangle(n, raw, c, gradient, into: gradient)
    }

    /// From dL/dC to the raw numbers; `g` and `gradient` may be the same memory.
    @inlinable @inline(__always)
    func backpropagateTriangle<S: LaneArithmetic>(
        _ n: Int, _ raw: UnsafePointer<S>, _ c: UnsafePointer<S>, _ g: UnsafeMutablePointer<S>,
        into gradient: UnsafeMutablePointer<S>
    ) {
        let bound = S.Number(Self.largestCoefficient)
        for j in 0..<n {
            var sum = S(0.0)
            let value = c[triangleIndex(j, j)]
            for i in j + 1..<max(n, j + 1) {
                let index = triangleIndex(i, j)
                sum = sum.fma(g[index], c[index])
                gradient[index] = g[index] * value * raw[index].isWithin(bound)
            }
            let index = triangleIndex(j, j)
            gradient[index] = sum.fma(g[index], value) * diagonal(raw[index]).slope
        }
    }
}
