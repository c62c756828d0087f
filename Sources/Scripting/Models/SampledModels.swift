import Baselines
import ConditionalModels
import Evaluation
import Files
import Kinematics
import LuaBridge
import Mixtures
import ModelFiles
import ModelTraining
import Numerics
import RobotModels
import VariationalInference

// avips.model{ kind = "flow" } and { kind = "gan" }, and the SampledModel type.

extension GenerativeQuery: CheckedQuery {}

struct SampledModelEntries: Entries {
    unowned let session: Session

    func register() throws { try state.register(type) }

    /// A new flow, or new generators.
    func make(_ kind: ModelKind, _ slot: Slot, _ options: LuaBridge.Options) throws -> Value {
        let seed = try options[ModelKeys.seed] ?? nextSeed()
        func build(_ subject: any ModelSubject, _ space: SampleSpace, _ encoder: any ContextEncoder) throws -> any TrainableModel {
            let model: any TrainableModel = kind == .flow
                ? try ConditionalFlow(
                    subject: subject, space: space, encoder: encoder, configuration: KindKeys.flow(options, seed: seed), cancellation: cancellation)
                : try GeneratorEnsemble(
                    subject: subject, space: space, encoder: encoder, configuration: KindKeys.ensemble(options, seed: seed), cancellation: cancellation)
            try state.stopIfInterrupted()
            return model
        }
        if ConditionalModelEntries.areMeant(options) {
            let (material, subject, encoding) = try ConditionalModelEntries(session: session).material(slot, options)
            if kind == .gan, case .target = material { throw TrainingError.invalidSettings(GeneratorEnsemble.pairsMissing) }
            return .object(holding: try SampledModel(build(subject, subject.space, encoding), robot: nil, material: material))
        }
        guard let given = options[ModelKeys.robot] else {
            throw slot.invalid("must name a robot, a target, a simulator or pairs: avips.model{ robot = \"panda\", kind = \"\(kind.rawValue)\" }")
        }
        guard case .robot(let robot) = try robotOrBody(given) else { 
            throw given.invalid("must be a chain: the context of a \(kind.rawValue) is the pose of one tip; for a whole body there are mixtures, avips.model{ robot = body, tip = ... }, and body:ik")
        }
        let identity = RobotIdentity(robot.chain)
        let encoding = try PoseEncoding(of: robot.chain, options[ModelKeys.context], usesSymmetry: options[ModelKeys.turning])
        return .object(holding: try SampledModel(build(identity, identity.space, encoding), robot: robot))
    }

    /// A flow, or generators, out of a file.
    func load(_ file: Safetensors, path: String, attach slot: Slot, _ options: LuaBridge.Options) throws -> Value {
        let model: any TrainableModel, checkpoint: ReadCheckpoint<ModelTrainingState>?
        if TrainingState.isHeld(by: file) {
            let state = try ModelTrainingState(file, path: path)
            (model, checkpoint) = (state.trainedModel, ReadCheckpoint(state: state, log: TrainingLog(metadata: file.metadata, path: path, warn: warn), path: path))
        } else {
            (model, checkpoint) = (try StoredModel.model(file, path: path), nil)
        }
        if let chain = (model.subject as? RobotIdentity)?.chain {
            try ModelEntries(session: session).refuseAttached(options)
            return .object(holding: try SampledModel(model, robot: Robot(chain), checkpoint: checkpoint))
        }
        let material = try ConditionalModelEntries(session: session).attachedMaterial(slot, options)
        try material?.check(model, in: state)
        return .object(holding: try SampledModel(model, robot: nil, material: material, checkpoint: checkpoint))
    }

    private var type: ObjectType {
        ObjectType(
            "SampledModel", of: SampledModel.self, "A normalizing flow, or generators trained against a discriminator: a model that answers a pose or a context with samples.",
            describe: { display.spelled(ModelText.text($0, showsTimes: display.showsTimes, width: display.width)) },
            properties: [
                ObjectProperty("kind", "string", "\"flow\" or \"gan\"") { .string($0.kind.rawValue) },
                ObjectProperty("robot", "Robot or nil", "the robot that the model is for") { $0.robot.map { .object(holding: $0) } ?? .nil },
                ObjectProperty("target", "ConditionalTarget or nil", "the density that the model learns") { $0.target.map { .object(holding: $0) } ?? .nil },
                ObjectProperty("dimension", "integer", "the number of variables") { .integer($0.model.dimension) },
                ObjectProperty("names", "list of strings", "the names of the variables") { .list($0.model.space.names.map { .string($0) }) },
                ObjectProperty("parameters", "integer", "the number of weights and biases") { .integer($0.model.parameterCount) },
                ObjectProperty("has_density", "boolean", "whether logpdf is available: flows without padding have a density, generators have none") { .boolean($0.model.hasDensity) },
                Session.lossProperty("in scaled coordinates") { $0.model.history },
                Session.logProperty { $0.log }, Session.historyProperty { $0.model.history },
            ],
            methods: [sample, logpdf, solve, track, evaluate] + learning)
    }

    /// What examples start from: a small flow of a planar arm, hardly trained.
    static let example = """
        local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
        flow:train{ steps = 20, batch = 128, seed = 1 }
        local target = flow.robot:fk{0.3, 0.5, -0.4}

        """

    private static let contextParameter = Parameter(
        "context", "Pose, table, list or Matrix", "the tip's pose; without a robot the context: numbers by name or a list of them; a list of these for several")

    /// What is asked of a model at one context.
    private enum Asked {
        case pose(Robot, GenerativeQuery, Pose)
        case numbers(ContextShape.Given)
    }

    private func asked(_ model: SampledModel, _ slot: Slot) throws -> Asked {
        if let robot = model.robot {
            let pose = try slot.pose()
            _ = try model.note(on: pose, model.poseModel(), of: robot, warn: warn)
            return .pose(robot, try model.sampler(of: robot), pose)
        }
        guard let encoding = model.encoding else { throw ModelError.wrongSubject(expected: model.model.subject.name, found: "numbers as contexts") }
        let given = try encoding.shape.read(slot)
        for context in given.contexts { _ = model.note(on: context, warn: warn) }
        return .numbers(given)
    }

    private var sample: Function {
        Function(
            "SampledModel:sample", "Draws samples at a pose or a context straight from the network, neither corrected nor clipped to the limits.",
            parameters: [
                Self.contextParameter, Parameter("count", "integer", "how many, at each context"),
                .options([ModelEntries.insideOption, ModelEntries.resampleOption, Session.seedOption]),
            ],
            returns: "count-row Matrix, in rad or m for a robot; for several contexts a list of Matrices",
            example: Self.example + """
                assert(flow:sample(target, 10, { seed = 1 }).rows == 10)
                assert(flow:sample(target, 5, { resample = 4, seed = 1 }).columns == 3)
                """
        ) { arguments in
            let model = try arguments.receiver(SampledModel.self)
            let asked = try asked(model, arguments[1])
            let count = try arguments[2].integer(in: 0...Limits.count)
            let options = try arguments.options(3)
            var stream = stream(seed: try options[Session.seedOption])
            switch asked {
            case .pose(let robot, let sampler, let pose):
                return try sampler.checked {
                    if let chosen = try chosenSamples($0, pose, count, arguments[3], options, chain: robot.chain, using: &stream) { return chosen }
                    return try inBlocks(count, columns: robot.chain.degreesOfFreedom) { sampler.sample(pose, count: $0, using: &stream) }
                }
            case .numbers(let given):
                if let other = options.given([ModelEntries.insideOption, ModelEntries.resampleOption]).first { throw options.invalid(other, "goes with the model of a robot") }
                return try state.samples(at: given, count: count, columns: model.model.dimension, arguments[2]) { try draw(model, $0, $1, using: &stream) }
            }
        }
    }

    /// Samples at a context of numbers.
    private func draw(_ model: SampledModel, _ context: [Double], _ count: Int, using stream: inout RandomStream) throws -> Matrix {
        let generator = model.generator(), inputs = model.encoding?.encode(context) ?? [], n = model.model.dimension
        let rows = generator.sample(at: EncodedContext(inputs: inputs), count: count, using: &stream)
        try naming(context) { if let fault = generator.takeFault() { throw fault } }
        return Matrix(rows: count, columns: n, elements: rows.map { Double($0) })
    }

    private var logpdf: Function {
        Function(
            "SampledModel:logpdf", "The log-density at a pose or a context, in nats and the variables' units; an error where the model has none.",
            parameters: [Parameter("x", "list of numbers, or list of lists, or Matrix", "a point, or several as rows"), Self.contextParameter],
            returns: "number; for several points a list of numbers; with as many contexts as points, each at its own",
            example: Self.example + "assert(flow:logpdf({0.3, 0.5, -0.4}, target) > flow:logpdf({30, 0, 0}, target))"
        ) { arguments in
            let model = try arguments.receiver(SampledModel.self), dimension = model.model.dimension
            guard model.model.hasDensity else {
                throw LuaError(model.kind == .gan
                    ? "generators have no density: what they draw comes of noise by functions that have no inverse"
                    : "a flow with padding has a density of more variables than the model's; make one without width")
            }
            let points = try PointsAtContexts(arguments[1], dimension: dimension)
            switch try asked(model, arguments[2]) {
            case .pose(_, let sampler, let pose):
                return try points.logDensities(in: state) { rows in try sampler.checked { $0.logDensities(of: rows, at: pose) ?? [] } }
            case .numbers(let given):
                return try points.logDensities(at: given.contexts, arguments[2], in: state) { context in
                    { try densities(model, $0, context) }
                }
            }
        }
    }

    private func densities(_ model: SampledModel, _ places: Matrix, _ context: [Double]) throws -> [Double] {
        let generator = model.generator(), logs = generator.logDensities(of: places, at: EncodedContext(inputs: model.encoding?.encode(context) ?? []))
        try naming(context) { if let fault = generator.takeFault() { throw fault } }
        return logs ?? []
    }

    private var solve: Function {
        Function(
            "SampledModel:solve", "Finds exact, distinct configurations that reach a pose: samples of the model, refined by Levenberg-Marquardt steps within the joint limits.",
            parameters: [
                Parameter("pose", "Pose, Goal or list of them", "the target of the tip in the base frame; several are solved on all cores"),
                .options(SearchKeys.answers),
            ],
            returns: "Solutions, best first; for several poses a list of Solutions",
            example: Self.example + """
                local answers = flow:solve(target, { count = 2, seed = 1 })
                assert(#answers == 2 and answers[1].position_error < 1e-4)
                """
        ) { arguments in
            let model = try arguments.receiver(SampledModel.self)
            let robot = try robot(of: model, to: "solve")
            let question = try arguments[1].question()
            var request = try SearchRequest(arguments.options(2), of: robot, in: session)
            return try answer(question, of: robot, by: model.poseModel(), sampler: model.sampler(of: robot), &request)
        }
    }

    /// The robot of a model that has one.
    func robot(of model: SampledModel, to verb: String) throws -> Robot {
        guard let robot = model.robot else { throw LuaError("the model is one of \(model.model.subject.name), not of a robot: it has samples, but nothing to \(verb)") }
        return robot
    }

    // MARK: Evaluation

    private static let sampledModes = EvaluationEntries.modesOption(
        "ways of sampling: \(SamplingMode.names(hasUpdates: false))",
        otherwise: "raw, inside, 1 step, 2 steps, 8 resampled, 8 resampled with a step, exact")

    private static let evaluatedSamples = OptionKey.integer(
        "samples", in: 1...100_000, "samples at each pose for the errors, or at each context",
        otherwise: "\(EvaluationEntries.samplesOfPose.fallback); \(ConditionalModelEntries.evaluatedSamples.fallback) where the model is not of a robot")

    private var evaluate: Function {
        Function(
            "SampledModel:evaluate", "Measures the model as Model:evaluate or ConditionalModel:evaluate does: for a robot on poses that training never saw, else at contexts of its target.",
            parameters: [.options(EvaluationEntries.evaluationOptions(modes: Self.sampledModes, samples: Self.evaluatedSamples) + [ConditionalModelEntries.evaluatedContexts])],
            returns: "Evaluation; ConditionalEvaluation where the model is not of a robot",
            example: Self.example + """
                local evaluation = flow:evaluate{ poses = 10, samples = 20, references = 2, timed = 2, seed = 2 }
                print(evaluation)
                assert(evaluation.modes[1].name == "raw" and evaluation.modes[1].elbo.value < 100)
                """
        ) { arguments in
            let model = try arguments.receiver(SampledModel.self), options = try arguments.options(1)
            guard let robot = model.robot else { return .object(holding: try evaluateAtContexts(model, options)) }
            if options.has(ConditionalModelEntries.evaluatedContexts) { throw options.invalid(ConditionalModelEntries.evaluatedContexts, "belongs to the model of a target; the contexts of this one are poses") }
            let evaluations = EvaluationEntries(session: session)
            let settings = try evaluations.settings(options, modes: Self.sampledModes) { _ in
                [.samples(), .inside, .samples(steps: 1), .samples(steps: 2), .resampled(8), .resampled(8, steps: 1), .exact]
            }
            return try evaluations.run(model.poseModel(), chain: robot.chain, settings)
        }
    }

    private func evaluateAtContexts(_ model: SampledModel, _ options: LuaBridge.Options) throws -> ConditionalEvaluation {
        guard let target = model.target, let encoding = model.encoding else {
            throw LuaError("the model has no target to be measured against; give it one: avips.model(path, { target = ... })")
        }
        guard model.model.hasDensity else { throw LuaError("the evidence bound needs the density of samples, which this model has not") }
        let allowed: [any DeclaredOption] = [ConditionalModelEntries.evaluatedContexts, EvaluationEntries.evaluationSeed, Self.evaluatedSamples]
        let seed = try options[EvaluationEntries.evaluationSeed] ?? nextSeed(), count = try options[ConditionalModelEntries.evaluatedContexts]
        let names = Set(allowed.map(\.parameter.name))
        if let other = options.given(EvaluationEntries.evaluationOptions(modes: Self.sampledModes).filter { !names.contains($0.parameter.name) }).first {
            throw options.invalid(other, "goes with the model of a robot")
        }
        let samples = max(2, try options[Self.evaluatedSamples] ?? ConditionalModelEntries.evaluatedSamples.fallback)
        guard count * max(encoding.shape.count, samples) <= Limits.elements else {
            throw options.invalid(ConditionalModelEntries.evaluatedContexts, "makes more than \(Limits.elements) numbers")
        }
        return try ConditionalModelEntries(session: session).measured(target, contexts: count, samples: samples, seed: seed) {
            context, stream in
            try state.rows(samples, columns: model.model.dimension) { try draw(model, context, $0, using: &stream) }
        } densities: { context, places in
            try densities(model, places, context)
        }
    }

    // MARK: Training

    private var learning: [Function] {
        let entries = TrainingEntries<ModelTrainingState, SampledModel>(session: session, type: "SampledModel", keys: .sampled) { $0.usualTraining } review: { model in
            guard let target = model.target, target.robot == nil else { return [] }
            return try TargetReview(target, in: state).warnings(in: model.model.space) { try draw(model, $0, $1, using: &$2) }
        } run: {
            model, start, _, supply in
            guard start.course.phases.allSatisfy({ $0.variational.objective == .reverse }) else {
                throw ArgumentError("option objective must be \"reverse\" for this kind of model: the others are those of mixtures")
            }
            return try ModelTrainingRun(start, problem: model.problem(seed: start.course.settings.seed, in: state), supply: supply)
        }
        return [
            entries.train(
                "Trains the model: a flow by maximum likelihood on pairs, by the reverse divergence from the target's density, or both as forward_share says; generators against a discriminator and by the density. Ctrl-C keeps what was learned.",
                example: """
                    local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
                    local log = flow:train{ batch = 128, seed = 1, phases = { { steps = 30 }, { steps = 10, forward_share = 0.5, position_deviation = 0.1 } } }
                    print(log)
                    assert(log.loss[#log] < 10)
                    """),
            entries.training(
                "Trains step by step from a loop, as Model:training does: for report in model:training{ ... } do ... end.",
                example: """
                    local gan = avips.model{ robot = "planar_3link", kind = "gan", generators = 2, hidden = {32}, seed = 1 }
                    for report in gan:training{ steps = 20, interval = 10, batch = 64, seed = 1 } do print(report.step, report.position_error) end
                    assert(gan.history.steps == 20 and not gan.has_density)
                    """),
            entries.save(
                "Writes the model as safetensors, with its robot, configuration and history; on failure the old file is kept.",
                example: Self.example + """
                    local path = os.tmpname() .. ".safetensors"
                    flow:save(path)
                    assert(avips.model(path):logpdf({0, 0, 0}, target) == flow:logpdf({0, 0, 0}, target))
                    os.remove(path)
                    """),
        ]
    }
}
