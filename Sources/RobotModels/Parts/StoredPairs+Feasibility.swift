import Kinematics
import ModelTraining
import Numerics

extension StoredPairs {
    /// Training pairs of a model's feasibility: the second part's input after first joints were drawn, and the error of the sample.
    ///
    /// - Throws: ``TrainingError`` where `cancellation` was requested.
    public convenience init(
        ofFeasibility model: FactoredMixture, count: Int, seed: UInt64, threads: Int = availableCores, cancellation: Cancellation = .never
    ) throws(TrainingError) {
        // All first joints are to be judged, those too that were refused before; what the later parts refuse of their own stays refused.
        var open = model
        open.forgetFeasibility()
        self.init(dimension: 1, inputCount: model.parts[1].encoding.inputCount, count: count, seed: seed, threads: threads) { [open] part, stream in
            let query = FactoredQuery(open)
            var rows: [Float] = []
            for _ in stride(from: 0, to: part, by: laneCount) where !cancellation.isRequested {
                let pose = model.chain.forwardKinematics(model.chain.randomConfiguration(using: &stream))
                rows += query.errorPairs(pose, using: &stream)
            }
            return rows
        }
        guard !cancellation.isRequested else { throw .invalidSettings("the drawing of pairs was interrupted") }
    }
}
