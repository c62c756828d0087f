import Numerics

/// The lanes of a register at whose points a density is zero or undefined: they count as very unlikely, and move nothing.
public struct UndefinedLanes {
    /// 1 in lanes with a density and 0 in the others.
    public var defined = Lanes(repeating: 1)
    /// How many lanes are without a density.
    public var count = 0

    /// Takes the lanes without a density out.
    ///
    /// - Parameters:
    ///   - value: log p̃, nats; receives `least` in such lanes.
    ///   - gradient: d log p̃/dx, a register for each of `dimension` coordinates; receives zero in such lanes.
    @inlinable @inline(__always)
    public init(takenOutOf value: inout Lanes, _ gradient: UnsafeMutablePointer<Lanes>, dimension: Int, least: Float) {
        var total = value * 0
        for i in 0..<dimension { total = total.fma(gradient[i], .zero) }
        if total.sum() != 0 { take(from: &value, gradient, dimension, least) }
    }

    @usableFromInline @inline(never)
    mutating func take(from value: inout Lanes, _ gradient: UnsafeMutablePointer<Lanes>, _ dimension: Int, _ least: Float) {
        for lane in 0..<laneCount {
            guard !(value[lane].isFinite && (0..<dimension).allSatisfy { gradient[$0][lane].isFinite }) else { continue }
            count += 1
            value[lane] = least
            defined[lane] = 0
            for i in 0..<dimension { gradient[i][lane] = 0 }
        }
    }
}
