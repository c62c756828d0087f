import ConditionalInference
import ConditionalModels
import LuaBridge
import Mixtures
import ModelTraining
import Numerics

/// A model of a conditional density or of simulated pairs as scripts hold it, with what it is trained on.
final class ConditionalModel: Learner<TrainingState> {
    /// What a training takes its contexts and densities or points from; nil where a file was read and nothing was attached.
    let material: TrainingMaterial?
    private var preparedQuery: ConditionalQuery?
    /// Whether a context outside of what it is trained for was warned of.
    var hasWarnedOfContexts = false
    /// Whether a refinement that found no density was warned of.
    private var hasWarnedOfRefinements = false
    private var preparedExtent: ContextExtent?
    private var preparedProblem: (seed: UInt64, problem: TrainingProblem)?

    /// - Parameter checkpoint: where the model was read from one, whose training can go on.
    init(_ mixture: ConditionalMixture, material: TrainingMaterial?, checkpoint: ReadCheckpoint<TrainingState>? = nil) throws {
        _ = try ConditionalQuery(mixture)
        self.material = material
        super.init(mixture)
        if let checkpoint { takeUp(checkpoint) }
    }

    override func forget() {
        preparedQuery = nil
        preparedExtent = nil
    }

    var target: ConditionalTarget? { material?.target }
    var encoding: NumberEncoding { mixture.encoder as! NumberEncoding }
    var shape: ContextShape { encoding.shape }

    /// The workspace that answers questions; made anew after a training.
    func query() throws -> ConditionalQuery {
        if let preparedQuery { return preparedQuery }
        let query = try ConditionalQuery(mixture)
        preparedQuery = query
        return query
    }

    /// How far the contexts reach that it is trained on; measured anew after a training, which may have drawn more.
    var extent: ContextExtent? {
        if preparedExtent == nil { preparedExtent = material?.extent }
        return preparedExtent
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

    /// The mixture at a context after some steps of variational inference there, and what is to be said of it, which is told the first time; throws
    /// where it is interrupted.
    func refine(
        _ mixture: GaussianMixture, _ context: [Double], steps: Int, using stream: inout RandomStream, in state: LuaState
    ) throws -> (mixture: GaussianMixture, note: String?) {
        guard let target else { throw Failure.noTarget }
        let density = DifferentiatedTarget(target.at(context).density, scales: self.mixture.space.halfRange)
        let result = try MixtureRefinement().refine(mixture, density, steps: steps, using: &stream, cancellation: state.cancellation)
        try state.stopIfInterrupted()
        var note: String?
        if let bound = result.bounds.first, !bound.isFinite {
            let warning = "the target \"\(density.name)\" is zero, or no number, at all samples of the mixture predicted at \(NumberText.list(context)); refinement left it as it was"
            if !hasWarnedOfRefinements { state.warn(warning) }
            hasWarnedOfRefinements = true
            note = warning
        }
        return (mixture.turns.isEmpty ? result.mixture : result.mixture.wrapped(mixture.turns.map { ($0.variable, $0.middle) }), note)
    }

    enum Failure: Error, CustomStringConvertible {
        case noMaterial(String)
        case noTarget

        var description: String {
            switch self {
            case .noTarget: "refinement needs the density of a target; this model has none: avips.model(path, { target = ... }) attaches one"
            case .noMaterial(let name):
                "the file of a model does not hold what it is trained on, and this one of \"\(name)\" was loaded without; give that again: "
                    + "avips.model(path, { target = ... }), or with pairs or simulator and prior in place of target"
            }
        }
    }
}

/// What a conditional model is trained on.
enum TrainingMaterial {
    /// A density that answers are to have.
    case target(ConditionalTarget)
    /// The same, and exact draws of it with their contexts, such as simulations come with.
    case targetWithPairs(ConditionalTarget, contexts: Matrix, values: Matrix)
    /// A simulator that answers the prior's draws with contexts.
    case simulator(Simulator)
    /// Contexts and the points that answer them.
    case pairs(contexts: Matrix, values: Matrix)

    /// Squares of what is greater are infinite in single precision.
    static let greatestMagnitude = 1e18

    func problem(for model: any GenerativeModel, seed: UInt64, in state: LuaState) throws -> TrainingProblem {
        guard let encoding = model.encoder as? NumberEncoding else {
            throw ModelError.wrongSubject(expected: model.subject.name, found: "a density with numbers as contexts")
        }
        func stored(_ contexts: Matrix, _ values: Matrix) throws -> TrainingProblem {
            try Self.check(contexts, values, fit: model)
            let (dimension, space) = (model.dimension, model.space)
            for (kind, numbers) in [("context", contexts), ("point", values)] {
                guard let index = numbers.elements.firstIndex(where: { !($0.magnitude <= Self.greatestMagnitude) }) else { continue }
                throw ArgumentError("a \(kind) of row \(index / numbers.columns + 1) has \(plainText(numbers.elements[index])); "
                    + "networks of single precision learn from numbers within ±\(plainText(Self.greatestMagnitude))")
            }
            return TrainingProblem(source: try Abandonable.run(cancellation: state.cancellation) {
                StoredContexts(dimension: dimension, contexts: contexts, encoding: encoding, points: (values, space))
            })
        }
        switch self {
        case .target(let target): return try target.problem(for: model, seed: seed, in: state)
        case .targetWithPairs(let target, let contexts, let values):
            let source = try stored(contexts, values).source
            var problem = try target.problem(for: model, pairs: contexts, seed: seed, in: state)
            problem.source = source
            return problem
        case .simulator(let simulator):
            let (contexts, values) = try simulator.draw(seed: seed, in: state)
            return try stored(contexts, values)
        case .pairs(let contexts, let values): return try stored(contexts, values)
        }
    }

    /// Throws where a model cannot be asked, or learn, with what is attached to it.
    func check(_ model: any GenerativeModel, in state: LuaState) throws {
        switch self {
        case .target(let target):
            if try target.canTrain(model) { _ = try problem(for: model, seed: 1, in: state) }
        case .targetWithPairs, .pairs: _ = try problem(for: model, seed: 1, in: state)
        case .simulator(let simulator):
            let (contexts, values) = try simulator.simulate(Self.exampleCount, seed: 1, in: state)
            try Self.check(contexts, values, fit: model)
        }
    }

    /// Simulations that show where contexts and points lie before a training draws its own.
    static let exampleCount = 512

    /// Throws where contexts or points have other numbers than a model.
    private static func check(_ contexts: Matrix, _ values: Matrix, fit model: any GenerativeModel) throws {
        let count = (model.encoder as? NumberEncoding)?.inputCount ?? 0
        guard contexts.columns == count, values.columns == model.dimension else {
            throw ModelError.wrongSubject(
                expected: "\(model.subject.name) with \(model.dimension.counted("variable")) and contexts of \(count.counted("number"))",
                found: "pairs of \(values.columns.counted("variable")) and contexts of \(contexts.columns)")
        }
    }

    /// The density, where there is one.
    var target: ConditionalTarget? {
        switch self {
        case .target(let target), .targetWithPairs(let target, _, _): target
        case .simulator, .pairs: nil
        }
    }

    /// Whether models learn from points alone, by likelihood, rather than from a density.
    var hasPoints: Bool { target == nil }
}
