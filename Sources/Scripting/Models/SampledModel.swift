import Baselines
import ConditionalModels
import Kinematics
import LuaBridge
import ModelTraining
import Numerics
import RobotModels

/// A flow or an ensemble of generators as scripts hold it: of a robot, queried with poses, or of a target, a simulator or pairs.
final class SampledModel: Learner<ModelTrainingState> {
    /// The robot whose poses it is queried with; nil where contexts are numbers.
    let robot: Robot?
    /// What a training without a robot takes its contexts, densities and points from; nil where a file was read and nothing was attached.
    let material: TrainingMaterial?
    /// Whether a context outside of what it is trained for was warned of.
    var hasWarnedOfContexts = false
    private var preparedSampler: GenerativeQuery?
    private var preparedGenerator: (any Generator)?
    private var preparedExtent: ContextExtent?
    private var preparedProblem: (seed: UInt64, problem: TrainingProblem)?

    /// - Parameter checkpoint: where the model was read from one, whose training can go on.
    init(
        _ model: any TrainableModel, robot: Robot?, material: TrainingMaterial? = nil, checkpoint: ReadCheckpoint<ModelTrainingState>? = nil
    ) throws {
        self.robot = robot
        self.material = material
        super.init(model)
        if robot != nil { _ = try poseModel() }
        if let checkpoint { takeUp(checkpoint) }
    }

    override func forget() {
        preparedSampler = nil
        preparedGenerator = nil
        preparedExtent = nil
    }

    var kind: ModelKind { model is ConditionalFlow ? .flow : .gan }
    var target: ConditionalTarget? { material?.target }
    /// How contexts are encoded that are numbers.
    var encoding: NumberEncoding? { model.encoder as? NumberEncoding }

    func poseModel() throws -> GenerativePoseModel { try GenerativePoseModel(model) }

    /// The workspace that answers for poses; made anew after a training.
    func sampler(of robot: Robot) throws -> GenerativeQuery {
        if let preparedSampler { return preparedSampler }
        guard let sampler = try poseModel().makeSampler(for: robot.chain) as? GenerativeQuery else {
            throw ModelError.wrongSubject(expected: model.subject.name, found: robot.chain.name)
        }
        preparedSampler = sampler
        return sampler
    }

    /// The workspace that answers for numbers; made anew after a training.
    func generator() -> any Generator {
        if let preparedGenerator { return preparedGenerator }
        let generator = model.makeGenerator()
        preparedGenerator = generator
        return generator
    }

    /// How far the contexts reach that it is trained on; measured anew after a training, which may have drawn more.
    var extent: ContextExtent? {
        if preparedExtent == nil { preparedExtent = material?.extent }
        return preparedExtent
    }

    /// What a training is to be on.
    func problem(seed: UInt64, in state: LuaState) throws -> TrainingProblem {
        if let robot { return try .poses(of: robot.chain, for: model) }
        if let preparedProblem, preparedProblem.seed == seed { return preparedProblem.problem }
        guard let material else { throw ConditionalModel.Failure.noMaterial(model.subject.name) }
        let problem = try material.problem(for: model, seed: seed, in: state)
        preparedProblem = (seed, problem)
        return problem
    }

    /// What holds in trainings where a script says nothing.
    var usualTraining: TrainingSettings {
        kind == .gan
            ? SampledModelEntries.ensembleDefaults(hasDensity: robot != nil || material?.target != nil)
            : SampledModelEntries.flowDefaults(hasPoints: robot != nil || material?.hasPoints ?? true)
    }
}

extension SampledModelEntries {
    /// What holds in a flow's training where a script says nothing.
    ///
    /// - Parameter hasPoints: whether the model learns from points by likelihood, rather than from a density.
    static func flowDefaults(hasPoints: Bool) -> TrainingSettings {
        var settings = TrainingSettings(budget: .steps(1))
        settings.batch = hasPoints ? 512 : 256
        // Many small networks: their curvatures cost more than half of a step.
        if hasPoints { settings.optimizer = .adam }
        settings.learningRate = 2e-3
        settings.warmupSteps = 100
        settings.gradientClip = 10
        settings.variational.objective = .reverse
        guard !hasPoints else { return settings }
        settings.variational.forwardShare = .constant(0)
        settings.variational.annealing = 0.5
        return settings
    }

    /// The same of an ensemble of generators: as much of the discriminator as of the target's density, where one is known.
    ///
    /// - Parameter hasDensity: whether it is, as of a robot's joints and of a target, but not of a simulator's parameters or of pairs alone.
    static func ensembleDefaults(hasDensity: Bool) -> TrainingSettings {
        var settings = TrainingSettings(budget: .steps(1))
        settings.batch = 1024
        settings.optimizer = .adam
        settings.learningRate = 1e-3
        settings.warmupSteps = 100
        settings.gradientClip = 10
        settings.variational.objective = .reverse
        guard hasDensity else { return settings }
        settings.variational.forwardShare = .constant(0.9)
        settings.variational.positionWidth = .constant(0.05)
        settings.variational.rotationWidth = .constant(0.2)
        settings.variational.limitWidth = .constant(0.1)
        return settings
    }
}
