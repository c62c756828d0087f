import AmortizedInference
import Kinematics

extension Chain {
    /// A small model of positions, trained by likelihood for a few steps; of the first joints where their number is given.
    func trainedModel(leading count: Int? = nil, components: Int, steps: Int) throws -> ConditionalMixture {
        let configuration = ModelConfiguration(components: components, hidden: [64, 64], context: .position, seed: 3)
        var settings = TrainingSettings(budget: .steps(steps), seed: 3)
        settings.batch = 256
        settings.warmupSteps = min(settings.warmupSteps, 50)
        var state = try TrainingState(ConditionalMixture(chain: self, leading: count, configuration: configuration), settings: settings)
        try Trainer().train(&state, chain: self)
        return state.trainedModel
    }
}
