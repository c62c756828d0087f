import Numerics

/// The differentiable layer that evaluates a Gaussian with precision A·Aᵀ.
///
///     z = Aᵀ·(x − μ),   log N(x; μ, A) = Σ log A_jj − ½·|z|² − (D/2)·log 2π
public struct GaussianDensity: Sendable, Equatable {
    public let dimension: Int
    public let shape: PrecisionProjection.Shape
    @usableFromInline let logarithmOfNormaliser: Double

    public init(dimension: Int, shape: PrecisionProjection.Shape = .full) {
        self.dimension = dimension
        self.shape = shape
        logarithmOfNormaliser = 0.5 * Double(dimension) * Elementary.log(2 * .pi)
    }

    /// The log-density at a point.
    ///
    /// - Parameters:
    ///   - difference: x − μ, `dimension` numbers.
    ///   - factor: A, packed by rows, or its diagonal.
    ///   - whitened: receives z.
    @inlinable @inline(__always)
    public func logarithm<S: LaneArithmetic>(
        _ difference: UnsafePointer<S>, factor: UnsafePointer<S>, whitened: UnsafeMutablePointer<S>
    ) -> S {
        switch (shape, dimension) {
        case (.diagonal, let n): return logarithmDiagonal(n, difference, factor, whitened)
        case (.full, 7): return logarithmFull(7, difference, factor, whitened)
        case (.full, let n): return logarithmFull(n, difference, factor, whitened)
        }
    }

    /// Gradients of `scale · log N`.
    ///
    /// - Parameters:
    ///   - whitened: what ``logarithm(_:factor:whitened:)`` left there.
    ///   - meanGradient: receives scale·A·z, the gradient with respect to μ; with respect to x it is the negative.
    ///   - factorGradient: receives scale·(1/A_jj on the diagonal − (x − μ)_i·z_j).
    @inlinable @inline(__always)
    public func backpropagate<S: LaneArithmetic>(
        scale: S, _ difference: UnsafePointer<S>, factor: UnsafePointer<S>, whitened: UnsafePointer<S>,
        mean meanGradient: UnsafeMutablePointer<S>, factor factorGradient: UnsafeMutablePointer<S>
    ) {
        switch (shape, dimension) {
        case (.diagonal, let n):
            for j in 0..<n {
                let scaled = scale * whitened[j]
                meanGradient[j] = factor[j] * scaled
                factorGradient[j] = (scale / factor[j]).fnma(difference[j], scaled)
            }
        case (.full, 7): backpropagateFull(7, scale, difference, factor, whitened, meanGradient, factorGradient)
        case (.full, let n): backpropagateFull(n, scale, difference, factor, whitened, meanGradient, factorGradient)
        }
    }

    @inlinable @inline(__always)
    func logarithmDiagonal<S: LaneArithmetic>(
        _ n: Int, _ difference: UnsafePointer<S>, _ factor: UnsafePointer<S>, _ whitened: UnsafeMutablePointer<S>
    ) -> S {
        var sum = S(-logarithmOfNormaliser), square = S(0.0)
        for j in 0..<n {
            let z = factor[j] * difference[j]
            whitened[j] = z
            square = square.fma(z, z)
            sum = sum + factor[j].logarithm
        }
        return sum.fnma(S(0.5), square)
    }

    @inlinable @inline(__always)
    func logarithmFull<S: LaneArithmetic>(
        _ n: Int, _ difference: UnsafePointer<S>, _ factor: UnsafePointer<S>, _ whitened: UnsafeMutablePointer<S>
    ) -> S {
        var square = S(0.0)
        for j in 0..<n {
            var z = factor[triangleIndex(j, j)] * difference[j]
            for i in j + 1..<max(n, j + 1) { z = z.fma(factor[triangleIndex(i, j)], difference[i]) }
            whitened[j] = z
            square = square.fma(z, z)
        }
        // Logarithms of products of up to four pivots: each pivot is far from the ends of the range.
        var sum = S(-logarithmOfNormaliser)
        var j = 0
        while j < n {
            var product = factor[triangleIndex(j, j)]
            let end = min(j + 4, n)
            for k in j + 1..<max(end, j + 1) { product = product * factor[triangleIndex(k, k)] }
            sum = sum + product.logarithm
            j = end
        }
        return sum.fnma(S(0.5), square)
    }

    @inlinable @inline(__always)
    func backpropagateFull<S: LaneArithmetic>(
        _ n: Int, _ scale: S, _ difference: UnsafePointer<S>, _ factor: UnsafePointer<S>, _ whitened: UnsafePointer<S>,
        _ meanGradient: UnsafeMutablePointer<S>, _ factorGradient: UnsafeMutablePointer<S>
    ) {
        for i in 0..<n {
            var sum = S(0.0)
            let scaled = scale * difference[i]
            for j in 0...i {
                let index = triangleIndex(i, j)
                sum = sum.fma(factor[index], whitened[j])
                factorGradient[index] = -(scaled * whitened[j])
            }
            meanGradient[i] = scale * sum
            let index = triangleIndex(i, i)
            factorGradient[index] = factorGradient[index] + scale / factor[index]
        }
    }
}
