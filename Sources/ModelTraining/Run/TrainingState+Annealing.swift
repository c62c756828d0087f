import ConditionalInference
import Numerics

extension TrainingState {
    /// As for every training, but that the component objective has no temperature.
    public mutating func settleTemperature(_ problem: TrainingProblem) {
        guard course.stepInPhase == 0 else { return }
        if settings.variational.objective == .component {
            course.settings.variational.annealing = 0
        } else {
            course.settings.settleTemperature(problem, phase: phase)
        }
    }
}

extension TrainingSettings {
    /// Settles the temperature where the settings leave it to the density.
    ///
    /// The first power of the density is found from draws of a standard normal distribution in the model's coordinates, where models begin,
    /// at contexts of the training's own; the temperature then rises to 1 by a fixed factor a step.
    package mutating func settleTemperature(_ problem: TrainingProblem, phase: Int) {
        let knobs = variational
        variational.annealing = 0
        guard knobs.annealing > 0, !knobs.isIdle, let densities = problem.densities else { return }
        let density = densities.density(densities.widths(knobs, at: 0)), count = Self.annealingContexts, dimension = problem.source.dimension
        var stream = RandomStream(seed: seed).split(phase).split(-2)
        var contexts = [Float](repeating: 0, count: problem.source.inputCount * count)
        var points = [Float](repeating: 0, count: dimension * count)
        problem.source.draw(count, using: &stream, configurations: &points, contexts: &contexts, stride: count)
        var start = StartingPoint(centre: Array(repeating: 0, count: dimension), deviation: Array(repeating: 1, count: dimension))
        func settle(_ density: some ConditionalDensity) {
            // Functions of scripts are asked place by place.
            start.setTemperature(for: density, contexts: contexts, count: count, draws: densities.isConcurrent ? 512 : 64, using: &stream)
        }
        settle(density)
        guard start.temperature < 1 else {
            variational.temperature = 1
            return
        }
        variational.temperature = .sequence([
            Schedule.Part(share: knobs.annealing, schedule: .exponential(from: start.temperature, to: 1)),
            Schedule.Part(share: 1 - knobs.annealing, schedule: .constant(1)),
        ])
    }

    private static let annealingContexts = 64
}
