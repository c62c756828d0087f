import Numerics

/// An estimate of a target's evidence log Z from fresh samples of a mixture q.
///
/// Where q reaches beyond the points at which p̃ > 0, called A, its bound E_q[log p̃ − log q] is −∞. The mixture cut to A and normalised there,
/// q(x)/q(A), has a finite one, which is at most log Z too:
///
///     log Z ≥ E_q[log p̃ − log q | A] + log q(A):
public struct EvidenceEstimate: Sendable, Equatable {
    /// How many samples there were, and how many of them fell where the density is zero.
    public let samples: Int
    public let zeros: Int
    /// The bound of the mixture cut to where the density is above zero, nats, and its standard error; −∞ where no sample is there.
    ///
    /// A standard error is NaN where there is none: of an infinite bound, or of one that a single sample gives.
    public let restricted: (value: Double, standardError: Double)
    /// log Z from the samples by importance weights, biased downwards where ``effectiveSamples`` are few.
    public let logEvidence: Double
    /// (Σ w)²/Σ w² of the importance weights w = p̃/q.
    public let effectiveSamples: Double

    /// The share of samples at which the density is zero.
    public var zeroShare: Double { Double(zeros) / Double(samples) }

    /// The bound E_q[log p̃ − log q] of the mixture as it is, and its standard error: −∞ and NaN where a sample has density zero.
    public var bound: (value: Double, standardError: Double) { zeros > 0 ? (-.infinity, .nan) : restricted }

    /// The estimate from samples of any model.
    ///
    /// - Parameters:
    ///   - samples: at least two, one per row.
    ///   - logDensities: log q at each.
    /// - Throws: what the target throws; `TargetError` where its density is no number or +∞.
    public init(of target: any TargetDensity, samples: Matrix, logDensities: [Double]) throws {
        var values = Array(repeating: 0.0, count: samples.rows)
        try target.evaluate(samples.elements, count: samples.rows, into: &values, gradients: nil)
        for index in 0..<samples.rows where !(values[index] < .infinity) {
            throw TargetError(target: target.name, value: values[index], at: Array(samples.row(index)))
        }
        self.init(ratios: zip(values, logDensities).map { $0 - $1 })
    }

    /// - Parameter ratios: log p̃ − log q at samples of q, −∞ where p̃ is zero; at least two.
    package init(ratios: [Double]) {
        samples = ratios.count
        let known = ratios.filter { $0 > -.infinity }
        zeros = samples - known.count
        guard let greatest = known.max() else {
            restricted = (-.infinity, .nan)
            logEvidence = -.infinity
            effectiveSamples = 0
            return
        }
        let n = Double(known.count), share = n / Double(samples)
        // Differences from the greatest: sums of 10³⁰⁰ do not overflow.
        let mean = known.reduce(0) { $0 + ($1 - greatest) / n }
        let variance = known.count < 2 ? .nan : known.reduce(0) { $0 + ($1 - greatest - mean) * ($1 - greatest - mean) / (n - 1) }
        // By the delta method log q(A) has the variance (1 − q(A))/(n·q(A)) of n samples in all.
        restricted = (greatest + mean + Elementary.log(share), (variance / n + (1 - share) / n).squareRoot())
        var sum = 0.0, squares = 0.0
        for ratio in known {
            let weight = Elementary.exp(ratio - greatest)
            sum += weight
            squares += weight * weight
        }
        logEvidence = greatest + Elementary.log(sum / Double(samples))
        effectiveSamples = sum * sum / squares
    }

    public static func == (left: Self, right: Self) -> Bool {
        left.samples == right.samples && left.zeros == right.zeros && left.restricted.value == right.restricted.value
            && left.restricted.standardError.bitPattern == right.restricted.standardError.bitPattern && left.logEvidence == right.logEvidence && left.effectiveSamples == right.effectiveSamples
    }
}

extension GaussianMixture {
    /// Estimates a target's evidence from fresh samples.
    ///
    /// - Precondition: the dimensions agree; `samples ≥ 2`.
    /// - Throws: what the target throws, and ``TargetError`` where it is NaN or +∞, with the point.
    public func evidence(of target: any TargetDensity, samples count: Int, using stream: inout RandomStream) throws -> EvidenceEstimate {
        precondition(target.dimension == dimension, "a target of \(target.dimension) variables for a mixture of \(dimension)")
        precondition(count >= 2, "an estimate needs two samples")
        let points = samples(count, using: &stream).elements
        var values = Array(repeating: 0.0, count: count), logs = values
        try target.evaluate(points, count: count, into: &values, gradients: nil)
        for index in 0..<count where !(values[index] < .infinity) {
            throw TargetError(target: target.name, value: values[index], at: Array(points[index * dimension..<(index + 1) * dimension]))
        }
        if turns.isEmpty {
            MixtureDensity(self).evaluate(points, count: count, into: &logs, gradients: nil)
        } else {
            for index in 0..<count { logs[index] = logDensity(points[index * dimension..<(index + 1) * dimension]) }
        }
        return EvidenceEstimate(ratios: zip(values, logs).map { $0 - $1 })
    }

    /// How many of a target's modes have a component with more than a share of the weight near them.
    public func coveredModes(_ modes: TargetModes, leastWeight: Double = 1e-3) -> Int {
        Set(zip(weights, components).filter { $0.0 > leastWeight }.compactMap { modes.nearest($0.1.mean) }).count
    }
}
