extension Double {
    /// The same angle wrapped into −π to π.
    @inlinable @inline(__always)
    public var wrapped: Double { self - 2 * .pi * (self / (2 * .pi)).rounded() }
}

extension SIMD16<Float> {
    /// The same angles wrapped into −π to π.
    @inlinable @inline(__always)
    public var wrapped: SIMD16<Float> { self - (self * 0.159_154_94).nearestInteger * 6.283_185_3 }
}
