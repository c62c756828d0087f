/// Configurations along a path of targets, and where they could not be joined.
public struct Track: Sendable, Equatable {
    /// A configuration a target, rad or m; the closest approach where a target was not reached. Joints without limits turn on, past ±π.
    public var configurations: [[Double]] = []
    public var positionErrors: [Double] = []
    public var rotationErrors: [Double] = []
    /// The targets, from zero on, that can only be gone to by a jump: some joint moves by more than the greatest step.
    public var jumps: [Int] = []
    /// Whether it is known that no track has fewer jumps: all branches of every target were found, and every way between them has as many.
    public var areJumpsProven = false
    /// The targets that were not reached: their errors are beyond the tolerances.
    public var unreached: [Int] = []
    /// The greatest move of a single joint from one target to the next, jumps left out, rad or m.
    public var greatestStep = 0.0
    /// The sum of the weighted distances from target to target.
    public var length = 0.0
    /// How many configurations a target were weighed against each other, the mean.
    public var candidates = 0.0
    /// The time it took, s.
    public var elapsed = 0.0
    /// Whether someone did not want to wait for the end.
    public var wasCancelled = false
    /// Why the track ends before the path does, or why the first target that is not reached is not; nil where all are.
    public var reason: String?
}

/// How a path of targets is followed.
public struct TrackOptions: Sendable {
    /// Distinct solutions that are looked for at each target.
    public var candidates = 16
    /// The greatest move of a joint from one target to the next, rad or m.
    public var greatestStep = 0.5
    /// Where the path begins; nil: wherever it goes best.
    public var start: [Double]?
    /// How much each variable's difference counts, and what holds of every configuration; there is no one to be near to.
    public var preferences = Preferences()
    public var positionTolerance = 1e-4
    public var rotationTolerance = 1e-3
    /// The longest time that the whole path may take, s; nil: as long as it takes.
    public var seconds: Double?
    /// Whether the path ends in the configuration in which it begins; its last target is its first one.
    public var isClosed = false

    public init() {}

    /// The same with the time that is left.
    func rest(after limit: SearchLimit) -> TrackOptions {
        var rest = self
        if let seconds { rest.seconds = max(seconds - limit.elapsed, 1e-9) }
        return rest
    }

    /// What is asked of the search at each target.
    public var search: SearchOptions {
        SearchOptions(
            count: candidates, positionTolerance: positionTolerance, rotationTolerance: rotationTolerance, restarts: 16 * candidates,
            minimumDistance: 0.1)
    }
}
