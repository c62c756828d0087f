import Numerics

/// The generator of NumPy's legacy interface, `numpy.random.seed`, `random` and `normal`: MT19937 (Matsumoto and Nishimura, 1998).
///
/// Published targets are drawn from it, so that they are the same densities here.
public struct MersenneTwister: Sendable {
    private var state: [UInt32]
    private var index = 624
    /// The second number of the last pair of normal numbers.
    private var spare: Double?

    /// The generator after `numpy.random.seed(seed)`.
    public init(seed: UInt32) {
        state = [seed]
        for i in 1..<624 { state.append(1_812_433_253 &* (state[i - 1] ^ (state[i - 1] &>> 30)) &+ UInt32(i)) }
    }

    /// 32 random bits.
    public mutating func next() -> UInt32 {
        if index == 624 { refill() }
        var y = state[index]
        index += 1
        y ^= y &>> 11
        y ^= (y &<< 7) & 0x9d2c_5680
        y ^= (y &<< 15) & 0xefc6_0000
        return y ^ (y &>> 18)
    }

    private mutating func refill() {
        for i in 0..<624 {
            let y = (state[i] & 0x8000_0000) | (state[(i + 1) % 624] & 0x7fff_ffff)
            state[i] = state[(i + 397) % 624] ^ (y &>> 1) ^ (y & 1 == 0 ? 0 : 0x9908_b0df)
        }
        index = 0
    }

    /// A number uniform in [0, 1), of 53 bits.
    public mutating func uniform() -> Double {
        let a = next() &>> 5, b = next() &>> 6
        return (Double(a) * 67_108_864 + Double(b)) / 9_007_199_254_740_992
    }

    /// A standard normal number (polar method; the pair's second number comes first).
    public mutating func normal() -> Double {
        if let spare {
            self.spare = nil
            return spare
        }
        while true {
            let x = 2 * uniform() - 1, y = 2 * uniform() - 1
            let square = x * x + y * y
            guard square < 1, square > 0 else { continue }
            let factor = (-2 * Elementary.log(square) / square).squareRoot()
            spare = factor * x
            return factor * y
        }
    }
}
