import ConditionalModels
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
    /// False where loss or gradient were not finite, or the loss leapt: the rate was halved, and the parameters stayed or went back.
    public var succeeded: Bool
    /// The step whose parameters were taken back, where the current ones had become invalid.
    public var restoredStep: Int?
    /// What the component objective found.
    public var measures = TrainingMeasures()

    package init(loss: Double, learningRate: Double, gradientNorm: Double, succeeded: Bool) {
        self.loss = loss
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.succeeded = succeeded
    }
}

extension TrainingState {
    /// Takes one step of stochastic gradient descent on the forward divergence and the component objective.
    ///
    /// The bits of the result do not depend on the number of threads. A step whose loss or gradient is not finite changes no
    /// parameter; it halves the learning rate, and the next step draws other pairs. After four such steps in a row the parameters of
    /// the last good state are restored.
    ///
    /// - Parameter workspace: made for this state's model and settings, see ``TrainingWorkspace/serves(_:)``.
    /// - Throws: ``TrainingError/diverged(step:)`` or ``TrainingError/targetUndefined(step:)`` after twenty failures in a row.
    public mutating func step(_ workspace: TrainingWorkspace, threads: Int = availableCores) throws(TrainingError) -> TrainingInfo {
        let batch = workspace.batch
        precondition(workspace.serves(self), "the workspace belongs to another training")
        let floor = settings.floor(progress: progress, least: model.configuration.leastDeviation)
        let projection = model.projection.raisingFloor(to: floor)
        var task = TrainingWorkspace.Task(
            forward: ForwardDivergence(components: model.components, projection: projection), forwardShare: 1, components: nil)
        task.forward.periodic = model.space.periodic
        if let variational = workspace.variational { prepare(&task, projection: projection, workspace: variational, steps: workspace) }
        let stream = RandomStream(seed: settings.seed).split(step)
        let network = batch.network, prepared = task
        parameters.withPointer { pointer in
            let parameters = SharedPointer(pointer)
            func run(_ snapshot: SharedPointer?) {
                parallelFor(batch.shardCount, threads: threads) { shard in
                    flushingSubnormals {
                        workspace.process(
                            shard: shard, stream: stream.split(shard), task: prepared, parameters.pointer, snapshot: snapshot?.pointer)
                    }
                }
            }
            if prepared.components?.choice == .component, let variational {
                variational.snapshot.withPointer { run(SharedPointer($0)) }
            } else {
                run(nil)
            }
        }
        parallelFor(batch.blockCount, threads: threads) { block in
            workspace.squares[block] = flushingSubnormals { batch.accumulateGradient(block: block) }
        }
        let mean = (0..<batch.shardCount).reduce(0) { $0 + workspace.losses[$1] } / Double(batch.batch)
        let norm = (0..<batch.blockCount).reduce(0) { $0 + workspace.squares[$1] }.squareRoot()
        let rate = rateFactor * settings.rate(step: stepInPhase, progress: progress)
        let components = task.components == nil ? nil : workspace.variational
        let isTargetDefined = components?.isTargetDefined(shards: batch.shardCount) ?? true
        let hasPoints = workspace.problem.source.hasPoints
        let succeeded = (hasPoints ? course.isPlausible(mean) : mean.isFinite) && norm.isFinite && isTargetDefined && (components?.isFinite(shards: batch.shardCount) ?? true)
        var info = TrainingInfo(loss: mean, learningRate: rate, gradientNorm: norm, succeeded: succeeded)
        if hasPoints { info.measures.forwardLoss = mean }
        info.measures.components = model.components
        if succeeded {
            renewLastGood()
            update(workspace, rate: rate, scale: min(1, settings.gradientClip.value(at: progress) / max(norm, 1e-30)), threads: threads,
                   count: network.parameterCount)
            course.noteSuccess(loss: mean)
            if let components { note(components, shards: batch.shardCount, contexts: batch.batch, measuresErrors: task.components?.path?.errors != nil, in: &info.measures) }
        } else {
            let consequence = course.noteFailure()
            if consequence.goesBack { info.restoredStep = returnToLastGood() }
            if consequence.givesUp {
                _ = settle()
                throw isTargetDefined ? .diverged(step: step) : .targetUndefined(step: step)
            }
        }
        course.advance()
        return info
    }

    private mutating func update(_ workspace: TrainingWorkspace, rate: Double, scale: Double, threads: Int, count: Int) {
        var adam = Adam()
        adam.averageDecay = Float(settings.averageDecay.value(at: progress))
        let batch = workspace.batch
        if workspace.soap != nil, soap == nil { soap = Soap.State(batch.network) }
        let optimiser = adam, step = step
        Adam.withBuffers(&parameters, &first, &second, &average) { buffers in
            if let memory = workspace.soap {
                var optimiser = Soap()
                optimiser.adam = adam
                optimiser.update(buffers, &soap!, gradient: batch.gradient, rate: Float(rate), scale: Float(scale), step: step,
                                 workspace: memory, threads: threads)
                return
            }
            parallelFor((count + Adam.chunkSize - 1) / Adam.chunkSize, threads: threads) { chunk in
                optimiser.update(buffers, chunk: chunk, count: count, gradient: batch.gradient, rate: Float(rate), scale: Float(scale), step: step)
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
