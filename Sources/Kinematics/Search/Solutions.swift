/// A configuration that reaches, or comes near to, a target.
public struct Solution: Sendable, Equatable {
    /// The joint values, rad or m.
    public var configuration: [Double]
    /// The distance of the tip from the target, m.
    public var positionError: Double
    /// The angle between the tip's and the target's orientation, rad.
    public var rotationError: Double
    /// The mixture component that the start came from, from zero on; nil for a search without a model.
    public var component: Int?
    /// The distance to the nearest joint limit: 0 at a limit, 1 where every joint is in the middle of its range.
    public var limitMargin: Double
    /// √det(J·Jᵀ) (Yoshikawa, 1985), or √det(Jᵀ·J) with fewer than six joints.
    public var manipulability: Double
    /// The weighted distance from the configuration that solutions were preferred near; nil where none was.
    public var distance: Double?

    /// The least distance from what the solution has to keep clear of, m, up to 0.25; nil where there is nothing.
    public var clearance: Double?

    /// What solutions are ranked by: far from limits, from singular postures and from obstacles comes first.
    public var score: Double { limitMargin * manipulability * (clearance.map { $0 / ($0 + Self.comfortableClearance) } ?? 1) }

    /// The clearance at which a solution counts half of what it would far from everything, m.
    private static let comfortableClearance = 0.02
}

/// What a search has come to, whatever was searched for.
public struct SearchOutcome: Sendable {
    /// How many solutions were asked for.
    public var requested: Int
    /// The solutions, best first.
    public var solutions: [Solution] = []
    /// How many starts were tried, how many of them reached the target, and how many iterations of sixteen searches that took.
    public var starts = 0
    public var converged = 0
    /// How many distinct solutions touched what they have to keep clear of.
    public var rejected = 0
    public var iterations = 0
    /// The time that the search took, s.
    public var elapsed = 0.0
    /// Why there are fewer solutions than asked for; nil where there are not.
    public var reason: String?
    /// The configuration that came nearest, where none reached the target.
    public var closest: Solution?
    /// Whether the search ended before it had tried everything that it may: it was interrupted, or its time was up.
    public var wasStopped = false

    public var found: Int { solutions.count }

    /// Whether the target was reached at all.
    public var isReachable: Bool { !solutions.isEmpty }
}

/// The answer to a question for configurations of a chain that reach a target.
@dynamicMemberLookup
public struct Solutions: Sendable {
    /// The name of the robot.
    public var robot: String
    public var target: Pose
    /// What was asked for, where that is not the pose alone.
    public var goal: Goal?
    public var outcome: SearchOutcome

    public init(robot: String, goal: Goal, outcome: SearchOutcome) {
        self.robot = robot
        target = goal.pose
        self.goal = goal.isPose ? nil : goal
        self.outcome = outcome
    }

    public subscript<Value>(dynamicMember path: WritableKeyPath<SearchOutcome, Value>) -> Value {
        get { outcome[keyPath: path] }
        set { outcome[keyPath: path] = newValue }
    }

    public var found: Int { outcome.found }
    public var isReachable: Bool { outcome.isReachable }

    /// The result of a search that was cancelled before anything was tried.
    public init(stoppedBeforeAnyStartOf robot: String, goal: Goal, requested: Int, reason: String) {
        var outcome = SearchOutcome(requested: requested)
        outcome.reason = reason
        outcome.wasStopped = true
        self.init(robot: robot, goal: goal, outcome: outcome)
    }
}
