extension Double {
    /// The same angle wrapped into −π to π.
    @inlinable @inline(__always)
    public var wrapped: Double { self - 2 * .pi * (self / (2 * .pi)).rounded() }

    /// The same angle by whole turns, from half a turn below a middle to less than half a turn above it.
    public func wrapped(around middle: Double) -> Double {
        let kept = self - 2 * .pi * ((self - middle) / (2 * .pi)).rounded()
        // The upper edge is the lower one.
        return kept - middle >= .pi ? kept - 2 * .pi : kept
    }
}

extension SIMD16<Float> {
    /// The same angles wrapped into −π to π.
    @inlinable @inline(__always)
    public var wrapped: SIMD16<Float> { self - (self * 0.159_154_94).nearestInteger * 6.283_185_3 }

    /// The same angles by whole turns, within half a turn of a middle.
    @inlinable @inline(__always)
    public func wrapped(around middle: Self) -> Self {
        let difference = self - middle
        return self - (difference * 0.159_154_943).nearestInteger * 6.283_185_307
    }
}
