import Numerics

/// The activations and gradients of one batch, and the passes over them.
///
/// Everything is stored feature-major: row f holds feature f of all contexts, `stride` elements apart, so that sixteen
/// contexts fill a register everywhere and products need no transposition. A batch is cut into *shards* of columns which go
/// forward and backward independently; the gradients of the weights are then *blocks* of output rows, each summed over the
/// whole batch. Neither cut depends on the number of threads, so neither do the results.
///
/// Concurrent calls are allowed for different shards, and for different blocks.
public final class BatchWorkspace: @unchecked Sendable {
    /// Columns of a shard; the last one may be narrower.
    public static let shardWidth = 128
    /// Output rows of a block.
    static let blockHeight = 128

    public let network: ResidualNetwork
    /// The number of contexts, a multiple of 16.
    public let batch: Int
    /// Elements from a row to the next; off the powers of two, which would all meet in the same cache lines.
    public let stride: Int
    /// The network's inputs, `network.inputs` rows.
    public let input: UnsafeMutablePointer<Float>
    /// The outputs without the output layer's biases; then, written by the loss, the gradient with respect to them.
    public let output: UnsafeMutablePointer<Float>
    /// The gradients with respect to the parameters.
    public let gradient: UnsafeMutablePointer<Float>

    let hidden: [UnsafeMutablePointer<Float>]
    let slopes: [UnsafeMutablePointer<Float>]
    let carriers: [UnsafeMutablePointer<Float>]
    private let front: FrontPass<Float>?
    private let registers = Registers()
    /// The blocks of weight gradients: a layer and some of its output rows; layers of the front are counted down from −1.
    let blocks: [(layer: Int, rows: Range<Int>)]

    /// - Parameter hasGradient: whether there is room for the gradient; without it only the forward passes may be called.
    /// - Precondition: the batch is a positive multiple of 16.
    public init(_ network: ResidualNetwork, batch: Int, hasGradient: Bool = true) {
        BLAS.prepare()
        precondition(batch > 0 && batch % laneCount == 0, "a batch of \(batch) is not a multiple of 16")
        self.network = network
        self.batch = batch
        stride = batch + laneCount
        let widest = network.hidden.max()!
        let features = network.front?.outputCount ?? 0
        let rows = [network.inputs, network.outputs] + network.hidden + network.hidden + [max(widest, features), max(widest, features)]
            + [network.front?.activationRows ?? 0]
        let count = rows.reduce(0, +) * stride + (hasGradient ? network.parameterCount : 0)
        var next = registers.take(count, repeating: Float(0))
        var parts: [UnsafeMutablePointer<Float>] = []
        for height in rows { parts.append(next); next += height * stride }
        gradient = next
        input = parts[0]
        output = parts[1]
        hidden = Array(parts[2..<2 + network.hidden.count])
        slopes = Array(parts[2 + network.hidden.count..<2 + 2 * network.hidden.count])
        carriers = Array(parts.suffix(3).prefix(2))
        front = network.front.map { [stride, parts] in FrontPass($0, stride: stride, memory: parts.last!) }
        var blocks: [(layer: Int, rows: Range<Int>)] = []
        // The output layer's blocks are the largest and come first, so that threads end together.
        for layer in network.layers.indices.reversed() {
            for start in Swift.stride(from: 0, to: network.layers[layer].outputs, by: Self.blockHeight) {
                blocks.append((layer, start..<min(start + Self.blockHeight, network.layers[layer].outputs)))
            }
        }
        for (index, layer) in (network.front?.layers ?? []).enumerated() {
            for start in Swift.stride(from: 0, to: layer.outputs, by: Self.blockHeight) {
                blocks.append((-1 - index, start..<min(start + Self.blockHeight, layer.outputs)))
            }
        }
        self.blocks = blocks
    }

    /// What the first hidden layer reads.
    private var features: UnsafeMutablePointer<Float> { front?.output ?? input }

    /// The last hidden layer's values after a forward pass, from which the outputs are linear.
    public var lastHidden: UnsafePointer<Float> { UnsafePointer(hidden[hidden.count - 1]) }

    public var shardCount: Int { (batch + Self.shardWidth - 1) / Self.shardWidth }
    public var blockCount: Int { blocks.count }

    /// The columns of a shard.
    public func columns(ofShard shard: Int) -> Range<Int> {
        shard * Self.shardWidth..<min((shard + 1) * Self.shardWidth, batch)
    }

    /// Computes a shard's outputs from its inputs.
    public func forward(shard: Int, _ parameters: UnsafePointer<Float>) { forward(columns: columns(ofShard: shard), parameters) }

    /// Computes the outputs of some contexts from their inputs. Where one thread does all, more columns at once take less time each.
    ///
    /// - Precondition: the bounds are multiples of 16 within the batch.
    public func forward(columns: Range<Int>, _ parameters: UnsafePointer<Float>) { forward(columns, parameters, isFirstAlone: false) }

    /// Computes the outputs of the first context alone; those of the fifteen beside it are undefined afterwards.
    public func forwardFirst(_ parameters: UnsafePointer<Float>) { forward(0..<laneCount, parameters, isFirstAlone: true) }

    /// - Parameter isFirstAlone: whether products are those with the first column, which read the parameters once.
    private func forward(_ columns: Range<Int>, _ parameters: UnsafePointer<Float>, isFirstAlone: Bool) {
        let offset = columns.lowerBound, width = columns.count
        front?.forward(input: input, parameters, columns: columns)
        var source = UnsafePointer(features)
        for (index, layer) in network.layers.enumerated() {
            let isOutput = index == hidden.count
            let sums = isOutput ? output : slopes[index]
            if isFirstAlone {
                BLAS.multiply(parameters + layer.weights, stride: layer.inputs, byVector: source, stride: stride, into: sums, stride: stride,
                              rows: layer.outputs, inner: layer.inputs)
            } else {
                BLAS.multiply(parameters + layer.weights, stride: layer.inputs, by: source + offset, stride: stride,
                              into: sums + offset, stride: stride, rows: layer.outputs, columns: width, inner: layer.inputs)
            }
            if isOutput { break }
            network.activation.forward(
                sums: sums + offset, biases: parameters + layer.biases,
                carried: network.isResidual(index) ? source + offset : nil, output: hidden[index] + offset,
                rows: layer.outputs, columns: width, stride: stride)
            source = UnsafePointer(hidden[index])
        }
    }

    /// Carries a shard's gradient from the outputs back to every layer's sums.
    public func backward(shard: Int, _ parameters: UnsafePointer<Float>) {
        let columns = columns(ofShard: shard)
        let offset = columns.lowerBound, width = columns.count
        var (carrier, other) = (carriers[0], carriers[1])
        let last = network.layers[hidden.count]
        BLAS.multiply(parameters + last.weights, .transposed, stride: last.inputs, by: output + offset, stride: stride,
                      into: carrier + offset, stride: stride, rows: last.inputs, columns: width, inner: last.outputs)
        for index in hidden.indices.reversed() {
            let layer = network.layers[index]
            Activation.backward(slopes: slopes[index] + offset, gradient: carrier + offset, rows: layer.outputs,
                                       columns: width, stride: stride)
            if index == 0 {
                guard let front else { break }
                BLAS.multiply(parameters + layer.weights, .transposed, stride: layer.inputs, by: slopes[0] + offset, stride: stride,
                              into: other + offset, stride: stride, rows: layer.inputs, columns: width, inner: layer.outputs)
                front.backward(other, parameters, columns: columns)
                break
            }
            let isResidual = network.isResidual(index)
            BLAS.multiply(parameters + layer.weights, .transposed, stride: layer.inputs, by: slopes[index] + offset, stride: stride,
                          into: (isResidual ? carrier : other) + offset, stride: stride,
                          rows: layer.inputs, columns: width, inner: layer.outputs, beta: isResidual ? 1 : 0)
            if !isResidual { swap(&carrier, &other) }
        }
    }

    /// Computes the gradient with respect to a shard's first inputs, after ``backward(shard:_:)``, of a network without a front.
    ///
    /// - Parameters:
    ///   - count: how many inputs, the first ones.
    ///   - result: receives `count` rows, laid out like ``input``.
    public func inputGradient(shard: Int, count: Int, _ parameters: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
        precondition(front == nil && count <= network.inputs, "\(count) inputs of \(network.inputs)")
        let columns = columns(ofShard: shard), layer = network.layers[0]
        BLAS.multiply(parameters + layer.weights, .transposed, stride: layer.inputs, by: slopes[0] + columns.lowerBound, stride: stride,
                      into: result + columns.lowerBound, stride: stride, rows: count, columns: columns.count, inner: layer.outputs)
    }

    /// Computes a block of the gradient with respect to weights and biases, and returns its sum of squares.
    public func accumulateGradient(block: Int) -> Double {
        let (index, rows) = blocks[block]
        if index < 0, let front { return front.accumulate(layer: -1 - index, rows: rows, input: input, into: gradient, batch: batch) }
        let layer = network.layers[index]
        let source = index == 0 ? features : hidden[index - 1]
        let sums = (index == hidden.count ? output : slopes[index]) + rows.lowerBound * stride
        let weights = gradient + layer.weights + rows.lowerBound * layer.inputs
        BLAS.multiply(sums, stride: stride, by: source, .transposed, stride: stride,
                      into: weights, stride: layer.inputs, rows: rows.count, columns: layer.inputs, inner: batch)
        var squares = 0.0
        for row in 0..<rows.count {
            var total = Lanes.zero
            for column in Swift.stride(from: 0, to: batch, by: laneCount) {
                total += Lanes(loading: sums + row * stride + column)
            }
            let bias = total.sum()
            gradient[layer.biases + rows.lowerBound + row] = bias
            squares += Double(bias * bias) + sumOfSquares(weights + row * layer.inputs, count: layer.inputs)
        }
        return squares
    }
}

extension BatchWorkspace {
    private func sumOfSquares(_ values: UnsafePointer<Float>, count: Int) -> Double {
        var total = Lanes.zero
        var index = 0
        while index + laneCount <= count {
            let value = Lanes(loading: values + index)
            total = total.fma(value, value)
            index += laneCount
        }
        var sum = Double(total.sum())
        while index < count {
            sum += Double(values[index] * values[index])
            index += 1
        }
        return sum
    }
}
