import Mixtures
import Numerics

/// How the number of components follows the target.
public enum ComponentAdaptation: Sendable, Equatable, Codable {
    case fixed
    /// Components are added where the mixture lacks density and removed where they stay without weight.
    case addAndDelete(AddAndDelete)
}

/// The knobs of adding and deleting (Arenz et al., JMLR 2020).
public struct AddAndDelete: Sendable, Equatable, Codable {
    /// Iterations from one addition to the next.
    public var addInterval = 30
    /// Components that are added at a time.
    public var additions = 1
    /// Iterations for which a component must have been without weight and improvement before it is removed.
    public var deleteInterval = 100
    /// The most components.
    public var greatestCount = 1000
    /// Samples of the database, drawn at random, that are candidates for a new mean.
    public var candidates = 1000
    /// Fresh candidates, drawn from the start's Gaussian and evaluated; they count as evaluations.
    public var priorCandidates = 0
    /// How a new component is shaped.
    public var shape = NewShape.isotropic
    /// The weight of a new component. The published value lets it grow without touching the others; where it has little to improve it grows
    /// by a few tenths of a nat an iteration only, and a weight near that which it is to have is better.
    public var initialWeight = 1e-29
    /// Δ, in nats, of one addition after the other: a candidate x is the better the greater log p̃(x) − max(log q(x), max log q − Δ). Great values
    /// look for modes far away, small ones improve known ones; ∞ searches for the greatest log p̃ − log q, wherever it is.
    public var thresholds = AddAndDelete.publishedThresholds

    /// The covariance of a new component.
    public enum NewShape: String, Sendable, Equatable, Codable, CaseIterable {
        /// A ball with the entropy a·H_mean + (1 − a)·H_start, a ~ U(0, 1).
        case isotropic
        /// That of the component nearest in its own metric, as it is.
        case nearest
    }

    /// The thresholds of Arenz et al.
    public static let publishedThresholds = [5000.0, 1000, 500, 200, 100, 50]
    /// A component is without weight below this.
    static let leastWeight = 1e-6
    /// A component improves where it makes up more than this share of what it lacks to the best within ``deleteInterval``.
    static let leastImprovement = 0.4

    public init() {}
}

/// What is remembered of a component.
public struct ComponentRecord: Sendable, Equatable {
    /// Counted from 0 in the order of creation; never given again.
    public let identifier: Int
    public var gaussian: Gaussian
    /// log q(o).
    public var logWeight: Double
    public var stepSize: Double
    /// Updates that it received.
    public var updates = 0
    package var ridge = QuadraticRegression.leastRidge
    package var acceleration = ScaleAcceleration()
    /// The share of its samples that met density zero, averaged over some ten iterations.
    package var zeroShare = 0.0
    /// Iterations up to now in which its samples met density zero only.
    package var lostIterations = 0
    /// E[log p̃ + log q(o|x)] + H, the newest last; as many as deletion looks back on.
    public package(set) var rewards: [Double] = []
    /// The greater of its weight and the weight that its reward alone would give it, likewise.
    package var weights: [Double] = []

    package init(identifier: Int, gaussian: Gaussian, logWeight: Double, stepSize: Double) {
        self.identifier = identifier
        self.gaussian = gaussian
        self.logWeight = logWeight
        self.stepSize = stepSize
    }
}

extension InferenceState {
    /// Whether the coming iteration adds components.
    private func isAddition(_ knobs: AddAndDelete) -> Bool { (iteration + 1) % knobs.addInterval == 0 && components.count < knobs.greatestCount }

    /// Fresh candidates for new means, evaluated.
    func priorCandidates(_ evaluator: SampleEvaluator, stream: RandomStream) throws -> WeightedSamples {
        var candidates = WeightedSamples()
        guard case .addAndDelete(let knobs) = settings.adaptation, knobs.priorCandidates > 0, isAddition(knobs) else { return candidates }
        var stream = stream
        let prior = start.prior
        for _ in 0..<knobs.priorCandidates { candidates.places += prior.sample(using: &stream) }
        try evaluator.evaluate(&candidates, count: knobs.priorCandidates, gradients: false)
        return candidates
    }

    /// Removes components without weight or improvement, and adds where the mixture lacks density most.
    mutating func adaptComponents(_ candidates: WeightedSamples, stream: inout RandomStream) {
        guard case .addAndDelete(let knobs) = settings.adaptation else { return }
        deleteComponents(knobs)
        guard iteration % knobs.addInterval == 0 else { return }
        addComponents(knobs, candidates, stream: &stream)
    }

    // MARK: Deletion

    private mutating func deleteComponents(_ knobs: AddAndDelete) {
        let window = Self.smoothing(knobs.deleteInterval)
        let span = knobs.deleteInterval + window.count
        for index in components.indices {
            let excess = components[index].rewards.count - span
            if excess > 0 {
                components[index].rewards.removeFirst(excess)
                components[index].weights.removeFirst(excess)
            }
        }
        guard components.count > 1 else { return }
        func smooth(_ values: ArraySlice<Double>) -> Double {
            values.withUnsafeBufferPointer { DoubleVectors.dot(window.count, $0.baseAddress!, window) }
        }
        let old = components.indices.filter { components[$0].rewards.count >= span }
        guard !old.isEmpty else { return }
        var best = -Double.infinity
        for index in components.indices where components[index].rewards.count >= window.count {
            best = max(best, smooth(components[index].rewards.suffix(window.count)))
        }
        var doomed: Set<Int> = []
        for index in old where components[index].weights.allSatisfy({ $0 < AddAndDelete.leastWeight }) {
            let now = smooth(components[index].rewards.suffix(window.count)) - best
            let before = smooth(components[index].rewards.prefix(window.count)) - best
            if (now - before) / max(abs(before), 1e-300) <= AddAndDelete.leastImprovement { doomed.insert(components[index].identifier) }
        }
        guard !doomed.isEmpty, doomed.count < components.count else { return }
        components.removeAll { doomed.contains($0.identifier) }
        normaliseWeights()
    }

    /// A Gaussian filter as wide as two thirds of the interval, its deviation an eighth of it.
    private static func smoothing(_ interval: Int) -> [Double] {
        let half = max(1, interval / 3), deviation = max(1, Double(interval) / 8)
        let raw = (-half..<half).map { Elementary.exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
        let sum = raw.reduce(0, +)
        return raw.map { $0 / sum }
    }

    // MARK: Addition

    private mutating func addComponents(_ knobs: AddAndDelete, _ candidates: WeightedSamples, stream: inout RandomStream) {
        let n = dimension
        var places = candidates.places, values = candidates.logDensities
        if database.count > 0 {
            for _ in 0..<knobs.candidates {
                let index = min(database.count - 1, Int(stream.uniform() * Double(database.count)))
                places += database.places[index * n..<(index + 1) * n]
                values.append(database.logDensities[index])
            }
        }
        guard !values.isEmpty else { return }
        var logs = Array(repeating: 0.0, count: values.count)
        MixtureDensity(components.map(\.gaussian), logWeights: components.map(\.logWeight))
            .evaluate(places, count: values.count, into: &logs, gradients: nil)
        let greatest = logs.max() ?? 0
        // Several additions choose from a share of the candidates each; what is added has next to no weight yet.
        for group in 0..<knobs.additions where components.count < knobs.greatestCount {
            let floor = greatest - knobs.thresholds[additions % knobs.thresholds.count]
            var best: (index: Int, lack: Double)?
            for index in stride(from: group, to: values.count, by: knobs.additions) where values[index].isFinite {
                let lack = values[index] - max(floor, logs[index])
                if lack > best?.lack ?? -.infinity { best = (index, lack) }
            }
            let share = stream.uniform()
            guard let best else { continue }
            let mean = Array(places[best.index * n..<(best.index + 1) * n])
            let gaussian = newGaussian(at: mean, knobs.shape, share: share)
            guard Gaussian.isSound(mean: gaussian.mean, precisionFactor: gaussian.precisionFactor) else { continue }
            append(gaussian, logWeight: Elementary.log(knobs.initialWeight))
            additions += 1
        }
        normaliseWeights()
    }

    private func newGaussian(at mean: [Double], _ shape: AddAndDelete.NewShape, share: Double) -> Gaussian {
        switch shape {
        case .isotropic:
            let average = components.reduce(0) { $0 + Elementary.exp($1.logWeight) * $1.gaussian.entropy }
            let entropy = share * average + (1 - share) * start.prior.entropy
            let unit = 0.5 * Double(dimension) * (1 + Elementary.log(2 * .pi))
            let deviation = min(max(Elementary.exp((entropy - unit) / Double(dimension)), 1e-100), 1e100)
            return Gaussian(mean: mean, deviations: Array(repeating: deviation, count: dimension))
        case .nearest:
            return Gaussian(mean: mean, precisionFactor: nearest(to: mean).precisionFactor)
        }
    }

    // The component that is nearest to a place in its own metric.
    private func nearest(to place: [Double]) -> Gaussian {
        var best = 0, least = Double.infinity
        for index in components.indices {
            let gaussian = components[index].gaussian
            let distance = gaussian.logDensityAtMean - gaussian.logDensity(place)
            if distance < least { (best, least) = (index, distance) }
        }
        return components[best].gaussian
    }

    // MARK: Components that see no density

    /// After so many iterations that showed a component density zero only, it moves.
    private static let patience = 3
    /// Stored samples that are candidates for its new mean.
    private static let seats = 100

    /// Components all of whose samples fall where the density is zero have nothing to learn from: they move to where the mixture lacks density
    /// most, half as wide as they were.
    mutating func reseatLostComponents(stream: RandomStream) {
        let lost = components.indices.filter { components[$0].lostIterations >= Self.patience }
        guard !lost.isEmpty else { return }
        var stream = stream
        let known = database.logDensities.indices.filter { database.logDensities[$0].isFinite }
        guard !known.isEmpty else { return }
        for index in lost {
            var places: [Double] = [], values: [Double] = []
            for _ in 0..<Self.seats {
                let sample = known[min(known.count - 1, Int(stream.uniform() * Double(known.count)))]
                places += database.places[sample * dimension..<(sample + 1) * dimension]
                values.append(database.logDensities[sample])
            }
            var logs = values
            MixtureDensity(components.map(\.gaussian), logWeights: components.map(\.logWeight))
                .evaluate(places, count: values.count, into: &logs, gradients: nil)
            let best = values.indices.max { values[$0] - logs[$0] < values[$1] - logs[$1] } ?? 0
            let mean = Array(places[best * dimension..<(best + 1) * dimension])
            let factor = components[index].gaussian.precisionFactor.map { 2 * $0 }
            guard Gaussian.isSound(mean: mean, precisionFactor: factor) else { continue }
            let old = components[index]
            components[index] = ComponentRecord(
                identifier: old.identifier, gaussian: Gaussian(mean: mean, precisionFactor: factor), logWeight: old.logWeight,
                stepSize: settings.stepSize.initial)
        }
    }
}
