import Baselines
import ConditionalModels
import Foundation
import ModelTraining
import Networks
import Numerics
import Testing

/// A flow written again, plainly and in double precision, which the gradients of the batched one are compared with by finite differences.
private struct PlainFlow {
    let flow: ConditionalFlow
    var parameters: [Double]

    private func network(_ coupling: ConditionalFlow.Coupling, _ inputs: [Double]) -> [Double] {
        var values = inputs
        for (index, layer) in coupling.network.layers.enumerated() {
            values = (0..<layer.outputs).map { row in
                var sum = parameters[coupling.start + layer.biases + row]
                for i in 0..<layer.inputs { sum += parameters[coupling.start + layer.weights + row * layer.inputs + i] * values[i] }
                if index == coupling.network.layers.count - 1 { return sum }
                switch coupling.network.activation {
                case .leakyRectifier: return sum > 0 ? sum : 0.01 * sum
                case .rectifier: return max(sum, 0)
                case .sigmoidLinear: return sum / (1 + exp(-sum))
                }
            }
        }
        return values
    }

    /// What comes out, and Σ ℓ.
    func run(_ start: [Double], _ context: [Double], isInverse: Bool) -> (values: [Double], logSlope: Double) {
        var values = start, total = 0.0
        for coupling in isInverse ? flow.couplings.reversed() : flow.couplings {
            let raw = network(coupling, coupling.passive.map { values[$0] } + context)
            func change<T: CouplingTransform>(_ transform: T) {
                var scratch = [Double](repeating: 0, count: max(1, transform.scratchCount))
                for (place, row) in coupling.active.enumerated() {
                    let own = Array(raw[place * transform.rawCount..<(place + 1) * transform.rawCount])
                    let (value, logSlope) = isInverse
                        ? transform.inverse(values[row], own, scratch: &scratch) : transform.forward(values[row], own, scratch: &scratch)
                    values[row] = value
                    total += logSlope
                }
            }
            let affine = AffineCoupling(clamp: flow.configuration.clamp), spline = SplineCoupling(bins: flow.configuration.bins, bound: 5)
            if flow.configuration.coupling == .affine {
                change(affine)
            } else if flow.configuration.scalesSplines {
                change(ScaledSplineCoupling(affine: affine, spline: spline))
            } else {
                change(spline)
            }
        }
        return (values, total)
    }

    func logDensity(_ x: [Double], _ context: [Double]) -> Double {
        let (z, logSlope) = run(x, context, isInverse: false)
        return logSlope - 0.5 * z.reduce(0) { $0 + $1 * $1 } - 0.5 * Double(z.count) * log(2 * .pi)
    }
}

@Suite struct FlowGradientTests {
    static let configurations = [
        FlowConfiguration(blocks: 2, hidden: [16], activation: .sigmoidLinear, noise: 0, seed: 3),
        FlowConfiguration(blocks: 3, hidden: [16, 16], activation: .sigmoidLinear, coupling: .spline, bins: 5, noise: 0, seed: 4),
        FlowConfiguration(blocks: 2, hidden: [16], activation: .sigmoidLinear, coupling: .spline, bins: 5, scalesSplines: false, noise: 0, seed: 6),
        FlowConfiguration(blocks: 2, hidden: [16, 32], activation: .leakyRectifier, noise: 0, seed: 5),
    ]

    /// The gradient of a step's loss with respect to all parameters, and the loss.
    private func gradient(_ flow: ConditionalFlow, _ problem: TrainingProblem, _ settings: TrainingSettings, _ stream: RandomStream) throws -> ([Float], Double) {
        let workspace = try flow.makeWorkspace(settings, at: 0, on: problem)
        let result = flow.parameters.withPointer { workspace.process(settings, at: 0, stream: stream, $0, threads: 2, cancellation: .never)! }
        var gradient = [Float](repeating: 0, count: flow.parameters.count)
        for (batch, coupling) in zip(workspace.batches, flow.couplings) {
            for block in 0..<batch.blockCount { _ = batch.accumulateGradient(block: block) }
            for index in 0..<coupling.network.parameterCount { gradient[coupling.start + index] = batch.gradient[index] }
        }
        return (gradient, result.loss)
    }

    /// Compares a gradient with finite differences of a loss in double precision, at parameters of every layer.
    private func compare(_ gradient: [Float], _ flow: ConditionalFlow, _ loss: (PlainFlow) -> Double) {
        let plain = PlainFlow(flow: flow, parameters: flow.parameters.array.map { Double($0) })
        var stream = RandomStream(seed: 1)
        let size = (gradient.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(gradient.count)).squareRoot()
        for coupling in flow.couplings {
            for layer in coupling.network.layers {
                for _ in 0..<4 {
                    let index = coupling.start + layer.weights + Int(stream.next(upperBound: UInt64(layer.inputs * layer.outputs)))
                    for place in [index, coupling.start + layer.biases + Int(stream.next(upperBound: UInt64(layer.outputs)))] {
                        let h = 1e-5
                        func moved(_ by: Double) -> Double {
                            var other = plain
                            other.parameters[place] += by
                            return loss(other)
                        }
                        let difference = (moved(h) - moved(-h)) / (2 * h)
                        #expect(abs(Double(gradient[place]) - difference) < 3e-4 * (size + abs(difference)) + 1e-5, "parameter \(place)")
                    }
                }
            }
        }
    }

    @Test(arguments: configurations) func likelihood(_ configuration: FlowConfiguration) throws {
        var flow = try flow(2, inputs: 1, configuration)
        flow.parameters = flow.parameters.disturbed(0.1, seed: 2)
        var settings = TrainingSettings(budget: .steps(1))
        settings.batch = 144
        let stream = RandomStream(seed: 9), problem = TrainingProblem(source: TwoModes())
        let (gradient, loss) = try gradient(flow, problem, settings, stream)
        var pairs: [(x: [Double], c: [Double])] = []
        for (shard, count) in [128, 16].enumerated() {
            var own = stream.split(shard), x = [Float](repeating: 0, count: 2 * count), c = [Float](repeating: 0, count: count)
            problem.source.draw(count, using: &own, configurations: &x, contexts: &c, stride: count)
            pairs += (0..<count).map { ([Double(x[$0]), Double(x[count + $0])], [Double(c[$0])]) }
        }
        func plainLoss(_ plain: PlainFlow) -> Double { -pairs.reduce(0) { $0 + plain.logDensity($1.x, $1.c) } / 144 }
        #expect(abs(plainLoss(PlainFlow(flow: flow, parameters: flow.parameters.array.map { Double($0) })) - loss) < 1e-4)
        compare(gradient, flow, plainLoss)
    }

    @Test(arguments: configurations) func reverseDivergence(_ configuration: FlowConfiguration) throws {
        var flow = try flow(3, inputs: 2, configuration)
        flow.parameters = flow.parameters.disturbed(0.1, seed: 2)
        var settings = TrainingSettings(budget: .steps(1))
        settings.batch = 48
        settings.variational.forwardShare = .constant(0)
        settings.variational.temperature = .constant(0.7)
        let stream = RandomStream(seed: 9), problem = TrainingProblem(source: NormalContexts(), densities: ShiftedNormal())
        let (gradient, _) = try gradient(flow, problem, settings, stream)
        // The draws of the only shard, as the workspace makes them.
        var own = stream.split(0), x = [Float](repeating: 0, count: 3 * 48), c = [Float](repeating: 0, count: 2 * 48)
        problem.source.draw(48, using: &own, configurations: &x, contexts: &c, stride: 48)
        var lanes = LaneRandom(using: &own), z = [[Double]](repeating: [0, 0, 0], count: 48)
        for column in stride(from: 0, to: 48, by: 16) {
            for row in 0..<3 {
                let normals = lanes.normals().0
                for lane in 0..<16 { z[column + lane][row] = Double(normals[lane]) }
            }
        }
        func plainLoss(_ plain: PlainFlow) -> Double {
            var sum = 0.0
            for column in 0..<48 {
                let context = [Double(c[column]), Double(c[48 + column])]
                let (x, logSlope) = plain.run(z[column], context, isInverse: true)
                let square: Double = z[column].reduce(0) { $0 + $1 * $1 }
                let means: [Double] = [context[0], context[1] - context[0], 0.5 * context[0]]
                var target = ShiftedNormal.logNormaliser
                for i in 0..<3 {
                    let s = Double(ShiftedNormal.deviations[i]), d = (x[i] - means[i]) / s
                    target -= 0.5 * d * d + log(s) + 0.5 * log(2 * Double.pi)
                }
                sum += logSlope - 0.5 * square - 1.5 * log(2 * Double.pi) - 0.7 * target
            }
            return sum / 48
        }
        compare(gradient, flow, plainLoss)
    }

    /// A density with widths of its own has them whatever the settings say.
    @Test func ownWidthsPrevail() throws {
        let flow = try flow(3, inputs: 2, FlowConfiguration(blocks: 2, hidden: [16], noise: 0, seed: 3))
        let own = TargetWidths(position: 0.5, rotation: 1, limit: 1)
        var settings = TrainingSettings(budget: .steps(1))
        settings.batch = 48
        settings.variational.forwardShare = .constant(0)
        let losses = try [1e-3, 0.5, 3].map { width in
            settings.variational.positionWidth = .constant(width)
            return try gradient(flow, TrainingProblem(source: NormalContexts(), densities: ShiftedNormal(ownWidths: own)), settings, RandomStream(seed: 9)).1
        }
        #expect(losses[0] == losses[1] && losses[2] == losses[1])
    }
}
