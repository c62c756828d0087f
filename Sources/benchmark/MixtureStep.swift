import Kinematics
import Mixtures
import ModelTraining
import Networks
import Numerics
import RobotModels

/// The training step that `scripts/peers/training_step.py` measures in PyTorch: a multilayer perceptron 7 → 256 → 256 → 256 → 1152 with
/// rectifiers, 32 components with full covariances in seven dimensions, 256 contexts, 4 reparameterised samples per component, the
/// arm's kinematics, a density of pose errors and limits, all gradients of the reverse divergence, and Adam.
///
/// Configurations are in coordinates scaled by the limits; the loss is told in radians like the script's.
final class MixtureStep: @unchecked Sendable {
    static let contexts = 256, components = 32, samples = 4, poolSize = 64 * 256
    let network: ResidualNetwork
    private let batch: BatchWorkspace
    private let objective: ReverseDivergence
    private let target: PoseTarget
    /// Positions and quaternions for the network, and the same poses as the target takes them, feature-major.
    private let inputs: UnsafeMutablePointer<Float>
    private let poses: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutablePointer<Lanes>
    private let scratchPerShard: Int
    private let losses: UnsafeMutablePointer<Double>
    private var parameters: AlignedFloats
    private var first: AlignedFloats, second: AlignedFloats, average: AlignedFloats
    private var step = 0
    private let logVolume: Double

    init(_ chain: Chain) {
        let n = chain.degreesOfFreedom
        network = ResidualNetwork(inputs: 7, hidden: [256, 256, 256], outputs: Self.components * (1 + n + n * (n + 1) / 2),
                                  activation: .rectifier, hasResiduals: false)
        batch = BatchWorkspace(network, batch: Self.contexts)
        let projection = PrecisionProjection(dimension: n, deviations: 1e-4...10, isBounded: false)
        objective = ReverseDivergence(components: Self.components, projection: projection, samples: Self.samples)
        let encoding = PoseEncoding(kind: .pose, offset: Array(repeating: 0, count: 9), scale: Array(repeating: 1, count: 9))
        target = PoseTarget(chain: chain, encoding: encoding, widths: TargetWidths(position: 0.01, rotation: 0.05, limit: 0.05))
        logVolume = chain.variables.reduce(0) { $0 + Elementary.log(($1.upper - $1.lower) / 2) }
        inputs = .allocate(capacity: 7 * Self.poolSize)
        poses = .allocate(capacity: 9 * Self.poolSize)
        scratchPerShard = objective.noiseCount + 1 + objective.scratchCount + target.scratchCount
        scratch = .allocate(capacity: scratchPerShard * batch.shardCount)
        scratch.initialize(repeating: .zero, count: scratchPerShard * batch.shardCount)
        losses = .allocate(capacity: batch.shardCount)
        for (column, pose) in reachablePoses(chain, count: Self.poolSize, seed: 1).enumerated() {
            let p = pose.position, q = pose.rotation.quaternion
            for (row, value) in [p.x, p.y, p.z, q.w, q.x, q.y, q.z].enumerated() { inputs[row * Self.poolSize + column] = Float(value) }
            let (x, y) = (pose.rotation.x, pose.rotation.y)
            for (row, value) in [p.x, p.y, p.z, x.x, x.y, x.z, y.x, y.y, y.z].enumerated() { poses[row * Self.poolSize + column] = Float(value) }
        }
        var stream = RandomStream(seed: 0)
        parameters = network.initialParameters(outputGain: 0.17, using: &stream)
        let head = network.layers.last!, rows = n + projection.rawCount
        for component in 0..<Self.components {
            let row = head.biases + Self.components + component * rows
            for joint in 0..<n {
                // Means over four fifths of the joint ranges, deviations of 0.3 rad.
                let half = (chain.variables[joint].upper - chain.variables[joint].lower) / 2
                parameters[row + joint] = Float(1.6 * stream.uniform() - 0.8)
                parameters[row + n + triangleIndex(joint, joint)] = Float(projection.rawNumber(forDeviation: 0.3 / half))
            }
        }
        first = AlignedFloats(count: network.parameterCount)
        second = first
        average = parameters
        take(threads: 1)
    }

    deinit { inputs.deallocate(); poses.deallocate(); scratch.deallocate(); losses.deallocate() }

    /// Takes a step and returns the loss before it.
    @discardableResult
    func take(threads: Int) -> Double {
        let start = (step * Self.contexts) % Self.poolSize
        let stream = RandomStream(seed: 7).split(step)
        let place = parameters.withPointer { Pointer($0) }
        parallelFor(batch.shardCount, threads: threads) { process(shard: $0, start: start, stream: stream.split($0), place.value) }
        parallelFor(batch.blockCount, threads: threads) { _ = batch.accumulateGradient(block: $0) }
        var adam = Adam()
        adam.secondDecay = 0.999
        let optimiser = adam, count = network.parameterCount, step = step
        Adam.withBuffers(&parameters, &first, &second, &average) { buffers in
            parallelFor((count + Adam.chunkSize - 1) / Adam.chunkSize, threads: threads) { [batch] chunk in
                optimiser.update(buffers, chunk: chunk, count: count, gradient: batch.gradient, rate: 1e-4, scale: 1, step: step)
            }
        }
        self.step += 1
        var loss = 0.0
        for shard in 0..<batch.shardCount { loss += losses[shard] }
        return loss / Double(Self.contexts) - logVolume
    }

    private func process(shard: Int, start: Int, stream: RandomStream, _ parameters: UnsafePointer<Float>) {
        let columns = batch.columns(ofShard: shard)
        for row in 0..<7 {
            (batch.input + row * batch.stride + columns.lowerBound).update(
                from: inputs + row * Self.poolSize + start + columns.lowerBound, count: columns.count)
        }
        batch.forward(shard: shard, parameters)
        let biases = parameters + network.layers.last!.biases
        let noise = scratch + shard * scratchPerShard
        let objectiveScratch = noise + objective.noiseCount + 1, targetScratch = objectiveScratch + objective.scratchCount
        var stream = stream
        var random = LaneRandom(using: &stream)
        var total = 0.0
        for column in stride(from: columns.lowerBound, to: columns.upperBound, by: laneCount) {
            for i in stride(from: 0, to: objective.noiseCount, by: 2) { (noise[i], noise[i + 1]) = random.normals() }
            let summary = objective.evaluate(
                outputs: batch.output + column, biases: biases, stride: batch.stride, weight: 1 / Float(Self.contexts),
                noise: UnsafePointer(noise), scratch: objectiveScratch
            ) { x, gradient in
                target.evaluate(x, inputs: poses + start + column, stride: Self.poolSize, gradient: gradient, scratch: targetScratch).logDensity
            }
            total += Double(summary.loss.sum())
        }
        // The script's density has no normaliser.
        losses[shard] = total + Double(columns.count) * target.logNormaliser
        batch.backward(shard: shard, parameters)
    }

    /// The products alone.
    func multiplyOnly(threads: Int) {
        let place = parameters.withPointer { Pointer($0) }
        parallelFor(batch.shardCount, threads: threads) { batch.multiplyOnly(shard: $0, place.value) }
        parallelFor(batch.blockCount, threads: threads) { batch.multiplyOnly(block: $0) }
    }
}

/// A pointer that threads may read through while its owner waits for them.
private struct Pointer: @unchecked Sendable {
    let value: UnsafePointer<Float>

    init(_ value: UnsafePointer<Float>) { self.value = value }
}

/// Times that step, in turns with its bare matrix products.
func benchmarkMixtureStep(_ chain: Chain, threads: Int, _ report: Report) {
    let step = MixtureStep(chain)
    var steps: [Double] = [], products: [Double] = [], processor: [Double] = []
    let firstLoss = step.take(threads: threads)
    var loss = firstLoss
    for round in 0..<210 {
        let start = secondsNow(), processorStart = ProcessorTime.now
        loss = step.take(threads: threads)
        let middle = secondsNow(), processorEnd = ProcessorTime.now
        if round % 4 == 0 { step.multiplyOnly(threads: threads) }
        guard round >= 10 else { continue }
        steps.append(middle - start)
        processor.append(processorEnd - processorStart)
        if round % 4 == 0 { products.append(secondsNow() - middle) }
    }
    let timing = Timing(steps)
    report.row(
        "mixture step of the peers' script, \(threads.counted("thread"))", timing,
        note: "processor time \(rounded(Timing(processor).median * 1e3, 3)) ms, fastest tenth \(rounded(timing.quantile(0.1) * 1e3, 3)) ms, products alone \(rounded(Timing(products).median * 1e3, 3)) ms, "
            + "loss \(rounded(firstLoss, 5)) → \(rounded(loss, 5))")
}
