import Numerics

extension SearchDriver {
    /// Searches for solutions in the order of their distances from a preferred configuration; as usual where there is none.
    func search(
        _ options: SearchOptions, _ preferences: Preferences, from starts: any StartSource, limit: SearchLimit
    ) -> SearchOutcome {
        guard let near = preferences.near else {
            var starts = starts
            return search(options, from: &starts, screen: preferences.screen, limit: limit)
        }
        let metric = ConfigurationMetric(problem.space.variables, weights: preferences.weights), screen = preferences.screen
        var known: [Solution] = []
        if let outcome = local(options, near: near, metric: metric, screen: screen, limit: limit, known: &known) { return outcome }
        var pool = options
        // The nearest branch is among the answers only if there are enough of them.
        pool.count = max(4 * options.count, problem.nearestPool.first)
        pool.spreads = false
        pool.restarts = options.restarts ?? max(1024, 64 * options.count)
        var source: any StartSource = StartsNear(near, scale: problem.scale, variables: problem.space.variables, rest: starts)
        var outcome = search(pool, from: &source, screen: screen, limit: limit)
        if outcome.solutions.isEmpty, options.restarts == nil, !outcome.wasStopped {
            var rest = options
            rest.restarts = options.restartLimit - outcome.starts
            let before = outcome
            outcome = search(rest, from: &source, screen: screen, limit: limit)
            outcome.starts += before.starts
            outcome.iterations += before.iterations
        }
        outcome.solutions += known
        if outcome.solutions.isEmpty {
            outcome.requested = options.count
            return outcome
        }
        outcome.solutions = refined(outcome.solutions, near: near, options: options, metric: metric, screen: screen, limit: limit)
        lookAround(&outcome, near: near, options: options, metric: metric, screen: screen, starts: starts, limit: limit)
        outcome.requested = options.count
        if let stop = limit.stop, outcome.found < options.count {
            outcome.reason = "\(stop.text) after \(outcome.starts.counted("start"))"
            outcome.wasStopped = true
        } else {
            outcome.reason = outcome.found >= options.count
                ? nil : "\(outcome.converged) of \(outcome.starts.counted("start")) \(problem.achievement), but only \(outcome.found.counted("nearest solution differs", "nearest solutions differ")) by \(options.minimumDistance) or more"
        }
        outcome.elapsed = limit.elapsed
        return outcome
    }

    /// The nearest solution where the way from the configuration itself leads to it, and is too short for another one to be nearer.
    ///
    /// - Parameter known: becomes a solution that is near though others may be nearer.
    func local(
        _ options: SearchOptions, near: [Double], metric: ConfigurationMetric, screen: (any ConfigurationScreen)?, limit: SearchLimit, known: inout [Solution]
    ) -> SearchOutcome? {
        guard options.count == 1, let moved = problem.move(near, towards: near, metric, options) else { return nil }
        var solution = moved.solution
        let distance = metric.distance(near, solution.configuration)
        // Far away, another branch may be nearer.
        let radius = metric.radius(of: distance) / min(1, problem.scale)
        guard radius <= 0.2 || (moved.isCertain && radius <= 0.5) else { return nil }
        solution.distance = distance
        if !moved.isRegular, let nearer = besideSingular(solution, near: near, radius: radius, metric, options) {
            // Where there are two, there may be a third.
            if screen == nil { known = [nearer] }
            return nil
        }
        if let checker = checker(of: screen) {
            let clearance = checker.clearances(of: [solution.configuration])[0]
            guard clearance > 0 else { return nil }
            solution.clearance = clearance
        }
        var outcome = SearchOutcome(requested: 1)
        outcome.solutions = [solution]
        (outcome.starts, outcome.converged) = (1, 1)
        outcome.elapsed = limit.elapsed
        return outcome
    }

    /// The starts of a second look where a singular configuration is near.
    private static var startsBesideSingular: Int { 12 }

    /// A nearer solution than one that was found, to which ways from around a configuration lead: near a singular one, long first steps may pass over it.
    private func besideSingular(
        _ solution: Solution, near: [Double], radius: Double, _ metric: ConfigurationMetric, _ options: SearchOptions
    ) -> Solution? {
        var stream = RandomStream(seed: 0x6e65_6172), best = solution
        let units = problem.space.variables.map { $0.kind == .prismatic ? problem.scale : 1 }
        for index in 0..<Self.startsBesideSingular {
            let spread = radius * (index % 2 == 0 ? 0.5 : 1)
            let start = index == 0 ? problem.correct(near, options).configuration : zip(near, units).map { $0 + spread * $1 * stream.normal() }
            guard var other = problem.move(start, towards: near, metric, options)?.solution else { continue }
            other.distance = metric.distance(near, other.configuration)
            if other.distance! < best.distance! { best = other }
        }
        return best.distance! < 0.999 * solution.distance! - 1e-6 ? best : nil
    }

    /// A joint limit may have held the nearest one up: others around it, closer and closer, lead past.
    private func lookAround(
        _ outcome: inout SearchOutcome, near: [Double], options: SearchOptions, metric: ConfigurationMetric, screen: (any ConfigurationScreen)?,
        starts: any StartSource, limit: SearchLimit
    ) {
        guard problem.nearestPool.around > 0 else { return }
        var pool = options
        pool.count = problem.nearestPool.around
        pool.spreads = false
        pool.restarts = 2 * pool.count
        pool.minimumDistance = 0
        for spread in [1, 0.5, 0.2, 0.1] {
            guard let nearest = outcome.solutions.first, limit.stop == nil else { break }
            var around: any StartSource = StartsNear(
                nearest.configuration, spread: spread, scale: problem.scale, variables: problem.space.variables, rest: starts)
            let others = search(pool, from: &around, screen: screen, limit: limit).solutions
            outcome.solutions = refined(outcome.solutions + others, near: near, options: options, metric: metric, screen: screen, limit: limit)
        }
    }

    /// The nearest solutions, each moved along the solution set to where it is nearest and still clear.
    private func refined(
        _ solutions: [Solution], near: [Double], options: SearchOptions, metric: ConfigurationMetric, screen: (any ConfigurationScreen)?, limit: SearchLimit
    ) -> [Solution] {
        let checker = checker(of: screen)
        return NearestSolutions(near: near, metric: metric, space: problem.space, options: options).choose(from: solutions) {
            limit.stop == nil ? moved($0, towards: near, metric, options, checker) : nil
        }
    }

    /// A solution moved as far towards a configuration as it keeps clear: all the way, or as far as halving gets.
    private func moved(
        _ solution: Solution, towards near: [Double], _ metric: ConfigurationMetric, _ options: SearchOptions, _ checker: (any ConfigurationChecker)?
    ) -> Solution? {
        let all = problem.move(solution.configuration, towards: near, metric, options)?.solution
        guard let checker, var end = all else { return all }
        end.clearance = checker.clearances(of: [end.configuration])[0]
        if end.clearance! > 0 { return end }
        var best: Solution?, start = solution
        for _ in 0..<Self.halvings {
            let middle = zip(start.configuration, end.configuration).map { ($0 + $1) / 2 }
            guard var next = problem.move(start.configuration, towards: middle, metric, options)?.solution, problem.accepts(next, options) else { break }
            next.clearance = checker.clearances(of: [next.configuration])[0]
            if next.clearance! > 0 { (best, start) = (next, next) } else { end = next }
        }
        return best
    }

    private static var halvings: Int { 6 }

    /// The solution on a start's branch that is nearest to a configuration; nil where the steps do not lead there, or where it is not clear.
    func nearest(
        to near: [Double], from start: [Double], _ metric: ConfigurationMetric, _ options: SearchOptions, screen: (any ConfigurationScreen)?
    ) -> Solution? {
        guard var solution = problem.move(start, towards: near, metric, options)?.solution else { return nil }
        guard let checker = checker(of: screen) else { return solution }
        solution.clearance = checker.clearances(of: [solution.configuration])[0]
        return solution.clearance! > 0 ? solution : nil
    }
}
