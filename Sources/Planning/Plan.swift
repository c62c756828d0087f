import Collision

/// A path from a start to a goal that touches nothing, with times.
public struct Plan: Sendable {
    /// Where the straight parts meet, start and goal included, rad or m.
    public var corners: [[Double]]
    /// The whole path with its corners rounded: close configurations, to be followed by straight lines.
    public var points: [[Double]]
    /// When each point is passed, s.
    public var times: [Double]
    /// The length in joint space, rad and m.
    public var length: Double
    /// The least clearance along the path, m, up to 0.1.
    public var clearance: Double
    /// Which of the goals it leads to.
    public var goal: Int
    /// Its share among the plans of an answer, in proportion to exp(−length / 1 rad).
    public var weight = 1.0
    /// The class of paths that deform into each other, from zero on, in the order of the shortest.
    public var pathClass = 0

    /// - Precondition: as many times as points, the first 0, in ascending order; `length` in joint space (rad, m), `clearance` in m.
    public init(corners: [[Double]], points: [[Double]], times: [Double], length: Double, clearance: Double, goal: Int) {
        self.corners = corners
        self.points = points
        self.times = times
        self.length = length
        self.clearance = clearance
        self.goal = goal
    }

    /// s.
    public var duration: Double { times.last ?? 0 }

    /// The configuration at a time; before the start and after the end, the first and the last one.
    public func configuration(at time: Double) -> [Double] {
        guard let index = times.firstIndex(where: { $0 >= time }), index > 0 else { return time <= 0 ? points[0] : points[points.count - 1] }
        let step = times[index] - times[index - 1]
        return BlendedPath.between(points[index - 1], points[index], step > 0 ? (time - times[index - 1]) / step : 1)
    }
}

/// The options of planning.
public struct PlanOptions: Sendable {
    /// How many plans of different classes are searched for.
    public var count: Int
    /// How many times a shorter path to the nearest goals is searched for; 1 takes the first path.
    public var effort: Int
    /// The longest time, s; nil: until the trees are full.
    public var seconds: Double?
    /// Configurations checked per rad along a line during the search; plans are certified in any case.
    public var resolution: Double
    /// Whether joints whose limits are a whole turn apart or more may reach goals in any turn, as joints without limits do.
    public var takesEveryTurn: Bool

    /// - Parameters:
    ///   - count: plans of different classes, at least 1.
    ///   - effort: searches for a shorter path, at least 1.
    ///   - seconds: the time limit, s; nil for none.
    ///   - resolution: configurations checked per rad.
    ///   - takesEveryTurn: whether joints with limits may reach goals in any turn that these have room for.
    public init(count: Int = 1, effort: Int = 4, seconds: Double? = nil, resolution: Double = 32, takesEveryTurn: Bool = false) {
        self.count = count
        self.effort = effort
        self.seconds = seconds
        self.resolution = resolution
        self.takesEveryTurn = takesEveryTurn
    }
}

/// Why there is no plan.
public enum PlanFailure: Error, Sendable {
    /// The start touches something.
    case startCollides(Proximity)
    /// All goals touch something; what the first one touches.
    case goalsCollide(Proximity, count: Int)
    case noGoals
    /// Nothing was found before the time was up, or before the trees were full.
    case notFound(isOutOfTime: Bool, nodes: Int)
    case cancelled
}
