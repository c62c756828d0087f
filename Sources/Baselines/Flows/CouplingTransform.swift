import Numerics

/// An increasing function of one coordinate, whose raw numbers come out of a network, and its inverse.
///
/// Written once over `LaneArithmetic`: trainings run it on sixteen floats, tests on doubles.
package protocol CouplingTransform: Sendable {
    /// Raw numbers per coordinate.
    var rawCount: Int { get }
    /// Places of scratch that a call needs.
    var scratchCount: Int { get }

    /// The value at `a`, and the logarithm ℓ of the function's slope there.
    func forward<S: LaneArithmetic>(_ a: S, _ raw: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>) -> (value: S, logSlope: S)

    /// The place with the value `a`, and the logarithm ℓ of the function's slope there.
    func inverse<S: LaneArithmetic>(_ a: S, _ raw: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>) -> (value: S, logSlope: S)

    /// The gradient of a loss with respect to `a`, where it is known with respect to what ``forward(_:_:scratch:)`` gave, or the inverse.
    ///
    /// - Parameters:
    ///   - gradient: with respect to the value.
    ///   - logSlope: with respect to ℓ.
    ///   - rawGradient: receives that with respect to the raw numbers.
    func backward<S: LaneArithmetic>(
        ofInverse isInverse: Bool, _ a: S, _ raw: UnsafePointer<S>, gradient: S, logSlope: S, scratch: UnsafeMutablePointer<S>,
        into rawGradient: UnsafeMutablePointer<S>
    ) -> S
}

/// The affine coupling of Real NVP and GLOW with a soft clamp:
///
///     a' = a·eˢ + t,    s = κ·tanh(r/κ),    raw numbers r, t
///
/// (Dinh et al., 2017; Kingma and Dhariwal, 2018; the clamp of Ardizzone et al., 2019.)
package struct AffineCoupling: CouplingTransform {
    /// The bound κ on the log-scale.
    package let clamp: Double

    package init(clamp: Double) { self.clamp = clamp }

    package var rawCount: Int { 2 }
    package var scratchCount: Int { 0 }

    @inline(__always)
    private func tangent<S: LaneArithmetic>(_ raw: UnsafePointer<S>) -> S { (raw[0] * S(1 / clamp)).hyperbolicTangent }

    @inline(__always)
    package func forward<S: LaneArithmetic>(_ a: S, _ raw: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>) -> (value: S, logSlope: S) {
        let s = tangent(raw) * S(clamp)
        return (raw[1].fma(a, s.exponential), s)
    }

    @inline(__always)
    package func inverse<S: LaneArithmetic>(_ a: S, _ raw: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>) -> (value: S, logSlope: S) {
        let s = tangent(raw) * S(clamp)
        return ((a - raw[1]) * (-s).exponential, s)
    }

    @inline(__always)
    package func backward<S: LaneArithmetic>(
        ofInverse isInverse: Bool, _ a: S, _ raw: UnsafePointer<S>, gradient: S, logSlope: S, scratch: UnsafeMutablePointer<S>,
        into rawGradient: UnsafeMutablePointer<S>
    ) -> S {
        let tangent = tangent(raw), s = tangent * S(clamp)
        let slope = S(1.0) - tangent * tangent
        guard isInverse else {
            let scaled = gradient * s.exponential
            rawGradient[0] = logSlope.fma(scaled, a) * slope
            rawGradient[1] = gradient
            return scaled
        }
        let scaled = gradient * (-s).exponential
        rawGradient[0] = logSlope.fnma(scaled, a - raw[1]) * slope
        rawGradient[1] = -scaled
        return scaled
    }
}
