import Numerics

/// A multilayer perceptron: dense layers with an activation between them and none behind the last, in 32-bit floats.
///
/// For decoders, critics and regressions of a few layers; a mixture's own network is a ``ResidualNetwork``.
public struct Perceptron: Sendable, Equatable {
    /// The activation function of hidden units.
    public enum Activation: String, Sendable, CaseIterable {
        case tanh, silu, relu
    }

    /// A layer's part of the parameters: outputs × inputs weights by rows, then one bias per output.
    public struct Layer: Sendable, Equatable {
        public let inputs: Int
        public let outputs: Int
        /// Where its weights and its biases start.
        public let weights: Int
        public let biases: Int
    }

    public let layers: [Layer]
    public let activation: Activation
    /// How many numbers the layers have together.
    public let parameterCount: Int
    /// The numbers, and zeros up to a multiple of sixteen.
    public internal(set) var parameters: AlignedFloats

    public var inputs: Int { layers[0].inputs }
    public var outputs: Int { layers[layers.count - 1].outputs }
    /// The widths of the hidden layers.
    public var hidden: [Int] { layers.dropLast().map(\.outputs) }

    /// A network of given numbers.
    ///
    /// - Precondition: all widths are above zero, and there are as many numbers as ``parameterCount(widths:)`` says.
    public init(widths: [Int], activation: Activation, parameters: [Float]) {
        precondition(widths.count >= 2 && widths.allSatisfy { $0 > 0 }, "a network needs inputs and outputs")
        var layers: [Layer] = [], count = 0
        for (inputs, outputs) in zip(widths, widths.dropFirst()) {
            layers.append(Layer(inputs: inputs, outputs: outputs, weights: count, biases: count + inputs * outputs))
            count += (inputs + 1) * outputs
        }
        precondition(parameters.count == count, "\(parameters.count) numbers for \(count) parameters")
        (self.layers, self.activation, parameterCount) = (layers, activation, count)
        self.parameters = AlignedFloats(parameters + Array(repeating: 0, count: -count & 15))
    }

    /// A network to be trained: weights from N(0, g/inputs) with g = 2 for `relu` and `silu` (He et al., 2015) and 1 for `tanh` and for
    /// the last layer (LeCun et al., 1998); biases of zero.
    public init(widths: [Int], activation: Activation, using stream: inout RandomStream) {
        var parameters: [Float] = []
        parameters.reserveCapacity(Self.parameterCount(widths: widths))
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            let gain = activation == .tanh || index == widths.count - 2 ? 1.0 : 2.0
            let deviation = (gain / Double(inputs)).squareRoot()
            for _ in 0..<inputs * outputs { parameters.append(Float(deviation * stream.normal())) }
            parameters.append(contentsOf: repeatElement(0, count: outputs))
        }
        self.init(widths: widths, activation: activation, parameters: parameters)
    }

    /// Moves all parameters a share of the way towards those of another network, from 0 to 1.
    ///
    /// - Precondition: both have the same layers.
    public mutating func approach(_ other: Perceptron, by share: Float) {
        precondition(layers == other.layers, "a network of other sizes")
        guard share < 1 else { return parameters = other.parameters }
        let theirs = other.parameters.array
        parameters.withMutablePointer { own in
            for index in 0..<parameterCount { own[index] += share * (theirs[index] - own[index]) }
        }
    }

    /// The parameters of a network of such widths.
    public static func parameterCount(widths: [Int]) -> Int { zip(widths, widths.dropFirst()).reduce(0) { $0 + ($1.0 + 1) * $1.1 } }
}

extension Perceptron.Activation {
    /// Applies the activation to `count` sums, a multiple of sixteen, and leaves its slopes.
    func apply(_ values: UnsafeMutablePointer<Float>, slopes: UnsafeMutablePointer<Float>, count: Int) {
        switch self {
        case .tanh:
            // tanh x = 2/(1 + e⁻²ˣ) − 1
            for index in stride(from: 0, to: count, by: laneCount) {
                let s = (Lanes(loading: values + index) * 2).logistic
                (s * 2 - 1).store(to: values + index)
                (4 * s * (1 - s)).store(to: slopes + index)
            }
        case .silu: apply(SigmoidLinearUnit.self, values, slopes, count)
        case .relu: apply(RectifiedLinearUnit.self, values, slopes, count)
        }
    }

    private func apply(_ unit: (some HiddenUnit).Type, _ values: UnsafeMutablePointer<Float>, _ slopes: UnsafeMutablePointer<Float>, _ count: Int) {
        for index in stride(from: 0, to: count, by: laneCount) {
            let (value, slope) = unit.evaluate(Lanes(loading: values + index))
            value.store(to: values + index)
            slope.store(to: slopes + index)
        }
    }
}
