import Foundation
import Networks
import Numerics

// A checkpoint is a model's file with the averaged parameters, and beside them the optimiser's buffers under their own
// prefixes: it loads as a model, and as the training that can go on.
extension TrainingState {
    /// What a checkpoint's metadata hold besides the model's own.
    private struct Summary: Codable {
        var settings: TrainingSettings
        var step: Int
        var seconds: Double
        var rateFactor: Double
        var failures: Int
        var smoothLoss: Double?
        /// The history of the model that the training started from.
        var origin: TrainingHistory
    }

    /// Writes all that is needed to go on with the same bits.
    public func writeCheckpoint(to path: String) throws {
        var file = trainedModel.encoded()
        file.tensors.merge(model.tensors(of: parameters, prefix: "training.parameters.")) { $1 }
        file.tensors.merge(model.tensors(of: first, prefix: "training.first.")) { $1 }
        file.tensors.merge(model.tensors(of: second, prefix: "training.second.")) { $1 }
        file.metadata["training"] = json(Summary(
            settings: settings, step: step, seconds: seconds, rateFactor: rateFactor, failures: failures, smoothLoss: smoothLoss,
            origin: model.history))
        try file.write(to: path)
    }

    /// Reads a checkpoint.
    ///
    /// - Throws: ``SafetensorsError``, ``ModelError`` or ``TrainingError`` that say what is wrong with the file.
    public init(checkpoint path: String) throws { try self.init(Safetensors(contentsOf: path), path: path) }

    /// Whether a file that was read holds a training besides its model.
    public static func isHeld(by file: Safetensors) -> Bool { file.metadata["training"] != nil }

    /// Takes up the training of a file that was read.
    ///
    /// - Parameter path: names the file in errors.
    public init(_ file: Safetensors, path: String) throws {
        var model = try ConditionalMixture(file, path: path)
        guard let text = file.metadata["training"] else {
            throw ModelError.invalidFile(path: path, reason: "it holds a model but no training that could go on")
        }
        guard let summary = try? JSONDecoder().decode(Summary.self, from: Data(text.utf8)), summary.step >= 0 else {
            throw ModelError.invalidFile(path: path, reason: "its metadata 'training' cannot be read")
        }
        let average = model.parameters
        model.history = summary.origin
        try self.init(model, settings: summary.settings)
        self.average = average
        parameters = try model.buffer(from: file.tensors, prefix: "training.parameters.", path: path)
        first = try model.buffer(from: file.tensors, prefix: "training.first.", path: path)
        second = try model.buffer(from: file.tensors, prefix: "training.second.", path: path)
        step = summary.step
        seconds = summary.seconds
        rateFactor = summary.rateFactor
        failures = summary.failures
        smoothLoss = summary.smoothLoss
    }

    /// The same state with other settings from here on; a budget counts what was spent before.
    public func continuing(with settings: TrainingSettings) throws(TrainingError) -> TrainingState {
        var result = try TrainingState(model, settings: settings)
        result.parameters = parameters
        result.average = average
        result.first = first
        result.second = second
        result.step = step
        result.seconds = seconds
        result.rateFactor = rateFactor
        result.smoothLoss = smoothLoss
        return result
    }
}
