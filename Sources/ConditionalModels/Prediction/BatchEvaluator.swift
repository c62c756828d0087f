import Mixtures
import Networks
import Numerics

/// Evaluates a conditional mixture's network at many contexts, each its own, and draws from it.
///
/// A value owns its workspaces: use one per thread.
package final class BatchEvaluator {
    package let model: ConditionalMixture
    private let coordinates: ModelCoordinates
    /// From narrow to wide, made when they are needed first: a few contexts need not pay for many.
    private var batches: [BatchWorkspace?]
    private var angles: [ContextAngles]
    private let registers = Registers()
    private let weights: UnsafeMutablePointer<Lanes>
    private let raw: UnsafeMutablePointer<Lanes>
    private let factor: UnsafeMutablePointer<Lanes>
    private let noise: UnsafeMutablePointer<Lanes>

    /// Contexts that are evaluated together.
    private static let batchSizes = [laneCount, 4 * laneCount, 2 * BatchWorkspace.shardWidth]

    package init(_ model: ConditionalMixture) {
        self.model = model
        coordinates = model.coordinates
        batches = Self.batchSizes.map { _ in nil }
        angles = Array(repeating: ContextAngles(), count: Self.batchSizes.last! / laneCount)
        weights = registers.take(model.components, repeating: .zero)
        raw = registers.take(model.rowsPerComponent, repeating: .zero)
        factor = registers.take(model.projection.rawCount, repeating: .zero)
        noise = registers.take(model.dimension + model.dimension % 2, repeating: .zero)
    }

    /// The fault of the network's outputs since the last query of it.
    private var fault: ModelError?

    /// The fault of the answers given since the last call; they are placeholders then.
    package func takeFault() -> ModelError? {
        defer { fault = nil }
        return fault
    }

    /// Writes the inputs of sixteen contexts, `stride` numbers from one input to the next; returns the angles that variables are counted from.
    package typealias Encode = (_ block: Int, _ inputs: UnsafeMutablePointer<Float>, _ stride: Int) -> ContextAngles

    /// Draws one point for each context.
    ///
    /// - Parameter blocks: how many blocks of sixteen contexts there are.
    package func draw(_ blocks: Int, encode: Encode, using lanes: inout LaneRandom) -> LaneDraws {
        var draws = LaneDraws(dimension: model.dimension, blocks: blocks)
        evaluate(blocks, encode: encode) { batch, column, block, angles, parameters in
            let components = choose(batch, column, parameters, using: &lanes)
            draws.labels[block] = components
            project(batch, column, components, parameters)
            let n = model.dimension
            for i in stride(from: 0, to: n, by: 2) { (noise[i], noise[i + 1]) = lanes.normals() }
            if model.configuration.covariance == .full {
                PackedTriangle.solveTransposed(n, factor, noise)
            } else {
                for i in 0..<n { noise[i] = noise[i] / factor[i] }
            }
            for i in 0..<n { draws.values[block * n + i] = coordinates.decode(raw[i] + noise[i], variable: i, angles: angles) }
        }
        return draws
    }

    /// Evaluates the network, sixteen contexts a call.
    ///
    /// - Parameters:
    ///   - contexts: how many blocks of sixteen contexts there are.
    ///   - body: told the workspace, the column of its first context, which block of the contexts it is, the angles that variables
    ///     are counted from, and the network's parameters.
    package func evaluate(
        _ contexts: Int, encode: Encode,
        body: (_ batch: BatchWorkspace, _ column: Int, _ block: Int, _ angles: ContextAngles, _ parameters: UnsafePointer<Float>) -> Void
    ) {
        let widest = Self.batchSizes.last! / laneCount
        for start in stride(from: 0, to: contexts, by: widest) {
            let blocks = min(widest, contexts - start)
            let batch = workspace(for: blocks * laneCount)
            for block in 0..<blocks {
                angles[block] = encode(start + block, batch.input + block * laneCount, batch.stride)
            }
            model.parameters.withPointer { parameters in
                let width = blocks * laneCount
                for shard in 0..<(width + BatchWorkspace.shardWidth - 1) / BatchWorkspace.shardWidth { batch.forward(shard: shard, parameters) }
                for block in 0..<blocks { body(batch, block * laneCount, start + block, angles[block], parameters) }
            }
        }
    }

    private func workspace(for contexts: Int) -> BatchWorkspace {
        let size = Self.batchSizes.firstIndex { $0 >= contexts }!
        if let batch = batches[size] { return batch }
        let batch = BatchWorkspace(model.network, batch: Self.batchSizes[size], hasGradient: false)
        batches[size] = batch
        return batch
    }

    /// Draws a component for each of sixteen contexts.
    private func choose(
        _ batch: BatchWorkspace, _ column: Int, _ parameters: UnsafePointer<Float>, using lanes: inout LaneRandom
    ) -> SIMD16<Int32> {
        let biases = parameters + batch.network.layers.last!.biases, count = model.components
        var largest = Lanes(repeating: -.greatestFiniteMagnitude), total = Lanes.zero
        for component in 0..<count {
            weights[component] = Lanes(loading: batch.output + component * batch.stride + column) + Lanes(repeating: biases[component])
            largest = largest.atLeast(weights[component])
        }
        for component in 0..<count {
            total += (weights[component] - largest).exponential
            weights[component] = total
        }
        if !(total * 0).sum().isZero { fault = .undefined(model.subject.name) }
        let threshold = lanes.uniform() * total
        var chosen = SIMD16<Int32>.zero
        for component in 0..<count - 1 { chosen.replace(with: chosen &+ 1, where: weights[component] .<= threshold) }
        return chosen
    }

    /// Brings the means and the factors of the precision, of one component for each of sixteen contexts, into `raw` and `factor`.
    private func project(_ batch: BatchWorkspace, _ column: Int, _ components: SIMD16<Int32>, _ parameters: UnsafePointer<Float>) {
        let biases = parameters + batch.network.layers.last!.biases
        let numbers = UnsafeMutableRawPointer(raw).assumingMemoryBound(to: Float.self)
        for lane in 0..<laneCount {
            let top = model.firstRow(ofComponent: Int(components[lane]))
            for row in 0..<model.rowsPerComponent {
                numbers[row * laneCount + lane] = batch.output[(top + row) * batch.stride + column + lane] + biases[top + row]
            }
        }
        model.projection.project(raw + model.dimension, into: factor)
        var sum = Lanes.zero, least = Lanes(repeating: 1)
        for i in 0..<model.dimension { sum = sum.fma(raw[i] * .definedMargin, .zero) }
        for i in 0..<model.projection.rawCount { sum = sum.fma(factor[i] * .definedMargin, .zero) }
        let isFull = model.configuration.covariance == .full
        for i in 0..<model.dimension { least = least.minimum(factor[isFull ? triangleIndex(i, i) : i]) }
        guard sum.sum() == 0, least.min() > 1e-30 else {
            fault = .undefined(model.subject.name)
            for row in 0..<model.dimension { raw[row] = .zero }
            for i in 0..<model.projection.rawCount { factor[i] = .zero }
            for i in 0..<model.dimension { factor[isFull ? triangleIndex(i, i) : i] = Lanes(repeating: 1) }
            return
        }
    }
}

/// Points in registers, sixteen a block, and the component that each comes from.
package struct LaneDraws {
    package let dimension: Int
    /// `dimension` registers per block.
    package var values: [Lanes]
    package var labels: [SIMD16<Int32>]

    package init(dimension: Int, blocks: Int) {
        self.dimension = dimension
        values = Array(repeating: .zero, count: blocks * dimension)
        labels = Array(repeating: .zero, count: blocks)
    }
}
