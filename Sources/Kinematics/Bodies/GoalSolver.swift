import Numerics

/// Finds configurations of a chain that meet a goal which leaves something free: the chain is a body with one tip.
///
/// A value owns its workspace: use one per thread.
public final class GoalSolver {
    private let chain: Chain
    private var held: [Int: Double] = [:]
    private var solver: BodySolver

    public init(_ chain: Chain) {
        self.chain = chain
        solver = BodySolver(Body(chain), task: BodyTask(aims: [.init(tip: 0, goal: Goal(.identity))]))
    }

    /// The chain as a body, with the variables of the last search held.
    public var body: Body { solver.body }

    /// Finds configurations from uniform starts.
    ///
    /// - Parameter wishes: variables that are held, and the configuration that solutions are to be near to.
    public func solve(
        _ goal: Goal, options: InverseKinematics.Options = .init(), wishes: SearchWishes = .init(), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> Solutions {
        prepare(goal, wishes: wishes)
        let starts = SpreadStarts(body, isUniform: true, stream: RandomStream(seed: stream.next()))
        return solve(goal, options: options, wishes: wishes, from: starts, cancellation: cancellation)
    }

    /// Finds configurations from the starts of a source, after ``prepare(_:wishes:)``.
    public func solve(
        _ goal: Goal, options: InverseKinematics.Options, wishes: SearchWishes, from starts: some StartSource,
        cancellation: Cancellation = .never
    ) -> Solutions {
        solver.solve(options: options, wishes: wishes, from: starts, cancellation: cancellation).solutions(of: chain.name, goal: goal)
    }

    /// Sets the goal and holds the variables that are wished to be held.
    public func prepare(_ goal: Goal, wishes: SearchWishes) {
        let task = BodyTask(aims: [.init(tip: 0, goal: goal)])
        guard wishes.held != held else { return solver.set(task) }
        held = wishes.held
        solver = BodySolver(Body(chain).holding(held), task: task)
    }
}
