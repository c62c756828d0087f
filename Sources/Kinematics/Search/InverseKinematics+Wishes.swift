import Numerics

extension InverseKinematics {
    /// Finds configurations that reach a pose and meet wishes: some joints held, the nearest to a configuration first.
    ///
    /// - Parameters:
    ///   - wishes: vectors have an entry for every variable of the chain.
    ///   - starts: makes the source of starts for the chain that is left when held variables are taken out, whose variables' indices it
    ///     is told.
    public func solve<Starts: StartSource>(
        _ target: Pose, options: Options, wishes: SearchWishes, cancellation: Cancellation = .never,
        starts: (_ rest: LaneChain, _ free: [Int]) -> Starts
    ) -> Solutions {
        if wishes.held.isEmpty { return nearest(target, options: options, wishes: wishes, cancellation: cancellation, starts: starts(laneChain, Array(chain.variables.indices))) }
        let (rest, free) = chain.holding(wishes.held)
        var options = options
        // Few joints are left: what can be found is found soon, and much may be out of reach.
        options.restarts = options.restarts ?? max(1024, 64 * options.count)
        let solver = InverseKinematics(rest)
        var result = solver.nearest(
            target, options: options, wishes: wishes.restricted(to: free), cancellation: cancellation, starts: starts(solver.laneChain, free))
        func whole(_ solution: Solution) -> Solution {
            var solution = solution
            var q = [Double](repeating: 0, count: chain.degreesOfFreedom)
            for (index, value) in wishes.held { q[index] = value }
            for (place, index) in free.enumerated() { q[index] = solution.configuration[place] }
            solution.configuration = q
            solution.limitMargin = chain.limitMargin(q)
            solution.manipulability = chain.manipulability(q)
            return solution
        }
        result.solutions = result.solutions.map(whole)
        result.closest = result.closest.map(whole)
        if wishes.near == nil { result.solutions.sort { $0.score > $1.score } }
        return result
    }

    /// The same from uniform starts.
    public func solve(
        _ target: Pose, options: Options = Options(), wishes: SearchWishes, using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> Solutions {
        let own = RandomStream(seed: stream.next())
        return solve(target, options: options, wishes: wishes, cancellation: cancellation) { rest, _ in UniformStarts(rest, stream: own) }
    }

    /// Solutions in the order of their distances from the configuration wished for; the usual search where none is.
    private func nearest(
        _ target: Pose, options: Options, wishes: SearchWishes, cancellation: Cancellation, starts: some StartSource
    ) -> Solutions {
        guard let near = wishes.near else {
            var starts = starts
            return solve(target, options: options, from: &starts, cancellation: cancellation)
        }
        let clock = ContinuousClock()
        let begin = clock.now
        var pool = options
        // The nearest branch is among the answers only if there are enough of them.
        pool.count = max(4 * options.count, 96)
        pool.spreads = false
        pool.restarts = options.restarts ?? max(1024, 64 * options.count)
        var source = StartsNear(near, variables: chain.variables, rest: starts)
        var result = solve(target, options: pool, from: &source, cancellation: cancellation)
        let metric = wishes.metric(chain)
        result.solutions = refined(result.solutions, target: target, near: near, options: options, metric: metric)
        // A joint limit may have held the nearest one up: others around it, closer and closer, lead past.
        pool.count = 64
        pool.restarts = 128
        pool.minimumDistance = 0
        for spread in [1, 0.5, 0.2, 0.1] {
            guard let nearest = result.solutions.first, !cancellation.isRequested else { break }
            var around = StartsNear(nearest.configuration, spread: spread, variables: chain.variables, rest: starts)
            let others = solve(target, options: pool, from: &around, cancellation: cancellation).solutions
            result.solutions = refined(result.solutions + others, target: target, near: near, options: options, metric: metric)
        }
        result.requested = options.count
        if !result.solutions.isEmpty, !cancellation.isRequested {
            result.reason = result.found >= options.count
                ? nil : "\(result.converged) of \(result.starts) starts reached the pose, but only \(result.found) nearest solutions differ by \(options.minimumDistance) or more"
        }
        let (seconds, attoseconds) = (clock.now - begin).components
        result.elapsed = Double(seconds) + Double(attoseconds) * 1e-18
        return result
    }

    /// The nearest solutions, each moved along the solution set to where it is nearest.
    private func refined(_ solutions: [Solution], target: Pose, near: [Double], options: Options, metric: ConfigurationMetric) -> [Solution] {
        let finder = NearestConfiguration(chain, metric: metric)
        return NearestSolutions(near: near, metric: metric, variables: chain.variables, options: options).choose(from: solutions) {
            finder.find(
                target, near: near, from: $0.configuration, positionTolerance: options.positionTolerance,
                rotationTolerance: options.rotationTolerance)
        }
    }
}

extension Chain {
    /// The distance to the nearest joint limit: 0 at a limit, 1 where every joint is in the middle of its range.
    func limitMargin(_ q: [Double]) -> Double { Kinematics.limitMargin(of: q, variables) }
}
