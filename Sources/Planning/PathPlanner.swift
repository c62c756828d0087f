import Collision
import Numerics

/// Plans paths from a start to whichever of several goals is reached by the shortest path, and several that go different ways.
///
/// Goals are taken in the order of their distances from the start, in several turns of joints that come back after a whole one. Straight lines are tried
/// first; then trees are grown to all goals at once, at first in their nearest turns, and to single goals as long as one could be nearer than the best
/// path is long. What was found is shortened; the best have their corners rounded and are
/// proven free. A planner belongs to one thread.
public final class PathPlanner {
    private let checker: CollisionChecker
    private let space: ConfigurationSpace
    private let limits: MotionLimits
    private let edges: EdgeChecker
    private let certificate: PathCertificate
    /// Trees to near goals give up at so many nodes.
    private static let nodesPerGoal = 500
    /// How many of the nearest goals are grown to at once, at first.
    private static let goalsAtOnce = 12
    /// How many goals are grown to at once at most; how many turns of one are tried, and of all goals together.
    private static let greatestGoals = 1024
    private static let turnsPerGoal = 16
    private static let greatestTurns = 512
    /// How many times every near goal is tried where several plans are asked for.
    private static let diversions = 3
    /// Clearances that paths are to keep, m, and the resolution, in multiples of that asked for, with which they are searched for. Where there is no path
    /// with the first, or what was found turns out not to be free, the next ones are tried.
    private static let attempts: [(margin: Float, refinement: Float)] = [(0.004, 1), (0.0005, 2), (0, 8)]
    /// How many times trees are begun anew in an attempt, and how many nodes they may have: what one pair of trees does not find, the next one often does.
    private static let trees: [(times: Int, nodes: Int)] = [(1, 4_000), (4, 8_000), (5, 20_000)]

    /// Prepares plans of one robot in one world.
    ///
    /// - Parameters:
    ///   - checker: checks the robot against the world; used by this planner alone.
    ///   - limits: one number per variable of the checker's robot.
    public init(_ checker: CollisionChecker, limits: MotionLimits) {
        self.checker = checker
        self.limits = limits
        space = checker.model.space
        edges = EdgeChecker(checker, resolution: 32)
        certificate = PathCertificate(edges: edges, reaches: checker.model.reaches)
    }

    /// Plans, the shortest first, each of another class.
    ///
    /// - Parameters:
    ///   - goals: configurations within the limits; joints without limits may reach them in any turn.
    ///   - stream: where samples are drawn from; it advances.
    public func plans(
        from start: [Double], to goals: [[Double]], options: PlanOptions = .init(), using stream: inout RandomStream, cancellation: Cancellation = .never
    ) throws(PlanFailure) -> [Plan] {
        precondition(start.count == space.variables.count && goals.allSatisfy { $0.count == start.count }, "configurations have a number for each joint")
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        defer { edges.margin = 0 }
        edges.margin = 0
        let room = edges.clearances([start][...], upTo: 0.02)[0]
        if room <= 0, let contact = checker.model.proximity(start, world: checker.world, checksSelf: checker.checksSelf) { throw .startCollides(contact) }
        let candidates = try free(goals, from: start, turnsLimited: options.takesEveryTurn)
        var plans: [Plan] = []
        for (index, attempt) in Self.attempts.enumerated() {
            // The ends themselves must keep what the path is to keep.
            let reachable = candidates.filter { $0.clearance > attempt.margin }
            guard !reachable.isEmpty, room > attempt.margin else { continue }
            edges.margin = attempt.margin
            edges.resolution = Float(options.resolution) * attempt.refinement
            var search = PlanSearch(start: start, candidates: reachable, options: options)
            lines(&search, limit)
            if !search.isComplete || (options.effort > 1 && search.couldHelp(reachable[0]) && search.isEmpty) {
                connectAll(&search, attempt: index, &stream, limit)
            }
            if options.effort > 1 { improve(&search, &stream, limit) }
            if !search.isEmpty, !search.isComplete { diversify(&search, &stream, limit) }
            edges.margin = 0
            plans = finished(search, margin: attempt.margin)
            if !plans.isEmpty || limit.stop != nil { break }
        }
        if case .cancelled = limit.stop { throw .cancelled }
        guard !plans.isEmpty else {
            throw .notFound(isOutOfTime: limit.stop != nil, nodes: Self.trees.reduce(0) { $0 + $1.times * $1.nodes })
        }
        return plans
    }

    /// The goals that touch nothing, in several turns, the nearest first.
    private func free(_ goals: [[Double]], from start: [Double], turnsLimited: Bool) throws(PlanFailure) -> [PlanSearch.Candidate] {
        guard !goals.isEmpty else { throw .noGoals }
        var result: [PlanSearch.Candidate] = []
        let most = min(max(Self.greatestTurns / goals.count, 3), Self.turnsPerGoal)
        for first in stride(from: 0, to: goals.count, by: laneCount) {
            let end = min(first + laneCount, goals.count)
            let block = edges.clearances(goals[first..<end], upTo: 0.02)
            for index in first..<end where block[index - first] > 0 {
                for (turn, q) in space.windings(of: goals[index], near: start, turnsLimited: turnsLimited, most: most).enumerated() {
                    result.append(PlanSearch.Candidate(
                        goal: index, turn: turn, configuration: q, distance: BlendedPath.distance(start, q), clearance: block[index - first]))
                }
            }
        }
        if result.isEmpty {
            guard let contact = checker.model.proximity(goals[0], world: checker.world, checksSelf: checker.checksSelf) else { throw .noGoals }
            throw .goalsCollide(contact, count: goals.count)
        }
        return result.sorted { ($0.distance, $0.goal, $0.turn) < ($1.distance, $1.goal, $1.turn) }
    }

    // MARK: Steps

    /// Straight lines to goals, the nearest first, as long as one could be among the plans that are asked for; in other turns to those alone that no line
    /// leads to in their nearest.
    private func lines(_ search: inout PlanSearch, _ limit: SearchLimit) {
        var reached: Set<Int> = []
        for candidate in search.candidates where search.couldHelp(candidate) && limit.stop == nil && !reached.contains(candidate.goal) {
            guard edges.isFree(from: search.start, to: candidate.values) else { continue }
            search.keep([search.start, candidate.values], candidate, edges)
            reached.insert(candidate.goal)
        }
    }

    /// Trees to all goals at once, begun anew until a way is found.
    private func connectAll(_ search: inout PlanSearch, attempt: Int, _ stream: inout RandomStream, _ limit: SearchLimit) {
        let (times, nodes) = Self.trees[attempt]
        let connection = TreeConnection(edges, variables: space.variables, greatestNodes: nodes), nearest = search.candidates.filter { $0.turn == 0 }
        var rounds = Array(repeating: search.candidates, count: times)
        // A way to the nearest turns is found sooner than one to any of many.
        if attempt == 0, nearest.count < search.candidates.count { rounds.insert(nearest, at: 0) }
        for goals in rounds.map({ Array($0.prefix(Self.greatestGoals)) }) where limit.stop == nil {
            guard let found = connection.path(from: search.start, to: goals.map(\.values), using: &stream, isStopped: { limit.stop != nil }) else { continue }
            keep(found.corners, goals[found.goal], &search, limit)
            return
        }
    }

    /// Trees to the nearest goals, fewer and fewer of them, as long as one of these could be nearer than the best path is long.
    private func improve(_ search: inout PlanSearch, _ stream: inout RandomStream, _ limit: SearchLimit) {
        guard !search.isEmpty else { return }
        let connection = TreeConnection(edges, variables: space.variables, greatestNodes: Self.nodesPerGoal)
        for round in 0..<search.options.effort where limit.stop == nil {
            let near = search.candidates.filter(search.couldHelp).prefix(max(Self.goalsAtOnce >> round, 1))
            guard !near.isEmpty else { return }
            guard let found = connection.path(from: search.start, to: near.map(\.values), using: &stream, isStopped: { limit.stop != nil }) else { continue }
            keep(found.corners, near[near.startIndex + found.goal], &search, limit)
        }
    }

    /// Trees to single goals, until there are as many paths of different classes as asked for.
    private func diversify(_ search: inout PlanSearch, _ stream: inout RandomStream, _ limit: SearchLimit) {
        let connection = TreeConnection(edges, variables: space.variables, greatestNodes: Self.nodesPerGoal)
        for _ in 0..<Self.diversions {
            for candidate in search.candidates.prefix(Self.goalsAtOnce) where !search.isComplete && limit.stop == nil {
                guard let found = connection.path(from: search.start, to: [candidate.values], using: &stream, isStopped: { limit.stop != nil }) else { continue }
                keep(found.corners, candidate, &search, limit)
            }
        }
    }

    /// Shortens a path and keeps it if it is better than what its class has.
    private func keep(_ corners: [[Float]], _ candidate: PlanSearch.Candidate, _ search: inout PlanSearch, _ limit: SearchLimit) {
        search.keep(PathShortening(edges: edges).shortened(corners) { limit.stop != nil }, candidate, edges)
    }

    /// The drafts that are free, as many as were asked for, with rounded corners, times and weights.
    private func finished(_ search: PlanSearch, margin: Float) -> [Plan] {
        var plans: [Plan] = []
        for draft in search.drafts where plans.count < search.options.count {
            if let plan = plan(draft, search, margin: margin) { plans.append(plan) }
        }
        plans.sort { $0.length < $1.length }
        let total = plans.reduce(0) { $0 + Elementary.exp(plans[0].length - $1.length) }
        for index in plans.indices {
            plans[index].weight = Elementary.exp(plans[0].length - plans[index].length) / total
            plans[index].pathClass = index
        }
        return plans
    }

    /// A draft with rounded corners, if it is free.
    ///
    /// - Parameter margin: the clearance of the straight lines at the places that were checked; curves keep half of it.
    private func plan(_ draft: PlanSearch.Draft, _ search: PlanSearch, margin: Float) -> Plan? {
        var corners = draft.corners.map { $0.map(Double.init) }
        corners[0] = search.startValues
        corners[corners.count - 1] = draft.candidate.configuration
        var points = BlendedPath(edges, leastClearance: margin / 2).points(corners)
        var clearance = certificate.clearance(of: points)
        if clearance == nil, corners.count > 2 {
            // The corners themselves may be free where the curves are not.
            points = BlendedPath.line(corners)
            clearance = certificate.clearance(of: points)
        }
        guard let clearance else { return nil }
        return Plan(
            corners: corners, points: points.rows, times: TimeScaling.times(of: points, limits: limits), length: points.length, clearance: clearance,
            goal: draft.candidate.goal)
    }
}

/// What a search for plans has found.
struct PlanSearch {
    struct Candidate {
        var goal: Int
        /// Which of the goal's turns it is, the nearest is 0.
        var turn: Int
        var configuration: [Double]
        var distance: Double
        var clearance: Float
        var values: [Float] { configuration.map(Float.init) }
    }

    /// A path that is not yet proven free.
    struct Draft {
        var corners: [[Float]]
        var length: Double
        var candidate: Candidate
    }

    let startValues: [Double]
    let start: [Float]
    let candidates: [Candidate]
    let options: PlanOptions
    /// The shortest first; of other classes where several plans are asked for.
    private(set) var drafts: [Draft] = []
    /// Drafts that are kept beyond those asked for, should some turn out not to be free.
    private static let spare = 3

    init(start: [Double], candidates: [Candidate], options: PlanOptions) {
        startValues = start
        self.start = start.map(Float.init)
        self.candidates = candidates
        self.options = options
    }

    var isEmpty: Bool { drafts.isEmpty }
    var isComplete: Bool { drafts.count >= options.count }

    /// Whether a path to a goal could be among the plans asked for.
    func couldHelp(_ candidate: Candidate) -> Bool { !isComplete || candidate.distance < drafts[options.count - 1].length }

    /// Keeps a path: the shortest of its class.
    mutating func keep(_ corners: [[Float]], _ candidate: Candidate, _ edges: EdgeChecker) {
        let draft = Draft(corners: corners, length: Double(PathShortening.length(corners)), candidate: candidate)
        if options.count > 1 {
            let classes = PathClasses(edges: edges)
            if let alike = drafts.firstIndex(where: { classes.areAlike($0.corners, corners) }) {
                guard draft.length < drafts[alike].length else { return }
                drafts.remove(at: alike)
            }
        }
        drafts.insert(draft, at: drafts.firstIndex { $0.length > draft.length } ?? drafts.endIndex)
        if drafts.count > options.count + Self.spare { drafts.removeLast() }
    }
}
