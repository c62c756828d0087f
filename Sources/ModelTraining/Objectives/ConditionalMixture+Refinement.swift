import ConditionalInference
import ConditionalModels
import Mixtures
import Numerics

extension ConditionalMixture {
    /// Improves a predicted mixture at its context by variational inference that starts from it (`MixtureRefinement`).
    ///
    /// - Parameters:
    ///   - mixture: over the model's variables in their own units.
    ///   - inputs: the context as the network reads it.
    ///   - steps: how many steps are tried; those that do not improve the bound are not taken.
    ///   - cancellation: ends the refinement early, with the mixture of the last whole step.
    /// - Returns: the mixture in the same units; variables that are angles wrap as before.
    public func refine(
        _ mixture: GaussianMixture, inputs: [Float], densities: any DensityFamily, steps: Int, using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> GaussianMixture {
        let scale = space.halfRange, middle = space.middle, widths = densities.widths(VariationalSettings(), at: 1)
        // The precision in scaled coordinates u = (x − m)/s has the factor with rows times s.
        func rescaled(_ mixture: GaussianMixture, _ move: (Double, Int) -> Double, _ factor: (Int) -> Double) -> GaussianMixture {
            GaussianMixture(weights: mixture.weights, components: mixture.components.map { component in
                var rows = component.precisionFactor
                for i in 0..<dimension { for j in 0...i { rows[triangleIndex(i, j)] *= factor(i) } }
                return Gaussian(mean: component.mean.enumerated().map { move($1, $0) }, precisionFactor: rows)
            })
        }
        let start = rescaled(mixture, { ($0 - middle[$1]) / scale[$1] }, { scale[$0] })
        func improve(_ density: some ConditionalDensity) -> GaussianMixture {
            MixtureRefinement().refine(start, density, context: inputs, steps: steps, using: &stream, cancellation: cancellation).mixture
        }
        let result = rescaled(improve(densities.density(widths)), { middle[$1] + scale[$1] * $0 }, { 1 / scale[$0] })
        return mixture.turns.isEmpty ? result : result.wrapped(mixture.turns.map { ($0.variable, $0.middle) })
    }
}
