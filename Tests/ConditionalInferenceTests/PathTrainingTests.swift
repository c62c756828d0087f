import ConditionalInference
import ConditionalSuite
import Mixtures
import Networks
import Numerics
import Testing

@Suite("Training on the path objective")
struct PathTrainingTests {
    /// Trains a small network on the moving mixture; returns parameters and the bound of the last hundred steps.
    private static func train(steps: Int, pairs: Int = 1, drawn: Int? = nil) -> (parameters: AlignedFloats, bound: Double) {
        let density = StandardisedDensity(MovingMixture(), centre: [0, 0], scale: [2.5, 2.5]), batch = 32, k = 8
        let projection = PrecisionProjection(dimension: 2, deviations: 1e-5...4.5)
        var objective = PathObjective(components: k, projection: projection, pairs: pairs, drawn: drawn)
        let network = ResidualNetwork(inputs: 2, hidden: [32, 32], outputs: objective.outputCount)
        var stream = RandomStream(seed: 1)
        var parameters = network.initialParameters(using: &stream)
        let head = network.layers.last!, raw = Float(projection.rawNumber(forDeviation: 0.3))
        for o in 0..<k {
            let row = head.biases + k + 5 * o
            for i in 0..<2 { parameters[row + i] = Float(0.7 * stream.normal()) }
            parameters[row + 2] = raw
            parameters[row + 4] = raw
        }
        var average = parameters, first = AlignedFloats(count: parameters.count), second = first, state = Soap.State(network), bound = 0.0
        let workspace = BatchWorkspace(network, batch: batch), memory = PathWorkspace(objective, scratchCount: density.scratchCount)
        let soapMemory = SoapWorkspace(network)
        for step in 0..<steps {
            let progress = Double(step) / Double(steps)
            objective.temperature = min(1, Elementary.exp(Elementary.log(0.1) * (1 - progress / 0.3)))
            var own = stream.split(step)
            for i in 0..<2 { for column in 0..<batch { workspace.input[i * workspace.stride + column] = Float(2 * own.uniform() - 1) } }
            parameters.withMutablePointer { p in
                workspace.forward(shard: 0, p)
                var random = LaneRandom(using: &own)
                for column in stride(from: 0, to: batch, by: laneCount) {
                    let summary = memory.evaluate(
                        objective, density, outputs: workspace.output + column, biases: p + head.biases, stride: workspace.stride,
                        contexts: workspace.input + column, contextStride: workspace.stride, weight: 1 / Float(batch), random: &random)
                    if step >= steps - 100 { bound += Double(summary.bound.sum()) / Double(100 * batch) }
                }
                workspace.backward(shard: 0, p)
                for block in 0..<workspace.blockCount { _ = workspace.accumulateGradient(block: block) }
                first.withMutablePointer { m in second.withMutablePointer { v in average.withMutablePointer { a in
                    Soap().update(
                        Adam.Buffers(parameters: p, first: m, second: v, average: a), &state, gradient: workspace.gradient,
                        rate: Float(5e-3 * min(1, Double(step + 1) / 100) * (1 - 0.95 * progress)), scale: 1, step: step, workspace: soapMemory, threads: 1)
                } } }
            }
        }
        return (average, bound + 2 * Elementary.log(2.5))
    }

    @Test("The bound comes within hundredths of log Z = 0, with all components drawn and with half of them", arguments: [nil, 4])
    func bound(drawn: Int?) {
        let (parameters, bound) = Self.train(steps: 1500, drawn: drawn)
        #expect(parameters.isFinite)
        #expect(bound > -0.05 && bound < 0.02, "bound \(bound)")
    }

    @Test("The same seed gives the same bits")
    func determinism() {
        #expect(Self.train(steps: 40).parameters == Self.train(steps: 40).parameters)
    }
}
