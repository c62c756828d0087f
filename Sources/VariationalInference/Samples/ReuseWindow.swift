import Mixtures
import Numerics

/// The newest batches of samples, which are used again, and what weights them.
///
/// The weights of all samples have one background, the mixture of all Gaussians that drew them: z(x) = Σ_t Σ_o n_to·N_to(x)/N for batches t. Every
/// sample keeps log Σ_o n_to·N_to(x) for every batch, so that an iteration asks for few densities that it does not need anyway: those of the
/// fresh samples under the Gaussians of the batches before.
package struct ReuseWindow: Sendable {
    /// What one iteration drew.
    package struct Batch: Sendable {
        package var samples: WeightedSamples
        /// The identifiers of the components that drew the samples.
        package var drawers: [Int]
        /// Who drew, and how many.
        package let gaussians: [Gaussian]
        package let counts: [Int]
        /// For every batch of the window the logarithms at this batch's samples.
        package var logShares: [[Double]]

        package init(samples: WeightedSamples, drawers: [Int], gaussians: [Gaussian], counts: [Int], logShares: [[Double]]) {
            self.samples = samples
            self.drawers = drawers
            self.gaussians = gaussians
            self.counts = counts
            self.logShares = logShares
        }

        package var count: Int { samples.count }
        var dimension: Int { gaussians[0].dimension }
        var logCounts: [Double] { counts.map { Elementary.log(Double($0)) } }
    }

    /// The oldest first.
    package private(set) var batches: [Batch] = []
    private static let mostBatches = 256
    /// Numbers that the Gaussians of all batches may hold: 128 MB.
    private static let mostGaussianNumbers = 1 << 24

    package init(batches: [Batch] = []) { self.batches = batches }

    var count: Int { batches.reduce(0) { $0 + $1.count } }

    /// All samples, one batch after the other, with the background that they have without a fresh batch.
    ///
    /// - Parameter places: the places of the components by their identifiers.
    func samples(places: [Int: Int]) -> WeightedSamples {
        var result = WeightedSamples()
        let count = count
        result.places.reserveCapacity(count * (batches.first?.dimension ?? 0))
        result.gradients.reserveCapacity(batches.first?.samples.gradients.isEmpty == false ? count * batches[0].dimension : 0)
        result.logDensities.reserveCapacity(count)
        result.drawers.reserveCapacity(count)
        result.logShares.reserveCapacity(count)
        for batch in batches {
            result.places += batch.samples.places
            result.logDensities += batch.samples.logDensities
            result.gradients += batch.samples.gradients
            result.drawers += batch.drawers.map { places[$0] ?? 0 }
            result.logShares += Self.sums(batch.logShares, count: batch.count)
        }
        return result
    }

    /// The logarithms for fresh samples, a list per batch.
    func logShares(of fresh: WeightedSamples, threads: Int) -> [[Double]] {
        parallelMap(batches.count, threads: threads) { index in
            var logs = Array(repeating: 0.0, count: fresh.count)
            MixtureDensity(batches[index].gaussians, logWeights: batches[index].logCounts)
                .evaluate(fresh.places, count: fresh.count, into: &logs, gradients: nil)
            return logs
        }
    }

    /// Σ over batches, in logarithms.
    static func sums(_ logShares: [[Double]], count: Int) -> [Double] {
        guard let first = logShares.first else { return Array(repeating: -.greatestFiniteMagnitude, count: count) }
        var greatest = first, result = Array(repeating: 0.0, count: count)
        for logs in logShares.dropFirst() { for index in 0..<count where logs[index] > greatest[index] { greatest[index] = logs[index] } }
        result.withUnsafeMutableBufferPointer { result in
            greatest.withUnsafeBufferPointer { greatest in
                func load(_ pointer: UnsafePointer<Double>, _ index: Int) -> DoubleLanes {
                    if index + 8 <= count { return DoubleLanes(loading: pointer + index) }
                    var lanes = DoubleLanes.zero
                    for lane in 0..<count - index { lanes[lane] = pointer[index + lane] }
                    return lanes
                }
                for index in stride(from: 0, to: count, by: 8) {
                    let most = load(greatest.baseAddress!, index)
                    var sum = DoubleLanes.zero
                    for logs in logShares { sum += (load(logs, index) - most).exponential }
                    let log = most + sum.logarithm
                    for lane in 0..<min(8, count - index) { result[index + lane] = log[lane] }
                }
            }
        }
        return result
    }

    /// Adds what an iteration drew.
    ///
    /// - Parameters:
    ///   - older: what ``logShares(of:threads:)`` gave.
    ///   - logShares: log Σ_o n_o·N_o(x) of the fresh batch at its own samples and then at all of the window's.
    mutating func append(
        _ fresh: WeightedSamples, drawers: [Int], gaussians: [Gaussian], counts: [Int], older: [[Double]], logShares: [Double]
    ) {
        var start = fresh.count
        for index in batches.indices {
            batches[index].logShares.append(Array(logShares[start..<start + batches[index].count]))
            start += batches[index].count
        }
        let drawing = counts.indices.filter { counts[$0] > 0 }
        batches.append(Batch(
            samples: fresh, drawers: drawers, gaussians: drawing.map { gaussians[$0] }, counts: drawing.map { counts[$0] },
            logShares: older + [Array(logShares[..<fresh.count])]))
    }

    /// Forgets the gradients at all samples.
    mutating func removeGradients() { for index in batches.indices { batches[index].samples.gradients = [] } }

    /// Lets the oldest batches go until at most so many samples are left, and bounded memory; the newest stays if it is not too large by itself.
    mutating func trim(to wanted: Int, capacity: Int) {
        var excess = 0, samples = count, numbers = batches.reduce(0) { $0 + $1.gaussians.count * triangleCount($1.dimension) }
        while excess < batches.count {
            let isLast = excess == batches.count - 1
            guard samples > capacity || numbers > Self.mostGaussianNumbers || (!isLast && (samples > wanted || batches.count - excess > Self.mostBatches))
            else { break }
            samples -= batches[excess].count
            numbers -= batches[excess].gaussians.count * triangleCount(batches[excess].dimension)
            excess += 1
        }
        guard excess > 0 else { return }
        batches.removeFirst(excess)
        for index in batches.indices { batches[index].logShares.removeFirst(excess) }
    }
}
