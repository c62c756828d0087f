extension [Double] {
    /// The value below which a share of sorted numbers lies, linear between neighbours; NaN for none.
    ///
    /// - Parameter share: 0 to 1.
    public func quantile(_ share: Double) -> Double {
        guard !isEmpty else { return .nan }
        let place = share * Double(count - 1), below = Int(place), rest = place - Double(below)
        // From an infinite number there is no way to go a part of.
        guard rest > 0, below + 1 < count, self[below].isFinite else { return self[below] }
        return self[below] + rest * (self[below + 1] - self[below])
    }

    /// The middle one of sorted numbers, of an even number of them the greater of the two; NaN for none.
    public var highMedian: Double { isEmpty ? .nan : self[count / 2] }

    /// The variance of a sample around its mean, n − 1 in the denominator; NaN for a single number.
    public func variance(around mean: Double) -> Double { reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1) }
}
