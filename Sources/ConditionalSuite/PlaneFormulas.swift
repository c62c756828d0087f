import Numerics

/// Four Gaussians in the plane whose weights, radius and directions the context moves.
public struct MovingMixture: SuiteFormula {
    public init() {}
    public let dimension = 2, contextCount = 2, constantCount = 20

    @inline(__always)
    public func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into k: UnsafeMutablePointer<S>) {
        let logits = [c[0], c[1], -c[0], -c[1]]
        var total = S(0.0)
        for l in logits { total = total + l.exponential }
        let rest = total.logarithm + S(Elementary.log(2 * .pi * 0.1)), radius = c[1] + S(2.5)
        for j in 0..<4 {
            let angle = (c[0] * S(.pi / 4)) + S(Double(j) * .pi / 2)
            let (sine, cosine) = angle.sineAndCosine, (turnedSine, turnedCosine) = (angle + c[1] * S(.pi / 4)).sineAndCosine
            k[5 * j] = radius * cosine
            k[5 * j + 1] = radius * sine
            k[5 * j + 2] = turnedCosine
            k[5 * j + 3] = turnedSine
            k[5 * j + 4] = logits[j] - rest
        }
    }

    @inline(__always)
    public func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
        var largest = S(-1e30)
        @inline(__always) func term(_ j: Int) -> (S, S, S) {
            let dx = x[0] - k[5 * j], dy = x[1] - k[5 * j + 1], cosine = k[5 * j + 2], sine = k[5 * j + 3]
            let u = (cosine * dx + sine * dy) * S(2.0), v = (cosine * dy - sine * dx) * S(5.0)
            let value = k[5 * j + 4].fnma(S(0.5), u * u + v * v)
            return (value, -(S(2.0) * u * cosine - S(5.0) * v * sine), -(S(2.0) * u * sine + S(5.0) * v * cosine))
        }
        let (a, b, c, d) = (term(0), term(1), term(2), term(3))
        largest = a.0.atLeast(b.0).atLeast(c.0.atLeast(d.0))
        let p = (a.0 - largest).exponential, q = (b.0 - largest).exponential, r = (c.0 - largest).exponential, s = (d.0 - largest).exponential
        let total = p + q + r + s, inverse = S(1.0) / total
        gradient[0] = (p * a.1 + q * b.1 + r * c.1 + s * d.1) * inverse
        gradient[1] = (p * a.2 + q * b.2 + r * c.2 + s * d.2) * inverse
        return largest + total.logarithm
    }
}

/// A ring in the plane, denser on one side.
public struct Ring: SuiteFormula {
    public init() {}
    public let dimension = 2, contextCount = 4, constantCount = 6

    @inline(__always)
    public func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into k: UnsafeMutablePointer<S>) {
        k[0] = c[0]
        k[1] = c[1]
        k[2] = S(1.5).fma(S(0.75), c[2])
        (k[3], k[4]) = (c[3] * S(.pi)).sineAndCosine
        k[5] = (S(2 * .pi * 0.1 * Elementary.exp(0.5 * Elementary.log(2 * .pi))) * k[2]).logarithm
    }

    @inline(__always)
    public func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
        let dx = x[0] - k[0], dy = x[1] - k[1]
        let radius = (S(1e-12) + dx * dx + dy * dy).squareRoot(), inverse = S(1.0) / radius
        let ux = dx * inverse, uy = dy * inverse
        let cosine = ux * k[4] + uy * k[3], sine = uy * k[4] - ux * k[3]
        let excess = radius - k[2], density = S(1.0).fma(S(0.8), cosine)
        let radial = S(-100.0) * excess, tangential = S(-0.8) * sine / density * inverse
        gradient[0] = radial * ux - tangential * uy
        gradient[1] = radial * uy + tangential * ux
        return density.logarithm - k[5] - S(50.0) * excess * excess
    }
}

/// A maximum-entropy policy: an energy with five wells, at a temperature that the context names.
public struct EnergyPolicy: SuiteFormula {
    private let slopes: [[[Double]]]
    private let biases: [[Double]]
    private let depths: [[Double]]

    public init(slopes: [[[Double]]], biases: [[Double]], depths: [[Double]]) {
        self.slopes = slopes
        self.biases = biases
        self.depths = depths
    }

    public let dimension = 2, contextCount = 5, constantCount = 16

    @inline(__always)
    public func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into k: UnsafeMutablePointer<S>) {
        for j in 0..<5 {
            var a = S(biases[j][0]), b = S(biases[j][1]), depth = S(0.0)
            for i in 0..<4 {
                a = a.fma(S(slopes[j][0][i]), c[i])
                b = b.fma(S(slopes[j][1][i]), c[i])
                depth = depth.fma(S(depths[j][i]), c[i])
            }
            k[3 * j] = a.hyperbolicTangent * S(1.5)
            k[3 * j + 1] = b.hyperbolicTangent * S(1.5)
            k[3 * j + 2] = depth * S(3.0)
        }
        k[15] = ((S(1.0) - c[4]) * S(0.5 * Elementary.log(10))).exponential
    }

    @inline(__always)
    public func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
        var largest = S(-1e30)
        @inline(__always) func term(_ j: Int) -> (S, S, S) {
            let dx = x[0] - k[3 * j], dy = x[1] - k[3 * j + 1]
            return (k[3 * j + 2].fnma(S(1 / 0.0245), dx * dx + dy * dy), dx, dy)
        }
        let (a, b, c, d, e) = (term(0), term(1), term(2), term(3), term(4))
        largest = a.0.atLeast(b.0).atLeast(c.0.atLeast(d.0)).atLeast(e.0)
        let p = (a.0 - largest).exponential, q = (b.0 - largest).exponential, r = (c.0 - largest).exponential
        let s = (d.0 - largest).exponential, t = (e.0 - largest).exponential
        let total = p + q + r + s + t, inverse = S(-2 / 0.245) * k[15] / total
        gradient[0] = (p * a.1 + q * b.1 + r * c.1 + s * d.1 + t * e.1) * inverse
        gradient[1] = (p * a.2 + q * b.2 + r * c.2 + s * d.2 + t * e.2) * inverse
        return S(0.1) * k[15] * (largest + total.logarithm)
    }
}

/// The posterior of an encoder: a latent pair, seen through a small decoder as sixteen noisy numbers.
public struct Encoder: SuiteFormula {
    /// Eight rows of two slopes and a bias, then the outer weights, hidden unit by hidden unit.
    private let weights: [Double]

    /// - Parameters: 8 × 2 inner weights, 8 biases, 16 × 8 outer weights.
    public init(inner: [[Double]], biases: [Double], outer: [[Double]]) {
        weights = (0..<8).flatMap { inner[$0] + [biases[$0]] } + (0..<8).flatMap { j in outer.map { $0[j] } }
    }

    public let dimension = 2, contextCount = 16, constantCount = 16

    @inline(__always)
    public func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into k: UnsafeMutablePointer<S>) {
        for i in 0..<16 { k[i] = c[i] }
    }

    /// The decoder's outputs.
    public func decode(_ z: [Double]) -> [Double] {
        let hidden: [Double] = (0..<8).map { (weights[3 * $0] * z[0] * z[0] + weights[3 * $0 + 1] * z[1] + weights[3 * $0 + 2]).hyperbolicTangent }
        return (0..<16).map { i in (0..<8).reduce(0) { $0 + weights[24 + 16 * $1 + i] * hidden[$1] } }
    }

    @inline(__always)
    public func evaluate<S: FormulaArithmetic>(_ z: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
        let u = z[0] * z[0]
        return weights.withUnsafeBufferPointer { weights in
            withUnsafeTemporaryAllocation(of: S.self, capacity: 24) { room in
                let hidden = room.baseAddress!, errors = hidden + 8
                for i in 0..<16 { errors[i] = k[i] }
                for j in 0..<8 {
                    let value = S(weights[3 * j + 2]).fma(S(weights[3 * j]), u).fma(S(weights[3 * j + 1]), z[1]).hyperbolicTangent
                    hidden[j] = value
                    for i in 0..<16 { errors[i] = errors[i].fnma(S(weights[24 + 16 * j + i]), value) }
                }
                var square = S(0.0), du = S(0.0), dv = S(0.0)
                for i in 0..<16 { square = square.fma(errors[i], errors[i]) }
                for j in 0..<8 {
                    var back = S(0.0)
                    for i in 0..<16 { back = back.fma(S(weights[24 + 16 * j + i]), errors[i]) }
                    let slope = back * S(1.0).fnma(hidden[j], hidden[j])
                    du = du.fma(S(weights[3 * j]), slope)
                    dv = dv.fma(S(weights[3 * j + 1]), slope)
                }
                gradient[0] = S(2 / 0.09) * z[0] * du - z[0]
                gradient[1] = S(1 / 0.09) * dv - z[1]
                return S(-8 * Elementary.log(2 * .pi * 0.09) - Elementary.log(2 * .pi)) - S(0.5) * (u + z[1] * z[1]) - square * S(1 / 0.18)
            }
        }
    }
}
