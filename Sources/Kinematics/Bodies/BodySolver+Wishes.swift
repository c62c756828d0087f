import Numerics

extension Body {
    /// The body with some of its variables held at values.
    ///
    /// - Parameter values: a value in rad or m for each variable to hold, by its index.
    /// - Precondition: the indices are those of variables.
    public func holding(_ values: [Int: Double]) -> Body {
        var body = self
        for (index, value) in values {
            body.variables[index].lower = value
            body.variables[index].upper = value
            // A held joint has limits, whatever its kind was.
            if body.variables[index].kind == .continuous { body.variables[index].kind = .revolute }
            body.nominal[index] = value
        }
        return body
    }
}

extension BodySolver {
    /// Finds configurations in the order of their distances from the one wished for; the usual search where none is.
    ///
    /// Held variables are for the caller to see to: the solver's body is one that holds them (``Body/holding(_:)``). Where a goal leaves slack,
    /// what comes out may lie a little farther than the nearest.
    ///
    /// - Parameter wishes: vectors have an entry for every variable of the body.
    public func solve(
        options: InverseKinematics.Options, wishes: SearchWishes, from starts: some StartSource, cancellation: Cancellation = .never
    ) -> BodySolutions {
        guard let near = wishes.near else {
            var starts = starts
            return solve(options: options, from: &starts, cancellation: cancellation)
        }
        let clock = ContinuousClock()
        let begin = clock.now
        var pool = options
        // The nearest branch is among the answers only if there are enough of them.
        pool.count = max(4 * options.count, 32)
        pool.restarts = options.restarts ?? max(1024, 64 * options.count)
        var source = StartsNear(near, variables: body.variables, rest: starts)
        var result = solve(options: pool, from: &source, cancellation: cancellation)
        let metric = ConfigurationMetric(body.variables, weights: wishes.weights)
        let nearest = NearestSolutions(near: near, metric: metric, variables: body.variables, options: options)
        result.solutions = nearest.choose(from: result.solutions) {
            guard !cancellation.isRequested else { return nil }
            let moved = moving($0.configuration, towards: near, metric: metric, options: options)
            return moved.positionError <= options.positionTolerance && moved.rotationError <= options.rotationTolerance ? moved : nil
        }
        result.requested = options.count
        if !result.solutions.isEmpty, !cancellation.isRequested {
            result.reason = result.found >= options.count
                ? nil : "\(result.converged) of \(result.starts) starts met the goals, but only \(result.found) nearest solutions differ by \(options.minimumDistance) or more"
        }
        let (seconds, attoseconds) = (clock.now - begin).components
        result.elapsed = Double(seconds) + Double(attoseconds) * 1e-18
        return result
    }
}
