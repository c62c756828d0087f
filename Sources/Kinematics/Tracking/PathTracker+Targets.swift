import Numerics

// How a chain follows goals, and a body tasks: many tracks at once, and where these find no way, target by target.

extension PathTracker where Target == Goal {
    /// Follows goals of a chain: through many tracks at once (``LaneTracker``), and where that finds no way without a jump, target by target.
    ///
    /// - Parameter solve: finds distinct solutions of a goal.
    public static func track(
        _ goals: [Goal], with solver: InverseKinematics, options: TrackOptions, cancellation: Cancellation = .never,
        solve: (Goal, SearchOptions) -> SearchOutcome
    ) -> Track {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        let tracker = PathTracker(solver, options: options)
        if let found = lanes(goals, solver.chain, options, limit, solve) {
            let track = tracker.track(found.path, goals, density: found.density, elapsed: limit.elapsed)
            if track.jumps.isEmpty, track.unreached.isEmpty { return track }
        }
        var track = tracker.track(goals, limit, cancellation, solve)
        if tracker.isWorthProving(track, goals) { track = tracker.judged(track, goals, limit, solve: solve) }
        track.elapsed = limit.elapsed
        return track
    }

    /// The way that many tracks at once find; nil where there is none without a jump. Held variables are taken out of the chain.
    private static func lanes(
        _ goals: [Goal], _ chain: Chain, _ options: TrackOptions, _ limit: SearchLimit, _ solve: (Goal, SearchOptions) -> SearchOutcome
    ) -> (path: [[Double]], density: Double)? {
        let held = options.preferences.held
        guard !held.isEmpty else { return lanesOfAll(goals, chain, options, limit, solve) }
        let (rest, free) = chain.holding(held)
        var own = options
        own.start = options.start.map { start in free.map { start[$0] } }
        own.preferences = options.preferences.restricted(to: free)
        let found = lanesOfAll(goals, rest, own, limit) { goal, search in
            var outcome = solve(goal, search)
            for i in outcome.solutions.indices { outcome.solutions[i].configuration = free.map { outcome.solutions[i].configuration[$0] } }
            return outcome
        }
        guard let found else { return nil }
        let values = chain.variables.indices.map { held[$0] ?? 0 }
        return (found.path.map { q in
            var whole = values
            for (position, index) in free.enumerated() { whole[index] = q[position] }
            return whole
        }, found.density)
    }

    private static func lanesOfAll(
        _ goals: [Goal], _ chain: Chain, _ options: TrackOptions, _ limit: SearchLimit, _ solve: (Goal, SearchOptions) -> SearchOutcome
    ) -> (path: [[Double]], density: Double)? {
        guard goals.count > 1 else { return nil }
        let arePlaces = goals.allSatisfy { $0.orientation == .free && $0.positionSlack == .zero }, nominal = chain.variables.map(\.restValue)
        if arePlaces || goals.allSatisfy(\.isPose) {
            var options = options
            if arePlaces { options.rotationTolerance = .infinity }
            let followsRotation = options.rotationTolerance.isFinite
            return LaneTracker(PoseProblem(chain), goals, options, nominal: nominal) { $0.set($1, followsRotation: followsRotation) }?.found(limit, solve: solve)
        }
        func task(_ goal: Goal) -> BodyTask { BodyTask(aims: [.init(tip: 0, goal: goal)]) }
        let first = task(goals[0])
        guard goals.allSatisfy({ task($0).leavesFree(asMuchAs: first) }) else { return nil }
        return LaneTracker(BodyProblem(Body(chain), task: first), goals, options, nominal: nominal) { $0.set(task($1)) }?.found(limit, solve: solve)
    }

    /// Follows goals of a chain.
    ///
    /// - Parameter solver: what carries configurations from goal to goal.
    public init(_ solver: InverseKinematics, options: TrackOptions) {
        let search = options.search, chain = solver.chain
        self.init(ConfigurationSpace(chain).holding(options.preferences.held), options: options) { goal, near in
            solver.nearest(goal, to: near, preferences: options.preferences, options: search)
        } error: { goal, q in
            let error = goal.error(of: chain.forwardKinematics(q))
            // Where any orientation will do, none is off.
            return (error.position, search.rotationTolerance.isFinite ? error.rotation : 0)
        }
    }
}

extension PathTracker where Target == BodyTask {
    /// Follows tasks of a body: through many tracks at once (``LaneTracker``), and where that finds no way without a jump, task by task.
    ///
    /// - Parameter solve: finds distinct solutions of a task.
    public static func track(
        _ tasks: [BodyTask], with solver: BodySolver, options: TrackOptions, cancellation: Cancellation = .never,
        solve: (BodyTask, SearchOptions) -> SearchOutcome
    ) -> Track {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        let tracker = PathTracker(solver, options: options)
        if let body = solver.body.restricted(to: options.preferences), let first = tasks.first, tasks.allSatisfy({ $0.leavesFree(asMuchAs: first) }),
           let found = LaneTracker(BodyProblem(body, task: first), tasks, options, nominal: body.nominal, set: { $0.set($1) })?.found(limit, solve: solve) {
            let track = tracker.track(found.path, tasks, density: found.density, elapsed: limit.elapsed)
            if track.jumps.isEmpty, track.unreached.isEmpty { return track }
        }
        return tracker.track(tasks, limit, cancellation, solve)
    }

    /// Follows tasks of a body.
    ///
    /// - Parameter solver: what carries configurations from task to task.
    public init(_ solver: BodySolver, options: TrackOptions) {
        let search = options.search, evaluator = BodyEvaluator(solver.body)
        self.init(ConfigurationSpace(solver.body).holding(options.preferences.held), options: options) { task, near in
            solver.set(task)
            return solver.nearest(to: near, preferences: options.preferences, options: search)
        } error: { task, q in
            evaluator.evaluate(q)
            return evaluator.error(of: task)
        }
    }
}
