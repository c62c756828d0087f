import ConditionalModels
import ModelTraining
import Networks
import Numerics

/// The losses of generators and their discriminator over a batch, and their gradients:
///
///     generators:      a·(−log D(G(z, c), c)) − (1 − a)·log p̃(G(z, c)|c)
///     discriminator:   −½·log D(x, c) − ½·log(1 − D(G(z, c), c))
///
/// with pairs (x, c) of the problem, and the share a (`forward_share`). The density's logarithm holds what Lembono et al. (2021) add as losses
/// of their own: the pose by forward kinematics, and the joint limits.
final class AdversarialWorkspace: ModelWorkspace, @unchecked Sendable {
    private let model: GeneratorEnsemble
    private let problem: TrainingProblem
    /// A workspace a generator, and last the discriminator's, whose first columns are drawn points and the others those of pairs.
    let batches: [BatchWorkspace]
    private let batch: Int
    /// Columns of a generator, and of all.
    private let own: Int
    private let count: Int
    /// Generator and shard.
    private let shards: [(member: Int, shard: Int)]
    /// Points of pairs, drawn points and their gradients, contexts, and the discriminator's gradients with respect to points.
    private let registers = Registers()
    private let real: UnsafeMutablePointer<Float>
    private let drawn: UnsafeMutablePointer<Float>
    private let gradients: UnsafeMutablePointer<Float>
    private let contexts: UnsafeMutablePointer<Float>
    private let passed: UnsafeMutablePointer<Float>
    private let stride: Int
    private let usesDensity: Bool
    private var target: StepDensity
    private let sums: UnsafeMutablePointer<Sums>
    private let adversarial: UnsafeMutablePointer<Double>

    private struct Sums {
        var task = 0.0
        var density = DensitySums()
    }

    private static func usesDensity(_ settings: TrainingSettings, _ progress: Double, _ problem: TrainingProblem) -> Bool {
        settings.variational.forwardShare.value(at: progress) < 1 && problem.densities != nil
    }

    init(_ model: GeneratorEnsemble, _ settings: TrainingSettings, at progress: Double, on problem: TrainingProblem) throws(TrainingError) {
        precondition(problem.source.dimension == model.space.dimension && problem.source.inputCount == model.encoder.inputCount,
                     "the source of pairs does not fit the model")
        guard problem.source.hasPoints else { throw .invalidSettings(GeneratorEnsemble.pairsMissing) }
        if problem.densities == nil, !settings.variational.isIdle {
            throw .invalidSettings("no density of all the model's variables is known; leave forward_share at 1")
        }
        self.model = model
        self.problem = problem
        batch = settings.batch
        let members = model.configuration.generators
        own = max(laneCount, (settings.batch / members + laneCount - 1) / laneCount * laneCount)
        count = own * members
        let rows = model.generator.inputs + model.generator.outputs + 2 * model.configuration.hidden.reduce(0, +) + 2 * model.configuration.hidden.max()!
        guard count <= TrainingWorkspace.largestActivationCount / rows / 2 else {
            throw .invalidSettings("a batch of \(settings.batch) needs too much memory for these generators")
        }
        var batches: [BatchWorkspace] = []
        for _ in 0..<members { batches.append(BatchWorkspace(model.generator, batch: own)) }
        shards = (0..<members).flatMap { member in (0..<batches[member].shardCount).map { (member, $0) } }
        batches.append(BatchWorkspace(model.discriminator, batch: 2 * count))
        self.batches = batches
        stride = batches[members].stride
        let n = model.space.dimension, height = 4 * n + model.encoder.inputCount
        real = registers.take(height * stride, repeating: 0)
        drawn = real + n * stride
        gradients = drawn + n * stride
        passed = gradients + n * stride
        contexts = passed + n * stride
        usesDensity = Self.usesDensity(settings, progress, problem)
        target = StepDensity(dimension: n)
        sums = registers.take(shards.count, repeating: Sums())
        adversarial = registers.take(batches[members].shardCount, repeating: 0)
    }

    private var discriminator: BatchWorkspace { batches[batches.count - 1] }

    func serves(_ settings: TrainingSettings, at progress: Double) -> Bool {
        settings.batch == batch && usesDensity == Self.usesDensity(settings, progress, problem)
    }

    func process(
        _ settings: TrainingSettings, at progress: Double, stream: RandomStream, _ parameters: UnsafePointer<Float>, threads: Int,
        cancellation: Cancellation
    ) -> ModelLoss? {
        let knobs = settings.variational, share = usesDensity ? Float(min(max(knobs.forwardShare.value(at: progress), 0), 1)) : 1
        if usesDensity, let densities = problem.densities {
            target.prepare(densities, knobs, at: progress, shards: shards.count)
        }
        let shared = SharedFloats(parameters), size = model.generator.parameterCount
        parallelFor(shards.count, threads: threads) { [self] index in
            if cancellation.isRequested { return }
            flushingSubnormals {
                var own = stream.split(index)
                sums[index] = Sums()
                draw(index, &own, shared.pointer + shards[index].member * size)
                if usesDensity { evaluate(index, (1 - share) / Float(count) * Float(knobs.temperature.value(at: progress)), cancellation) }
            }
        }
        parallelFor(discriminator.shardCount, threads: threads) { [self] shard in
            if cancellation.isRequested { return }
            flushingSubnormals { discriminate(shard, share, shared.pointer + model.discriminatorStart, cancellation) }
        }
        parallelFor(shards.count, threads: threads) { [self] index in
            if cancellation.isRequested { return }
            flushingSubnormals { carryBack(index, shared.pointer + shards[index].member * size) }
        }
        return cancellation.isRequested ? nil : conclude(share)
    }

    private func conclude(_ share: Float) -> ModelLoss {
        var total = Sums(), opposed = 0.0
        for index in shards.indices {
            total.task += sums[index].task
            total.density.add(sums[index].density)
        }
        for shard in 0..<discriminator.shardCount { opposed += adversarial[shard] }
        let n = Double(count)
        var result = ModelLoss(loss: (Double(share) * opposed - Double(1 - share) * total.task) / n)
        result.measures.forwardLoss = opposed / n
        if usesDensity { total.density.report(count, isMeasured: target.isMeasuring, into: &result) }
        return result
    }

    /// Draws the pairs of a generator's shard, and points for their contexts.
    private func draw(_ index: Int, _ stream: inout RandomStream, _ parameters: UnsafePointer<Float>) {
        let (member, shard) = shards[index], batch = batches[member], columns = batch.columns(ofShard: shard)
        let first = member * own + columns.lowerBound, latents = model.configuration.latents
        problem.source.draw(columns.count, using: &stream, configurations: real + first, contexts: contexts + first, stride: stride)
        var lanes = LaneRandom(using: &stream)
        for row in 0..<latents {
            for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
                lanes.normals().0.store(to: batch.input + row * batch.stride + column)
            }
        }
        for row in 0..<model.encoder.inputCount {
            (batch.input + (latents + row) * batch.stride + columns.lowerBound).update(from: contexts + row * stride + first, count: columns.count)
        }
        batch.forward(shard: shard, parameters)
        let biases = parameters + model.generator.layers[model.generator.layers.count - 1].biases
        for row in 0..<model.space.dimension {
            for column in 0..<columns.count {
                drawn[row * stride + first + column] = batch.output[row * batch.stride + columns.lowerBound + column] + biases[row]
                gradients[row * stride + first + column] = 0
            }
        }
    }

    /// Adds the task loss's gradient with respect to a shard's points.
    private func evaluate(_ index: Int, _ weight: Float, _ cancellation: Cancellation) {
        let (member, shard) = shards[index], columns = batches[member].columns(ofShard: shard), n = model.space.dimension
        let target = target, place = target.point(ofShard: index)
        var sum = Sums()
        for column in Swift.stride(from: member * own + columns.lowerBound, to: member * own + columns.upperBound, by: laneCount)
        where !cancellation.isRequested {
            for i in 0..<n { place[i] = Lanes(loading: drawn + i * stride + column) }
            let value = target.evaluate(shard: index, contexts: contexts + column, stride: stride)
            sum.density.add(value)
            for i in 0..<n { (value.gradient[i] * -weight).store(to: gradients + i * stride + column) }
            sum.task += Double(value.logDensity.sum())
        }
        sums[index] = sum
    }

    /// Takes a shard of points through the discriminator: once for the generators' gradient, once for its own.
    private func discriminate(_ shard: Int, _ share: Float, _ parameters: UnsafePointer<Float>, _ cancellation: Cancellation) {
        let batch = discriminator, columns = batch.columns(ofShard: shard), n = model.space.dimension
        let bias = Lanes(repeating: parameters[model.discriminator.layers[model.discriminator.layers.count - 1].biases])
        for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
            let isDrawn = column < count, source = (isDrawn ? drawn : real) + (isDrawn ? column : column - count)
            for row in 0..<n { Lanes(loading: source + row * stride).store(to: batch.input + row * batch.stride + column) }
            for row in 0..<model.encoder.inputCount {
                Lanes(loading: contexts + row * stride + (isDrawn ? column : column - count)).store(to: batch.input + (n + row) * batch.stride + column)
            }
        }
        var loss = 0.0
        batch.forward(shard: shard, parameters)
        if cancellation.isRequested { return }
        for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
            let logit = Lanes(loading: batch.output + column) + bias, isDrawn = column < count
            // −log D and its slope −(1 − D).
            let size = logit.maximum(-logit), cost = (-logit).maximum(.zero) + (1 + (-size).exponential).logarithm
            if isDrawn { loss += Double(cost.sum()) }
            (isDrawn ? (-logit).logistic * (-share / Float(count)) : .zero).store(to: batch.output + column)
        }
        adversarial[shard] = loss
        batch.backward(shard: shard, parameters)
        if cancellation.isRequested { return }
        batch.inputGradient(shard: shard, count: n, parameters, into: passed)
        for row in 0..<n {
            for column in Swift.stride(from: columns.lowerBound, to: min(columns.upperBound, count), by: laneCount) {
                let place = gradients + row * stride + column
                (Lanes(loading: place) + Lanes(loading: passed + row * stride + column)).store(to: place)
            }
        }
        batch.forward(shard: shard, parameters)
        if cancellation.isRequested { return }
        for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
            let logit = Lanes(loading: batch.output + column) + bias, weight = 0.5 / Float(count)
            (column < count ? logit.logistic * weight : (-logit).logistic * -weight).store(to: batch.output + column)
        }
        batch.backward(shard: shard, parameters)
    }

    /// Carries the gradient of a shard's points back through their generator.
    private func carryBack(_ index: Int, _ parameters: UnsafePointer<Float>) {
        let (member, shard) = shards[index], batch = batches[member], columns = batch.columns(ofShard: shard)
        for row in 0..<model.space.dimension {
            (batch.output + row * batch.stride + columns.lowerBound)
                .update(from: gradients + row * stride + member * own + columns.lowerBound, count: columns.count)
        }
        batch.backward(shard: shard, parameters)
    }
}

extension GeneratorEnsemble: TrainableModel {
    public var networks: [(network: ResidualNetwork, start: Int)] {
        (0..<configuration.generators).map { (generator, $0 * generator.parameterCount) } + [(discriminator, discriminatorStart)]
    }

    public func makeWorkspace(
        _ settings: TrainingSettings, at progress: Double, on problem: TrainingProblem
    ) throws(TrainingError) -> any ModelWorkspace {
        try AdversarialWorkspace(self, settings, at: progress, on: problem)
    }
}
