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
    /// - Parameter workspace: made for this state's model and settings, see ``TrainingWorkspace/serves(_:)``.
    /// - Returns: nil where it was cancelled.
    /// - Throws: as ``SteppedTraining/step(_:threads:cancellation:)``.
    public mutating func step(
        _ workspace: TrainingWorkspace, threads: Int = availableCores, cancellation: Cancellation = .never
    ) throws(TrainingError) -> TrainingInfo? {
        let batch = workspace.batch
        precondition(workspace.serves(self), "the workspace belongs to another training")
        let floor = settings.floor(progress: progress, least: model.configuration.leastDeviation)
        let projection = model.projection.raisingFloor(to: floor)
        var task = TrainingWorkspace.Task(
            forward: ForwardDivergence(components: model.components, projection: projection), forwardShare: 1, components: nil)
        task.forward.periodic = model.space.periodic
        let remembered = variational
        if let variational = workspace.variational { prepare(&task, projection: projection, workspace: variational, steps: workspace) }
        task.cancellation = cancellation
        task.components?.cancellation = cancellation
        process(task, workspace, threads: threads, cancellation)
        func cancelled() -> TrainingInfo? {
            variational = remembered
            return nil
        }
        if cancellation.isRequested { return cancelled() }
        let mean = (0..<batch.shardCount).reduce(0) { $0 + workspace.losses[$1] } / Double(batch.batch)
        let components = task.components == nil ? nil : workspace.variational
        let hasPoints = workspace.problem.source.hasPoints
        let bound = settings.stepBound(at: progress)
        let before = bound > 0 && (course.exceedsBound || course.stepInPhase % StepBound.interval == 0) ? (optimizer.parameters, optimizer.average) : nil
        guard var info = try descend(
            along: workspace.gradient, loss: mean,
            isPlausible: (hasPoints ? course.isPlausible(mean) : mean.isFinite) && (components?.isFinite(shards: batch.shardCount) ?? true),
            isTargetDefined: components?.isTargetDefined(shards: batch.shardCount) ?? true, threads: threads, cancellation: cancellation)
        else { return cancelled() }
        if let before, info.succeeded {
            info.measures.change = keep(bound, from: before, workspace, MixtureChange(components: model.components, projection: projection))
        }
        if hasPoints { info.measures.forwardLoss = mean }
        info.measures.components = model.components
        if info.succeeded, let components {
            note(components, shards: batch.shardCount, contexts: batch.batch, measuresErrors: task.components?.path?.errors != nil, in: &info.measures)
        }
        return info
    }

    /// Leaves the loss of a batch and its gradient in the workspace, shard by shard; of no use where it was cancelled.
    private func process(_ task: TrainingWorkspace.Task, _ workspace: TrainingWorkspace, threads: Int, _ cancellation: Cancellation) {
        let stream = RandomStream(seed: settings.seed).split(step)
        optimizer.parameters.withPointer { pointer in
            let parameters = SharedFloats(pointer)
            func run(_ snapshot: SharedFloats?) {
                parallelFor(workspace.batch.shardCount, threads: threads) { shard in
                    if cancellation.isRequested { return }
                    flushingSubnormals {
                        workspace.process(shard: shard, stream: stream.split(shard), task: task, parameters.pointer, snapshot: snapshot?.pointer)
                    }
                }
            }
            if task.components?.choice == .component, let variational {
                variational.snapshot.withPointer { run(SharedFloats($0)) }
            } else {
                run(nil)
            }
        }
    }

    /// Takes in how far a step has moved the mixtures, and shortens it where that is far beyond the bound.
    ///
    /// - Returns: the divergence of what is left of the step, nats.
    private mutating func keep(
        _ bound: Double, from before: (parameters: AlignedFloats, average: AlignedFloats), _ workspace: TrainingWorkspace, _ mixtures: MixtureChange
    ) -> Double {
        var change = workspace.change(from: before.parameters, to: optimizer.parameters, mixtures)
        course.stepFactor = StepBound.next(course.stepFactor, divergence: change, bound: bound)
        course.exceedsBound = !(change <= StepBound.tolerance * bound)
        guard course.exceedsBound else { return change }
        let whole = optimizer.parameters
        var share = 1.0
        for _ in 0..<StepBound.shortenings where !(change <= StepBound.tolerance * bound) {
            share *= StepBound.share(divergence: change, bound: bound)
            optimizer.parameters = before.parameters.interpolated(to: whole, share: Float(share))
            change = workspace.change(from: before.parameters, to: optimizer.parameters, mixtures)
        }
        optimizer.average = before.average
        guard change <= StepBound.tolerance * bound else {
            optimizer.parameters = before.parameters
            return 0
        }
        return change
    }
}

/// A pointer that threads may read through while its owner waits for them.
package struct SharedFloats: @unchecked Sendable {
    package let pointer: UnsafePointer<Float>

    package init(_ pointer: UnsafePointer<Float>) { self.pointer = pointer }
}

extension TrainingWorkspace {
    /// A step's matrix products and nothing else, for measuring what the rest costs; the weights are zeros.
    public func multiplyOnly(threads: Int = availableCores) {
        AlignedFloats(count: batch.network.parameterCount).withPointer { pointer in
            let parameters = SharedFloats(pointer)
            parallelFor(batch.shardCount, threads: threads) { [batch] in batch.multiplyOnly(shard: $0, parameters.pointer) }
            parallelFor(batch.blockCount, threads: threads) { [batch] in batch.multiplyOnly(block: $0) }
        }
    }
}
