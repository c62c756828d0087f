import Mixtures
import Numerics

/// Variational inference at one context that starts from what a network predicted.
///
/// In the coordinates whitened by a component's precision factor A, with samples x = m ± A⁻ᵀ·ε and v = A⁻¹·∇h, h = log p̃ − log q, a step is
///
///     Λ = I − α·sym(mean v·εᵀ),   m ← m + α·A⁻ᵀ·Λ⁻¹·(mean v),   A·Aᵀ ← A·Λ·Aᵀ,   log w ← log w + α·(mean h − Σ w·mean h)
///
/// for all components at once: the natural gradient by Stein's lemma. The mean of v·εᵀ is divided by that of ε·εᵀ, which makes it the
/// regression of v on ε and exact where h is quadratic. Components that move together overshoot, so that a step is taken only where the
/// evidence bound improves, before and after estimated with the same noise; else α is halved. The noise is drawn anew for every step: a
/// mixture improved under one noise alone would fit it. Where no α improves the bound, twice as many samples are drawn from then on.
///
/// A bound counts every h as it is, and a density of zero as the least of them, at least 100 nats below the greatest.
///
/// Slopes do not see where the density leaps: at the edge of where it is zero, or of a region, by 100 nats at most. What
/// they do not explain of the difference between a sample and its component's mean, u = h(x) − h(m) − ½·(∇h(x) + ∇h(m))·(x − m), is small where h
/// is smooth; where it is not, the score function adds its slope, mean u·ε to the mean of v and mean u·(ε·εᵀ − I) to that of v·εᵀ, so that components
/// leave a region that is less likely than their slopes say, and go to one that is more.
public struct MixtureRefinement: Sendable {
    /// Mirrored pairs a component, at first (at least twice the dimension) and at most.
    public var pairs = 16
    public var mostPairs = 512
    /// Tries of a step, each with half the length of the one before.
    public var tries = 6
    /// The length α below which the refinement ends.
    public var leastLength = 1.0 / 1024

    /// Random numbers that a step draws at most, unless its pairs are as few as at first: some 100 megabytes.
    private static let mostNumbers = 1 << 21

    public init() {}

    public struct Result: Sendable {
        public var mixture: GaussianMixture
        /// The bound before the first step and after each that was tried, with the noise of that step.
        public var bounds: [Double]
        /// Steps that were taken.
        public var accepted: Int
        /// Points at which the density was evaluated.
        public var evaluations: Int
    }

    /// Improves a mixture in the coordinates of a density that has a gradient.
    ///
    /// - Parameters:
    ///   - steps: how many steps are tried, at most: fewer where no step improves the bound of the greatest number of samples.
    ///   - cancellation: ends the refinement early, with the mixture of the last whole step.
    /// - Throws: what the density throws.
    public func refine(
        _ mixture: GaussianMixture, _ density: some TargetDensity, steps: Int, using stream: inout RandomStream, cancellation: Cancellation = .never
    ) throws -> Result {
        precondition(mixture.components.first?.dimension == density.dimension && density.hasGradient, "the density has other coordinates, or no gradient")
        let n = density.dimension, k = mixture.components.count
        var result = Result(mixture: mixture, bounds: [], accepted: 0, evaluations: 0), pairs = max(pairs, 2 * n)
        let mostPairs = max(pairs, min(mostPairs, Self.mostNumbers / (k * n)))
        func residuals(_ mixture: GaussianMixture, _ noise: [Double]) throws -> Residuals? {
            try Residuals(mixture, noise: noise, pairs: noise.count / (k * n), density, &result.evaluations, cancellation)
        }
        func freshNoise() -> [Double] { (0..<k * pairs * n).map { _ in stream.normal() } }
        guard var current = try residuals(mixture, freshNoise()) else { return result }
        result.bounds.append(current.bound(mixture.weights))
        var length = 1.0
        for _ in 0..<steps {
            // The noise that judges this step makes the next one.
            let noise = freshNoise(), first = length
            guard let before = try residuals(result.mixture, noise) else { return result }
            let bound = before.bound(result.mixture.weights)
            var taken = false
            for _ in 0..<tries {
                let next = current.step(result.mixture, length: length, cancellation)
                if cancellation.isRequested { return result }
                if let next {
                    guard let after = try residuals(next, noise) else { return result }
                    if after.bound(next.weights) > bound {
                        (result.mixture, current, taken) = (next, after, true)
                        break
                    }
                }
                length /= 2
            }
            if taken {
                result.accepted += 1
                length = min(1, 2 * length)
            } else {
                current = before
                if pairs < mostPairs { (pairs, length) = (2 * pairs, first) }
            }
            result.bounds.append(current.bound(result.mixture.weights))
            if length < leastLength { break }
        }
        return result
    }
}

/// What h and its slope are at the samples of a mixture.
private struct Residuals {
    let dimension, pairs: Int
    let noise: [Double]
    /// A residual a sample, and slopes of h. Samples are followed by the components' means, until leaps are known.
    var values: [Double]
    var slopes: [Double]
    /// What slopes do not explain of a sample's residual, nats; 0 where they explain it well enough.
    var leaps: [Double]

    private static let greatestLoss = 100.0
    /// Nats.
    private static let leastLeap = 3.0

    /// Points of a block: cancellation is polled between blocks. Mixtures are evaluated in blocks of 32.
    private static func blockSize(components: Int, dimension: Int) -> Int { 32 * max(1, min(8, (1 << 19) / (components * dimension * dimension))) }

    /// Nil where it was cancelled.
    init?(
        _ mixture: GaussianMixture, noise: [Double], pairs: Int, _ density: some TargetDensity, _ evaluations: inout Int, _ cancellation: Cancellation
    ) throws {
        let n = density.dimension, samples = 2 * pairs * mixture.components.count, count = samples + mixture.components.count
        dimension = n
        self.pairs = pairs
        self.noise = noise
        guard let points = Self.samplesAndMeans(of: mixture, noise: noise, pairs: pairs, cancellation) else { return nil }
        evaluations += count
        let own = MixtureDensity(mixture), block = Self.blockSize(components: mixture.components.count, dimension: n)
        values = [Double](repeating: 0, count: count)
        slopes = [Double](repeating: 0, count: count * n)
        leaps = [Double](repeating: 0, count: samples)
        var logarithms = values, gradients = slopes
        for start in stride(from: 0, to: count, by: block) {
            if cancellation.isRequested { return nil }
            let size = min(block, count - start), part = Array(points[start * n..<(start + size) * n])
            try values.withUnsafeMutableBufferPointer { values in
                try slopes.withUnsafeMutableBufferPointer { slopes in
                    try density.evaluate(part, count: size, into: values.baseAddress! + start, gradients: slopes.baseAddress! + start * n)
                }
            }
            logarithms.withUnsafeMutableBufferPointer { logarithms in
                gradients.withUnsafeMutableBufferPointer { gradients in
                    own.evaluate(part, count: size, into: logarithms.baseAddress! + start, gradients: gradients.baseAddress! + start * n)
                }
            }
        }
        for sample in 0..<count {
            // A point where the density vanishes or is undefined has −∞ and no slope.
            if !values[sample].isFinite || !slopes[sample * n..<(sample + 1) * n].allSatisfy(\.isFinite) {
                values[sample] = -.infinity
                for i in 0..<n { slopes[sample * n + i] = 0 }
            }
            values[sample] -= logarithms[sample]
        }
        let least = (values.max() ?? 0) - Self.greatestLoss, zero = values.reduce(least) { $1 > -.infinity ? min($0, $1) : $0 }
        for sample in 0..<count where values[sample] == -.infinity {
            values[sample] = zero
            for i in 0..<n { gradients[sample * n + i] = 0 }
        }
        let bounded = values.map { max($0, least) }
        for sample in 0..<samples { leaps[sample] = leap(from: samples + sample / (2 * pairs), to: sample, bounded, points, slopes, gradients) }
        for i in slopes.indices { slopes[i] -= gradients[i] }
        values.removeLast(count - samples)
        slopes.removeLast((count - samples) * n)
    }

    /// Mirrored samples of every component, and then the components' means, D numbers each; nil where it was cancelled.
    private static func samplesAndMeans(of mixture: GaussianMixture, noise: [Double], pairs: Int, _ cancellation: Cancellation) -> [Double]? {
        let n = mixture.components[0].dimension
        var points: [Double] = []
        points.reserveCapacity((2 * pairs + 1) * mixture.components.count * n)
        for (o, component) in mixture.components.enumerated() {
            if cancellation.isRequested { return nil }
            for pair in o * pairs..<(o + 1) * pairs {
                var deviation = Array(noise[pair * n..<(pair + 1) * n])
                PackedTriangle.solveVectorTransposed(n, component.precisionFactor, &deviation)
                for sign in [1.0, -1.0] { for i in 0..<n { points.append(component.mean[i] + sign * deviation[i]) } }
            }
        }
        for component in mixture.components { points += component.mean }
        return points
    }

    /// What slopes of log p̃ and log q do not explain of the difference between two points; 0 where each of the four by itself explains about as much.
    private func leap(from centre: Int, to sample: Int, _ values: [Double], _ points: [Double], _ slopes: [Double], _ ownSlopes: [Double]) -> Double {
        func half(_ slopes: [Double], _ point: Int) -> Double {
            var sum = 0.0
            for i in 0..<dimension { sum += slopes[point * dimension + i] * (points[sample * dimension + i] - points[centre * dimension + i]) }
            return 0.5 * sum
        }
        let parts = (half(slopes, centre), half(slopes, sample), half(ownSlopes, centre), half(ownSlopes, sample))
        let leap = values[sample] - values[centre] - (parts.0 + parts.1 - parts.2 - parts.3)
        let least = max(Self.leastLeap, abs(parts.0) + abs(parts.1) + abs(parts.2) + abs(parts.3))
        return abs(leap) > least ? min(max(leap, -Self.greatestLoss), Self.greatestLoss) : 0
    }

    /// The mean residual of every component.
    var rewards: [Double] {
        stride(from: 0, to: values.count, by: 2 * pairs).map { start in values[start..<start + 2 * pairs].reduce(0, +) / Double(2 * pairs) }
    }

    func bound(_ weights: [Double]) -> Double { zip(weights, rewards).reduce(0) { $0 + $1.0 * $1.1 } }

    /// The mixture after a step; nil where a precision would not be positive definite, or where it was cancelled.
    func step(_ mixture: GaussianMixture, length: Double, _ cancellation: Cancellation) -> GaussianMixture? {
        let n = dimension, rewards = rewards, mean = bound(mixture.weights)
        var components: [Gaussian] = []
        for (o, component) in mixture.components.enumerated() {
            if cancellation.isRequested { return nil }
            let factor = component.precisionFactor
            var slope = [Double](repeating: 0, count: n), curvature = [Double](repeating: 0, count: n * n)
            for pair in o * pairs..<(o + 1) * pairs {
                for sign in 0..<2 {
                    let start = (2 * pair + sign) * n
                    var v = Array(slopes[start..<start + n])
                    PackedTriangle.solveVector(n, factor, &v)
                    let size = v.reduce(0) { $0 + $1 * $1 }.squareRoot(), share = 10 / max(size, 10) / Double(2 * pairs)
                    for i in 0..<n {
                        slope[i] += share * v[i]
                        for j in 0..<n { curvature[i * n + j] += share * v[i] * (sign == 0 ? noise[pair * n + j] : -noise[pair * n + j]) }
                    }
                }
            }
            divide(&curvature, byNoiseOf: o)
            addLeaps(of: o, to: &slope, &curvature)
            var precision = [Double](repeating: 0, count: triangleCount(n))
            for i in 0..<n {
                for j in 0...i { precision[triangleIndex(i, j)] = (i == j ? 1 : 0) - 0.5 * length * (curvature[i * n + j] + curvature[j * n + i]) }
            }
            // A pivot below a tenth means that a deviation would more than triple in one step.
            guard let root = Self.factor(n, precision, least: 0.1) else { return nil }
            var shift = slope.map { length * $0 }
            PackedTriangle.solveVector(n, root, &shift)
            PackedTriangle.solveVectorTransposed(n, root, &shift)
            PackedTriangle.solveVectorTransposed(n, factor, &shift)
            components.append(Gaussian(mean: zip(component.mean, shift).map { $0 + $1 }, precisionFactor: PackedTriangle.product(n, factor, root)))
        }
        let logarithms = zip(mixture.weights, rewards).map { weight, reward in
            Elementary.log(max(weight, 1e-30)) + length * min(max(reward - mean, -20), 20)
        }
        let largest = logarithms.max()!, weights = logarithms.map { Elementary.exp(max($0 - largest, -300)) }, total = weights.reduce(0, +)
        return GaussianMixture(weights: weights.map { $0 / total }, components: components)
    }

    /// Adds the slope of what slopes do not explain.
    private func addLeaps(of o: Int, to slope: inout [Double], _ curvature: inout [Double]) {
        let n = dimension
        for pair in o * pairs..<(o + 1) * pairs {
            for (sample, sign) in [(2 * pair, 1.0), (2 * pair + 1, -1.0)] where leaps[sample] != 0 {
                let share = leaps[sample] / Double(2 * pairs)
                for i in 0..<n {
                    slope[i] += share * sign * noise[pair * n + i]
                    for j in 0..<n { curvature[i * n + j] += share * (noise[pair * n + i] * noise[pair * n + j] - (i == j ? 1 : 0)) }
                }
            }
        }
    }

    /// Replaces the mean of v·εᵀ by the regression of v on ε.
    private func divide(_ curvature: inout [Double], byNoiseOf o: Int) {
        let n = dimension
        var square = [Double](repeating: 0, count: triangleCount(n))
        for pair in o * pairs..<(o + 1) * pairs {
            for i in 0..<n { for j in 0...i { square[triangleIndex(i, j)] += noise[pair * n + i] * noise[pair * n + j] / Double(pairs) } }
        }
        guard let factor = Self.factor(n, square, least: 1e-3) else { return }
        for i in 0..<n {
            var row = Array(curvature[i * n..<(i + 1) * n])
            PackedTriangle.solveVector(n, factor, &row)
            PackedTriangle.solveVectorTransposed(n, factor, &row)
            for j in 0..<n { curvature[i * n + j] = row[j] }
        }
    }

    /// The Cholesky factor of a matrix; nil where a pivot is below the least.
    private static func factor(_ n: Int, _ matrix: [Double], least: Double) -> [Double]? {
        var a = matrix
        for j in 0..<n {
            var pivot = a[triangleIndex(j, j)]
            for k in 0..<j { pivot -= a[triangleIndex(j, k)] * a[triangleIndex(j, k)] }
            guard pivot >= least else { return nil }
            let root = pivot.squareRoot()
            a[triangleIndex(j, j)] = root
            for i in j + 1..<max(n, j + 1) {
                var sum = a[triangleIndex(i, j)]
                for k in 0..<j { sum -= a[triangleIndex(i, k)] * a[triangleIndex(j, k)] }
                a[triangleIndex(i, j)] = sum / root
            }
        }
        return a
    }
}
