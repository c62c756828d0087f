/// Configurations along a path of poses, and where they could not be joined.
public struct Track: Sendable, Equatable {
    /// A configuration a pose, rad or m; the closest approach where a pose was not reached.
    public var configurations: [[Double]]
    public var positionErrors: [Double]
    public var rotationErrors: [Double]
    /// The poses, from zero on, that can only be gone to by a jump: some joint moves by more than the greatest step.
    public var jumps: [Int]
    /// The poses that were not reached.
    public var unreached: [Int]
    /// The greatest move of a single joint from one pose to the next, jumps left out, rad or m.
    public var greatestStep: Double
    /// The sum of the weighted distances from pose to pose.
    public var length: Double
    /// How many configurations a pose were weighed against each other, the mean.
    public var candidates: Double
    /// The time it took, s.
    public var elapsed: Double
    public var wasCancelled: Bool
}

/// How a path of poses is followed.
public struct TrackOptions: Sendable {
    /// Distinct solutions that are looked for at each pose.
    public var candidates = 16
    /// The greatest move of a joint from one pose to the next, rad or m.
    public var greatestStep = 0.5
    /// Where the path begins; nil: wherever it goes best.
    public var start: [Double]?
    public var weights: [Double]?
    public var positionTolerance = 1e-4
    public var rotationTolerance = 1e-3

    public init() {}
}
