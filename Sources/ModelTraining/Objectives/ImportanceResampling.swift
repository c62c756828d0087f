import Numerics

/// Sampling importance resampling, sixteen pools side by side.
///
/// A pool of M samples with log-weights log(p̃/z) is tempered, w_i ∝ (p̃_i/z_i)^τ with the greatest τ ≤ 1 that leaves an effective
/// sample size (Σw)²/Σw² of a set share of M, and samples are then chosen with probability w_i.
struct ImportanceResampling {
    let count: Int
    /// The effective sample size asked for, as a share of M.
    let effectiveShare: Float
    private let searchSteps = 8

    init(count: Int, effectiveShare: Double) {
        self.count = count
        self.effectiveShare = Float(effectiveShare)
    }

    /// Replaces log-weights by cumulative weights, the last of which is their sum; returns the exponents τ.
    func temper(_ logWeights: UnsafeMutablePointer<Lanes>) -> Lanes {
        var largest = Lanes(repeating: -1e30)
        for i in 0..<count {
            logWeights[i] = logWeights[i].limited(to: 1e30)
            largest = largest.maximum(logWeights[i])
        }
        for i in 0..<count { logWeights[i] -= largest }
        let goal = Lanes(repeating: max(1, effectiveShare * Float(count)))
        var low = Lanes.zero, exponent = Lanes(repeating: 1)
        if any(effectiveSize(logWeights, exponent: exponent) .< goal) {
            var high = Lanes(repeating: 1)
            for step in 0..<searchSteps {
                let middle = step == 0 ? high : 0.5 * (low + high)
                let isEnough = effectiveSize(logWeights, exponent: middle) .>= goal
                low = low.replacing(with: middle, where: isEnough)
                high = high.replacing(with: middle, where: .!isEnough)
            }
            exponent = low
        }
        var total = Lanes.zero
        for i in 0..<count {
            total += (logWeights[i] * exponent).exponential
            logWeights[i] = total
        }
        return exponent
    }

    private func effectiveSize(_ logWeights: UnsafePointer<Lanes>, exponent: Lanes) -> Lanes {
        var sum = Lanes.zero, squares = Lanes.zero
        for i in 0..<count {
            let weight = (logWeights[i] * exponent).exponential
            sum += weight
            squares = squares.fma(weight, weight)
        }
        return sum * sum / squares
    }

    /// Chooses one sample of every pool.
    ///
    /// - Parameters:
    ///   - samples: `dimension` registers per sample.
    ///   - cumulative: what ``temper(_:)`` left.
    ///   - uniform: numbers in [0, 1).
    ///   - result: receives `dimension` registers.
    func choose(
        _ samples: UnsafePointer<Lanes>, dimension: Int, cumulative: UnsafePointer<Lanes>, uniform: Lanes, into result: UnsafeMutablePointer<Lanes>
    ) {
        let threshold = uniform * cumulative[count - 1]
        for i in 0..<dimension { result[i] = samples[i] }
        for sample in 1..<max(count, 1) {
            let isBeyond = cumulative[sample - 1] .<= threshold
            guard any(isBeyond) else { break }
            for i in 0..<dimension { result[i] = result[i].replacing(with: samples[sample * dimension + i], where: isBeyond) }
        }
    }
}
