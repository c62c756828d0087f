import Numerics

/// The coupling of neural spline flows: a monotone rational-quadratic spline on [−B, B], the identity beyond (Durkan et al., 2019).
///
/// Raw numbers are K widths and K heights, of which a softmax is taken, and the slopes at the K − 1 inner knots, through a softplus that is 1
/// at 0; the slopes at the ends are 1. With raw zeros the spline is the identity.
package struct SplineCoupling: CouplingTransform {
    /// The number of pieces K.
    package let bins: Int
    /// B.
    package let bound: Double

    package init(bins: Int, bound: Double) {
        self.bins = bins
        self.bound = bound
    }

    /// The least share of the interval that a piece has, along both axes, and the least slope at a knot.
    private static var leastShare: Double { 1e-3 }
    private static var leastSlope: Double { 1e-3 }

    package var rawCount: Int { 3 * bins - 1 }
    package var scratchCount: Int { 5 * bins + 3 }

    /// What the softplus is shifted by, so that it is 1 − the least slope at 0.
    private var shift: Double { Elementary.log(Elementary.exp(1 - Self.leastSlope) - 1) }

    /// Knots and slopes in scratch.
    private struct Knots<S: LaneArithmetic> {
        let x: UnsafeMutablePointer<S>
        let y: UnsafeMutablePointer<S>
        let slopes: UnsafeMutablePointer<S>
        /// The softmax of widths, and of heights.
        let widths: UnsafeMutablePointer<S>
        let heights: UnsafeMutablePointer<S>

        @inline(__always)
        init(_ scratch: UnsafeMutablePointer<S>, bins: Int) {
            x = scratch
            y = x + bins + 1
            slopes = y + bins + 1
            widths = slopes + bins + 1
            heights = widths + bins
        }
    }

    @inline(__always)
    private func accumulate<S: LaneArithmetic>(_ raw: UnsafePointer<S>, shares: UnsafeMutablePointer<S>, knots: UnsafeMutablePointer<S>) {
        var greatest = raw[0], total = S(0.0)
        for k in 1..<bins { greatest = greatest.atLeast(raw[k]) }
        for k in 0..<bins {
            shares[k] = (raw[k] - greatest).exponential
            total = total + shares[k]
        }
        let inverse = S(1.0) / total, least = S(2 * bound * Self.leastShare), scale = S(2 * bound * (1 - Double(bins) * Self.leastShare))
        knots[0] = S(-bound)
        for k in 0..<bins {
            shares[k] = shares[k] * inverse
            knots[k + 1] = (knots[k] + least).fma(shares[k], scale)
        }
        knots[bins] = S(bound)
    }

    @inline(__always)
    private func knots<S: LaneArithmetic>(_ raw: UnsafePointer<S>, _ scratch: UnsafeMutablePointer<S>) -> Knots<S> {
        let knots = Knots(scratch, bins: bins)
        accumulate(raw, shares: knots.widths, knots: knots.x)
        accumulate(raw + bins, shares: knots.heights, knots: knots.y)
        knots.slopes[0] = S(1.0)
        knots.slopes[bins] = S(1.0)
        for k in 1..<bins {
            let r = raw[2 * bins + k - 1] + S(shift), size = r.atLeast(-r)
            knots.slopes[k] = S(Self.leastSlope) + r.atLeast(S(0.0)) + (S(1.0) + (-size).exponential).logarithm
        }
        return knots
    }

    /// The piece whose interval holds a number, and its index; the interval is one of `edges`.
    @inline(__always)
    private func piece<S: LaneArithmetic>(_ a: S, _ edges: UnsafePointer<S>, _ knots: Knots<S>) -> (piece: RationalQuadratic<S>, index: S) {
        var piece = RationalQuadratic(x0: knots.x[0], x1: knots.x[1], y0: knots.y[0], y1: knots.y[1], d0: knots.slopes[0], d1: knots.slopes[1])
        var index = S(0.0)
        for k in 1..<bins {
            let test = a - edges[k]
            piece.x0 = piece.x0.selected(whereNegative: test, else: knots.x[k])
            piece.x1 = piece.x1.selected(whereNegative: test, else: knots.x[k + 1])
            piece.y0 = piece.y0.selected(whereNegative: test, else: knots.y[k])
            piece.y1 = piece.y1.selected(whereNegative: test, else: knots.y[k + 1])
            piece.d0 = piece.d0.selected(whereNegative: test, else: knots.slopes[k])
            piece.d1 = piece.d1.selected(whereNegative: test, else: knots.slopes[k + 1])
            index = index.selected(whereNegative: test, else: S(Double(k)))
        }
        return (piece, index)
    }

    /// Below zero where a number lies beyond the interval.
    @inline(__always)
    private func inside<S: LaneArithmetic>(_ a: S) -> S { a.isWithin(S.Number(bound)) - S(0.5) }

    @inline(__always)
    package func forward<S: LaneArithmetic>(_ a: S, _ raw: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>) -> (value: S, logSlope: S) {
        let knots = knots(raw, scratch), kept = a.limited(to: S.Number(bound)), inside = inside(a)
        let (value, logSlope) = piece(kept, knots.x, knots).piece.value(at: kept)
        return (a.selected(whereNegative: inside, else: value), S(0.0).selected(whereNegative: inside, else: logSlope))
    }

    @inline(__always)
    package func inverse<S: LaneArithmetic>(_ a: S, _ raw: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>) -> (value: S, logSlope: S) {
        let knots = knots(raw, scratch), kept = a.limited(to: S.Number(bound)), inside = inside(a)
        let own = piece(kept, knots.y, knots).piece, place = own.place(of: kept)
        return (a.selected(whereNegative: inside, else: place), S(0.0).selected(whereNegative: inside, else: own.value(at: place).logSlope))
    }

    @inline(__always)
    package func backward<S: LaneArithmetic>(
        ofInverse isInverse: Bool, _ a: S, _ raw: UnsafePointer<S>, gradient: S, logSlope: S, scratch: UnsafeMutablePointer<S>,
        into rawGradient: UnsafeMutablePointer<S>
    ) -> S {
        let knots = knots(raw, scratch), kept = a.limited(to: S.Number(bound)), inside = inside(a)
        let (own, index) = piece(kept, isInverse ? knots.y : knots.x, knots)
        var result: S, slopes: RationalQuadratic<S>
        if isInverse {
            // y = f(x, θ) is held: dx = (dy − ∂f/∂θ·dθ)/f'(x), and the logarithm of the slope moves with x and θ.
            let x = own.place(of: kept)
            let pull = gradient + own.backward(at: x, value: S(0.0), logSlope: logSlope).x
            result = pull * (-own.value(at: x).logSlope).exponential
            slopes = own.backward(at: x, value: -result, logSlope: logSlope).piece
        } else {
            (result, slopes) = own.backward(at: kept, value: gradient, logSlope: logSlope)
        }
        result = gradient.selected(whereNegative: inside, else: result)
        spread(slopes.x0, slopes.x1, index, inside, shares: knots.widths, into: rawGradient)
        spread(slopes.y0, slopes.y1, index, inside, shares: knots.heights, into: rawGradient + bins)
        for k in 1..<bins {
            // softplus'(r) = 1/(1 + e⁻ʳ)
            let r = raw[2 * bins + k - 1] + S(shift), sigmoid = S(1.0) / (S(1.0) + (-r).exponential)
            let share = (index - S(Double(k))).isWithin(0.5) * slopes.d0 + (index - S(Double(k - 1))).isWithin(0.5) * slopes.d1
            rawGradient[2 * bins + k - 1] = S(0.0).selected(whereNegative: inside, else: share * sigmoid)
        }
        return result
    }

    /// Takes the gradients of a piece's two knots to the raw numbers of the softmax.
    ///
    /// All knots are sums of the shares before them, the last of which sum to 1; the pieces up to the one at `index` move both its knots.
    @inline(__always)
    private func spread<S: LaneArithmetic>(
        _ first: S, _ second: S, _ index: S, _ inside: S, shares: UnsafePointer<S>, into rawGradient: UnsafeMutablePointer<S>
    ) {
        let scale = S(2 * bound * (1 - Double(bins) * Self.leastShare))
        var mean = S(0.0)
        for k in 0..<bins {
            let before = S(Double(k)) - index + S(0.5)
            let moved = (first + second).selected(whereNegative: before, else: (S(Double(k)) - index).isWithin(0.5) * second)
            rawGradient[k] = moved
            mean = mean.fma(moved, shares[k])
        }
        for k in 0..<bins {
            rawGradient[k] = S(0.0).selected(whereNegative: inside, else: shares[k] * (rawGradient[k] - mean) * scale)
        }
    }
}
