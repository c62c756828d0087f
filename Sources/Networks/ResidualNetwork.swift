import Numerics

/// A fully connected layer's place among a network's parameters.
public struct DenseLayer: Sendable, Equatable {
    /// The numbers that it takes, and that it gives.
    public let inputs: Int
    public let outputs: Int
    /// Where the weights start: `outputs` × `inputs`, stored by rows, so that an output's weights lie together.
    public let weights: Int
    /// Where the biases start.
    public let biases: Int
}

/// The shape of a multilayer perceptron with residual blocks, and where its parameters lie.
///
///     h_1 = SiLU(W_1·x + b_1),   h_l = [h_{l−1} +] SiLU(W_l·h_{l−1} + b_l),   y = W·h_L + b
///
/// The sum in brackets is taken where both widths agree. The shape holds no numbers: parameters are one flat buffer, so that
/// optimisers need not know about layers. Parts of the buffer that belong to no layer stay zero.
public struct ResidualNetwork: Sendable, Equatable {
    /// The length of x.
    public let inputs: Int
    /// The widths of the hidden layers, multiples of 16.
    public let hidden: [Int]
    /// The length of y.
    public let outputs: Int
    /// That of the hidden layers, which the formula has as SiLU.
    public let activation: Activation
    /// False leaves the sums in brackets out: a plain multilayer perceptron.
    public let hasResiduals: Bool
    /// The hidden layers and the output layer.
    public let layers: [DenseLayer]
    /// What stands before the first of them; nil where the inputs go there as they are.
    public let front: ContextFront?
    /// The length of the parameter buffer, a multiple of the lanes.
    public let parameterCount: Int

    /// - Precondition: all widths are positive, hidden ones multiples of 16.
    public init(
        inputs: Int, hidden: [Int], outputs: Int, activation: Activation = .sigmoidLinear, hasResiduals: Bool = true, front: ContextFront? = nil
    ) {
        precondition(front.map { $0.inputCount == inputs } ?? true, "a front of another size than the inputs")
        precondition(inputs > 0 && outputs > 0 && !hidden.isEmpty, "a network needs inputs, hidden units and outputs")
        precondition(hidden.allSatisfy { $0 > 0 && $0 % laneCount == 0 }, "hidden widths \(hidden) are not multiples of 16")
        self.inputs = inputs
        self.hidden = hidden
        self.outputs = outputs
        self.activation = activation
        self.hasResiduals = hasResiduals
        var layers: [DenseLayer] = []
        var offset = 0
        func take(_ count: Int) -> Int {
            defer { offset += (count + laneCount - 1) / laneCount * laneCount }
            return offset
        }
        var width = front?.outputCount ?? inputs
        for next in hidden + [outputs] {
            layers.append(DenseLayer(inputs: width, outputs: next, weights: take(width * next), biases: take(next)))
            width = next
        }
        self.layers = layers
        self.front = front?.placed(take)
        parameterCount = offset
    }

    /// All matrices of weights: those of the front, the hidden layers', and last the output layer's.
    public var matrices: [DenseLayer] { (front?.layers ?? []) + layers }

    /// The number of weights and biases.
    public var trainableCount: Int { matrices.reduce(0) { $0 + $1.outputs * ($1.inputs + 1) } }

    /// Whether a hidden layer adds its input to its output.
    public func isResidual(_ layer: Int) -> Bool { hasResiduals && layer > 0 && layers[layer].inputs == layers[layer].outputs }

    /// Floating-point operations in the matrix products of one training step (forward, gradients of activations and of weights).
    public func trainingOperations(batch: Int) -> Double {
        var operations = 0.0
        for (index, layer) in layers.enumerated() {
            operations += Double(index == 0 ? 4 : 6) * Double(layer.inputs * layer.outputs * batch)
        }
        return operations
    }

    private static let weightsBetweenPolls = 1 << 14

    /// Parameters to start from: normal weights with variance `gain`²/inputs, zero biases.
    ///
    /// - Parameters:
    ///   - outputGain: the output layer's gain; small, so that training starts near the output biases.
    ///   - cancellation: leaves weights of zero, which are of no use.
    public func initialParameters(
        gain: Double = 1.4, outputGain: Double = 0.1, using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> AlignedFloats {
        var result = AlignedFloats(count: parameterCount)
        result.withMutablePointer { parameters in
            let matrices = layers + (front?.layers ?? [])
            for (index, layer) in matrices.enumerated() {
                let layerGain = index == layers.count - 1 ? outputGain : gain
                let scale = layerGain / Double(layer.inputs).squareRoot()
                for weight in 0..<layer.inputs * layer.outputs {
                    if weight % Self.weightsBetweenPolls == 0, cancellation.isRequested { return }
                    parameters[layer.weights + weight] = Float(scale * stream.normal())
                }
            }
        }
        return result
    }
}
