import Kinematics
import Mixtures
import Numerics

extension PoseQuery {
    /// Exact configurations that reach a pose and meet wishes: some joints held, the nearest to a configuration first.
    ///
    /// Where joints are held, samples are drawn from the mixture over the others given the held values, so that the components that fit them
    /// take over.
    public func solve(
        _ pose: Pose, options: InverseKinematics.Options = .init(count: 100), wishes: SearchWishes, refine steps: Int = 0,
        using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> Solutions {
        if wishes.isEmpty { return solve(pose, options: options, refine: steps, using: &stream, cancellation: cancellation) }
        var options = options
        if model.context == .position { options.rotationTolerance = .infinity }
        let limit = SampledStarts.limit(options)
        guard !wishes.held.isEmpty else {
            let starts = SampledStarts(
                posterior(pose, refine: steps, reweights: false), chain: kinematics.laneChain, first: max(options.count, 64), limit: limit,
                stream: &stream, cancellation: cancellation)
            return kinematics.solve(pose, options: options, wishes: wishes, cancellation: cancellation) { _, _ in starts }
        }
        let mixture = posterior(pose, refine: steps, reweights: false).gaussianMixture.conditioned(on: wishes.held)
        let own = RandomStream(seed: stream.next())
        return kinematics.solve(pose, options: options, wishes: wishes, cancellation: cancellation) { rest, _ in
            ConditionedStarts(mixture, chain: rest, limit: limit, stream: own)
        }
    }
}

/// Starts drawn from a mixture over the free joints, then uniform ones.
private struct ConditionedStarts: StartSource {
    let patience = 20
    private let mixture: GaussianMixture
    private let chain: LaneChain
    private var stream: RandomStream
    private var uniform: UniformStarts
    private var left: Int

    init(_ mixture: GaussianMixture, chain: LaneChain, limit: Int, stream: RandomStream) {
        self.mixture = mixture
        self.chain = chain
        self.stream = stream
        uniform = UniformStarts(chain, stream: stream.split(1))
        left = limit
    }

    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        // Every fourth start is uniform: held values may leave nothing of what the model knows.
        guard left > 0, left % 4 != 0 else {
            left = max(0, left - 1)
            return uniform.next(into: q, lane: lane)
        }
        left -= 1
        let (x, component) = mixture.sample(using: &stream)
        for i in x.indices {
            q[i][lane] = chain.isUnlimited(i) ? Float(x[i]) : min(max(Float(x[i]), chain.lower[i]), chain.upper[i])
        }
        return component
    }
}
