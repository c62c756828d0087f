/// Puts solutions in the order of their distances from a preferred configuration, moved towards it where that can be done.
struct NearestSolutions {
    let near: [Double]
    let metric: ConfigurationMetric
    let space: ConfigurationSpace
    let options: SearchOptions

    /// The nearest solutions that differ from each other, as many as the options ask for.
    ///
    /// - Parameter moving: where a solution comes when it moves towards the configuration; nil where it does not get there exactly.
    func choose(from solutions: [Solution], moving: (Solution) -> Solution?) -> [Solution] {
        let sorted = solutions.map(measured).sorted { $0.distance! < $1.distance! }
        var moved: [Solution] = []
        for solution in sorted.prefix(max(16, 2 * options.count)) {
            guard var better = moving(solution).map(measured), better.distance! < solution.distance! else { continue }
            better.component = solution.component
            moved.append(better)
        }
        // Many ends of the same branch are one answer; solutions that were not moved fill up the rest.
        var collector = SolutionCollector(space, minimumDistance: options.minimumDistance)
        let all = (moved + sorted).sorted { $0.distance! < $1.distance! }
        return Array(all.filter { $0.configuration.withUnsafeBufferPointer { collector.insert($0.baseAddress!) } }.prefix(options.count))
    }

    /// The solution in the turns that are nearest, and how far it is.
    private func measured(_ solution: Solution) -> Solution {
        var solution = solution
        if space.repeats.contains(true) {
            solution.configuration = space.unwound(solution.configuration, near: near)
            solution.limitMargin = limitMargin(of: solution.configuration, space.variables)
        }
        solution.distance = metric.distance(near, solution.configuration)
        return solution
    }
}
