import Mixtures
import Numerics

/// Accelerates the scale of a component where natural gradients alone would need hundreds of iterations.
///
/// Around a heavy-tailed target log p̃ is nearly a multiple of the logarithm of a quadratic, so that a full step of the natural gradient changes a
/// component's scale by a small share of what is missing: by 1/D for Student's t-distribution in D variables. The mean of the curvature's diagonal,
/// tr M/D, is the part of the step that scales the component, and it is known far better than single elements. While full steps keep it as it is, it is
/// multiplied by a factor that doubles from step to step; once it changes its sign, the factor is one again, and while it shrinks, the factor stays.
package struct ScaleAcceleration: Sendable, Equatable, Codable {
    /// By how much the scale's part of the step is multiplied.
    private(set) var factor = 1.0
    private var last = 0.0
    private var wasFull = false
    /// The precision at most doubles, and at most a third of it goes.
    private static let range = -1.0 / 3...1.0
    private static let greatestFactor = 1e4

    /// Multiplies the part of a step that scales the component.
    mutating func accelerate(_ natural: inout NaturalGradient) {
        let n = natural.gradient.count
        let mean = (0..<n).reduce(0) { $0 + natural.curvature[triangleIndex($1, $1)] } / Double(n)
        if mean * last <= 0 {
            factor = 1
        } else if wasFull, abs(mean) > 0.7 * abs(last) {
            factor = min(Self.greatestFactor, 2 * factor)
        }
        last = mean
        let more = factor * mean
        let wanted = Self.range.contains(mean) ? min(max(more, Self.range.lowerBound), Self.range.upperBound) : mean
        for i in 0..<n { natural.curvature[triangleIndex(i, i)] += wanted - mean }
    }

    /// Remembers whether the step was taken as a whole.
    mutating func note(isFull: Bool) { wasFull = isFull }
}
