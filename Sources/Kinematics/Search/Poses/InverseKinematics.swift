import Numerics

/// Finds configurations of a chain whose tip reaches a pose, or meets a goal that leaves something of it free, without any model.
///
/// What is asked for is a ``Goal``; a pose is one with nothing free. Poses and positions are searched for as such (``PoseProblem``), other goals as
/// those of a body with one tip (``BodyProblem``), by the same ``SearchDriver``.
///
/// A value of this class owns its workspace: use one per thread.
public final class InverseKinematics {
    public let chain: Chain
    /// The chain for batches, compiled about where it stands.
    public let laneChain: LaneChain
    private let poses: SearchDriver<PoseProblem>
    /// For goals that are neither poses nor positions; made when first needed.
    private lazy var goals = SearchDriver(BodyProblem(
        Body(chain), task: BodyTask(aims: [.init(tip: 0, goal: Goal(.identity))]), achievement: "met the goal"))
    /// The search with less room for the variables, of the preferences asked for last, and which variables it has.
    private var restricted: (preferences: Preferences, solver: InverseKinematics, free: [Int])?

    /// Prepares searches of a chain, with all their storage.
    public init(_ chain: Chain) {
        self.chain = chain
        laneChain = LaneChain(near: chain)
        poses = SearchDriver(PoseProblem(chain))
    }

    /// Finds configurations that reach a pose from uniform starts.
    ///
    /// The same stream gives the same solutions.
    ///
    /// - Parameters:
    ///   - target: the pose of the tip in the base frame.
    ///   - stream: where the starts are drawn from; it advances.
    public func solve(
        _ target: Pose, options: SearchOptions = .init(), preferences: Preferences = .init(), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> Solutions {
        solve(Goal(target), options: options, preferences: preferences, using: &stream, cancellation: cancellation)
    }

    /// Finds configurations that meet a goal from uniform starts.
    public func solve(
        _ goal: Goal, options: SearchOptions = .init(), preferences: Preferences = .init(), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> Solutions {
        if preferences.isEmpty {
            var starts = UniformStarts(laneChain, stream: stream)
            defer { stream = starts.stream }
            return solve(goal, options: options, from: &starts, cancellation: cancellation)
        }
        let own = RandomStream(seed: stream.next())
        return solve(goal, options: options, preferences: preferences, cancellation: cancellation) { rest, _ in UniformStarts(rest, stream: own) }
    }

    /// Finds configurations that meet a goal from the starts of a source, until there are enough, or no more starts.
    public func solve<Starts: StartSource>(
        _ goal: Goal, options: SearchOptions, from starts: inout Starts, cancellation: Cancellation = .never
    ) -> Solutions {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        var source: any StartSource = starts
        let options = prepare(goal, options)
        let outcome = asksForPose(goal) ? poses.search(options, from: &source, limit: limit) : goals.search(options, from: &source, limit: limit)
        starts = source as! Starts
        return answer(goal, outcome)
    }

    /// Finds configurations that meet a goal and preferences: some joints held, the nearest to a configuration first.
    ///
    /// - Parameters:
    ///   - preferences: vectors have an entry for every variable of the chain.
    ///   - starts: makes the source of starts for the chain that is left when held variables are taken out and the others have the room
    ///     that the preferences leave them; it is told the indices of its variables.
    public func solve(
        _ goal: Goal, options: SearchOptions, preferences: Preferences, cancellation: Cancellation = .never,
        starts: (_ rest: LaneChain, _ free: [Int]) -> any StartSource
    ) -> Solutions {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        if let outcome = nearby(goal, options, preferences, limit) { return answer(goal, outcome) }
        guard preferences.restrict else {
            return answer(goal, search(goal, options, preferences, from: starts(laneChain, Array(chain.variables.indices)), limit: limit))
        }
        guard let (solver, free) = solver(restrictedTo: preferences) else {
            var outcome = SearchOutcome(requested: options.count)
            outcome.reason = preferences.contradiction(chain.variables)
            return answer(goal, outcome)
        }
        var outcome = solver.search(
            goal, options, preferences.restricted(to: free), from: starts(solver.laneChain, free), limit: limit)
        outcome.reason? += preferences.restrictionWords(chain.variables)
        _ = prepare(goal, options)
        outcome.solutions = outcome.solutions.map { whole($0, free: free, preferences, goal) }
        outcome.closest = outcome.closest.map { whole($0, free: free, preferences, goal) }
        if preferences.near == nil { outcome.solutions.sort { $0.score > $1.score } }
        return answer(goal, outcome)
    }

    /// The configuration that meets a goal and is nearest to a preferred one, on the branch that a start lies on; nil where steps do not lead there.
    ///
    /// Joints without limits come in the turn that is nearest to the preferred configuration.
    ///
    /// - Parameters:
    ///   - start: nil for the preferred configuration itself.
    ///   - preferences: weights and held variables count; what they say of a preferred configuration does not.
    public func nearest(
        _ goal: Goal, to near: [Double], from start: [Double]? = nil, preferences: Preferences = .init(), options: SearchOptions
    ) -> Solution? {
        if !preferences.held.isEmpty {
            let preferences = Preferences(weights: preferences.weights, held: preferences.held, screen: preferences.screen)
            guard let (solver, free) = solver(restrictedTo: preferences) else { return nil }
            func rest(_ q: [Double]) -> [Double] { free.map { q[$0] } }
            let found = solver.nearest(goal, to: rest(near), from: start.map(rest), preferences: preferences.restricted(to: free), options: options)
            _ = prepare(goal, options)
            return found.map { whole($0, free: free, preferences, goal) }
        }
        let options = prepare(goal, options), metric = ConfigurationMetric(chain, weights: preferences.weights)
        return asksForPose(goal)
            ? poses.nearest(to: near, from: start ?? near, metric, options, screen: preferences.screen)
            : goals.nearest(to: near, from: start ?? near, metric, options, screen: preferences.screen)
    }

    private func search(
        _ goal: Goal, _ options: SearchOptions, _ preferences: Preferences, from starts: any StartSource, limit: SearchLimit
    ) -> SearchOutcome {
        let options = prepare(goal, options)
        return asksForPose(goal)
            ? poses.search(options, preferences, from: starts, limit: limit) : goals.search(options, preferences, from: starts, limit: limit)
    }

    /// The answer near the preferred configuration, where there is one at hand that keeps within the room that is left.
    private func nearby(_ goal: Goal, _ options: SearchOptions, _ preferences: Preferences, _ limit: SearchLimit) -> SearchOutcome? {
        guard let near = preferences.near, preferences.held.isEmpty, asksForPose(goal) else { return nil }
        let options = prepare(goal, options), metric = ConfigurationMetric(chain, weights: preferences.weights)
        var known: [Solution] = []
        guard let outcome = poses.local(options, near: near, metric: metric, screen: preferences.screen, limit: limit, known: &known) else { return nil }
        if let moves = preferences.greatestMoves {
            let q = outcome.solutions[0].configuration
            guard q.indices.allSatisfy({ abs(q[$0] - near[$0]) <= moves[$0] }) else { return nil }
        }
        return outcome
    }

    /// Whether a goal is searched for as a pose, or as a position.
    private func asksForPose(_ goal: Goal) -> Bool {
        goal.positionSlack == .zero && (goal.orientation == .free || (goal.orientation == .full && goal.rotationSlack == 0))
    }

    /// Sets what is searched for, and what then is asked of the search.
    private func prepare(_ goal: Goal, _ options: SearchOptions) -> SearchOptions {
        var options = options
        if goal.orientation == .free { options.rotationTolerance = .infinity }
        if asksForPose(goal) {
            poses.problem.set(goal, followsRotation: options.rotationTolerance.isFinite)
        } else {
            goals.problem.set(BodyTask(aims: [.init(tip: 0, goal: goal)]))
        }
        return options
    }

    private func solver(restrictedTo preferences: Preferences) -> (InverseKinematics, free: [Int])? {
        if let restricted, restricted.preferences == preferences { return (restricted.solver, restricted.free) }
        var roomy = chain
        for i in chain.variables.indices where preferences.held[i] == nil {
            guard let variable = preferences.room(of: i, chain.variables[i]) else { return nil }
            roomy.variables[i] = variable
        }
        if preferences.heldTooFar(chain.variables) != nil { return nil }
        // A joint that has no limits, and now has some, is driven as one that has.
        for i in roomy.segments.indices {
            if let variable = roomy.segments[i].variable, roomy.segments[i].kind == .continuous { roomy.segments[i].kind = roomy.variables[variable].kind }
        }
        let (rest, free) = preferences.held.isEmpty ? (roomy, Array(chain.variables.indices)) : roomy.holding(preferences.held)
        let solver = InverseKinematics(rest)
        restricted = (preferences, solver, free)
        return (solver, free)
    }

    /// A solution of the chain without the held variables as one of the whole chain.
    private func whole(_ solution: Solution, free: [Int], _ preferences: Preferences, _ goal: Goal) -> Solution {
        var q = [Double](repeating: 0, count: chain.degreesOfFreedom)
        for (index, value) in preferences.held { q[index] = value }
        for (position, index) in free.enumerated() { q[index] = solution.configuration[position] }
        var whole = asksForPose(goal) ? poses.problem.solution(at: q) : goals.problem.solution(at: q)
        (whole.configuration, whole.component, whole.distance, whole.clearance) = (q, solution.component, solution.distance, solution.clearance)
        return whole
    }

    private func answer(_ goal: Goal, _ outcome: SearchOutcome) -> Solutions {
        var outcome = outcome
        if goal.orientation == .free {
            for i in outcome.solutions.indices { outcome.solutions[i].rotationError = 0 }
            outcome.closest?.rotationError = 0
        }
        return Solutions(robot: chain.name, goal: goal, outcome: outcome)
    }
}
