/// What a model is trained on: contexts with points that answer them, the density of what is to answer them, or both.
public struct TrainingProblem: Sendable {
    public var source: any PairSource
    /// What the component objective aims at; without it, only the forward divergence is trained.
    public var densities: (any DensityFamily)?

    public init(source: any PairSource, densities: (any DensityFamily)? = nil) {
        self.source = source
        self.densities = densities
    }
}
