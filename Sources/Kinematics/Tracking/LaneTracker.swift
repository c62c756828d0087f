import Numerics

/// Follows a path of poses through many tracks at once.
///
/// Solutions at a few poses are carried along the whole path in lanes (``LaneTracks``), where a pose leaves freedom also attracted by other postures,
/// until dynamic programming finds a path without jumps between the tracks. What it finds is smoothed in double precision: every other configuration
/// moves to the one that reaches its pose nearest to the middle of its neighbours.
struct LaneTracker {
    private let chain: Chain
    private let space: ConfigurationSpace
    private let options: TrackOptions
    private let metric: ConfigurationMetric
    private let goals: [Goal]
    private let tracks: LaneTracks
    private var corrector: PoseCorrector
    private let followsRotation: Bool
    private var stream = RandomStream(seed: 1)
    /// The mean number of configurations per pose.
    var density: Double { tracks.density }

    /// Longer paths take more memory than they are worth.
    private static let greatestLength = 5000
    /// Groups of sixteen tracks, at most.
    private static let greatestGroups = 40
    /// At which parts of the path solutions are searched for first; then where ways break.
    private static let firstAnchors = [0, 0.5, 1]
    private static let greatestRounds = 10
    private static let sweeps = 12

    /// Nil for what only ``PathTracker`` follows: other goals than poses and places, held joints, robots of unusual size, very long paths.
    init?(_ chain: Chain, _ goals: [Goal], _ options: TrackOptions) {
        let arePoses = goals.allSatisfy(\.isPose), arePlaces = goals.allSatisfy { $0.orientation == .free && $0.positionSlack == .zero }
        guard arePoses || arePlaces, goals.count > 1, goals.count <= Self.greatestLength, chain.searchScale == 1, !options.preferences.restrict else { return nil }
        self.chain = chain
        self.goals = goals
        var options = options
        if arePlaces { options.rotationTolerance = .infinity }
        self.options = options
        followsRotation = options.rotationTolerance.isFinite
        space = ConfigurationSpace(chain)
        metric = ConfigurationMetric(chain, weights: options.preferences.weights)
        corrector = PoseCorrector(chain)
        tracks = LaneTracks(chain, goals.map(\.pose), options)
    }

    /// The path's configurations, joints without limits turning on; nil where there is none without a jump, or where it is stopped.
    ///
    /// - Parameter solve: finds distinct solutions of a pose.
    mutating func path(_ limit: SearchLimit, solve: (Goal, SearchOptions) -> SearchOutcome) -> [[Double]]? {
        let isRedundant = chain.degreesOfFreedom > (followsRotation ? 6 : 3)
        var known: [Int: [[Double]]] = [:]
        var anchors = Self.firstAnchors.map { Int(($0 * Double(goals.count - 1)).rounded()) }
        for round in 0..<Self.greatestRounds where limit.stop == nil && tracks.groups.count < Self.greatestGroups {
            for anchor in anchors {
                let isNew = known[anchor] == nil
                if isNew { known[anchor] = seeds(at: anchor, limit, solve) }
                let seeds = known[anchor]!
                if seeds.isEmpty { return nil }
                for first in stride(from: 0, to: seeds.count, by: laneCount) {
                    let group = seeds[first..<min(first + laneCount, seeds.count)]
                    if isNew { tracks.add(group, at: anchor) }
                    // Other ways are those of other postures; the first ones return to where they began, so that a path can end there.
                    if isRedundant { tracks.add(group, at: anchor, attractor: attractor(for: group, isHome: round == 0)) }
                }
            }
            let choice = choose(limit)
            if let choice, choice.jumps == 0 { return finished(choice) }
            anchors = choice.map(breaks) ?? tracks.gap.map { [$0] } ?? []
            if anchors.isEmpty { return nil }
        }
        return nil
    }

    /// The poses on both sides of a path's first jumps.
    private func breaks(_ choice: LaneTracks.Choice) -> [Int] {
        let path = choice.nodes.enumerated().map { tracks.configuration($1, at: $0) }
        let jumps = path.indices.dropFirst().filter { metric.greatestDifference(path[$0 - 1], path[$0]) > options.greatestStep }
        return jumps.prefix(2).flatMap { [$0 - 1, $0] }
    }

    /// The solutions at a pose; at the first one those that the start leads to.
    private mutating func seeds(at anchor: Int, _ limit: SearchLimit, _ solve: (Goal, SearchOptions) -> SearchOutcome) -> [[Double]] {
        solve(goals[anchor], limit.rest(of: options.search)).solutions.map { space.unwound($0.configuration, near: options.start ?? $0.configuration) }
            + (anchor == 0 ? options.start.flatMap { corrected($0, 0) }.map { [$0] } ?? [] : [])
    }

    /// Back to where the tracks begin, so that paths can end there; or random postures, one a lane.
    private mutating func attractor(for seeds: ArraySlice<[Double]>, isHome: Bool) -> LaneTracks.Attractor {
        var result = [Lanes](repeating: .zero, count: chain.degreesOfFreedom)
        for lane in 0..<laneCount {
            let posture = isHome ? seeds[seeds.startIndex + min(lane, seeds.count - 1)] : chain.randomConfiguration(using: &stream)
            for i in posture.indices { result[i][lane] = Float(posture[i]) }
        }
        return result
    }

    /// The path with the fewest jumps; nil where a pose has no configuration.
    private func choose(_ limit: SearchLimit) -> LaneTracks.Choice? {
        let weights = metric.weights.map(Float.init), step = Float(options.greatestStep)
        let open = tracks.choose(weights: weights, greatestStep: step, start: options.start)
        guard options.isClosed, let open, open.jumps == 0 else { return open }
        var best: LaneTracks.Choice?
        for end in ends() where limit.stop == nil {
            guard let found = tracks.choose(weights: weights, greatestStep: step, start: options.start, ends: end) else { continue }
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

    private mutating func finished(_ choice: LaneTracks.Choice) -> [[Double]]? {
        var path: [[Double]] = []
        for (index, node) in choice.nodes.enumerated() {
            if options.isClosed, index == goals.count - 1 {
                path.append(space.unwound(path[0], near: path[index - 1]))
                break
            }
            var q = tracks.configuration(node, at: index)
            // A start that reaches the pose stays as it was given, not as single precision holds it.
            if index == 0, let start = options.start, zip(space.unwound(q, near: start), start).allSatisfy({ abs($0 - $1) < 1e-5 }) { q = start }
            guard let exact = corrected(q, index) else { return nil }
            path.append(index > 0 ? space.unwound(exact, near: path[index - 1]) : options.start.map { space.unwound(exact, near: $0) } ?? exact)
        }
        let checker = options.preferences.screen?.makeChecker()
        for _ in 0..<Self.sweeps {
            var gain = 0.0
            for parity in 0..<2 { gain += smooth(&path, parity, checker) }
            if gain < 1e-3 * square(of: path) { break }
        }
        // What single precision took for free is measured once more.
        if let checker, checker.clearances(of: path).contains(where: { $0 <= 0 }) { return nil }
        return path
    }

    /// Moves every other configuration to the middle of its neighbours as far as its pose allows.
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

    /// The configuration near another one that reaches a pose; nil where none is found.
    private mutating func corrected(_ q: [Double], _ index: Int) -> [Double]? {
        let solution = q.withUnsafeBufferPointer {
            corrector.correct($0.baseAddress!, towards: goals[index].pose, positionTolerance: options.positionTolerance, rotationTolerance: options.rotationTolerance)
        }
        guard solution.positionError <= options.positionTolerance, !followsRotation || solution.rotationError <= options.rotationTolerance else { return nil }
        return solution.configuration
    }
}
