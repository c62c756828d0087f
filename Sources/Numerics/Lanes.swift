import CLanes

/// Sixteen single-precision values that are computed together: one AVX-512 register.
///
/// Batched kinematics and densities treat the lanes as independent problems, so that no instruction is spent
/// on moving data between them.
public typealias Lanes = SIMD16<Float>
/// The truth value of a comparison in every lane.
public typealias LaneMask = SIMDMask<SIMD16<Int32>>

/// The number of lanes.
public let laneCount = 16

extension SIMD16<Float> {
    /// `self + a·b` with a single rounding.
    @inlinable @inline(__always)
    public func fma(_ a: Self, _ b: Self) -> Self { avips_fma(a, b, self) }

    /// `self − a·b` with a single rounding.
    @inlinable @inline(__always)
    public func fnma(_ a: Self, _ b: Self) -> Self { avips_fma(-a, b, self) }

    /// The square root in every lane, NaN of negative numbers; the standard library's takes the lanes one by one.
    @inlinable @inline(__always)
    public func squareRoot() -> Self { avips_square_root(self) }

    /// The smaller of two numbers, lane by lane; `other` where either is NaN.
    ///
    /// The standard library's `pointwiseMin`, `clamped` and its comparisons of integers run lane by lane in a loop;
    /// comparisons of floats and these are single instructions.
    @inlinable @inline(__always)
    public func minimum(_ other: Self) -> Self { other.replacing(with: self, where: self .< other) }

    /// The larger of two numbers, lane by lane; `other` where either is NaN.
    @inlinable @inline(__always)
    public func maximum(_ other: Self) -> Self { other.replacing(with: self, where: self .> other) }

    /// The number in the range that is nearest, lane by lane; `lower` for NaN.
    @inlinable @inline(__always)
    public func limited(from lower: Self, to upper: Self) -> Self { maximum(lower).minimum(upper) }

    /// The nearest integers, for |x| < 2²²: adding 1.5·2²³ leaves the integer in the low bits of the mantissa.
    @inlinable @inline(__always)
    public var nearestInteger: Self {
        let shift = Self(repeating: 12_582_912)
        return (self + shift) - shift
    }

    /// Sine and cosine.
    ///
    /// The argument is reduced to [−π/4, π/4] in three parts of π/2 (Cody and Waite) and evaluated by minimax
    /// polynomials; the error is below 1e-7 for |x| ≤ 100 and grows with the argument beyond.
    @inlinable @inline(__always)
    public var sineAndCosine: (sine: Self, cosine: Self) {
        let shift = Self(repeating: 12_582_912)
        let shifted = shift.fma(self, Self(repeating: 0.636_619_772))
        let quadrant = unsafeBitCast(shifted, to: SIMD16<UInt32>.self)
        let n = shifted - shift
        var r = self.fma(n, Self(repeating: -1.570_796_25))
        r = r.fma(n, Self(repeating: -7.549_789_4e-8))
        r = r.fma(n, Self(repeating: -5.390_302_5e-15))
        let r2 = r * r
        var s = Self(repeating: 8.332_160_9e-3).fma(r2, Self(repeating: -1.951_529_6e-4))
        s = Self(repeating: -1.666_665_46e-1).fma(r2, s)
        s = r.fma(r * r2, s)
        var c = Self(repeating: -1.388_731_62e-3).fma(r2, Self(repeating: 2.443_315_71e-5))
        c = Self(repeating: 4.166_664_57e-2).fma(r2, c)
        c = Self(repeating: -0.5).fma(r2, c)
        c = Self(repeating: 1).fma(r2, c)
        // Odd quadrants exchange sine and cosine: a mask of ones or zeros selects without a comparison.
        let odd = 0 &- (quadrant & 1)
        let sineBits = unsafeBitCast(s, to: SIMD16<UInt32>.self), cosineBits = unsafeBitCast(c, to: SIMD16<UInt32>.self)
        let exchange = (sineBits ^ cosineBits) & odd
        // Bit 1 of the quadrant turns the sine's sign, bit 1 of the quadrant plus one the cosine's.
        let sineSign = (quadrant & 2) &<< 30
        let cosineSign = ((quadrant &+ 1) & 2) &<< 30
        return (unsafeBitCast(sineBits ^ exchange ^ sineSign, to: Self.self),
                unsafeBitCast(cosineBits ^ exchange ^ cosineSign, to: Self.self))
    }

    /// The exponential; relative error below 2e-7. Arguments are clamped to [−87, 88], so that neither zero nor infinity comes out.
    @inlinable @inline(__always)
    public var exponential: Self {
        let x = limited(from: Self(repeating: -87), to: Self(repeating: 88))
        let shift = Self(repeating: 12_582_912)
        let shifted = shift.fma(x, Self(repeating: 1.442_695_04))
        let n = shifted - shift
        var r = x.fma(n, Self(repeating: -0.693_359_375))
        r = r.fma(n, Self(repeating: 2.121_944_4e-4))
        var p = Self(repeating: 1.398_199_95e-3).fma(r, Self(repeating: 1.987_569_15e-4))
        p = Self(repeating: 8.333_451_9e-3).fma(r, p)
        p = Self(repeating: 4.166_579_6e-2).fma(r, p)
        p = Self(repeating: 1.666_666_55e-1).fma(r, p)
        p = Self(repeating: 0.5).fma(r, p)
        let y = (Self(repeating: 1) + r).fma(r * r, p)
        let exponent = (unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &+ 127) &<< 23
        return y * unsafeBitCast(exponent, to: Self.self)
    }

    /// The natural logarithm of positive, normal arguments; absolute error below 1e-7 near one, relative below 1e-7 elsewhere.
    @inlinable @inline(__always)
    public var logarithm: Self {
        let bits = unsafeBitCast(self, to: SIMD16<UInt32>.self)
        // Split into 2ᵉ·m with m in [√½, √2).
        let offset = bits &- 0x3f35_04f3
        let exponent = Self(truncatingIfNeeded: SIMD16<Int32>(truncatingIfNeeded: offset) &>> 23)
        let m = unsafeBitCast((offset & 0x007f_ffff) &+ 0x3f35_04f3, to: Self.self)
        let f = m - 1
        let z = f * f
        var p = Self(repeating: -1.151_461_03e-1).fma(f, Self(repeating: 7.037_683_63e-2))
        p = Self(repeating: 1.167_699_87e-1).fma(f, p)
        p = Self(repeating: -1.242_014_08e-1).fma(f, p)
        p = Self(repeating: 1.424_932_28e-1).fma(f, p)
        p = Self(repeating: -1.666_805_77e-1).fma(f, p)
        p = Self(repeating: 2.000_071_48e-1).fma(f, p)
        p = Self(repeating: -2.499_999_4e-1).fma(f, p)
        p = Self(repeating: 3.333_333_12e-1).fma(f, p)
        var y = f * z * p
        y = y.fma(exponent, Self(repeating: -2.121_944_4e-4))
        y = y.fma(z, Self(repeating: -0.5))
        return (f + y).fma(exponent, Self(repeating: 0.693_359_375))
    }

    /// The angle in [−π, π] of points given by numbers in proportion to its sine and cosine; 0 where both are. Error below 3e-7 (the
    /// polynomial is that of Cephes).
    @inlinable @inline(__always)
    public static func angle(sine: Self, cosine: Self) -> Self {
        let (y, x) = (sine.maximum(-sine), cosine.maximum(-cosine))
        let isSteep = y .> x
        let ratio = y.minimum(x) / y.maximum(x).maximum(Self(repeating: 1e-30))
        // Angles beyond π/8 are counted from π/4.
        let isLarge = ratio .> 0.414_213_56
        let a = ratio.replacing(with: (ratio - 1) / (ratio + 1), where: isLarge)
        let z = a * a
        var p = Self(repeating: -1.387_768_56e-1).fma(z, Self(repeating: 8.053_744_5e-2))
        p = Self(repeating: 1.997_771_06e-1).fma(z, p)
        p = Self(repeating: -3.333_294_95e-1).fma(z, p)
        var angle = a.fma(a * z, p)
        angle = angle.replacing(with: angle + 0.785_398_16, where: isLarge)
        angle = angle.replacing(with: 1.570_796_33 - angle, where: isSteep)
        angle = angle.replacing(with: 3.141_592_65 - angle, where: cosine .< 0)
        return angle.replacing(with: -angle, where: sine .< 0)
    }

    /// The logistic function 1/(1 + e⁻ˣ).
    @inlinable @inline(__always)
    public var logistic: Self { 1 / (1 + (-self).exponential) }

    /// Loads sixteen consecutive values.
    @inlinable @inline(__always)
    public init(loading pointer: UnsafePointer<Float>) {
        self = UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
    }

    /// Stores the lanes to sixteen consecutive numbers.
    @inlinable @inline(__always)
    public func store(to pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
    }
}

extension SIMD16<Float> {
    /// Converts integers lane by lane.
    @inlinable @inline(__always)
    init(truncatingIfNeeded integers: SIMD16<Int32>) { self.init(integers) }
}

extension Float {
    /// A network's outputs are undefined unless so many times as much is finite: what is computed from them, squares and sums, then is too.
    public static let definedMargin: Float = 1e8
}
