// The solution nearest to a configuration.

extension BodyProblem {
    /// Where a configuration comes when it moves towards another one and goes on meeting the task.
    ///
    /// Every step is brought back to the task and kept only if it came nearer; far from the other configuration, whole steps may not.
    func move(
        _ start: [Double], towards near: [Double], _ metric: ConfigurationMetric, _ options: SearchOptions
    ) -> (solution: Solution, isCertain: Bool, isRegular: Bool)? {
        let wasExact = start == near
        var best = finished(space.unwound(start, near: near), options)
        guard accepts(best, options) else { return nil }
        best.configuration = space.unwound(best.configuration, near: near)
        var distance = metric.distance(near, best.configuration), share = 1.0
        for _ in 0..<80 {
            load(best.configuration)
            let change = exact.step(towards: units.scaled(near), metric: metric, share: share, longest: 0.4)
            if change * share < 1e-7 || share < 1e-3 { break }
            var next = finished(units.unscaled((0..<body.degreesOfFreedom).map { exact.q[$0] }), options)
            next.configuration = space.unwound(next.configuration, near: near)
            let reached = metric.distance(near, next.configuration)
            guard accepts(next, options), reached < distance else {
                share *= 0.5
                continue
            }
            let gain = distance - reached
            (best, distance) = (next, reached)
            share = min(1, 1.5 * share)
            if gain < 1e-9 { break }
        }
        return (best, wasExact, true)
    }
}
