import Numerics

/// A path of eight points from (0, 0) to (1, 0), short and around a disc.
public struct DiscPath: SuiteFormula {
    public init() {}
    public let dimension = 16, contextCount = 3, constantCount = 3

    @inline(__always)
    public func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into k: UnsafeMutablePointer<S>) {
        k[0] = S(0.5).fma(S(0.2), c[0])
        k[1] = S(0.15) * c[1]
        k[2] = S(0.18).fma(S(0.05), c[2])
    }

    @inline(__always)
    public func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient g: UnsafeMutablePointer<S>) -> S {
        var px = S(0.0), py = S(0.0), value = S(0.0)
        for i in 0..<16 { g[i] = S(0.0) }
        /// h²/0.0008 of how deep a point lies inside, and minus its gradient.
        @inline(__always) func depth(_ x: S, _ y: S) -> (S, S, S) {
            let dx = x - k[0], dy = y - k[1], distance = (S(1e-12) + dx * dx + dy * dy).squareRoot()
            let h = (k[2] - distance).atLeast(S(0.0)), slope = S(1 / 0.0004) * h / distance
            return (S(1 / 0.0008) * h * h, slope * dx, slope * dy)
        }
        for i in 0..<9 {
            let qx = i < 8 ? x[2 * i] : S(1.0), qy = i < 8 ? x[2 * i + 1] : S(0.0)
            let dx = qx - px, dy = qy - py
            let (middle, mx, my) = depth(S(0.5) * (px + qx), S(0.5) * (py + qy))
            value = value - S(50.0) * (dx * dx + dy * dy) - middle
            if i < 8 {
                let (own, nx, ny) = depth(qx, qy)
                value = value - own
                g[2 * i] = g[2 * i] - S(100.0) * dx + S(0.5) * mx + nx
                g[2 * i + 1] = g[2 * i + 1] - S(100.0) * dy + S(0.5) * my + ny
            }
            if i > 0 {
                g[2 * i - 2] = g[2 * i - 2] + S(100.0) * dx + S(0.5) * mx
                g[2 * i - 1] = g[2 * i - 1] + S(100.0) * dy + S(0.5) * my
            }
            (px, py) = (qx, qy)
        }
        return value
    }
}

/// The grasp of an ellipse by a parallel gripper: place, turn and opening.
public struct EllipseGrasp: SuiteFormula {
    public init() {}
    public let dimension = 4, contextCount = 5, constantCount = 7

    @inline(__always)
    public func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into k: UnsafeMutablePointer<S>) {
        k[0] = S(0.3) * c[0]
        k[1] = S(0.3) * c[1]
        (k[2], k[3]) = (S(.pi / 2) * c[2]).sineAndCosine
        let a = S(0.6).fma(S(0.15), c[3]), b = S(0.35).fma(S(0.1), c[4])
        k[4] = S(1.0) / (a * a)
        k[5] = S(1.0) / (b * b)
        // Half the square of the mean radius over the variance.
        let radius = S(0.5) * (a + b)
        k[6] = S(0.5 / 0.0009) * radius * radius
    }

    @inline(__always)
    public func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
        let (dy, dx) = x[2].sineAndCosine, opening = x[3]
        let cosine = k[3], sine = k[2]
        // In the ellipse's frame: the middle between the fingers and the gripper's direction.
        let x0 = x[0] - k[0], y0 = x[1] - k[1]
        let mu = cosine * x0 + sine * y0, mv = cosine * y0 - sine * x0
        let eu = cosine * dx + sine * dy, ev = cosine * dy - sine * dx
        var value = S(0.0), gu = S(0.0), gv = S(0.0), turn = S(0.0), width = S(0.0)
        for sign in [-1.0, 1.0] {
            let half = S(0.5 * sign) * opening
            let u = mu.fma(half, eu), v = mv.fma(half, ev)
            let nu = u * k[4], nv = v * k[5]
            let q = (S(1e-6) + u * nu + v * nv).squareRoot(), f = q - S(1.0)
            let length = (S(1e-6) + nu * nu + nv * nv).squareRoot(), inverse = S(1.0) / length
            let dot = (nu * eu + nv * ev) * inverse
            value = value - k[6] * f * f - S(25.0) * (S(1.0) - S(sign) * dot)
            let radial = S(-2.0) * k[6] * f / q, pull = S(25 * sign) * inverse
            let du = radial * nu + pull * k[4] * (eu - dot * nu * inverse)
            let dv = radial * nv + pull * k[5] * (ev - dot * nv * inverse)
            gu = gu + du
            gv = gv + dv
            width = width + S(0.5 * sign) * (du * eu + dv * ev)
            turn = turn + half * (dv * eu - du * ev) + pull * (nv * eu - nu * ev)
        }
        let below = S(0.0).selected(whereNegative: S(0.0) - opening, else: opening)
        value = value - S(0.5) * opening * opening - S(1250.0) * below * below
        width = width - opening - S(2500.0) * below
        let size = x[2].atLeast(-x[2]), excess = (size - S(.pi)).atLeast(S(0.0))
        value = value - S(50.0) * excess * excess
        turn = turn - S(100.0) * excess.selected(whereNegative: S(0.0) - x[2], else: -excess)
        gradient[0] = cosine * gu - sine * gv
        gradient[1] = sine * gu + cosine * gv
        gradient[2] = turn
        gradient[3] = width
        return value
    }
}
