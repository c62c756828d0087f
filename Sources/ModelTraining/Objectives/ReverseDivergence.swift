import Mixtures
import Numerics

/// The reverse Kullback–Leibler divergence of the whole mixture from a target, the plain way: all gradients of one loss.
///
///     loss(c) = −Σ_o q(o|c)·E_{q_o}[ log p̃(x|c) − log q(x|c) ],     x = μ_o + A_o⁻ᵀ·ε
///
/// Unlike ``ComponentObjective`` it has no snapshot, no trust region and no targets of weights, and loses modes; it is the yardstick
/// for what those are worth, and for speed: with K components and S samples of each it evaluates K·S targets and K²·S densities.
public struct ReverseDivergence: Sendable {
    public let components: Int
    public let projection: PrecisionProjection
    public let samples: Int
    /// β: the power of p̃ in the loss, below 1 while annealing.
    public var temperature = 1.0

    /// What an evaluation found, a context a lane.
    public struct Summary<S: LaneArithmetic> {
        /// −Σ w·mean (β·log p̃ − log q), whose gradient is that of the outputs.
        public var loss: S
        /// Σ w·mean (log p̃ − log q), whatever β is.
        public var bound: S

        @inlinable
        init(loss: S, bound: S) {
            self.loss = loss
            self.bound = bound
        }
    }

    /// - Precondition: the projection's shape is full.
    public init(components: Int, projection: PrecisionProjection, samples: Int) {
        precondition(projection.shape == .full, "the reverse divergence is there for full covariances")
        self.components = components
        self.projection = projection
        self.samples = samples
    }

    private var dimension: Int { projection.dimension }
    private var triangle: Int { triangleCount(dimension) }

    /// The number of standard normal numbers that an evaluation takes.
    public var noiseCount: Int { components * samples * dimension }
    /// Places of scratch that an evaluation needs.
    public var scratchCount: Int { components * (2 * dimension + 2 * triangle + 7) + 9 * dimension + 3 * triangle }

    /// The losses of one context a lane; the gradient of `weight · loss` replaces the outputs.
    ///
    /// - Parameters:
    ///   - outputs: the network's outputs without biases, `stride` numbers from one to the next.
    ///   - noise: `noiseCount` standard normal numbers.
    ///   - target: evaluates log p̃ at a configuration and writes its gradient.
    @inlinable @inline(__always)
    public func evaluate<S: LaneArithmetic>(
        outputs: UnsafeMutablePointer<S.Number>, biases: UnsafePointer<S.Number>, stride: Int, weight: S.Number,
        noise: UnsafePointer<S>, scratch: UnsafeMutablePointer<S>, target: (_ x: UnsafePointer<S>, _ gradient: UnsafeMutablePointer<S>) -> S
    ) -> Summary<S> {
        switch projection.dimension {
        case 7: evaluate(7, outputs, biases, stride, weight, noise, scratch, target)
        case let n: evaluate(n, outputs, biases, stride, weight, noise, scratch, target)
        }
    }

    @inlinable @inline(__always)
    func evaluate<S: LaneArithmetic>(
        _ n: Int, _ outputs: UnsafeMutablePointer<S.Number>, _ biases: UnsafePointer<S.Number>, _ stride: Int, _ weight: S.Number,
        _ noise: UnsafePointer<S>, _ scratch: UnsafeMutablePointer<S>, _ target: (UnsafePointer<S>, UnsafeMutablePointer<S>) -> S
    ) -> Summary<S> {
        let work = ReverseWork(self, n: n, scratch: scratch)
        work.load(outputs, biases, stride)
        var loss = S(0.0), rest = S(0.0)
        let each = S(1 / Double(samples)), power = S(temperature), left = S(1 - temperature)
        for component in 0..<components {
            var reward = S(0.0)
            let share = work.weights[component] * each
            var sample = 0
            while sample < samples {
                let isPair = sample + 1 < samples
                let epsilon = noise + (component * samples + sample) * n
                work.draw(component, epsilon, into: work.x, work.offset)
                var value = target(work.x, work.gradient)
                // What annealing leaves out of the bound is kept apart.
                rest = rest.fma(share * left, value)
                value = power * value
                for i in 0..<n { work.gradient[i] = power * work.gradient[i] }
                if isPair {
                    work.draw(component, epsilon + n, into: work.y, work.otherOffset)
                    var other = target(work.y, work.otherGradient)
                    rest = rest.fma(share * left, other)
                    other = power * other
                    for i in 0..<n { work.otherGradient[i] = power * work.otherGradient[i] }
                    let (a, b) = work.densities.logarithms(work.x, work.y, scratch: work.z, into: work.shares, work.otherShares)
                    reward = reward + (value - work.densities.normalise(work.shares, largest: a))
                    reward = reward + (other - work.densities.normalise(work.otherShares, largest: b))
                    work.backpropagate(component, work.x, work.shares, work.gradient, work.offset, share)
                    work.backpropagate(component, work.y, work.otherShares, work.otherGradient, work.otherOffset, share)
                } else {
                    let largest = work.densities.logarithms(work.x, scratch: work.z, into: work.shares)
                    reward = reward + (value - work.densities.normalise(work.shares, largest: largest))
                    work.backpropagate(component, work.x, work.shares, work.gradient, work.offset, share)
                }
                sample += 2
            }
            work.rewards[component] = reward * each
            loss = loss.fnma(work.weights[component], work.rewards[component])
        }
        work.finish(outputs, biases, stride, scale: S(repeating: weight), loss: loss)
        return Summary(loss: loss, bound: rest - loss)
    }
}

/// The registers of one evaluation of ``ReverseDivergence``.
@usableFromInline
struct ReverseWork<S: LaneArithmetic> {
    @usableFromInline let objective: ReverseDivergence
    @usableFromInline let n: Int
    @usableFromInline let densities: MixtureDensities<S>
    // One entry a component.
    @usableFromInline let weights: UnsafeMutablePointer<S>
    @usableFromInline let rewards: UnsafeMutablePointer<S>
    @usableFromInline let shares: UnsafeMutablePointer<S>
    @usableFromInline let otherShares: UnsafeMutablePointer<S>
    @usableFromInline let offsets: UnsafeMutablePointer<S>
    @usableFromInline let counts: UnsafeMutablePointer<S>
    @usableFromInline let means: UnsafeMutablePointer<S>
    @usableFromInline let factors: UnsafeMutablePointer<S>
    @usableFromInline let meanGradients: UnsafeMutablePointer<S>
    @usableFromInline let factorGradients: UnsafeMutablePointer<S>
    // One entry a coordinate or an element of a triangle.
    @usableFromInline let x: UnsafeMutablePointer<S>
    @usableFromInline let y: UnsafeMutablePointer<S>
    @usableFromInline let offset: UnsafeMutablePointer<S>
    @usableFromInline let otherOffset: UnsafeMutablePointer<S>
    @usableFromInline let gradient: UnsafeMutablePointer<S>
    @usableFromInline let otherGradient: UnsafeMutablePointer<S>
    @usableFromInline let difference: UnsafeMutablePointer<S>
    @usableFromInline let z: UnsafeMutablePointer<S>
    @usableFromInline let raw: UnsafeMutablePointer<S>
    @usableFromInline let rawGradient: UnsafeMutablePointer<S>
    @usableFromInline let inner: UnsafeMutablePointer<S>

    @inlinable @inline(__always)
    init(_ objective: ReverseDivergence, n: Int, scratch: UnsafeMutablePointer<S>) {
        self.objective = objective
        self.n = n
        let k = objective.components, t = triangleCount(n)
        var next = scratch
        func take(_ count: Int) -> UnsafeMutablePointer<S> {
            defer { next += count }
            return next
        }
        weights = take(k); rewards = take(k); shares = take(k); otherShares = take(k); offsets = take(k); counts = take(k)
        means = take(k * n); factors = take(k * t); meanGradients = take(k * n); factorGradients = take(k * t)
        x = take(n); y = take(n); offset = take(n); otherOffset = take(n); gradient = take(n); otherGradient = take(n)
        difference = take(n); z = take(n); raw = take(t); rawGradient = take(t); inner = take(t)
        densities = MixtureDensities(components: k, n: n, means: means, factors: factors, offsets: offsets)
    }

    /// Reads the mixture and clears the gradients.
    @inlinable @inline(__always)
    func load(_ outputs: UnsafePointer<S.Number>, _ biases: UnsafePointer<S.Number>, _ stride: Int) {
        let k = objective.components, t = triangleCount(n)
        var largest = S(-1e30), total = S(0.0)
        for component in 0..<k {
            weights[component] = S(loading: outputs + component * stride) + S(repeating: biases[component])
            largest = largest.atLeast(weights[component])
        }
        for component in 0..<k {
            offsets[component] = weights[component] - largest
            weights[component] = offsets[component].exponential
            total = total + weights[component]
        }
        let inverse = S(1.0) / total, logarithm = total.logarithm + S(0.5 * Double(n) * Elementary.log(2 * .pi))
        for component in 0..<k {
            weights[component] = weights[component] * inverse
            let row = k + component * (n + t), factor = factors + component * t
            for i in 0..<n { means[component * n + i] = S(loading: outputs + (row + i) * stride) + S(repeating: biases[row + i]) }
            loadRaw(row + n, outputs, biases, stride)
            objective.projection.project(raw, into: factor)
            var offset = offsets[component] - logarithm
            for i in 0..<n { offset = offset + factor[triangleIndex(i, i)].logarithm }
            offsets[component] = offset
            counts[component] = S(0.0)
        }
        for i in 0..<k * n { meanGradients[i] = S(0.0) }
        for i in 0..<k * t { factorGradients[i] = S(0.0) }
    }

    @inlinable @inline(__always)
    func loadRaw(_ row: Int, _ outputs: UnsafePointer<S.Number>, _ biases: UnsafePointer<S.Number>, _ stride: Int) {
        for i in 0..<triangleCount(n) { raw[i] = S(loading: outputs + (row + i) * stride) + S(repeating: biases[row + i]) }
    }

    /// x = μ + A⁻ᵀ·ε.
    @inlinable @inline(__always)
    func draw(_ component: Int, _ epsilon: UnsafePointer<S>, into x: UnsafeMutablePointer<S>, _ offset: UnsafeMutablePointer<S>) {
        for i in 0..<n { offset[i] = epsilon[i] }
        PackedTriangle.solveTransposed(n, factors + component * triangleCount(n), offset)
        for i in 0..<n { x[i] = means[component * n + i] + offset[i] }
    }

    /// Carries the loss of a sample, −share·(log p̃ − log q), to all components; `gradient` holds that of log p̃.
    @inlinable @inline(__always)
    func backpropagate(
        _ component: Int, _ x: UnsafePointer<S>, _ shares: UnsafePointer<S>, _ gradient: UnsafeMutablePointer<S>,
        _ offset: UnsafePointer<S>, _ share: S
    ) {
        let t = triangleCount(n)
        for i in 0..<n { gradient[i] = -(share * gradient[i]) }
        for j in 0..<objective.components {
            let responsibility = shares[j]
            counts[j] = counts[j].fma(share, responsibility)
            guard (MixtureDensities<S>.negligibleShare - responsibility).hasNegative else { continue }
            let scale = share * responsibility
            densities.whiten(j, x, difference: difference, into: z)
            let factor = factors + j * t, meanGradient = meanGradients + j * n, factorGradient = factorGradients + j * t
            for i in 0..<n {
                // L_j·(x − μ_j), downhill for the sample and uphill for the mean.
                var pull = factor[triangleIndex(i, 0)] * z[0]
                for c in 1..<max(i + 1, 1) { pull = pull.fma(factor[triangleIndex(i, c)], z[c]) }
                meanGradient[i] = meanGradient[i].fma(scale, pull)
                gradient[i] = gradient[i].fnma(scale, pull)
                let scaled = scale * difference[i]
                for c in 0...i { factorGradient[triangleIndex(i, c)] = factorGradient[triangleIndex(i, c)].fnma(scaled, z[c]) }
            }
        }
        let meanGradient = meanGradients + component * n, factorGradient = factorGradients + component * t
        for i in 0..<n { meanGradient[i] = meanGradient[i] + gradient[i] }
        PackedTriangle.solve(n, factors + component * t, gradient)
        for i in 0..<n {
            for j in 0...i {
                let index = triangleIndex(i, j)
                factorGradient[index] = factorGradient[index].fnma(offset[i], gradient[j])
            }
        }
    }

    /// Replaces the outputs by the gradient.
    @inlinable @inline(__always)
    func finish(_ outputs: UnsafeMutablePointer<S.Number>, _ biases: UnsafePointer<S.Number>, _ stride: Int, scale: S, loss: S) {
        let k = objective.components, t = triangleCount(n)
        for component in 0..<k {
            // −w·(reward − mean reward) through the weights, and Σ share·(r − w) through log q.
            let weight = weights[component]
            let slope = counts[component] - weight * (S(1.0) + rewards[component] + loss)
            (scale * slope).store(to: outputs + component * stride)
            let row = k + component * (n + t)
            let factor = factors + component * t, factorGradient = factorGradients + component * t
            for i in 0..<n {
                let index = triangleIndex(i, i)
                factorGradient[index] = factorGradient[index] + counts[component] / factor[index]
            }
            loadRaw(row + n, outputs, biases, stride)
            objective.projection.backpropagate(raw, factor: factor, factorGradient: factorGradient, scratch: inner, into: rawGradient)
            for i in 0..<n { (scale * meanGradients[component * n + i]).store(to: outputs + (row + i) * stride) }
            for i in 0..<t { (scale * rawGradient[i]).store(to: outputs + (row + n + i) * stride) }
        }
    }
}
