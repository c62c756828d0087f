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
    let metric: ConfigurationMetric
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

    /// Follows targets one by one.
    ///
    /// - Parameter solve: finds distinct solutions of a target.
    public func track(
        _ targets: [Target], cancellation: Cancellation = .never, solve: (Target, SearchOptions) -> SearchOutcome
    ) -> Track {
        track(targets, SearchLimit(seconds: options.seconds, cancellation: cancellation), cancellation, solve)
    }

    /// Follows targets one by one within a limit of time.
    func track(
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
        track.reason = stop.map { "\($0.text) after \(layers.count) of \(targets.count.counted("pose"))" } ?? unreachedWords(track, layers)
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

    /// A cancelled track: how far it came, and nothing that would take time.
    private func unfinished(_ layers: [Layer], _ limit: SearchLimit) -> Track {
        var track = Track()
        track.configurations = layers.map { $0.candidates.first ?? space.variables.map(\.restValue) }
        track.wasCancelled = true
        track.elapsed = limit.elapsed
        return track
    }

    /// A track of one configuration per target.
    func track(_ path: [[Double]], _ targets: [Target], density: Double, elapsed: Double) -> Track {
        var track = describe(path.map { Layer(candidates: [$0]) }, path.map { _ in 0 }, targets)
        track.candidates = density
        track.elapsed = elapsed
        return track
    }

    /// What a path is like: its configurations in whole turns, jumps, errors and length.
    ///
    /// - Parameter chosen: one candidate per layer; nil where there is none.
    func describe(_ layers: [Layer], _ chosen: [Int?], _ targets: [Target]) -> Track {
        var track = Track()
        track.candidates = Double(layers.reduce(0) { $0 + $1.candidates.count }) / Double(max(layers.count, 1))
        var previous = options.start
        for (index, layer) in layers.enumerated() {
            // A target without even a closest approach keeps the configuration before it.
            var q = chosen[index].map { layer.candidates[$0] } ?? previous ?? space.variables.map(\.restValue)
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
