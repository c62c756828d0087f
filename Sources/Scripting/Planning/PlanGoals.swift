import LuaBridge
import Numerics
import Planning

/// The configurations that a plan may lead to.
struct PlanGoals {
    var configurations: [[Double]]
    /// Whether each stands for all turns in which the same posture is within the limits.
    var takesEveryTurn: Bool
}

/// All configurations that reach a goal touch something.
struct PlanObstruction: Error { var reason: String }

/// Finds the configurations that reach what a plan is asked to lead to.
struct PlanGoalSearch {
    let robot: Robot
    let start: [Double]
    let screen: CollisionScreen
    /// How many are searched for.
    let count: Int
    let cancellation: Cancellation
    /// How many of those found are moved along the solution set, towards the start.
    private static let moved = 4

    /// Where a goal leaves freedom, configurations at random are far away: the start, if it is one of those that reach it, or else the nearest one comes
    /// first.
    ///
    /// - Parameter seconds: the time that the search may take.
    /// - Throws: ``PlanObstruction`` where all that are found touch something.
    func configurations(_ goal: Goal, seconds: Double, using stream: inout RandomStream) throws -> [[Double]] {
        let options = SearchOptions(count: count, seconds: seconds, findsClosest: false)
        let answer = robot.solver.solve(goal, options: options, preferences: Preferences(screen: screen), using: &stream, cancellation: cancellation)
        let found = answer.solutions.map(\.configuration)
        let first = reaches(goal, start, options) ? start : nearest(goal, found, options)
        guard let first else {
            if answer.found == 0, answer.rejected > 0 { throw PlanObstruction(reason: answer.reason ?? "all configurations that reach the goal collide") }
            return found
        }
        let space = ConfigurationSpace(robot.chain), metric = ConfigurationMetric(robot.chain)
        let others = found.filter { metric.distance(space.unwound($0, near: first), first) > options.minimumDistance }
        return [first] + others.prefix(count - 1)
    }

    private func reaches(_ goal: Goal, _ q: [Double], _ options: SearchOptions) -> Bool {
        let miss = goal.error(of: robot.chain.forwardKinematics(q))
        return miss.position <= options.positionTolerance && miss.rotation <= options.rotationTolerance
    }

    /// The nearest to the start of those to which steps lead from there, and from the nearest of those found.
    private func nearest(_ goal: Goal, _ found: [[Double]], _ options: SearchOptions) -> [Double]? {
        let space = ConfigurationSpace(robot.chain), metric = ConfigurationMetric(robot.chain), preferences = Preferences(screen: screen)
        let turned = found.map { space.unwound($0, near: start) }.map { (configuration: $0, distance: metric.distance(start, $0)) }
        let near = turned.sorted { $0.distance < $1.distance }.prefix(Self.moved).map(\.configuration)
        var best: (configuration: [Double], distance: Double)?
        for begin in [start] + near {
            guard let moved = robot.solver.nearest(goal, to: start, from: begin, preferences: preferences, options: options) else { continue }
            let q = space.unwound(moved.configuration, near: start), distance = metric.distance(start, q)
            guard best.map({ distance < $0.distance }) ?? true, robot.chain.contains(q, tolerance: 1e-9), reaches(goal, q, options) else { continue }
            best = (q, distance)
        }
        return best?.configuration
    }
}

extension Slot {
    /// The configurations that a plan may lead to, read or found.
    ///
    /// - Parameter find: finds those that reach a pose or a goal.
    func planGoals(of robot: Robot, in unit: AngleUnit, find: (Goal) throws -> [[Double]]) throws -> PlanGoals {
        func within(_ goals: [[Double]], _ what: String?) throws -> [[Double]] {
            for (index, goal) in goals.enumerated() {
                try requireLimits(goal, of: robot.chain.variables, name: robot.chain.name, at: what.map { "\($0) \(index + 1)" }, in: unit)
            }
            return goals
        }
        if let answer = try boxIfPresent(Answer.self)?.read() {
            try require(of: .robot(answer.robot), is: .robot(robot))
            return PlanGoals(configurations: try within(answer.solutions.solutions.map(\.configuration), "solution"), takesEveryTurn: true)
        }
        if let matrix = try boxIfPresent(Matrix.self)?.read() {
            guard matrix.rows > 0, matrix.rows <= 100_000 else { throw invalid("must have 1 to 100000 rows") }
            let rows = try configurations(of: robot, in: unit)
            return PlanGoals(configurations: try within((0..<rows.rows).map { Array(rows.row($0)) }, "row"), takesEveryTurn: false)
        }
        if kind == .table, try length() > 0 {
            return PlanGoals(configurations: try within([configuration(of: robot, in: unit)], nil), takesEveryTurn: false)
        }
        return PlanGoals(configurations: try find(goal()), takesEveryTurn: true)
    }
}
