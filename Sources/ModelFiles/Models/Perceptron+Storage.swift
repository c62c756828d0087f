import Files
import Networks
import Numerics

extension Perceptron {
    private static let formatName = "avips network 1"
    /// The most parameters that a file may have: 200 MB.
    public static let greatestParameterCount = 50_000_000

    /// The network as tensors `layers.0.weight` (outputs × inputs) and `layers.0.bias`, with Adam's moments as they are.
    public func encoded(with optimizer: PerceptronOptimizer) -> Safetensors {
        let values = parameters.array
        var file = Safetensors()
        for (index, layer) in layers.enumerated() {
            file.tensors["layers.\(index).weight"] = Tensor(
                shape: [layer.outputs, layer.inputs], values: Array(values[layer.weights..<layer.biases]))
            file.tensors["layers.\(index).bias"] = Tensor(shape: [layer.outputs], values: Array(values[layer.biases..<layer.biases + layer.outputs]))
        }
        file.tensors["adam.first"] = Tensor(shape: [parameterCount], values: Array(optimizer.first.array.prefix(parameterCount)))
        file.tensors["adam.second"] = Tensor(shape: [parameterCount], values: Array(optimizer.second.array.prefix(parameterCount)))
        file.metadata = [
            "format": Self.formatName, "widths": Safetensors.json([inputs] + layers.map(\.outputs)), "activation": activation.rawValue,
            "steps": String(optimizer.steps),
        ]
        return file
    }

    /// Rebuilds a network and its optimizer from tensors and metadata, all of which are checked.
    public static func decoded(_ file: Safetensors, path: String) throws(SafetensorsError) -> (Perceptron, PerceptronOptimizer) {
        func fail(_ reason: String) -> SafetensorsError { SafetensorsError(path: path, reason: reason) }
        guard file.metadata["format"] == formatName else {
            throw fail("its format is '\(file.metadata["format"] ?? "unknown")', not '\(formatName)'")
        }
        guard let widths = file.metadata["widths"].flatMap({ Safetensors.value([Int].self, from: $0) }), (2...64).contains(widths.count),
              widths.allSatisfy({ (1...65536).contains($0) }), parameterCount(widths: widths) <= greatestParameterCount else {
            throw fail("its widths cannot be read")
        }
        guard let activation = file.metadata["activation"].flatMap(Activation.init(rawValue:)) else { throw fail("its activation is not known") }
        guard let steps = file.metadata["steps"].flatMap({ Int($0) }), (0..<1 << 50).contains(steps) else { throw fail("its steps cannot be read") }
        func values(_ name: String, _ shape: [Int]) throws(SafetensorsError) -> [Float] {
            guard let tensor = file.tensors[name] else { throw fail("tensor '\(name)' is missing") }
            guard tensor.shape == shape else { throw fail("tensor '\(name)' has the shape \(tensor.shape) instead of \(shape)") }
            guard tensor.values.allSatisfy(\.isFinite) else { throw fail("tensor '\(name)' holds numbers that are not finite") }
            return tensor.values
        }
        var parameters: [Float] = []
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            parameters += try values("layers.\(index).weight", [outputs, inputs])
            parameters += try values("layers.\(index).bias", [outputs])
        }
        let count = parameterCount(widths: widths)
        let (first, second) = (try values("adam.first", [count]), try values("adam.second", [count]))
        guard second.allSatisfy({ $0 >= 0 }) else { throw fail("tensor 'adam.second' holds numbers below zero") }
        let perceptron = Perceptron(widths: widths, activation: activation, parameters: parameters)
        return (perceptron, PerceptronOptimizer(perceptron, first: first, second: second, steps: steps))
    }
}
