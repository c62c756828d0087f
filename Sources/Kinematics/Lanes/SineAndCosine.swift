import Numerics

extension SIMD8<Double> {
    /// The largest magnitude for which ``sineAndCosine`` keeps its accuracy.
    private static var largestReducibleAngle: Double { 1e5 }

    /// Sine and cosine of angles in radians, with an absolute error below 3·10⁻¹⁶ for magnitudes up to
    /// ``largestReducibleAngle``.
    ///
    /// The argument is reduced to [−π/4, π/4] with π/2 in two parts, which fused products keep exact, and put into
    /// the Taylor series: their next terms are below 5·10⁻¹⁷ there.
    @inline(__always)
    private var sineAndCosine: (sine: Self, cosine: Self) {
        let shift = Self(repeating: 0x1.8p52)  // leaves the nearest integer in the low bits
        let shifted = shift.addingProduct(self, Self(repeating: 0.636_619_772_367_581_4))
        let quadrant = unsafeBitCast(shifted, to: SIMD8<UInt64>.self)
        let n = shifted - shift
        let r = addingProduct(n, Self(repeating: -0x1.921fb54442d18p0))
            .addingProduct(n, Self(repeating: -0x1.1a62633145c07p-54))
        let square = r * r
        let sine = r.addingProduct(r * square, Self.polynomial(square, (
            -1 / 6, 1 / 120, -1 / 5040, 1 / 362_880, -1 / 39_916_800, 1 / 6_227_020_800, -1 / 1_307_674_368_000)))
        let cosine = Self(repeating: 1).addingProduct(square, Self(repeating: -0.5).addingProduct(square, Self.polynomial(square, (
            1 / 24, -1 / 720, 1 / 40_320, -1 / 3_628_800, 1 / 479_001_600, -1 / 87_178_291_200, 1 / 20_922_789_888_000))))
        let swapped = (quadrant & 1) .== 1
        // Bit 1 of the quadrant turns the sine's sign, bit 1 of the quadrant plus one the cosine's.
        let signs = (sine: (quadrant & 2) &<< 62, cosine: ((quadrant &+ 1) & 2) &<< 62)
        return (
            sine.replacing(with: cosine, where: swapped).flippingSigns(signs.sine),
            cosine.replacing(with: sine, where: swapped).flippingSigns(signs.cosine))
    }

    /// c₀ + c₁ x + … + c₆ x⁶ by Horner's rule.
    @inline(__always)
    private static func polynomial(
        _ x: Self, _ c: (Double, Double, Double, Double, Double, Double, Double)
    ) -> Self {
        var sum = Self(repeating: c.6)
        sum = Self(repeating: c.5).addingProduct(x, sum)
        sum = Self(repeating: c.4).addingProduct(x, sum)
        sum = Self(repeating: c.3).addingProduct(x, sum)
        sum = Self(repeating: c.2).addingProduct(x, sum)
        sum = Self(repeating: c.1).addingProduct(x, sum)
        return Self(repeating: c.0).addingProduct(x, sum)
    }

    /// Sine and cosine of angles of any size.
    @inline(__always)
    package var sineAndCosineOfAnyAngle: (sine: Self, cosine: Self) {
        let limit = Self(repeating: Self.largestReducibleAngle)
        if all((self .<= limit) .& (self .>= -limit)) { return sineAndCosine }
        return sineAndCosineByTheLibrary
    }

    /// The slow path, for what no joint's limits contain.
    @inline(never)
    private var sineAndCosineByTheLibrary: (sine: Self, cosine: Self) {
        var result = (sine: Self.zero, cosine: Self.zero)
        for lane in indices {
            result.sine[lane] = Elementary.sin(self[lane])
            result.cosine[lane] = Elementary.cos(self[lane])
        }
        return result
    }

    @inline(__always)
    private func flippingSigns(_ bits: SIMD8<UInt64>) -> Self {
        unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt64>.self) ^ bits, to: Self.self)
    }
}
