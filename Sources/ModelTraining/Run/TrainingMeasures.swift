/// What the component objective measured in a step, averaged over the batch; nil where it took no part.
public struct TrainingMeasures: Sendable, Equatable {
    /// −E log q(x|c) of the forward divergence, in scaled coordinates, nats.
    public var forwardLoss: Double?
    /// The evidence lower bound of the current model against the target with the step's widths, as a density over the variables in their own
    /// units, nats. The component objective, whose samples are of other components, estimates it at some contexts of the batch.
    public var elbo: Double?
    /// The mixture's entropy, or a bound below it, in scaled coordinates, nats.
    public var entropy: Double?
    /// How far samples are from what their contexts ask for on average, m and rad (``DensityValue``).
    public var distance: Double?
    public var angle: Double?
    /// exp of the entropy of the weights at a context.
    public var componentsInUse: Double?
    /// By how much the widths of errors were above the settings', where they adapt.
    public var widening: Double?
    /// The share of samples at which the target's density is zero or not a number.
    public var zeroShare: Double?
    /// How far the step moved the mixtures, nats on average over contexts; measured in some steps where these are bounded.
    public var change: Double?
    /// The number of components K.
    public var components: Int?
    /// Bounds of the trust region, averaged over components, nats.
    public var meanBound: Double?
    public var covarianceBound: Double?

    public init() {}
}

/// Averages of what steps measured.
struct MeasureAverages {
    private var sums = TrainingMeasures()
    /// How many steps measured each quantity.
    private var counts = [Int](repeating: 0, count: Self.paths.count)

    private static let paths: [WritableKeyPath<TrainingMeasures, Double?> & Sendable] = [
        \.forwardLoss, \.elbo, \.entropy, \.distance, \.angle, \.componentsInUse, \.widening, \.zeroShare, \.change, \.meanBound, \.covarianceBound,
    ]

    mutating func add(_ measures: TrainingMeasures) {
        for (index, path) in Self.paths.enumerated() {
            guard let value = measures[keyPath: path] else { continue }
            sums[keyPath: path] = (sums[keyPath: path] ?? 0) + value
            counts[index] += 1
        }
        // A count is not averaged.
        sums.components = measures.components ?? sums.components
    }

    var means: TrainingMeasures {
        var result = sums
        for (index, path) in Self.paths.enumerated() { result[keyPath: path] = sums[keyPath: path].map { $0 / Double(counts[index]) } }
        return result
    }
}
