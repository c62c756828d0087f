import Baselines
import ConditionalModels
import Evaluation
import Files
import LuaBridge
import ModelFiles
import Numerics
import VariationalInference

/// avips.model{ members = ... }, and the EnsembleModel type.
struct EnsembleModelEntries: Entries {
    unowned let session: Session

    func register() throws { try state.register(type) }

    static let membersOption = RawOption(
        "members", "list of ConditionalModel or SampledModel",
        "for an ensemble: the models whose densities are averaged, trained from several seeds or of several kinds, over the same variables and contexts; they are taken as they are now",
        range: "\(ModelEnsemble.memberRange.lowerBound) to \(ModelEnsemble.memberRange.upperBound) of them")

    /// A new ensemble of models that are trained.
    func make(_ options: LuaBridge.Options) throws -> Value {
        let slot = options[Self.membersOption]!
        if let other = options.given(ModelKeys.declared.filter { $0.parameter.name != Self.membersOption.parameter.name }).first {
            throw options.invalid(other, "does not go with members, which are models already")
        }
        guard slot.kind == .table else { throw slot.mismatch("a list of models") }
        let count = try slot.length()
        if count == 0, let name = try slot.names().first { throw slot.invalid("must be a list of models, without names such as \"\(name)\"") }
        guard ModelEnsemble.memberRange.contains(count) else {
            throw slot.invalid("must have from \(ModelEnsemble.memberRange.lowerBound) to \(ModelEnsemble.memberRange.upperBound) members, got \(count)")
        }
        var members: [any GenerativeModel] = [], target: ConditionalTarget?, extent: ContextExtent?
        func note(_ model: some ContextualModel, of material: ConditionalTarget?) {
            target = target ?? material
            extent = model.extent.map { extent?.union($0) ?? $0 } ?? extent
        }
        for position in 1...count {
            try slot.withElement(position) { element in
                if let box = element.boxIfPresent(ConditionalModel.self) {
                    let model = try box.read()
                    members.append(model.mixture)
                    note(model, of: model.target)
                } else if let box = element.boxIfPresent(SampledModel.self) {
                    let model = try box.read()
                    guard model.robot == nil else { throw element.invalid("is asked with poses; the members of an ensemble are models of a target, a simulator or pairs") }
                    members.append(model.model)
                    note(model, of: model.target)
                } else {
                    throw element.mismatch("a ConditionalModel or a SampledModel")
                }
            }
        }
        return .object(holding: EnsembleModel(try ModelEnsemble(members), target: target, extent: extent))
    }

    /// An ensemble out of a file.
    func load(_ file: Safetensors, path: String, attach options: LuaBridge.Options) throws -> Value {
        let ensemble = try ModelEnsemble(file, path: path)
        if let other = options.given(ConditionalModelEntries.attachedOptions).first(where: { $0.parameter.name != ConditionalModelEntries.targetOption.parameter.name }) {
            throw options.invalid(other, "goes with a model that is trained; the members of an ensemble are not trained any more")
        }
        let target = try options[ConditionalModelEntries.targetOption]?.object(ConditionalTarget.self)
        if let target, try target.canTrain(ensemble.members[0]) { _ = try target.problem(for: ensemble.members[0], seed: 1, in: state) }
        return .object(holding: EnsembleModel(ensemble, target: target, extent: target?.contexts.extent))
    }

    /// What examples start from: mixtures of three seeds, hardly trained.
    static let example = ConditionalTargetEntries.example + """
        local members = {}
        for seed = 1, 3 do
          members[seed] = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = seed }
          members[seed]:train{ steps = 20, seed = seed }
        end
        local ensemble = avips.model{ members = members }

        """

    private var type: ObjectType {
        ObjectType(
            "EnsembleModel", of: EnsembleModel.self, "The average of several trained models' densities at a context: an ensemble of mixtures, of flows, or of both.",
            describe: { display.spelled(ModelText.text($0, width: display.width)) },
            operators: [(.length, { .integer(try $0.operand(1, EnsembleModel.self).ensemble.members.count) })],
            properties: [
                ObjectProperty("target", "ConditionalTarget or nil", "the density that the members learned") { $0.target.map { .object(holding: $0) } ?? .nil },
                ObjectProperty("dimension", "integer", "the number of variables") { .integer($0.ensemble.dimension) },
                ObjectProperty("names", "list of strings", "the names of the variables") { .list($0.ensemble.members[0].space.names.map { .string($0) }) },
                ObjectProperty("parameters", "integer", "the number of weights and biases of all members") { .integer($0.ensemble.parameterCount) },
                ObjectProperty("has_density", "boolean", "whether logpdf answers: whether all members have a density") { .boolean($0.ensemble.hasDensity) },
            ],
            methods: [predict, sample, logpdf, evaluate, save])
    }

    private var predict: Function {
        Function(
            "EnsembleModel:predict", "Predicts the mixture at a context: the components of all members, each with its weight divided by their number. An error where a member is no mixture.",
            parameters: [ContextSet.parameter],
            returns: "Mixture; for several contexts a list of Mixtures",
            example: Self.example + "assert(#ensemble:predict{ a = 0.5 }.weights == 12)"
        ) { arguments in
            let model = try arguments.receiver(EnsembleModel.self)
            guard model.ensemble.isMixture else { throw LuaError("a member of the ensemble is no mixture of Gaussians, so that there is none to predict; sample and logpdf answer") }
            func predict(_ context: [Double]) throws -> Value {
                let mixture = try naming(context) { try model.query.predict(context)! }
                return .object(holding: Prediction(
                    robot: model.target?.robot, names: model.ensemble.members[0].space.names, mixture: mixture, note: model.note(on: context, warn: warn)))
            }
            switch try contexts(of: model, arguments[1]) {
            case .one(let context): return try predict(context)
            case .several(let contexts): return .list(try contexts.map(predict))
            }
        }
    }

    private var sample: Function {
        Function(
            "EnsembleModel:sample", "Draws samples at a context, each from a member drawn at random.",
            parameters: [ContextSet.parameter, Parameter("count", "integer", "how many at each context"), .options([Session.seedOption])],
            returns: "count-row Matrix; for several contexts a list of Matrices",
            example: Self.example + "assert(ensemble:sample({ a = 0.5 }, 10, { seed = 1 }).rows == 10)"
        ) { arguments in
            let model = try arguments.receiver(EnsembleModel.self)
            let given = try contexts(of: model, arguments[1]), count = try arguments[2].integer(in: 0...Limits.count)
            var stream = stream(seed: try arguments.options(3)[Session.seedOption])
            return try state.samples(at: given, count: count, columns: model.ensemble.dimension, arguments[2]) { context, count in
                try naming(context) { try model.query.sample(context, count: count, using: &stream) }
            }
        }
    }

    private var logpdf: Function {
        Function(
            "EnsembleModel:logpdf", "The log-density of the average at a context, in nats and the variables' units; an error where a member has none.",
            parameters: [Parameter("x", "list of numbers, or list of lists, or Matrix", "a point, or several as rows"), ContextSet.parameter],
            returns: "number; for several points a list of numbers; with as many contexts as points, each at its own",
            example: Self.example + """
                local x, c = {0.5, 1}, { a = 0.5 }
                assert(math.abs(ensemble:logpdf(x, c) - ensemble:predict(c):logpdf(x)) < 1e-6)
                """
        ) { arguments in
            let model = try arguments.receiver(EnsembleModel.self), dimension = model.ensemble.dimension
            let points = try PointsAtContexts(arguments[1], dimension: dimension), contexts = try contexts(of: model, arguments[2]).contexts
            return try points.logDensities(at: contexts, arguments[2], in: state) { context in
                { try densities(model, $0, context) }
            }
        }
    }

    /// Contexts that the model is asked at; those outside of its ranges are warned of.
    private func contexts(of model: EnsembleModel, _ slot: Slot) throws -> ContextShape.Given {
        let given = try model.shape.read(slot)
        for context in given.contexts { _ = model.note(on: context, warn: warn) }
        return given
    }

    private func densities(_ model: EnsembleModel, _ places: Matrix, _ context: [Double]) throws -> [Double] {
        guard let logs = try naming(context, { try model.query.logDensities(of: places, at: context) }) else {
            throw LuaError("a member of the ensemble has no density: generators have none, and flows with padding one of more variables")
        }
        return logs
    }

    private var evaluate: Function {
        Function(
            "EnsembleModel:evaluate", "Measures the average at contexts of its target that are drawn anew: the evidence bound, its gap, importance weights, times.",
            parameters: [.options([ConditionalModelEntries.evaluatedContexts, ConditionalModelEntries.evaluatedSamples, ConditionalModelEntries.evaluationSeed])],
            returns: "ConditionalEvaluation",
            example: Self.example + """
                local evaluation = ensemble:evaluate{ contexts = 5, samples = 200, seed = 2 }
                assert(#evaluation.elbo == 5)
                """
        ) { arguments in
            let model = try arguments.receiver(EnsembleModel.self), options = try arguments.options(1)
            guard let target = model.target else {
                throw LuaError("the model has no target to be measured against; give it one: avips.model(path, { target = ... })")
            }
            guard model.ensemble.hasDensity else { throw LuaError("the evidence bound needs the density of samples, which a member of the ensemble has not") }
            let seed = try options[ConditionalModelEntries.evaluationSeed] ?? nextSeed(), count = try options[ConditionalModelEntries.evaluatedContexts]
            let samples = try options[ConditionalModelEntries.evaluatedSamples]
            guard count * max(model.shape.count, samples) <= Limits.elements else {
                throw options.invalid(ConditionalModelEntries.evaluatedContexts, "makes more than \(Limits.elements) numbers")
            }
            return .object(holding: try ConditionalModelEntries(session: session).measured(target, contexts: count, samples: samples, seed: seed) {
                context, stream in try model.query.sample(context, count: samples, using: &stream)
            } densities: { context, places in
                try densities(model, places, context)
            } componentsInUse: { context in
                try model.query.predict(context)?.componentsInUse ?? 1
            })
        }
    }

    private var save: Function {
        Function(
            "EnsembleModel:save", "Writes all members as one safetensors file; on failure the old file is kept.",
            parameters: [Parameter("path", "string", "a name that ends in .safetensors")], returns: "string, the path",
            example: Self.example + """
                local path = os.tmpname() .. ".safetensors"
                ensemble:save(path)
                assert(avips.model(path):logpdf({0.5, 1}, { a = 0.5 }) == ensemble:logpdf({0.5, 1}, { a = 0.5 }))
                os.remove(path)
                """
        ) { arguments in
            let model = try arguments.receiver(EnsembleModel.self)
            try model.ensemble.write(to: session.modelDestination(arguments[1]))
            return .string(try arguments[1].path())
        }
    }
}
