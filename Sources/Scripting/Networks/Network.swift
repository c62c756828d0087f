import Expressions
import Files
import LuaBridge
import ModelFiles
import Networks
import Numerics

/// A small network as scripts hold it.
struct Network {
    private(set) var perceptron: Perceptron
    private(set) var optimizer: PerceptronOptimizer
    /// What formulas call and points are evaluated by, made when it is first asked for; it follows the weights. ``copy`` has one of its own.
    private final class Evaluator { var primitive: DenseNetwork? }
    private let evaluator = Evaluator()

    init(_ perceptron: Perceptron) { self.init(perceptron, PerceptronOptimizer(perceptron)) }

    init(_ perceptron: Perceptron, _ optimizer: PerceptronOptimizer) { (self.perceptron, self.optimizer) = (perceptron, optimizer) }

    init(contentsOf path: String) throws {
        let file = try Safetensors(contentsOf: path)
        try SavedObject.network.check(file, path: path)
        let (perceptron, optimizer) = try Perceptron.decoded(file, path: path)
        self.init(perceptron, optimizer)
    }

    func save(to path: String) throws { try perceptron.encoded(with: optimizer).write(to: path) }

    /// Parameters, Adam's moments and average, and the formula's form in both precisions.
    var size: Int { perceptron.parameterCount * 36 }

    var value: Value { .object(holding: self, size: size) }

    /// The layers in double precision.
    var layers: [DenseNetwork.Layer] {
        let values = perceptron.parameters.array
        return perceptron.layers.map { layer in
            DenseNetwork.Layer(
                weights: Matrix(rows: layer.outputs, columns: layer.inputs, elements: values[layer.weights..<layer.biases].map(Double.init)),
                biases: values[layer.biases..<layer.biases + layer.outputs].map(Double.init))
        }
    }

    /// The network as formulas call it.
    var primitive: DenseNetwork {
        if let known = evaluator.primitive { return known }
        let activation: DenseNetwork.Activation = switch perceptron.activation {
        case .tanh: .tanh
        case .silu: .silu
        case .relu: .relu
        }
        let primitive = DenseNetwork(layers: layers, activation: activation)
        evaluator.primitive = primitive
        return primitive
    }

    /// Takes an Adam step against the gradient that a pass holds.
    ///
    /// - Returns: the gradient's norm; nil where it is not finite, and nothing was changed.
    mutating func step(_ pass: PerceptronPass, rate: Double) -> Double? {
        optimizer.step(&perceptron, gradient: UnsafePointer(pass.gradient), rate: Float(rate))
    }

    /// Gives the weights that steps have led to to the formulas that call the network.
    func publish() { evaluator.primitive?.layers = layers }

    /// The network and its training so far by themselves: steps of one do not move the other, nor formulas that call it.
    var copy: Network { Network(perceptron, optimizer) }

    /// Moves the weights towards those of a network of the same layers.
    mutating func approach(_ other: Network, by share: Double) {
        perceptron.approach(other.perceptron, by: Float(share))
        publish()
    }

    var text: String {
        let widths = ([perceptron.inputs] + perceptron.layers.map(\.outputs)).map(String.init).joined(separator: " → ")
        return "Network · \(widths) · \(perceptron.activation.rawValue) · \(NumberText.counted(perceptron.parameterCount, "parameter"))"
            + (optimizer.steps > 0 ? " · \(NumberText.counted(optimizer.steps, "step"))" : "")
    }
}
