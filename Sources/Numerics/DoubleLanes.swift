import CLanes

/// Eight double-precision values that are computed together: one AVX-512 register.
public typealias DoubleLanes = SIMD8<Double>

extension SIMD8<Double> {
    /// `self + a·b` with a single rounding.
    @inlinable @inline(__always)
    public func fma(_ a: Self, _ b: Self) -> Self { avips_fma_doubles(a, b, self) }

    /// `self − a·b` with a single rounding.
    @inlinable @inline(__always)
    public func fnma(_ a: Self, _ b: Self) -> Self { avips_fma_doubles(-a, b, self) }

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

    /// Whether a lane is at most that of `other`.
    @inlinable @inline(__always)
    public func isAnywhereAtMost(_ other: Self) -> Bool { avips_any_at_most(self, other) != 0 }

    /// The exponential, to a few units in the last place; 0 below −708, the largest at 709 where the argument is above.
    @inlinable @inline(__always)
    public var exponential: Self { avips_exponential(self) }

    /// The natural logarithm of positive, normal arguments, to a few units in the last place.
    @inlinable @inline(__always)
    public var logarithm: Self { avips_logarithm(self) }

    // The polynomials are written with products and sums: a fused product of eight doubles that feeds a chain of others is taken apart
    // into single lanes by today's optimiser.

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

    /// Stores the lanes to eight consecutive numbers.
    @inlinable @inline(__always)
    public func store(to pointer: UnsafeMutablePointer<Double>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Self.self)
    }
}
