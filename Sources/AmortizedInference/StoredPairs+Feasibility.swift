import Kinematics
import Numerics

extension StoredPairs {
    /// Training pairs of a model's feasibility: what the rest is asked with after first joints were drawn, and the error of its sample.
    ///
    /// - Throws: ``TrainingError`` where `cancellation` was requested.
    public convenience init(
        ofFeasibility model: FactoredMixture, count: Int, seed: UInt64, threads: Int = availableCores, cancellation: Cancellation = .never
    ) throws(TrainingError) {
        self.init(dimension: 1, inputCount: model.rest.encoding.inputCount, count: count, seed: seed, threads: threads) { part, stream in
            let query = FactoredQuery(model)
            query.usesFeasibility = false
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
