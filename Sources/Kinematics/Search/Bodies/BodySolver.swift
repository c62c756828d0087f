import Numerics

/// Finds configurations of a body that meet a task: goals of several tips at once, and where its centre of mass is to stay.
///
/// The search is that of ``InverseKinematics``. A value owns its workspace: use one per thread.
public final class BodySolver {
    public let body: Body
    private let driver: SearchDriver<BodyProblem>
    /// The search with less room for the variables, of the preferences asked for last.
    private var restricted: (preferences: Preferences, solver: BodySolver)?

    /// Prepares a body for a task.
    ///
    /// - Precondition: the task's tips exist.
    public init(_ body: Body, task: BodyTask) {
        self.body = body
        driver = SearchDriver(BodyProblem(body, task: task))
    }

    /// Changes what is asked for; cheap where the goals leave free what they left free before.
    public func set(_ task: BodyTask) { driver.problem.set(task) }

    public var task: BodyTask { driver.problem.task }

    /// Finds configurations from starts around the nominal one and across the limits; uniform ones, where the base is fixed.
    ///
    /// The same stream gives the same solutions; it advances.
    public func solve(
        options: SearchOptions = .init(), preferences: Preferences = .init(), using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> BodySolutions {
        if preferences.isEmpty {
            var starts: any StartSource = SpreadStarts(body, isUniform: !body.isFloating, stream: stream)
            defer { stream = (starts as! SpreadStarts).stream }
            return answer(driver.search(options, from: &starts, limit: SearchLimit(seconds: options.seconds, cancellation: cancellation)))
        }
        let own = RandomStream(seed: stream.next())
        return solve(options: options, preferences: preferences, cancellation: cancellation) { SpreadStarts($0, isUniform: !$0.isFloating, stream: own) }
    }

    /// Finds configurations from the starts of a source, until there are enough, or no more starts.
    ///
    /// - Parameters:
    ///   - preferences: vectors have an entry for every variable of the body.
    ///   - starts: makes the source for the body with the room that the preferences leave its variables.
    public func solve(
        options: SearchOptions, preferences: Preferences = .init(), cancellation: Cancellation = .never, starts: (Body) -> any StartSource
    ) -> BodySolutions {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        guard preferences.restrict else { return answer(driver.search(options, preferences, from: starts(body), limit: limit)) }
        guard let solver = solver(restrictedTo: preferences) else {
            var outcome = SearchOutcome(requested: options.count)
            outcome.reason = preferences.contradiction(body.variables)
            return answer(outcome)
        }
        let preferred = Preferences(near: preferences.near, weights: preferences.weights, screen: preferences.screen)
        var outcome = solver.driver.search(options, preferred, from: starts(solver.body), limit: limit)
        outcome.reason? += preferences.restrictionWords(body.variables)
        return answer(outcome)
    }

    /// The configuration on a start's branch that meets the task nearest to it; nil where steps do not lead there.
    ///
    /// - Parameter preferences: weights and held variables count; what they say of a preferred configuration does not.
    public func nearest(to near: [Double], preferences: Preferences = .init(), options: SearchOptions) -> Solution? {
        let metric = ConfigurationMetric(body.variables, weights: preferences.weights)
        guard !preferences.held.isEmpty else { return driver.nearest(to: near, from: near, metric, options, screen: preferences.screen) }
        let held = Preferences(weights: preferences.weights, held: preferences.held, screen: preferences.screen)
        guard let solver = solver(restrictedTo: held) else { return nil }
        return solver.driver.nearest(to: near, from: near, metric, options, screen: preferences.screen)
    }

    private func solver(restrictedTo preferences: Preferences) -> BodySolver? {
        if let restricted, restricted.preferences == preferences {
            restricted.solver.set(task)
            return restricted.solver
        }
        guard let body = body.restricted(to: preferences) else { return nil }
        let solver = BodySolver(body, task: task)
        restricted = (preferences, solver)
        return solver
    }

    private func answer(_ outcome: SearchOutcome) -> BodySolutions { BodySolutions(task: task, outcome: outcome) }
}
