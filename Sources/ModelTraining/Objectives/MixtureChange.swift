import Mixtures
import Numerics

/// How far a step has moved the mixtures of a network, from its outputs before and after.
///
/// With weights w, means and covariances of K components, by the chain rule of relative entropy,
///
///     KL(q ‖ q') ≤ Σ_o w_o·(log w_o − log w'_o) + Σ_o w_o·KL(q_o ‖ q'_o)
///
/// where q is the mixture after the step and q' that before. The right side is measured; it is zero only where nothing moved.
package struct MixtureChange {
    /// A network's outputs without biases, its biases, and the elements from one output to the next.
    package struct Outputs {
        package var values: UnsafePointer<Float>
        package var biases: UnsafePointer<Float>
        package var stride: Int

        package init(values: UnsafePointer<Float>, biases: UnsafePointer<Float>, stride: Int) {
            (self.values, self.biases, self.stride) = (values, biases, stride)
        }

        func callAsFunction(_ row: Int) -> Lanes { Lanes(loading: values + row * stride) + Lanes(repeating: biases[row]) }
    }

    package let components: Int
    package let projection: PrecisionProjection
    private let region: TrustRegion

    package init(components: Int, projection: PrecisionProjection) {
        self.components = components
        self.projection = projection
        region = TrustRegion(dimension: projection.dimension)
    }

    private var dimension: Int { projection.dimension }
    private var triangle: Int { triangleCount(dimension) }
    package var scratchCount: Int { 2 * components + 2 * dimension + 2 * projection.rawCount + 2 * triangle + region.scratchCount }

    /// The bound on KL(q ‖ q') of one context a lane, nats.
    package func evaluate(_ after: Outputs, before: Outputs, scratch: UnsafeMutablePointer<Lanes>) -> Lanes {
        let n = dimension
        var next = scratch
        func take(_ count: Int) -> UnsafeMutablePointer<Lanes> {
            defer { next += count }
            return next
        }
        let weights = take(components), former = take(components), difference = take(n), scaled = take(n)
        let raw = take(projection.rawCount), packed = take(projection.rawCount), factor = take(triangle), old = take(triangle), regionScratch = take(region.scratchCount)
        func project(_ outputs: Outputs, from row: Int, into factor: UnsafeMutablePointer<Lanes>) {
            for i in 0..<projection.rawCount { raw[i] = outputs(row + i) }
            projection.projectTriangle(raw, into: factor, scratch: packed)
        }
        normalise(after, into: weights)
        normalise(before, into: former)
        var total = Lanes.zero
        for component in 0..<components {
            let row = components + component * (n + projection.rawCount)
            project(after, from: row + n, into: factor)
            project(before, from: row + n, into: old)
            for i in 0..<n { difference[i] = after(row + i) - before(row + i) }
            let divergence = region.divergence(factor, old: old, scratch: regionScratch) + region.meanDistance(difference, old: old, scaled: scaled)
            total = total.fma(weights[component].exponential, weights[component] - former[component] + divergence)
        }
        return total
    }

    /// The logarithms of the weights.
    private func normalise(_ outputs: Outputs, into result: UnsafeMutablePointer<Lanes>) {
        var largest = Lanes(repeating: -1e30), total = Lanes.zero
        for component in 0..<components {
            result[component] = outputs(component)
            largest = largest.atLeast(result[component])
        }
        for component in 0..<components { total = total + (result[component] - largest).exponential }
        let normaliser = total.logarithm + largest
        for component in 0..<components { result[component] = result[component] - normaliser }
    }
}

/// The trust region of a network's steps: the rate is lowered until a step moves the mixtures no farther than a bound, on average over contexts.
///
/// A step's divergence goes with the square of its length. Every few steps the factor of the rate is so multiplied by the root of the bound over
/// what was measured, by no less than `greatestFall`; it rises more slowly, and never above 1. A measured step that goes far beyond the bound is
/// shortened, and the next one is measured, too.
enum StepBound {
    /// Steps from one measurement to the next, each of which takes two forward passes of at most 128 contexts.
    static let interval = 10
    /// A step that goes beyond so many times the bound is shortened, at most so often before it is given up.
    static let tolerance = 4.0
    static let shortenings = 8
    private static let greatestFall = 0.3
    private static let greatestRise = 1.1
    private static let least = 1e-4

    /// What is to be left of a step, by its divergence.
    static func share(divergence: Double, bound: Double) -> Double {
        divergence.isFinite ? max((bound / divergence).squareRoot(), leastShare) : leastShare
    }
    /// A step's divergence is no square of its length where that is large.
    private static let leastShare = 1e-2

    /// The factor of the steps that follow.
    static func next(_ factor: Double, divergence: Double, bound: Double) -> Double {
        guard divergence.isFinite else { return max(factor * greatestFall, least) }
        guard divergence > 0 else { return factor }
        let ratio = (bound / divergence).squareRoot()
        let change = ratio < 1 ? max(ratio, greatestFall) : min(Elementary.exp(0.3 * Elementary.log(ratio)), greatestRise)
        return min(max(factor * change, least), 1)
    }
}
