import ConditionalModels
import Kinematics
import Mixtures
import Numerics
import SolutionSets

/// Samples of the exact conditional distribution at a pose.
public struct ConditionalSamples: Sendable {
    /// `count × D` joint values; no rows where no candidate reached the pose within the limits.
    public var configurations: Matrix
    /// The effective sample size of the weighted candidates.
    public var effectiveSize: Double
    /// How many candidates were drawn.
    public var candidates: Int

    static func none(_ dimension: Int) -> ConditionalSamples {
        ConditionalSamples(configurations: Matrix(rows: 0, columns: dimension), effectiveSize: 0, candidates: 0)
    }
}

extension PoseQuery {
    /// Uniform starts that add charts to those of the components, and the share of candidates that these get.
    private static let uniformCharts = 32
    /// Uniform starts that look for isolated solutions, and the iterations that each is given.
    private static let isolatedStarts = 768
    /// Below this, in m³·rad³ for six joints, a solution tells of others that are hard to find.
    private static let leastEasyManipulability = 1e-3
    private static let isolatedPatience = 48
    private static let uniformShare = 0.15
    /// Components below this weight get no chart; the weight of those that do is at least this.
    private static let leastWeight = 1e-3

    /// Samples of the configurations that reach a pose exactly, distributed as configurations uniform within the limits are, given that they
    /// reach it.
    ///
    /// The mixture's components are bent onto the solution set and proposed from; candidates are weighted and resampled
    /// (``SolutionSetSampler``). A pose that leaves no freedom has a few solutions, which are drawn with the weights 1/√det(J·Jᵀ).
    ///
    /// - Parameters:
    ///   - pool: candidates drawn for each sample, at least 1; four are enough to follow the distribution closely.
    public func sampleConditional(_ pose: Pose, count: Int, pool: Int = 4, using stream: inout RandomStream) -> ConditionalSamples {
        let mixture = posterior(pose, refine: 0)
        var seeds = anchors(pose, mixture, using: &stream)
        // Some poses are hard to reach at all.
        if seeds.isEmpty { seeds = anchors(pose, mixture, effort: 32, using: &stream) }
        // Nearly singular solutions are found by few starts, and have the greatest weights.
        if solutionSet == nil, seeds.contains(where: { $0.manipulability < Self.leastEasyManipulability }) {
            seeds = anchors(pose, mixture, effort: 4, using: &stream)
        }
        guard let sampler = solutionSet else { return drawDiscrete(seeds, count: count, using: &stream) }
        let charts = self.charts(seeds, mixture)
        guard !charts.isEmpty else { return .none(model.dimension) }
        let outcome = sampler.sample(charts, target: pose, count: count, pool: max(count * max(pool, 1), 256), using: &stream) {
            SolutionChart(anchor: $0, jacobian: self.constraints.jacobian(self.chain, at: $0), gaussian: nil, share: $1)
        }
        return ConditionalSamples(
            configurations: Matrix(rows: outcome.rows.count / model.dimension, columns: model.dimension, elements: outcome.rows.map { Double($0) }),
            effectiveSize: outcome.effectiveSize, candidates: outcome.candidates)
    }

    /// Solutions that the components' means, a few of their samples where solutions are isolated, and uniform starts lead to.
    private func anchors(_ pose: Pose, _ mixture: LaneMixture, effort: Int = 1, using stream: inout RandomStream) -> [Solution] {
        // Isolated solutions are told apart, which takes precise ones where the pose is nearly singular; anchors of charts may lie as near to
        // each other as they like.
        let areIsolated = solutionSet == nil
        var options = SearchOptions(count: 8192, restarts: 16384, minimumDistance: areIsolated ? 0.01 : 0)
        if areIsolated { (options.positionTolerance, options.rotationTolerance) = (1e-6, 1e-6) }
        if model.context == .position { options.rotationTolerance = .infinity }
        var starts = AnchorStarts(
            mixture, chain: kinematics.laneChain, least: Float(Elementary.log(Self.leastWeight)),
            repeats: areIsolated ? 2 : 1, uniform: effort * (areIsolated ? Self.isolatedStarts : Self.uniformCharts),
            patience: areIsolated ? Self.isolatedPatience : 20, stream: &stream)
        return kinematics.solve(Goal(pose), options: options, from: &starts).solutions
    }

    private func charts(_ seeds: [Solution], _ mixture: LaneMixture) -> [SolutionChart] {
        let gaussians = mixture.gaussianMixture
        let uniform = seeds.count { $0.component == nil }
        return seeds.compactMap { seed in
            let share = seed.component.map { max(gaussians.weights[$0], Self.leastWeight) } ?? Self.uniformShare / Double(uniform)
            return SolutionChart(
                anchor: seed.configuration, jacobian: constraints.jacobian(chain, at: seed.configuration), gaussian: seed.component.map { gaussians.components[$0] },
                share: share)
        }
    }

    /// Isolated solutions, each drawn with a chance in proportion to 1/√det(J·Jᵀ).
    private func drawDiscrete(_ distinct: [Solution], count: Int, using stream: inout RandomStream) -> ConditionalSamples {
        guard !distinct.isEmpty else { return .none(model.dimension) }
        let weights = distinct.map { 1 / max($0.manipulability, 1e-6) }
        let chooser = ComponentChooser(logWeights: weights.map { Float(Elementary.log($0)) })
        let rows = (0..<count).flatMap { _ in distinct[chooser.next(using: &stream)].configuration }
        let sum = weights.reduce(0, +)
        return ConditionalSamples(
            configurations: Matrix(rows: count, columns: model.dimension, elements: rows),
            effectiveSize: sum * sum / weights.reduce(0) { $0 + $1 * $1 }, candidates: distinct.count)
    }
}

/// The components' means, samples of theirs, then uniform starts.
private struct AnchorStarts: StartSource {
    let patience: Int
    private var rows: [(configuration: [Float], component: Int)] = []
    private var next = 0
    private var uniform: UniformStarts
    private var left: Int
    private let chain: LaneChain

    /// - Parameters:
    ///   - least: the log-weight below which a component is left out.
    ///   - repeats: starts of a component; the first is its mean.
    init(_ mixture: LaneMixture, chain: LaneChain, least: Float, repeats: Int, uniform: Int, patience: Int, stream: inout RandomStream) {
        self.chain = chain
        self.patience = patience
        left = uniform
        let n = mixture.dimension
        let chosen = (0..<mixture.count).filter { mixture.logWeights[$0] >= least }
        var lanes = LaneRandom(using: &stream)
        self.uniform = UniformStarts(chain, stream: RandomStream(seed: stream.next()))
        for component in chosen {
            let block = component / laneCount, lane = component % laneCount
            rows.append(((0..<n).map { mixture.means[block * n + $0][lane] }, component))
        }
        guard repeats > 1 else { return }
        let choices = chosen.flatMap { Array(repeating: $0, count: repeats - 1) }
        let samples = mixture.sample(choices, using: &lanes)
        for (index, component) in choices.enumerated() { rows.append((Array(samples[index * n..<(index + 1) * n]), component)) }
    }

    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        guard next < rows.count else {
            guard left > 0 else { return nil }
            left -= 1
            return uniform.next(into: q, lane: lane)
        }
        let row = rows[next]
        next += 1
        for i in row.configuration.indices { q[i][lane] = chain.start(row.configuration[i], i) }
        return row.component
    }
}
