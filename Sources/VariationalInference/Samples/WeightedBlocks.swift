import Mixtures
import Numerics

/// Samples that are to be weighted, one after the other, and what drew them.
package struct WeightedSamples: Sendable {
    package var places: [Double] = []
    package var logDensities: [Double] = []
    /// Gradients of log p̃; empty where nobody needs them.
    package var gradients: [Double] = []
    /// The component that drew each, or one that is likely to be near.
    package var drawers: [Int] = []
    /// log Σ n·N(x) of all Gaussians that drew samples, the components excepted; empty where only those did.
    package var logShares: [Double] = []
    package var count: Int { logDensities.count }

    package init() {}
}

/// Samples with their log-density ratios h = log p̃ − log q, the gradients of h, and their importance weights for every component.
///
/// The weight of sample i for component o is q(x_i|o)/z(x_i), where z is the mixture of all Gaussians that drew samples, by how many they drew.
/// Samples that are used again bring the share of the batches before along. Weights are kept where they matter only: block by block, sparsely.
final class WeightedBlocks: @unchecked Sendable {
    /// A block that matters to a component: which, and where its four registers of weights are.
    struct Entry {
        let block: Int
        let weights: Int
    }

    let places: PointBlocks
    /// Gradients of h.
    let slopes: PointBlocks?
    /// h, log q, log z and log Σ n_o·N_o of the components, four registers per block.
    private let registers = Registers()
    let ratios: UnsafeMutablePointer<DoubleLanes>
    let logDensities: UnsafeMutablePointer<DoubleLanes>
    let backgrounds: UnsafeMutablePointer<DoubleLanes>
    let shares: UnsafeMutablePointer<DoubleLanes>
    /// What h lacks where log p̃ is greater than sums can hold, sample by sample; empty where nothing does.
    private let excesses: [Double]
    /// One list per component.
    private(set) var entries: [[Entry]]
    private(set) var weights: UnsafeMutablePointer<DoubleLanes>
    /// The same of points where the density is zero, which are in none of the above.
    private(set) var zeroEntries: [[Entry]]
    private(set) var zeroWeights: [DoubleLanes] = []

    /// - Parameters:
    ///   - table: the mixture's components.
    ///   - logWeights: their log-weights.
    ///   - counts: how many of the samples each of them drew.
    ///   - cancellation: asked block by block; where it is requested, what was not reached is left empty.
    init(
        _ samples: WeightedSamples, table: DensityTable, logWeights: [Double], counts: [Int], threads: Int, cancellation: Cancellation = .never
    ) {
        let n = table.dimension, count = samples.count
        places = PointBlocks(samples.places, dimension: n, count: count)
        let hasSlopes = !samples.gradients.isEmpty
        let slopes = hasSlopes ? PointBlocks(samples.gradients, dimension: n, count: count) : nil
        self.slopes = slopes
        let blocks = places.blocks
        ratios = registers.take(16 * blocks, repeating: .zero)
        logDensities = ratios + 4 * blocks
        backgrounds = ratios + 8 * blocks
        shares = ratios + 12 * blocks
        excesses = Self.excesses(samples.logDensities)
        let shardBlocks = 8, shards = (blocks + shardBlocks - 1) / shardBlocks
        let results = (0..<shards).map { _ in Shard() }
        let (places, outputs) = (self.places, Unchecked((ratios, logDensities, backgrounds, shares)))
        parallelFor(shards, threads: threads) { shard in
            let workspace = BlockWeighting(table: table, logWeights: logWeights, counts: counts, total: count)
            let result = results[shard]
            for block in shard * shardBlocks..<min(blocks, (shard + 1) * shardBlocks) where !cancellation.isRequested {
                let start = block * PointBlocks.width
                let size = min(PointBlocks.width, count - start)
                workspace.load(samples, start: start, size: size)
                let (ratios, logs, backgrounds, shares) = outputs.value
                workspace.evaluate(
                    places[block], block: block, hint: samples.drawers[start], slopes: slopes.map { $0[block] },
                    into: (ratios + 4 * block, logs + 4 * block, backgrounds + 4 * block, shares + 4 * block), result)
            }
        }
        // Shards are joined in their order, whatever the order in which they were computed.
        let size = results.reduce(0) { $0 + $1.weights.count }
        weights = registers.take(size, repeating: .zero)
        entries = Array(repeating: [], count: table.count)
        zeroEntries = entries
        var offset = 0
        for result in results {
            result.weights.withUnsafeBufferPointer { source in
                if let first = source.baseAddress { (weights + offset).update(from: first, count: source.count) }
            }
            for (index, entry) in result.entries.enumerated() {
                entries[entry.component].append(Entry(block: entry.block, weights: offset + 4 * index))
            }
            offset += result.weights.count
            for (index, entry) in result.zeroEntries.enumerated() {
                zeroEntries[entry.component].append(Entry(block: entry.block, weights: zeroWeights.count + 4 * index))
            }
            zeroWeights += result.zeroWeights
        }
    }

    /// What one shard found.
    final class Shard: @unchecked Sendable {
        var entries: [(component: Int, block: Int)] = []
        var weights: [DoubleLanes] = []
        var zeroEntries: [(component: Int, block: Int)] = []
        var zeroWeights: [DoubleLanes] = []
    }

    /// What a component's weights sum up to.
    struct Moments {
        var weight = 0.0
        /// (Σ w)²/Σ w².
        var effectiveSamples = 0.0
        /// Weighted means of h, where the density is above zero, and of log q.
        var ratio = 0.0
        var logDensity = 0.0
        /// The weighted mean of what h lacks.
        var excess = 0.0
        /// The share of the weight, Σ w of all samples, that lies where the density is zero.
        var zeroShare = 0.0
    }

    /// - Complexity: O(entries of the component).
    func moments(of component: Int) -> Moments {
        var w = DoubleLanes.zero, square = w, ratio = w, log = w
        for entry in entries[component] {
            for r in 0..<4 {
                let value = weights[entry.weights + r]
                w += value
                square = square.fma(value, value)
                ratio = ratio.fma(value, ratios[4 * entry.block + r])
                log = log.fma(value, logDensities[4 * entry.block + r])
            }
        }
        var zeros = DoubleLanes.zero, zeroLog = zeros
        for entry in zeroEntries[component] {
            for r in 0..<4 {
                zeros += zeroWeights[entry.weights + r]
                zeroLog = zeroLog.fma(zeroWeights[entry.weights + r], logDensities[4 * entry.block + r])
            }
        }
        let sum = w.sum(), lost = zeros.sum()
        let zeroShare = lost > 0 && (sum + lost).isFinite ? lost / (sum + lost) : 0
        guard sum > 0, sum.isFinite else { return Moments(logDensity: lost > 0 ? zeroLog.sum() / lost : 0, zeroShare: zeroShare) }
        return Moments(
            weight: sum, effectiveSamples: sum * sum / square.sum(), ratio: ratio.sum() / sum,
            logDensity: lost > 0 ? (log.sum() + zeroLog.sum()) / (sum + lost) : log.sum() / sum, excess: excess(of: component, weight: sum),
            zeroShare: zeroShare)
    }

    private static func excesses(_ logDensities: [Double]) -> [Double] {
        func excess(_ value: Double) -> Double {
            let rest = abs(value) - BlockWeighting.greatestLogarithm
            return value.isFinite && rest > 0 ? (value < 0 ? -rest : rest) : 0
        }
        return logDensities.contains { excess($0) != 0 } ? logDensities.map(excess) : []
    }

    private func excess(of component: Int, weight: Double) -> Double {
        guard !excesses.isEmpty else { return 0 }
        var result = 0.0
        for entry in entries[component] {
            for place in 0..<PointBlocks.width {
                let sample = entry.block * PointBlocks.width + place
                // Shares, so that no product overflows.
                if sample < excesses.count { result += weights[entry.weights + place / 8][place % 8] / weight * excesses[sample] }
            }
        }
        return result
    }
}

extension WeightedBlocks {
    /// log Σ n_o·N_o(x) of the components at all samples in their order.
    func logShares(count: Int) -> [Double] {
        (0..<count).map { shares[4 * ($0 / PointBlocks.width) + $0 % PointBlocks.width / 8][$0 % 8] }
    }

    /// The components' means of h, where the density is above zero, for other weights of theirs: log q(x) = log z(x) + log Σ_o q(o)·w_o(x) with the weights w_o(x) = q(x|o)/z(x).
    func ratios(logWeights: [Double]) -> [Double] {
        let size = 4 * places.blocks
        let sums = UnsafeMutablePointer<DoubleLanes>.allocate(capacity: max(1, size))
        sums.initialize(repeating: .zero, count: max(1, size))
        defer { sums.deallocate() }
        for (component, list) in entries.enumerated() {
            let share = DoubleLanes(repeating: Elementary.exp(logWeights[component]))
            for entry in list {
                for r in 0..<4 { sums[4 * entry.block + r] = sums[4 * entry.block + r].fma(share, weights[entry.weights + r]) }
            }
        }
        for index in 0..<size {
            let log = backgrounds[index] + sums[index].maximum(DoubleLanes(repeating: 1e-300)).logarithm
            sums[index] = ratios[index] + logDensities[index] - log
        }
        return entries.map { list in
            var w = DoubleLanes.zero, ratio = w
            for entry in list {
                for r in 0..<4 {
                    w += weights[entry.weights + r]
                    ratio = ratio.fma(weights[entry.weights + r], sums[4 * entry.block + r])
                }
            }
            let sum = w.sum()
            return sum > 0 && sum.isFinite ? ratio.sum() / sum : 0
        }
    }
}

/// Makes a value Sendable that threads share without conflict.
struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
