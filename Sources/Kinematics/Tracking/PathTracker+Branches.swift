import Numerics

// Whether jumps are unavoidable: where every target leaves finitely many configurations, all of them are found, and no way between them may have fewer.

extension PathTracker where Target == Goal {
    /// Longer paths are not judged.
    private static var greatestLength: Int { 2000 }
    /// More branches than any arm has at a pose: 16 is the greatest number for six joints that turn. Where there are more, a target leaves freedom.
    private static var greatestBranches: Int { 64 }
    private static var greatestWindings: Int { 256 }
    /// Starts of each of two searches for branches, of which the second may find nothing that the first has not.
    private static var starts: Int { 2048 }
    /// Tolerances let branches be a little elsewhere: a step counts as a jump only where it is longer by more than this, rad or m.
    private static var margin: Double { 0.02 }

    /// Whether a track has jumps that can be proven to be unavoidable: all targets are reached, and fix as many numbers as there are joints.
    func isWorthProving(_ track: Track, _ goals: [Goal]) -> Bool {
        guard !track.jumps.isEmpty, track.unreached.isEmpty, track.reason == nil, !track.wasCancelled, !options.isClosed, goals.count <= Self.greatestLength
        else { return false }
        let free = space.variables.count - options.preferences.held.count
        if options.rotationTolerance.isFinite, goals.allSatisfy(\.isPose) { return free <= 6 }
        return free <= 3 && goals.allSatisfy { $0.positionSlack == .zero && ($0.isPose || $0.orientation == .free) }
    }

    /// A track, or a better one where all branches give one, and whether its jumps are proven.
    ///
    /// - Parameter solve: finds distinct solutions of a goal.
    func judged(_ track: Track, _ goals: [Goal], _ limit: SearchLimit, solve: (Goal, SearchOptions) -> SearchOutcome) -> Track {
        var layers: [Layer] = [], areAll = true
        for goal in goals {
            guard limit.stop == nil else { return track }
            let (layer, isWhole) = branches(of: goal, limit, solve)
            guard !layer.candidates.isEmpty else { return track }
            layers.append(layer)
            areAll = areAll && isWhole
        }
        var best = track
        if leastJumps(layers, greatestStep: options.greatestStep) < track.jumps.count, let found = way(layers, .never) {
            let own = describe(layers, found.chosen, goals)
            if own.unreached.isEmpty, own.jumps.count < track.jumps.count { best = own }
        }
        best.areJumpsProven = areAll && leastJumps(layers, greatestStep: options.greatestStep + Self.margin) >= best.jumps.count
        return best
    }

    /// The fewest jumps of any path through the layers.
    ///
    /// A configuration is reached by the fewest jumps to its layer or by one more: only from those with the fewest need steps be looked at.
    private func leastJumps(_ layers: [Layer], greatestStep: Double) -> Int {
        let metric = ConfigurationMetric(space.variables)
        func isNear(_ a: [Double], _ b: [Double]) -> Bool {
            for i in a.indices where abs(metric.difference(i, from: a[i], to: b[i])) > greatestStep { return false }
            return true
        }
        var jumps = 0
        var reached = options.start.map { [$0] }
        for layer in layers {
            guard let before = reached else {
                reached = layer.candidates
                continue
            }
            let near = layer.candidates.filter { candidate in before.contains { isNear($0, candidate) } }
            // Where a jump is needed, it may lead anywhere.
            if near.isEmpty { jumps += 1 }
            reached = near.isEmpty ? layer.candidates : near
        }
        return jumps
    }

    /// All configurations that reach a goal, in all turns that their joints have room for; and whether two searches agree on them.
    private func branches(of goal: Goal, _ limit: SearchLimit, _ solve: (Goal, SearchOptions) -> SearchOutcome) -> (Layer, isWhole: Bool) {
        var search = options.search
        search.count = Self.greatestBranches
        search.restarts = Self.starts
        search.minimumDistance = 0.05
        search.findsClosest = false
        let metric = ConfigurationMetric(space.variables)
        func isKnown(_ q: [Double], _ others: [[Double]]) -> Bool {
            others.contains { metric.squaredDistance(space.unwound($0, near: q), q) < 0.1 * 0.1 }
        }
        let first = solve(goal, limit.rest(of: search)), second = solve(goal, limit.rest(of: search))
        var found = first.solutions.map(\.configuration)
        let known = found
        for solution in second.solutions where !isKnown(solution.configuration, known) { found.append(solution.configuration) }
        let isWhole = found.count == known.count && first.found == second.found && found.count < Self.greatestBranches && !first.wasStopped && !second.wasStopped
        var layer = Layer(), hasRoom = true
        for configuration in found {
            let turns = space.windings(of: configuration, most: Self.greatestWindings)
            hasRoom = hasRoom && turns.count < Self.greatestWindings
            layer.candidates += turns
        }
        return (layer, isWhole && hasRoom)
    }
}
