import Mixtures
import Numerics

/// What turns values of a density of errors into the size of these errors.
///
/// Where log p̃ = peak − χ²/2, and χ² is a sum of `count` squared errors in units of their standard deviations, the value at a point tells
/// χ². Its logarithm is averaged, for the average of χ² itself would tell of the worst sample only.
public struct ErrorScale: Sendable, Equatable {
    /// log p̃ where all errors are zero, nats.
    public var peak: Double
    /// How many errors there are.
    public var count: Int

    public init(peak: Double, count: Int) {
        self.peak = peak
        self.count = count
    }
}

extension PathObjective {
    /// Writes the mean of ½·log(χ²/count) over the samples of every slot, from the density's own values.
    @inline(__always)
    func measure<S: LaneArithmetic>(_ errors: ErrorScale, _ memory: PathMemory<S>) {
        let peak = S(errors.peak), scale = S(2 / Double(max(1, errors.count))), share = S(0.5 / Double(2 * pairs))
        for slot in 0..<drawn {
            var sum = S(0.0)
            for sample in 2 * slot * pairs..<2 * (slot + 1) * pairs {
                // Samples without density count as ones of e^20 standard deviations.
                let square = (scale * (peak - memory.values[sample].limited(to: 1e17))).atLeast(S(1e-12))
                sum = sum + square.logarithm
            }
            memory.logErrors[slot] = share * sum
        }
    }
}
