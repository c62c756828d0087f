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
        if let found = way(layers, .never) {
            let own = describe(layers, found.chosen, goals)
            if own.unreached.isEmpty, own.jumps.count < track.jumps.count { best = own }
        }
        var generous = options
        generous.greatestStep += Self.margin
        let tracker = PathTracker(space, options: generous, nearest: { _, _ in nil }, error: { _, _ in (0, 0) })
        best.areJumpsProven = areAll && (tracker.way(layers, .never).map { $0.cost.jumps >= best.jumps.count } ?? false)
        return best
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
