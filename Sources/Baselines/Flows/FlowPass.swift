import Networks
import Numerics

/// The memory of a batch on its way through a flow, and the passes over it.
///
/// Coordinates are stored feature-major like the networks' activations, and changed in place. Shards of columns go through all couplings
/// independently of one another; concurrent calls are allowed for different shards.
final class FlowPass: @unchecked Sendable {
    let flow: ConditionalFlow
    let batch: Int
    let stride: Int
    /// A workspace a coupling; without gradients, couplings of one shape share theirs.
    let batches: [BatchWorkspace]
    /// `width` rows: the coordinates.
    let values: UnsafeMutablePointer<Float>
    /// The same number of rows: the loss's gradient with respect to them.
    let gradients: UnsafeMutablePointer<Float>
    /// The encoded contexts, and with noise one row more, its level from 0 to 1.
    let contexts: UnsafeMutablePointer<Float>
    /// One row: Σ ℓ.
    let logSlopes: UnsafeMutablePointer<Float>
    /// One row: the loss's gradient with respect to every ℓ.
    let slopeGradients: UnsafeMutablePointer<Float>
    /// For every coupling, the active rows before it.
    private let before: UnsafeMutablePointer<Float>
    private let starts: [Int]
    private let scratch: UnsafeMutablePointer<Lanes>
    private let scratchCount: Int
    private let hasGradient: Bool
    private let registers = Registers()

    /// - Precondition: the batch is a positive multiple of 16.
    init(_ flow: ConditionalFlow, batch: Int, hasGradient: Bool) {
        self.flow = flow
        self.batch = batch
        self.hasGradient = hasGradient
        if hasGradient {
            batches = flow.couplings.map { BatchWorkspace($0.network, batch: batch) }
        } else {
            var made: [BatchWorkspace] = []
            batches = flow.couplings.map { coupling in
                if let known = made.first(where: { $0.network == coupling.network }) { return known }
                made.append(BatchWorkspace(coupling.network, batch: batch, hasGradient: false))
                return made.last!
            }
        }
        stride = batches[0].stride
        let inputs = flow.encoder.inputCount + (flow.configuration.noise > 0 ? 1 : 0)
        var starts: [Int] = [], saved = 0
        for coupling in flow.couplings {
            starts.append(saved * stride)
            if hasGradient { saved += coupling.active.count }
        }
        self.starts = starts
        let rows = flow.width + (hasGradient ? 2 * flow.width : 0) + inputs + 2 + saved
        let width = stride
        var next = registers.take(rows * stride, repeating: Float(0))
        func take(_ rows: Int) -> UnsafeMutablePointer<Float> {
            defer { next += rows * width }
            return next
        }
        values = take(flow.width)
        gradients = take(hasGradient ? 2 * flow.width : 0)
        contexts = take(inputs)
        logSlopes = take(1)
        slopeGradients = take(1)
        before = take(saved)
        scratchCount = 2 * flow.configuration.rawCount + flow.configuration.scratchCount
        scratch = registers.take(scratchCount * batches[0].shardCount, repeating: .zero)
    }

    var shardCount: Int { batches[0].shardCount }
    func columns(ofShard shard: Int) -> Range<Int> { batches[0].columns(ofShard: shard) }

    /// Takes a shard's x to z.
    ///
    /// - Parameter cancellation: leaves numbers that are of no use.
    func normalize(shard: Int, _ parameters: UnsafePointer<Float>, cancellation: Cancellation = .never) {
        run(shard, columns(ofShard: shard), parameters, isInverse: false, cancellation: cancellation)
    }

    /// Takes a shard's z to x.
    ///
    /// - Parameter cancellation: leaves numbers that are of no use.
    func generate(shard: Int, _ parameters: UnsafePointer<Float>, cancellation: Cancellation = .never) {
        run(shard, columns(ofShard: shard), parameters, isInverse: true, cancellation: cancellation)
    }

    /// Takes the x of the first contexts to z, or their z to x, on one thread; those that fill a register with them are undefined afterwards.
    func take(first count: Int, _ parameters: UnsafePointer<Float>, isInverse: Bool) {
        run(0, 0..<(count + laneCount - 1) / laneCount * laneCount, parameters, isInverse: isInverse, isFirstAlone: count == 1)
    }

    private func run(
        _ shard: Int, _ columns: Range<Int>, _ parameters: UnsafePointer<Float>, isInverse: Bool, isFirstAlone: Bool = false,
        cancellation: Cancellation = .never
    ) {
        let count = flow.couplings.count
        for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) { Lanes.zero.store(to: logSlopes + column) }
        for place in 0..<count {
            if cancellation.isRequested { return }
            let index = isInverse ? count - 1 - place : place, coupling = flow.couplings[index]
            fill(index, columns)
            if isFirstAlone {
                batches[index].forwardFirst(parameters + coupling.start)
            } else {
                batches[index].forward(columns: columns, parameters + coupling.start)
            }
            let biases = parameters + coupling.start + coupling.network.layers[coupling.network.layers.count - 1].biases
            switch flow.configuration.transform {
            case .affine(let own): transform(own, index, shard, columns, biases, isInverse: isInverse)
            case .spline(let own): transform(own, index, shard, columns, biases, isInverse: isInverse)
            case .scaledSpline(let own): transform(own, index, shard, columns, biases, isInverse: isInverse)
            }
        }
    }

    /// Carries the gradients of a shard back through all couplings, in the order opposite to the pass before.
    ///
    /// Before, ``gradients`` holds those with respect to what came out, ``slopeGradients`` those with respect to ℓ.
    ///
    /// - Parameters:
    ///   - isInverse: whether the pass went from z to x.
    ///   - cancellation: leaves numbers that are of no use.
    func backward(shard: Int, _ parameters: UnsafePointer<Float>, isInverse: Bool, cancellation: Cancellation = .never) {
        let count = flow.couplings.count
        for place in 0..<count {
            if cancellation.isRequested { return }
            let index = isInverse ? place : count - 1 - place, coupling = flow.couplings[index]
            let biases = parameters + coupling.start + coupling.network.layers[coupling.network.layers.count - 1].biases
            switch flow.configuration.transform {
            case .affine(let own): backpropagate(own, index, shard, biases, isInverse: isInverse)
            case .spline(let own): backpropagate(own, index, shard, biases, isInverse: isInverse)
            case .scaledSpline(let own): backpropagate(own, index, shard, biases, isInverse: isInverse)
            }
            batches[index].backward(shard: shard, parameters + coupling.start)
            let isLast = place == count - 1
            if !isLast { addInputGradient(index, shard, parameters + coupling.start) }
        }
    }

    /// Writes the inputs of a coupling's network.
    private func fill(_ index: Int, _ columns: Range<Int>) {
        let coupling = flow.couplings[index], input = batches[index].input + columns.lowerBound
        for (row, source) in coupling.passive.enumerated() {
            (input + row * stride).update(from: values + source * stride + columns.lowerBound, count: columns.count)
        }
        for row in 0..<coupling.network.inputs - coupling.passive.count {
            (input + (coupling.passive.count + row) * stride).update(from: contexts + row * stride + columns.lowerBound, count: columns.count)
        }
    }

    private func addInputGradient(_ index: Int, _ shard: Int, _ parameters: UnsafePointer<Float>) {
        let coupling = flow.couplings[index], columns = columns(ofShard: shard), passed = gradients + flow.width * stride
        batches[index].inputGradient(shard: shard, count: coupling.passive.count, parameters, into: passed)
        for (row, target) in coupling.passive.enumerated() {
            let sum = gradients + target * stride, part = passed + row * stride
            for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
                (Lanes(loading: sum + column) + Lanes(loading: part + column)).store(to: sum + column)
            }
        }
    }

    @inline(__always)
    private func load(_ batch: BatchWorkspace, _ row: Int, _ count: Int, _ column: Int, _ biases: UnsafePointer<Float>, into raw: UnsafeMutablePointer<Lanes>) {
        for i in 0..<count { raw[i] = Lanes(loading: batch.output + (row + i) * stride + column) + Lanes(repeating: biases[row + i]) }
    }

    @inline(__always)
    private func transform(
        _ transform: some CouplingTransform, _ index: Int, _ shard: Int, _ columns: Range<Int>, _ biases: UnsafePointer<Float>, isInverse: Bool
    ) {
        let coupling = flow.couplings[index], batch = batches[index], count = transform.rawCount
        let raw = scratch + shard * scratchCount, free = raw + 2 * count
        for (place, row) in coupling.active.enumerated() {
            let own = values + row * stride, saved = before + starts[index] + place * stride
            for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
                load(batch, place * count, count, column, biases, into: raw)
                let a = Lanes(loading: own + column)
                if hasGradient { a.store(to: saved + column) }
                let (value, logSlope) = isInverse ? transform.inverse(a, raw, scratch: free) : transform.forward(a, raw, scratch: free)
                // Clamps and softmaxes make numbers of what is none: outputs that are not finite must show.
                var fault = Lanes.zero
                for i in 0..<count { fault = fault.fma(raw[i], .zero) }
                (value + fault).store(to: own + column)
                (Lanes(loading: logSlopes + column) + logSlope + fault).store(to: logSlopes + column)
            }
        }
    }

    @inline(__always)
    private func backpropagate(
        _ transform: some CouplingTransform, _ index: Int, _ shard: Int, _ biases: UnsafePointer<Float>, isInverse: Bool
    ) {
        let coupling = flow.couplings[index], batch = batches[index], columns = columns(ofShard: shard), count = transform.rawCount
        let raw = scratch + shard * scratchCount, slopes = raw + count, free = slopes + count
        for (place, row) in coupling.active.enumerated() {
            let own = gradients + row * stride, saved = before + starts[index] + place * stride
            for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
                load(batch, place * count, count, column, biases, into: raw)
                let result = transform.backward(
                    ofInverse: isInverse, Lanes(loading: saved + column), raw, gradient: Lanes(loading: own + column),
                    logSlope: Lanes(loading: slopeGradients + column), scratch: free, into: slopes)
                result.store(to: own + column)
                for i in 0..<count { slopes[i].store(to: batch.output + (place * count + i) * stride + column) }
            }
        }
    }
}
