import Numerics

/// The memory for passes of a batch through a ``Perceptron``, forward and backward; rows are points, on the calling thread.
public final class PerceptronPass {
    /// The most rows of a batch.
    public let capacity: Int
    private let layers: [Perceptron.Layer]
    private let activation: Perceptron.Activation
    private let registers = Registers()
    /// Rows of inputs, to be filled before ``forward(_:rows:)``.
    public let input: UnsafeMutablePointer<Float>
    /// Rows of outputs.
    public let output: UnsafeMutablePointer<Float>
    /// Rows of a loss's derivatives with respect to the outputs, to be filled before ``backward(_:rows:)``.
    public let outputGradient: UnsafeMutablePointer<Float>
    /// The loss's derivatives with respect to the parameters, laid out like them.
    public let gradient: UnsafeMutablePointer<Float>
    private let values: [UnsafeMutablePointer<Float>]
    private let slopes: [UnsafeMutablePointer<Float>]
    private let adjoints: [UnsafeMutablePointer<Float>]

    /// - Parameter capacity: the largest number of rows of a batch.
    public init(_ perceptron: Perceptron, capacity: Int) {
        BLAS.prepare()
        self.capacity = capacity
        (layers, activation) = (perceptron.layers, perceptron.activation)
        let hidden = perceptron.hidden.map { $0 * capacity }, widest = hidden.max() ?? 0
        let sizes = ([perceptron.inputs * capacity, perceptron.outputs * capacity, perceptron.outputs * capacity, perceptron.parameterCount]
            + hidden + hidden + [widest, widest])
        let registers = registers
        let parts = sizes.map { registers.take($0, repeating: Float(0)) }
        (input, output, outputGradient, gradient) = (parts[0], parts[1], parts[2], parts[3])
        values = Array(parts[4..<4 + hidden.count])
        slopes = Array(parts[4 + hidden.count..<4 + 2 * hidden.count])
        adjoints = Array(parts.suffix(2))
    }

    /// Products of a row and a parameter in a block: some 20 ms on one core.
    private static let blockWork = 1 << 29

    /// Calls a closure with the rows of one block after the other, so that no product takes long, and the parameters.
    ///
    /// - Returns: false where it was cancelled in between.
    private func forEachBlock(_ perceptron: Perceptron, rows: Int, cancellation: Cancellation, _ body: (Range<Int>, UnsafePointer<Float>) -> Void) -> Bool {
        precondition(perceptron.layers == layers && rows <= capacity, "a pass of another network")
        let height = max(64, Self.blockWork / max(perceptron.parameterCount, 1) / laneCount * laneCount)
        return perceptron.parameters.withPointer { parameters in
            for first in stride(from: 0, to: rows, by: height) {
                if cancellation.isRequested { return false }
                body(first..<min(first + height, rows), parameters)
            }
            return true
        }
    }

    /// Computes ``output`` from ``input``.
    ///
    /// - Returns: false where it was cancelled in between.
    /// - Precondition: a network of the same layers, at most ``capacity`` rows.
    @discardableResult
    public func forward(_ perceptron: Perceptron, rows: Int, cancellation: Cancellation = .never) -> Bool {
        forEachBlock(perceptron, rows: rows, cancellation: cancellation, forward)
    }

    private func forward(_ rows: Range<Int>, _ parameters: UnsafePointer<Float>) {
        let first = rows.lowerBound
        for (index, layer) in layers.enumerated() {
            let source = (index == 0 ? input : values[index - 1]) + first * layer.inputs
            let result = (index == values.count ? output : values[index]) + first * layer.outputs
            for row in 0..<rows.count { (result + row * layer.outputs).update(from: parameters + layer.biases, count: layer.outputs) }
            BLAS.multiply(
                source, stride: layer.inputs, by: parameters + layer.weights, .transposed, stride: layer.inputs,
                into: result, stride: layer.outputs, rows: rows.count, columns: layer.outputs, inner: layer.inputs, beta: 1)
            if index < values.count {
                activation.apply(result, slopes: slopes[index] + first * layer.outputs, count: (rows.count * layer.outputs + 15) & ~15)
            }
        }
    }

    /// Computes ``gradient`` from ``outputGradient``, after ``forward(_:rows:cancellation:)`` with the same rows: the sum over them.
    ///
    /// - Returns: false where it was cancelled in between; the gradient is of no use then.
    @discardableResult
    public func backward(_ perceptron: Perceptron, rows: Int, cancellation: Cancellation = .never) -> Bool {
        forEachBlock(perceptron, rows: rows, cancellation: cancellation, backward)
    }

    /// Adds the rows' gradient to that of the rows before them.
    private func backward(_ rows: Range<Int>, _ parameters: UnsafePointer<Float>) {
        let first = rows.lowerBound, sum: Float = first == 0 ? 0 : 1
        var adjoint = UnsafePointer(outputGradient + first * layers.last!.outputs)
        for (index, layer) in layers.enumerated().reversed() {
            let source = (index == 0 ? input : values[index - 1]) + first * layer.inputs
            BLAS.multiply(
                adjoint, .transposed, stride: layer.outputs, by: source, stride: layer.inputs,
                into: gradient + layer.weights, stride: layer.inputs, rows: layer.outputs, columns: layer.inputs, inner: rows.count, beta: sum)
            addRows(adjoint, rows: rows.count, columns: layer.outputs, into: gradient + layer.biases, isFirst: first == 0)
            guard index > 0 else { return }
            let next = adjoints[index & 1], slope = slopes[index - 1] + first * layer.inputs
            BLAS.multiply(
                adjoint, stride: layer.outputs, by: parameters + layer.weights, stride: layer.inputs,
                into: next, stride: layer.inputs, rows: rows.count, columns: layer.inputs, inner: layer.outputs)
            for place in stride(from: 0, to: (rows.count * layer.inputs + 15) & ~15, by: laneCount) {
                (Lanes(loading: next + place) * Lanes(loading: slope + place)).store(to: next + place)
            }
            adjoint = UnsafePointer(next)
        }
    }

    private func addRows(_ source: UnsafePointer<Float>, rows: Int, columns: Int, into sums: UnsafeMutablePointer<Float>, isFirst: Bool) {
        if isFirst { sums.update(repeating: 0, count: columns) }
        for row in 0..<rows { for column in 0..<columns { sums[column] += source[row * columns + column] } }
    }
}
