import Numerics

/// Finds configurations that reach what a problem asks for: many searches from many starts at once.
///
/// Sixteen searches run in parallel in single precision; one that arrives, or stops making progress, gives its lane to the next start at
/// once. What arrives is finished by Newton steps in double precision, checked, compared with what was found before, and ranked.
/// Where nothing arrives, the nearest of what was given up is brought as near as can be, and is a solution if that is near enough.
final class SearchDriver<Problem: SearchProblem> {
    let problem: Problem
    /// Starts after which patience grows, since the target seems to be a hard one, and how far.
    private let easyStarts = 128
    private let greatestPatience = 40
    /// The checker of the screen asked for last.
    private var screened: (screen: any ConfigurationScreen, checker: any ConfigurationChecker)?

    init(_ problem: Problem) { self.problem = problem }

    /// The checker of a screen.
    func checker(of screen: (any ConfigurationScreen)?) -> (any ConfigurationChecker)? {
        guard let screen else { return nil }
        if let screened, screened.screen === screen { return screened.checker }
        let checker = screen.makeChecker()
        screened = (screen, checker)
        return checker
    }

    /// Searches from the starts of a source, until there are enough solutions, or no more starts.
    ///
    /// Sources are existentials, since a search that is generic over sources of other modules would not be specialised for its problem either.
    ///
    /// - Parameter screen: what solutions have to keep clear of.
    func search(
        _ options: SearchOptions, from starts: inout any StartSource, screen: (any ConfigurationScreen)? = nil, limit: SearchLimit
    ) -> SearchOutcome {
        var record = SearchRecord(problem.space, options: options, isContinuum: problem.leavesFreedom, checker: checker(of: screen))
        run(&record, from: &starts, restarts: options.restartLimit, limit: limit)
        if record.converged == 0, record.stop == nil, problem.loosen(to: options) {
            run(&record, from: &starts, restarts: record.starts + options.restartLimit, limit: limit)
            problem.tighten()
        }
        record.screenAll()
        if record.solutions.isEmpty { repair(&record, limit: limit) }
        // Where solutions only collide, there is no closest approach to tell of.
        let isClosestWanted = record.solutions.isEmpty && record.converged == 0 && options.findsClosest
        let closest = isClosestWanted ? approach(&record, limit: limit) : nil
        var outcome = record.outcome(problem.achievement)
        if outcome.solutions.isEmpty { outcome.closest = closest }
        outcome.elapsed = limit.elapsed
        return outcome
    }

    private func run(_ record: inout SearchRecord, from starts: inout any StartSource, restarts restartLimit: Int, limit: SearchLimit) {
        let problem = problem, firstPatience = starts.patience, pollingMask = limit.pollingMask
        var age = Lanes.zero
        var labels = SIMD16<Int32>(repeating: -1)
        var idle = Lanes.zero
        /// Gives a lane its next start, or puts it to rest.
        func refill(_ lane: Int) {
            age[lane] = 0
            if record.starts < restartLimit, let label = starts.next(into: problem.q, lane: lane) {
                record.starts += 1
                problem.begin(lane, isUniform: label == uniformStart)
                labels[lane] = Int32(truncatingIfNeeded: label)
            } else {
                idle[lane] = 1
            }
        }
        for lane in 0..<laneCount { refill(lane) }
        let arrival = problem.arrival(record.options)
        let (positionSquare, rotationSquare) = (Lanes(repeating: arrival.position), Lanes(repeating: arrival.rotation))
        while !record.isFinished, any(idle .< 0.5) {
            problem.iterate {
                let running = idle .< 0.5
                let arrived = (problem.positionSquare .< positionSquare) .& (problem.rotationSquare .< rotationSquare) .& running
                let patience = Lanes(repeating: Float(patience(firstPatience, after: record.starts)))
                let given = (age .>= patience) .& running
                age += 1
                let leaving = arrived .| given
                guard any(leaving) else { return running }
                for lane in 0..<laneCount where leaving[lane] && !record.isFinished {
                    if arrived[lane] { accept(lane, label: labels[lane], &record) } else { record.note(error: problem.error(ofLane: lane)) { problem.configuration(lane) } }
                    refill(lane)
                }
                record.screen()
                return running .& .!leaving
            }
            record.iterations += 1
            if record.iterations & pollingMask == 0 { record.stop = limit.stop }
        }
        guard record.solutions.isEmpty, record.nearest.isEmpty else { return }
        // Stopped before a single search was given up: what they have come to is the nearest that is known.
        problem.iterate { .init(repeating: false) }
        for lane in 0..<laneCount where idle[lane] < 0.5 { record.note(error: problem.error(ofLane: lane)) { problem.configuration(lane) } }
    }

    @inline(__always)
    private func patience(_ first: Int, after starts: Int) -> Int {
        starts <= easyStarts ? first : max(first, min(greatestPatience, first + starts / 32))
    }

    /// Finishes the configuration of a lane that arrived, and keeps it if it is exact and new.
    private func accept(_ lane: Int, label: Int32, _ record: inout SearchRecord) {
        var solution = problem.finish(lane, record.options)
        guard problem.accepts(solution, record.options) else { return }
        centre(&solution)
        solution.component = label < 0 ? nil : Int(label)
        record.keep(solution)
    }

    /// Moves the solutions that overlap least along the solution set, away from what they touch.
    private func repair(_ record: inout SearchRecord, limit: SearchLimit) {
        guard problem.leavesFreedom, let screening = record.screening else { return }
        for solution in screening.rejected where limit.stop == nil {
            guard let mended = repaired(solution, screening.checker, record.options) else { continue }
            record.keep(mended)
            record.screenAll()
            if record.solutions.count >= record.options.count { return }
        }
    }

    /// The least clearance that a repair aims at, m, and its steps.
    private static var repairedClearance: Double { 0.005 }
    private static var repairSteps: Int { 12 }

    private func repaired(_ solution: Solution, _ checker: any ConfigurationChecker, _ options: SearchOptions) -> Solution? {
        let metric = ConfigurationMetric(problem.space.variables)
        var current = solution
        for _ in 0..<Self.repairSteps {
            guard let found = checker.clearance(of: current.configuration) else { return nil }
            if found.distance > 0, problem.accepts(current, options) { return current }
            let length = found.gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard length > 1e-6 else { return nil }
            // A short way up the gradient shows which way along the solution set that is, and what is gained there.
            let probe = current.configuration.indices.map { current.configuration[$0] + 0.05 / length * found.gradient[$0] }
            guard let first = problem.move(current.configuration, towards: probe, metric, options)?.solution else { return nil }
            let way = zip(current.configuration, first.configuration).map { $1 - $0 }
            let gain = zip(way, found.gradient).reduce(0) { $0 + $1.0 * $1.1 }, distance = way.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard gain > 1e-9 else { return nil }
            // To where the distance would be enough if it were linear, at most a quarter of a radian away.
            let share = min((Self.repairedClearance - found.distance) / gain, 0.25 / distance)
            let near = current.configuration.indices.map { current.configuration[$0] + share * way[$0] }
            guard var moved = problem.move(current.configuration, towards: near, metric, options)?.solution else { return nil }
            moved.component = solution.component
            current = moved
        }
        return nil
    }

    /// Takes joints with room for more than a turn to the turn in the middle of their range.
    private func centre(_ solution: inout Solution) {
        let space = problem.space
        guard space.isWound else { return }
        space.centre(&solution.configuration)
        solution.limitMargin = limitMargin(of: solution.configuration, space.variables)
    }

    /// The closest approach: the best of the nearest configurations, and of some from anywhere, each brought as near as it can be. Any that meets
    /// the tolerances after all is a solution.
    ///
    /// What all searches gave up may lie around one of several nearest places: that where the position, which comes first, is nearer and the
    /// orientation farther off, or that where a joint is at its other limit, which a first long step passes over.
    private func approach(_ record: inout SearchRecord, limit: SearchLimit) -> Solution? {
        var found: [Solution] = [], nearness: [Nearness] = []
        var best: Solution? { Nearness.nearest(among: nearness).map { found[$0] } }
        func approach(_ start: [Double], isNear: Bool) {
            var next = problem.approach(start, isNear: isNear, record.options)
            centre(&next.solution)
            if problem.accepts(next.solution, record.options), record.solutions.count < record.options.count {
                record.keep(next.solution)
                record.screenAll()
            }
            found.append(next.solution)
            nearness.append(next.nearness)
        }
        let variables = problem.space.variables, others = problem.otherApproaches
        for candidate in record.nearest where found.isEmpty || limit.stop == nil { approach(candidate.configuration, isNear: true) }
        guard others > 0, !found.isEmpty else { return best }
        for start in uniformConfigurations(variables, count: others) where limit.stop == nil { approach(start, isNear: false) }
        for (i, variable) in variables.enumerated() where variable.kind != .continuous && limit.stop == nil {
            guard var start = best?.configuration, start[i] == variable.lower || start[i] == variable.upper else { continue }
            start[i] = start[i] == variable.lower ? variable.upper : variable.lower
            guard start[i].isFinite else { continue }
            approach(start, isNear: false)
        }
        // A stretched arm is as near in a continuum of configurations, where angles have several least ones.
        let metric = ConfigurationMetric(variables)
        var starts: [[Double]] = []
        for index in Nearness.leading(among: nearness) where starts.count < Self.turnedApproaches && limit.stop == nil {
            let start = found[index].configuration
            guard !starts.contains(where: { metric.squaredDistance($0, start) < Self.turnedDistinction * Self.turnedDistinction }) else { continue }
            starts.append(start)
            guard var next = problem.reduceAngle(of: found[index], record.options) else { continue }
            centre(&next.solution)
            (found[index], nearness[index]) = next
        }
        return best
    }

    /// How many of the nearest places the angle is made least from at most, and how far apart these are.
    private static var turnedApproaches: Int { 12 }
    private static var turnedDistinction: Double { 0.05 }
}

/// Configurations that are uniform within the limits, always the same ones; joints without end as ``startRanges(from:to:)`` has them.
private func uniformConfigurations(_ variables: [Chain.Variable], count: Int) -> [[Double]] {
    var stream = RandomStream(seed: 0x6e65_6172)
    let (lower, range) = startRanges(from: variables.map(\.lower), to: variables.map(\.upper))
    return (0..<count).map { _ in zip(lower, range).map { $0 + $1 * stream.uniform() } }
}
