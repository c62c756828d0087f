import Numerics

/// The sigmoid linear unit SiLU(x) = x/(1 + e⁻ˣ) and its derivative, on rows of a feature-major block.
@usableFromInline
enum SigmoidLinearUnit {
    /// Value and derivative: with s = 1/(1 + e⁻ˣ), y = x·s and y′ = s + y·(1 − s).
    @inlinable @inline(__always)
    static func evaluate(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
        let s = x.logistic
        let y = x * s
        return (y, s.fma(y, 1 - s))
    }

    /// Applies the unit to `rows` rows: `sums` holds W·h and receives the derivative; `output` receives the value, plus
    /// `carried` where there is one.
    @usableFromInline
    static func forward(
        sums: UnsafeMutablePointer<Float>, biases: UnsafePointer<Float>, carried: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int
    ) {
        for row in 0..<rows {
            let bias = Lanes(repeating: biases[row])
            let start = row * stride
            for column in Swift.stride(from: 0, to: columns, by: laneCount) {
                let place = start + column
                var (value, slope) = evaluate(Lanes(loading: sums + place) + bias)
                if let carried { value += Lanes(loading: carried + place) }
                slope.store(to: sums + place)
                value.store(to: output + place)
            }
        }
    }

    /// Multiplies the derivatives by the gradient with respect to the unit's output.
    @usableFromInline
    static func backward(
        slopes: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, rows: Int, columns: Int, stride: Int
    ) {
        for row in 0..<rows {
            let start = row * stride
            for column in Swift.stride(from: 0, to: columns, by: laneCount) {
                let place = start + column
                (Lanes(loading: slopes + place) * Lanes(loading: gradient + place)).store(to: slopes + place)
            }
        }
    }
}
