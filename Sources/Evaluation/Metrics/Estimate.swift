import Numerics

/// A mean over test poses with its standard error.
public struct Estimate: Sendable, Equatable, Codable {
    public var value: Double
    /// The standard error; NaN for a single observation.
    public var standardError: Double

    public init(value: Double, standardError: Double) {
        self.value = value
        self.standardError = standardError
    }

    /// The mean of independent observations, not-a-numbers left out; NaN where there is none.
    public init(meanOf observations: [Double]) {
        let known = observations.filter { !$0.isNaN }
        let n = Double(known.count)
        let mean = known.reduce(0, +) / n
        self.init(value: mean, standardError: (known.variance(around: mean) / n).squareRoot())
    }
}

/// The distribution of an error over samples of many poses.
public struct ErrorSummary: Sendable, Equatable, Codable {
    public var mean: Estimate
    public var median: Estimate
    /// The 95th percentile.
    public var percentile95: Estimate
    /// The errors below which 0, 0.5, 1, … 100 % of the samples lie: 201 numbers, for a figure of the distribution.
    public var quantiles: [Double]

    /// The shares that ``quantiles`` belong to.
    public static let shares = (0...200).map { Double($0) / 200 }

    /// Summarises errors, grouped by pose.
    ///
    /// Samples of one pose are not independent, so the standard errors are those between poses: of the mean directly, of the
    /// percentiles from ten groups of poses.
    public init(_ errors: [[Double]]) {
        mean = Estimate(meanOf: errors.map { $0.reduce(0, +) / Double($0.count) })
        let sorted = errors.flatMap(\.self).sorted()
        mean.value = sorted.isEmpty ? .nan : sorted.reduce(0, +) / Double(sorted.count)
        let groupCount = min(10, errors.count)
        let groups = (0..<groupCount).map { group in
            errors.indices.filter { $0 % groupCount == group }.flatMap { errors[$0] }.sorted()
        }
        func percentile(_ share: Double) -> Estimate {
            Estimate(
                value: sorted.quantile(share),
                standardError: Estimate(meanOf: groups.map { $0.quantile(share) }).standardError)
        }
        median = percentile(0.5)
        percentile95 = percentile(0.95)
        quantiles = Self.shares.map { sorted.quantile($0) }
    }
}
