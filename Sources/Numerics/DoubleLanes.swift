/// Eight double-precision values that move through a computation together: one AVX-512 register.
public typealias DoubleLanes = SIMD8<Double>

extension SIMD8<Double> {
    /// `self + a·b` with a single rounding.
    @inlinable @inline(__always)
    public func fma(_ a: Self, _ b: Self) -> Self { addingProduct(a, b) }

    /// `self − a·b` with a single rounding.
    @inlinable @inline(__always)
    public func fnma(_ a: Self, _ b: Self) -> Self { addingProduct(-a, b) }

    /// The smaller of two numbers, lane by lane; `other` where either is NaN.
    @inlinable @inline(__always)
    public func minimum(_ other: Self) -> Self { other.replacing(with: self, where: self .< other) }

    /// The larger of two numbers, lane by lane; `other` where either is NaN.
    @inlinable @inline(__always)
    public func maximum(_ other: Self) -> Self { other.replacing(with: self, where: self .> other) }

    @inlinable @inline(__always)
    public var magnitude: Self {
        unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt64>.self) & 0x7fff_ffff_ffff_ffff, to: Self.self)
    }

    // The polynomials below are written with products and sums: a fused product of eight doubles that feeds a chain of others is taken apart
    // into single lanes by today's optimiser.

    /// Whether a condition holds in any lane.
    ///
    /// The standard library's `any` runs lane by lane.
    @inlinable @inline(__always)
    public static func holdsAnywhere(_ mask: SIMDMask<SIMD8<Int64>>) -> Bool {
        let ones = Self.zero.replacing(with: 1, where: mask)
        let four = ones.lowHalf + ones.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y > 0
    }

    /// The exponential, to a few units in the last place; 0 below −708, the largest at 709 where the argument is above.
    @inlinable @inline(__always)
    public var exponential: Self {
        let x = maximum(Self(repeating: -708)).minimum(Self(repeating: 709))
        let shift = Self(repeating: 0x1.8p52)
        let shifted = shift + x * Self(repeating: 1.442_695_040_888_963_4)
        let n = shifted - shift
        var r = x + n * Self(repeating: -0x1.62e42fefap-1)
        r = r + n * Self(repeating: -0x1.cf79abc9e3b3ap-40)
        // The series of e^r − 1 − r, |r| ≤ log(2)/2, to the thirteenth power.
        var p = Self(repeating: 2.087_675_698_786_809_9e-9) + r * Self(repeating: 1.605_904_383_682_161_5e-10)
        p = Self(repeating: 2.505_210_838_544_172e-8) + r * p
        p = Self(repeating: 2.755_731_922_398_589e-7) + r * p
        p = Self(repeating: 2.755_731_922_398_589_3e-6) + r * p
        p = Self(repeating: 2.480_158_730_158_73e-5) + r * p
        p = Self(repeating: 1.984_126_984_126_984_1e-4) + r * p
        p = Self(repeating: 1.388_888_888_888_889e-3) + r * p
        p = Self(repeating: 8.333_333_333_333_333e-3) + r * p
        p = Self(repeating: 4.166_666_666_666_666_4e-2) + r * p
        p = Self(repeating: 1.666_666_666_666_666_6e-1) + r * p
        p = Self(repeating: 0.5) + r * p
        let y = (1 + r) + r * r * p
        let exponent = (unsafeBitCast(shifted, to: SIMD8<UInt64>.self) &+ 1023) &<< 52
        let result = y * unsafeBitCast(exponent, to: Self.self)
        return result.replacing(with: 0, where: self .< -708)
    }

    /// The natural logarithm of positive, normal arguments, to a few units in the last place.
    @inlinable @inline(__always)
    public var logarithm: Self {
        let bits = unsafeBitCast(self, to: SIMD8<UInt64>.self)
        // Split into 2ᵉ·m with m in [√½, √2).
        let offset = bits &- 0x3fe6_a09e_667f_3bcd
        // The signed exponent as a double: its bits moved into the mantissa of 1.5·2⁵².
        let biased = (offset &+ 0x4000_0000_0000_0000) &>> 52
        let exponent = unsafeBitCast(biased | 0x4330_0000_0000_0000, to: Self.self) - (0x1p52 + 1024)
        let m = unsafeBitCast((offset & 0x000f_ffff_ffff_ffff) &+ 0x3fe6_a09e_667f_3bcd, to: Self.self)
        let f = m - 1
        // log m = 2·atanh(s), s = f/(2 + f), |s| < 0.172.
        let s = f / (2 + f), z = s * s
        var p = Self(repeating: 2.0 / 21) + z * Self(repeating: 2.0 / 23)
        p = Self(repeating: 2.0 / 19) + z * p
        p = Self(repeating: 2.0 / 17) + z * p
        p = Self(repeating: 2.0 / 15) + z * p
        p = Self(repeating: 2.0 / 13) + z * p
        p = Self(repeating: 2.0 / 11) + z * p
        p = Self(repeating: 2.0 / 9) + z * p
        p = Self(repeating: 2.0 / 7) + z * p
        p = Self(repeating: 2.0 / 5) + z * p
        p = Self(repeating: 2.0 / 3) + z * p
        // f − s·f + s·(z·p) keeps f's own digits.
        let y = s * z * p - s * f
        return (f + (y + exponent * 0x1.cf79abc9e3b3ap-40)) + exponent * 0x1.62e42fefap-1
    }

    /// Sine and cosine, to a few units in the last place for |x| ≤ 1e5; beyond, the error grows with the argument.
    @inlinable @inline(__always)
    public var sineAndCosine: (sine: Self, cosine: Self) {
        let shift = Self(repeating: 0x1.8p52)
        let shifted = shift + self * Self(repeating: 0.636_619_772_367_581_4)
        let quadrant = unsafeBitCast(shifted, to: SIMD8<UInt64>.self)
        let n = shifted - shift
        var r = self + n * Self(repeating: -0x1.921fb544p0)
        r = r + n * Self(repeating: -0x1.0b4611a4p-34)
        r = r + n * Self(repeating: -0x1.13198a2e03707p-65)
        let z = r * r
        var s = Self(repeating: 1.605_904_383_682_161_5e-10) + z * Self(repeating: -7.647_163_731_819_816e-13)
        s = Self(repeating: -2.505_210_838_544_172e-8) + z * s
        s = Self(repeating: 2.755_731_922_398_589_3e-6) + z * s
        s = Self(repeating: -1.984_126_984_126_984_1e-4) + z * s
        s = Self(repeating: 8.333_333_333_333_333e-3) + z * s
        s = Self(repeating: -1.666_666_666_666_666_6e-1) + z * s
        s = r + r * z * s
        var c = Self(repeating: -1.147_074_559_772_972_5e-11) + z * Self(repeating: 4.779_477_332_387_385e-14)
        c = Self(repeating: 2.087_675_698_786_81e-9) + z * c
        c = Self(repeating: -2.755_731_922_398_589e-7) + z * c
        c = Self(repeating: 2.480_158_730_158_73e-5) + z * c
        c = Self(repeating: -1.388_888_888_888_889e-3) + z * c
        c = Self(repeating: 4.166_666_666_666_666_4e-2) + z * c
        c = Self(repeating: -0.5) + z * c
        c = Self(repeating: 1) + z * c
        let odd = 0 &- (quadrant & 1)
        let sineBits = unsafeBitCast(s, to: SIMD8<UInt64>.self), cosineBits = unsafeBitCast(c, to: SIMD8<UInt64>.self)
        let exchange = (sineBits ^ cosineBits) & odd
        let sineSign = (quadrant & 2) &<< 62
        let cosineSign = ((quadrant &+ 1) & 2) &<< 62
        return (unsafeBitCast(sineBits ^ exchange ^ sineSign, to: Self.self),
                unsafeBitCast(cosineBits ^ exchange ^ cosineSign, to: Self.self))
    }

    /// Loads eight consecutive values.
    @inlinable @inline(__always)
    public init(loading pointer: UnsafePointer<Double>) {
        self = UnsafeRawPointer(pointer).loadUnaligned(as: Self.self)
    }

    /// Stores the lanes to eight consecutive places.
    @inlinable @inline(__always)
    public func store(to pointer: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
    }
}
