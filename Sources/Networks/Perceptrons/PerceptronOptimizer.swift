import Numerics

/// Adam's moments for a ``Perceptron``, kept from step to step.
public struct PerceptronOptimizer: Sendable, Equatable {
    public private(set) var first: AlignedFloats
    public private(set) var second: AlignedFloats
    /// How many steps were taken.
    public private(set) var steps: Int
    // The optimizer's moving average, which follows at once here.
    private var average: AlignedFloats

    /// Above it a gradient is shortened, so that its squares stay finite; Adam's steps do not depend on a gradient's length.
    private static let greatestNorm = 1e9

    /// - Parameters:
    ///   - first, second: moments as they were saved; zeros where nil.
    public init(_ perceptron: Perceptron, first: [Float]? = nil, second: [Float]? = nil, steps: Int = 0) {
        let count = perceptron.parameters.count
        func padded(_ values: [Float]?) -> AlignedFloats {
            values.map { AlignedFloats($0 + Array(repeating: 0, count: count - $0.count)) } ?? AlignedFloats(count: count)
        }
        (self.first, self.second, self.steps) = (padded(first), padded(second), steps)
        average = AlignedFloats(count: count)
    }

    /// Moves a network against a gradient.
    ///
    /// - Returns: the gradient's norm; nil where it is not finite, and nothing was changed.
    public mutating func step(_ perceptron: inout Perceptron, gradient: UnsafePointer<Float>, rate: Float) -> Double? {
        var squares = 0.0
        for index in 0..<perceptron.parameterCount { squares += Double(gradient[index]) * Double(gradient[index]) }
        guard squares.isFinite else { return nil }
        let norm = squares.squareRoot(), count = perceptron.parameters.count
        var adam = Adam()
        adam.secondDecay = 0.999
        adam.averageDecay = 0
        Adam.withBuffers(&perceptron.parameters, &first, &second, &average) { buffers in
            for chunk in 0..<(count + Adam.chunkSize - 1) / Adam.chunkSize {
                adam.update(
                    buffers, chunk: chunk, count: count, gradient: gradient, rate: rate,
                    scale: Float(min(1, Self.greatestNorm / max(norm, 1e-300))), step: steps)
            }
        }
        steps += 1
        return norm
    }
}
