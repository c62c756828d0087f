import ConditionalModels
import Networks
import Numerics

extension ConditionalMixture {
    /// Asks the network at a few contexts such as it was trained on.
    ///
    /// - Parameter parameters: in place of the model's own.
    /// - Throws: ``ModelError/invalidFile(path:reason:)`` where its outputs are not finite: numbers of a file may be finite themselves, and
    ///   absurd all the same.
    func probe(_ parameters: AlignedFloats? = nil, path: String) throws(ModelError) {
        var model = self
        if let parameters { model.parameters = parameters }
        let predictor = MixturePredictor(model)
        var stream = RandomStream(seed: 1)
        for round in 0..<8 {
            // Encoders bring contexts to zero mean and unit variance.
            let inputs = (0..<encoder.inputCount).map { _ in round == 0 ? 0 : Float(stream.normal()) }
            let logWeights = predictor.logWeights(at: inputs)
            _ = predictor.mixture(of: Array(0..<components), logWeights: logWeights, inCoordinates: true)
            guard predictor.takeFault() == nil else {
                throw .invalidFile(path: path, reason: "its network gives numbers that are not finite: its parameters are damaged")
            }
        }
    }
}
