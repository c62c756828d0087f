/// The requirements of a search.
public struct SearchOptions: Sendable {
    /// How many distinct solutions to look for.
    public var count: Int
    /// The largest distance of the tip from the target, m.
    public var positionTolerance: Double
    /// The largest angle between the tip's and the target's orientation, rad; infinity where any orientation will do.
    public var rotationTolerance: Double
    /// How many starts are tried before the search gives up, and then as many again that aim within wide tolerances; nil: 4096, and at least 64 for each
    /// solution asked for.
    public var restarts: Int?
    /// Solutions nearer to each other than this (Euclidean, rad and m) count as one; whole turns do not part them.
    public var minimumDistance: Double
    /// The longest time that the search may take, s; nil: as long as it takes.
    public var seconds: Double?
    /// Whether the closest approach is worked out where nothing reaches the target.
    public var findsClosest: Bool
    /// What the closest approach makes small.
    public var closeness = Closeness.positionFirst
    /// Whether, where a target leaves freedom, as many solutions as asked for are chosen among up to twice as many, far from one another.
    public var spreads: Bool

    /// Options whose defaults ask for a single solution to 0.1 mm and 1 mrad.
    public init(
        count: Int = 1, positionTolerance: Double = 1e-4, rotationTolerance: Double = 1e-3, restarts: Int? = nil,
        minimumDistance: Double = 0.01, seconds: Double? = nil, findsClosest: Bool = true, spreads: Bool = false
    ) {
        self.count = count
        self.positionTolerance = positionTolerance
        self.rotationTolerance = rotationTolerance
        self.restarts = restarts
        self.minimumDistance = minimumDistance
        self.seconds = seconds
        self.findsClosest = findsClosest
        self.spreads = spreads
    }

    /// Numbers of solutions that are chosen among twice as many.
    private static let choosable = 2...512
    /// How many solutions are searched for at most, those that are then left out included.
    public var sought: Int { spreads && Self.choosable.contains(count) ? 2 * count : count }

    var restartLimit: Int { restarts ?? max(4096, 64 * count) }

    /// Whether errors are within the tolerances.
    func accepts(_ solution: Solution) -> Bool {
        solution.positionError <= positionTolerance && solution.rotationError <= rotationTolerance
    }
}

/// What a closest approach makes as small as it can be.
public enum Closeness: Sendable, Equatable {
    /// The distance; at the least distance, the angle.
    case positionFirst
    /// `position · distance² + rotation · angle²`, in m and rad; neither factor is negative, and one is positive.
    case weighted(position: Double, rotation: Double)
}
