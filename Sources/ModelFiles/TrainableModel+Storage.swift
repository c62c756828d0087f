import Baselines
import ConditionalModels
import Files
import Kinematics
import Networks
import Numerics
import RobotModels

// Flows and generator ensembles in files: the tensors of every layer, and what the model is built from as metadata.
extension TrainableModel {
    /// The tensors of all layers: `couplings.0.1.weight`, `generators.0.1.bias`, ...
    var tensorLayout: TensorLayout {
        var layout = TensorLayout(count: networks.map { $0.start + $0.network.parameterCount }.max() ?? 0)
        for (index, place) in networks.enumerated() {
            for (number, layer) in place.network.layers.enumerated() {
                let name = "\(networkName(index)).\(number)"
                layout.add("\(name).weight", [layer.outputs, layer.inputs], at: place.start + layer.weights)
                layout.add("\(name).bias", [layer.outputs], at: place.start + layer.biases)
            }
        }
        return layout
    }

    private func networkName(_ index: Int) -> String {
        guard let ensemble = self as? GeneratorEnsemble else { return "couplings.\(index)" }
        return index < ensemble.configuration.generators ? "generators.\(index)" : "discriminator"
    }

    /// The model as tensors and metadata.
    public func encoded() -> Safetensors {
        var file = Safetensors(tensors: tensorLayout.tensors(of: parameters))
        encoder.write(to: &file)
        subject.write(to: &file)
        file.metadata["format"] = self is GeneratorEnsemble ? StoredModel.ensembleFormat : StoredModel.flowFormat
        file.metadata["configuration"] = Safetensors.json(configuration)
        file.metadata["history"] = Safetensors.json(history)
        return file
    }

    /// Writes the model; a file that stood there stays until the new one is complete.
    public func write(to path: String) throws { try encoded().write(to: path) }
}

/// Flows and generator ensembles out of files.
public enum StoredModel {
    static let flowFormat = "avips flow 1"
    static let ensembleFormat = "avips generators 1"

    /// Whether a file holds a flow or an ensemble.
    public static func isHeld(by file: Safetensors) -> Bool { [flowFormat, ensembleFormat].contains(file.metadata["format"]) }

    /// Rebuilds a model from tensors and metadata, all of which are checked.
    public static func model(_ file: Safetensors, path: String) throws(ModelError) -> any TrainableModel {
        let reader = MetadataReader(file: file, path: path)
        // Room for the parameters is taken only once their shapes fit.
        let none = AlignedFloats(count: 0)
        var model: any TrainableModel
        switch file.metadata["format"] {
        case flowFormat:
            let configuration = try reader.field("configuration", as: FlowConfiguration.self)
            let (subject, space, encoder) = try parts(reader) { (dimension, inputs) throws(ModelError) in
                try configuration.validate(dimension: dimension, inputs: inputs)
            }
            model = ConditionalFlow(subject: subject, space: space, encoder: encoder, configuration: configuration, parameters: none)
        case ensembleFormat:
            let configuration = try reader.field("configuration", as: EnsembleConfiguration.self)
            let (subject, space, encoder) = try parts(reader) { (dimension, inputs) throws(ModelError) in
                try configuration.validate(dimension: dimension, inputs: inputs)
            }
            model = GeneratorEnsemble(subject: subject, space: space, encoder: encoder, configuration: configuration, parameters: none)
        case let format: throw reader.fail("its format is '\(format ?? "unknown")', not '\(flowFormat)' or '\(ensembleFormat)'")
        }
        model.parameters = try model.tensorLayout.buffer(from: file.tensors, path: path)
        model.history = try reader.field("history", as: TrainingHistory.self)
        guard model.history.isSound else { throw reader.fail("its history is not sound") }
        try probe(model, path: path)
        return model
    }

    private static func parts(
        _ reader: MetadataReader, judge: (_ dimension: Int, _ inputs: Int) throws(ModelError) -> Void
    ) throws(ModelError) -> (any ModelSubject, SampleSpace, any ContextEncoder) {
        switch reader.file.metadata["subject"] {
        case nil:
            let (robot, encoding) = try reader.robot(isBounded: false, seenBy: nil, judge: judge)
            guard robot.chain != nil else { throw reader.fail("its robot is missing") }
            return (robot, robot.space, encoding)
        case DensitySubject.kind:
            let (subject, encoding) = try reader.density(judge: judge)
            guard encoding.front == nil else { throw reader.fail("its contexts are no numbers") }
            return (subject, subject.space, encoding)
        case let kind?: throw reader.fail("it is a model of a \(kind), which this version does not know")
        }
    }

    /// Draws at a few contexts such as the model was trained on.
    ///
    /// - Throws: ``ModelError/invalidFile(path:reason:)`` where its outputs are not finite.
    static func probe(_ model: any TrainableModel, path: String) throws(ModelError) {
        let generator = model.makeGenerator()
        var stream = RandomStream(seed: 1)
        for round in 0..<3 {
            // Encoders bring contexts to zero mean and unit variance.
            let inputs = (0..<model.encoder.inputCount).map { _ in round == 0 ? 0 : Float(stream.normal()) }
            _ = generator.sample(at: EncodedContext(inputs: inputs), count: 1, using: &stream)
            guard generator.takeFault() == nil else {
                throw .invalidFile(path: path, reason: "its network gives numbers that are not finite: its parameters are damaged")
            }
        }
    }
}
