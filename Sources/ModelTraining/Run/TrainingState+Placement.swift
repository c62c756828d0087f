import ConditionalInference
import ConditionalModels
import Mixtures
import Networks
import Numerics

extension TrainingState {
    /// The contexts at which new components are placed.
    private static let placementContexts = 128

    /// Moves the last components to where the density has more than the mixture; those for which there is no such point stay where they are.
    mutating func placeLast(_ count: Int, _ problem: TrainingProblem, _ densities: any DensityFamily) {
        let knobs = settings.variational
        let widths = densities.widths(knobs, at: progress).widened(by: variational?.record.widening ?? 1)
        let density = densities.density(widths), network = model.network, components = model.components
        var objective = PathObjective(components: components, projection: model.projection)
        objective.periodic = model.coordinates.wrapped
        let workspace = BatchWorkspace(network, batch: Self.placementContexts, hasGradient: false), stride = workspace.stride
        var stream = RandomStream(seed: settings.seed).split(step).split(-3)
        var points = [Float](repeating: 0, count: problem.source.dimension * stride)
        problem.source.draw(
            Self.placementContexts, using: &stream, configurations: &points, contexts: workspace.input, stride: stride)
        var logit = 0.0
        optimizer.parameters.withPointer { parameters in
            for shard in 0..<workspace.shardCount { workspace.forward(shard: shard, parameters) }
            let biases = parameters + network.layers[network.layers.count - 1].biases
            for row in 0..<network.outputs {
                for column in 0..<Self.placementContexts { workspace.output[row * stride + column] += biases[row] }
            }
        }
        for column in 0..<Self.placementContexts {
            var largest = -Double.infinity, total = 0.0
            for o in 0..<components { largest = max(largest, Double(workspace.output[o * stride + column])) }
            for o in 0..<components { total += Elementary.exp(Double(workspace.output[o * stride + column]) - largest) }
            logit += (largest + Elementary.log(total)) / Double(Self.placementContexts)
        }
        var search = ResidualSearch()
        if !densities.isConcurrent { (search.draws, search.climbs) = (16, 30) }
        func find(_ density: some ConditionalDensity) -> [ResidualSearch.Candidate] {
            search.candidates(
                objective, density, outputs: workspace.output, contexts: workspace.input, stride: stride, count: Self.placementContexts, using: &stream)
        }
        var candidates = find(density)
        for component in components - count..<components {
            guard let rows = ComponentPlacement().next(
                &candidates, objective, features: workspace.lastHidden, width: network.layers[network.layers.count - 1].inputs, stride: stride, logit: logit)
            else { return }
            rows.write(component: component, objective, network, to: &optimizer.parameters)
            rows.write(component: component, objective, network, to: &optimizer.average)
            rows.clear(component: component, objective, network, in: &optimizer.first)
            rows.clear(component: component, objective, network, in: &optimizer.second)
        }
    }
}
