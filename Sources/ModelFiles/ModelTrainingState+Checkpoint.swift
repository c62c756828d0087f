import Baselines
import ConditionalModels
import Files
import ModelTraining
import Networks
import Numerics

// A checkpoint is a model's file with the averaged parameters, and beside them the optimiser's buffers under their own prefixes.
extension ModelTrainingState {
    /// What a checkpoint's metadata hold besides the model's own.
    private struct Summary: Codable {
        var course: TrainingCourse
        /// Steps of ``Optimizer/soap``; its matrices lie among the tensors.
        var soapStep: Int?
        /// The history of the model that the training started from.
        var origin: TrainingHistory
    }

    /// Writes all that is needed to continue bit for bit.
    ///
    /// - Parameter metadata: what else the file is to say, beside the model's and the training's own metadata.
    public func writeCheckpoint(to path: String, metadata: [String: String] = [:]) throws {
        var file = trainedModel.encoded()
        file.metadata.merge(metadata) { own, _ in own }
        for (buffer, prefix) in [
            (optimizer.parameters, "training.parameters."), (optimizer.first, "training.first."), (optimizer.second, "training.second."),
        ] {
            file.tensors.merge(model.tensorLayout.tensors(of: buffer, prefix: prefix)) { $1 }
        }
        for (index, state) in optimizer.soap.enumerated() {
            for (name, buffer) in [("curvatures", state.curvatures), ("bases", state.bases)] {
                file.tensors["training.soap.\(index).\(name)"] = Tensor(shape: [buffer.count], values: buffer.array)
            }
        }
        file.metadata["training"] = Safetensors.json(Summary(course: course, soapStep: optimizer.soap.first?.step, origin: model.history))
        try file.write(to: path)
    }

    /// Takes up the training of a file that was read.
    ///
    /// - Parameter path: names the file in errors.
    /// - Throws: ``ModelError`` or ``TrainingError`` that say what is wrong with the file.
    public init(_ file: Safetensors, path: String) throws {
        func fail(_ reason: String) -> ModelError { .invalidFile(path: path, reason: reason) }
        var model = try StoredModel.model(file, path: path)
        guard let text = file.metadata["training"] else { throw fail("it holds a model but no training that could go on") }
        guard let summary = Safetensors.value(Summary.self, from: text), summary.course.isSound, summary.origin.isSound,
              (0...1 << 50).contains(summary.soapStep ?? 0) else { throw fail("its metadata 'training' cannot be read") }
        let average = model.parameters
        model.history = summary.origin
        try self.init(model, phases: summary.course.phases)
        course = summary.course
        optimizer.average = average
        optimizer.parameters = try model.tensorLayout.buffer(from: file.tensors, prefix: "training.parameters.", path: path)
        var holder = model
        holder.parameters = optimizer.parameters
        try StoredModel.probe(holder, path: path)
        optimizer.first = try model.tensorLayout.buffer(from: file.tensors, prefix: "training.first.", path: path)
        optimizer.second = try model.tensorLayout.buffer(from: file.tensors, prefix: "training.second.", path: path)
        guard let step = summary.soapStep else { return }
        optimizer.soap = try model.networks.enumerated().map { index, place in
            guard let curvatures = file.tensors["training.soap.\(index).curvatures"], let bases = file.tensors["training.soap.\(index).bases"],
                  let state = Soap.State(place.network, curvatures: AlignedFloats(curvatures.values), bases: AlignedFloats(bases.values), step: step),
                  state.isFinite else { throw fail("what its training remembers of curvatures does not fit its networks") }
            return state
        }
    }
}
