/// What a set of measurements has in common.
public struct Summary: Sendable, Equatable {
    /// The number of measurements.
    public let count: Int
    public let mean: Double
    /// By n − 1; NaN for a single measurement.
    public let standardDeviation: Double
    public let median: Double
    /// Quartiles interpolate between order statistics, as R's type 7 and NumPy do.
    public let lowerQuartile: Double
    public let upperQuartile: Double
    public let least: Double
    public let greatest: Double

    /// - Parameter values: finite numbers; nil where there are none.
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted(), n = Double(values.count)
        count = values.count
        let mean = values.reduce(0, +) / n
        self.mean = mean
        standardDeviation = values.count > 1 ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)).squareRoot() : .nan
        median = Summary.quantile(0.5, of: sorted)
        lowerQuartile = Summary.quantile(0.25, of: sorted)
        upperQuartile = Summary.quantile(0.75, of: sorted)
        least = sorted.first!
        greatest = sorted.last!
    }

    /// The standard deviation of the mean.
    public var standardError: Double { standardDeviation / Double(count).squareRoot() }

    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1), below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}
