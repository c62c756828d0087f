import Numerics
import Synchronization

/// A network of dense layers as part of a formula: a decoder, a critic. Hidden layers have an activation, the last one has none.
///
/// Its weights may be replaced while formulas refer to it. An evaluation that goes on meanwhile on another thread takes the old ones or
/// the new ones, its pullback perhaps the others.
public final class DenseNetwork: TracedPrimitive {
    public enum Activation: String, Sendable, CaseIterable {
        case relu, tanh, silu
    }

    /// Weights outputs × inputs, and one bias per output.
    public struct Layer: Sendable {
        public var weights: Matrix
        public var biases: [Double]

        public init(weights: Matrix, biases: [Double]) {
            precondition(biases.count == weights.rows, "\(biases.count) biases for \(weights.rows) outputs")
            self.weights = weights
            self.biases = biases
        }
    }

    public let name = "network"
    public let activation: Activation
    /// The sizes, which stay as they are when weights change.
    public let inputCount: Int
    public let outputCount: Int
    public let cost: Int
    /// The slopes of the hidden layers' activations, and two rows of values to work on.
    public let stateCount: Int
    private let weights: Mutex<Weights>

    /// The weights of the moment; each precision's form is made when first needed.
    private struct Weights: Sendable {
        var layers: [Layer]
        var single: NetworkKernel<Float>?
        var double: NetworkKernel<Double>?
    }

    /// - Precondition: there is a layer, and every layer takes what the one before it gives.
    public init(layers: [Layer], activation: Activation) {
        precondition(!layers.isEmpty, "a network without layers")
        precondition(zip(layers, layers.dropFirst()).allSatisfy { $0.weights.rows == $1.weights.columns }, "layers of sizes that do not meet")
        self.activation = activation
        inputCount = layers[0].weights.columns
        outputCount = layers[layers.count - 1].weights.rows
        cost = layers.reduce(0) { $0 + $1.weights.rows * $1.weights.columns }
        stateCount = layers.dropLast().reduce(0) { $0 + $1.weights.rows } + 2 * (layers.map(\.weights.rows).max() ?? 0)
        weights = Mutex(Weights(layers: layers))
    }

    /// The layers; set ones are what formulas that call the network evaluate from then on.
    ///
    /// - Precondition: layers that are set are of the same sizes.
    public var layers: [Layer] {
        get { weights.withLock { $0.layers } }
        set {
            weights.withLock { own in
                precondition(
                    own.layers.count == newValue.count && zip(own.layers, newValue).allSatisfy {
                        $0.weights.rows == $1.weights.rows && $0.weights.columns == $1.weights.columns
                    }, "weights of a network of other sizes")
                own = Weights(layers: newValue)
            }
        }
    }

    private var single: NetworkKernel<Float> {
        weights.withLock { own in
            if let known = own.single { return known }
            let kernel = NetworkKernel<Float>(own.layers, activation)
            own.single = kernel
            return kernel
        }
    }

    private var double: NetworkKernel<Double> {
        weights.withLock { own in
            if let known = own.double { return known }
            let kernel = NetworkKernel<Double>(own.layers, activation)
            own.double = kernel
            return kernel
        }
    }

    public func evaluate(_ inputs: UnsafePointer<Float>, into outputs: UnsafeMutablePointer<Float>, state: UnsafeMutablePointer<Float>) {
        single.evaluate(inputs, into: outputs, state: state)
    }

    public func evaluate(_ inputs: UnsafePointer<Double>, into outputs: UnsafeMutablePointer<Double>, state: UnsafeMutablePointer<Double>) {
        double.evaluate(inputs, into: outputs, state: state)
    }

    public func pullBack(
        _ adjoints: UnsafePointer<Float>, inputs: UnsafePointer<Float>, into results: UnsafeMutablePointer<Float>,
        state: UnsafeMutablePointer<Float>
    ) { single.pullBack(adjoints, into: results, state: state) }

    public func pullBack(
        _ adjoints: UnsafePointer<Double>, inputs: UnsafePointer<Double>, into results: UnsafeMutablePointer<Double>,
        state: UnsafeMutablePointer<Double>
    ) { double.pullBack(adjoints, into: results, state: state) }
}

/// A network in one precision. The state holds the slopes of every hidden layer, then two layers of values.
private struct NetworkKernel<Scalar: ProgramScalar>: Sendable {
    private let products: [DenseProduct<Scalar>]
    private let biases: [[Scalar]]
    private let activation: DenseNetwork.Activation
    private let widest: Int
    private let slopeCount: Int

    init(_ layers: [DenseNetwork.Layer], _ activation: DenseNetwork.Activation) {
        products = layers.map { DenseProduct($0.weights) }
        biases = layers.map { $0.biases.map { Scalar($0) } }
        self.activation = activation
        widest = layers.map(\.weights.rows).max() ?? 0
        slopeCount = layers.dropLast().reduce(0) { $0 + $1.weights.rows }
    }

    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    func evaluate(_ inputs: UnsafePointer<Scalar>, into outputs: UnsafeMutablePointer<Scalar>, state: UnsafeMutablePointer<Scalar>) {
        let width = Scalar.blockWidth
        var slopes = state
        var (values, next) = (state + slopeCount * width, state + (slopeCount + widest) * width)
        var source = inputs
        for layer in products.indices {
            let isLast = layer == products.count - 1
            biases[layer].withUnsafeBufferPointer {
                products[layer].multiply(source, into: isLast ? outputs : next, biases: $0.baseAddress)
            }
            if isLast { return }
            let count = products[layer].rows * width
            activate(next, slopes, count: count)
            slopes += count
            swap(&values, &next)
            source = UnsafePointer(values)
        }
    }

    @inline(__always)
    private func activate(_ values: UnsafeMutablePointer<Scalar>, _ slopes: UnsafeMutablePointer<Scalar>, count: Int) {
        typealias Lanes = Scalar.Register
        let one = Lanes(repeating: 1)
        for place in stride(from: 0, to: count, by: Lanes.scalarCount) {
            let x = Lanes(loading: values + place)
            switch activation {
            case .relu:
                // What is no number stays none.
                Lanes.whereLess(x, .zero, .zero, x).store(to: values + place)
                Lanes.whereLess(.zero, x, one, .zero).store(to: slopes + place)
            case .tanh:
                let y = Lanes.tanh(x)
                y.store(to: values + place)
                one.fnma(y, y).store(to: slopes + place)
            case .silu:
                let s = Lanes.sigmoid(x)
                (x * s).store(to: values + place)
                s.fma(x * s, one - s).store(to: slopes + place)
            }
        }
    }

    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    func pullBack(_ adjoints: UnsafePointer<Scalar>, into results: UnsafeMutablePointer<Scalar>, state: UnsafeMutablePointer<Scalar>) {
        typealias Lanes = Scalar.Register
        let width = Scalar.blockWidth
        var slopes = state + slopeCount * width
        var (values, next) = (state + slopeCount * width, state + (slopeCount + widest) * width)
        var source = adjoints
        for layer in products.indices.reversed() {
            if layer == 0 { return products[0].multiplyTransposed(source, into: results) }
            products[layer].multiplyTransposed(source, into: next)
            let count = products[layer].columns * width
            slopes -= count
            for place in stride(from: 0, to: count, by: Lanes.scalarCount) {
                (Lanes(loading: next + place) * Lanes(loading: slopes + place)).store(to: next + place)
            }
            swap(&values, &next)
            source = UnsafePointer(values)
        }
    }
}
