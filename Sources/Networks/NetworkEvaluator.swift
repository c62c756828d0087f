import Numerics

/// Evaluates a network for one input at a time, as queries do: matrix-vector products from the second-level cache.
///
/// The hidden layers are computed once an input; outputs are then computed row by row, only those that are asked for.
public final class NetworkEvaluator {
    public let network: ResidualNetwork
    /// The last hidden layer's values.
    public let features: UnsafeMutablePointer<Float>
    private let other: UnsafeMutablePointer<Float>
    private let widest: Int
    private let front: FrontEvaluator?
    private let registers = Registers()
    private let frontFeatures: UnsafeMutablePointer<Float>

    /// Allocates room for the activations of one input.
    public init(_ network: ResidualNetwork) {
        self.network = network
        let inputs = network.front?.outputCount ?? network.inputs
        widest = max(network.hidden.max()!, (inputs + laneCount - 1) / laneCount * laneCount)
        front = network.front.map(FrontEvaluator.init)
        frontFeatures = registers.take(network.front?.outputCount ?? 1, repeating: 0)
        features = registers.take(widest, repeating: 0)
        other = registers.take(widest, repeating: 0)
    }

    /// Computes the hidden layers.
    ///
    /// - Parameter count: how many numbers the input has, where it is a set of points and may have more or fewer than in training.
    public func evaluate(_ input: UnsafePointer<Float>, count: Int? = nil, _ parameters: UnsafePointer<Float>) {
        front?.evaluate(input, count: count ?? network.inputs, parameters, into: frontFeatures)
        let input = front == nil ? input : UnsafePointer(frontFeatures)
        for (index, layer) in network.layers.dropLast().enumerated() {
            Self.rows(0..<layer.outputs, of: layer, index == 0 ? input : UnsafePointer(features), parameters, into: other)
            let isResidual = network.isResidual(index)
            for unit in stride(from: 0, to: layer.outputs, by: laneCount) {
                let sum = Lanes(loading: other + unit)
                var value = network.activation.value(sum)
                if isResidual { value += Lanes(loading: features + unit) }
                value.store(to: features + unit)
            }
        }
    }

    /// Computes some outputs from the hidden layers' values.
    public func outputs(_ rows: Range<Int>, _ parameters: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
        Self.rows(rows, of: network.layers.last!, features, parameters, into: result)
    }

    /// Rows of W·h + b, four at a time.
    private static func rows(
        _ rows: Range<Int>, of layer: DenseLayer, _ input: UnsafePointer<Float>, _ parameters: UnsafePointer<Float>,
        into result: UnsafeMutablePointer<Float>
    ) {
        let n = layer.inputs, whole = n / laneCount * laneCount
        var row = rows.lowerBound
        while row < rows.upperBound {
            let height = min(4, rows.upperBound - row)
            // The last rows may be fewer than four: the surplus repeats the last one and is not stored.
            let a = parameters + layer.weights + row * n
            let b = a + min(1, height - 1) * n, c = a + min(2, height - 1) * n, d = a + min(3, height - 1) * n
            var (s, t, u, v) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
            var k = 0
            while k < whole {
                let x = Lanes(loading: input + k)
                s = s.fma(x, Lanes(loading: a + k)); t = t.fma(x, Lanes(loading: b + k))
                u = u.fma(x, Lanes(loading: c + k)); v = v.fma(x, Lanes(loading: d + k))
                k += laneCount
            }
            var sums = SIMD4<Float>(s.sum(), t.sum(), u.sum(), v.sum())
            while k < n {
                sums.addProduct(input[k], SIMD4(a[k], b[k], c[k], d[k]))
                k += 1
            }
            for index in 0..<height {
                result[row - rows.lowerBound + index] = sums[index] + parameters[layer.biases + row + index]
            }
            row += height
        }
    }
}
