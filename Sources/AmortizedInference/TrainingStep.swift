import Mixtures
import Networks
import Numerics

/// What a training step measured.
public struct TrainingInfo: Sendable, Equatable {
    /// The batch's mean of −log q(x|c), in scaled coordinates; NaN or infinite where the step failed.
    public var loss: Double
    public var learningRate: Double
    /// The gradient's norm before clipping.
    public var gradientNorm: Double
    /// False where loss or gradient were not finite: the parameters stayed, and the rate was halved.
    public var succeeded: Bool
}

/// The memory that training steps of one model and batch size work in; steps allocate nothing large.
public final class TrainingWorkspace: @unchecked Sendable {
    let batch: BatchWorkspace
    let source: any PairSource
    /// The configurations of the batch, feature-major like the batch's activations.
    let configurations: UnsafeMutablePointer<Float>
    let scratch: UnsafeMutablePointer<Lanes>
    let scratchCount: Int
    let losses: UnsafeMutablePointer<Double>
    let squares: UnsafeMutablePointer<Double>

    /// - Precondition: the source's pairs have the model's dimension and inputs.
    public init(_ model: ConditionalMixture, source: any PairSource, batch size: Int) {
        precondition(source.dimension == model.dimension && source.inputCount == model.encoding.inputCount,
                     "the source of pairs does not fit the model")
        self.source = source
        batch = BatchWorkspace(model.network, batch: size)
        configurations = .allocate(capacity: model.dimension * batch.stride)
        let loss = ForwardDivergence(components: model.components, projection: model.projection)
        scratchCount = loss.scratchCount
        scratch = .allocate(capacity: scratchCount * batch.shardCount)
        losses = .allocate(capacity: batch.shardCount)
        squares = .allocate(capacity: batch.blockCount)
    }

    deinit {
        configurations.deallocate()
        scratch.deallocate()
        losses.deallocate()
        squares.deallocate()
    }

    /// Draws a shard's pairs, and takes them forward to the loss and back to every layer.
    func process(shard: Int, stream: RandomStream, loss: ForwardDivergence, _ parameters: UnsafePointer<Float>) {
        var stream = stream
        let columns = batch.columns(ofShard: shard)
        let offset = columns.lowerBound
        source.draw(columns.count, using: &stream, configurations: configurations + offset, contexts: batch.input + offset,
                    stride: batch.stride)
        batch.forward(shard: shard, parameters)
        let biases = parameters + batch.network.layers.last!.biases
        let weight = 1 / Float(batch.batch)
        var total = 0.0
        for column in stride(from: offset, to: columns.upperBound, by: laneCount) {
            let sum = loss.evaluate(
                outputs: batch.output + column, biases: biases, x: UnsafePointer(configurations + column),
                stride: batch.stride, weight: weight, scratch: scratch + shard * scratchCount).sum()
            total += Double(sum)
        }
        losses[shard] = total
        batch.backward(shard: shard, parameters)
    }
}

extension TrainingState {
    /// The most failed steps in a row before a training gives up.
    static let failureLimit = 20

    /// Takes one step of stochastic gradient descent on the forward divergence.
    ///
    /// The bits of the result do not depend on the number of threads. A step whose loss or gradient is not finite changes no
    /// parameter; it halves the learning rate, and the next step draws other pairs.
    ///
    /// - Parameter workspace: made for this state's model and batch size.
    /// - Throws: ``TrainingError/diverged(step:)`` after twenty failures in a row.
    public mutating func step(_ workspace: TrainingWorkspace, threads: Int = availableCores) throws(TrainingError) -> TrainingInfo {
        let batch = workspace.batch
        precondition(batch.network == model.network && batch.batch == settings.batch, "the workspace belongs to another training")
        let floor = settings.floor(progress: progress, least: model.configuration.leastDeviation)
        let loss = ForwardDivergence(components: model.components, projection: model.projection.raisingFloor(to: floor))
        let stream = RandomStream(seed: settings.seed).split(step)
        let network = parameters.withPointer { pointer in
            let parameters = SharedPointer(pointer)
            parallelFor(batch.shardCount, threads: threads) { shard in
                workspace.process(shard: shard, stream: stream.split(shard), loss: loss, parameters.pointer)
            }
            return batch.network
        }
        parallelFor(batch.blockCount, threads: threads) { block in
            workspace.squares[block] = batch.accumulateGradient(block: block)
        }
        let mean = (0..<batch.shardCount).reduce(0) { $0 + workspace.losses[$1] } / Double(batch.batch)
        let norm = (0..<batch.blockCount).reduce(0) { $0 + workspace.squares[$1] }.squareRoot()
        let rate = rateFactor * settings.rate(step: step, progress: progress)
        let succeeded = mean.isFinite && norm.isFinite
        if succeeded {
            update(batch, rate: rate, scale: min(1, settings.gradientClip / max(norm, 1e-30)), threads: threads,
                   count: network.parameterCount)
            let share = max(0.01, 1 / Double(step + 1))
            smoothLoss = smoothLoss.map { $0 + share * (mean - $0) } ?? mean
            failures = 0
        } else {
            rateFactor /= 2
            failures += 1
            if failures > Self.failureLimit { throw .diverged(step: step) }
        }
        step += 1
        return TrainingInfo(loss: mean, learningRate: rate, gradientNorm: norm, succeeded: succeeded)
    }

    private mutating func update(_ batch: BatchWorkspace, rate: Double, scale: Double, threads: Int, count: Int) {
        var adam = Adam()
        adam.averageDecay = Float(settings.averageDecay)
        let optimiser = adam, step = step
        parameters.withMutablePointer { p in
            first.withMutablePointer { m in
                second.withMutablePointer { v in
                    average.withMutablePointer { a in
                        let buffers = Adam.Buffers(parameters: p, first: m, second: v, average: a)
                        parallelFor((count + Adam.chunkSize - 1) / Adam.chunkSize, threads: threads) { chunk in
                            optimiser.update(buffers, chunk: chunk, count: count, gradient: batch.gradient, rate: Float(rate),
                                             scale: Float(scale), step: step)
                        }
                    }
                }
            }
        }
    }
}

/// A pointer that threads may read through while its owner waits for them.
private struct SharedPointer: @unchecked Sendable {
    let pointer: UnsafePointer<Float>

    init(_ pointer: UnsafePointer<Float>) { self.pointer = pointer }
}

extension TrainingWorkspace {
    /// A step's matrix products and nothing else, for measuring what the rest costs; the weights are zeros.
    public func multiplyOnly(threads: Int = availableCores) {
        AlignedFloats(count: batch.network.parameterCount).withPointer { pointer in
            let parameters = SharedPointer(pointer)
            parallelFor(batch.shardCount, threads: threads) { [batch] in batch.multiplyOnly(shard: $0, parameters.pointer) }
            parallelFor(batch.blockCount, threads: threads) { [batch] in batch.multiplyOnly(block: $0) }
        }
    }
}
