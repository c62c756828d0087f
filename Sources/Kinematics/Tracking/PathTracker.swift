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
        track(targets, SearchLimit(seconds: options.seconds, cancellation: cancellation), cancellation, solve)
    }

    private func track(
        _ targets: [Target], _ limit: SearchLimit, _ cancellation: Cancellation, _ solve: (Target, SearchOptions) -> SearchOutcome
    ) -> Track {
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
        track.reason = stop.map { "\($0.text) after \(layers.count) of \(targets.count) poses" } ?? unreachedWords(track, layers)
        track.elapsed = limit.elapsed
        return track
    }

    /// Why the first target that is not reached is not, where its own search tells.
    private func unreachedWords(_ track: Track, _ layers: [Layer]) -> String? {
        guard let index = track.unreached.first(where: { layers[$0].reason != nil }) else { return nil }
        return "pose \(index + 1) is not reached: \(layers[index].reason!)"
    }

    /// The candidates of a target.
    struct Layer {
        var candidates: [[Double]] = []
        var isReached = true
        /// Why the search found nothing, where no candidate reaches the target.
        var reason: String?
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
        if layer.candidates.isEmpty { layer.reason = found.reason }
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
    /// Follows goals of a chain: through many tracks at once (``LaneTracker``), and where that finds no way without a jump, target by target.
    ///
    /// - Parameter solve: finds distinct solutions of a goal.
    public static func track(
        _ goals: [Goal], with solver: InverseKinematics, options: TrackOptions, cancellation: Cancellation = .never,
        solve: (Goal, SearchOptions) -> SearchOutcome
    ) -> Track {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        let tracker = PathTracker(solver, options: options)
        if let found = lanes(goals, solver.chain, options, limit, solve) {
            let track = tracker.track(found.path, goals, density: found.density, elapsed: limit.elapsed)
            if track.jumps.isEmpty, track.unreached.isEmpty { return track }
        }
        var track = tracker.track(goals, limit, cancellation, solve)
        if tracker.isWorthProving(track, goals) { track = tracker.judged(track, goals, limit, solve: solve) }
        track.elapsed = limit.elapsed
        return track
    }

    /// The way that many tracks at once find; nil where there is none without a jump. Held variables are taken out of the chain.
    private static func lanes(
        _ goals: [Goal], _ chain: Chain, _ options: TrackOptions, _ limit: SearchLimit, _ solve: (Goal, SearchOptions) -> SearchOutcome
    ) -> (path: [[Double]], density: Double)? {
        let held = options.preferences.held
        guard !held.isEmpty else { return lanesOfAll(goals, chain, options, limit, solve) }
        let (rest, free) = chain.holding(held)
        var own = options
        own.start = options.start.map { start in free.map { start[$0] } }
        own.preferences = options.preferences.restricted(to: free)
        let found = lanesOfAll(goals, rest, own, limit) { goal, search in
            var outcome = solve(goal, search)
            for i in outcome.solutions.indices { outcome.solutions[i].configuration = free.map { outcome.solutions[i].configuration[$0] } }
            return outcome
        }
        guard let found else { return nil }
        let values = chain.variables.indices.map { held[$0] ?? 0 }
        return (found.path.map { q in
            var whole = values
            for (position, index) in free.enumerated() { whole[index] = q[position] }
            return whole
        }, found.density)
    }

    private static func lanesOfAll(
        _ goals: [Goal], _ chain: Chain, _ options: TrackOptions, _ limit: SearchLimit, _ solve: (Goal, SearchOptions) -> SearchOutcome
    ) -> (path: [[Double]], density: Double)? {
        guard goals.count > 1 else { return nil }
        let arePlaces = goals.allSatisfy { $0.orientation == .free && $0.positionSlack == .zero }, nominal = chain.variables.map { min(max(0, $0.lower), $0.upper) }
        if arePlaces || goals.allSatisfy(\.isPose) {
            var options = options
            if arePlaces { options.rotationTolerance = .infinity }
            let followsRotation = options.rotationTolerance.isFinite
            return LaneTracker(PoseProblem(chain), goals, options, nominal: nominal) { $0.set($1, followsRotation: followsRotation) }?.found(limit, solve: solve)
        }
        func task(_ goal: Goal) -> BodyTask { BodyTask(aims: [.init(tip: 0, goal: goal)]) }
        let first = task(goals[0])
        guard goals.allSatisfy({ task($0).leavesFree(asMuchAs: first) }) else { return nil }
        return LaneTracker(BodyProblem(Body(chain), task: first), goals, options, nominal: nominal) { $0.set(task($1)) }?.found(limit, solve: solve)
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
    /// Follows tasks of a body: through many tracks at once (``LaneTracker``), and where that finds no way without a jump, task by task.
    ///
    /// - Parameter solve: finds distinct solutions of a task.
    public static func track(
        _ tasks: [BodyTask], with solver: BodySolver, options: TrackOptions, cancellation: Cancellation = .never,
        solve: (BodyTask, SearchOptions) -> SearchOutcome
    ) -> Track {
        let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
        let tracker = PathTracker(solver, options: options)
        if let body = solver.body.restricted(to: options.preferences), let first = tasks.first, tasks.allSatisfy({ $0.leavesFree(asMuchAs: first) }),
           let found = LaneTracker(BodyProblem(body, task: first), tasks, options, nominal: body.nominal, set: { $0.set($1) })?.found(limit, solve: solve) {
            let track = tracker.track(found.path, tasks, density: found.density, elapsed: limit.elapsed)
            if track.jumps.isEmpty, track.unreached.isEmpty { return track }
        }
        return tracker.track(tasks, limit, cancellation, solve)
    }

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
