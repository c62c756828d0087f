import AmortizedInference
import Kinematics
import Mixtures
import Numerics

/// Draws configurations for poses in one of the ways a model offers; of one thread.
public protocol ConfigurationSampler: AnyObject {
    /// Configurations for a pose, n × D, in no order that says anything about them.
    ///
    /// Fewer than `count` rows say that there are no more.
    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix

    /// The mixture that the samples are of; nil where they have no density in closed form.
    func mixture(at pose: Pose) -> GaussianMixture?
}

/// A way to draw configurations from a model, by its name.
///
/// An evaluation measures each mode by the same protocol; another way of drawing needs a mode of its own and nothing else.
public struct SamplingMode: Sendable {
    public let name: String
    /// Prepares the workspace of one thread.
    public let makeSampler: @Sendable (ConditionalMixture, Chain) throws -> any ConfigurationSampler

    public init(_ name: String, makeSampler: @escaping @Sendable (ConditionalMixture, Chain) throws -> any ConfigurationSampler) {
        self.name = name
        self.makeSampler = makeSampler
    }

    /// Samples of the network's mixture after some evidence updates and Levenberg–Marquardt steps, neither clipped nor dropped:
    /// "raw", "1 update", "2 steps", "1 update + 1 step". Accelerated steps are called "1 accelerated step".
    public static func samples(updates: Int = 0, steps: Int = 0, accelerated: Bool = false) -> SamplingMode {
        let parts = [counted(updates, "update"), counted(steps, accelerated ? "accelerated step" : "step")].compactMap(\.self)
        return SamplingMode(parts.isEmpty ? "raw" : parts.joined(separator: " + ")) {
            try MixtureSamples($0, $1, updates: updates, steps: steps, accelerated: accelerated)
        }
    }

    private static func counted(_ number: Int, _ noun: String) -> String? {
        number == 0 ? nil : "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// Exact solutions: samples finished to 1e-4 m and 1e-3 rad within the limits, failures redrawn, near duplicates kept.
    public static let exact = SamplingMode("exact") { try ExactSolutions($0, $1) }

    /// Samples of the exact conditional distribution, so many candidates weighted for each: "4 candidates".
    public static func candidates(_ pool: Int) -> SamplingMode {
        SamplingMode("\(pool) candidates") { try ResampledSamples($0, $1) { $0.sampleConditional($1, count: $2, pool: pool, using: &$3).configurations } }
    }

    /// Raw samples, the better ones of so many for each kept by their pose errors, then so many Levenberg–Marquardt steps:
    /// "8 resampled", "8 resampled + 1 step", "8 resampled + 1 accelerated step".
    public static func resampled(_ pool: Int, steps: Int = 0, accelerated: Bool = false) -> SamplingMode {
        let parts = ["\(pool) resampled", counted(steps, accelerated ? "accelerated step" : "step")].compactMap(\.self)
        return SamplingMode(parts.joined(separator: " + ")) { model, chain in
            let corrector = PoseSteps(chain, isAccelerated: accelerated), followsRotation = model.configuration.context == .pose
            return try ResampledSamples(model, chain) {
                var rows = $0.sampleResampled($1, count: $2, pool: pool, using: &$3)
                corrector.take(steps, from: &rows, towards: $1, followsRotation: followsRotation)
                return rows
            }
        }
    }

    /// The mode of a name as the modes here spell it; nil for other names.
    public init?(named name: String) {
        if name == "raw" { self = .samples(); return }
        if name == "exact" { self = .exact; return }
        let words = name.split(separator: " ")
        if words.count == 2, let pool = Int(words[0]), (1...1000).contains(pool), words[1] == "candidates" {
            self = .candidates(pool)
            return
        }
        var updates = 0, steps = 0, pool = 0, accelerated = false
        for part in name.split(separator: "+") {
            var words = part.split(separator: " ")
            if words.count == 3, words[1] == "accelerated", words[2].hasPrefix("step") {
                accelerated = true
                words.remove(at: 1)
            }
            guard words.count == 2, let count = Int(words[0]), (1...100).contains(count) else { return nil }
            switch words[1] {
            case "update", "updates": updates = count
            case "step", "steps": steps = count
            case "resampled": pool = count
            default: return nil
            }
        }
        if pool > 0 {
            guard updates == 0 else { return nil }
            self = .resampled(pool, steps: steps, accelerated: accelerated)
            return
        }
        guard updates + steps > 0 else { return nil }
        self = .samples(updates: updates, steps: steps, accelerated: accelerated)
    }
}

private final class MixtureSamples: ConfigurationSampler {
    private let query: PoseQuery
    private let corrector: PoseSteps
    private let updates: Int
    private let steps: Int
    private let followsRotation: Bool

    init(_ model: ConditionalMixture, _ chain: Chain, updates: Int, steps: Int, accelerated: Bool) throws {
        query = try PoseQuery(model, chain: chain)
        corrector = PoseSteps(chain, isAccelerated: accelerated)
        self.updates = updates
        self.steps = steps
        followsRotation = model.configuration.context == .pose
    }

    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        var rows = query.sample(pose, count: count, refine: updates, using: &stream)
        corrector.take(steps, from: &rows, towards: pose, followsRotation: followsRotation)
        return rows
    }

    func mixture(at pose: Pose) -> GaussianMixture? { steps == 0 ? query.predict(pose, refine: updates) : nil }
}

private final class ExactSolutions: ConfigurationSampler {
    private let query: PoseQuery

    init(_ model: ConditionalMixture, _ chain: Chain) throws { query = try PoseQuery(model, chain: chain) }

    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        let solutions = query.solve(pose, options: .init(count: count, minimumDistance: 0), using: &stream)
        return Matrix(solutions.solutions.map(\.configuration), columns: query.chain.degreesOfFreedom).shuffled(using: &stream)
    }

    func mixture(at pose: Pose) -> GaussianMixture? { nil }
}

private final class ResampledSamples: ConfigurationSampler {
    private let query: PoseQuery
    private let draw: (PoseQuery, Pose, Int, inout RandomStream) -> Matrix

    init(_ model: ConditionalMixture, _ chain: Chain, draw: @escaping (PoseQuery, Pose, Int, inout RandomStream) -> Matrix) throws {
        query = try PoseQuery(model, chain: chain)
        self.draw = draw
    }

    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        draw(query, pose, count, &stream).shuffled(using: &stream)
    }

    func mixture(at pose: Pose) -> GaussianMixture? { nil }
}
