import Numerics

/// A spline whose place and scale are learned: an affine coupling from the side of x, then a spline from the side of z.
///
///     a' = f(a·eˢ + t),    f the identity beyond [−B, B],    raw numbers those of s and t, then those of f
///
/// A spline alone takes [−B, B] to itself: samples stay in the box that the base's bulk lies in, and a reverse divergence, which sees its own samples
/// only, never leaves it. (Ho et al., 2019, end couplings of mixtures of logistics in the same way; Durkan et al., 2019, put linear layers between theirs.)
package struct ScaledSplineCoupling: CouplingTransform {
    package let affine: AffineCoupling
    package let spline: SplineCoupling

    package init(affine: AffineCoupling, spline: SplineCoupling) {
        self.affine = affine
        self.spline = spline
    }

    package var rawCount: Int { affine.rawCount + spline.rawCount }
    package var scratchCount: Int { spline.scratchCount }

    @inline(__always)
    package func forward<S: LaneArithmetic>(_ a: S, _ raw: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>) -> (value: S, logSlope: S) {
        let outer = affine.forward(a, raw, scratch: scratch)
        let inner = spline.forward(outer.value, raw + affine.rawCount, scratch: scratch)
        return (inner.value, outer.logSlope + inner.logSlope)
    }

    @inline(__always)
    package func inverse<S: LaneArithmetic>(_ a: S, _ raw: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>) -> (value: S, logSlope: S) {
        let inner = spline.inverse(a, raw + affine.rawCount, scratch: scratch)
        let outer = affine.inverse(inner.value, raw, scratch: scratch)
        return (outer.value, outer.logSlope + inner.logSlope)
    }

    @inline(__always)
    package func backward<S: LaneArithmetic>(
        ofInverse isInverse: Bool, _ a: S, _ raw: UnsafePointer<S>, gradient: S, logSlope: S, scratch: UnsafeMutablePointer<S>,
        into rawGradient: UnsafeMutablePointer<S>
    ) -> S {
        let own = raw + affine.rawCount, ownGradient = rawGradient + affine.rawCount
        if isInverse {
            let between = spline.inverse(a, own, scratch: scratch).value
            let passed = affine.backward(ofInverse: true, between, raw, gradient: gradient, logSlope: logSlope, scratch: scratch, into: rawGradient)
            return spline.backward(ofInverse: true, a, own, gradient: passed, logSlope: logSlope, scratch: scratch, into: ownGradient)
        }
        let between = affine.forward(a, raw, scratch: scratch).value
        let passed = spline.backward(ofInverse: false, between, own, gradient: gradient, logSlope: logSlope, scratch: scratch, into: ownGradient)
        return affine.backward(ofInverse: false, a, raw, gradient: passed, logSlope: logSlope, scratch: scratch, into: rawGradient)
    }
}
