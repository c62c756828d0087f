import Numerics

/// A piece of a monotone rational-quadratic spline, between the knots (x₀, y₀) and (x₁, y₁) with slopes d₀ and d₁ there:
///
///     w = x₁ − x₀,  h = y₁ − y₀,  σ = h/w,  ξ = (x − x₀)/w,  u = ξ(1 − ξ)
///     y = y₀ + h·(σξ² + d₀u)/N,    N = σ + (d₁ + d₀ − 2σ)u,    y' = σ²·(d₁ξ² + 2σu + d₀(1 − ξ)²)/N²
///
/// (Gregory and Delbourgo, 1982; Durkan et al., 2019.)
struct RationalQuadratic<S: LaneArithmetic> {
    var x0: S, x1: S
    var y0: S, y1: S
    var d0: S, d1: S

    /// y and log y' at x.
    @inline(__always)
    func value(at x: S) -> (value: S, logSlope: S) {
        let w = x1 - x0, h = y1 - y0, sigma = h / w, xi = (x - x0) / w
        let rest = S(1.0) - xi, u = xi * rest
        let n = sigma.fma(d1 + d0 - sigma - sigma, u)
        let m = (d1 * xi * xi).fma(sigma + sigma, u).fma(d0 * rest, rest)
        let value = y0.fma(h / n, (sigma * xi * xi).fma(d0, u))
        let logSigma = sigma.logarithm, logN = n.logarithm
        return (value, m.logarithm + logSigma + logSigma - logN - logN)
    }

    /// x with the value y: the root of a quadratic equation, in the form that cancels nothing.
    @inline(__always)
    func place(of y: S) -> S {
        let w = x1 - x0, h = y1 - y0, sigma = h / w, rise = y - y0
        let bend = d1 + d0 - sigma - sigma
        let a = (h * (sigma - d0)).fma(rise, bend), b = (h * d0).fnma(rise, bend), c = -(sigma * rise)
        let discriminant = (b * b).fnma(S(4.0) * a, c).atLeast(S(0.0))
        let xi = (c + c) / (-b - discriminant.squareRoot())
        return x0.fma(xi, w)
    }

    /// The gradients with respect to x and, in `self`'s places, to knots and slopes, of a loss whose gradients are known with respect to y and
    /// log y'.
    @inline(__always)
    func backward(at x: S, value: S, logSlope: S) -> (x: S, piece: RationalQuadratic<S>) {
        let w = x1 - x0, h = y1 - y0, sigma = h / w, xi = (x - x0) / w
        let rest = S(1.0) - xi, u = xi * rest, bend = d1 + d0 - sigma - sigma
        let z = (sigma * xi * xi).fma(d0, u), n = sigma.fma(bend, u)
        let m = (d1 * xi * xi).fma(sigma + sigma, u).fma(d0 * rest, rest)
        let gz = value * h / n
        let gn = -(gz * z / n) - (logSlope + logSlope) / n
        let gm = logSlope / m
        var gh = value * z / n
        var gs = (logSlope + logSlope) / sigma
        gs = gs.fma(gz, xi * xi) + gn
        gs = gs.fnma(S(2.0) * gn, u).fma(S(2.0) * gm, u)
        let gd0 = (gz * u).fma(gn, u).fma(gm * rest, rest)
        let gd1 = (gn * u).fma(gm * xi, xi)
        let gu = (gz * d0).fma(gn, bend).fma(S(2.0) * gm, sigma)
        var gxi = (S(2.0) * gz) * sigma * xi
        gxi = gxi.fma(S(2.0) * gm, d1 * xi - d0 * rest).fma(gu, rest - xi)
        gh = gh.fma(gs, S(1.0) / w)
        let gw = -(gs * sigma / w) - gxi * xi / w
        let gx = gxi / w
        return (gx, RationalQuadratic(x0: -gx - gw, x1: gw, y0: value - gh, y1: gh, d0: gd0, d1: gd1))
    }
}
