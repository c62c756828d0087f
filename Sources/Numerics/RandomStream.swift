/// A seeded stream of random numbers: xoshiro256++ (Blackman and Vigna, 2021), 256 bits of state.
///
/// A stream is a value: a copy gives the same numbers. ``split(_:)`` derives independent streams, so that work
/// split over threads draws the same numbers however many threads there are.
public struct RandomStream: RandomNumberGenerator, Sendable, Equatable {
    /// The four state words, for checkpoints.
    public private(set) var state: SIMD4<UInt64>

    /// Creates the stream of a seed; nearby seeds give unrelated streams (SplitMix64 fills the state).
    public init(seed: UInt64) {
        var mixer = seed
        state = SIMD4(Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer))
    }

    /// Restores a stream from a checkpoint.
    ///
    /// - Precondition: the state is not all zero, which no stream reaches.
    public init(state: SIMD4<UInt64>) {
        precondition(state != .zero, "a state of zeros generates zeros only")
        self.state = state
    }

    /// The stream with number `index` among those derived from this one; `self` does not advance.
    public func split(_ index: Int) -> RandomStream {
        var mixer = state.x ^ (state.w &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(truncatingIfNeeded: index &+ 1))
        return RandomStream(seed: Self.splitMix(&mixer))
    }

    @inline(__always)
    private static func splitMix(_ x: inout UInt64) -> UInt64 {
        x &+= 0x9e37_79b9_7f4a_7c15
        var z = x
        z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z &>> 31)
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        var (a, b, c, d) = (state.x, state.y, state.z, state.w)
        let sum = a &+ d
        let result = ((sum &<< 23) | (sum &>> 41)) &+ a
        let t = b &<< 17
        c ^= a; d ^= b; b ^= c; a ^= d; c ^= t
        d = (d &<< 45) | (d &>> 19)
        state = SIMD4(a, b, c, d)
        return result
    }

    /// A number uniform in [0, 1), a multiple of 2⁻⁵³.
    public mutating func uniform() -> Double { Double(next() &>> 11) * 0x1p-53 }

    /// A standard normal number (polar method of Marsaglia).
    public mutating func normal() -> Double {
        while true {
            let u = 2 * uniform() - 1, v = 2 * uniform() - 1
            let s = u * u + v * v
            if s < 1, s > 0 { return u * (-2 * Elementary.log(s) / s).squareRoot() }
        }
    }
}
