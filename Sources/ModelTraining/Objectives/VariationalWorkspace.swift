import ConditionalInference
import ConditionalModels
import Mixtures
import Networks
import Numerics

/// The memory of the component objective: the snapshot's activations, samples, and what shards measured.
final class VariationalWorkspace: @unchecked Sendable {
    /// What a step asks of every shard.
    struct Task {
        var objective: ComponentObjective
        /// The path objective or the reverse divergence in its place.
        var choice: VariationalSettings.Objective = .component
        var path: PathObjective?
        /// The power of the density in the reverse divergence.
        var temperature = 1.0
        /// Coordinates that are angles, in half turns.
        var periodic: [Int] = []
        var target: any ConditionalDensity
        /// The weight of the component objective in the loss.
        var share: Float
        /// The weight of importance resampling in the loss, and the effective size its weights are tempered to.
        var resamplingShare: Float
        var effectiveShare: Double
        /// Polled between the registers of a shard's contexts; what is left then is of no use.
        var cancellation = Cancellation.never
    }

    /// The sums over a shard's contexts.
    struct Sums {
        var loss = 0.0
        /// E_q[log p̃ − log q] of the mixture that the network predicts, summed over so many contexts.
        var elbo = 0.0
        var boundContexts = 0
        var entropy = 0.0
        var componentsInUse = 0.0
        var distance = 0.0
        var angle = 0.0
        /// ½·log(χ²/count) of the samples' errors, on the path objective.
        var logErrors = 0.0
        /// Samples in all, and those at which the target gave no finite density.
        var samples = 0
        var undefined = 0
    }

    let components: Int
    /// The most samples a component that there is room for.
    let samples: Int
    let network: BatchWorkspace
    /// Bounds of this step, one register per component, the same in every lane.
    private let memory = Registers()
    let meanBounds: UnsafeMutablePointer<Lanes>
    let covarianceBounds: UnsafeMutablePointer<Lanes>
    let sums: UnsafeMutablePointer<Sums>
    /// Sums of rewards, sums of weights and greatest weights of every component, shard after shard.
    let tallies: UnsafeMutablePointer<Double>
    /// The same of a step.
    let totals: UnsafeMutablePointer<Double>
    private let shards: [ShardMemory]
    private let registers: UnsafeMutablePointer<Lanes>
    private let registersPerShard: Int
    private let copies: UnsafeMutablePointer<Float>
    private let copiesPerShard: Int
    private let dimension: Int

    init(_ model: ConditionalMixture, batch: BatchWorkspace, samples: Int) {
        components = model.components
        self.samples = samples
        dimension = model.dimension
        network = BatchWorkspace(model.network, batch: batch.batch)
        let objective = ComponentObjective(components: components, projection: model.projection, samples: samples)
        let forward = ForwardDivergence(components: components, projection: model.projection)
        registersPerShard = objective.noiseCount + 2 * components + objective.scratchCount + objective.poolCount * (dimension + 1)
            + forward.scratchCount + dimension + 8 * 32
        registers = memory.take(registersPerShard * batch.shardCount, repeating: .zero)
        copiesPerShard = (model.network.outputs + dimension) * laneCount
        copies = memory.take(copiesPerShard * batch.shardCount, repeating: 0)
        meanBounds = memory.take(components, repeating: .zero)
        covarianceBounds = memory.take(components, repeating: .zero)
        sums = memory.take(batch.shardCount, repeating: Sums())
        tallies = memory.take(3 * components * batch.shardCount, repeating: 0)
        totals = memory.take(3 * components, repeating: 0)
        shards = (0..<batch.shardCount).map { _ in ShardMemory() }
    }

    /// What a shard works in besides, made when it is first needed; other shards do not touch it.
    private final class ShardMemory {
        var registers = Registers()
        var lanes: UnsafeMutableBufferPointer<Lanes>?
        var path: PathWorkspace?
    }

    /// Evaluates the objective for a shard's contexts; the gradient stays in the snapshot's outputs until ``addGradient(shard:to:)``.
    func process(
        shard: Int, stream: inout RandomStream, task: Task, forward: ForwardDivergence, batch: BatchWorkspace,
        _ parameters: UnsafePointer<Float>, snapshot: UnsafePointer<Float>
    ) {
        let columns = batch.columns(ofShard: shard)
        for row in 0..<batch.network.inputs {
            (network.input + row * batch.stride + columns.lowerBound).update(
                from: batch.input + row * batch.stride + columns.lowerBound, count: columns.count)
        }
        network.forward(shard: shard, snapshot)
        if task.cancellation.isRequested { return }
        func open(_ target: some MeasuringDensity) {
            evaluate(shard: shard, stream: &stream, task: task, target: target, forward: forward, batch: batch, parameters, snapshot)
        }
        func wrap(_ target: some ConditionalDensity) { open(PointDensity(base: target)) }
        if let measuring = task.target as? any MeasuringDensity { open(measuring) } else { wrap(task.target) }
    }

    /// Registers of one shard, kept from step to step.
    func scratch(shard: Int, _ count: Int) -> UnsafeMutablePointer<Lanes> {
        let memory = shards[shard]
        if let lanes = memory.lanes, lanes.count >= count { return lanes.baseAddress! }
        memory.registers = Registers()
        let lanes = memory.registers.take(count, repeating: Lanes.zero)
        memory.lanes = UnsafeMutableBufferPointer(start: lanes, count: max(1, count))
        return lanes
    }

    /// The memory of the path objective of one shard, kept from step to step.
    func pathWorkspace(shard: Int, _ objective: PathObjective, scratchCount: Int) -> PathWorkspace {
        if let workspace = shards[shard].path, workspace.serves(objective, scratchCount: scratchCount) { return workspace }
        let workspace = PathWorkspace(objective, scratchCount: scratchCount)
        shards[shard].path = workspace
        return workspace
    }

    private func evaluate(
        shard: Int, stream: inout RandomStream, task: Task, target: some MeasuringDensity, forward: ForwardDivergence, batch: BatchWorkspace,
        _ parameters: UnsafePointer<Float>, _ snapshot: UnsafePointer<Float>
    ) {
        let objective = task.objective
        var next = registers + shard * registersPerShard
        func take(_ count: Int) -> UnsafeMutablePointer<Lanes> {
            defer { next += count }
            return next
        }
        let noise = take(objective.noiseCount), rewards = take(components), weights = take(components)
        let scratch = take(objective.scratchCount), targetScratch = take(target.scratchCount)
        let resamples = task.resamplingShare > 0
        let pool = resamples ? (samples: take(objective.poolCount * dimension), logWeights: take(objective.poolCount)) : nil
        let forwardScratch = take(forward.scratchCount), chosen = take(dimension)
        let copy = copies + shard * copiesPerShard
        let biases = parameters + batch.network.layers.last!.biases, formerBiases = snapshot + batch.network.layers.last!.biases
        let tally = tallies + shard * 3 * components
        for i in 0..<3 * components { tally[i] = 0 }
        var random = LaneRandom(using: &stream)
        var sum = Sums()
        let columns = batch.columns(ofShard: shard), stride = batch.stride
        sum.samples = columns.count * objective.poolCount
        for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
            if task.cancellation.isRequested { return }
            random.fillNormals(noise, count: objective.noiseCount)
            var distance = Lanes.zero, angle = Lanes.zero
            let places = ComponentObjective.Places(
                noise: UnsafePointer(noise), meanBounds: UnsafePointer(meanBounds), covarianceBounds: UnsafePointer(covarianceBounds),
                rewards: rewards, weights: weights, pool: pool, scratch: scratch)
            let summary = objective.evaluate(
                outputs: batch.output + column, biases: biases, former: network.output + column, formerBiases: formerBiases, stride: stride,
                weight: task.share / Float(batch.batch), places: places
            ) { x, gradient, weight in
                var value = target.evaluate(x, inputs: batch.input + column, stride: stride, gradient: gradient, scratch: targetScratch)
                let undefined = UndefinedLanes(takenOutOf: &value.logDensity, gradient, dimension: target.dimension, least: Self.leastLogDensity)
                guard undefined.count == 0 else {
                    sum.undefined += undefined.count
                    return value.logDensity
                }
                distance = distance.fma(weight, value.distance)
                angle = angle.fma(weight, value.angle)
                return value.logDensity
            }
            sum.loss += Double(summary.loss.sum())
            sum.entropy += Double(summary.entropy.sum())
            sum.componentsInUse += Double(summary.componentsInUse.sum())
            sum.distance += Double(distance.sum())
            sum.angle += Double(angle.sum())
            for component in 0..<components {
                tally[component] += Double(rewards[component].sum())
                tally[components + component] += Double(weights[component].sum())
                tally[2 * components + component] = max(tally[2 * components + component], Double(weights[component].max()))
            }
            guard let pool else { continue }
            let resampling = ImportanceResampling(count: objective.poolCount, effectiveShare: task.effectiveShare)
            _ = resampling.temper(pool.logWeights)
            resampling.choose(pool.samples, dimension: dimension, cumulative: pool.logWeights, uniform: random.uniform(), into: chosen)
            maximise(chosen, column: column, weight: task.resamplingShare / Float(batch.batch), forward: forward, batch: batch, biases,
                     copy: copy, scratch: forwardScratch)
        }
        // Afterwards, so that what trains does not depend on it.
        sum.elbo = evidenceBound(shard: shard, task, target, batch, biases, copy: copy, random: &random)
        sum.boundContexts = laneCount
        sums[shard] = sum
    }

    /// The evidence bound, nats, of what the network predicts at a shard's first sixteen contexts, their sum.
    ///
    /// - Parameter copy: room for the network's outputs at these contexts.
    private func evidenceBound(
        shard: Int, _ task: Task, _ target: some MeasuringDensity, _ batch: BatchWorkspace, _ biases: UnsafePointer<Float>,
        copy: UnsafeMutablePointer<Float>, random: inout LaneRandom
    ) -> Double {
        let first = batch.columns(ofShard: shard).lowerBound
        for row in 0..<batch.network.outputs { Lanes(loading: batch.output + row * batch.stride + first).store(to: copy + row * laneCount) }
        var objective = PathObjective(components: components, projection: task.objective.projection)
        objective.periodic = task.periodic
        let workspace = pathWorkspace(shard: shard, objective, scratchCount: target.scratchCount)
        return Double(workspace.evaluate(
            objective, target, outputs: copy, biases: biases, stride: laneCount, contexts: batch.input + first, contextStride: batch.stride, weight: 0,
            random: &random).bound.sum())
    }

    /// What a sample counts with where the target's density is zero or undefined, nats. Far below any density that matters: it moves weights, and the
    /// loss that it enters must be finite and no more.
    static let leastLogDensity: Float = -1e6

    /// Whether the target gave a finite density anywhere in the step.
    func isTargetDefined(shards: Int) -> Bool { (0..<shards).contains { sums[$0].undefined < sums[$0].samples } }

    /// Whether the objective came out finite.
    func isFinite(shards: Int) -> Bool { (0..<shards).allSatisfy { sums[$0].loss.isFinite } }

    /// Adds the gradient of −log q at resampled configurations.
    private func maximise(
        _ chosen: UnsafePointer<Lanes>, column: Int, weight: Float, forward: ForwardDivergence, batch: BatchWorkspace,
        _ biases: UnsafePointer<Float>, copy: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        let outputs = batch.network.outputs, stride = batch.stride
        for row in 0..<outputs { Lanes(loading: batch.output + row * stride + column).store(to: copy + row * laneCount) }
        let x = copy + outputs * laneCount
        for i in 0..<dimension { chosen[i].store(to: x + i * laneCount) }
        _ = forward.evaluate(outputs: copy, biases: biases, x: UnsafePointer(x), stride: laneCount, weight: weight, scratch: scratch)
        for row in 0..<outputs {
            let place = network.output + row * stride + column
            (Lanes(loading: place) + Lanes(loading: copy + row * laneCount)).store(to: place)
        }
    }

    /// Adds a shard's gradient to that of the forward divergence.
    func addGradient(shard: Int, to batch: BatchWorkspace) {
        let columns = batch.columns(ofShard: shard)
        for row in 0..<batch.network.outputs {
            for column in stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
                let place = batch.output + row * batch.stride + column
                (Lanes(loading: place) + Lanes(loading: network.output + row * batch.stride + column)).store(to: place)
            }
        }
    }
}
