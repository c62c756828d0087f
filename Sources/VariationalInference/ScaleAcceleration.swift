import Mixtures
import Numerics

/// Makes the scale of a component converge where natural gradients alone would need hundreds of iterations.
///
/// Around a heavy-tailed target log p̃ is nearly a multiple of the logarithm of a quadratic, so that a full step of the natural gradient changes a
/// component's scale by a small share of what is missing: by 1/D for Student's t-distribution in D variables. The mean of the curvature's diagonal,
/// tr M/D, is the part of the step that scales the component, and it is known far better than single elements. While full steps keep its sign, it is
/// multiplied by a factor that grows fourfold from step to step; once the sign changes, the factor falls.
struct ScaleAcceleration: Sendable, Equatable {
    /// By how much the scale's part of the step is multiplied.
    private(set) var factor = 1.0
    private var sign = 0.0
    private var wasFull = false
    /// The log-precision of all directions changes by at most log 4 upwards and log 2 downwards.
    private static let range = -0.5...3.0
    private static let greatestFactor = 1e4

    /// Multiplies the part of a step that scales the component.
    mutating func accelerate(_ natural: inout NaturalGradient) {
        let n = natural.gradient.count
        let mean = (0..<n).reduce(0) { $0 + natural.curvature[triangleIndex($1, $1)] } / Double(n)
        let sign = mean < 0 ? -1.0 : 1
        if sign != self.sign {
            factor = max(1, factor / 8)
        } else if wasFull {
            factor = min(Self.greatestFactor, 4 * factor)
        }
        self.sign = sign
        let more = factor * mean
        let wanted = Self.range.contains(mean) ? min(max(more, Self.range.lowerBound), Self.range.upperBound) : mean
        for i in 0..<n { natural.curvature[triangleIndex(i, i)] += wanted - mean }
    }

    /// Remembers whether the step was taken as a whole.
    mutating func note(isFull: Bool) { wasFull = isFull }
}
