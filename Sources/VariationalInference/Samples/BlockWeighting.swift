import Mixtures
import Numerics

/// What one thread needs to weight a block of samples.
final class BlockWeighting {
    /// What lies below the greatest term by so many nats is left out of a sum: 2e-15 of it.
    private static let negligible = 34.0
    /// Weights below this are left out. They sum up to the number of samples, so that at most this share of the sum is lost.
    private static let leastWeight = 1e-7
    /// Sums over samples of what is at most this, times whatever weights, are finite. Logarithms beyond are cut.
    static let greatestLogarithm = 1e250
    /// A register that is no logarithm's argument stays above this.
    private static let leastSum = DoubleLanes(repeating: 1e-300)
    /// Registers of Aᵀ·(x − μ) that are kept until the gradients need them: as many as stay in the second cache.
    private static let keptRegisters = 4096

    private let table: DensityTable
    private let weights: [Double]
    private let logWeights: [Double]
    private let counts: [Double]
    private let logCounts: [Double]
    private let total: Double
    private let memory = Registers()
    private let all: UnsafeMutablePointer<DoubleLanes>
    private let greatest, background, limits, logTarget, valid, zero, others, mixture, scales: UnsafeMutablePointer<DoubleLanes>
    private let differences, whitened, terms: UnsafeMutablePointer<DoubleLanes>
    /// The Gaussians that matter at the block.
    private let near: UnsafeMutablePointer<Int>
    private var nearCount = 0
    /// How many Gaussians' products are kept.
    private let keptCount: Int
    /// Whether the block has points of density zero.
    private var hasZeros = false

    /// - Parameters:
    ///   - counts: how many of the samples each Gaussian drew.
    ///   - total: how many samples there are.
    init(table: DensityTable, logWeights: [Double], counts: [Int], total: Int) {
        self.table = table
        self.logWeights = logWeights
        weights = logWeights.map { Elementary.exp($0) }
        self.counts = counts.map { Double($0) }
        logCounts = self.counts.map { $0 > 0 ? Elementary.log($0) : -.infinity }
        self.total = Double(max(1, total))
        let size = 4 * table.dimension
        keptCount = min(table.count, Self.keptRegisters / size)
        let registers = 36 + size + (keptCount + 1) * size + 4 * table.count
        all = memory.take(registers, repeating: .zero)
        greatest = all
        background = all + 4
        limits = all + 8
        logTarget = all + 12
        valid = all + 16
        others = all + 20
        mixture = all + 24
        scales = all + 28
        zero = all + 32
        differences = all + 36
        whitened = differences + size
        terms = whitened + (keptCount + 1) * size
        near = memory.take(table.count, repeating: 0)
    }

    /// Takes the target's values of a block; points of density zero and those behind the last one are kept apart.
    func load(_ samples: WeightedSamples, start: Int, size: Int) {
        hasZeros = false
        for place in 0..<PointBlocks.width {
            let index = start + place
            let isThere = place < size, isZero = isThere && samples.logDensities[index] == -.infinity
            if isZero { hasZeros = true }
            let value = isThere && !isZero ? samples.logDensities[index] : 0
            logTarget[place / 8][place % 8] = min(max(value, -Self.greatestLogarithm), Self.greatestLogarithm)
            valid[place / 8][place % 8] = isThere && !isZero ? 1 : 0
            zero[place / 8][place % 8] = isZero ? 1 : 0
            let other = isThere && !samples.logShares.isEmpty ? samples.logShares[index] : -.greatestFiniteMagnitude
            others[place / 8][place % 8] = other
        }
    }

    /// Computes h, log q, log z, the components' share of z, the gradient of h and the weights at a block.
    ///
    /// - Parameters:
    ///   - hint: the Gaussian that is likely to have the greatest density here.
    ///   - slopes: gradients of log p̃; they become those of h.
    func evaluate(
        _ x: UnsafePointer<DoubleLanes>, block: Int, hint: Int, slopes: UnsafeMutablePointer<DoubleLanes>?,
        into outputs: (ratios: UnsafeMutablePointer<DoubleLanes>, logs: UnsafeMutablePointer<DoubleLanes>,
                       backgrounds: UnsafeMutablePointer<DoubleLanes>, shares: UnsafeMutablePointer<DoubleLanes>),
        _ shard: WeightedBlocks.Shard
    ) {
        findNear(x, hint: hint)
        for r in 0..<4 {
            // Densities relative to the greatest term of q and z; one of a component whose weight is small is at most 1/weight.
            let reference = greatest[r].maximum(background[r])
            var q = DoubleLanes.zero, z = DoubleLanes.zero
            for index in 0..<nearCount {
                let entry = near[index], density = (terms[4 * index + r] - reference).exponential
                terms[4 * index + r] = density
                q = q.fma(DoubleLanes(repeating: weights[entry]), density)
                z = z.fma(DoubleLanes(repeating: counts[entry]), density)
            }
            q = q.maximum(Self.leastSum)
            outputs.logs[r] = reference + q.logarithm
            outputs.ratios[r] = (logTarget[r] - outputs.logs[r]) * valid[r]
            outputs.shares[r] = reference + z.maximum(Self.leastSum).logarithm
            z = (z + (others[r] - reference).exponential).maximum(Self.leastSum) * (1 / total)
            outputs.backgrounds[r] = reference + z.logarithm
            mixture[r] = valid[r] / q
            scales[r] = valid[r] / z
            zero[r] /= z
        }
        if let slopes { subtractGradient(x, from: slopes) }
        var kept = 0
        for index in 0..<nearCount {
            let term = terms + 4 * index
            if hasZeros { noteZeros(near[index], block, term, shard) }
            let w0 = term[0] * scales[0], w1 = term[1] * scales[1], w2 = term[2] * scales[2], w3 = term[3] * scales[3]
            let most = w0.maximum(w1).maximum(w2.maximum(w3))
            guard DoubleLanes(repeating: Self.leastWeight).isAnywhereAtMost(most) else { continue }
            shard.entries.append((near[index], block))
            let place = terms + 4 * kept
            (place[0], place[1], place[2], place[3]) = (w0, w1, w2, w3)
            kept += 1
        }
        shard.weights.append(contentsOf: UnsafeBufferPointer(start: terms, count: 4 * kept))
    }

    // The weights of places where the density is zero, in lists of their own.
    private func noteZeros(_ component: Int, _ block: Int, _ term: UnsafePointer<DoubleLanes>, _ shard: WeightedBlocks.Shard) {
        let w0 = term[0] * zero[0], w1 = term[1] * zero[1], w2 = term[2] * zero[2], w3 = term[3] * zero[3]
        guard DoubleLanes(repeating: Self.leastWeight).isAnywhereAtMost(w0.maximum(w1).maximum(w2.maximum(w3))) else { return }
        shard.zeroEntries.append((component, block))
        shard.zeroWeights += [w0, w1, w2, w3]
    }

    private func whitenedPlace(_ index: Int) -> UnsafeMutablePointer<DoubleLanes> { whitened + min(index, keptCount) * 4 * table.dimension }

    // The log-densities of all Gaussians that matter at the block, and the greatest terms of q and z.
    private func findNear(_ x: UnsafePointer<DoubleLanes>, hint: Int) {
        nearCount = 0
        for r in 0..<4 {
            greatest[r] = DoubleLanes(repeating: -.greatestFiniteMagnitude)
            background[r] = others[r]
        }
        for position in -1..<table.count {
            let entry = position < 0 ? hint : position
            if position == hint { continue }
            let peak = table.peak(entry), logWeight = logWeights[entry], logCount = logCounts[entry]
            for r in 0..<4 {
                // Log-densities below both are negligible in q and in z.
                let q = greatest[r] - logWeight, z = background[r] - max(0, logCount)
                limits[r] = 2 * (peak + Self.negligible - q.minimum(z))
            }
            let term = terms + 4 * nearCount
            guard table.squares(entry, at: x, limits: limits, differences: differences, whitened: whitenedPlace(nearCount), into: term)
            else { continue }
            for r in 0..<4 {
                term[r] = DoubleLanes(repeating: peak).fnma(DoubleLanes(repeating: 0.5), term[r])
                greatest[r] = greatest[r].maximum(term[r] + logWeight)
                background[r] = background[r].maximum(term[r] + logCount)
            }
            near[nearCount] = entry
            nearCount += 1
        }
    }

    // ∇log q = −Σ r_o·A_o·z_o with the responsibilities r_o.
    private func subtractGradient(_ x: UnsafePointer<DoubleLanes>, from slopes: UnsafeMutablePointer<DoubleLanes>) {
        let n = table.dimension
        for r in 0..<4 { for i in 0..<n { slopes[4 * i + r].replace(with: 0, where: valid[r] .== 0) } }
        for index in 0..<nearCount {
            let entry = near[index], weight = DoubleLanes(repeating: weights[entry]), term = terms + 4 * index
            for r in 0..<4 { limits[r] = weight * term[r] * mixture[r] }
            let most = limits[0].maximum(limits[1]).maximum(limits[2].maximum(limits[3]))
            guard DoubleLanes(repeating: 1e-13).isAnywhereAtMost(most) else { continue }
            let place = whitenedPlace(index)
            if index >= keptCount {
                _ = table.squares(entry, at: x, limits: nil, differences: differences, whitened: place, into: greatest)
            }
            // Slopes of h: what is taken off is the gradient, so the sign turns twice.
            table.addProduct(entry, whitened: place, scales: limits, to: slopes)
        }
    }
}
