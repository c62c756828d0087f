import Mixtures
import Numerics

/// Where a training begins: the Gaussian N(centre, deviation²) that components are spread over, and the first power of p̃ that is climbed.
///
/// Both are found from draws at some contexts. The first power is the greatest at which draws of the Gaussian, weighted by p̃^β, keep half
/// of their number as effective size. The Gaussian itself is moved to the weighted moments of its own draws, with weights
/// (p̃/N)^β of an effective size of a fifth, pooled over contexts, until it no longer changes: scales that are off by a factor of ten are
/// recovered. Covariances are adapted in full, though only deviations are kept: for any power β < 1 independent coordinates would end at
/// the deviations of each given the others, which miss modes where coordinates are correlated.
public struct StartingPoint: Sendable, Equatable {
    public var centre: [Double]
    public var deviation: [Double]
    /// β at the start of the annealing.
    public var temperature = 1.0
    /// Rounds that the adaptation took.
    public var rounds = 0

    /// The share of the draws that the first power keeps, and the one that the moments are taken with.
    public static let firstEffectiveShare = 0.5
    public static let adaptationEffectiveShare = 0.2
    /// The adaptation ends where neither centre nor deviation changes by more than this share of the deviation.
    public static let tolerance = 0.05
    public static let greatestRounds = 30

    /// - Precondition: as many centres as deviations; deviations are positive.
    public init(centre: [Double], deviation: [Double]) {
        precondition(centre.count == deviation.count && deviation.allSatisfy { $0 > 0 && $0.isFinite }, "deviations must be positive")
        self.centre = centre
        self.deviation = deviation
    }

    /// The density in the coordinates in which this is the standard normal distribution.
    public func standardise<Base: ConditionalDensity>(_ base: Base) -> StandardisedDensity<Base> {
        StandardisedDensity(base, centre: centre.map { Float($0) }, scale: deviation.map { Float($0) })
    }

    /// Moves the Gaussian to where the density's mass is.
    ///
    /// - Parameters:
    ///   - contexts: value i of context l at `i·count + l`; `count` is a multiple of 16.
    ///   - draws: places a context.
    public mutating func adapt(
        to density: some ConditionalDensity, contexts: [Float], count: Int, draws: Int = 512, using stream: inout RandomStream
    ) {
        let n = centre.count
        var factor = diagonalFactor
        for _ in 0..<Self.greatestRounds {
            let sample = PriorSample(density, centre: centre, factor: factor, contexts: contexts, count: count, draws: draws, using: &stream)
            guard let (mean, covariance) = sample.moments(effectiveShare: Self.adaptationEffectiveShare) else { return }
            rounds += 1
            var change = 0.0
            for i in 0..<n {
                let spread = max(covariance[triangleIndex(i, i)], 1e-30).squareRoot()
                change = max(change, abs(mean[i]) / deviation[i], abs(spread / deviation[i] - 1))
                centre[i] += mean[i]
                deviation[i] = spread
            }
            // In units of the deviations, so that no pivot is lost among others.
            factor = covariance
            for i in 0..<n { for j in 0...i { factor[triangleIndex(i, j)] /= deviation[i] * deviation[j] } }
            factor.withUnsafeMutableBufferPointer { PackedTriangle.factorise(n, $0.baseAddress!, least: 1e-6) }
            for i in 0..<n { for j in 0...i { factor[triangleIndex(i, j)] *= deviation[i] } }
            if change < Self.tolerance { return }
        }
    }

    private var diagonalFactor: [Double] {
        var factor = [Double](repeating: 0, count: triangleCount(centre.count))
        for i in centre.indices { factor[triangleIndex(i, i)] = deviation[i] }
        return factor
    }

    /// Sets the first power of the density; of the density over the Gaussian where annealing starts from a prior.
    public mutating func setTemperature(
        for density: some ConditionalDensity, contexts: [Float], count: Int, draws: Int = 512, annealsFromPrior: Bool = false,
        using stream: inout RandomStream
    ) {
        let sample = PriorSample(density, centre: centre, factor: diagonalFactor, contexts: contexts, count: count, draws: draws, using: &stream)
        func share(_ power: Double) -> Double {
            var sum = 0.0, number = 0.0
            for context in 0..<count {
                guard let value = sample.effectiveShare(context, power: power, relative: annealsFromPrior) else { continue }
                sum += value
                number += 1
            }
            return number > 0 ? sum / number : 1
        }
        temperature = Bisection.greatestPower(from: 1e-6) { share($0) >= Self.firstEffectiveShare }
    }
}

/// The greatest power in a range for which a condition holds that holds below it.
enum Bisection {
    /// - Returns: the range's lower end where the condition holds nowhere.
    static func greatestPower(from least: Double, _ holds: (Double) -> Bool) -> Double {
        if holds(1) { return 1 }
        var (low, high) = (Elementary.log(least), 0.0)
        for _ in 0..<30 {
            let middle = 0.5 * (low + high)
            if holds(Elementary.exp(middle)) { low = middle } else { high = middle }
        }
        return Elementary.exp(low)
    }
}

/// Draws of a Gaussian at some contexts, and a density's values there.
struct PriorSample {
    private let dimension, draws, count: Int
    private let centre: [Double]
    /// Registers of sixteen contexts, `dimension` a draw, draws within blocks: standard normal numbers ε, and places centre + L·ε.
    private let noise, places: [Lanes]
    private let values: [Lanes]

    /// - Parameter factor: L, the Cholesky factor of the covariance, packed by rows.
    init(_ density: some ConditionalDensity, centre: [Double], factor: [Double], contexts: [Float], count: Int, draws: Int,
         using stream: inout RandomStream) {
        precondition(count > 0 && count % laneCount == 0 && contexts.count == count * density.contextCount, "\(count) contexts are not a multiple of 16")
        let n = density.dimension, blocks = count / laneCount
        dimension = n
        self.draws = draws
        self.count = count
        self.centre = centre
        var random = LaneRandom(using: &stream)
        var noise = [Lanes](repeating: .zero, count: blocks * draws * n)
        noise.withUnsafeMutableBufferPointer { if let first = $0.baseAddress { random.fillNormals(first, count: $0.count) } }
        var places = noise
        for draw in 0..<blocks * draws {
            for i in 0..<n {
                var x = Lanes(repeating: Float(centre[i]))
                for j in 0...i { x = x.fma(Lanes(repeating: Float(factor[triangleIndex(i, j)])), noise[draw * n + j]) }
                places[draw * n + i] = x
            }
        }
        var values = [Lanes](repeating: .zero, count: blocks * draws)
        var gradients = [Lanes](repeating: .zero, count: draws * n), scratch = [Lanes](repeating: .zero, count: max(1, density.scratchCount))
        contexts.withUnsafeBufferPointer { contexts in
            places.withUnsafeBufferPointer { places in
                values.withUnsafeMutableBufferPointer { values in
                    for block in 0..<blocks {
                        density.evaluate(
                            places.baseAddress! + block * draws * n, count: draws, contexts: contexts.baseAddress! + block * laneCount, stride: count,
                            values: values.baseAddress! + block * draws, gradients: &gradients, scratch: &scratch)
                    }
                }
            }
        }
        self.noise = noise
        self.places = places
        self.values = values
    }

    /// Mean and covariance of the weighted draws about the centre, pooled over the contexts; nil where the density vanishes at all draws.
    func moments(effectiveShare: Double) -> (mean: [Double], covariance: [Double])? {
        let n = dimension
        var mean = [Double](repeating: 0, count: n), covariance = [Double](repeating: 0, count: triangleCount(n)), total = 0.0
        for context in 0..<count {
            guard let weights = weights(context, effectiveShare: effectiveShare, relative: true) else { continue }
            total += 1
            for (draw, weight) in weights.enumerated() where weight > 0 {
                let start = (context / laneCount * draws + draw) * n
                for i in 0..<n {
                    let x = Double(places[start + i][context % laneCount]) - centre[i]
                    mean[i] += weight * x
                    for j in 0...i { covariance[triangleIndex(i, j)] += weight * x * (Double(places[start + j][context % laneCount]) - centre[j]) }
                }
            }
        }
        guard total > 0 else { return nil }
        for i in 0..<n { mean[i] /= total }
        for i in 0..<n { for j in 0...i { covariance[triangleIndex(i, j)] = covariance[triangleIndex(i, j)] / total - mean[i] * mean[j] } }
        return (mean, covariance)
    }

    /// log p̃, or log p̃/N up to a constant, of all draws of a context; −∞ where the density vanishes or is undefined.
    private func logarithms(_ context: Int, relative: Bool) -> [Double] {
        (0..<draws).map { draw in
            let place = context / laneCount * draws + draw, lane = context % laneCount
            let value = Double(values[place][lane])
            guard value < .infinity, value > -1e25 else { return -.infinity }
            guard relative else { return value }
            var square = 0.0
            for i in 0..<dimension { square += Double(noise[place * dimension + i][lane] * noise[place * dimension + i][lane]) }
            return value + 0.5 * square
        }
    }

    /// (Σw)²/Σw² over the number of draws; nil where the density vanishes at all of them.
    func effectiveShare(_ context: Int, power: Double, relative: Bool) -> Double? {
        Self.weigh(logarithms(context, relative: relative), power: power).map { Self.effectiveShare($0) }
    }

    /// Normalised weights of the greatest power up to one that keeps the effective size; nil where the density vanishes at all draws.
    func weights(_ context: Int, effectiveShare least: Double, relative: Bool) -> [Double]? {
        let logarithms = logarithms(context, relative: relative)
        guard logarithms.contains(where: { $0 > -.infinity }) else { return nil }
        let power = Bisection.greatestPower(from: 1e-9) { Self.weigh(logarithms, power: $0).map { Self.effectiveShare($0) } ?? 0 >= least }
        return Self.weigh(logarithms, power: power)
    }

    private static func weigh(_ logarithms: [Double], power: Double) -> [Double]? {
        guard let largest = logarithms.max(), largest > -.infinity else { return nil }
        let weights = logarithms.map { Elementary.exp(max(power * ($0 - largest), -700)) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    private static func effectiveShare(_ weights: [Double]) -> Double {
        1 / (weights.reduce(0) { $0 + $1 * $1 } * Double(weights.count))
    }
}
