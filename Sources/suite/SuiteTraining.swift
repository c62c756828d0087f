import ConditionalInference
import ConditionalSuite
import Glibc
import Mixtures
import Networks
import Numerics

/// A network of three layers of 64 that learns one of the suite's densities in a given time of one thread.
struct SuiteTraining {
    let problem: Suite.Problem
    let options: SuiteOptions
    private(set) var start: StartingPoint
    private(set) var objective: PathObjective
    let network: ResidualNetwork
    private(set) var parameters: AlignedFloats
    /// The moving average of the parameters: what is measured.
    private(set) var average: AlignedFloats
    private(set) var steps = 0
    private let stream: RandomStream

    init(_ problem: Suite.Problem, _ options: SuiteOptions) {
        self.problem = problem
        self.options = options
        let n = problem.density.dimension, k = options.count("K") > 0 ? options.count("K") : problem.components
        start = StartingPoint(centre: problem.mean, deviation: problem.deviation.map { $0 * options["wide"] * options["stretch"] })
        start.deviation[n - 1] /= options["stretch"]
        let projection = PrecisionProjection(dimension: n, deviations: 1.7e-5...4.5)
        let drawn = options.count("draw") > 0 ? min(k, options.count("draw")) : k
        objective = PathObjective(components: k, projection: projection, pairs: options.count("pairs"), drawn: drawn)
        network = ResidualNetwork(inputs: problem.density.contextCount, hidden: [64, 64, 64], outputs: objective.outputCount)
        var stream = RandomStream(seed: UInt64(options["seed"]))
        parameters = network.initialParameters(using: &stream)
        let head = network.layers[3].biases, raw = Float(projection.rawNumber(forDeviation: 0.3))
        for component in 0..<k {
            let row = head + k + component * (n + projection.rawCount)
            for i in 0..<n {
                parameters[row + i] = Float(options["spread"] * stream.normal())
                parameters[row + n + triangleIndex(i, i)] = raw
            }
        }
        average = parameters
        self.stream = stream
    }

    /// Trains until so much processor time is spent.
    mutating func train(seconds: Double) {
        func open(_ density: some ConditionalDensity) { train(density, seconds) }
        open(problem.density)
    }

    private mutating func train(_ base: some ConditionalDensity, _ seconds: Double) {
        let begin = ProcessorTime.now
        prepare(base)
        let density = start.standardise(base), batch = options.count("batch")
        let workspace = BatchWorkspace(network, batch: batch), memory = PathWorkspace(objective, scratchCount: density.scratchCount)
        let optimiser = SuiteOptimiser(network, options)
        while true {
            let progress = (ProcessorTime.now - begin) / seconds
            if progress >= 1 { return }
            let annealing = options["annealing"] > 0 ? min(1, progress / options["annealing"]) : 1
            objective.temperature = pow(start.temperature, 1 - annealing)
            var own = stream.split(steps)
            for column in 0..<batch {
                for (row, value) in problem.draw(&own).enumerated() { workspace.input[row * workspace.stride + column] = Float(value) }
            }
            let objective = objective, head = network.layers[3].biases
            parameters.withMutablePointer { parameters in
                flushingSubnormals {
                    for shard in 0..<workspace.shardCount { workspace.forward(shard: shard, parameters) }
                    var random = LaneRandom(using: &own)
                    for column in stride(from: 0, to: batch, by: laneCount) {
                        _ = memory.evaluate(
                            objective, density, outputs: workspace.output + column, biases: parameters + head, stride: workspace.stride,
                            contexts: workspace.input + column, contextStride: workspace.stride, weight: 1 / Float(batch), random: &random)
                    }
                    for shard in 0..<workspace.shardCount { workspace.backward(shard: shard, parameters) }
                }
            }
            let rate = options["rate"] * min(1, Double(steps + 1) / 200) * (0.01 + 0.495 * (1 + cos(.pi * progress)))
            optimiser.step(workspace, &parameters, &average, rate: rate, step: steps)
            steps += 1
        }
    }

    /// Finds the scales and the first temperature.
    private mutating func prepare(_ base: some ConditionalDensity) {
        let count = 64
        var early = stream.split(-1), contexts = [Float](repeating: 0, count: count * base.contextCount)
        for column in 0..<count {
            for (row, value) in problem.draw(&early).enumerated() { contexts[row * count + column] = Float(value) }
        }
        if options["adapt"] > 0 { start.adapt(to: base, contexts: contexts, count: count, using: &early) }
        if options["temperature"] > 0 {
            start.temperature = options["temperature"]
        } else {
            start.setTemperature(for: base, contexts: contexts, count: count, using: &early)
        }
    }
}

/// SOAP or Adam with the norm of the gradient bounded by 20.
final class SuiteOptimiser {
    private let network: ResidualNetwork
    private var soap = Soap()
    private let isAdam: Bool
    private var state: Soap.State
    private let memory: SoapWorkspace
    private var first, second: AlignedFloats

    init(_ network: ResidualNetwork, _ options: SuiteOptions) {
        self.network = network
        isAdam = options["adam"] > 0
        state = Soap.State(network)
        memory = SoapWorkspace(network)
        first = AlignedFloats(count: network.parameterCount)
        second = first
        soap.adam.firstDecay = 0.95
        soap.adam.secondDecay = 0.98
        soap.curvatureInterval = 5
        soap.interval = 20
    }

    func step(_ workspace: BatchWorkspace, _ parameters: inout AlignedFloats, _ average: inout AlignedFloats, rate: Double, step: Int) {
        flushingSubnormals {
            var squares = 0.0
            for block in 0..<workspace.blockCount { squares += workspace.accumulateGradient(block: block) }
            let share = Float(min(1, 20 / max(squares.squareRoot(), 1e-9)))
            Adam.withBuffers(&parameters, &first, &second, &average) { buffers in
                guard isAdam else {
                    soap.update(buffers, &state, gradient: workspace.gradient, rate: Float(rate), scale: share, step: step, workspace: memory, threads: 1)
                    return
                }
                for chunk in 0..<(network.parameterCount + Adam.chunkSize - 1) / Adam.chunkSize {
                    soap.adam.update(
                        buffers, chunk: chunk, count: network.parameterCount, gradient: workspace.gradient, rate: Float(rate), scale: share, step: step)
                }
            }
        }
    }
}
