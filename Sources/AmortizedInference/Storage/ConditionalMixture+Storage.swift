import Foundation
import Kinematics
import Networks
import Numerics

extension ConditionalMixture {
    /// The names of the tensors of a layer: `trunk.0.weight`, ..., and the output layer's parts.
    ///
    /// The output layer is stored as `logits.weight` K × H, `logits.bias` K, `components.weight` K × (D + raw) × H and
    /// `components.bias` K × (D + raw).
    private func forEachTensor(_ body: (_ name: String, _ shape: [Int], _ offset: Int) throws(ModelError) -> Void) throws(ModelError) {
        for (index, layer) in network.layers.dropLast().enumerated() {
            try body("trunk.\(index).weight", [layer.outputs, layer.inputs], layer.weights)
            try body("trunk.\(index).bias", [layer.outputs], layer.biases)
        }
        let head = network.layers.last!
        try body("logits.weight", [components, head.inputs], head.weights)
        try body("logits.bias", [components], head.biases)
        try body("components.weight", [components, rowsPerComponent, head.inputs], head.weights + components * head.inputs)
        try body("components.bias", [components, rowsPerComponent], head.biases + components)
    }

    /// A flat buffer laid out like the parameters, cut into named tensors.
    func tensors(of buffer: AlignedFloats, prefix: String = "") -> [String: Tensor] {
        let values = buffer.array
        var result: [String: Tensor] = [:]
        try! forEachTensor { name, shape, offset in
            result[prefix + name] = Tensor(shape: shape, values: Array(values[offset..<offset + shape.reduce(1, *)]))
        }
        return result
    }

    /// Puts named tensors together to a flat buffer; throws where one is missing, has another shape, or is not finite.
    func buffer(from tensors: [String: Tensor], prefix: String = "", path: String) throws(ModelError) -> AlignedFloats {
        var values = [Float](repeating: 0, count: network.parameterCount)
        try forEachTensor { (name, shape, offset) throws(ModelError) in
            guard let tensor = tensors[prefix + name] else {
                throw .invalidFile(path: path, reason: "tensor '\(prefix + name)' is missing")
            }
            guard tensor.shape == shape else {
                throw .invalidFile(path: path, reason: "tensor '\(prefix + name)' has the shape \(tensor.shape) instead of \(shape)")
            }
            guard tensor.values.allSatisfy(\.isFinite) else {
                throw .invalidFile(path: path, reason: "tensor '\(prefix + name)' holds numbers that are not finite")
            }
            values.replaceSubrange(offset..<offset + tensor.values.count, with: tensor.values)
        }
        return AlignedFloats(values)
    }

    /// The model as tensors and metadata.
    public func encoded() -> Safetensors {
        var file = Safetensors(tensors: tensors(of: parameters))
        file.tensors["encoding.offset"] = Tensor(shape: [encoding.inputCount], values: encoding.offset)
        file.tensors["encoding.scale"] = Tensor(shape: [encoding.inputCount], values: encoding.scale)
        file.metadata = [
            "format": Self.formatName,
            "robot": robot.name, "base": robot.base, "tip": robot.tip,
            "joints": json(robot.joints), "lower": json(robot.lower), "upper": json(robot.upper), "fingerprint": robot.fingerprint,
            "configuration": json(configuration), "history": json(history),
            "seed": String(history.seed), "steps": String(history.steps), "seconds": String(history.seconds),
            "machine": history.machine, "version": history.version,
        ]
        if let chain = robot.chain { file.metadata["chain"] = json(chain) }
        if let whole = robot.whole { file.metadata["body"] = json(whole) }
        if let turns = encoding.turns { file.metadata["turns"] = json(turns) }
        return file
    }

    static let formatName = "avips conditional mixture 1"

    /// Rebuilds a model from tensors and metadata, all of which are checked.
    ///
    /// - Parameter chain: the chain whose poses the model is asked with, where its own numbers are no joints of it.
    public init(_ file: Safetensors, path: String, seenBy chain: Chain? = nil) throws(ModelError) {
        func fail(_ reason: String) -> ModelError { .invalidFile(path: path, reason: reason) }
        func field<Value: Decodable>(_ name: String, as type: Value.Type) throws(ModelError) -> Value {
            guard let text = file.metadata[name] else { throw fail("its metadata lack '\(name)'") }
            if let text = text as? Value { return text }
            let decoder = JSONDecoder()
            decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            guard let value = try? decoder.decode(type, from: Data(text.utf8)) else { throw fail("its metadata '\(name)' cannot be read") }
            return value
        }
        guard file.metadata["format"] == Self.formatName else {
            throw fail("its format is '\(file.metadata["format"] ?? "unknown")', not '\(Self.formatName)'")
        }
        let configuration = try field("configuration", as: ModelConfiguration.self)
        var robot = RobotIdentity(
            name: try field("robot", as: String.self), base: try field("base", as: String.self), tip: try field("tip", as: String.self),
            joints: try field("joints", as: [String].self), lower: try field("lower", as: [Double].self),
            upper: try field("upper", as: [Double].self), fingerprint: try field("fingerprint", as: String.self))
        do { try configuration.validate(degreesOfFreedom: robot.lower.count) } catch { throw fail(error.description) }
        guard robot.upper.count == robot.lower.count, robot.joints.count == robot.lower.count,
              zip(robot.lower, robot.upper).allSatisfy({ $0 < $1 && $0.isFinite && $1.isFinite }) else {
            throw fail("its joint limits are not ranges")
        }
        if file.metadata["chain"] != nil {
            let chain = try field("chain", as: Chain.self)
            if let fault = chain.fault { throw fail("its robot is not sound: \(fault)") }
            guard chain.fingerprint == robot.fingerprint else { throw fail("its robot was changed after the training") }
            guard robot.lower.count <= chain.degreesOfFreedom else { throw fail("it has more joints than its robot") }
            robot = RobotIdentity(chain, leading: robot.lower.count)
        }
        if file.metadata["body"] != nil {
            let whole = try field("body", as: BodyContext.self)
            if let fault = whole.fault { throw fail("its body is not sound: \(fault)") }
            guard configuration.context == .position, file.metadata["turns"] == nil, whole.body.fingerprint == robot.fingerprint, whole.body.degreesOfFreedom == robot.lower.count else {
                throw fail("its body was changed after the training")
            }
            robot = RobotIdentity(whole)
        }
        guard configuration.isBounded == robot.isPartial else { throw fail("bounded coordinates are those of a model of the first joints") }
        var turns: TurningAxes?
        if file.metadata["turns"] != nil {
            turns = try field("turns", as: TurningAxes.self)
            guard turns!.isSound(degreesOfFreedom: (robot.chain ?? chain)?.degreesOfFreedom ?? robot.degreesOfFreedom) else { throw fail("its turning axes are not sound") }
        }
        let count = ContextEncoding.inputCount(configuration.context, turns: turns)
        guard let offset = file.tensors["encoding.offset"], let scale = file.tensors["encoding.scale"],
              offset.shape == [count], scale.shape == [count], (offset.values + scale.values).allSatisfy(\.isFinite) else {
            throw fail("its encoding of contexts is missing or has the wrong size")
        }
        self.init(robot: robot, configuration: configuration,
                  encoding: ContextEncoding(kind: configuration.context, turns: turns, offset: offset.values, scale: scale.values), parameters: nil)
        parameters = try buffer(from: file.tensors, path: path)
        history = try field("history", as: TrainingHistory.self)
    }

    /// Reads a model.
    public init(contentsOf path: String) throws {
        try self.init(Safetensors(contentsOf: path), path: path)
    }

    /// Writes the model; a file that stood there stays until the new one is complete.
    public func write(to path: String) throws { try encoded().write(to: path) }
}

/// A value as JSON text with sorted keys.
func json(_ value: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try! encoder.encode(value), as: UTF8.self)
}
