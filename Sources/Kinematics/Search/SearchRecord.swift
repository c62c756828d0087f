import Numerics

/// What a search has found so far.
struct SearchRecord {
    let options: SearchOptions
    var collector: SolutionCollector
    var solutions: [Solution] = []
    var starts = 0
    var converged = 0
    var iterations = 0
    var stop: SearchLimit.Stop?
    /// How many solutions are searched for: more than asked for only where they are a continuum, of which those far from one another are kept.
    private let sought: Int
    /// The starts that it took to find as many solutions as asked for.
    private var startsToEnough: Int?
    /// The best configurations given up on, the nearest first, no two of them close to each other.
    private(set) var nearest: [(error: Float, configuration: [Double])] = []
    private let metric: ConfigurationMetric

    /// What solutions are screened by, where they are.
    private(set) var screening: Screening?

    /// - Parameters:
    ///   - isContinuum: whether a target is reached by a continuum of configurations.
    ///   - checker: measures what solutions have to keep clear of; nil where there is nothing.
    init(_ space: ConfigurationSpace, options: SearchOptions, isContinuum: Bool, checker: (any ConfigurationChecker)?) {
        screening = checker.map { Screening($0, space, minimumDistance: options.minimumDistance) }
        self.options = options
        collector = SolutionCollector(space, minimumDistance: options.minimumDistance)
        metric = ConfigurationMetric(space.variables)
        sought = isContinuum ? options.sought : options.count
        solutions.reserveCapacity(min(options.count, 4096))
    }

    var isFinished: Bool {
        guard solutions.count >= options.count, stop == nil else { return stop != nil }
        guard let startsToEnough else { return true }
        // The second half may take as long as the first, no longer.
        return solutions.count >= sought || starts > 2 * startsToEnough + laneCount
    }

    /// Keeps an exact solution if it is new, or has it wait to be screened.
    mutating func keep(_ solution: Solution) {
        converged += 1
        if screening == nil { insert(solution) } else { screening!.add(solution) }
    }

    /// Screens the solutions that wait, once they could be enough or fill the registers.
    @inline(__always)
    mutating func screen() {
        if let pending = screening?.pending.count, pending > 0, pending >= min(laneCount, options.count - solutions.count) { screenAll() }
    }

    /// Screens all solutions that wait.
    mutating func screenAll() {
        guard screening != nil else { return }
        for solution in screening!.screened() { insert(solution) }
    }

    private mutating func insert(_ solution: Solution) {
        guard solution.configuration.withUnsafeBufferPointer({ collector.insert($0.baseAddress!) }) else { return }
        solutions.append(solution)
        if solutions.count == options.count { startsToEnough = starts }
    }

    /// How many configurations that were given up are kept in mind, and how far apart they are.
    private static let nearestCount = 32
    private static let distinction = 0.3

    /// Remembers a configuration that was given up, if it is among the nearest so far.
    mutating func note(error: Float, _ configuration: () -> [Double]) {
        guard solutions.isEmpty, error.isFinite else { return }
        if nearest.count == Self.nearestCount, error >= nearest[Self.nearestCount - 1].error { return }
        let configuration = configuration()
        if let alike = nearest.firstIndex(where: { metric.squaredDistance($0.configuration, configuration) < Self.distinction * Self.distinction }) {
            guard error < nearest[alike].error else { return }
            nearest.remove(at: alike)
        } else if nearest.count == Self.nearestCount {
            nearest.removeLast()
        }
        nearest.insert((error, configuration), at: nearest.firstIndex { $0.error > error } ?? nearest.endIndex)
    }

    /// The answer, but for the closest approach.
    ///
    /// - Parameter achievement: what starts are to do, as in "none of them met the goals".
    func outcome(_ achievement: String) -> SearchOutcome {
        var outcome = SearchOutcome(requested: options.count)
        outcome.rejected = screening?.rejectedCount ?? 0
        if let stop, solutions.count < options.count {
            outcome.reason = "\(stop.text) after \(starts.counted("start"))"
        } else if outcome.rejected > 0, solutions.count < options.count {
            let found = solutions.isEmpty ? "all \(outcome.rejected)" : "\(outcome.rejected) of \(outcome.rejected + solutions.count)"
            outcome.reason = outcome.rejected == 1 && solutions.isEmpty
                ? "the only solution collides, from \(starts.counted("start"))" : "\(found) distinct solutions collide, from \(starts.counted("start"))"
        } else if solutions.isEmpty {
            let rotation = options.rotationTolerance.isFinite ? " and \(options.rotationTolerance) rad" : ", in any orientation"
            outcome.reason = (starts == 1 ? "the only start never" : "none of \(starts) starts") + " \(achievement) within \(options.positionTolerance) m" + rotation
        } else if solutions.count < options.count {
            outcome.reason = "\(converged) of \(starts.counted("start")) \(achievement), but only \(solutions.count.counted("solution differs", "solutions differ")) by \(options.minimumDistance) or more"
        }
        if solutions.isEmpty, outcome.rejected > 0, let words = screening?.contactWords {
            outcome.reason! += stop == nil ? "; \(words)" : "; \(outcome.rejected) distinct solutions collide: \(words)"
        }
        var order = solutions.indices.sorted { (solutions[$0].score, $1) > (solutions[$1].score, $0) }
        if solutions.count > options.count {
            let chosen = Set(collector.spread(options.count, from: order[0]))
            order.removeAll { !chosen.contains($0) }
        }
        outcome.solutions = order.map { solutions[$0] }
        (outcome.starts, outcome.converged, outcome.iterations) = (starts, converged, iterations)
        outcome.wasStopped = stop != nil
        return outcome
    }
}
