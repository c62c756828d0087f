extension InverseKinematics {
    /// What is asked of a search.
    public struct Options: Sendable {
        /// How many distinct solutions to look for.
        public var count: Int
        /// The largest distance of the tip from the target, m.
        public var positionTolerance: Double
        /// The largest angle between the tip's and the target's orientation, rad; infinity where any orientation will do.
        public var rotationTolerance: Double
        /// How many starts are tried before the search gives up; nil: 4096, and at least 64 for each solution asked for.
        public var restarts: Int?
        /// Solutions nearer to each other than this (Euclidean, rad and m) count as one.
        public var minimumDistance: Double
        /// Whether the closest approach is worked out where nothing reaches the target.
        public var findsClosest: Bool
        /// Whether, where a pose leaves freedom, as many solutions as asked for are chosen among up to twice as many, far from one another.
        public var spreads: Bool

        public init(
            count: Int = 1, positionTolerance: Double = 1e-4, rotationTolerance: Double = 1e-3, restarts: Int? = nil,
            minimumDistance: Double = 0.01, findsClosest: Bool = true, spreads: Bool = false
        ) {
            self.count = count
            self.positionTolerance = positionTolerance
            self.rotationTolerance = rotationTolerance
            self.restarts = restarts
            self.minimumDistance = minimumDistance
            self.findsClosest = findsClosest
            self.spreads = spreads
        }

        /// Numbers of solutions that are chosen among twice as many.
        private static let choosable = 2...512
        /// How many solutions are looked for at most, those that are then left out included.
        public var sought: Int { spreads && Self.choosable.contains(count) ? 2 * count : count }

        var restartLimit: Int { restarts ?? max(4096, 64 * count) }
    }
}

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
    /// The weighted distance from the configuration that solutions were wished near; nil where none was.
    public var distance: Double?

    /// What solutions are ranked by: far from limits and from singular postures comes first.
    public var score: Double { limitMargin * manipulability }

    /// The sum of the squared errors, m² + rad².
    var squaredError: Double { positionError * positionError + rotationError * rotationError }
}

/// The answer to a question for configurations that reach a target.
public struct Solutions: Sendable {
    /// The name of the robot.
    public var robot: String
    public var target: Pose
    /// How many solutions were asked for.
    public var requested: Int
    /// The solutions, best first.
    public var solutions: [Solution]
    /// How many starts were tried, and how many of them reached the target.
    public var starts: Int
    public var converged: Int
    /// The time that the search took, s.
    public var elapsed: Double
    /// Why there are fewer solutions than asked for; nil where there are not.
    public var reason: String?
    /// The configuration that came nearest, where none reached the target.
    public var closest: Solution?
    /// What was asked for, where that is not the pose alone.
    public var goal: Goal?

    public var found: Int { solutions.count }

    /// Whether the target was reached at all.
    public var isReachable: Bool { !solutions.isEmpty }
}

extension Solutions {
    /// The answer to a question that was dropped before anything was tried.
    public init(interruptedBeforeAnyStartOf robot: String, target: Pose, requested: Int) {
        self.init(
            robot: robot, target: target, requested: requested, solutions: [], starts: 0, converged: 0, elapsed: 0,
            reason: "interrupted before any start")
    }
}
