import Numerics

/// The activation function of the hidden units of a network.
public enum Activation: String, Sendable, Codable, CaseIterable {
    /// SiLU(x) = x/(1 + e⁻ˣ).
    case sigmoidLinear
    /// ReLU(x) = max(x, 0).
    case rectifier
    /// max(x, x/100).
    case leakyRectifier
}

/// A unit's value and derivative, sixteen at a time.
@usableFromInline
protocol HiddenUnit {
    static func evaluate(_ x: Lanes) -> (value: Lanes, slope: Lanes)
}

/// With s = 1/(1 + e⁻ˣ), y = x·s and y′ = s + y·(1 − s).
@usableFromInline
enum SigmoidLinearUnit: HiddenUnit {
    @inlinable @inline(__always)
    static func evaluate(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
        let s = x.logistic
        let y = x * s
        return (y, s.fma(y, 1 - s))
    }
}

@usableFromInline
enum RectifiedLinearUnit: HiddenUnit {
    @inlinable @inline(__always)
    static func evaluate(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
        let isPositive = x .> 0
        return (Lanes.zero.replacing(with: x, where: isPositive), Lanes.zero.replacing(with: 1, where: isPositive))
    }
}

@usableFromInline
enum LeakyRectifiedLinearUnit: HiddenUnit {
    @inlinable @inline(__always)
    static func evaluate(_ x: Lanes) -> (value: Lanes, slope: Lanes) {
        let slope = Lanes(repeating: 0.01).replacing(with: 1, where: x .> 0)
        return (x * slope, slope)
    }
}

extension Activation {
    /// The unit's values alone.
    @inlinable @inline(__always)
    func value(_ x: Lanes) -> Lanes {
        switch self {
        case .sigmoidLinear: SigmoidLinearUnit.evaluate(x).value
        case .rectifier: RectifiedLinearUnit.evaluate(x).value
        case .leakyRectifier: LeakyRectifiedLinearUnit.evaluate(x).value
        }
    }
}

// On rows of a feature-major block.
extension Activation {
    /// Applies the unit to `rows` rows: `sums` holds W·h and receives the derivative; `output` receives the value, plus
    /// `carried` where there is one.
    @usableFromInline
    func forward(
        sums: UnsafeMutablePointer<Float>, biases: UnsafePointer<Float>, carried: UnsafePointer<Float>?,
        output: UnsafeMutablePointer<Float>, rows: Int, columns: Int, stride: Int
    ) {
        switch self {
        case .sigmoidLinear: forward(SigmoidLinearUnit.self, sums, biases, carried, output, rows, columns, stride)
        case .rectifier: forward(RectifiedLinearUnit.self, sums, biases, carried, output, rows, columns, stride)
        case .leakyRectifier: forward(LeakyRectifiedLinearUnit.self, sums, biases, carried, output, rows, columns, stride)
        }
    }

    @inline(__always)
    private func forward(
        _ unit: (some HiddenUnit).Type, _ sums: UnsafeMutablePointer<Float>, _ biases: UnsafePointer<Float>, _ carried: UnsafePointer<Float>?,
        _ output: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int, _ stride: Int
    ) {
        for row in 0..<rows {
            let bias = Lanes(repeating: biases[row])
            let start = row * stride
            for column in Swift.stride(from: 0, to: columns, by: laneCount) {
                let place = start + column
                var (value, slope) = unit.evaluate(Lanes(loading: sums + place) + bias)
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
