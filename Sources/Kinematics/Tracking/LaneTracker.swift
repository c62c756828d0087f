import Numerics

/// Follows a path of targets through many tracks at once.
///
/// Solutions at a few targets are carried along the whole path in lanes (``LaneTracks``), where a target leaves freedom also attracted by other postures,
/// until dynamic programming finds a way without jumps between the tracks. What it finds is smoothed in double precision: every other configuration
/// moves to the one that reaches its target nearest to the middle of its neighbours.
struct LaneTracker<Problem: SearchProblem, Target> {
    private let problem: Problem
    private let space: ConfigurationSpace
    private let options: TrackOptions
    private let search: SearchOptions
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
    private static var sweeps: Int { 12 }

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
        for _ in 0..<Self.sweeps where limit.stop == nil {
            var gain = 0.0
            for parity in 0..<2 { gain += smooth(&path, parity, checker) }
            if gain < 1e-3 * square(of: path) { break }
        }
        // What single precision took for free is measured once more.
        if let checker, checker.clearances(of: path).contains(where: { $0 <= 0 }) { return nil }
        return path
    }

    /// Moves every other configuration to the middle of its neighbours as far as its target allows.
    ///
    /// - Returns: by how much the sum of squared distances has become less.
    private mutating func smooth(_ path: inout [[Double]], _ parity: Int, _ checker: (any ConfigurationChecker)?) -> Double {
        var moved: [(index: Int, q: [Double], gain: Double)] = []
        for index in stride(from: parity, to: path.count, by: 2) {
            let isEnd = index == 0 || index == path.count - 1
            if isEnd, options.isClosed { continue }
            let before = index > 0 ? path[index - 1] : options.start, after = index < path.count - 1 ? path[index + 1] : nil
            let neighbours = [before, after].compactMap(\.self)
            let middle = path[index].indices.map { i in neighbours.reduce(0) { $0 + $1[i] } / Double(neighbours.count) }
            guard metric.squaredDistance(middle, path[index]) > 1e-7, let exact = corrected(middle, index) else { continue }
            let q = space.unwound(exact, near: path[index])
            func cost(_ q: [Double]) -> Double { neighbours.reduce(0) { $0 + metric.squaredDistance($1, q) } }
            let gain = cost(path[index]) - cost(q)
            guard gain > 1e-9, neighbours.allSatisfy({ metric.greatestDifference($0, q) <= options.greatestStep }) else { continue }
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
        let solution = problem.correct(q, search)
        return search.accepts(solution) ? solution.configuration : nil
    }
}
