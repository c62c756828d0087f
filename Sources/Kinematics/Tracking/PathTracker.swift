import Numerics

/// Follows a path of targets without jumps between branches, where that can be done.
///
/// Every target gets candidates: solutions found for it alone, and those of its neighbours carried over to it, forwards and
/// backwards, as the nearest configuration that reaches it. Dynamic programming then chooses one candidate per target with the fewest
/// jumps, and among those the least sum of squared weighted distances. A jump is a step in which a joint moves farther than allowed; where one
/// remains, no chain of candidates avoids it, and where a target leaves finitely many configurations, that is proven (PathTracker+Branches).
public struct PathTracker<Target> {
    let space: ConfigurationSpace
    let options: TrackOptions
    private let metric: ConfigurationMetric
    /// The nearest configuration that reaches a target; nil where none is found.
    private let nearest: (Target, _ to: [Double]) -> Solution?
    /// How far a configuration misses a target, m and rad.
    private let error: (Target, [Double]) -> (position: Double, rotation: Double)
    /// Candidates closer to each other than this count as one.
    private let distinction = 0.02
    /// The largest number of candidates of a target.
    private var capacity: Int { 2 * options.candidates }

    /// - Parameters:
    ///   - nearest: the configuration nearest to another one that reaches a target; nil where none is found.
    ///   - error: the distance (m) and the angle (rad) by which a configuration misses a target.
    public init(
        _ space: ConfigurationSpace, options: TrackOptions, nearest: @escaping (Target, _ to: [Double]) -> Solution?,
        error: @escaping (Target, [Double]) -> (position: Double, rotation: Double)
    ) {
        self.space = space
        self.options = options
        self.nearest = nearest
        self.error = error
        metric = ConfigurationMetric(space.variables, weights: options.preferences.weights)
    }

    /// - Parameter solve: finds distinct solutions of a target.
    public func track(
        _ targets: [Target], cancellation: Cancellation = .never, solve: (Target, SearchOptions) -> SearchOutcome
    ) -> Track {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        var layers: [Layer] = []
        for target in targets where limit.stop == nil { layers.append(layer(target, after: layers.last, limit, solve)) }
        let stop = layers.count < targets.count ? limit.stop : nil
        // A path that is to end where it begins may end with any candidate that it may begin with.
        let isClosed = options.isClosed && layers.count == targets.count && layers.count > 1
        if isClosed { layers[layers.count - 1].candidates = layers[0].candidates }
        for index in layers.indices.dropLast().reversed() where limit.stop == nil {
            carry(layers[index + 1].candidates, into: &layers[index], target: targets[index])
        }
        if isClosed { layers[layers.count - 1].candidates = layers[0].candidates }
        guard !cancellation.isRequested, let chosen = choose(layers, cancellation) else { return unfinished(layers, limit) }
        var track = describe(layers, chosen, targets)
        track.reason = stop.map { "\($0.text) after \(layers.count) of \(targets.count) poses" }
        track.elapsed = limit.elapsed
        return track
    }

    /// The candidates of a target.
    struct Layer {
        var candidates: [[Double]] = []
        var isReached = true
    }

    private func layer(
        _ target: Target, after previous: Layer?, _ limit: SearchLimit, _ solve: (Target, SearchOptions) -> SearchOutcome
    ) -> Layer {
        var layer = Layer()
        if let start = options.start, previous == nil { carry([start], into: &layer, target: target) }
        if let previous { carry(previous.candidates, into: &layer, target: target) }
        let found = solve(target, limit.rest(of: options.search))
        // Where the path begins in whichever turn suits it best, all turns are candidates.
        let turns = previous == nil && options.start == nil ? max(1, capacity / max(found.found, 1)) : 1
        for solution in found.solutions {
            for configuration in space.windings(of: solution.configuration, most: turns) { add(configuration, to: &layer) }
        }
        if layer.candidates.isEmpty, let closest = found.closest {
            layer.isReached = false
            layer.candidates = [closest.configuration]
        }
        return layer
    }

    /// Brings configurations of a neighbour to a target.
    private func carry(_ candidates: [[Double]], into layer: inout Layer, target: Target) {
        guard layer.isReached else { return }
        for candidate in candidates {
            if let solution = nearest(target, candidate) { add(solution.configuration, to: &layer) }
        }
    }

    private func add(_ configuration: [Double], to layer: inout Layer) {
        guard layer.candidates.count < capacity, !layer.candidates.contains(where: { metric.squaredDistance($0, configuration) < distinction * distinction })
        else { return }
        layer.candidates.append(configuration)
    }

    /// What a path costs: jumps first, then the squared distances.
    struct Cost: Comparable {
        var jumps: Int
        var square: Double

        static func < (a: Cost, b: Cost) -> Bool { (a.jumps, a.square) < (b.jumps, b.square) }
    }

    private func cost(from a: [Double], to b: [Double]) -> Cost {
        Cost(jumps: metric.greatestDifference(a, b) > options.greatestStep ? 1 : 0, square: metric.squaredDistance(a, b))
    }

    /// A cancelled track: how far it came, and nothing that would take time.
    private func unfinished(_ layers: [Layer], _ limit: SearchLimit) -> Track {
        var track = Track()
        track.configurations = layers.map { $0.candidates.first ?? space.variables.map { min(max(0, $0.lower), $0.upper) } }
        track.wasCancelled = true
        track.elapsed = limit.elapsed
        return track
    }

    /// One candidate per layer; nil where a layer has none, and for all where it is cancelled.
    private func choose(_ layers: [Layer], _ cancellation: Cancellation) -> [Int?]? {
        guard options.isClosed, layers.count > 1 else { return way(layers, cancellation)?.chosen }
        var best: (chosen: [Int?], cost: Cost)?
        for end in layers[0].candidates.indices {
            var ended = layers
            ended[0].candidates = [layers[0].candidates[end]]
            ended[layers.count - 1].candidates = ended[0].candidates
            guard var found = way(ended, cancellation) else { return nil }
            if best.map({ found.cost < $0.cost }) ?? true {
                found.chosen[0] = end
                found.chosen[layers.count - 1] = end
                best = found
            }
        }
        return best?.chosen ?? way(layers, cancellation)?.chosen
    }

    /// The best path through the layers by dynamic programming; nil where it is cancelled.
    func way(_ layers: [Layer], _ cancellation: Cancellation) -> (chosen: [Int?], cost: Cost)? {
        var best: [[Cost]] = [], origin: [[Int]] = []
        var previous: Int?
        for (index, layer) in layers.enumerated() {
            if cancellation.isRequested { return nil }
            best.append([])
            origin.append([])
            for candidate in layer.candidates {
                guard let previous else {
                    best[index].append(options.start.map { cost(from: $0, to: candidate) } ?? Cost(jumps: 0, square: 0))
                    origin[index].append(-1)
                    continue
                }
                var least = Cost(jumps: .max, square: .infinity), from = 0
                for (other, configuration) in layers[previous].candidates.enumerated() {
                    var total = cost(from: configuration, to: candidate)
                    total.jumps += best[previous][other].jumps
                    total.square += best[previous][other].square
                    if total < least { (least, from) = (total, other) }
                }
                best[index].append(least)
                origin[index].append(from)
            }
            if !layer.candidates.isEmpty { previous = index }
        }
        var chosen = [Int?](repeating: nil, count: layers.count)
        var next: Int?
        for index in layers.indices.reversed() where !layers[index].candidates.isEmpty {
            let here = next ?? best[index].indices.min { best[index][$0] < best[index][$1] }!
            chosen[index] = here
            next = origin[index][here]
        }
        let last = layers.lastIndex { !$0.candidates.isEmpty }
        return (chosen, last.map { best[$0][chosen[$0]!] } ?? Cost(jumps: 0, square: 0))
    }

    /// A track of one configuration per target.
    fileprivate func track(_ path: [[Double]], _ targets: [Target], density: Double, elapsed: Double) -> Track {
        var track = describe(path.map { Layer(candidates: [$0]) }, path.map { _ in 0 }, targets)
        track.candidates = density
        track.elapsed = elapsed
        return track
    }

    func describe(_ layers: [Layer], _ chosen: [Int?], _ targets: [Target]) -> Track {
        var track = Track()
        track.candidates = Double(layers.reduce(0) { $0 + $1.candidates.count }) / Double(max(layers.count, 1))
        var previous = options.start
        for (index, layer) in layers.enumerated() {
            // A target without even a closest approach keeps the configuration before it.
            var q = chosen[index].map { layer.candidates[$0] } ?? previous ?? space.variables.map { min(max(0, $0.lower), $0.upper) }
            if let previous {
                q = space.unwound(q, near: previous)
                let step = zip(previous, q).reduce(0) { max($0, abs($1.1 - $1.0)) }
                if step > options.greatestStep { track.jumps.append(index) } else { track.greatestStep = max(track.greatestStep, step) }
                track.length += metric.distance(previous, q)
            }
            let error = error(targets[index], q)
            if !(error.position <= options.positionTolerance && error.rotation <= options.rotationTolerance) { track.unreached.append(index) }
            track.configurations.append(q)
            track.positionErrors.append(error.position)
            track.rotationErrors.append(error.rotation)
            previous = q
        }
        return track
    }
}

extension PathTracker where Target == Goal {
    /// Follows goals of a chain: poses through many tracks at once (``LaneTracker``), and where that finds no path without a jump, or for other
    /// goals, target by target.
    ///
    /// - Parameter solve: finds distinct solutions of a goal.
    public static func track(
        _ goals: [Goal], with solver: InverseKinematics, options: TrackOptions, cancellation: Cancellation = .never,
        solve: (Goal, SearchOptions) -> SearchOutcome
    ) -> Track {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        let tracker = PathTracker(solver, options: options)
        if var lanes = LaneTracker(solver.chain, goals, options), let path = lanes.path(limit, solve: solve) {
            let track = tracker.track(path, goals, density: lanes.density, elapsed: limit.elapsed)
            if track.jumps.isEmpty, track.unreached.isEmpty { return track }
        }
        var rest = options
        if let seconds = options.seconds { rest.seconds = max(seconds - limit.elapsed, 1e-9) }
        let own = PathTracker(solver, options: rest)
        var track = own.track(goals, cancellation: cancellation, solve: solve)
        if own.isWorthProving(track, goals) { track = own.judged(track, goals, limit, solve: solve) }
        track.elapsed = limit.elapsed
        return track
    }

    /// Follows goals of a chain.
    ///
    /// - Parameter solver: what carries configurations from goal to goal.
    public init(_ solver: InverseKinematics, options: TrackOptions) {
        let search = options.search, chain = solver.chain
        self.init(ConfigurationSpace(chain).holding(options.preferences.held), options: options) { goal, near in
            solver.nearest(goal, to: near, preferences: options.preferences, options: search)
        } error: { goal, q in
            let error = goal.error(of: chain.forwardKinematics(q))
            // Where any orientation will do, none is off.
            return (error.position, search.rotationTolerance.isFinite ? error.rotation : 0)
        }
    }
}

extension PathTracker where Target == BodyTask {
    /// Follows tasks of a body.
    ///
    /// - Parameter solver: what carries configurations from task to task.
    public init(_ solver: BodySolver, options: TrackOptions) {
        let search = options.search, evaluator = BodyEvaluator(solver.body)
        self.init(ConfigurationSpace(solver.body).holding(options.preferences.held), options: options) { task, near in
            solver.set(task)
            return solver.nearest(to: near, preferences: options.preferences, options: search)
        } error: { task, q in
            evaluator.evaluate(q)
            return evaluator.error(of: task)
        }
    }
}
