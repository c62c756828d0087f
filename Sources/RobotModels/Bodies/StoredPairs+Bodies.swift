import ConditionalModels
import Kinematics
import ModelTraining
import Numerics

extension StoredPairs {
    /// Training pairs of a whole body: configurations that a search found, and where the tip then is.
    ///
    /// - Throws: ``TrainingError`` where the task is never met, or `cancellation` was requested.
    public convenience init(
        ofBody model: ConditionalMixture, count: Int, seed: UInt64, threads: Int = availableCores, cancellation: Cancellation = .never
    ) throws(TrainingError) {
        guard let context = model.robot.whole else { throw .invalidSettings("the model is not one of a whole body") }
        let middle = model.robot.middle.map { Float($0) }, inverse = model.robot.halfRange.map { Float(1 / $0) }
        let encoding = model.encoding, width = model.dimension + 3
        self.init(dimension: model.dimension, inputCount: 3, count: count, seed: seed, threads: threads) { part, stream in
            var rows: [Float] = []
            rows.reserveCapacity(part * width)
            let generator = BodyPairGenerator(context.body, task: context.task, tip: context.tip, lower: context.lower, upper: context.upper)
            generator.draw(part, using: &stream, cancellation: cancellation) { configuration, place in
                for i in middle.indices { rows.append(min(max((configuration[i] - middle[i]) * inverse[i], -1), 1)) }
                rows += encoding.inputs(at: place)
            }
            return rows
        }
        guard self.count >= 16 else {
            throw .invalidSettings("hardly any place in the box can be reached while the rest of the task is met, or the drawing was interrupted")
        }
    }
}
