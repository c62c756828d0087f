import Foundation
import Numerics

/// The arithmetic that bodies are evaluated in: one configuration in double precision, or sixteen in single precision.
protocol BodyArithmetic: LaneArithmetic {
    /// Sines and cosines of a list of angles.
    static func sinesAndCosines(
        _ angles: UnsafePointer<Self>, count: Int, sines: UnsafeMutablePointer<Self>, cosines: UnsafeMutablePointer<Self>)
    /// log Φ, Φ the integral of the standard normal density up to this number, and its derivative.
    var logNormalIntegral: (value: Self, slope: Self) { get }
    /// The angle whose chord on the unit circle is as long as this number, from 0 to 2: twice its half's arcsine.
    var angleOfChord: Self { get }
}

extension BodyArithmetic {
    /// The larger of a number and its negative.
    @inline(__always)
    var magnitude: Self { atLeast(-self) }

    /// The number in the range that is nearest.
    @inline(__always)
    func clipped(from lower: Self, to upper: Self) -> Self { -((-atLeast(lower)).atLeast(-upper)) }
}

extension SIMD16<Float>: BodyArithmetic {
    var angleOfChord: Self {
        var result = self
        for lane in 0..<laneCount { result[lane] = Float(Double(self[lane]).angleOfChord) }
        return result
    }

    @inline(__always)
    static func sinesAndCosines(
        _ angles: UnsafePointer<Self>, count: Int, sines: UnsafeMutablePointer<Self>, cosines: UnsafeMutablePointer<Self>
    ) {
        for i in 0..<count { (sines[i], cosines[i]) = angles[i].sineAndCosine }
    }

    /// By the approximation of the complementary error function with a fractional error below 1.2e-7 (Press et al., Numerical
    /// Recipes, section 6.2), whose logarithm is known in closed form.
    @inline(__always)
    var logNormalIntegral: (value: Self, slope: Self) {
        let t = magnitude * 0.707_106_78
        let u = 1 / (1 + 0.5 * t)
        var p = Self(repeating: -0.822_152_23).fma(u, Self(repeating: 0.170_872_77))
        p = Self(repeating: 1.488_515_87).fma(u, p)
        p = Self(repeating: -1.135_203_98).fma(u, p)
        p = Self(repeating: 0.278_868_07).fma(u, p)
        p = Self(repeating: -0.186_288_06).fma(u, p)
        p = Self(repeating: 0.096_784_18).fma(u, p)
        p = Self(repeating: 0.374_091_96).fma(u, p)
        p = Self(repeating: 1.000_023_68).fma(u, p)
        p = Self(repeating: -1.265_512_23).fma(u, p)
        let tail = u.logarithm + p - 0.693_147_18  // log(erfc(t)/2) + t²
        let density = Self(repeating: -0.918_938_53).fnma(t, t)
        let rest = 1 - (tail - t * t).exponential
        let below = (value: tail - t * t, slope: (-0.918_938_53 - tail).exponential)
        return (below.value.selected(whereNegative: self, else: rest.logarithm),
                below.slope.selected(whereNegative: self, else: density.exponential / rest))
    }
}

extension Double: BodyArithmetic {
    var angleOfChord: Double { 2 * Elementary.asin(Swift.min(self / 2, 1)) }

    @inline(__always)
    static func sinesAndCosines(
        _ angles: UnsafePointer<Double>, count: Int, sines: UnsafeMutablePointer<Double>, cosines: UnsafeMutablePointer<Double>
    ) {
        var first = 0
        while first < count {
            var group = SIMD8<Double>.zero
            let size = Swift.min(8, count - first)
            for lane in 0..<size { group[lane] = angles[first + lane] }
            let result = group.sineAndCosineOfAnyAngle
            for lane in 0..<size {
                sines[first + lane] = result.sine[lane]
                cosines[first + lane] = result.cosine[lane]
            }
            first += 8
        }
    }

    var logNormalIntegral: (value: Double, slope: Double) {
        let circle = 0.918_938_533_204_672_74  // log √2π
        if self > -20 {
            let integral = 0.5 * erfc(-self * 0.707_106_781_186_547_52)
            return (Elementary.log(integral), Elementary.exp(-0.5 * self * self - circle) / integral)
        }
        // Φ(z) = φ(z)/(−z) · (1 − 1/z² + 3/z⁴ − 15/z⁶ + 105/z⁸ − …); the first term left out is below 1e-10.
        let w = 1 / (self * self)
        let series = 1 - w * (1 - w * (3 - w * (15 - 105 * w)))
        return (-0.5 * self * self - circle - Elementary.log(-self / series), -self / series)
    }
}
