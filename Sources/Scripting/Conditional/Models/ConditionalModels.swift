import ConditionalModels
import Files
import LuaBridge
import Mixtures
import ModelFiles
import ModelTraining
import Networks
import Numerics

/// avips.model{ target = ... }, avips.model{ simulator = ... }, and the ConditionalModel type; training has a file of its own.
struct ConditionalModelEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(type)
        try state.register(evaluationType)
    }

    static let targetOption = RawOption("target", "ConditionalTarget", "the density that the model learns: avips.target{ context = ... }; attached to a file's model, it may be another one with as many variables and the same contexts, as where training goes on with it")
    static let adaptOption = OptionKey<Bool>.flag(
        "adapt", default: true, "whether the prior is fitted to the density's mass before training, where the density is fast to evaluate")
    static let simulatorOption = RawOption(
        "simulator", "function", "in place of a target: takes parameters and a Stream, returns an observation; the model maps observations to mixtures over parameters (simulation-based inference)")
    static let simulatorPriorOption = RawOption(
        "prior", "table or function",
        "the distribution of a simulator's parameters: { mean = list, deviation = number or list }, { lower = list, upper = list }, or a function of a count and a seed that returns rows")
    static let simulationsOption = OptionKey<Int>.integer(
        "simulations", in: 16...10_000_000, default: 10_000, "how many simulations a training learns from")
    static let pairsOption = RawOption("pairs", "table", "in place of a simulator, or together with a target, as exact samples of it: { contexts = Matrix, values = Matrix }, one row for each context and its sample")

    static let batchedSimulatorOption = OptionKey<Bool>.flag(
        "batched", default: false, "whether a simulator takes a matrix with a row for each simulation, and returns one")

    static var conditionalModelOptions: [any DeclaredOption] {
        [targetOption, adaptOption, simulatorOption, simulatorPriorOption, simulationsOption, pairsOption, batchedSimulatorOption]
    }

    /// What goes with the file of a model of no robot: its target, or what else it is trained on.
    static var attachedOptions: [any DeclaredOption] {
        [targetOption, simulatorOption, simulatorPriorOption, simulationsOption, pairsOption, batchedSimulatorOption]
    }

    /// Whether the options of `avips.model` ask for a model of no robot.
    static func areMeant(_ options: LuaBridge.Options) -> Bool {
        [Self.targetOption, Self.simulatorOption, Self.pairsOption].contains { options[$0] != nil }
    }

    /// A new model of a density, a simulator or pairs.
    func make(_ slot: Slot, _ options: LuaBridge.Options) throws -> Value {
        let seed = try options[ModelKeys.seed] ?? nextSeed()
        let (material, subject, encoding) = try material(slot, options)
        let configuration = try ModelKeys.configuration(options, usual: ModelKeys.conditional, seed: seed)
        let mixture = try ConditionalMixture(
            subject: subject, space: subject.space, encoder: encoding, configuration: configuration, meanDeviation: 0.7, cancellation: cancellation)
        try state.stopIfInterrupted()
        return .object(holding: try ConditionalModel(mixture, material: material))
    }

    /// What a model of no robot is trained on, and what it is of.
    func material(_ slot: Slot, _ options: LuaBridge.Options) throws -> (TrainingMaterial, DensitySubject, NumberEncoding) {
        if options[ModelKeys.robot] != nil { throw slot.invalid("names both a robot and a \(Self.ways(options)[0].parameter.name): a model is of one of them") }
        if let other = options.given(ModelKeys.ofRobots).first { throw options.invalid(other, "goes with a robot, not with \(Self.ways(options)[0].parameter.name)") }
        let material = try trainingMaterial(slot, options)
        let (subject, encoding) = try subject(of: material, options)
        if let (variable, step) = subject.space.unresolved {
            let space = subject.space, middle = NumberText.short(space.middle[variable])
            throw ArgumentError("\(space.names[variable]) lies around \(middle), by \(NumberText.short(space.halfRange[variable])) more or less: models count in single "
                + "precision, whose numbers are \(NumberText.short(step)) apart there; let the variable be what is left after subtracting \(middle)")
        }
        return (material, subject, encoding)
    }

    /// What is attached to a file's model; nil where nothing is.
    func attachedMaterial(_ slot: Slot, _ options: LuaBridge.Options) throws -> TrainingMaterial? {
        if Self.areMeant(options) { return try trainingMaterial(slot, options) }
        if let other = options.given(Self.attachedOptions).first { throw options.invalid(other, "goes with simulator") }
        return nil
    }

    private static func ways(_ options: LuaBridge.Options) -> [RawOption] {
        [targetOption, simulatorOption, pairsOption].filter { options[$0] != nil }
    }

    private func trainingMaterial(_ slot: Slot, _ options: LuaBridge.Options) throws -> TrainingMaterial {
        guard Self.ways(options).count == 1 || options[Self.simulatorOption] == nil else {
            throw slot.invalid("must name a simulator alone, or a target, pairs or both")
        }
        if let slot = options[Self.simulatorOption] { return .simulator(try simulator(slot, options)) }
        let target = try options[Self.targetOption]?.object(ConditionalTarget.self)
        guard let (contexts, values) = try options[Self.pairsOption].map(pairs) else { return .target(target!) }
        return target.map { .targetWithPairs($0, contexts: contexts, values: values) } ?? .pairs(contexts: contexts, values: values)
    }

    /// What a new model is of that is to be trained on something.
    private func subject(of material: TrainingMaterial, _ options: LuaBridge.Options) throws -> (DensitySubject, NumberEncoding) {
        if let target = material.target {
            let encoding = try target.contexts.encoding(in: state)
            let subject = try target.startingPoint(encoding, adapts: options[Self.adaptOption], seed: 1, in: state)
            if case .targetWithPairs(_, let contexts, let values) = material {
                guard contexts.columns == encoding.inputCount, values.columns == subject.space.names.count else {
                    throw options[Self.pairsOption]!.invalid("must have contexts of \(encoding.inputCount.counted("number")) and values of \(subject.space.names.count) as the target has, "
                        + "got \(contexts.columns) and \(values.columns)")
                }
            }
            return (subject, encoding)
        }
        let (contexts, values, name) = try examples(of: material)
        guard values.columns <= 64 else { throw ArgumentError("a model may have at most 64 variables, got \(values.columns)") }
        guard contexts.columns <= ContextShape.largestCount else { throw ArgumentError("contexts may have at most \(ContextShape.largestCount) numbers, got \(contexts.columns)") }
        let (measured, encoding) = try Abandonable.run(cancellation: cancellation) {
            (NumberEncoding(shape: .row(values.columns), measuring: values, keepsWholeNumbers: false), NumberEncoding(shape: .row(contexts.columns), measuring: contexts))
        }
        if let (column, reach) = measured.unscaled(values) {
            throw ArgumentError("x\(column + 1) varies by \(NumberText.short(reach)), and models take variables that vary by 1e-30 to 1e30; give it in another unit")
        }
        try encoding.check(contexts, in: state)
        let space = SampleSpace(
            names: (1...values.columns).map { "x\($0)" }, middle: measured.offset, halfRange: measured.scale.map { 1 / $0 })
        return (DensitySubject(name: name, space: space), encoding)
    }

    /// Contexts and points that show where those of a training lie, and what the model is called.
    private func examples(of material: TrainingMaterial) throws -> (contexts: Matrix, values: Matrix, name: String) {
        switch material {
        case .simulator(let simulator):
            let (contexts, values) = try simulator.simulate(TrainingMaterial.exampleCount, seed: 1, in: state)
            return (contexts, values, "simulator")
        case .pairs(let contexts, let values): return (contexts, values, "pairs")
        case .target, .targetWithPairs: preconditionFailure("a target says itself where its contexts and its mass lie")
        }
    }

    private func pairs(_ slot: Slot) throws -> (Matrix, Matrix) {
        guard slot.kind == .table else { throw slot.mismatch("a table with contexts and values") }
        func rows(_ name: String) throws -> Matrix {
            try slot.withField(.string(name)) { field in
                guard !field.isNil else { throw slot.invalid("must have \(name), a matrix with a row for each pair") }
                let rows = try field.matrix()
                guard rows.rows > 0, rows.columns > 0, rows.elements.allSatisfy(\.isFinite) else { throw field.invalid("must have rows of finite numbers") }
                return rows
            }
        }
        let contexts = try rows("contexts"), values = try rows("values")
        guard contexts.rows == values.rows else { throw slot.invalid("must have as many contexts as values, got \(contexts.rows) and \(values.rows)") }
        return (contexts, values)
    }

    private func simulator(_ slot: Slot, _ options: LuaBridge.Options) throws -> Simulator {
        guard let prior = options[Self.simulatorPriorOption] else {
            throw ArgumentError("option prior must be given with a simulator: prior = { mean = {0, 0}, deviation = 1 } or { lower = {-1, -1}, upper = {1, 1} }")
        }
        return Simulator(
            prior: try simulatorPrior(prior), function: try slot.function(), isBatched: try options[Self.batchedSimulatorOption],
            count: try options[Self.simulationsOption])
    }

    private func simulatorPrior(_ slot: Slot) throws -> Simulator.Prior {
        if slot.kind == .function {
            let function = try slot.function()
            return .sampler(function, dimension: try ContextSet.call(function, drawing: .parameters, count: 2, columns: nil, seed: 1, in: state).columns)
        }
        guard slot.kind == .table else { throw slot.mismatch("a table with mean and deviation, one with lower and upper, or a function") }
        let names = Set(try slot.names())
        guard names.isDisjoint(with: ["lower", "upper"]) || names.isSubset(of: ["lower", "upper"]) else {
            throw slot.invalid("has the fields \(names.sorted().joined(separator: ", ")): a prior has mean and deviation, or lower and upper")
        }
        for name in ["lower", "upper"] where names.contains("lower") != names.contains("upper") && !names.contains(name) {
            throw slot.invalid("must have \(name), too: a prior has mean and deviation, or lower and upper")
        }
        guard names.contains("lower") else {
            let start = try InitialMixture(prior: slot)
            guard start.mean.count <= ConditionalTargetEntries.greatestDimension else {
                throw slot.invalid("must have a mean of at most \(ConditionalTargetEntries.greatestDimension) numbers, got \(start.mean.count)")
            }
            return .normal(mean: start.mean, deviations: start.deviations)
        }
        let lower = try slot.withField("lower") { try $0.vector() }
        let upper = try slot.withField("upper") { try $0.vector(count: lower.count) }
        guard !lower.isEmpty, zip(lower, upper).allSatisfy({ $0 < $1 }) else { throw slot.invalid("must have lower below upper in every number") }
        return .box(lower: lower, upper: upper)
    }

    /// A model of no robot out of a file.
    func load(_ file: Safetensors, path: String, attach slot: Slot, _ options: LuaBridge.Options) throws -> Value {
        let material = try attachedMaterial(slot, options)
        guard TrainingState.isHeld(by: file) else {
            let mixture = try ConditionalMixture(file, path: path)
            try material?.check(mixture, in: state)
            return .object(holding: try ConditionalModel(mixture, material: material))
        }
        let checkpoint = ReadCheckpoint(state: try TrainingState(file, path: path), log: TrainingLog(metadata: file.metadata, path: path, warn: warn), path: path)
        let mixture = checkpoint.state.trainedModel
        try material?.check(mixture, in: state)
        return .object(holding: try ConditionalModel(mixture, material: material, checkpoint: checkpoint))
    }

    /// What examples start from.
    static let example = ConditionalTargetEntries.example + """
        local student = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }

        """

    var type: ObjectType {
        ObjectType(
            "ConditionalModel", of: ConditionalModel.self, "A network that maps a context to a mixture of Gaussians over the variables of a target, or the parameters of a simulator.",
            describe: { display.spelled(ModelText.text($0, showsTimes: display.showsTimes, width: display.width)) },
            properties: [
                ObjectProperty("target", "ConditionalTarget or nil", "the density that the model learns") { $0.target.map { .object(holding: $0) } ?? .nil },
                ObjectProperty("dimension", "integer", "the number of variables") { .integer($0.mixture.dimension) },
                ObjectProperty("names", "list of strings", "the names of the variables") { .list($0.mixture.space.names.map { .string($0) }) },
                ObjectProperty("components", "integer", "the number of Gaussians") { .integer($0.mixture.components) },
                ObjectProperty("parameters", "integer", "the number of weights and biases") { .integer($0.mixture.parameterCount) },
                Session.lossProperty("in scaled coordinates") { $0.mixture.history },
                Session.logProperty { $0.log }, Session.historyProperty { $0.mixture.history },
            ],
            methods: [predict, sample, logpdf, evaluate] + learning)
    }

    private static let refineOption = OptionKey<Int>.integer(
        "refine", in: 0...1000, default: 0, "steps of variational inference at the context itself, each taken only where it improves the bound; they end early where none does")

    private static let refiningSeed = OptionKey.seed("the seed of the refinement's random numbers")

    private var predict: Function {
        Function(
            "ConditionalModel:predict", "Predicts the mixture at a context.",
            parameters: [
                ContextSet.parameter,
                .options([Self.refineOption, Self.refiningSeed]),
            ],
            returns: "Mixture; for several contexts a list of Mixtures",
            example: Self.example + """
                local mixture = student:predict{ a = 0.5 }
                print(mixture)
                assert(#mixture.weights == 4 and #student:predict{ {0.1}, {0.2}, {0.3} } == 3)
                assert(#student:predict({ a = 0.5 }, { refine = 5, seed = 1 }).weights == 4)
                """
        ) { arguments in
            let model = try arguments.receiver(ConditionalModel.self)
            let options = try arguments.options(2), steps = try options[Self.refineOption]
            // Draws from the session's stream only where there is something to draw.
            var stream = steps > 0 ? stream(seed: try options[Self.refiningSeed]) : RandomStream(seed: 0)
            func predict(_ context: [Double]) throws -> Value {
                try state.stopIfInterrupted()
                var mixture = try naming(context) { try model.query().predict(context) }, notes: [String?] = []
                if steps > 0 {
                    let refined = try model.refine(mixture, context, steps: steps, using: &stream, in: state)
                    mixture = refined.mixture
                    notes.append(refined.note)
                }
                notes.append(model.note(on: context, warn: warn))
                let note = notes.compactMap(\.self).joined(separator: "\n  ")
                return .object(holding: Prediction(
                    robot: model.target?.robot, names: model.mixture.space.names, mixture: mixture, note: note.isEmpty ? nil : note))
            }
            switch try model.shape.read(arguments[1]) {
            case .one(let context): return try predict(context)
            case .several(let contexts): return .list(try contexts.map(predict))
            }
        }
    }

    private var sample: Function {
        Function(
            "ConditionalModel:sample", "Draws samples from the mixture at a context.",
            parameters: [
                ContextSet.parameter, Parameter("count", "integer", "how many at each context"),
                .options([Session.seedOption]),
            ],
            returns: "n-row Matrix; for several contexts a list of Matrices",
            example: Self.example + "assert(student:sample({ a = 0.5 }, 10, { seed = 1 }).rows == 10)"
        ) { arguments in
            let model = try arguments.receiver(ConditionalModel.self)
            let given = try model.shape.read(arguments[1])
            let count = try arguments[2].integer(in: 0...Limits.count)
            var stream = stream(seed: try arguments.options(3)[Session.seedOption])
            for context in given.contexts { _ = model.note(on: context, warn: warn) }
            return try state.samples(at: given, count: count, columns: model.mixture.dimension, arguments[2]) { context, count in
                try naming(context) { try model.query().sample(context, count: count, using: &stream) }
            }
        }
    }

    private var logpdf: Function {
        Function(
            "ConditionalModel:logpdf", "The log-density of the mixture at a context, in nats.",
            parameters: [
                Parameter("x", "list of numbers, or list of lists, or Matrix", "a point, or several as rows"), ContextSet.parameter,
            ],
            returns: "number; for several points a list of numbers; with as many contexts as points, each at its own",
            example: Self.example + "print(student:logpdf({0.5, 1}, { a = 0.5 }))"
        ) { arguments in
            let model = try arguments.receiver(ConditionalModel.self)
            let dimension = model.mixture.dimension
            let points = try PointsAtContexts(arguments[1], dimension: dimension), given = try model.shape.read(arguments[2])
            for context in given.contexts { _ = model.note(on: context, warn: warn) }
            return try points.logDensities(at: given.contexts, arguments[2], in: state) { context in
                let mixture = try naming(context) { try model.query().predict(context) }
                return { rows in (0..<rows.rows).map { mixture.logDensity(rows.row($0)) } }
            }
        }
    }
}
