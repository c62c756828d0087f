import Mixtures
import Networks
import Numerics

/// Looks for modes that a conditional mixture misses: places of high residual log p̃ − log q at some contexts.
///
/// Draws of a standard normal distribution in the network's coordinates climb log p̃ at their contexts; where they arrive, the residual
/// tells how much more mass the density has there than the mixture. At modes that are held it is about log Z at all contexts. The mixture
/// counts with at least e^−Δ of its greatest density, as in VIPS: what lies deep in its tails is no mode for that alone.
public struct ResidualSearch: Sendable {
    /// Draws a context, and steps that each climbs.
    public var draws = 64
    public var climbs = 60
    /// The length of the first and of the last step in each coordinate.
    public var firstStep = 0.3
    public var lastStep = 0.003
    /// Δ, nats.
    public var depth = 8.0
    /// By how much a residual must exceed the mixture's bound at its context to count, nats.
    public var excess = 4.0

    public init() {}

    /// A place where the density has more mass than the mixture.
    public struct Candidate: Sendable {
        /// The context's column.
        public var context: Int
        public var place: [Double]
        /// log p̃ − log q above the mixture's own bound there, nats.
        public var excess: Double

        public init(context: Int, place: [Double], excess: Double) {
            self.context = context
            self.place = place
            self.excess = excess
        }
    }

    /// Candidates of all contexts, the highest first.
    ///
    /// - Parameters:
    ///   - outputs: the network's at these contexts, with biases; row r of context l at `r·stride + l`.
    ///   - contexts: what the density reads, with the same stride.
    ///   - count: the number of contexts, a multiple of 16.
    public func candidates(
        _ objective: PathObjective, _ density: some ConditionalDensity, outputs: UnsafePointer<Float>, contexts: UnsafePointer<Float>, stride: Int,
        count: Int, using stream: inout RandomStream
    ) -> [Candidate] {
        let n = density.dimension
        var random = LaneRandom(using: &stream), result: [Candidate] = []
        for column in Swift.stride(from: 0, to: count, by: laneCount) {
            var places = (0..<draws * n / 2 + 1).flatMap { _ in let (a, b) = random.normals(); return [a, b] }
            let values = climb(density, &places, contexts: contexts + column, stride: stride)
            for lane in 0..<laneCount {
                let mixture = MixtureReading.mixture(objective, outputs + column + lane, stride: stride)
                var x: [Double] = []
                for draw in 0..<draws { for i in 0..<n { x.append(Double(places[draw * n + i][lane])) } }
                var logarithms = [Double](repeating: 0, count: draws)
                MixtureDensity(mixture).evaluate(x, count: draws, into: &logarithms, gradients: nil)
                // The mixture's own residual at its means, weighted, stands for its bound.
                let (level, top) = level(mixture, density, contexts: contexts + column + lane, stride: stride)
                for draw in 0..<draws {
                    let value = Double(values[draw][lane])
                    guard value.isFinite, value > -1e25 else { continue }
                    let gain = value - max(logarithms[draw], top - depth) - level
                    if gain > excess { result.append(Candidate(context: column + lane, place: Array(x[draw * n..<(draw + 1) * n]), excess: gain)) }
                }
            }
        }
        return result.sorted { ($0.excess, $1.context) > ($1.excess, $0.context) }
    }

    /// Signs of the slope, with steps that shrink: robust against cliffs and scales alike.
    private func climb(
        _ density: some ConditionalDensity, _ places: inout [Lanes], contexts: UnsafePointer<Float>, stride: Int
    ) -> [Lanes] {
        let n = density.dimension
        var values = [Lanes](repeating: .zero, count: draws), gradients = [Lanes](repeating: .zero, count: draws * n)
        var scratch = [Lanes](repeating: .zero, count: max(1, density.scratchCount))
        var momentum = [Lanes](repeating: .zero, count: draws * n), square = momentum
        let shrink = Elementary.exp(Elementary.log(lastStep / firstStep) / Double(max(1, climbs - 1)))
        var step = firstStep
        for _ in 0..<climbs {
            density.evaluate(places, count: draws, contexts: contexts, stride: stride, values: &values, gradients: &gradients, scratch: &scratch)
            for i in 0..<draws * n {
                let g = gradients[i].limited(to: 1e15)
                momentum[i] = momentum[i] * 0.6 + g * 0.4
                square[i] = square[i] * 0.8 + g * g * 0.2
                places[i] += Float(step) * momentum[i] / (square[i].squareRoot() + 1e-12)
            }
            step *= shrink
        }
        density.evaluate(places, count: draws, contexts: contexts, stride: stride, values: &values, gradients: &gradients, scratch: &scratch)
        return values
    }

    /// Σ w·(log p̃ − log q) at the means of components with weights above a hundredth, and the greatest log q there.
    private func level(_ mixture: GaussianMixture, _ density: some ConditionalDensity, contexts: UnsafePointer<Float>, stride: Int)
        -> (level: Double, top: Double) {
        let n = density.dimension, chosen = mixture.weights.indices.filter { mixture.weights[$0] > 0.01 }
        var values = [Lanes](repeating: .zero, count: chosen.count), gradients = [Lanes](repeating: .zero, count: chosen.count * n)
        var scratch = [Lanes](repeating: .zero, count: max(1, density.scratchCount))
        let means = chosen.flatMap { mixture.components[$0].mean }
        let context = (0..<density.contextCount).flatMap { [Float](repeating: contexts[$0 * stride], count: laneCount) }
        density.evaluate(means.map { Lanes(repeating: Float($0)) }, count: chosen.count, contexts: context, stride: laneCount, values: &values,
                         gradients: &gradients, scratch: &scratch)
        var logarithms = [Double](repeating: 0, count: chosen.count)
        MixtureDensity(mixture).evaluate(means, count: chosen.count, into: &logarithms, gradients: nil)
        var sum = 0.0, total = 0.0
        for (index, o) in chosen.enumerated() {
            let value = max(Double(values[index][0]), -1e6)
            guard value.isFinite else { continue }
            sum += mixture.weights[o] * (value - logarithms[index])
            total += mixture.weights[o]
        }
        return (total > 0 ? sum / total : -.infinity, logarithms.max() ?? -.infinity)
    }
}

/// Mixtures in double precision from a network's outputs.
public enum MixtureReading {
    /// - Parameter outputs: row r at `r·stride`, with biases.
    public static func mixture(_ objective: PathObjective, _ outputs: UnsafePointer<Float>, stride: Int) -> GaussianMixture {
        let k = objective.components, n = objective.dimension, raws = objective.projection.rawCount
        func output(_ row: Int) -> Double { Double(outputs[row * stride]) }
        let logits = (0..<k).map(output), largest = logits.max()!
        let exponentials = logits.map { Elementary.exp(max($0 - largest, -300)) }, total = exponentials.reduce(0, +)
        let components = (0..<k).map { o in
            let row = k + o * (n + raws)
            let raw = (0..<raws).map { output(row + n + $0) }
            var factor = [Double](repeating: 0, count: triangleCount(n)), scratch = raw
            objective.projection.projectTriangle(raw, into: &factor, scratch: &scratch)
            return Gaussian(mean: (0..<n).map { output(row + $0) }, precisionFactor: factor)
        }
        return GaussianMixture(weights: exponentials.map { $0 / total }, components: components)
    }
}
