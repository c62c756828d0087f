import Numerics

/// The differentiable layer that turns raw network outputs into the factor of a well-conditioned precision.
///
/// From raw numbers r (a lower triangle packed by rows) it forms
///
///     d_j  = m + h·tanh((r_jj − m)/h)                 log of the conditional precision's root, kept in a finite range
///     C_jj = exp(d_j),  C_ij = C_jj·r_ij  (i > j)     r_ij: regression of coordinate j on the later ones
///     B    = C·Cᵀ,      M = p_min·I + (p_max − p_min)·B/(p_max + tr B)
///     A    = Cholesky factor of M,  precision = A·Aᵀ
///
/// The largest eigenvalue of B is at most tr B, so that every eigenvalue of M lies in [p_min, p_max]: the standard
/// deviation in any direction stays in `deviations`, and the condition number below p_max/p_min, for any input
/// whatever. While tr B is far below p_max and B far above p_min, A is C.
public struct PrecisionProjection: Sendable, Equatable {
    /// What the covariance may look like.
    public enum Shape: String, Sendable, Codable, CaseIterable {
        case full, diagonal
    }

    /// The largest magnitude of a regression coefficient r_ij.
    @usableFromInline static let largestCoefficient = 64.0

    public let dimension: Int
    public let shape: Shape
    /// The least and the greatest standard deviation in any direction.
    public private(set) var deviations: ClosedRange<Double>
    /// False leaves the factor at C, without bounds on the eigenvalues; a yardstick for what the bounds do.
    public let isBounded: Bool

    @usableFromInline let leastPrecision: Double
    @usableFromInline var greatestPrecision: Double
    /// The middle m and the half-width h of the range of d.
    @usableFromInline let middle: Double
    @usableFromInline let halfWidth: Double

    /// - Precondition: 1 ≤ dimension ≤ 64 and 0 < least < greatest deviation.
    public init(dimension: Int, shape: Shape = .full, deviations: ClosedRange<Double>, isBounded: Bool = true) {
        precondition(dimension >= 1 && dimension <= 64, "dimension \(dimension) is not in 1...64")
        precondition(deviations.lowerBound > 0 && deviations.lowerBound < deviations.upperBound,
                     "deviations \(deviations) are not a range of positive numbers")
        self.dimension = dimension
        self.shape = shape
        self.deviations = deviations
        self.isBounded = isBounded
        leastPrecision = 1 / (deviations.upperBound * deviations.upperBound)
        greatestPrecision = 1 / (deviations.lowerBound * deviations.lowerBound)
        let low = -Elementary.log(deviations.upperBound) - 2, high = -Elementary.log(deviations.lowerBound) + 1
        middle = (low + high) / 2
        halfWidth = (high - low) / 2
    }

    /// The same layer with a higher floor of the standard deviation, for training that starts wide; C stays the same.
    public func raisingFloor(to deviation: Double) -> PrecisionProjection {
        var result = self
        let floor = min(max(deviation, deviations.lowerBound), 0.99 * deviations.upperBound)
        result.deviations = floor...deviations.upperBound
        result.greatestPrecision = 1 / (floor * floor)
        return result
    }

    /// How many raw numbers a component has: a triangle, or a diagonal.
    public var rawCount: Int { shape == .full ? triangleCount(dimension) : dimension }

    /// The factor of raw numbers.
    ///
    /// - Parameters:
    ///   - raw: `rawCount` numbers.
    ///   - factor: receives A, `rawCount` numbers packed like `raw`.
    @inlinable @inline(__always)
    public func project<S: LaneArithmetic>(_ raw: UnsafePointer<S>, into factor: UnsafeMutablePointer<S>) {
        switch (shape, dimension) {
        case (.diagonal, _): projectDiagonal(raw, into: factor)
        case (.full, 7): projectFull(7, raw, into: factor)
        case (.full, let size): projectFull(size, raw, into: factor)
        }
    }

    /// The factor of raw numbers as a full triangle, whatever its shape; that of a diagonal has zeros below.
    ///
    /// - Parameters:
    ///   - factor: receives A, a triangle packed by rows.
    ///   - scratch: `rawCount` numbers.
    @inlinable @inline(__always)
    public func projectTriangle<S: LaneArithmetic>(
        _ raw: UnsafePointer<S>, into factor: UnsafeMutablePointer<S>, scratch: UnsafeMutablePointer<S>
    ) {
        guard shape == .diagonal else { return project(raw, into: factor) }
        project(raw, into: scratch)
        for i in 0..<triangleCount(dimension) { factor[i] = S(0.0) }
        for i in 0..<dimension { factor[triangleIndex(i, i)] = scratch[i] }
    }

    /// The gradient with respect to the raw numbers, given that with respect to the factor.
    ///
    /// - Parameters:
    ///   - factor: what ``project(_:into:)`` made of `raw`.
    ///   - factorGradient: the gradient with respect to `factor`; overwritten.
    ///   - scratch: `rawCount` numbers.
    ///   - gradient: receives the gradient with respect to `raw`.
    @inlinable @inline(__always)
    public func backpropagate<S: LaneArithmetic>(
        _ raw: UnsafePointer<S>, factor: UnsafePointer<S>, factorGradient: UnsafeMutablePointer<S>,
        scratch: UnsafeMutablePointer<S>, into gradient: UnsafeMutablePointer<S>
    ) {
        switch (shape, dimension) {
        case (.diagonal, _): backpropagateDiagonal(raw, factor, factorGradient, into: gradient)
        case (.full, 7): backpropagateFull(7, raw, factor, factorGradient, scratch, into: gradient)
        case (.full, let size): backpropagateFull(size, raw, factor, factorGradient, scratch, into: gradient)
        }
    }

    /// The raw number on the diagonal that gives a standard deviation, in the middle of the range and with zeros elsewhere.
    public func rawNumber(forDeviation deviation: Double) -> Double {
        let d = -Elementary.log(deviation)
        let t = min(max((d - middle) / halfWidth, -0.999), 0.999)
        return middle + halfWidth * 0.5 * Elementary.log((1 + t) / (1 - t))
    }

    /// C_jj and 1 − tanh², the derivative of d_j.
    @inlinable @inline(__always)
    func diagonal<S: LaneArithmetic>(_ raw: S) -> (value: S, slope: S) {
        let m = S(middle), h = S(halfWidth)
        let t = ((raw.limited(to: 1000) - m) / h).hyperbolicTangent
        return (m.fma(h, t).exponential, S(1.0).fnma(t, t))
    }
}
