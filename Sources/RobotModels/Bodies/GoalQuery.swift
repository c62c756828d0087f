import ConditionalModels
import Kinematics
import Numerics

/// Asks a model of a chain for configurations that meet a goal which leaves something free.
///
/// The model answers for whole poses, so poses that meet the goal are drawn, and samples of the mixtures at those poses are starts
/// of the search for the goal itself. A value owns its workspaces: use one per thread.
public final class GoalQuery {
    public let model: ConditionalMixture
    let predictor: MixturePredictor
    private let solver: GoalSolver

    /// - Throws: ``ModelError/wrongSubject(expected:found:)`` where the model was made for another chain.
    public init(_ model: ConditionalMixture, chain: Chain) throws(ModelError) {
        try model.check(chain)
        if model.robot.isPartial { throw .partial(joints: model.dimension, of: chain.name) }
        self.model = model
        predictor = MixturePredictor(model)
        solver = GoalSolver(chain)
    }

    /// Exact, distinct, ranked configurations that meet the goal.
    ///
    /// If the model runs dry, uniform starts take over.
    ///
    /// - Parameter wishes: variables that are held, and the configuration that solutions are ranked by their distance to.
    public func solve(
        _ goal: Goal, options: InverseKinematics.Options = .init(), wishes: SearchWishes = .init(), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> Solutions {
        solver.prepare(goal, wishes: wishes)
        let starts = GoalStarts(predictor, goal: goal, body: solver.body, stream: &stream)
        return solver.solve(goal, options: options, wishes: wishes, from: starts, cancellation: cancellation)
    }
}

/// Starts drawn from mixtures at poses that meet a goal, then uniform ones.
private struct GoalStarts: StartSource {
    let patience = 40
    private let predictor: MixturePredictor
    private let goal: Goal
    private let body: Body
    private var stream: RandomStream
    private var current: ModelStarts
    private var uniform: SpreadStarts
    private var given = 0
    private let samplesPerPose = 4
    private let limit = 2048

    init(_ predictor: MixturePredictor, goal: Goal, body: Body, stream: inout RandomStream) {
        self.predictor = predictor
        self.goal = goal
        self.body = body
        self.stream = RandomStream(seed: stream.next())
        uniform = SpreadStarts(body, isUniform: true, stream: RandomStream(seed: stream.next()))
        current = ModelStarts(predictor, at: goal.pose, body: body, samples: samplesPerPose, stream: &self.stream)
    }

    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        guard given < limit else { return uniform.next(into: q, lane: lane) }
        if given > 0, given % samplesPerPose == 0 {
            current = ModelStarts(predictor, at: goal.randomPose(using: &stream), body: body, samples: samplesPerPose, stream: &stream)
        }
        given += 1
        return current.next(into: q, lane: lane)
    }
}
