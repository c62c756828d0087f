import ConditionalModels
import ModelTraining
import Networks
import Numerics

/// The losses of a flow over a batch and their gradients:
///
///     likelihood, on pairs:      −log q(x|c)
///     reverse divergence:        E_z[ log q(x|c) − β·log p̃(x|c) ],    x the image of z ~ N(0, I)
///
/// each with its share (`forward_share`). Where both take part, the first columns of a batch are pairs, those from the next shard on draws.
final class FlowWorkspace: ModelWorkspace, @unchecked Sendable {
    private let flow: ConditionalFlow
    private let problem: TrainingProblem
    private let pass: FlowPass
    /// Columns of a batch of pairs, and of draws; 0 where a loss takes no part.
    private let pairs: Int
    private let draws: Int
    /// The first column of the draws, where a shard begins.
    private let firstDraw: Int
    private let size: Int
    private var target: StepDensity
    private let registers = Registers()
    private let sums: UnsafeMutablePointer<Sums>

    private struct Sums {
        var likelihood = 0.0
        var reverse = 0.0
        var elbo = 0.0
        var density = DensitySums()
    }

    private static func parts(_ settings: TrainingSettings, _ progress: Double, _ problem: TrainingProblem) -> (pairs: Bool, draws: Bool) {
        let share = settings.variational.forwardShare.value(at: progress)
        return (share > 0 && problem.source.hasPoints, share < 1 && problem.densities != nil)
    }

    init(_ flow: ConditionalFlow, _ settings: TrainingSettings, at progress: Double, on problem: TrainingProblem) throws(TrainingError) {
        precondition(problem.source.dimension == flow.space.dimension && problem.source.inputCount == flow.encoder.inputCount,
                     "the source of pairs does not fit the model")
        if problem.densities == nil, !settings.variational.isIdle {
            throw .invalidSettings("this model is trained by maximum likelihood: no density of all its variables is known; leave forward_share at 1")
        }
        if !problem.source.hasPoints, settings.variational.forwardShare != .constant(0) {
            throw .invalidSettings("there are no samples for maximum likelihood, only a density; leave forward_share at 0")
        }
        self.flow = flow
        self.problem = problem
        size = settings.batch
        let parts = Self.parts(settings, progress, problem)
        pairs = parts.pairs ? size : 0
        draws = parts.draws ? size : 0
        firstDraw = parts.draws ? (pairs + BatchWorkspace.shardWidth - 1) / BatchWorkspace.shardWidth * BatchWorkspace.shardWidth : pairs
        let rows = flow.couplings.reduce(0) { sum, coupling in
            let hidden = coupling.network.hidden
            return sum + coupling.network.inputs + coupling.network.outputs + 2 * hidden.reduce(0, +) + 2 * (hidden.max() ?? 0)
        }
        let largest = TrainingWorkspace.largestActivationCount / rows / laneCount * laneCount
        guard firstDraw + draws <= largest else {
            throw .invalidSettings("a batch of \(size) needs too much memory for this flow; at most \(largest) fit")
        }
        target = StepDensity(dimension: flow.space.dimension)
        pass = FlowPass(flow, batch: max(firstDraw + draws, laneCount), hasGradient: true)
        sums = registers.take(pass.shardCount, repeating: Sums())
    }

    var batches: [BatchWorkspace] { pass.batches }

    func serves(_ settings: TrainingSettings, at progress: Double) -> Bool {
        let parts = Self.parts(settings, progress, problem)
        return settings.batch == size && parts.pairs == (pairs > 0) && parts.draws == (draws > 0)
    }

    func process(
        _ settings: TrainingSettings, at progress: Double, stream: RandomStream, _ parameters: UnsafePointer<Float>, threads: Int,
        cancellation: Cancellation
    ) -> ModelLoss? {
        let knobs = settings.variational, share = min(max(knobs.forwardShare.value(at: progress), 0), 1)
        if draws > 0, let densities = problem.densities {
            target.prepare(densities, knobs, at: progress, shards: pass.shardCount)
        }
        let temperature = Float(knobs.temperature.value(at: progress)), shared = SharedFloats(parameters)
        parallelFor(pass.shardCount, threads: threads) { [self] shard in
            if cancellation.isRequested { return }
            flushingSubnormals {
                var own = stream.split(shard)
                sums[shard] = Sums()
                if pass.columns(ofShard: shard).lowerBound >= firstDraw, draws > 0 {
                    descend(shard, &own, Float((pairs > 0 ? 1 - share : 1) / Double(draws)), temperature, shared.pointer, cancellation)
                } else {
                    fit(shard, &own, Float((draws > 0 ? share : 1) / Double(pairs)), shared.pointer, cancellation)
                }
            }
        }
        return cancellation.isRequested ? nil : conclude(share)
    }

    private func conclude(_ share: Double) -> ModelLoss {
        var total = Sums()
        for shard in 0..<pass.shardCount {
            total.likelihood += sums[shard].likelihood
            total.reverse += sums[shard].reverse
            total.elbo += sums[shard].elbo
            total.density.add(sums[shard].density)
        }
        // As for mixtures: the likelihood's loss where there are pairs, else what is descended.
        var result = ModelLoss(loss: pairs > 0 ? total.likelihood / Double(pairs) : total.reverse / Double(max(draws, 1)))
        if pairs > 0 { result.measures.forwardLoss = result.loss }
        guard draws > 0 else { return result }
        total.density.report(draws, isMeasured: target.isMeasuring, into: &result)
        result.isTargetDefined = result.isTargetDefined && total.reverse.isFinite
        result.measures.elbo = total.elbo / Double(draws) + flow.coordinates.halfRange.reduce(0) { $0 + Elementary.log(Double($1)) }
        return result
    }

    // MARK: Likelihood

    /// Draws a shard's pairs, and takes them to normal numbers and the loss's gradient back.
    private func fit(
        _ shard: Int, _ stream: inout RandomStream, _ weight: Float, _ parameters: UnsafePointer<Float>, _ cancellation: Cancellation
    ) {
        let columns = pass.columns(ofShard: shard), stride = pass.stride, offset = columns.lowerBound
        let count = min(columns.upperBound, pairs) - offset
        problem.source.draw(count, using: &stream, configurations: pass.values + offset, contexts: pass.contexts + offset, stride: stride)
        // Columns without a pair have no say, but a pass changes them in place: left as they are, they grow step by step until they are no numbers.
        for row in 0..<flow.width { (pass.values + row * stride + offset + count).update(repeating: 0, count: columns.count - count) }
        var lanes = LaneRandom(using: &stream)
        addNoise(offset..<offset + count, using: &lanes)
        pass.normalize(shard: shard, parameters, cancellation: cancellation)
        let circle = 0.5 * Double(flow.width) * Elementary.log(2 * .pi)
        var loss = 0.0
        for column in Swift.stride(from: offset, to: columns.upperBound, by: laneCount) {
            let isPair = column < offset + count, scale = Lanes(repeating: isPair ? weight : 0)
            var square = Lanes.zero
            for row in 0..<flow.width {
                let z = Lanes(loading: pass.values + row * stride + column)
                square = square.fma(z, z)
                (z * scale).store(to: pass.gradients + row * stride + column)
            }
            (-scale).store(to: pass.slopeGradients + column)
            if isPair { loss += Double((square * 0.5 - Lanes(loading: pass.logSlopes + column)).sum()) + Double(laneCount) * circle }
        }
        sums[shard].likelihood = loss
        pass.backward(shard: shard, parameters, isInverse: false, cancellation: cancellation)
    }

    /// Adds SoftFlow's noise, of a level that is an input, and fills coordinates beyond the model's.
    private func addNoise(_ columns: Range<Int>, using lanes: inout LaneRandom) {
        let stride = pass.stride, n = flow.space.dimension, greatest = Float(flow.configuration.noise)
        for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
            if greatest > 0 {
                let level = lanes.uniform(), deviation = level * greatest
                level.store(to: pass.contexts + flow.encoder.inputCount * stride + column)
                for row in Swift.stride(from: 0, to: n, by: 2) {
                    let (a, b) = lanes.normals(), own = pass.values + row * stride + column
                    Lanes(loading: own).fma(a, deviation).store(to: own)
                    if row + 1 < n { Lanes(loading: own + stride).fma(b, deviation).store(to: own + stride) }
                }
            }
            for row in n..<max(flow.width, n) {
                (lanes.normals().0 * Float(ConditionalFlow.paddingDeviation)).store(to: pass.values + row * stride + column)
            }
        }
    }

    // MARK: Reverse divergence

    /// Draws a shard's contexts and normal numbers, takes them to points, and the loss's gradient back.
    private func descend(
        _ shard: Int, _ stream: inout RandomStream, _ weight: Float, _ temperature: Float, _ parameters: UnsafePointer<Float>,
        _ cancellation: Cancellation
    ) {
        let columns = pass.columns(ofShard: shard), stride = pass.stride, offset = columns.lowerBound
        // Points that come with the contexts have no say; the gradients are not needed yet.
        problem.source.draw(
            columns.count, using: &stream, configurations: pass.gradients + offset, contexts: pass.contexts + offset, stride: stride)
        var lanes = LaneRandom(using: &stream)
        let circle = Float(0.5 * Double(flow.width) * Elementary.log(2 * .pi)), hasNoise = flow.configuration.noise > 0
        for column in Swift.stride(from: offset, to: columns.upperBound, by: laneCount) {
            var square = Lanes.zero
            for row in 0..<flow.width {
                let z = lanes.normals().0
                square = square.fma(z, z)
                z.store(to: pass.values + row * stride + column)
            }
            // The base's log-density is kept where the gradient of ℓ goes later.
            (square * -0.5 - circle).store(to: pass.slopeGradients + column)
            if hasNoise { Lanes.zero.store(to: pass.contexts + flow.encoder.inputCount * stride + column) }
        }
        pass.generate(shard: shard, parameters, cancellation: cancellation)
        evaluate(shard, weight, temperature, cancellation)
        pass.backward(shard: shard, parameters, isInverse: true, cancellation: cancellation)
    }

    /// Evaluates the target at a shard's points, and writes the loss's gradients.
    private func evaluate(_ shard: Int, _ weight: Float, _ temperature: Float, _ cancellation: Cancellation) {
        let columns = pass.columns(ofShard: shard), stride = pass.stride, n = flow.space.dimension
        let target = target, place = target.point(ofShard: shard)
        let padding = Float(1 / (ConditionalFlow.paddingDeviation * ConditionalFlow.paddingDeviation))
        let paddingLog = Float(-Elementary.log(ConditionalFlow.paddingDeviation) - 0.5 * Elementary.log(2 * .pi))
        var sum = Sums()
        for column in Swift.stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) where !cancellation.isRequested {
            for i in 0..<n { place[i] = Lanes(loading: pass.values + i * stride + column) }
            let value = target.evaluate(shard: shard, contexts: pass.contexts + column, stride: stride), log = value.logDensity
            sum.density.add(value)
            let scale = Lanes(repeating: -weight * temperature)
            for i in 0..<n { (value.gradient[i] * scale * value.defined).store(to: pass.gradients + i * stride + column) }
            var pad = Lanes.zero
            for i in n..<max(flow.width, n) {
                let x = Lanes(loading: pass.values + i * stride + column)
                pad = pad.fma(x, x * (-0.5 * padding)) + paddingLog
                (x * (weight * padding)).store(to: pass.gradients + i * stride + column)
            }
            let own = Lanes(loading: pass.slopeGradients + column) + Lanes(loading: pass.logSlopes + column)
            (Lanes(repeating: weight) * value.defined).store(to: pass.slopeGradients + column)
            sum.elbo += Double((log + pad - own).sum())
            sum.reverse += Double((own - pad - log * temperature).sum())
        }
        sums[shard] = sum
    }
}

extension ConditionalFlow: TrainableModel {
    public var networks: [(network: ResidualNetwork, start: Int)] { couplings.map { ($0.network, $0.start) } }

    public func makeWorkspace(
        _ settings: TrainingSettings, at progress: Double, on problem: TrainingProblem
    ) throws(TrainingError) -> any ModelWorkspace {
        try FlowWorkspace(self, settings, at: progress, on: problem)
    }
}
