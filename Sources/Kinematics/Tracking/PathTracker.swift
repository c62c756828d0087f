import Numerics

/// Follows a path of poses without jumps between branches, where that can be done.
///
/// Every pose gets candidates: solutions found for it alone, and those of its neighbours carried over to it, forwards and
/// backwards, as the nearest configuration that reaches it. Dynamic programming then chooses one candidate a pose with the fewest
/// jumps, and among those the least sum of squared weighted distances. A jump is a step in which a joint moves farther than allowed; where one
/// remains, no chain of candidates avoids it.
public final class PathTracker {
    private let chain: Chain
    private let options: TrackOptions
    private let metric: ConfigurationMetric
    private let finder: NearestConfiguration
    /// Candidates nearer to each other than this are one.
    private let distinction = 0.02
    /// The most candidates that a pose keeps.
    private var capacity: Int { 2 * options.candidates }

    public init(_ chain: Chain, options: TrackOptions) {
        self.chain = chain
        self.options = options
        metric = ConfigurationMetric(chain, weights: options.weights)
        finder = NearestConfiguration(chain, metric: metric)
    }

    /// - Parameter solve: finds so many distinct solutions of a pose.
    public func track(_ poses: [Pose], cancellation: Cancellation = .never, solve: (Pose, InverseKinematics.Options) -> Solutions) -> Track {
        let clock = ContinuousClock()
        let begin = clock.now
        var layers: [Layer] = []
        for pose in poses where !cancellation.isRequested { layers.append(layer(pose, after: layers.last, solve: solve)) }
        for index in layers.indices.dropLast().reversed() where !cancellation.isRequested {
            carry(layers[index + 1].candidates, into: &layers[index], pose: poses[index])
        }
        let chosen = choose(layers)
        var track = describe(layers, chosen, poses: poses)
        track.wasCancelled = layers.count < poses.count
        let (seconds, attoseconds) = (clock.now - begin).components
        track.elapsed = Double(seconds) + Double(attoseconds) * 1e-18
        return track
    }

    /// The candidates of a pose.
    private struct Layer {
        var candidates: [[Double]] = []
        var isReached = true
    }

    private func layer(_ pose: Pose, after previous: Layer?, solve: (Pose, InverseKinematics.Options) -> Solutions) -> Layer {
        var layer = Layer()
        if let start = options.start, previous == nil { carry([start], into: &layer, pose: pose) }
        if let previous { carry(previous.candidates, into: &layer, pose: pose) }
        let found = solve(pose, InverseKinematics.Options(
            count: options.candidates, positionTolerance: options.positionTolerance, rotationTolerance: options.rotationTolerance,
            restarts: 16 * options.candidates, minimumDistance: 0.1))
        for solution in found.solutions { add(solution.configuration, to: &layer) }
        if layer.candidates.isEmpty, let closest = found.closest {
            layer.isReached = false
            layer.candidates = [closest.configuration]
        }
        return layer
    }

    /// Brings configurations of a neighbour to a pose.
    private func carry(_ candidates: [[Double]], into layer: inout Layer, pose: Pose) {
        guard layer.isReached else { return }
        for candidate in candidates {
            guard let solution = finder.find(
                pose, near: candidate, from: candidate, positionTolerance: options.positionTolerance, rotationTolerance: options.rotationTolerance)
            else { continue }
            add(solution.configuration, to: &layer)
        }
    }

    private func add(_ configuration: [Double], to layer: inout Layer) {
        guard layer.candidates.count < capacity, !layer.candidates.contains(where: { metric.squaredDistance($0, configuration) < distinction * distinction })
        else { return }
        layer.candidates.append(configuration)
    }

    /// What a way costs: jumps first, then the squared distances.
    private struct Cost: Comparable {
        var jumps: Int
        var square: Double

        static func < (a: Cost, b: Cost) -> Bool { (a.jumps, a.square) < (b.jumps, b.square) }
    }

    private func cost(from a: [Double], to b: [Double]) -> Cost {
        Cost(jumps: metric.greatestDifference(a, b) > options.greatestStep ? 1 : 0, square: metric.squaredDistance(a, b))
    }

    /// One candidate a layer, by dynamic programming; nil where a layer has none.
    private func choose(_ layers: [Layer]) -> [Int?] {
        var best: [[Cost]] = [], origin: [[Int]] = []
        var previous: Int?
        for (index, layer) in layers.enumerated() {
            best.append([])
            origin.append([])
            for candidate in layer.candidates {
                guard let previous else {
                    best[index].append(options.start.map { cost(from: $0, to: candidate) } ?? Cost(jumps: 0, square: 0))
                    origin[index].append(-1)
                    continue
                }
                var least = Cost(jumps: .max, square: .infinity), place = 0
                for (other, from) in layers[previous].candidates.enumerated() {
                    var total = cost(from: from, to: candidate)
                    total.jumps += best[previous][other].jumps
                    total.square += best[previous][other].square
                    if total < least { (least, place) = (total, other) }
                }
                best[index].append(least)
                origin[index].append(place)
            }
            if !layer.candidates.isEmpty { previous = index }
        }
        var chosen = [Int?](repeating: nil, count: layers.count)
        var place: Int?
        for index in layers.indices.reversed() where !layers[index].candidates.isEmpty {
            let here = place ?? best[index].indices.min { best[index][$0] < best[index][$1] }!
            chosen[index] = here
            place = origin[index][here]
        }
        return chosen
    }

    private func describe(_ layers: [Layer], _ chosen: [Int?], poses: [Pose]) -> Track {
        var track = Track(
            configurations: [], positionErrors: [], rotationErrors: [], jumps: [], unreached: [], greatestStep: 0, length: 0,
            candidates: Double(layers.reduce(0) { $0 + $1.candidates.count }) / Double(max(layers.count, 1)), elapsed: 0, wasCancelled: false)
        var previous = options.start
        for (index, layer) in layers.enumerated() {
            // A pose without even a closest approach keeps the configuration before it.
            let q = chosen[index].map { layer.candidates[$0] } ?? previous ?? chain.variables.map { ($0.lower + $0.upper) / 2 }
            if chosen[index] == nil || !layer.isReached { track.unreached.append(index) }
            if let previous {
                let step = metric.greatestDifference(previous, q)
                if step > options.greatestStep { track.jumps.append(index) } else { track.greatestStep = max(track.greatestStep, step) }
                track.length += metric.distance(previous, q)
            }
            let error = chain.forwardKinematics(q).error(to: poses[index])
            track.configurations.append(q)
            track.positionErrors.append(error.position)
            track.rotationErrors.append(error.rotation)
            previous = q
        }
        return track
    }
}
