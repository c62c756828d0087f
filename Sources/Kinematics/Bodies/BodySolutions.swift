/// The answer to a question for configurations of a body.
public struct BodySolutions: Sendable {
    public var task: BodyTask
    /// How many solutions were asked for.
    public var requested: Int
    /// The solutions, best first; errors are the largest of all goals'.
    public var solutions: [Solution]
    /// How many starts were tried, how many of them met the goals, and how many iterations of sixteen searches that took.
    public var starts: Int
    public var converged: Int
    public var iterations: Int
    /// The time that the search took, s.
    public var elapsed: Double
    /// Why there are fewer solutions than asked for; nil where there are not.
    public var reason: String?
    /// The configuration that came nearest, where none met the goals.
    public var closest: Solution?

    public var found: Int { solutions.count }

    /// The same for a chain that was asked for one goal.
    ///
    /// - Parameter robot: the chain's name.
    public func solutions(of robot: String, goal: Goal) -> Solutions {
        Solutions(
            robot: robot, target: goal.pose, requested: requested, solutions: solutions, starts: starts, converged: converged,
            elapsed: elapsed, reason: reason, closest: closest, goal: goal)
    }
}
