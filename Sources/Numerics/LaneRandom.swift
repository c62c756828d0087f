/// Sixteen streams of random numbers that advance together, for filling batches.
///
/// Every lane is a xoshiro128+ generator (Blackman and Vigna, 2021) seeded from the lane's own split of a ``RandomStream``;
/// only the upper 24 bits of an output are used.
public struct LaneRandom: Sendable {
    @usableFromInline var a: SIMD16<UInt32>
    @usableFromInline var b: SIMD16<UInt32>
    @usableFromInline var c: SIMD16<UInt32>
    @usableFromInline var d: SIMD16<UInt32>

    /// Draws the lanes' states from a stream.
    public init(using stream: inout RandomStream) {
        (a, b, c, d) = (.zero, .zero, .zero, .zero)
        for lane in 0..<laneCount {
            let first = stream.next(), second = stream.next()
            a[lane] = UInt32(truncatingIfNeeded: first)
            b[lane] = UInt32(truncatingIfNeeded: first &>> 32)
            c[lane] = UInt32(truncatingIfNeeded: second)
            d[lane] = UInt32(truncatingIfNeeded: second &>> 32) | 1
        }
    }

    /// Thirty-two random bits in every lane; the lowest are weak.
    @inlinable @inline(__always)
    public mutating func bits() -> SIMD16<UInt32> {
        let result = a &+ d
        let t = b &<< 9
        c ^= a; d ^= b; b ^= c; a ^= d; c ^= t
        d = (d &<< 11) | (d &>> 21)
        return result
    }

    /// Numbers uniform in [0, 1), multiples of 2⁻²⁴.
    @inlinable @inline(__always)
    public mutating func uniform() -> Lanes {
        Lanes(SIMD16<Int32>(truncatingIfNeeded: bits() &>> 8)) * 0x1p-24
    }

    /// Two independent standard normal numbers in every lane (Box and Muller; the tail ends at 5.8 standard deviations).
    @inlinable @inline(__always)
    public mutating func normals() -> (Lanes, Lanes) {
        // 1 − u lies in (0, 1], so the logarithm is finite.
        let radius = ((1 - uniform()).logarithm * -2).squareRoot()
        let (sine, cosine) = ((uniform() - 0.5) * 6.283_185_3).sineAndCosine
        return (radius * cosine, radius * sine)
    }

    /// Fills registers with independent standard normal numbers, two from each call of ``normals()``; of an odd count the last one is dropped.
    @inlinable @inline(__always)
    public mutating func fillNormals(_ registers: UnsafeMutablePointer<Lanes>, count: Int) {
        for i in stride(from: 0, to: count, by: 2) {
            let (a, b) = normals()
            registers[i] = a
            if i + 1 < count { registers[i + 1] = b }
        }
    }
}
