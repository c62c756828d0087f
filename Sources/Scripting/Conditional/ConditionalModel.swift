import ConditionalModels
import LuaBridge
import Mixtures
import ModelFiles
import ModelTraining
import Numerics

/// A model of a conditional density or of simulated pairs as scripts hold it: the network, what it is trained on, and the training that can
/// go on.
final class ConditionalModel: Trainee {
    /// What a training takes its contexts and densities or points from; nil where a file was read and nothing was attached.
    private(set) var material: TrainingMaterial?
    /// The network as trained so far; queries answer from it.
    private(set) var mixture: ConditionalMixture
    /// The training that was interrupted or finished last; nil before the first.
    private var training: TrainingState?
    private var preparedQuery: ConditionalQuery?
    private var preparedProblem: (seed: UInt64, problem: TrainingProblem)?
    private(set) var generation = 0
    /// The log of all its trainings; a checkpoint carries it on.
    var log = TrainingLog()
    /// The checkpoint that the model was read from, as long as no training came after.
    private var origin: String?

    init(_ mixture: ConditionalMixture, material: TrainingMaterial?) throws {
        _ = try ConditionalQuery(mixture)
        self.mixture = mixture
        self.material = material
    }

    /// Takes up a checkpoint, whose training can go on.
    convenience init(_ state: TrainingState, log: TrainingLog, path: String, material: TrainingMaterial?) throws {
        try self.init(state.trainedModel, material: material)
        training = state
        self.log = log
        origin = path
    }

    var target: ConditionalTarget? { if case .target(let target)? = material { target } else { nil } }
    var encoding: NumberEncoding { mixture.encoder as! NumberEncoding }
    var shape: ContextShape { encoding.shape }

    /// The workspace that answers questions; made anew after a training.
    func query() throws -> ConditionalQuery {
        if let preparedQuery { return preparedQuery }
        let query = try ConditionalQuery(mixture)
        preparedQuery = query
        return query
    }

    /// The training that was interrupted, if there is one.
    var interrupted: TrainingState? { training.flatMap { $0.isFinished ? nil : $0 } }

    /// The state that a training by a plan starts or goes on from, as for ``Model``.
    func state(for plan: TrainingPlan?, checkpoint: String?) throws -> TrainingState {
        try TrainingPlan.state(for: plan, training: training, isResumed: Model.isSame(origin, checkpoint), mixture: mixture)
    }

    /// What a training is to be on.
    func problem(seed: UInt64, in state: LuaState) throws -> TrainingProblem {
        if let preparedProblem, preparedProblem.seed == seed { return preparedProblem.problem }
        guard let material else { throw Failure.noMaterial(mixture.subject.name) }
        let problem = try material.problem(for: mixture, seed: seed, in: state)
        preparedProblem = (seed, problem)
        return problem
    }

    /// A training from a state on, to be driven step by step.
    func run(from start: TrainingState, supply: TrainingRun.Supply?, in state: LuaState) throws -> TrainingRun {
        try TrainingRun(start, problem: problem(seed: start.settings.seed, in: state), supply: supply)
    }

    /// The mixture at a context after some steps of variational inference there.
    func refine(
        _ mixture: GaussianMixture, _ context: [Double], steps: Int, using stream: inout RandomStream, in state: LuaState
    ) throws -> GaussianMixture {
        guard target != nil else { throw Failure.noTarget }
        let problem = try problem(seed: preparedProblem?.seed ?? 1, in: state)
        guard let densities = problem.densities else { throw Failure.noTarget }
        let result = self.mixture.refine(mixture, inputs: encoding.encode(context), densities: densities, steps: steps, using: &stream)
        if let failure = densities.takeFailure() { throw failure }
        return result
    }

    func adopt(_ state: TrainingState) {
        training = state
        origin = nil
        mixture = state.trainedModel
        mixture.history.version = Session.version
        preparedQuery = nil
        generation += 1
    }

    func takeUp(_ state: TrainingState, log: TrainingLog, path: String) {
        adopt(state)
        self.log = log
        origin = path
    }

    /// Writes the model, or with its training what that needs to go on.
    func save(to path: String, withTraining: Bool) throws {
        if withTraining, let training { try training.writeCheckpoint(to: path, metadata: log.metadata) } else { try mixture.write(to: path) }
    }

    enum Failure: Error, CustomStringConvertible {
        case noMaterial(String)
        case noTarget

        var description: String {
            switch self {
            case .noTarget: "refinement needs the density of a target; this model has none: avips.model(path, { target = ... }) attaches one"
            case .noMaterial(let name):
                "the file of a model holds no target, and this one of \"\(name)\" was loaded without; give it again: avips.model(path, { target = ... })"
            }
        }
    }
}

/// What a conditional model is trained on.
enum TrainingMaterial {
    /// A density that answers are to have.
    case target(ConditionalTarget)
    /// A simulator that answers the prior's draws with contexts.
    case simulator(Simulator)
    /// Contexts and the points that answer them.
    case pairs(contexts: Matrix, values: Matrix)

    func problem(for model: ConditionalMixture, seed: UInt64, in state: LuaState) throws -> TrainingProblem {
        guard let encoding = model.encoder as? NumberEncoding else {
            throw ModelError.wrongSubject(expected: model.subject.name, found: "a density with numbers as contexts")
        }
        func stored(_ contexts: Matrix, _ values: Matrix) throws -> TrainingProblem {
            guard contexts.columns == encoding.inputCount, values.columns == model.dimension else {
                throw ModelError.wrongSubject(
                    expected: "\(model.subject.name) with \(model.dimension) variables and contexts of \(encoding.inputCount) numbers",
                    found: "pairs of \(values.columns) variables and contexts of \(contexts.columns)")
            }
            return TrainingProblem(source: StoredContexts(
                dimension: model.dimension, contexts: contexts, encoding: encoding, points: (values, model.space)))
        }
        switch self {
        case .target(let target): return try target.problem(for: model, seed: seed, in: state)
        case .simulator(let simulator):
            let (contexts, values) = try simulator.draw(seed: seed, in: state)
            return try stored(contexts, values)
        case .pairs(let contexts, let values): return try stored(contexts, values)
        }
    }

    /// Whether models learn from points, by likelihood, rather than from a density.
    var hasPoints: Bool { if case .target = self { false } else { true } }
}
