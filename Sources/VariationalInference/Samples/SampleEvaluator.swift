import Mixtures
import Numerics
import Synchronization

/// The request to stop came before an iteration was done.
public struct InferenceInterruption: Error, Equatable {
    public init() {}
}

/// Draws samples and asks the target for them, on several threads where it can be asked so.
struct SampleEvaluator {
    let target: DifferentiatedTarget
    let threads: Int
    let cancellation: Cancellation
    /// Whether samples come in pairs, the second one mirrored at the mean.
    var drawsPairs = false
    /// Points of a batch.
    private static let batch = 256

    /// Draws and evaluates samples, those of one component after those of the other.
    func draw(_ counts: [Int], from gaussians: [Gaussian], gradients: Bool, stream: RandomStream) throws -> WeightedSamples {
        let n = target.dimension
        var samples = WeightedSamples()
        var starts = [0]
        for (component, count) in counts.enumerated() {
            starts.append(starts[component] + count)
            samples.drawers += Array(repeating: component, count: count)
        }
        let total = samples.drawers.count
        samples.places = Array(repeating: 0, count: total * n)
        samples.places.withUnsafeMutableBufferPointer { places in
            let places = Unchecked(places.baseAddress)
            let starts = starts
            parallelFor(counts.count, threads: threads) { component in
                var stream = stream.split(component)
                guard let places = places.value else { return }
                for index in starts[component]..<starts[component + 1] {
                    if (index - starts[component]) % Self.batch == 0, cancellation.isRequested { return }
                    let x = places + index * n
                    if drawsPairs, (index - starts[component]) % 2 == 1 {
                        for i in 0..<n { x[i] = 2 * gaussians[component].mean[i] - x[i - n] }
                    } else {
                        gaussians[component].sample(into: x, using: &stream)
                    }
                }
            }
        }
        if cancellation.isRequested { throw InferenceInterruption() }
        try evaluate(&samples, count: total, gradients: gradients)
        return samples
    }

    /// Asks the target for samples whose points are known.
    func evaluate(_ samples: inout WeightedSamples, count total: Int, gradients hasGradients: Bool) throws {
        let n = target.dimension, batch = Self.batch
        let batches = (total + batch - 1) / batch
        samples.logDensities = Array(repeating: 0, count: total)
        samples.gradients = Array(repeating: 0, count: hasGradients ? total * n : 0)
        let places = samples.places
        let failures = Failures()
        samples.logDensities.withUnsafeMutableBufferPointer { values in
            samples.gradients.withUnsafeMutableBufferPointer { gradients in
                places.withUnsafeBufferPointer { places in
                    let (places, values, gradients) = (Unchecked(places.baseAddress), Unchecked(values.baseAddress), Unchecked(gradients.baseAddress))
                    parallelFor(batches, threads: target.isConcurrent ? threads : 1) { index in
                        guard !failures.isStopped, let places = places.value, let values = values.value else { return }
                        if cancellation.isRequested { return failures.note(InferenceInterruption(), at: index) }
                        let start = index * batch
                        do {
                            try target.evaluate(
                                places + start * n, count: min(batch, total - start), into: values + start,
                                gradients: hasGradients ? gradients.value.map { $0 + start * n } : nil)
                        } catch {
                            failures.note(error, at: index)
                        }
                    }
                }
            }
        }
        if let error = failures.first { throw error }
    }
}

/// The first error, by the place of its batch, that threads met.
private final class Failures: Sendable {
    private let found = Mutex<(index: Int, error: any Error)?>(nil)

    var first: (any Error)? { found.withLock { $0?.error } }
    var isStopped: Bool { first != nil }

    func note(_ error: any Error, at index: Int) {
        found.withLock { found in
            if let known = found, known.index <= index { return }
            found = (index, error)
        }
    }
}
