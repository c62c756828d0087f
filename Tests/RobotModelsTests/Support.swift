import ConditionalModels
import Kinematics
import ModelTraining
import RobotModels

extension Chain {
    /// A small model of positions, trained by likelihood for a few steps; of the first joints where their number is given.
    func trainedModel(leading count: Int? = nil, components: Int, steps: Int) throws -> ConditionalMixture {
        let configuration = ModelConfiguration(components: components, hidden: [64, 64], seed: 3)
        var settings = TrainingSettings(budget: .steps(steps), seed: 3)
        settings.batch = 256
        settings.warmupSteps = min(settings.warmupSteps, 50)
        var state = try TrainingState(ConditionalMixture(chain: self, leading: count, context: .position, configuration: configuration), settings: settings)
        try Trainer().train(&state, on: .poses(of: self, for: state.model))
        return state.trainedModel
    }
}
