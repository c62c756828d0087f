import ConditionalModels
import Files
import Foundation
import Kinematics
import ModelTraining
import Networks
import Numerics

// A checkpoint is a model's file with the averaged parameters, and beside them the optimiser's buffers under their own
// prefixes: it loads as a model, and as the training that can go on.
extension TrainingState {
    /// What a checkpoint's metadata hold besides the model's own, as one object.
    private struct Summary: Codable {
        var course: TrainingCourse
        var memory: Memory

        init(course: TrainingCourse, memory: Memory) { (self.course, self.memory) = (course, memory) }

        init(from decoder: any Decoder) throws { (course, memory) = try (TrainingCourse(from: decoder), Memory(from: decoder)) }

        func encode(to encoder: any Encoder) throws {
            try course.encode(to: encoder)
            try memory.encode(to: encoder)
        }
    }

    private struct Memory: Codable {
        /// Steps of ``Optimizer/soap``; its matrices lie among the tensors.
        var soapStep: Int?
        /// What the component objective remembers of every component; its snapshot lies among the tensors.
        var record: VariationalState.Record?
        /// The history of the model that the training started from.
        var origin: TrainingHistory

        var isSound: Bool { (0...1 << 50).contains(soapStep ?? 0) && origin.isSound }
    }

    /// Writes all that is needed to continue bit for bit.
    ///
    /// - Parameter metadata: what else the file is to say, beside the model's and the training's own metadata.
    public func writeCheckpoint(to path: String, metadata: [String: String] = [:]) throws { try checkpoint(metadata: metadata).write(to: path) }

    /// The same as tensors and metadata.
    func checkpoint(metadata: [String: String] = [:]) -> Safetensors {
        var file = trainedModel.encoded()
        file.metadata.merge(metadata) { own, _ in own }
        func add(_ buffer: AlignedFloats, _ prefix: String) { file.tensors.merge(model.tensorLayout.tensors(of: buffer, prefix: prefix)) { $1 } }
        add(optimizer.parameters, "training.parameters.")
        add(optimizer.first, "training.first.")
        add(optimizer.second, "training.second.")
        if let soap = optimizer.soap.first {
            for (name, buffer) in [("curvatures", soap.curvatures), ("bases", soap.bases)] {
                file.tensors["training.soap." + name] = Tensor(shape: [buffer.count], values: buffer.array)
            }
        }
        if let variational { add(variational.snapshot, "training.snapshot.") }
        file.metadata["training"] = Safetensors.json(Summary(
            course: course, memory: Memory(soapStep: optimizer.soap.first?.step, record: variational?.record, origin: model.history)))
        return file
    }

    /// Reads a checkpoint.
    ///
    /// - Throws: ``SafetensorsError``, ``ModelError`` or ``TrainingError`` that say what is wrong with the file.
    public init(checkpoint path: String) throws { try self.init(Safetensors(contentsOf: path), path: path) }

    /// Whether a file that was read holds a training besides its model.
    public static func isHeld(by file: Safetensors) -> Bool { file.metadata["training"] != nil }

    /// Takes up the training of a file that was read.
    ///
    /// - Parameters:
    ///   - path: names the file in errors.
    ///   - chain: the chain whose poses the model is queried with, where its own numbers are no joints of it.
    public init(_ file: Safetensors, path: String, seenBy chain: Chain? = nil) throws {
        var model = try ConditionalMixture(file, path: path, seenBy: chain)
        guard let text = file.metadata["training"] else {
            throw ModelError.invalidFile(path: path, reason: "it holds a model but no training that could go on")
        }
        guard let summary = try? JSONDecoder().decode(Summary.self, from: Data(text.utf8)), summary.course.isSound, summary.memory.isSound else {
            throw ModelError.invalidFile(path: path, reason: "its metadata 'training' cannot be read")
        }
        let average = model.parameters
        model.history = summary.memory.origin
        try self.init(model, phases: summary.course.phases)
        course = summary.course
        optimizer.average = average
        optimizer.parameters = try model.tensorLayout.buffer(from: file.tensors, prefix: "training.parameters.", path: path)
        try model.probe(optimizer.parameters, path: path)
        optimizer.first = try model.tensorLayout.buffer(from: file.tensors, prefix: "training.first.", path: path)
        optimizer.second = try model.tensorLayout.buffer(from: file.tensors, prefix: "training.second.", path: path)
        if let step = summary.memory.soapStep {
            guard let curvatures = file.tensors["training.soap.curvatures"], let bases = file.tensors["training.soap.bases"],
                  let state = Soap.State(
                    model.network, curvatures: AlignedFloats(curvatures.values), bases: AlignedFloats(bases.values), step: step), state.isFinite else {
                throw ModelError.invalidFile(path: path, reason: "what its training remembers of curvatures does not fit its network")
            }
            optimizer.soap = [state]
        }
        if let record = summary.memory.record {
            guard record.fits(components: model.components) else {
                throw ModelError.invalidFile(path: path, reason: "what its training remembers does not fit its components")
            }
            variational = VariationalState(
                snapshot: try model.tensorLayout.buffer(from: file.tensors, prefix: "training.snapshot.", path: path), record: record)
        }
    }
}
