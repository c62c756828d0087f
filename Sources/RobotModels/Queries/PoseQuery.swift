import ConditionalModels
import Kinematics
import Mixtures
import Numerics
import SolutionSets

/// Queries a trained model for configurations that reach a pose: as a mixture, as samples, or as exact solutions.
///
/// A value owns its workspaces: use one per thread.
public final class PoseQuery {
    public let model: ConditionalMixture
    public let chain: Chain
    let predictor: MixturePredictor
    private let evidence: EvidenceUpdate
    let kinematics: InverseKinematics
    public let resampler: PoseResampler
    let constraints: PoseConstraints
    /// Nil where a pose leaves no freedom: its solutions are isolated.
    let solutionSet: SolutionSetSampler?

    /// Prepares a model for questions about a chain.
    ///
    /// - Throws: ``ModelError/wrongSubject(expected:found:)`` where the model was made for another chain.
    public init(_ model: ConditionalMixture, chain: Chain) throws(ModelError) {
        try model.check(chain)
        if model.robot.isPartial { throw .partial(joints: model.dimension, of: chain.name) }
        self.model = model
        self.chain = chain
        predictor = MixturePredictor(model)
        kinematics = InverseKinematics(chain)
        evidence = EvidenceUpdate(kinematics.laneChain)
        let followsRotation = model.context == .pose
        resampler = PoseResampler(chain: chain, lanes: kinematics.laneChain, followsRotation: followsRotation)
        constraints = PoseConstraints(chain, followsRotation: followsRotation)
        solutionSet = chain.degreesOfFreedom > constraints.count
            ? SolutionSetSampler(kinematics.laneChain, constraints: constraints, followsRotation: followsRotation) : nil
    }

    /// The mixture at a pose, laid out in lanes.
    func posterior(_ pose: Pose, refine steps: Int, reweights: Bool = true) -> LaneMixture {
        var mixture = predictor.mixture(at: pose)
        evidence.update(&mixture, target: pose, options: evidenceOptions(steps), reweights: reweights)
        return mixture
    }

    private func evidenceOptions(_ steps: Int) -> EvidenceUpdate.Options {
        var options = EvidenceUpdate.Options(steps: steps)
        if model.context == .position { options.rotationDeviation = .infinity }
        return options
    }

    /// The mixture over configurations at a pose.
    ///
    /// - Parameters:
    ///   - pose: the pose of the tip in the base frame.
    ///   - steps: how many evidence updates (Gauss–Newton steps of every component towards the pose) follow the network.
    public func predict(_ pose: Pose, refine steps: Int = 0) -> GaussianMixture {
        posterior(pose, refine: steps).gaussianMixture
    }

    /// Samples of the mixture at a pose, just as they fall: neither corrected nor clipped to the limits.
    ///
    /// - Returns: a `count × D` matrix.
    public func sample(_ pose: Pose, count: Int, refine steps: Int, using stream: inout RandomStream) -> Matrix {
        var lanes = LaneRandom(using: &stream)
        let rows: [Float]
        if steps == 0 {
            let logWeights = predictor.logWeights(at: pose)
            let chooser = ComponentChooser(logWeights: logWeights)
            rows = predictor.sample((0..<count).map { _ in chooser.next(using: &stream) }, logWeights: logWeights, using: &lanes)
        } else {
            let mixture = posterior(pose, refine: steps)
            let chooser = ComponentChooser(logWeights: mixture.logWeights)
            rows = mixture.sample((0..<count).map { _ in chooser.next(using: &stream) }, using: &lanes)
        }
        return Matrix(rows: count, columns: model.dimension, elements: rows.map { Double($0) })
    }

    /// Samples at a pose, by rows, and the component of each.
    func draw(_ pose: Pose, count: Int, using random: inout RandomStream, _ lanes: inout LaneRandom) -> (rows: [Float], labels: [Int]) {
        let logWeights = predictor.logWeights(at: pose)
        let choices = ComponentChooser(logWeights: logWeights).spread(count, using: &random)
        return (predictor.sample(choices, logWeights: logWeights, using: &lanes), choices)
    }

    /// Exact, distinct, ranked configurations that reach a pose.
    ///
    /// Samples of the mixture that lie within the limits are finished by damped least squares; failures are redrawn. If the
    /// model runs dry, uniform starts take over, so that a pose which can be reached is.
    ///
    /// - Parameters:
    ///   - options: `restarts` limits the samples drawn, redraws included.
    ///   - steps: how many evidence updates move the components before samples are drawn. They bring nearly every sample to the
    ///     pose, but gather the samples around the components' means; none of them keeps the variety of the network.
    ///   - stream: where samples are drawn from; it advances.
    public func solve(
        _ pose: Pose, options: SearchOptions = .init(count: 100), refine steps: Int = 0,
        using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> Solutions {
        var options = options
        if model.context == .position { options.rotationTolerance = .infinity }
        var starts: SampledStarts
        if steps == 0 {
            let logWeights = predictor.logWeights(at: pose), chooser = ComponentChooser(logWeights: logWeights)
            starts = SampledStarts(kinematics.laneChain, for: options, stream: &stream, cancellation: cancellation) {
                [predictor] count, random, lanes in
                let choices = chooser.spread(count, using: &random)
                return (predictor.sample(choices, logWeights: logWeights, using: &lanes), choices)
            }
        } else {
            starts = SampledStarts(
                posterior(pose, refine: steps, reweights: false), chain: kinematics.laneChain, first: options.sought, limit: SampledStarts.limit(options),
                stream: &stream, cancellation: cancellation)
        }
        return kinematics.solve(Goal(pose), options: options, from: &starts, cancellation: cancellation)
    }
}
