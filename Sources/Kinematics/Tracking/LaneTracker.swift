import Numerics

/// Follows a path of targets through many tracks at once.
///
/// Solutions at a few targets are carried along the whole path in lanes (``LaneTracks``), where a target leaves freedom also attracted by other postures,
/// until dynamic programming finds a way without jumps between the tracks. What it finds is smoothed in double precision: drawn anew
/// from a few of its configurations where targets leave freedom, else every other configuration moves towards the middle of its neighbours.
struct LaneTracker<Problem: SearchProblem, Target> {
    private let problem: Problem
    private let space: ConfigurationSpace
    private let options: TrackOptions
    private let search: SearchOptions
    /// Where Newton's steps end: what is left of the errors must not look like motion between targets close to each other.
    private let exact: SearchOptions
    private let metric: ConfigurationMetric
    private let targets: [Target]
    /// Has the problem ask for a target, by its index.
    private let ask: (Int) -> Void
    private let tracks: LaneTracks<Problem>
    /// The values, in random postures, of variables that have no limits to speak of.
    private let nominal: [Double]
    private var stream = RandomStream(seed: 1)

    /// Longer paths, and those of more numbers, take more memory than they are worth.
    private static var greatestLength: Int { 5000 }
    private static var greatestSize: Int { 80_000 }
    /// Groups of sixteen tracks, at most.
    private static var greatestGroups: Int { 40 }
    /// At which parts of the path solutions are looked for first; then where ways break.
    private static var firstAnchors: [Double] { [0, 0.5, 1] }
    private static var greatestRounds: Int { 10 }
    /// Errors to which a configuration is corrected, where it can be, m and rad.
    private static var exactTolerance: Double { 1e-8 }
    /// Moves worth making, and what they gain, as parts of the square of the way from one neighbour to the other.
    private static var leastMove: Double { 1e-7 }
    /// Targets from which a path is drawn anew, at least.
    private static var coarseCount: Int { 24 }

    /// Nil for what only ``PathTracker`` follows: robots of unusual size, very long paths.
    ///
    /// - Parameters:
    ///   - problem: has room for held variables at their values only.
    ///   - nominal: a configuration within the limits.
    ///   - set: has the problem ask for a target; targets leave the same numbers free.
    init?(_ problem: Problem, _ targets: [Target], _ options: TrackOptions, nominal: [Double], set: @escaping (Problem, Target) -> Void) {
        let variables = problem.space.variables
        guard targets.count > 1, targets.count <= Self.greatestLength, targets.count * variables.count <= Self.greatestSize, problem.scale == 1 else { return nil }
        self.problem = problem
        self.targets = targets
        self.options = options
        self.nominal = nominal
        search = options.search
        exact = SearchOptions(
            positionTolerance: min(search.positionTolerance, Self.exactTolerance),
            rotationTolerance: search.rotationTolerance.isFinite ? min(search.rotationTolerance, Self.exactTolerance) : .infinity)
        space = problem.space
        metric = ConfigurationMetric(variables, weights: options.preferences.weights)
        let ask: (Int) -> Void = { set(problem, targets[$0]) }
        self.ask = ask
        ask(0)
        tracks = LaneTracks(problem, count: targets.count, options, ask: ask)
    }

    /// The path's configurations, and how many there were to choose from for a target, the mean.
    consuming func found(_ limit: SearchLimit, solve: (Target, SearchOptions) -> SearchOutcome) -> (path: [[Double]], density: Double)? {
        var tracker = self
        return tracker.path(limit, solve: solve).map { ($0, tracker.tracks.density) }
    }

    /// The path's configurations, joints without limits turning on; nil where there is none without a jump, or where it is stopped.
    ///
    /// - Parameter solve: finds distinct solutions of a target.
    private mutating func path(_ limit: SearchLimit, solve: (Target, SearchOptions) -> SearchOutcome) -> [[Double]]? {
        let isRedundant = problem.leavesFreedom
        var known: [Int: [[Double]]] = [:]
        var anchors = Self.firstAnchors.map { Int(($0 * Double(targets.count - 1)).rounded()) }
        for round in 0..<Self.greatestRounds where limit.stop == nil && tracks.groups.count < Self.greatestGroups {
            for anchor in anchors {
                let isNew = known[anchor] == nil
                if isNew { known[anchor] = seeds(at: anchor, limit, solve) }
                let seeds = known[anchor]!
                if seeds.isEmpty { return nil }
                for first in stride(from: 0, to: seeds.count, by: laneCount) {
                    let group = seeds[first..<min(first + laneCount, seeds.count)]
                    if isNew { tracks.add(group, at: anchor, limit: limit) }
                    // Other ways are those of other postures; the first ones return to where they began, so that a path can end there.
                    if isRedundant { tracks.add(group, at: anchor, attractor: attractor(for: group, isHome: round == 0), limit: limit) }
                }
            }
            let choice = choose(limit)
            if let choice, choice.jumps == 0 { return finished(choice, limit) }
            anchors = choice.map(breaks) ?? tracks.gap.map { [$0] } ?? []
            if anchors.isEmpty { return nil }
        }
        return nil
    }

    /// The targets on both sides of a way's first jumps.
    private func breaks(_ choice: LaneTracks<Problem>.Choice) -> [Int] {
        let path = choice.nodes.enumerated().map { tracks.configuration($1, at: $0) }
        let jumps = path.indices.dropFirst().filter { metric.greatestDifference(path[$0 - 1], path[$0]) > options.greatestStep }
        return jumps.prefix(2).flatMap { [$0 - 1, $0] }
    }

    /// The solutions at a target; at the first one those that the start leads to.
    private mutating func seeds(at anchor: Int, _ limit: SearchLimit, _ solve: (Target, SearchOptions) -> SearchOutcome) -> [[Double]] {
        solve(targets[anchor], limit.rest(of: options.search)).solutions.map { space.unwound($0.configuration, near: options.start ?? $0.configuration) }
            + (anchor == 0 ? options.start.flatMap { corrected($0, 0) }.map { [$0] } ?? [] : [])
    }

    /// Back to where the tracks begin, so that paths can end there; or random postures, one a lane.
    private mutating func attractor(for seeds: ArraySlice<[Double]>, isHome: Bool) -> LaneTracks<Problem>.Attractor {
        var result = [Lanes](repeating: .zero, count: space.variables.count)
        for lane in 0..<laneCount {
            let posture = isHome ? seeds[seeds.startIndex + min(lane, seeds.count - 1)] : randomPosture()
            for i in posture.indices { result[i][lane] = Float(posture[i]) }
        }
        return result
    }

    /// Uniform within the limits; the nominal value of what has nearly none.
    private mutating func randomPosture() -> [Double] {
        space.variables.indices.map { i in
            let variable = space.variables[i], u = stream.uniform(), span = variable.upper - variable.lower
            return span <= Self.greatestSpan ? min(variable.lower + span * u, variable.upper) : nominal[i]
        }
    }

    /// Ranges that postures are drawn from, rad or m.
    private static var greatestSpan: Double { 100 }

    /// The way with the fewest jumps; nil where a target has no configuration.
    private func choose(_ limit: SearchLimit) -> LaneTracks<Problem>.Choice? {
        let weights = metric.weights.map(Float.init), step = Float(options.greatestStep)
        let open = tracks.choose(weights: weights, greatestStep: step, start: options.start, limit: limit)
        guard options.isClosed, let open, open.jumps == 0 else { return open }
        var best: LaneTracks<Problem>.Choice?
        for end in ends() where limit.stop == nil {
            guard let found = tracks.choose(weights: weights, greatestStep: step, start: options.start, ends: end, limit: limit) else { continue }
            if best.map({ (found.jumps, found.square) < ($0.jumps, $0.square) }) ?? true { best = found }
        }
        return best
    }

    /// Tracks that begin at different configurations.
    private func ends() -> [Int] {
        var result: [Int] = [], known: [[Double]] = []
        for node in 0..<tracks.groups.count * laneCount where tracks.costs[node / laneCount][0][node % laneCount] == 0 {
            let q = tracks.configuration(node, at: 0)
            guard !known.contains(where: { metric.squaredDistance($0, q) < 0.01 }) else { continue }
            known.append(q)
            result.append(node)
        }
        return result
    }

    // MARK: Smoothing

    private mutating func finished(_ choice: LaneTracks<Problem>.Choice, _ limit: SearchLimit) -> [[Double]]? {
        var path: [[Double]] = []
        for (index, node) in choice.nodes.enumerated() {
            if index & 63 == 0, limit.stop != nil { return nil }
            if options.isClosed, index == targets.count - 1 {
                path.append(space.unwound(path[0], near: path[index - 1]))
                break
            }
            var q = tracks.configuration(node, at: index)
            // A start that reaches the target stays as it was given, not as single precision holds it.
            if index == 0, let start = options.start, zip(space.unwound(q, near: start), start).allSatisfy({ abs($0 - $1) < 1e-5 }) { q = start }
            guard let exact = corrected(q, index) else { return nil }
            path.append(index > 0 ? space.unwound(exact, near: path[index - 1]) : options.start.map { space.unwound(exact, near: $0) } ?? exact)
        }
        let checker = options.preferences.screen?.makeChecker()
        if let redrawn = redrawn(path, checker, limit) { return redrawn }
        smooth(&path, at: Array(path.indices), sweeps: 12, until: 1e-3, checker, limit)
        // What single precision took for free is measured once more.
        if let checker, checker.clearances(of: path).contains(where: { $0 <= 0 }) { return nil }
        return path
    }

    /// The path drawn anew from a few of its configurations: they are smoothed, then the target halfway between two of them gets the configuration
    /// nearest to where a cubic through four of them passes, and so on. However many targets there are, the corners where the way changes from one
    /// track to another are gone, and what is left of steps to and fro between targets close to each other.
    ///
    /// - Returns: nil where targets leave no freedom, where a target has no such configuration, and where the path is no shorter.
    private mutating func redrawn(_ path: [[Double]], _ checker: (any ConfigurationChecker)?, _ limit: SearchLimit) -> [[Double]]? {
        let last = path.count - 1
        guard problem.leavesFreedom, last >= 2 * Self.coarseCount else { return nil }
        var interval = 1
        while last / (2 * interval) >= Self.coarseCount { interval *= 2 }
        var result = path
        func nodes() -> [Int] { Array(stride(from: 0, to: last, by: interval)) + [last] }
        smooth(&result, at: nodes(), relaxation: 1.8, sweeps: 80, until: 1e-6, checker, limit)
        smooth(&result, at: nodes(), sweeps: 4, until: 1e-6, checker, limit)
        while interval > 1 {
            interval /= 2
            let nodes = nodes()
            for position in stride(from: 1, to: nodes.count - 1, by: 2) {
                let index = nodes[position]
                // The last interval may be a shorter one.
                let known = [position - 3, position - 1, position + 1, position + 3].map { min(max($0, 0), nodes.count - 1) }.map { nodes[$0] }
                let guess = interpolated(result, at: index, through: Array(Set(known)).sorted())
                guard let exact = corrected(guess, index) else { return nil }
                result[index] = space.unwound(exact, near: result[nodes[position - 1]])
            }
        }
        let keepsStep = zip(result, result.dropFirst()).allSatisfy { metric.greatestDifference($0, $1) <= options.greatestStep }
        guard limit.stop == nil, keepsStep, square(of: result) <= square(of: path) else { return nil }
        if let checker, checker.clearances(of: result).contains(where: { $0 <= 0 }) { return nil }
        return result
    }

    /// Where the polynomial through some of a path's configurations passes a target (Lagrange's formula).
    private func interpolated(_ path: [[Double]], at index: Int, through known: [Int]) -> [Double] {
        var result = [Double](repeating: 0, count: path[0].count)
        for node in known {
            let weight = known.reduce(1) { $1 == node ? $0 : $0 * Double(index - $1) / Double(node - $1) }
            for i in result.indices { result[i] += weight * path[node][i] }
        }
        return result
    }

    /// Moves configurations between their neighbours until little is gained.
    ///
    /// - Parameters:
    ///   - nodes: the indices of those that move, and are each other's neighbours; the first and the last of the path among them.
    ///   - relaxation: how far each goes, 1 to its neighbours' middle, below 2: going beyond gets along a long path in fewer sweeps.
    ///   - least: the gain of a sweep below which the next ones are left out, as part of the sum of squared distances.
    private mutating func smooth(
        _ path: inout [[Double]], at nodes: [Int], relaxation: Double = 1, sweeps: Int, until least: Double, _ checker: (any ConfigurationChecker)?, _ limit: SearchLimit
    ) {
        for _ in 0..<sweeps where limit.stop == nil {
            var gain = 0.0
            for parity in 0..<2 { gain += smooth(&path, at: nodes, parity, relaxation, checker) }
            if gain < least * square(of: nodes.map { path[$0] }) { break }
        }
    }

    /// Moves every other configuration to where a straight line between its neighbours passes its target, as far as that allows.
    ///
    /// - Returns: by how much the sum of squared distances has become less.
    private mutating func smooth(_ path: inout [[Double]], at nodes: [Int], _ parity: Int, _ relaxation: Double, _ checker: (any ConfigurationChecker)?) -> Double {
        var moved: [(index: Int, q: [Double], gain: Double)] = []
        // In uneven intervals, as the last one may be, distances count by the time they take.
        let interval = Double(nodes[1] - nodes[0])
        for position in stride(from: parity, to: nodes.count, by: 2) {
            let index = nodes[position], isEnd = position == 0 || position == nodes.count - 1
            if isEnd, options.isClosed { continue }
            var neighbours: [(q: [Double], weight: Double)] = []
            if position > 0 { neighbours.append((path[nodes[position - 1]], interval / Double(index - nodes[position - 1]))) }
            if position == 0, let start = options.start { neighbours.append((start, interval)) }
            if position < nodes.count - 1 { neighbours.append((path[nodes[position + 1]], interval / Double(nodes[position + 1] - index))) }
            let total = neighbours.reduce(0) { $0 + $1.weight }
            let middle = path[index].indices.map { i in neighbours.reduce(0) { $0 + $1.weight * $1.q[i] } / total }
            let move = metric.squaredDistance(middle, path[index])
            let least = Self.leastMove * (neighbours.count == 2 ? metric.squaredDistance(neighbours[0].q, neighbours[1].q) : move)
            guard move > least, let exact = corrected(zip(path[index], middle).map { $0 + relaxation * ($1 - $0) }, index) else { continue }
            let q = space.unwound(exact, near: path[index])
            func cost(_ q: [Double]) -> Double { neighbours.reduce(0) { $0 + $1.weight * metric.squaredDistance($1.q, q) } }
            let gain = cost(path[index]) - cost(q)
            guard gain > least, neighbours.allSatisfy({ metric.greatestDifference($0.q, q) <= options.greatestStep * interval / $0.weight }) else { continue }
            moved.append((index, q, gain))
        }
        let clearances = checker?.clearances(of: moved.map(\.q))
        var gain = 0.0
        for (place, move) in moved.enumerated() where clearances.map({ $0[place] > 0 }) ?? true {
            path[move.index] = move.q
            gain += move.gain
        }
        return gain
    }

    private func square(of path: [[Double]]) -> Double { zip(path, path.dropFirst()).reduce(0) { $0 + metric.squaredDistance($1.0, $1.1) } }

    /// The configuration near another one that reaches a target; nil where none is at hand.
    private mutating func corrected(_ q: [Double], _ index: Int) -> [Double]? {
        ask(index)
        let solution = problem.correct(q, exact)
        return problem.accepts(solution, search) ? solution.configuration : nil
    }
}
