import ConditionalModels
import Kinematics
import ModelTraining

extension TrainingProblem {
    /// Inverse kinematics of a chain: uniform joints with the poses that they reach, and the density of joints around a pose.
    ///
    /// A model of the first joints alone has no density: that needs all joints.
    ///
    /// - Throws: ``ModelError/wrongSubject(expected:found:)`` where the model is not one of this chain.
    public static func poses(of chain: Chain, for model: any GenerativeModel) throws(ModelError) -> TrainingProblem {
        if let mixture = model as? ConditionalMixture { return try poses(of: chain, for: mixture) }
        let own = try GenerativePoseModel(model)
        try own.check(chain)
        return TrainingProblem(source: KinematicPairs(chain: chain, encoding: own.encoding), densities: PoseTargets(chain: chain, encoding: own.encoding))
    }

    /// The same of a mixture.
    public static func poses(of chain: Chain, for model: ConditionalMixture) throws(ModelError) -> TrainingProblem {
        try model.check(chain)
        let encoding = model.encoding
        return TrainingProblem(
            source: KinematicPairs(chain: chain, encoding: encoding, leading: model.dimension, isBounded: model.configuration.isBounded),
            densities: model.robot.isPartial ? nil : PoseTargets(chain: chain, encoding: encoding))
    }
}
