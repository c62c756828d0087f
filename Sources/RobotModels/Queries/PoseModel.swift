import ConditionalModels
import Kinematics
import Numerics

/// What draws configurations for a pose.
public protocol PoseModel: Sendable {
    var context: ContextKind { get }
    /// The number of weights and biases.
    var parameterCount: Int { get }
    var history: TrainingHistory { get }
    /// The number of components that the first draw chooses from.
    var components: Int { get }

    /// Whether a pose lies so far outside of those that the model is trained for that its answer is a guess.
    func isFar(_ pose: Pose) -> Bool

    /// Throws ``ModelError/wrongSubject(expected:found:)`` unless the model was made for this chain.
    func check(_ chain: Chain) throws(ModelError)
    /// The workspace of one thread.
    func makeSampler(for chain: Chain) throws(ModelError) -> any PoseSampler
}

/// The workspace in which one thread queries a model.
public protocol PoseSampler: AnyObject {
    /// Samples at a pose, just as they fall: neither corrected nor clipped to the limits; a `count × D` matrix.
    func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix

    /// What chooses the better ones of samples.
    var resampler: PoseResampler { get }

    /// Exact, distinct, ranked configurations that meet a goal and preferences; if the model runs dry, uniform starts take over.
    ///
    /// - Parameter steps: how many evidence updates follow the network; nothing to models in parts.
    func solve(
        _ goal: Goal, options: SearchOptions, preferences: Preferences, refine steps: Int, using stream: inout RandomStream, cancellation: Cancellation
    ) -> Solutions

    /// log q of the rows of a matrix at a pose, in nats and joint units; nil where samples have no density in closed form.
    func logDensities(of rows: Matrix, at pose: Pose) -> [Double]?

    /// The weights of the components at a pose.
    func weights(at pose: Pose) -> [Double]
}

extension PoseSampler {
    /// Exact, distinct, ranked configurations that reach a pose.
    public func solve(
        _ pose: Pose, options: SearchOptions, using stream: inout RandomStream, cancellation: Cancellation
    ) -> Solutions {
        solve(Goal(pose), options: options, preferences: .init(), refine: 0, using: &stream, cancellation: cancellation)
    }

    /// Samples at a pose, the better ones of `pool` raw samples for each one returned; see ``PoseResampler``.
    ///
    /// - Returns: a `count × D` matrix; without rows where all samples lie outside the limits.
    public func sampleResampled(_ pose: Pose, count: Int, pool: Int = 8, using stream: inout RandomStream) -> Matrix {
        let candidates = sample(pose, count: max(count, 1) * max(pool, 1), using: &stream)
        return resampler.resample(candidates, towards: pose, count: count, using: &stream)
    }

    /// The largest number of draws for samples inside the limits, as a multiple of those requested.
    private static var patience: Int { 64 }

    /// Samples of the mixture given the limits: those outside are drawn anew, none is moved.
    ///
    /// - Returns: a `count × D` matrix; with fewer rows where hardly a sample lies inside.
    public func sampleInside(_ pose: Pose, count: Int, of chain: Chain, using stream: inout RandomStream) -> Matrix {
        var elements: [Double] = [], rows = 0, drawn = 0
        elements.reserveCapacity(count * chain.degreesOfFreedom)
        while rows < count, drawn < Self.patience * count {
            let draws = sample(pose, count: max(count - rows, laneCount), using: &stream)
            drawn += draws.rows
            for row in 0..<draws.rows where rows < count {
                let q = Array(draws.row(row))
                guard chain.contains(q) else { continue }
                elements += q
                rows += 1
            }
        }
        return Matrix(rows: rows, columns: chain.degreesOfFreedom, elements: elements)
    }
}

extension ConditionalMixture: PoseModel {
    public var context: ContextKind { encoding.kind }
    public func isFar(_ pose: Pose) -> Bool { encoding.isFar(pose) }

    public func makeSampler(for chain: Chain) throws(ModelError) -> any PoseSampler { try PoseQuery(self, chain: chain) }
}

extension PoseQuery: PoseSampler {
    public func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        sample(pose, count: count, refine: 0, using: &stream)
    }

    public func logDensities(of rows: Matrix, at pose: Pose) -> [Double]? {
        let mixture = predict(pose)
        return (0..<rows.rows).map { mixture.logDensity(rows.row($0)) }
    }

    public func weights(at pose: Pose) -> [Double] { predict(pose).weights }
}

extension FactoredMixture: PoseModel {
    public var context: ContextKind { lead.context }
    public var parameterCount: Int {
        parts.reduce(0) { $0 + $1.parameterCount } + links.reduce(0) { $0 + ($1.feasibility?.parameterCount ?? 0) }
    }
    public var components: Int { lead.components }
    public func isFar(_ pose: Pose) -> Bool { lead.encoding.isFar(isReversed ? pose.inverse : pose) }

    /// All trainings together.
    public var history: TrainingHistory {
        var history = parts.last!.history
        for other in parts.dropLast().map(\.history) + links.compactMap(\.feasibility?.history) {
            history.steps += other.steps
            history.samples += other.samples
            history.seconds += other.seconds
        }
        history.loss = nil
        return history
    }

    public func check(_ chain: Chain) throws(ModelError) { try RobotIdentity(self.chain).check(chain) }

    public func makeSampler(for chain: Chain) throws(ModelError) -> any PoseSampler {
        try check(chain)
        return FactoredQuery(self)
    }
}
