import Mixtures
import Numerics

/// The objective of variational inference by policy search for the components and weights of a conditional mixture.
///
/// With q' the mixture of the last snapshot, every component is improved by itself (Arenz et al., JMLR 2020):
///
///     J_o(c)  = E_{q_o}[ log p̃(x|c) + log r'_o(x|c) ] + H(q_o),     r'_o(x|c) = q'(o|c)·q'_o(x|c)/q'(x|c)
///     loss(c) = −Σ_o w_o(c)·J_o(c) − Σ_o t_o(c)·log q(o|c) + what exceeds the trust region
///     t_o(c)  ∝ q'(o|c)·exp(β·h_o(c)),                              h_o(c) = E_{q_o}[ log p̃(x|c) − log q'(x|c) ]
///
/// with w_o proportional to max(q'(o|c), floor), so that components of little weight still learn, and expectations over samples
/// x = μ~ + A~⁻ᵀ·ε of the component that the trust region leaves. Responsibilities r' and targets t are constants to the gradient.
public struct ComponentObjective: Sendable {
    public let components: Int
    public let projection: PrecisionProjection
    /// Samples of every component.
    public let samples: Int
    public var trustRegion: VariationalSettings.TrustRegion = .projection
    public var entropyGradient: VariationalSettings.EntropyGradient = .exact
    /// The step β of the weights.
    public var weightStep = 0.02
    /// The least share of 1/K that a component's objective counts with.
    public var weightFloor = 0.2
    /// The loss of a nat beyond the trust region.
    public var penalty = 3.0
    /// h_o counts up to this distance from its mean over the components, nats.
    public var rewardRange = 20.0
    @usableFromInline var region: TrustRegion

    public init(components: Int, projection: PrecisionProjection, samples: Int) {
        self.components = components
        self.projection = projection
        self.samples = samples
        region = TrustRegion(dimension: projection.dimension)
    }

    /// Searches for the edges of trust regions in so many steps.
    public mutating func refineTrustRegion(steps: Int) { region = TrustRegion(dimension: projection.dimension, searchSteps: steps) }

    /// What an evaluation found besides the gradient.
    public struct Summary<S: LaneArithmetic> {
        public var loss: S
        /// Σ_o q'(o|c)·E_{q_o}[log p̃ + log r'_o − log q_o − log q'(o|c)]: the bound of the current components with the snapshot's weights, at most
        /// that mixture's own E_q[log p̃ − log q], and as much where the snapshot's responsibilities are its own (Arenz et al., JMLR 2020).
        ///
        /// E_q[log p̃ − log q'] would be above it by the divergence from the snapshot, and no bound.
        public var elbo: S
        /// The same without log p̃: at most the entropy, in scaled coordinates.
        public var entropy: S
        /// exp of the entropy of the weights.
        public var componentsInUse: S

        @inlinable @inline(__always)
        init(loss: S, elbo: S, entropy: S, componentsInUse: S) {
            self.loss = loss
            self.elbo = elbo
            self.entropy = entropy
            self.componentsInUse = componentsInUse
        }
    }

    private var dimension: Int { projection.dimension }
    private var triangle: Int { triangleCount(dimension) }

    /// The number of standard normal numbers that an evaluation takes.
    public var noiseCount: Int { components * samples * dimension }
    /// The number of samples in the pool.
    public var poolCount: Int { components * samples }
    /// Places of scratch that an evaluation needs.
    public var scratchCount: Int {
        components * (2 * dimension + triangle + 5) + 9 * dimension + 8 * triangle + 2 * projection.rawCount + region.scratchCount
    }

    /// The places that a caller hands over.
    public struct Places<S: LaneArithmetic> {
        /// `noiseCount` standard normal numbers.
        public var noise: UnsafePointer<S>
        /// Bounds on the divergence of mean and covariance, one number per component.
        public var meanBounds: UnsafePointer<S>
        public var covarianceBounds: UnsafePointer<S>
        /// Receives, for every component, its reward J_o and its weight q'(o|c).
        public var rewards: UnsafeMutablePointer<S>
        public var weights: UnsafeMutablePointer<S>
        /// Receives `poolCount` samples and the logarithms of p̃/z, z being the density that they were drawn with; nil where not wanted.
        public var pool: (samples: UnsafeMutablePointer<S>, logWeights: UnsafeMutablePointer<S>)?
        public var scratch: UnsafeMutablePointer<S>

        public init(
            noise: UnsafePointer<S>, meanBounds: UnsafePointer<S>, covarianceBounds: UnsafePointer<S>, rewards: UnsafeMutablePointer<S>,
            weights: UnsafeMutablePointer<S>, pool: (samples: UnsafeMutablePointer<S>, logWeights: UnsafeMutablePointer<S>)?,
            scratch: UnsafeMutablePointer<S>
        ) {
            self.noise = noise
            self.meanBounds = meanBounds
            self.covarianceBounds = covarianceBounds
            self.rewards = rewards
            self.weights = weights
            self.pool = pool
            self.scratch = scratch
        }
    }

    /// The loss of one context a lane; the gradient of `weight · loss` replaces the snapshot's outputs.
    ///
    /// - Parameters:
    ///   - outputs: the network's outputs without biases, `stride` numbers from one to the next.
    ///   - former: the snapshot's outputs, laid out alike; receives the gradient with respect to `outputs`.
    ///   - target: evaluates log p̃ at a configuration and writes its gradient; told the component and its weight.
    @inlinable @inline(__always)
    public func evaluate<S: LaneArithmetic>(
        outputs: UnsafePointer<S.Number>, biases: UnsafePointer<S.Number>,
        former: UnsafeMutablePointer<S.Number>, formerBiases: UnsafePointer<S.Number>, stride: Int, weight: S.Number,
        places: Places<S>, target: (_ x: UnsafePointer<S>, _ gradient: UnsafeMutablePointer<S>, _ weight: S) -> S
    ) -> Summary<S> {
        switch projection.dimension {
        case 7: evaluate(7, outputs, biases, former, formerBiases, stride, weight, places, target)
        case let n: evaluate(n, outputs, biases, former, formerBiases, stride, weight, places, target)
        }
    }

    @inlinable @inline(__always)
    func evaluate<S: LaneArithmetic>(
        _ n: Int, _ outputs: UnsafePointer<S.Number>, _ biases: UnsafePointer<S.Number>,
        _ former: UnsafeMutablePointer<S.Number>, _ formerBiases: UnsafePointer<S.Number>, _ stride: Int, _ weight: S.Number,
        _ places: Places<S>, _ target: (UnsafePointer<S>, UnsafeMutablePointer<S>, S) -> S
    ) -> Summary<S> {
        var work = ComponentWork(self, n: n, places: places)
        work.loadSnapshot(former, formerBiases, stride)
        let scale = S(repeating: weight)
        var loss = S(0.0), elbo = S(0.0), entropy = S(0.0)
        for component in 0..<components {
            let row = components + component * (n + projection.rawCount)
            work.loadComponent(component, outputs + row * stride, biases + row, stride)
            let share = work.constrain(component)
            // Σ log A_jj is minus the entropy, but for a constant.
            var negativeEntropy = S(0.0)
            for i in 0..<n {
                let pivot = work.factor[triangleIndex(i, i)]
                negativeEntropy = negativeEntropy + pivot.logarithm
                if entropyGradient == .exact { work.factorGradient[triangleIndex(i, i)] = share / pivot }
            }
            let each = share * S(1 / Double(samples))
            var reward = -negativeEntropy
            var advantage = S(0.0), surprise = S(0.0), merit = S(0.0)
            for sample in 0..<samples {
                work.draw(component * samples + sample)
                let value = target(work.x, work.gradient, work.weights[component] * S(1 / Double(samples)))
                let (responsibility, density) = work.responsibility(component, sample: component * samples + sample, logTarget: value)
                if entropyGradient == .path { work.addEntropy(component * samples + sample) }
                work.backpropagateSample(scale: each)
                reward = reward.fma(S(1 / Double(samples)), value + responsibility)
                advantage = advantage.fma(S(1 / Double(samples)), value - density)
                // log r' − log q_o by samples: where the target is the component itself, the bound then has no noise.
                let noise = places.noise + (component * samples + sample) * n
                var squares = S(0.0)
                for i in 0..<n { squares = squares.fma(noise[i], noise[i]) }
                surprise = surprise.fma(S(1 / Double(samples)), responsibility - negativeEntropy + S(0.5) * squares)
                merit = merit.fma(S(1 / Double(samples)), value)
            }
            entropy = entropy.fma(work.weights[component], surprise)
            elbo = elbo.fma(work.weights[component], merit + surprise)
            work.rewards[component] = reward
            work.advantages[component] = advantage
            loss = loss.fnma(share, reward)
            loss = loss + work.finish(component, weight: scale, former + row * stride, stride)
        }
        let (crossEntropy, perplexity) = work.weigh(outputs, biases, former, stride, weight: scale)
        let rest = perplexity.logarithm + S(0.5 * Double(n) * Elementary.log(2 * .pi))
        return Summary(loss: loss + crossEntropy, elbo: elbo + rest, entropy: entropy + rest, componentsInUse: perplexity)
    }
}
