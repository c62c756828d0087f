import Mixtures
import Numerics

/// The registers of one evaluation of ``ComponentObjective``: the snapshot's mixture, and the component at work.
@usableFromInline
struct ComponentWork<S: LaneArithmetic> {
    @usableFromInline let objective: ComponentObjective
    @usableFromInline let n: Int
    @usableFromInline let triangle: Int
    @usableFromInline let noise: UnsafePointer<S>
    @usableFromInline let meanBounds: UnsafePointer<S>
    @usableFromInline let covarianceBounds: UnsafePointer<S>
    @usableFromInline let pool: (samples: UnsafeMutablePointer<S>, logWeights: UnsafeMutablePointer<S>)?

    // One entry a component: the snapshot's weights, log-weights plus normalisers, means, factors; log-densities of the sample at hand;
    // rewards and advantages.
    @usableFromInline let densities: MixtureDensities<S>
    @usableFromInline let weights: UnsafeMutablePointer<S>
    @usableFromInline let rewards: UnsafeMutablePointer<S>
    @usableFromInline let advantages: UnsafeMutablePointer<S>
    @usableFromInline let shares: UnsafeMutablePointer<S>
    @usableFromInline let offsets: UnsafeMutablePointer<S>
    @usableFromInline let inverseWeights: UnsafeMutablePointer<S>
    @usableFromInline let logarithms: UnsafeMutablePointer<S>
    @usableFromInline let means: UnsafeMutablePointer<S>
    @usableFromInline let factors: UnsafeMutablePointer<S>
    @usableFromInline let whitened: UnsafeMutablePointer<S>

    // The component at work: raw numbers, proposed factor, mean and factor within the trust region, and their gradients.
    @usableFromInline let raw: UnsafeMutablePointer<S>
    @usableFromInline let proposed: UnsafeMutablePointer<S>
    @usableFromInline let mean: UnsafeMutablePointer<S>
    @usableFromInline let proposedDifference: UnsafeMutablePointer<S>
    @usableFromInline let difference: UnsafeMutablePointer<S>
    @usableFromInline let pull: UnsafeMutablePointer<S>
    @usableFromInline let factor: UnsafeMutablePointer<S>
    @usableFromInline let meanGradient: UnsafeMutablePointer<S>
    @usableFromInline let factorGradient: UnsafeMutablePointer<S>
    @usableFromInline let excessGradient: UnsafeMutablePointer<S>
    @usableFromInline let x: UnsafeMutablePointer<S>
    @usableFromInline let offset: UnsafeMutablePointer<S>
    @usableFromInline let gradient: UnsafeMutablePointer<S>
    @usableFromInline let rawGradient: UnsafeMutablePointer<S>
    @usableFromInline let inner: UnsafeMutablePointer<S>
    @usableFromInline let packed: UnsafeMutablePointer<S>
    @usableFromInline let regionScratch: UnsafeMutablePointer<S>

    @usableFromInline var meanDistance = S(0.0)
    @usableFromInline var covarianceShare = S(1.0)
    @usableFromInline var excess = S(0.0)
    @usableFromInline var share = S(0.0)

    @inlinable @inline(__always)
    init(_ objective: ComponentObjective, n: Int, places: ComponentObjective.Places<S>) {
        self.objective = objective
        self.n = n
        triangle = triangleCount(n)
        noise = places.noise
        meanBounds = places.meanBounds
        covarianceBounds = places.covarianceBounds
        pool = places.pool
        weights = places.weights
        rewards = places.rewards
        let k = objective.components, t = triangleCount(n), r = objective.projection.rawCount
        var next = places.scratch
        func take(_ count: Int) -> UnsafeMutablePointer<S> {
            defer { next += count }
            return next
        }
        advantages = take(k); shares = take(k); offsets = take(k); inverseWeights = take(k); logarithms = take(k)
        means = take(k * n); factors = take(k * t); whitened = take(n)
        densities = MixtureDensities(components: k, n: n, means: means, factors: factors, offsets: offsets)
        raw = take(r); rawGradient = take(r)
        proposed = take(t); factor = take(t); factorGradient = take(t); excessGradient = take(t); inner = take(t); packed = take(t)
        mean = take(n); proposedDifference = take(n); difference = take(n); pull = take(n); meanGradient = take(n)
        x = take(n); offset = take(n); gradient = take(n)
        regionScratch = take(objective.region.scratchCount)
    }

    /// Reads the snapshot's mixture.
    @inlinable @inline(__always)
    func loadSnapshot(_ outputs: UnsafePointer<S.Number>, _ biases: UnsafePointer<S.Number>, _ stride: Int) {
        let k = objective.components, rawCount = objective.projection.rawCount
        let (total, largest) = softmax(outputs, biases, stride, into: weights)
        let logarithm = total.logarithm + largest
        let normaliser = S(-0.5 * Double(n) * Elementary.log(2 * .pi))
        let least = S(objective.weightFloor / Double(k))
        var sum = S(0.0)
        for component in 0..<k {
            let row = k + component * (n + rawCount)
            for i in 0..<n { means[component * n + i] = S(loading: outputs + (row + i) * stride) + S(repeating: biases[row + i]) }
            for i in 0..<rawCount { raw[i] = S(loading: outputs + (row + n + i) * stride) + S(repeating: biases[row + n + i]) }
            let factor = factors + component * triangle
            objective.projection.projectTriangle(raw, into: factor, scratch: packed)
            let logit = S(loading: outputs + component * stride) + S(repeating: biases[component])
            var offset = logit - logarithm + normaliser
            for i in 0..<n { offset = offset + factor[triangleIndex(i, i)].logarithm }
            offsets[component] = offset
            inverseWeights[component] = S(1 / Double(k)) / weights[component].atLeast(S(1e-12))
            shares[component] = weights[component].atLeast(least)
            sum = sum + shares[component]
        }
        for component in 0..<k { shares[component] = shares[component] / sum }
    }

    /// Normalised weights of the logits; returns the sum of their exponentials relative to the largest.
    @inlinable @inline(__always)
    func softmax(
        _ outputs: UnsafePointer<S.Number>, _ biases: UnsafePointer<S.Number>, _ stride: Int, into result: UnsafeMutablePointer<S>
    ) -> (total: S, largest: S) {
        let k = objective.components
        var largest = S(-1e30), total = S(0.0)
        for component in 0..<k {
            result[component] = S(loading: outputs + component * stride) + S(repeating: biases[component])
            largest = largest.atLeast(result[component])
        }
        for component in 0..<k {
            result[component] = (result[component] - largest).exponential
            total = total + result[component]
        }
        let inverse = S(1.0) / total
        for component in 0..<k { result[component] = result[component] * inverse }
        return (total, largest)
    }

    /// Reads the component that the network proposes now.
    @inlinable @inline(__always)
    func loadComponent(_ component: Int, _ outputs: UnsafePointer<S.Number>, _ biases: UnsafePointer<S.Number>, _ stride: Int) {
        let rawCount = objective.projection.rawCount
        for i in 0..<n {
            mean[i] = S(loading: outputs + i * stride) + S(repeating: biases[i])
            proposedDifference[i] = mean[i] - means[component * n + i]
        }
        for i in 0..<rawCount { raw[i] = S(loading: outputs + (n + i) * stride) + S(repeating: biases[n + i]) }
        objective.projection.projectTriangle(raw, into: proposed, scratch: packed)
    }

    /// Keeps the component within its trust region; returns the share that it counts with.
    @inlinable @inline(__always)
    mutating func constrain(_ component: Int) -> S {
        let old = factors + component * triangle
        let meanBound = meanBounds[component], covarianceBound = covarianceBounds[component]
        share = shares[component]
        excess = S(0.0)
        covarianceShare = S(1.0)
        for i in 0..<triangle { factor[i] = proposed[i]; factorGradient[i] = S(0.0); excessGradient[i] = S(0.0) }
        for i in 0..<n { difference[i] = proposedDifference[i]; meanGradient[i] = S(0.0) }
        guard objective.trustRegion != .none else { return share }
        meanDistance = objective.region.projectMean(difference, old: old, bound: meanBound, scaled: pull)
        var divergence: S
        if objective.trustRegion == .projection {
            (covarianceShare, divergence) = objective.region.projectCovariance(
                proposed, old: old, bound: covarianceBound, scratch: regionScratch, into: factor)
        } else {
            divergence = objective.region.divergence(proposed, old: old, scratch: regionScratch)
        }
        let meanExcess = (meanDistance - meanBound).atLeast(S(0.0)), covarianceExcess = (divergence - covarianceBound).atLeast(S(0.0))
        excess = meanExcess + covarianceExcess
        if (S(0.0) - covarianceExcess).hasNegative {
            objective.region.divergenceGradient(proposed, old: old, scratch: regionScratch, into: excessGradient)
            for i in 0..<triangle { excessGradient[i] = excessGradient[i].selected(whereNegative: S(0.0) - covarianceExcess, else: S(0.0)) }
        }
        if objective.trustRegion == .penalty {
            for i in 0..<n { difference[i] = proposedDifference[i] }
        }
        for i in 0..<n { mean[i] = means[component * n + i] + difference[i] }
        return share
    }

    /// Draws a sample x = μ~ + A~⁻ᵀ·ε.
    @inlinable @inline(__always)
    func draw(_ sample: Int) {
        for i in 0..<n { offset[i] = noise[sample * n + i] }
        PackedTriangle.solveTransposed(n, factor, offset)
        for i in 0..<n { x[i] = mean[i] + offset[i] }
    }

    /// log r'_o and log q' at the sample; adds the gradient of log r'_o to that of the target.
    @inlinable @inline(__always)
    func responsibility(_ component: Int, sample: Int, logTarget: S) -> (logarithm: S, density: S) {
        let largest = densities.logarithms(x, scratch: whitened, into: logarithms)
        let own = logarithms[component]
        let density = densities.normalise(logarithms, largest: largest)
        addPrecision(component, scale: S(-1.0))
        for j in 0..<objective.components {
            guard (MixtureDensities<S>.negligibleShare - logarithms[j]).hasNegative else { continue }
            addPrecision(j, scale: logarithms[j])
        }
        if let pool {
            // log z of the components with equal weights: q' times the mean of r_j/q'(j), relative to 1/K.
            var background = S(0.0)
            for j in 0..<objective.components { background = background.fma(logarithms[j], inverseWeights[j]) }
            for i in 0..<n { pool.samples[sample * n + i] = x[i] }
            pool.logWeights[sample] = logTarget - density - background.atLeast(S(1e-30)).logarithm
        }
        return (own - density, density)
    }

    /// Adds scale·L'_j·(x − μ'_j) to the gradient.
    @inlinable @inline(__always)
    func addPrecision(_ j: Int, scale: S) {
        densities.whiten(j, x, difference: rawGradient, into: whitened)
        densities.addPrecision(j, whitened, scale: scale, to: gradient)
    }

    /// Adds the gradient of −log q_o at the sample, L~·(x − μ~) = A~·ε, the component itself being held fast.
    @inlinable @inline(__always)
    func addEntropy(_ sample: Int) {
        let epsilon = noise + sample * n
        for i in 0..<n {
            var sum = gradient[i]
            for c in 0...i { sum = sum.fma(factor[triangleIndex(i, c)], epsilon[c]) }
            gradient[i] = sum
        }
    }

    /// Carries −scale·gradient from the sample to mean and factor.
    @inlinable @inline(__always)
    func backpropagateSample(scale: S) {
        for i in 0..<n {
            gradient[i] = -(scale * gradient[i])
            meanGradient[i] = meanGradient[i] + gradient[i]
        }
        // x − μ~ = A⁻ᵀ·ε: dL/dA_ij = −(x − μ~)_i·v_j with v = A⁻¹·dL/dx.
        PackedTriangle.solve(n, factor, gradient)
        for i in 0..<n {
            for j in 0...i {
                let index = triangleIndex(i, j)
                factorGradient[index] = factorGradient[index].fnma(offset[i], gradient[j])
            }
        }
    }

    /// Carries the component's gradient back to the network's outputs; returns the penalty.
    @inlinable @inline(__always)
    func finish(_ component: Int, weight: S, _ gradient: UnsafeMutablePointer<S.Number>, _ stride: Int) -> S {
        let old = factors + component * triangle
        let projection = objective.projection
        if objective.trustRegion == .projection {
            objective.region.backpropagateCovariance(
                factorGradient, factor: proposed, old: old, projected: factor, share: covarianceShare, scratch: regionScratch)
            objective.region.backpropagateMean(
                meanGradient, difference: difference, scaled: pull, distance: meanDistance, bound: meanBounds[component])
        }
        let price = share * S(objective.penalty)
        if objective.trustRegion != .none {
            let meanPrice = price.selected(whereNegative: meanBounds[component] - meanDistance, else: S(0.0))
            for i in 0..<n { meanGradient[i] = meanGradient[i].fma(meanPrice, pull[i]) }
            for i in 0..<triangle { factorGradient[i] = factorGradient[i].fma(price, excessGradient[i]) }
        }
        if projection.shape == .diagonal {
            for i in 0..<n {
                packed[i] = proposed[triangleIndex(i, i)]
                inner[i] = factorGradient[triangleIndex(i, i)]
            }
            projection.backpropagate(raw, factor: packed, factorGradient: inner, scratch: excessGradient, into: rawGradient)
        } else {
            projection.backpropagate(raw, factor: proposed, factorGradient: factorGradient, scratch: inner, into: rawGradient)
        }
        for i in 0..<n { (weight * meanGradient[i]).store(to: gradient + i * stride) }
        for i in 0..<projection.rawCount { (weight * rawGradient[i]).store(to: gradient + (n + i) * stride) }
        return price * excess
    }

    /// The weights' share of the loss and its gradient, and the perplexity of the snapshot's weights.
    @inlinable @inline(__always)
    func weigh(
        _ outputs: UnsafePointer<S.Number>, _ biases: UnsafePointer<S.Number>, _ gradient: UnsafeMutablePointer<S.Number>, _ stride: Int,
        weight: S
    ) -> (crossEntropy: S, perplexity: S) {
        let k = objective.components
        let step = S(objective.weightStep), range = S.Number(objective.rewardRange)
        var average = S(0.0)
        for component in 0..<k { average = average.fma(weights[component], advantages[component]) }
        // Targets, from the snapshot's weights.
        var total = S(0.0), largest = S(-1e30), entropy = S(0.0)
        for component in 0..<k {
            let logarithm = weights[component].atLeast(S(1e-30)).logarithm
            entropy = entropy.fnma(weights[component], logarithm)
            shares[component] = logarithm.fma(step, (advantages[component] - average).limited(to: range))
            largest = largest.atLeast(shares[component])
        }
        for component in 0..<k {
            shares[component] = (shares[component] - largest).exponential
            total = total + shares[component]
        }
        let inverse = S(1.0) / total
        let (sum, top) = softmax(outputs, biases, stride, into: advantages)
        var crossEntropy = sum.logarithm + top
        for component in 0..<k {
            let target = shares[component] * inverse
            let logit = S(loading: outputs + component * stride) + S(repeating: biases[component])
            crossEntropy = crossEntropy.fnma(target, logit)
            (weight * (advantages[component] - target)).store(to: gradient + component * stride)
        }
        return (crossEntropy, entropy.exponential)
    }
}
