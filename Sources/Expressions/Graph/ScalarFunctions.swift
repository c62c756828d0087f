import Foundation

// The functions of one double, by the C library: what lanes are measured against, and what constants are folded by.

extension UnaryFunction {
    func value(_ x: Double) -> Double {
        switch self {
        case .reciprocal: 1 / x
        case .squareRoot: x.squareRoot()
        case .absolute: abs(x)
        case .exp: Foundation.exp(x)
        case .expm1: Foundation.expm1(x)
        case .log: Foundation.log(x)
        case .log1p: Foundation.log1p(x)
        case .sin: Foundation.sin(x)
        case .cos: Foundation.cos(x)
        case .tan: Foundation.tan(x)
        case .sinh: Foundation.sinh(x)
        case .cosh: Foundation.cosh(x)
        case .tanh: Foundation.tanh(x)
        case .sigmoid: 1 / (1 + Foundation.exp(-x))
        case .softplus: (x > 0 ? x : 0) + Foundation.log1p(Foundation.exp(-abs(x)))
        case .logGamma: lgamma(x)
        case .digamma: digammaValue(x)
        case .errorFunction: erf(x)
        }
    }
}

extension BinaryFunction {
    func value(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .minimum: b < a || b.isNaN ? b : a
        case .maximum: a < b || b.isNaN ? b : a
        case .atan2: Foundation.atan2(a, b)
        case .power: pow(a, b)
        case .less: a < b ? 1 : 0
        case .lessOrEqual: a <= b ? 1 : 0
        case .equal: a == b ? 1 : 0
        case .flipped: b < 0 ? -a : a
        }
    }
}

/// log Σ exp of numbers; NaN where one of them is.
func logSumExpValue(_ values: [Double]) -> Double {
    let greatest = values.reduce(-.infinity, BinaryFunction.maximum.value)
    guard greatest.isFinite else { return greatest }
    return greatest + log(values.reduce(0) { $0 + exp($1 - greatest) })
}

/// The derivative of log Γ(x): reflected below one half, shifted to eight and above, then the asymptotic series.
func digammaValue(_ x: Double) -> Double {
    if x.isNaN || x == .infinity { return x }
    if x <= 0, x == x.rounded() || x == -.infinity { return .nan }
    if x < 0.5 { return digammaValue(1 - x) - .pi / tan(.pi * x) }
    var x = x, result = 0.0
    while x < 8 {
        result -= 1 / x
        x += 1
    }
    let z = 1 / (x * x)
    let series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132 - z * (691 / 32_760 - z / 12))))))
    return result + log(x) - 0.5 / x - series
}
