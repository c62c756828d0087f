import ConditionalInference
import ConditionalSuite
import Glibc
import Mixtures
import Networks
import Numerics

/// How near a trained network comes to the truth at the test contexts.
struct SuiteEvaluation {
    /// log Z − ELBO at every context, nats.
    private(set) var gaps: [Double] = []
    /// Modes with more than 2 % of the mass, and those of them that hold at least a quarter of theirs.
    private(set) var modes = 0
    private(set) var held = 0
    /// exp of the weights' entropy, averaged over contexts.
    private(set) var componentsInUse = 0.0

    var mean: Double { gaps.reduce(0, +) / Double(max(1, gaps.count)) }
    var worst: Double { gaps.max() ?? .nan }

    /// Samples at a context, drawn from the components in their shares.
    private static let samples = 4000

    init(_ training: SuiteTraining) {
        let problem = training.problem, network = training.network
        let columns = (problem.contexts.count + laneCount - 1) / laneCount * laneCount
        let workspace = BatchWorkspace(network, batch: columns, hasGradient: false)
        for (column, context) in problem.contexts.enumerated() {
            for (row, value) in context.enumerated() { workspace.input[row * workspace.stride + column] = Float(value) }
        }
        training.average.withPointer { parameters in
            workspace.forward(shard: 0, parameters)
            for row in 0..<network.outputs {
                for column in 0..<columns { workspace.output[row * workspace.stride + column] += parameters[network.layers[3].biases + row] }
            }
        }
        for column in problem.contexts.indices {
            var stream = RandomStream(seed: 77).split(column)
            var mixture = MixtureReading.mixture(training.objective, workspace.output + column, stride: workspace.stride)
            if training.options.count("refine") > 0 { mixture = Self.refine(mixture, training, column, using: &stream) }
            take(mixture, training, column, using: &stream)
        }
    }

    private static func refine(_ mixture: GaussianMixture, _ training: SuiteTraining, _ column: Int, using stream: inout RandomStream) -> GaussianMixture {
        func open(_ density: some ConditionalDensity) throws -> GaussianMixture {
            let target = LaneDensityAtContext(
                training.start.standardise(density), context: training.problem.contexts[column].map { Float($0) }, name: "suite")
            return try MixtureRefinement().refine(mixture, target, steps: training.options.count("refine"), using: &stream).mixture
        }
        guard let refined = try? open(training.problem.density) else { preconditionFailure("densities of lanes do not throw") }
        return refined
    }

    private mutating func take(_ mixture: GaussianMixture, _ training: SuiteTraining, _ column: Int, using stream: inout RandomStream) {
        let problem = training.problem, start = training.start, n = mixture.dimension, context = problem.contexts[column]
        var places: [Double] = [], component = 0, cumulative = mixture.weights[0]
        let offset = stream.uniform()
        for sample in 0..<Self.samples {
            while (Double(sample) + offset) / Double(Self.samples) > cumulative, component + 1 < mixture.weights.count {
                component += 1
                cumulative += mixture.weights[component]
            }
            places += mixture.components[component].sample(using: &stream)
        }
        var logarithms = [Double](repeating: 0, count: Self.samples)
        MixtureDensity(mixture).evaluate(places, count: Self.samples, into: &logarithms, gradients: nil)
        let scale = start.deviation.reduce(0) { $0 + log($1) }
        var sum = 0.0, mass = [Double](repeating: 0, count: problem.mass[column].count)
        for sample in 0..<Self.samples {
            let x = (0..<n).map { start.centre[$0] + start.deviation[$0] * places[sample * n + $0] }
            sum += problem.density.evaluate(x, context: context).value - logarithms[sample] + scale
            mass[problem.classify(x, context)] += 1 / Double(Self.samples)
        }
        gaps.append(problem.logZ[column] - sum / Double(Self.samples))
        for (truth, own) in zip(problem.mass[column], mass) where truth > 0.02 {
            modes += 1
            if own >= truth / 4 { held += 1 }
        }
        componentsInUse += mixture.componentsInUse / Double(problem.contexts.count)
    }
}
