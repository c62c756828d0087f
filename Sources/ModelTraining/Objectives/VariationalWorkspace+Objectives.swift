import ConditionalInference
import Mixtures
import Networks
import Numerics

// The objectives that need no snapshot: the path objective and the plain reverse divergence. Both replace a copy of the outputs by the
// gradient, in the place where the component objective leaves its own.
extension VariationalWorkspace {
    /// Evaluates the path objective for a shard's contexts.
    func climbPaths(
        shard: Int, stream: inout RandomStream, task: Task, objective: PathObjective, batch: BatchWorkspace, _ parameters: UnsafePointer<Float>
    ) {
        let biases = parameters + batch.network.layers.last!.biases
        let columns = batch.columns(ofShard: shard), stride = batch.stride
        copyOutputs(of: batch, columns)
        var random = LaneRandom(using: &stream), sum = Sums()
        sum.samples = columns.count * objective.samples
        sum.boundContexts = columns.count
        let memory = pathWorkspace(shard: shard, objective, scratchCount: task.target.scratchCount)
        let tally = tallies + shard * 3 * components
        for i in 0..<3 * components { tally[i] = 0 }
        func open(_ density: some ConditionalDensity) {
            for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
                if task.cancellation.isRequested { return }
                let summary = memory.evaluate(
                    objective, density, outputs: network.output + column, biases: biases, stride: stride, contexts: batch.input + column,
                    contextStride: stride, weight: task.share / Float(batch.batch), random: &random)
                sum.loss -= Double(summary.objective.sum())
                sum.elbo += Double(summary.bound.sum())
                sum.logErrors += Double(summary.logErrors.sum())
                sum.undefined += Int(summary.undefined.sum()) + Int(summary.vanished.sum())
                for lane in 0..<laneCount { sum.componentsInUse += Elementary.exp(Double(summary.weightEntropy[lane])) }
                for o in 0..<components {
                    tally[components + o] += Double(memory.weights[o].sum())
                    tally[2 * components + o] = max(tally[2 * components + o], Double(memory.weights[o].max()))
                }
            }
        }
        open(task.target)
        sums[shard] = sum
    }

    /// Evaluates the reverse divergence of the whole mixture for a shard's contexts.
    func descendReverse(
        shard: Int, stream: inout RandomStream, task: Task, batch: BatchWorkspace, _ parameters: UnsafePointer<Float>
    ) {
        var objective = ReverseDivergence(components: components, projection: task.objective.projection, samples: task.objective.samples)
        objective.temperature = task.temperature
        let biases = parameters + batch.network.layers.last!.biases
        let columns = batch.columns(ofShard: shard), stride = batch.stride
        copyOutputs(of: batch, columns)
        let tally = tallies + shard * 3 * components
        for i in 0..<3 * components { tally[i] = 0 }
        let memory = scratch(shard: shard, objective.noiseCount + objective.scratchCount + task.target.scratchCount)
        let noise = memory, scratch = noise + objective.noiseCount, targetScratch = scratch + objective.scratchCount
        var random = LaneRandom(using: &stream), sum = Sums()
        sum.samples = columns.count * components * objective.samples
        sum.boundContexts = columns.count
        func open(_ density: some ConditionalDensity) {
            let n = density.dimension
            for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
                if task.cancellation.isRequested { return }
                random.fillNormals(noise, count: objective.noiseCount)
                let summary = objective.evaluate(
                    outputs: network.output + column, biases: biases, stride: stride, weight: task.share / Float(batch.batch), noise: noise,
                    scratch: scratch
                ) { x, gradient in
                    var value = Lanes.zero
                    density.evaluate(x, count: 1, contexts: batch.input + column, stride: stride, values: &value, gradients: gradient, scratch: targetScratch)
                    sum.undefined += UndefinedLanes(takenOutOf: &value, gradient, dimension: n, least: Self.leastLogDensity).count
                    return value
                }
                sum.loss += Double(summary.loss.sum())
                sum.elbo += Double(summary.bound.sum())
            }
        }
        open(task.target)
        sums[shard] = sum
    }

    private func copyOutputs(of batch: BatchWorkspace, _ columns: Range<Int>) {
        for row in 0..<batch.network.outputs {
            (network.output + row * batch.stride + columns.lowerBound).update(
                from: batch.output + row * batch.stride + columns.lowerBound, count: columns.count)
        }
    }
}
