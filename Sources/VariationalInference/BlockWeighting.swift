import Mixtures
import Numerics

/// What one thread needs to weight a block of samples.
final class BlockWeighting {
    /// What lies below the greatest term by so many nats is left out of a sum.
    private static let negligible = 45.0
    /// Weights below this are left out. They sum up to the number of samples, so that at most this share of the sum is lost.
    private static let leastWeight = 1e-7

    private let table: DensityTable
    private let logWeights: [Double]
    private let logCounts: [Double]
    private let logTotal: Double
    private let all: UnsafeMutablePointer<DoubleLanes>
    private let greatest, background, limits, logTarget, valid, sum, others, scratch, terms: UnsafeMutablePointer<DoubleLanes>
    private var near: [Int] = []
    private var invalid = 0

    /// - Parameters:
    ///   - logCounts: the logarithm of how many of the samples each Gaussian drew.
    ///   - total: how many samples there are.
    init(table: DensityTable, logWeights: [Double], logCounts: [Double], total: Int) {
        self.table = table
        self.logWeights = logWeights
        self.logCounts = logCounts
        logTotal = Elementary.log(Double(max(1, total)))
        let size = 28 + table.scratchCount + 4 * table.count
        all = .allocate(capacity: size)
        all.initialize(repeating: .zero, count: size)
        greatest = all
        background = all + 4
        limits = all + 8
        logTarget = all + 12
        valid = all + 16
        sum = all + 20
        others = all + 24
        scratch = all + 28
        terms = scratch + table.scratchCount
    }

    deinit { all.deallocate() }

    /// Takes the target's values of a block; those that are not finite do not count.
    func load(_ samples: WeightedBlocks.Samples, start: Int, size: Int) {
        invalid = 0
        let n = table.dimension
        for place in 0..<PlaceBlocks.width {
            let index = start + place
            var isValid = place < size && samples.logDensities[index].isFinite
            if isValid, !samples.gradients.isEmpty {
                isValid = samples.gradients[index * n..<(index + 1) * n].allSatisfy(\.isFinite)
            }
            if place < size, !isValid { invalid += 1 }
            logTarget[place / 8][place % 8] = isValid ? samples.logDensities[index] : 0
            valid[place / 8][place % 8] = isValid ? 1 : 0
            let other = place < size && !samples.logShares.isEmpty ? samples.logShares[index] : -.greatestFiniteMagnitude
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
            // log q.
            sum[r] = .zero
            for (index, entry) in near.enumerated() { sum[r] += (terms[4 * index + r] + logWeights[entry] - greatest[r]).exponential }
            outputs.logs[r] = greatest[r] + sum[r].logarithm
            outputs.ratios[r] = (logTarget[r] - outputs.logs[r]) * valid[r]
        }
        if let slopes { subtractGradient(x, outputs.logs, from: slopes) }
        for r in 0..<4 {
            // log z.
            sum[r] = .zero
            for (index, entry) in near.enumerated() where logCounts[entry] > -.infinity {
                sum[r] += (terms[4 * index + r] + logCounts[entry] - background[r]).exponential
            }
            outputs.shares[r] = background[r] + sum[r].maximum(DoubleLanes(repeating: 1e-300)).logarithm
            sum[r] = background[r] + (sum[r] + (others[r] - background[r]).exponential).logarithm - logTotal
            outputs.backgrounds[r] = sum[r]
        }
        for (index, entry) in near.enumerated() {
            var most = DoubleLanes.zero
            for r in 0..<4 {
                limits[r] = (terms[4 * index + r] - sum[r]).exponential * valid[r]
                most = most.maximum(limits[r])
            }
            guard DoubleLanes.holdsAnywhere(most .> Self.leastWeight) else { continue }
            shard.entries.append((entry, block))
            for r in 0..<4 { shard.weights.append(limits[r]) }
        }
        shard.invalid += invalid
    }

    // The log-densities of all Gaussians that matter at the block, and the greatest terms of q and z.
    private func findNear(_ x: UnsafePointer<DoubleLanes>, hint: Int) {
        near.removeAll(keepingCapacity: true)
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
            let term = terms + 4 * near.count
            guard table.squares(entry, at: x, limits: limits, scratch: scratch, into: term) else { continue }
            for r in 0..<4 {
                term[r] = DoubleLanes(repeating: peak).fnma(DoubleLanes(repeating: 0.5), term[r])
                greatest[r] = greatest[r].maximum(term[r] + logWeight)
                background[r] = background[r].maximum(term[r] + logCount)
            }
            near.append(entry)
        }
    }

    // ∇log q = −Σ r_o·A_o·z_o.
    private func subtractGradient(_ x: UnsafePointer<DoubleLanes>, _ logs: UnsafePointer<DoubleLanes>, from slopes: UnsafeMutablePointer<DoubleLanes>) {
        let n = table.dimension
        for r in 0..<4 { for i in 0..<n { slopes[4 * i + r].replace(with: 0, where: valid[r] .== 0) } }
        for (index, entry) in near.enumerated() {
            var most = DoubleLanes.zero
            for r in 0..<4 {
                // Slopes of h: what is taken off is the gradient, so the sign turns twice.
                limits[r] = (terms[4 * index + r] + logWeights[entry] - logs[r]).exponential * valid[r]
                most = most.maximum(limits[r])
            }
            guard DoubleLanes.holdsAnywhere(most .> 1e-13) else { continue }
            _ = table.squares(entry, at: x, limits: nil, scratch: scratch, into: sum)
            table.addProduct(entry, whitened: scratch + 4 * n, scales: limits, to: slopes)
        }
    }
}
