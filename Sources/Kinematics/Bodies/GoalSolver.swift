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
    /// - Parameter wishes: variables that are held, and the configuration that solutions are ranked by their distance to.
    public func solve(
        _ goal: Goal, options: InverseKinematics.Options = .init(), wishes: SearchWishes = .init(), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> Solutions {
        prepare(goal, wishes: wishes)
        var starts = SpreadStarts(body, isUniform: true, stream: stream)
        defer { stream = starts.stream }
        return solve(goal, options: options, wishes: wishes, from: &starts, cancellation: cancellation)
    }

    /// Finds configurations from the starts of a source, after ``prepare(_:wishes:)``.
    public func solve(
        _ goal: Goal, options: InverseKinematics.Options, wishes: SearchWishes, from starts: inout some StartSource,
        cancellation: Cancellation = .never
    ) -> Solutions {
        var result = solver.solve(options: options, from: &starts, cancellation: cancellation).solutions(of: chain.name, goal: goal)
        if let near = wishes.near {
            let metric = ConfigurationMetric(chain, weights: wishes.weights)
            let distances = result.solutions.map { metric.squaredDistance($0.configuration, near) }
            result.solutions = result.solutions.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }.map { result.solutions[$0] }
        }
        return result
    }

    /// Sets the goal and holds the variables that are wished to be held.
    public func prepare(_ goal: Goal, wishes: SearchWishes) {
        let task = BodyTask(aims: [.init(tip: 0, goal: goal)])
        guard wishes.held != held else { return solver.set(task) }
        held = wishes.held
        var body = Body(chain)
        for (index, value) in held {
            body.variables[index].lower = value
            body.variables[index].upper = value
            // A held joint has limits, whatever its kind was.
            if body.variables[index].kind == .continuous { body.variables[index].kind = .revolute }
            body.nominal[index] = value
        }
        solver = BodySolver(body, task: task)
    }
}
