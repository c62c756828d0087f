import Mixtures
import Numerics

/// Samples with their log-density ratios h = log p̃ − log q, the gradients of h, and their importance weights for every component.
///
/// The weight of sample i for component o is q(x_i|o)/z(x_i), where z is the mixture of all Gaussians that drew samples, by how many they drew.
/// Weights are kept where they matter only: block by block, sparsely.
final class WeightedBlocks: @unchecked Sendable {
    /// A block that matters to a component: which, and where its four registers of weights are.
    struct Entry {
        let block: Int
        let weights: Int
    }

    /// The samples to be weighted, one after the other, and what drew them.
    struct Samples {
        var places: [Double] = []
        var logDensities: [Double] = []
        /// Gradients of log p̃; empty where nobody needs them.
        var gradients: [Double] = []
        /// Which Gaussian of the table drew each.
        var drawers: [Int] = []
        var count: Int { logDensities.count }
    }

    let places: PlaceBlocks
    /// Gradients of h.
    let slopes: PlaceBlocks?
    /// h and log q, four registers a block.
    let ratios: UnsafeMutablePointer<DoubleLanes>
    let logDensities: UnsafeMutablePointer<DoubleLanes>
    /// One list a component.
    private(set) var entries: [[Entry]]
    private(set) var weights: UnsafeMutablePointer<DoubleLanes>
    /// Places whose target was not finite.
    private(set) var invalid = 0

    deinit {
        ratios.deallocate()
        logDensities.deallocate()
        weights.deallocate()
    }

    /// - Parameters:
    ///   - components: how many of the table's Gaussians, the first ones, are the mixture's components.
    ///   - logWeights: of these, their log-weights.
    ///   - counts: how many of the samples each of the table's Gaussians drew.
    init(_ samples: Samples, table: DensityTable, components: Int, logWeights: [Double], counts: [Int], threads: Int) {
        let n = table.dimension, count = samples.count
        places = PlaceBlocks(samples.places, dimension: n, count: count)
        let hasSlopes = !samples.gradients.isEmpty
        let slopes = hasSlopes ? PlaceBlocks(samples.gradients, dimension: n, count: count) : nil
        self.slopes = slopes
        let blocks = places.blocks
        ratios = .allocate(capacity: max(1, 4 * blocks))
        ratios.initialize(repeating: .zero, count: max(1, 4 * blocks))
        logDensities = .allocate(capacity: max(1, 4 * blocks))
        logDensities.initialize(repeating: .zero, count: max(1, 4 * blocks))
        let shardBlocks = 8, shards = (blocks + shardBlocks - 1) / shardBlocks
        let total = Double(max(1, count))
        let logShares = counts.map { $0 > 0 ? Elementary.log(Double($0) / total) : -.infinity }
        let mixtureWeights = (0..<table.count).map { $0 < components ? logWeights[$0] : -.infinity }
        let results = (0..<shards).map { _ in Shard() }
        let (places, ratios, logs) = (self.places, Unchecked(self.ratios), Unchecked(logDensities))
        parallelFor(shards, threads: threads) { shard in
            let workspace = BlockWeighting(
                table: table, components: components, logWeights: mixtureWeights, logShares: logShares)
            let result = results[shard]
            for block in shard * shardBlocks..<min(blocks, (shard + 1) * shardBlocks) {
                let start = block * PlaceBlocks.width
                let size = min(PlaceBlocks.width, count - start)
                workspace.load(samples, start: start, size: size)
                workspace.evaluate(
                    places[block], block: block, hint: samples.drawers[start], ratios: ratios.value + 4 * block, logs: logs.value + 4 * block,
                    slopes: slopes.map { $0[block] }, into: result)
            }
        }
        // Shards are joined in their order, whatever the order in which they were computed.
        let size = results.reduce(0) { $0 + $1.weights.count }
        weights = .allocate(capacity: max(1, size))
        entries = Array(repeating: [], count: components)
        var offset = 0
        for result in results {
            result.weights.withUnsafeBufferPointer { source in
                if let first = source.baseAddress { (weights + offset).initialize(from: first, count: source.count) }
            }
            for (index, entry) in result.entries.enumerated() {
                entries[entry.component].append(Entry(block: entry.block, weights: offset + 4 * index))
            }
            offset += result.weights.count
            invalid += result.invalid
        }
    }

    /// What one shard found.
    final class Shard: @unchecked Sendable {
        var entries: [(component: Int, block: Int)] = []
        var weights: [DoubleLanes] = []
        var invalid = 0
    }

    /// What a component's weights sum up to.
    struct Moments {
        var weight = 0.0
        /// (Σ w)²/Σ w².
        var effectiveSamples = 0.0
        /// Weighted means of h and of log q.
        var ratio = 0.0
        var logDensity = 0.0
    }

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
        let sum = w.sum()
        guard sum > 0, sum.isFinite else { return Moments() }
        return Moments(weight: sum, effectiveSamples: sum * sum / square.sum(), ratio: ratio.sum() / sum, logDensity: log.sum() / sum)
    }
}

/// Lets a value that threads share without conflict pass the compiler.
struct Unchecked<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
