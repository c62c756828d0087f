import ConditionalModels
import Files
import Kinematics
import Networks
import Numerics
import RobotModels

extension ConditionalMixture {
    /// The tensors of all layers: `trunk.0.weight`, ..., and the output layer's parts.
    ///
    /// The output layer is stored as `logits.weight` K × H, `logits.bias` K, `components.weight` K × (D + raw) × H and
    /// `components.bias` K × (D + raw).
    var tensorLayout: TensorLayout {
        var layout = TensorLayout(count: network.parameterCount)
        for (index, layer) in (network.front?.layers ?? []).enumerated() {
            layout.add("front.\(index).weight", [layer.outputs, layer.inputs], at: layer.weights)
            layout.add("front.\(index).bias", [layer.outputs], at: layer.biases)
        }
        for (index, layer) in network.layers.dropLast().enumerated() {
            layout.add("trunk.\(index).weight", [layer.outputs, layer.inputs], at: layer.weights)
            layout.add("trunk.\(index).bias", [layer.outputs], at: layer.biases)
        }
        let head = network.layers.last!
        layout.add("logits.weight", [components, head.inputs], at: head.weights)
        layout.add("logits.bias", [components], at: head.biases)
        layout.add("components.weight", [components, rowsPerComponent, head.inputs], at: head.weights + components * head.inputs)
        layout.add("components.bias", [components, rowsPerComponent], at: head.biases + components)
        return layout
    }

    /// The model as tensors and metadata.
    public func encoded() -> Safetensors {
        var file = Safetensors(tensors: tensorLayout.tensors(of: parameters))
        encoder.write(to: &file)
        subject.write(to: &file)
        file.metadata.merge([
            "format": Self.formatName, "configuration": Safetensors.json(configuration), "history": Safetensors.json(history),
            "seed": String(history.seed), "steps": String(history.steps), "seconds": String(history.seconds),
            "machine": history.machine, "version": history.version,
        ]) { $1 }
        return file
    }

    static let formatName = "avips conditional mixture 1"

    /// Rebuilds a model from tensors and metadata, all of which are checked.
    ///
    /// - Parameter chain: the chain whose poses the model is queried with, where its own numbers are no joints of it.
    public init(_ file: Safetensors, path: String, seenBy chain: Chain? = nil) throws(ModelError) {
        let reader = MetadataReader(file: file, path: path)
        guard file.metadata["format"] == Self.formatName else {
            throw reader.fail("its format is '\(file.metadata["format"] ?? "unknown")', not '\(Self.formatName)'")
        }
        let configuration = try reader.field("configuration", as: ModelConfiguration.self)
        let none = AlignedFloats(count: 0)
        switch file.metadata["subject"] {
        case nil:
            let (robot, encoding) = try reader.robot(configuration, seenBy: chain)
            self.init(subject: robot, space: robot.space, encoder: encoding, configuration: configuration, parameters: none)
        case DensitySubject.kind:
            let (subject, encoding) = try reader.density(configuration)
            self.init(subject: subject, space: subject.space, encoder: encoding, configuration: configuration, parameters: none)
        case let kind?: throw reader.fail("it is a model of a \(kind), which this version does not know")
        }
        parameters = try tensorLayout.buffer(from: file.tensors, path: path)
        history = try reader.field("history", as: TrainingHistory.self)
        guard history.isSound else { throw reader.fail("its history is not sound") }
        try probe(path: path)
    }

    /// Reads a model.
    public init(contentsOf path: String) throws {
        try self.init(Safetensors(contentsOf: path), path: path)
    }

    /// Writes the model; a file that stood there stays until the new one is complete.
    public func write(to path: String) throws { try encoded().write(to: path) }
}

/// Reads values out of a file's metadata, with errors that name the file.
struct MetadataReader {
    let file: Safetensors
    let path: String

    func fail(_ reason: String) -> ModelError { .invalidFile(path: path, reason: reason) }

    func field<Value: Decodable>(_ name: String, as type: Value.Type) throws(ModelError) -> Value {
        guard let text = file.metadata[name] else { throw fail("its metadata lack '\(name)'") }
        guard let value = Safetensors.value(type, from: text) else { throw fail("its metadata '\(name)' cannot be read") }
        return value
    }
}
