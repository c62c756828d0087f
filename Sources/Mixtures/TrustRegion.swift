import Numerics

/// The differentiable layers that keep a Gaussian within a Kullback–Leibler distance of an older one, mean and covariance apart
/// (Otto et al., "Differentiable Trust Region Layers for Deep Reinforcement Learning", ICLR 2021).
///
/// With the older mean μ' and precision L' = A'·A'ᵀ, and the proposed μ and L = A·Aᵀ:
///
///     mean:        d = ½·(μ − μ')ᵀ·L'·(μ − μ'),      μ~ = μ' + (μ − μ')·min(1, √(ε_μ/d))
///     covariance:  L~ = (1 − u)·L' + u·L,            the greatest u ≤ 1 with KL(L~ ‖ L') ≤ ε_Σ
///     KL(L~ ‖ L') = ½·(tr(L'·L~⁻¹) − D + log|L~| − log|L'|)
///
/// u is 1/(1 + η) of the paper's multiplier η. Backwards, with F = L~⁻¹ − L~⁻¹·L'·L~⁻¹ and G = dLoss/dL~,
/// the bound being kept gives du = −u·⟨F, dL⟩/⟨F, L − L'⟩ and so
///
///     dLoss/dL = u·(G − F·⟨G, L − L'⟩/⟨F, L − L'⟩).
///
/// Factors are full triangles packed by rows.
public struct TrustRegion: Sendable {
    public let dimension: Int
    /// Steps of the search for u; each about halves the bracket or better.
    public let searchSteps: Int

    /// - Parameters:
    ///   - dimension: the number of variables D, at least 1.
    ///   - searchSteps: steps of the search for u.
    public init(dimension: Int, searchSteps: Int = 9) {
        self.dimension = dimension
        self.searchSteps = searchSteps
    }

    /// Moves a mean into its bound.
    ///
    /// - Parameters:
    ///   - difference: μ − μ'; replaced by μ~ − μ'.
    ///   - old: A'.
    ///   - bound: ε_μ, nats.
    ///   - scaled: receives L'·(μ − μ'), for the way back.
    /// - Returns: the distance d of the proposal, nats.
    @inlinable @inline(__always)
    public func projectMean<S: LaneArithmetic>(
        _ difference: UnsafeMutablePointer<S>, old: UnsafePointer<S>, bound: S, scaled: UnsafeMutablePointer<S>
    ) -> S {
        let distance = meanDistance(difference, old: old, scaled: scaled)
        let share = meanShare(distance, bound)
        for i in 0..<dimension { difference[i] = difference[i] * share }
        return distance
    }

    /// The distance d of a mean, nats.
    ///
    /// - Parameters:
    ///   - difference: μ − μ'.
    ///   - old: A'.
    ///   - scaled: receives L'·(μ − μ').
    @inlinable @inline(__always)
    public func meanDistance<S: LaneArithmetic>(
        _ difference: UnsafePointer<S>, old: UnsafePointer<S>, scaled: UnsafeMutablePointer<S>
    ) -> S {
        let n = dimension
        for i in 0..<n { scaled[i] = S(0.0) }
        var square = S(0.0)
        for j in 0..<n {
            var z = S(0.0)
            for i in j..<n { z = z.fma(old[triangleIndex(i, j)], difference[i]) }
            square = square.fma(z, z)
            for i in j..<n { scaled[i] = scaled[i].fma(old[triangleIndex(i, j)], z) }
        }
        return S(0.5) * square
    }

    @inlinable @inline(__always)
    func meanShare<S: LaneArithmetic>(_ distance: S, _ bound: S) -> S {
        let ratio = (bound / distance.atLeast(S(1e-30))).squareRoot()
        return ratio.selected(whereNegative: bound - distance, else: S(1.0))
    }

    /// Replaces dLoss/dμ~ by dLoss/dμ.
    ///
    /// - Parameters:
    ///   - difference: μ~ − μ', as ``projectMean(_:old:bound:scaled:)`` left it.
    ///   - scaled: what it left there.
    ///   - distance: what it returned.
    @inlinable @inline(__always)
    public func backpropagateMean<S: LaneArithmetic>(
        _ gradient: UnsafeMutablePointer<S>, difference: UnsafePointer<S>, scaled: UnsafePointer<S>, distance: S, bound: S
    ) {
        let share = meanShare(distance, bound)
        // ds/dμ = −s/(2d)·L'·(μ − μ') where the bound is met; the difference at hand is already s times the proposal's.
        var inner = S(0.0)
        for i in 0..<dimension { inner = inner.fma(gradient[i], difference[i]) }
        let pull = (inner / (S(2.0) * distance.atLeast(S(1e-30)))).selected(whereNegative: bound - distance, else: S(0.0))
        for i in 0..<dimension { gradient[i] = (gradient[i] * share).fnma(pull, scaled[i]) }
    }

    /// The scratch numbers that ``projectCovariance(_:old:bound:scratch:into:)`` and its adjoint need.
    public var scratchCount: Int { 4 * triangleCount(dimension) }

    /// KL(L~ ‖ L') of precisions, given L~'s factor, its inverse and A'.
    @inlinable @inline(__always)
    func divergence<S: LaneArithmetic>(_ factor: UnsafePointer<S>, inverse: UnsafePointer<S>, old: UnsafePointer<S>) -> S {
        let n = dimension
        // tr(L'·L~⁻¹) = |A~⁻¹·A'|² (Frobenius).
        var trace = S(0.0), logarithms = S(0.0)
        for i in 0..<n {
            for j in 0...i {
                var sum = S(0.0)
                for k in j...i { sum = sum.fma(inverse[triangleIndex(i, k)], old[triangleIndex(k, j)]) }
                trace = trace.fma(sum, sum)
            }
            logarithms = logarithms + (factor[triangleIndex(i, i)] / old[triangleIndex(i, i)]).logarithm
        }
        return S(0.5) * (trace - S(Double(n))) + logarithms
    }

    /// KL(L ‖ L') of a factor A, nats.
    ///
    /// - Parameter scratch: ``scratchCount`` numbers; afterwards the first hold A⁻¹.
    @inlinable @inline(__always)
    public func divergence<S: LaneArithmetic>(
        _ factor: UnsafePointer<S>, old: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>
    ) -> S {
        PackedTriangle.invert(dimension, factor, into: scratch)
        return divergence(factor, inverse: scratch, old: old)
    }

    /// The gradient of KL(L ‖ L') with respect to A: the lower triangle of A⁻ᵀ·(I − V·Vᵀ) with V = A⁻¹·A'.
    @inlinable @inline(__always)
    public func divergenceGradient<S: LaneArithmetic>(
        _ factor: UnsafePointer<S>, old: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>, into gradient: UnsafeMutablePointer<S>
    ) {
        let n = dimension, count = triangleCount(n)
        let inverse = scratch, product = scratch + count
        PackedTriangle.invert(n, factor, into: inverse)
        complement(inverse, old: old, into: product)
        for i in 0..<n {
            for j in 0...i {
                var sum = S(0.0)
                for k in i..<n { sum = sum.fma(inverse[triangleIndex(k, i)], product[triangleIndex(k, j)]) }
                gradient[triangleIndex(i, j)] = sum
            }
        }
    }

    /// I − V·Vᵀ with V = A⁻¹·A', packed as it is (no twins).
    @inlinable @inline(__always)
    func complement<S: LaneArithmetic>(_ inverse: UnsafePointer<S>, old: UnsafePointer<S>, into product: UnsafeMutablePointer<S>) {
        let n = dimension
        for i in 0..<n {
            for j in 0...i {
                var sum = S(0.0)
                for k in j...i { sum = sum.fma(inverse[triangleIndex(i, k)], old[triangleIndex(k, j)]) }
                product[triangleIndex(i, j)] = sum
            }
        }
        for i in stride(from: n - 1, through: 0, by: -1) {
            for j in stride(from: i, through: 0, by: -1) {
                var sum = i == j ? S(1.0) : S(0.0)
                for k in 0...j { sum = sum.fnma(product[triangleIndex(i, k)], product[triangleIndex(j, k)]) }
                product[triangleIndex(i, j)] = sum
            }
        }
    }

    /// Moves a covariance into its bound.
    ///
    /// - Parameters:
    ///   - factor: A of the proposal.
    ///   - old: A'.
    ///   - bound: ε_Σ, nats.
    ///   - scratch: ``scratchCount`` numbers.
    ///   - result: receives A~; must not overlap `factor`.
    /// - Returns: u, 1 where the bound holds anyway, and the proposal's divergence, nats.
    @inlinable @inline(__always)
    public func projectCovariance<S: LaneArithmetic>(
        _ factor: UnsafePointer<S>, old: UnsafePointer<S>, bound: S, scratch: UnsafeMutablePointer<S>,
        into result: UnsafeMutablePointer<S>
    ) -> (share: S, divergence: S) {
        let n = dimension, count = triangleCount(n)
        let proposed = scratch, former = scratch + count, inverse = scratch + 2 * count
        for index in 0..<count { result[index] = factor[index] }
        PackedTriangle.invert(n, factor, into: inverse)
        let divergence = divergence(factor, inverse: inverse, old: old)
        // An undefined divergence counts as a huge one.
        let start = S(1e20).selected(whereNegative: S(1e20) - divergence.limited(to: 1e30), else: divergence.limited(to: 1e30))
        guard (bound - start).hasNegative else { return (S(1.0), divergence) }
        PackedTriangle.square(n, factor, into: proposed)
        PackedTriangle.square(n, old, into: former)
        // √KL is nearly linear in u: false position on √KL(u) − √ε, which keeps its bracket by the Illinois rule.
        let goal = bound.squareRoot()
        var low = S(0.0), high = S(1.0)
        var lowValue = -goal, highValue = start.squareRoot() - goal
        for step in 0..<searchSteps {
            let secant = low + (high - low) * (-lowValue / (highValue - lowValue).atLeast(S(1e-30)))
            // A bisection now and then bounds the search where √KL is far from linear.
            let middle = step % 3 == 2 ? S(0.5) * (low + high) : secant
            blend(former, proposed, middle, into: result)
            PackedTriangle.factorise(n, result, least: S(1e-12))
            PackedTriangle.invert(n, result, into: inverse)
            let value = self.divergence(result, inverse: inverse, old: old).atLeast(S(0.0)).squareRoot() - goal
            low = middle.selected(whereNegative: value, else: low)
            high = high.selected(whereNegative: value, else: middle)
            highValue = (S(0.5) * highValue).selected(whereNegative: value, else: value)
            lowValue = value.selected(whereNegative: value, else: S(0.5) * lowValue)
        }
        // The lower end keeps the bound.
        let share = low.selected(whereNegative: bound - start, else: S(1.0))
        blend(former, proposed, share, into: result)
        PackedTriangle.factorise(n, result, least: S(1e-12))
        for index in 0..<count { result[index] = result[index].selected(whereNegative: bound - start, else: factor[index]) }
        return (share, divergence)
    }

    @inlinable @inline(__always)
    func blend<S: LaneArithmetic>(
        _ former: UnsafePointer<S>, _ proposed: UnsafePointer<S>, _ share: S, into result: UnsafeMutablePointer<S>
    ) {
        for index in 0..<triangleCount(dimension) {
            result[index] = former[index].fma(share, proposed[index] - former[index])
        }
    }

    /// Replaces dLoss/dA~ by dLoss/dA.
    ///
    /// - Parameters:
    ///   - gradient: dLoss/dA~; receives dLoss/dA.
    ///   - factor: A.
    ///   - projected: A~.
    ///   - share: u.
    ///   - scratch: ``scratchCount`` numbers.
    @inlinable @inline(__always)
    public func backpropagateCovariance<S: LaneArithmetic>(
        _ gradient: UnsafeMutablePointer<S>, factor: UnsafePointer<S>, old: UnsafePointer<S>, projected: UnsafePointer<S>, share: S,
        scratch: UnsafeMutablePointer<S>
    ) {
        guard (share - S(1.0)).hasNegative else { return }
        let n = dimension, count = triangleCount(n)
        let change = scratch, inverse = scratch + count, f = scratch + 2 * count, product = scratch + 3 * count
        // L − L'.
        PackedTriangle.square(n, factor, into: change)
        PackedTriangle.square(n, old, into: product)
        for index in 0..<count { change[index] = change[index] - product[index] }
        // F = W·(I − V·Vᵀ)·Wᵀ with W = A~⁻ᵀ and V = A~⁻¹·A': the inner matrix first, then F, packed with both twins off the diagonal.
        PackedTriangle.invert(n, projected, into: inverse)
        complement(inverse, old: old, into: product)
        var inner = S(0.0), along = S(0.0)
        for a in 0..<n {
            for b in 0...a {
                var sum = S(0.0)
                for i in a..<n {
                    var row = S(0.0)
                    for j in b..<n {
                        let element = j <= i ? product[triangleIndex(i, j)] : product[triangleIndex(j, i)]
                        row = row.fma(element, inverse[triangleIndex(j, b)])
                    }
                    sum = sum.fma(inverse[triangleIndex(i, a)], row)
                }
                let index = triangleIndex(a, b)
                f[index] = a == b ? sum : sum + sum
                along = along.fma(f[index], change[index])
            }
        }
        for index in 0..<count { product[index] = gradient[index] }
        PackedTriangle.backpropagateFactorisation(n, projected, product)
        for index in 0..<count { inner = inner.fma(product[index], change[index]) }
        // ⟨F, L − L'⟩ is positive where the bound is met; elsewhere the quotient is not used.
        let ratio = (inner / along.atLeast(S(1e-20))).selected(whereNegative: share - S(1.0), else: S(0.0))
        for index in 0..<count { product[index] = share * product[index].fnma(ratio, f[index]) }
        PackedTriangle.backpropagateSquare(n, factor, product, into: f)
        for index in 0..<count { gradient[index] = f[index].selected(whereNegative: share - S(1.0), else: gradient[index]) }
    }
}
