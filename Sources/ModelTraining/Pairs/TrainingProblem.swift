/// What a model is trained on: contexts with points that answer them, the density of what is to answer them, or both.
public struct TrainingProblem: Sendable {
    public var source: any PairSource
    /// What the component objective aims at; without it, only the forward divergence is trained.
    public var densities: (any DensityFamily)?

    public init(source: any PairSource, densities: (any DensityFamily)? = nil) {
        self.source = source
        self.densities = densities
    }

    /// Whether evaluation may fail, or be interrupted, in the midst of a step: a density that belongs to one thread is a script's.
    package var mayFail: Bool { densities.map { !$0.isConcurrent } ?? false }

    /// What ended a step, or made its result none: what a density failed by goes first, as errors of the step follow from it.
    package func failure(of step: () throws -> Void) -> (any Error)? {
        var failure: (any Error)?
        do { try step() } catch { failure = error }
        return densities?.takeFailure() ?? failure
    }
}
