import ConditionalModels
import Kinematics
import Mixtures
import Numerics

extension PoseQuery {
    /// Exact configurations that meet a goal and preferences: some joints held, the nearest to a configuration first.
    ///
    /// Where joints are held, samples are drawn from the mixture over the others given the held values, so that the components that fit them
    /// take over. The model answers for whole poses; where a goal leaves something free, poses that meet it are drawn, and samples at
    /// those poses are starts of the search for the goal itself.
    ///
    /// - Parameter steps: how many evidence updates move the components before samples are drawn; for poses only.
    public func solve(
        _ goal: Goal, options: SearchOptions = .init(count: 100), preferences: Preferences = .init(), refine steps: Int = 0,
        using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> Solutions {
        guard goal.isPose else {
            return kinematics.solve(
                goal, options: options, preferences: preferences, context: model.context, dimension: model.dimension, using: &stream, cancellation: cancellation
            ) { [self] pose in { count, random, lanes in self.draw(pose, count: count, using: &random, &lanes) } }
        }
        if preferences.isEmpty { return solve(goal.pose, options: options, refine: steps, using: &stream, cancellation: cancellation) }
        var options = options
        if model.context == .position { options.rotationTolerance = .infinity }
        let limit = SampledStarts.limit(options), own = RandomStream(seed: stream.next())
        return kinematics.solve(goal, options: options, preferences: preferences, cancellation: cancellation) { [self] rest, free in
            if preferences.held.isEmpty {
                var stream = own
                return SampledStarts(
                    posterior(goal.pose, refine: steps, reweights: false), chain: rest, first: max(options.count, 64), limit: limit, stream: &stream,
                    cancellation: cancellation)
            }
            let mixture = posterior(goal.pose, refine: steps, reweights: false).gaussianMixture.conditioned(on: preferences.held)
            return ConditionedStarts(mixture, chain: rest, limit: limit, stream: own)
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
        for i in x.indices { q[i][lane] = chain.start(Float(x[i]), i) }
        return component
    }
}

/// Starts drawn from a model at poses that meet a goal, then uniform ones; where joints are held, the others are started from.
struct GoalStarts: StartSource {
    let patience = 40
    private let goal: Goal
    private let chain: LaneChain
    private let free: [Int]
    private let dimension: Int
    /// Prepares the drawing of whole configurations at a pose.
    private let draw: (Pose) -> SampledStarts.Draw
    private var random: RandomStream
    private var lanes: LaneRandom
    private var uniform: UniformStarts
    private var rows: [Float] = []
    private var labels: [Int] = []
    private var given = 0
    private let samplesPerPose: Int
    private let limit = 2048

    /// - Parameters:
    ///   - chain: what is left when held joints are taken out.
    ///   - free: the indices of its variables in the robot's configurations, which have `dimension` entries.
    init(_ goal: Goal, chain: LaneChain, free: [Int], dimension: Int, stream: RandomStream, draw: @escaping (Pose) -> SampledStarts.Draw) {
        self.goal = goal
        self.chain = chain
        self.free = free
        self.dimension = dimension
        self.draw = draw
        // The samples at one pose differ only where that leaves freedom, and cost little once the network was asked.
        samplesPerPose = goal.isPose ? 64 : 4
        random = stream.split(0)
        uniform = UniformStarts(chain, stream: stream.split(1))
        lanes = LaneRandom(using: &random)
    }

    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        guard given < limit else { return uniform.next(into: q, lane: lane) }
        let sample = given % samplesPerPose
        if sample == 0 {
            let pose = given == 0 ? goal.pose : goal.randomPose(using: &random)
            (rows, labels) = draw(pose)(samplesPerPose, &random, &lanes)
        }
        given += 1
        for (i, index) in free.enumerated() { q[i][lane] = chain.start(rows[sample * dimension + index], i) }
        return labels[sample]
    }
}
