import Baselines
import Foundation
import Numerics
import Testing

/// Increasing functions of one coordinate: inverses, slopes, and gradients against finite differences in double precision.
@Suite struct CouplingTests {
    /// Random raw numbers and places, some beyond a spline's interval.
    private func cases(_ transform: some CouplingTransform, _ count: Int) -> [(a: Double, raw: [Double])] {
        var stream = RandomStream(seed: 7)
        return (0..<count).map { index in (index % 4 == 3 ? 8 * stream.normal() : 2 * stream.normal(), (0..<transform.rawCount).map { _ in 1.5 * stream.normal() }) }
    }

    private func evaluate<T: CouplingTransform>(_ transform: T, _ a: Double, _ raw: [Double], isInverse: Bool) -> (value: Double, logSlope: Double) {
        var scratch = [Double](repeating: 0, count: max(1, transform.scratchCount))
        return isInverse ? transform.inverse(a, raw, scratch: &scratch) : transform.forward(a, raw, scratch: &scratch)
    }

    private func check<T: CouplingTransform>(_ transform: T) {
        for (a, raw) in cases(transform, 200) {
            let (value, logSlope) = evaluate(transform, a, raw, isInverse: false)
            let back = evaluate(transform, value, raw, isInverse: true)
            #expect(abs(back.value - a) < 1e-8 * (1 + abs(a)))
            #expect(abs(back.logSlope - logSlope) < 1e-7)
            let h = 1e-6
            let slope = (evaluate(transform, a + h, raw, isInverse: false).value - evaluate(transform, a - h, raw, isInverse: false).value) / (2 * h)
            #expect(slope > 0 && abs(log(slope) - logSlope) < 1e-5, "at \(a)")
            for isInverse in [false, true] { checkGradient(transform, isInverse ? value : a, raw, isInverse: isInverse) }
        }
    }

    private func checkGradient<T: CouplingTransform>(_ transform: T, _ a: Double, _ raw: [Double], isInverse: Bool) {
        let weights = (value: 0.7, logSlope: -1.3), h = 1e-6
        func loss(_ a: Double, _ raw: [Double]) -> Double {
            let (value, logSlope) = evaluate(transform, a, raw, isInverse: isInverse)
            return weights.value * value + weights.logSlope * logSlope
        }
        var scratch = [Double](repeating: 0, count: max(1, transform.scratchCount)), slopes = [Double](repeating: .nan, count: transform.rawCount)
        let own = transform.backward(
            ofInverse: isInverse, a, raw, gradient: weights.value, logSlope: weights.logSlope, scratch: &scratch, into: &slopes)
        // A spline's slope has a kink at its knots: both sides must agree for the difference to say anything.
        let (right, left) = ((loss(a + h, raw) - loss(a, raw)) / h, (loss(a, raw) - loss(a - h, raw)) / h)
        if abs(right - left) < 1e-3 * (1 + abs(right)) { #expect(abs(own - (right + left) / 2) < 2e-5 * (1 + abs(own)), "a = \(a), inverse \(isInverse)") }
        for i in raw.indices {
            func moved(_ by: Double) -> Double {
                var raw = raw
                raw[i] += by
                return loss(a, raw)
            }
            let difference = (moved(h) - moved(-h)) / (2 * h), curvature = abs(moved(h) - 2 * moved(0) + moved(-h)) / h
            guard curvature < 1e-3 * (1 + abs(difference)) else { continue }
            #expect(abs(slopes[i] - difference) < 2e-5 * (1 + abs(difference)), "raw \(i), a = \(a), inverse \(isInverse)")
        }
    }

    @Test func affineCouplingsInvertAndDifferentiate() { check(AffineCoupling(clamp: 2.5)) }
    @Test func splinesInvertAndDifferentiate() { check(SplineCoupling(bins: 8, bound: 5)) }
    @Test func splinesOfTwoPiecesInvertAndDifferentiate() { check(SplineCoupling(bins: 2, bound: 3)) }
    @Test func scaledSplinesInvertAndDifferentiate() {
        check(ScaledSplineCoupling(affine: AffineCoupling(clamp: 2.5), spline: SplineCoupling(bins: 8, bound: 5)))
    }

    /// A spline takes its interval to itself; with a scale of its own it reaches beyond.
    @Test func scaledSplinesLeaveTheInterval() {
        let spline = SplineCoupling(bins: 4, bound: 5), scaled = ScaledSplineCoupling(affine: AffineCoupling(clamp: 2.5), spline: spline)
        for z in [-4.9, -1, 0.5, 4.9] {
            let inner = Array(repeating: 0.3, count: spline.rawCount)
            let plain = evaluate(spline, z, inner, isInverse: true), own = evaluate(scaled, z, [-1, 2] + inner, isInverse: true)
            #expect(abs(plain.value) <= 5)
            let s = 2.5 * tanh(-1 / 2.5)
            #expect(abs(own.value - (plain.value - 2) * exp(-s)) < 1e-9 && abs(own.logSlope - plain.logSlope - s) < 1e-9)
        }
    }

    @Test func rawZerosAreTheIdentity() {
        let spline = SplineCoupling(bins: 6, bound: 4), affine = AffineCoupling(clamp: 1)
        let scaled = ScaledSplineCoupling(affine: affine, spline: spline)
        for a in [-5.0, -3.9, -1, 0, 0.3, 2.7, 6] {
            let (value, logSlope) = evaluate(spline, a, Array(repeating: 0, count: spline.rawCount), isInverse: false)
            #expect(abs(value - a) < 1e-12 && abs(logSlope) < 1e-12)
            #expect(evaluate(affine, a, [0, 0], isInverse: false) == (a, 0))
            let both = evaluate(scaled, a, Array(repeating: 0, count: scaled.rawCount), isInverse: false)
            #expect(abs(both.value - a) < 1e-12 && abs(both.logSlope) < 1e-12)
        }
    }

    @Test func splinesAgreeInSinglePrecision() {
        let spline = SplineCoupling(bins: 8, bound: 5)
        for (a, raw) in cases(spline, 60) {
            var scratch = [Lanes](repeating: .zero, count: spline.scratchCount)
            let lanes = raw.map { Lanes(repeating: Float($0)) }
            let (value, logSlope) = spline.forward(Lanes(repeating: Float(a)), lanes, scratch: &scratch)
            let exact = evaluate(spline, Double(Float(a)), raw.map { Double(Float($0)) }, isInverse: false)
            #expect(abs(Double(value[3]) - exact.value) < 2e-5 * (1 + abs(exact.value)))
            #expect(abs(Double(logSlope[3]) - exact.logSlope) < 2e-3)
        }
    }
}
