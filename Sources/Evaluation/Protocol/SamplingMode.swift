import ConditionalModels
import Kinematics
import Numerics
import RobotModels

/// Draws configurations for poses in one of the ways a model offers; of one thread.
public protocol ConfigurationSampler: AnyObject {
    /// Configurations for a pose, n × D, in no particular order.
    ///
    /// Fewer than `count` rows mean that there are no more.
    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix

    /// log q of samples at a pose, nats and joint units; nil where they have no density in closed form.
    func logDensities(of rows: Matrix, at pose: Pose) -> [Double]?
}

/// A way to draw configurations from a model, by its name.
///
/// An evaluation measures each mode by the same protocol; another way of drawing needs a mode of its own and nothing else.
public struct SamplingMode: Sendable {
    public let name: String
    /// Prepares the workspace of one thread.
    public let makeSampler: @Sendable (any PoseModel, Chain) throws -> any ConfigurationSampler

    public init(_ name: String, makeSampler: @escaping @Sendable (any PoseModel, Chain) throws -> any ConfigurationSampler) {
        self.name = name
        self.makeSampler = makeSampler
    }

    /// Samples of the network's mixture after some evidence updates and Levenberg–Marquardt steps, neither clipped nor dropped:
    /// "raw", "1 update", "2 steps", "1 update + 1 step". Accelerated steps are called "1 accelerated step".
    public static func samples(updates: Int = 0, steps: Int = 0, accelerated: Bool = false) -> SamplingMode {
        let parts = [counted(updates, "update"), counted(steps, accelerated ? "accelerated step" : "step")].compactMap(\.self)
        let name = parts.isEmpty ? "raw" : parts.joined(separator: " + ")
        return SamplingMode(name) { model, chain in
            guard updates == 0 || model is ConditionalMixture else { throw EvaluationError.needsMixture(mode: name) }
            return try DrawnSamples(model, chain, updates: updates, steps: steps, accelerated: accelerated)
        }
    }

    private static func counted(_ number: Int, _ noun: String) -> String? {
        number == 0 ? nil : number.counted(noun)
    }

    /// Samples of the network's mixture given the limits: those outside are drawn anew, none is moved.
    public static let inside = SamplingMode("inside") { model, chain in
        let sampler = try model.makeSampler(for: chain)
        return ShuffledSamples { sampler.sampleInside($0, count: $1, of: chain, using: &$2) }
    }

    /// Exact solutions: samples finished to 1e-4 m and 1e-3 rad within the limits, failures redrawn, near duplicates kept.
    public static let exact = SamplingMode("exact") { try ExactSolutions($0, $1) }

    /// Samples of the exact conditional distribution, so many candidates weighted for each: "4 candidates".
    public static func candidates(_ pool: Int) -> SamplingMode {
        let name = "\(pool) candidates"
        return SamplingMode(name) {
            guard let query = try $0.makeSampler(for: $1) as? PoseQuery else { throw EvaluationError.needsMixture(mode: name) }
            return ShuffledSamples { query.sampleConditional($0, count: $1, pool: pool, using: &$2).configurations }
        }
    }

    /// Raw samples, the better ones of so many for each kept by their pose errors, then so many Levenberg–Marquardt steps:
    /// "8 resampled", "8 resampled + 1 step", "8 resampled + 1 accelerated step".
    public static func resampled(_ pool: Int, steps: Int = 0, accelerated: Bool = false) -> SamplingMode {
        let parts = ["\(pool) resampled", counted(steps, accelerated ? "accelerated step" : "step")].compactMap(\.self)
        return SamplingMode(parts.joined(separator: " + ")) { model, chain in
            let sampler = try model.makeSampler(for: chain)
            let corrector = PoseSteps(chain, isAccelerated: accelerated), followsRotation = model.context == .pose
            return ShuffledSamples {
                var rows = sampler.sampleResampled($0, count: $1, pool: pool, using: &$2)
                corrector.take(steps, from: &rows, towards: $0, followsRotation: followsRotation)
                return rows
            }
        }
    }

    /// The names of the usual modes, to be listed; numbers in them can be others.
    ///
    /// - Parameter hasUpdates: whether the model is one mixture, to which evidence updates apply.
    public static func names(hasUpdates: Bool) -> String {
        let drawn: [SamplingMode] = hasUpdates
            ? [.samples(updates: 1), .samples(steps: 2), .samples(steps: 1, accelerated: true), .samples(updates: 1, steps: 1), .candidates(4)]
            : [.samples(steps: 2), .samples(steps: 1, accelerated: true)]
        let named = (drawn + [.resampled(8), .resampled(8, steps: 1), .exact]).map { "\"\($0.name)\"" }
        return "\"raw\", \"inside\" (raw samples, those outside the limits rejected and drawn again), " + named.joined(separator: ", ")
    }

    /// The mode of a name as the modes here spell it; nil for other names.
    public init?(named name: String) {
        if name == "raw" { self = .samples(); return }
        if name == "exact" { self = .exact; return }
        if name == "inside" { self = .inside; return }
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

private final class DrawnSamples: ConfigurationSampler {
    private let sampler: any PoseSampler
    /// The sampler of a mixture in closed form, whose components can be updated.
    private let query: PoseQuery?
    private let corrector: PoseSteps
    private let updates: Int
    private let steps: Int
    private let followsRotation: Bool

    init(_ model: any PoseModel, _ chain: Chain, updates: Int, steps: Int, accelerated: Bool) throws {
        sampler = try model.makeSampler(for: chain)
        query = sampler as? PoseQuery
        corrector = PoseSteps(chain, isAccelerated: accelerated)
        self.updates = updates
        self.steps = steps
        followsRotation = model.context == .pose
    }

    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        var rows = query?.sample(pose, count: count, refine: updates, using: &stream) ?? sampler.sample(pose, count: count, using: &stream)
        corrector.take(steps, from: &rows, towards: pose, followsRotation: followsRotation)
        return rows
    }

    func logDensities(of rows: Matrix, at pose: Pose) -> [Double]? {
        guard steps == 0 else { return nil }
        guard updates > 0, let query else { return sampler.logDensities(of: rows, at: pose) }
        let mixture = query.predict(pose, refine: updates)
        return (0..<rows.rows).map { mixture.logDensity(rows.row($0)) }
    }
}

private final class ExactSolutions: ConfigurationSampler {
    private let sampler: any PoseSampler
    private let columns: Int

    init(_ model: any PoseModel, _ chain: Chain) throws {
        sampler = try model.makeSampler(for: chain)
        columns = chain.degreesOfFreedom
    }

    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        let solutions = sampler.solve(pose, options: .init(count: count, minimumDistance: 0, spreads: true), using: &stream, cancellation: .never)
        return Matrix(solutions.solutions.map(\.configuration), columns: columns).shuffled(using: &stream)
    }

    func logDensities(of rows: Matrix, at pose: Pose) -> [Double]? { nil }
}

/// What a function draws, in no particular order.
private final class ShuffledSamples: ConfigurationSampler {
    private let draw: (Pose, Int, inout RandomStream) -> Matrix

    init(draw: @escaping (Pose, Int, inout RandomStream) -> Matrix) { self.draw = draw }

    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix { draw(pose, count, &stream).shuffled(using: &stream) }

    func logDensities(of rows: Matrix, at pose: Pose) -> [Double]? { nil }
}
