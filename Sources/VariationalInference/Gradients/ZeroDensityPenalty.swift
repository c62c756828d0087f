import Mixtures
import Numerics

/// Keeps components away from points where the target's density is zero.
///
/// There log p̃ = −∞, so that no mixture of Gaussians has a finite bound. Instead such a point counts C nats worse than what its surroundings with
/// density say: the objective of a component is E[h̃] − C·P(zero), with h̃ the continuation of h that the estimate of the natural gradient (a
/// regression) makes anyway. The step of C nats has no gradient that Stein's lemma could use, but its expectation has one: with the indicator 1 of
/// the points of density zero, their share s, and the component's whitened coordinates y,
///
///     g = −C·Cov(y, 1),    M = C·Cov(y·yᵀ, 1),
///
/// where Cov(f, 1) = s·(1 − s)·(mean of f there − mean of f elsewhere): the means of f as control variate.
struct ZeroDensityPenalty {
    /// C.
    let nats: Double

    /// The trust region of a component that meets density zero now and then, nats.
    ///
    /// The samples that meet it are few, and an iteration without any sees no border: with full steps components would grow across it and be
    /// pushed back in turn.
    static func bound(_ stepSize: Double, zeroShare: Double) -> Double { zeroShare > leastShare ? min(stepSize, greatestStep) : stepSize }

    /// The share of samples that met density zero, after an iteration in which a component's samples did so by `share`.
    static func average(_ last: Double, with share: Double) -> Double { 0.9 * last + 0.1 * share }

    private static let leastShare = 1e-4
    private static let greatestStep = 0.01

    /// Adds the penalty's natural gradient to that of a component, which some samples of density zero belong to.
    func add(to natural: inout NaturalGradient, of gaussian: Gaussian, _ samples: WeightedBlocks, component: Int) {
        let n = gaussian.dimension
        var inside = Sums(n), outside = Sums(n)
        for entry in samples.entries[component] { inside.add(samples.places[entry.block], samples.weights + entry.weights, gaussian) }
        samples.zeroWeights.withUnsafeBufferPointer { weights in
            for entry in samples.zeroEntries[component] { outside.add(samples.places[entry.block], weights.baseAddress! + entry.weights, gaussian) }
        }
        guard inside.weight > 0, outside.weight > 0 else { return }
        let share = outside.weight / (inside.weight + outside.weight)
        let factor = nats * share * (1 - share)
        for i in 0..<n {
            natural.gradient[i] -= factor * (outside.first[i] / outside.weight - inside.first[i] / inside.weight)
            for j in 0...i {
                let index = triangleIndex(i, j)
                natural.curvature[index] += factor * (outside.second[index] / outside.weight - inside.second[index] / inside.weight)
            }
        }
    }

    /// Σ w, Σ w·y and Σ w·y·yᵀ.
    private struct Sums {
        var weight = 0.0
        var first: [Double]
        var second: [Double]
        private var y: [Double]

        init(_ n: Int) {
            first = Array(repeating: 0, count: n)
            second = Array(repeating: 0, count: triangleCount(n))
            y = first
        }

        mutating func add(_ block: UnsafePointer<DoubleLanes>, _ weights: UnsafePointer<DoubleLanes>, _ gaussian: Gaussian) {
            let n = y.count
            for place in 0..<PointBlocks.width {
                let w = weights[place / 8][place % 8]
                guard w > 0 else { continue }
                for i in 0..<n { y[i] = block[4 * i + place / 8][place % 8] - gaussian.mean[i] }
                PackedTriangle.multiplyVectorTransposed(n, gaussian.precisionFactor, &y)
                weight += w
                for i in 0..<n {
                    let scaled = w * y[i]
                    first[i] += scaled
                    second.withUnsafeMutableBufferPointer { DoubleVectors.add(i + 1, scaled, times: y, to: $0.baseAddress! + triangleIndex(i, 0)) }
                }
            }
        }
    }
}
