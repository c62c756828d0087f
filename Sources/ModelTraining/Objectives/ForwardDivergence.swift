import Mixtures
import Numerics

/// The loss of maximum likelihood, which is the forward Kullback–Leibler divergence up to a constant, and its gradient.
///
///     loss = −log Σ_o q(o|c)·N(x; μ_o, A_o),   r_o = softmax_o(log q(o|c) + log N_o)
///     dloss/dlogit_o = q(o|c) − r_o,           dloss/dlog N_o = −r_o
///
/// All components of a context are evaluated, then all gradients: no approximation, no sampling.
public struct ForwardDivergence: Sendable {
    public let components: Int
    public let projection: PrecisionProjection
    public let density: GaussianDensity
    /// Coordinates that are angles without limits: ±1 are one place, and a point counts with the winding that is nearest to a component.
    public var periodic: [Int] = []

    public init(components: Int, projection: PrecisionProjection) {
        self.components = components
        self.projection = projection
        density = GaussianDensity(dimension: projection.dimension, shape: projection.shape)
    }

    /// Places of scratch that an evaluation needs.
    public var scratchCount: Int {
        components * (projection.rawCount + projection.dimension + 1) + 4 * projection.rawCount + 2 * projection.dimension
    }

    /// A difference of angles in (−1, 1], where it lies no more than two turns away.
    @inlinable @inline(__always)
    func wrapped<S: LaneArithmetic>(_ difference: S) -> S {
        var kept = difference
        for _ in 0..<2 {
            kept = kept + S(2.0).selected(whereNegative: kept + S(1.0), else: S(0.0))
            kept = kept - S(2.0).selected(whereNegative: S(1.0) - kept, else: S(0.0))
        }
        return kept
    }

    /// The losses of one context a lane; the gradient of `weight · loss` replaces the outputs.
    ///
    /// - Parameters:
    ///   - outputs: the network's outputs without biases, `stride` numbers from one to the next.
    ///   - biases: one number per output.
    ///   - x: the scaled configuration, `stride` numbers from one coordinate to the next.
    ///   - scratch: `scratchCount` places.
    @inlinable @inline(__always)
    public func evaluate<S: LaneArithmetic>(
        outputs: UnsafeMutablePointer<S.Number>, biases: UnsafePointer<S.Number>, x: UnsafePointer<S.Number>, stride: Int,
        weight: S.Number, scratch: UnsafeMutablePointer<S>
    ) -> S {
        let dimension = projection.dimension, rawCount = projection.rawCount
        let joint = scratch
        let factors = joint + components
        let whitened = factors + components * rawCount
        let raw = whitened + components * dimension
        let factorGradient = raw + rawCount, inner = factorGradient + rawCount, rawGradient = inner + rawCount
        let difference = rawGradient + rawCount, meanGradient = difference + dimension

        @inline(__always) func load(_ row: Int) -> S {
            S(loading: outputs + row * stride) + S(repeating: biases[row])
        }
        @inline(__always) func loadComponent(_ component: Int) -> Int {
            let row = components + component * (dimension + rawCount)
            for i in 0..<dimension { difference[i] = S(loading: x + i * stride) - load(row + i) }
            for i in periodic { difference[i] = wrapped(difference[i]) }
            for i in 0..<rawCount { raw[i] = load(row + dimension + i) }
            return row
        }

        // Log-weights and log-densities, with the running maxima that keep the exponentials in range.
        var largestLogit = load(0), largestJoint = S(-1e30)
        for component in 1..<max(components, 1) { largestLogit = largestLogit.atLeast(load(component)) }
        for component in 0..<components {
            _ = loadComponent(component)
            projection.project(raw, into: factors + component * rawCount)
            joint[component] = load(component) + density.logarithm(
                difference, factor: factors + component * rawCount, whitened: whitened + component * dimension)
            largestJoint = largestJoint.atLeast(joint[component])
        }
        var sumOfWeights = S(0.0), sumOfJoint = S(0.0)
        for component in 0..<components {
            sumOfWeights = sumOfWeights + (load(component) - largestLogit).exponential
            joint[component] = (joint[component] - largestJoint).exponential
            sumOfJoint = sumOfJoint + joint[component]
        }

        let weightScale = S(repeating: weight) / sumOfWeights, jointScale = S(repeating: weight) / sumOfJoint
        for component in 0..<components {
            let responsibility = joint[component] * jointScale
            let gate = (load(component) - largestLogit).exponential * weightScale
            (gate - responsibility).store(to: outputs + component * stride)
            let row = loadComponent(component)
            let factor = factors + component * rawCount
            density.backpropagate(scale: -responsibility, difference, factor: factor, whitened: whitened + component * dimension,
                                  mean: meanGradient, factor: factorGradient)
            projection.backpropagate(raw, factor: factor, factorGradient: factorGradient, scratch: inner, into: rawGradient)
            for i in 0..<dimension { meanGradient[i].store(to: outputs + (row + i) * stride) }
            for i in 0..<rawCount { rawGradient[i].store(to: outputs + (row + dimension + i) * stride) }
        }
        return (sumOfWeights.logarithm + largestLogit) - (sumOfJoint.logarithm + largestJoint)
    }
}
