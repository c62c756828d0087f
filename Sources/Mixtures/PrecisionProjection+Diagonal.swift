import Numerics

// The layer for diagonal covariances: every coordinate by itself, with t_j = C_jj² in the place of the trace.
extension PrecisionProjection {
    @inlinable @inline(__always)
    func projectDiagonal<S: LaneArithmetic>(_ raw: UnsafePointer<S>, into factor: UnsafeMutablePointer<S>) {
        for j in 0..<dimension {
            let value = diagonal(raw[j]).value
            guard isBounded else { factor[j] = value; continue }
            let square = value * value
            let scale = S(greatestPrecision - leastPrecision) / (S(greatestPrecision) + square)
            factor[j] = S(leastPrecision).fma(scale, square).squareRoot()
        }
    }

    @inlinable @inline(__always)
    func backpropagateDiagonal<S: LaneArithmetic>(
        _ raw: UnsafePointer<S>, _ factor: UnsafePointer<S>, _ g: UnsafeMutablePointer<S>,
        into gradient: UnsafeMutablePointer<S>
    ) {
        for j in 0..<dimension {
            let (value, slope) = diagonal(raw[j])
            guard isBounded else { gradient[j] = g[j] * value * slope; continue }
            // p = p_min + (p_max − p_min)·t/(p_max + t), t = C²: dp/dd = 2·t·(p_max − p_min)·p_max/(p_max + t)².
            let square = value * value
            let denominator = S(greatestPrecision) + square
            let ratio = S(greatestPrecision) / denominator
            let change = S(2.0) * square * (S(greatestPrecision - leastPrecision) / denominator) * ratio
            gradient[j] = g[j] * change / (S(2.0) * factor[j]) * slope
        }
    }
}
