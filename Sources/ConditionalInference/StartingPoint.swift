import Numerics

/// Where a training begins: the Gaussian N(centre, deviation²) that components are spread over, and the first power of p̃ that is climbed.
///
/// Both are found from draws at some contexts. The first power is the greatest at which draws of the Gaussian, weighted by p̃^β, keep half
/// of their number as effective size. The Gaussian itself is moved to the weighted moments of its own draws, with weights
/// (p̃/N)^β of an effective size of a fifth, pooled over contexts, until it no longer changes: scales that are off by a factor of ten are
/// recovered.
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
        for _ in 0..<Self.greatestRounds {
            let sample = PriorSample(standardise(density), contexts: contexts, count: count, draws: draws, using: &stream)
            var sums = [Double](repeating: 0, count: n), squares = sums, weight = 0.0
            for context in 0..<count {
                guard let weights = sample.weights(context, effectiveShare: Self.adaptationEffectiveShare, relative: true) else { continue }
                weight += 1
                for (draw, w) in weights.enumerated() where w > 0 {
                    for i in 0..<n {
                        let u = sample.place(context, draw, i)
                        sums[i] += w * u
                        squares[i] += w * u * u
                    }
                }
            }
            guard weight > 0 else { return }
            rounds += 1
            var change = 0.0
            for i in 0..<n {
                let mean = sums[i] / weight, spread = max(squares[i] / weight - mean * mean, 1e-12).squareRoot()
                change = max(change, abs(mean), abs(spread - 1))
                centre[i] += deviation[i] * mean
                deviation[i] *= spread
            }
            if change < Self.tolerance { return }
        }
    }

    /// Sets the first power of the density; of the density over the Gaussian where annealing starts from a prior.
    public mutating func setTemperature(
        for density: some ConditionalDensity, contexts: [Float], count: Int, draws: Int = 512, annealsFromPrior: Bool = false,
        using stream: inout RandomStream
    ) {
        let sample = PriorSample(standardise(density), contexts: contexts, count: count, draws: draws, using: &stream)
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

/// Draws of a standard normal distribution at some contexts, and a density's values there.
struct PriorSample {
    private let dimension, draws: Int
    /// Registers of sixteen contexts: `dimension` a draw, draws within blocks.
    private var places: [Lanes]
    private var values: [Lanes]

    init(_ density: some ConditionalDensity, contexts: [Float], count: Int, draws: Int, using stream: inout RandomStream) {
        precondition(count > 0 && count % laneCount == 0 && contexts.count == count * density.contextCount, "\(count) contexts are not a multiple of 16")
        let n = density.dimension, blocks = count / laneCount
        dimension = n
        self.draws = draws
        var random = LaneRandom(using: &stream)
        var places = [Lanes](repeating: .zero, count: blocks * draws * n)
        for i in Swift.stride(from: 0, to: places.count, by: 2) {
            let (a, b) = random.normals()
            places[i] = a
            if i + 1 < places.count { places[i + 1] = b }
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
        self.places = places
        self.values = values
    }

    func place(_ context: Int, _ draw: Int, _ i: Int) -> Double {
        Double(places[(context / laneCount * draws + draw) * dimension + i][context % laneCount])
    }

    /// log p̃, or log p̃/N up to a constant, of all draws of a context; −∞ where the density vanishes or is undefined.
    private func logarithms(_ context: Int, relative: Bool) -> [Double] {
        (0..<draws).map { draw in
            let value = Double(values[context / laneCount * draws + draw][context % laneCount])
            guard value < .infinity, value > -1e25 else { return -.infinity }
            return relative ? (0..<dimension).reduce(value) { $0 + 0.5 * place(context, draw, $1) * place(context, draw, $1) } : value
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
