import ConditionalModels
import Files
import Kinematics
import LuaBridge
import Mixtures
import ModelFiles
import ModelTraining
import Networks
import Numerics
import RobotModels

// avips.model and the Model type; training has a file of its own.

extension Session {
    func addModels() throws {
        try state.register(mixtureType)
        try state.register(logType)
        try state.register(trainingType)
        try state.register(modelType)
        try state.register(bodyModelType)
        try state.register(factoredModelType)
        try state.register(conditionalModelType)
        try state.register(streamType)
        try state.register(newStream)
        try state.register(Function(
            "avips.model", "Loads a trained model by its name or from a file, or makes a new one for a robot, a conditional target or a simulator.",
            parameters: [Parameter(
                "model", "string or table", "a name from avips.models(), the path of a model file, or the options of a new model",
                options: [
                    Parameter("robot", "Robot, Body or string", "the robot that the model is for; for a model in parts, needed where they are of robot:reversed()"),
                    Parameter("components", "integer", "the number of Gaussians", default: "32"),
                    Parameter("joints", "integer", "of how many joints, the first ones: such a model is the lead of one in parts", default: "all"),
                    Parameter("hidden", "list of integers", "the widths of the hidden layers, multiples of 16", default: "{256, 256, 256, 256}"),
                    Parameter("context", "string", "what the model is asked with: \"pose\" or \"position\"", default: "\"pose\""),
                    Parameter("covariance", "string", "the shape of the covariances: \"full\" or \"diagonal\"", default: "\"full\""),
                    Parameter("conditioned", "boolean", "whether covariances are kept within bounds by the projection layer", default: "true"),
                    Parameter("least_deviation", "number", "the least standard deviation of a component in any direction, as a share of half a joint's range", default: "0.0015"),
                    Parameter(
                        "turning", "boolean",
                        "whether the first and the last joint are counted from the target's own angles about their axes, where their ranges are wide enough: much of the learning is then done beforehand",
                        default: "true"),
                    Parameter("seed", "integer", "the seed of the initial parameters", default: "the session's stream"),
                    Parameter("lead", "Model", "for a model in parts: that of the first joints", isOptional: true),
                    Parameter("rest", "Model or FactoredModel", "for a model in parts: that of the other joints, whose robot is the second of robot:split(joints); in parts itself where their joints are to follow one another", isOptional: true),
                    Parameter("tip", "string", "for a Body: the tip whose place the model is asked with", isOptional: true),
                    Parameter("lower", "list of 3 numbers", "for a Body: the least corner of the box of places", unit: "m", isOptional: true),
                    Parameter("upper", "list of 3 numbers", "for a Body: the greatest corner of that box", unit: "m", isOptional: true),
                ] + Session.conditionalModelOptions + [Session.batchedSimulatorOption]),
                .options([Session.targetOption]),
            ],
            returns: "Model; for a whole body BodyModel, for parts FactoredModel, for a target, a simulator or pairs ConditionalModel",
            example: """
                local student = avips.model{ robot = "planar_3link", components = 8, hidden = {64, 64}, seed = 1 }
                print(student)
                assert(student.components == 8)
                """
        ) { [unowned self] arguments in
            if arguments[1].kind == .string { return try loadModel(arguments[1], attach: arguments.options(2)) }
            return try newModel(arguments[1], arguments.options(1))
        })
    }

    /// A model by its name, or from a path.
    private func loadModel(_ slot: Slot, attach options: LuaBridge.Options) throws -> Value {
        let name = try slot.path()
        let isPath = name.contains("/") || name.hasSuffix(".safetensors")
        let names = resources.modelNames
        guard isPath || names.contains(name) else {
            let known = names.isEmpty ? "no model is at hand" : "the models at hand are " + names.joined(separator: ", ")
            throw slot.invalid("names no model (\"\(name)\"); \(known); for one of your own give its path, for example \"./\(name).safetensors\"")
        }
        let path = isPath ? try files.source(name) : resources.models + "/" + name + ".safetensors"
        let file = try Safetensors(contentsOf: path)
        if file.metadata["subject"] == DensitySubject.kind { return try loadConditionalModel(file, path: path, attach: options) }
        if let target = options[Self.targetOption] { throw target.invalid("goes with the file of a model of a conditional target") }
        if TrainingState.isHeld(by: file) {
            let state = try TrainingState(file, path: path)
            let log = TrainingLog(metadata: file.metadata)
            if state.model.robot.whole != nil { return .object(holding: try BodyModel(state, log: log, path: path)) }
            return .object(holding: try Model(state, log: log, path: path, robot: Robot(chain(of: state.model.robot))))
        }
        if FactoredMixture.isHeld(by: file) { return .object(holding: FactoredModel(try FactoredMixture(file, path: path))) }
        let mixture = try ConditionalMixture(file, path: path)
        if mixture.robot.whole != nil { return .object(holding: try BodyModel(mixture)) }
        return .object(holding: try Model(mixture, robot: Robot(chain(of: mixture.robot))))
    }

    /// A model of two that are trained.
    private func newFactoredModel(_ slot: Slot, _ options: LuaBridge.Options) throws -> FactoredModel {
        guard let lead = options["lead"], let rest = options["rest"] else {
            throw slot.invalid("must name both parts: avips.model{ lead = first, rest = second }")
        }
        let choices = ["components", "joints", "hidden", "context", "covariance", "conditioned", "least_deviation", "turning", "seed", "tip", "lower", "upper"]
        if let other = choices.lazy.compactMap({ options[$0] }).first {
            throw other.invalid("does not go with lead and rest, which are models already")
        }
        let first = try lead.object(Model.self).mixture, model: FactoredMixture
        if let others = rest.boxIfPresent(FactoredModel.self) {
            model = try FactoredMixture(lead: first, rest: others.read().mixture)
        } else {
            guard let other = rest.boxIfPresent(Model.self) else { throw rest.mismatch("a Model or a FactoredModel") }
            model = try FactoredMixture(lead: first, rest: other.read().mixture)
        }
        guard let given = options["robot"] else { return FactoredModel(model) }
        let chain = try robot(given).chain
        return FactoredModel(chain.fingerprint == model.chain.fingerprint ? model : try model.reversed(of: chain))
    }

    /// The chain that a model was made for: its own, or that of the robot that it names.
    private func chain(of identity: RobotIdentity) throws -> Chain {
        if let chain = identity.chain { return chain }
        return try RobotLibrary(directory: resources.robots).robot(identity.name).chain(base: identity.base, tip: identity.tip)
    }

    private func newModel(_ slot: Slot, _ options: LuaBridge.Options) throws -> Value {
        if options["lead"] != nil || options["rest"] != nil { return .object(holding: try newFactoredModel(slot, options)) }
        if asksForConditionalModel(options) { return try newConditionalModel(slot, options) }
        for option in [Self.simulatorPriorOption] { if let given = options[option] { throw given.invalid("goes with simulator") } }
        guard let given = options["robot"] else {
            throw slot.invalid("must name a robot, a target, a simulator or pairs: avips.model{ robot = \"panda\" }")
        }
        let body = try whole(given)
        let robot = body == nil ? try robot(given) : nil
        var configuration = ModelConfiguration()
        if let components = try options["components"]?.integer(in: 1...4096) { configuration.components = components }
        if let hidden = options["hidden"] {
            configuration.hidden = try widths(hidden)
        }
        let context = try options["context"]?.choice(of: ContextKind.self) ?? .pose
        if let shape = try options["covariance"]?.choice(of: PrecisionProjection.Shape.self) { configuration.covariance = shape }
        if let isConditioned = try options["conditioned"]?.boolean() { configuration.isConditioned = isConditioned }
        if let deviation = try options["least_deviation"]?.number(in: 1e-5...0.5) { configuration.leastDeviation = deviation }
        let usesSymmetry = try options["turning"]?.boolean() ?? true
        configuration.seed = try options["seed"]?.seed() ?? nextSeed()
        if body != nil, let joints = options["joints"] { throw joints.invalid("goes with a robot that is a chain, not with a whole body") }
        if let body { return .object(holding: try newBodyModel(body, slot, options, configuration: configuration)) }
        for name in ["tip", "lower", "upper"] {
            if let option = options[name] { throw option.invalid("goes with the model of a whole body; this robot is a chain") }
        }
        let chosen = robot!
        // A model of all joints is no part of one.
        let joints = try options["joints"]?.integer(in: 1...chosen.chain.degreesOfFreedom)
        let leading = joints == chosen.chain.degreesOfFreedom ? nil : joints
        return .object(holding: try Model(
            ConditionalMixture(chain: chosen.chain, leading: leading, context: context, usesSymmetry: usesSymmetry, configuration: configuration), robot: chosen))
    }

    /// The widths of hidden layers.
    func widths(_ slot: Slot) throws -> [Int] {
        try slot.numbers(expected: "a list of widths").map { width in
            guard let width = Int(exactly: width) else { throw slot.mismatch("a list of whole numbers") }
            return width
        }
    }

    /// The whole body that a Body or the name of one gives; nil for what gives a chain.
    private func whole(_ slot: Slot) throws -> Body? {
        if let box = slot.boxIfPresent(WholeBody.self) { return try box.read().body }
        guard slot.kind == .string else { return nil }
        let name = try slot.string()
        if RobotLibrary.isPath(name) { try files.checkReading(name) }
        let description = try RobotLibrary(directory: resources.robots).robot(name)
        return description.isWhole ? try description.body(floating: description.floatingBase) : nil
    }

    private var modelType: ObjectType {
        ObjectType(
            "Model", of: Model.self, "A network that maps a pose to a mixture of Gaussians over configurations.",
            describe: { [unowned self] in display.spelled(ModelText.text($0, showsTimes: display.showsTimes)) },
            properties: [
                ObjectProperty("robot", "Robot", "the robot that the model is for") { .object(holding: $0.robot) },
                ObjectProperty("components", "integer", "the number of Gaussians") { .integer($0.mixture.components) },
                ObjectProperty("parameters", "integer", "the number of weights and biases") { .integer($0.mixture.parameterCount) },
                ObjectProperty("loss", "number or nil", "the training loss reached, -log q(q|pose) in scaled joint coordinates") {
                    $0.mixture.history.loss.map { .number($0) } ?? .nil
                },
                Session.logProperty { $0.log }, Session.historyProperty { $0.mixture.history },
            ],
            methods: [predict, sample, solve, modelTrack, evaluate, train, training, save])
    }

    /// What examples start from: a small model of a planar arm, hardly trained.
    static let exampleModel = """
        local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
        student:train{ steps = 20, seed = 1 }
        local target = student.robot:fk{0.3, 0.5, -0.4}

        """

    private static var refineOption: Parameter {
        Parameter("refine", "integer", "how many evidence updates follow the network: Gauss-Newton steps of every component towards the pose", default: "0")
    }

    private var predict: Function {
        Function(
            "Model:predict", "The mixture over configurations at a pose.",
            parameters: [Parameter("pose", "Pose", "the tip's pose in the base frame"), .options([Session.refineOption])],
            returns: "Mixture",
            example: Session.exampleModel + """
                local mixture = student:predict(target, { refine = 2 })
                print(mixture)
                assert(#mixture.weights == 4)
                """
        ) { arguments in
            let model = try arguments.receiver(Model.self)
            let pose = try arguments[1].pose()
            let refine = try arguments.options(2)["refine"]?.integer(in: 0...100) ?? 0
            return .object(holding: Prediction(robot: model.robot, mixture: try model.query().checked { $0.predict(pose, refine: refine) }))
        }
    }

    private var sample: Function {
        Function(
            "Model:sample",
            "Samples of the mixture at a pose, straight from it: neither corrected nor clipped to the limits; or, with candidates, of the exact conditional distribution.",
            parameters: [
                Parameter("pose", "Pose", "the tip's pose in the base frame"),
                Parameter("n", "integer", "how many"),
                .options([
                    Session.refineOption,
                    Parameter(
                        "candidates", "integer",
                        "how many configurations are brought to the pose exactly for each one returned, weighted and resampled: the samples then follow configurations uniform within the limits, given that they reach the pose; no rows come where none does",
                        default: "none: straight from the mixture"),
                    Session.insideOption,
                    Session.resampleOption,
                    Parameter("seed", "integer", "the seed of this draw", default: "the session's stream"),
                ]),
            ],
            returns: "n x dof Matrix in rad or m",
            example: Session.exampleModel + """
                assert(student:sample(target, 10, { seed = 1 }).rows == 10)
                local exact = student:sample(target, 10, { candidates = 4, seed = 1 })
                assert(exact.rows == 10 and math.abs(student.robot:fk(exact)[1].position[1] - target.position[1]) < 1e-4)
                """
        ) { [unowned self] arguments in
            let model = try arguments.receiver(Model.self)
            let pose = try arguments[1].pose()
            let count = try arguments[2].integer(in: 0...Limits.count)
            let options = try arguments.options(3)
            let refine = try options["refine"]?.integer(in: 0...100) ?? 0
            var stream = try stream(seed: options["seed"])
            for name in ["resample", "inside"] where options[name] != nil {
                for other in ["refine", "candidates"] {
                    if let other = options[other] { throw other.invalid("does not go with \(name)") }
                }
            }
            let query = try model.query()
            if let samples = try query.checked({ try chosenSamples($0, pose, count, arguments[3], options, chain: model.robot.chain, using: &stream) }) {
                return samples
            }
            guard let pool = try options["candidates"]?.integer(in: 1...1000) else {
                return .matrix(try query.checked { $0.sample(pose, count: count, refine: refine, using: &stream) })
            }
            guard count * pool <= Limits.count else {
                throw arguments[3].invalid("asks for \(count) times \(pool) candidates; at most \(Limits.count) are made")
            }
            return .matrix(try query.checked { $0.sampleConditional(pose, count: count, pool: pool, using: &stream) }.configurations)
        }
    }

    static var insideOption: Parameter {
        Parameter("inside", "boolean", "whether samples outside the joint limits are drawn anew; fewer rows come where hardly any lies inside", default: "false")
    }

    static var resampleOption: Parameter {
        Parameter(
            "resample", "integer",
            "how many samples are drawn for each one returned; those inside the limits and nearer to the pose are likelier to be, but none is moved",
            default: "none: every sample is returned")
    }

    /// The samples that the options `inside` or `resample` choose; nil without them.
    func chosenSamples(
        _ sampler: any PoseSampler, _ pose: Pose, _ count: Int, _ slot: Slot, _ options: LuaBridge.Options, chain: Chain,
        using stream: inout RandomStream
    ) throws -> Value? {
        if let pool = try options["resample"]?.integer(in: 1...1000) {
            guard count * pool <= Limits.count else {
                throw slot.invalid("asks for \(count) times \(pool) samples; at most \(Limits.count) are drawn")
            }
            return try inBlocks(count, columns: chain.degreesOfFreedom) {
                sampler.sampleResampled(pose, count: $0, pool: pool, using: &stream)
            }
        }
        guard try options["inside"]?.boolean() ?? false else { return nil }
        return try inBlocks(count, columns: chain.degreesOfFreedom) { sampler.sampleInside(pose, count: $0, of: chain, using: &stream) }
    }

    /// Rows drawn a few hundred at a time, so that an interruption is heeded between.
    func inBlocks(_ count: Int, columns: Int, _ draw: (_ count: Int) -> Matrix) throws -> Value {
        let block = 512
        var elements: [Double] = []
        elements.reserveCapacity(count * columns)
        for first in stride(from: 0, to: count, by: block) {
            try state.stopIfInterrupted()
            elements += draw(min(block, count - first)).elements
        }
        return .matrix(Matrix(rows: elements.count / columns, columns: columns, elements: elements))
    }

    private var solve: Function {
        Function(
            "Model:solve", "Exact, distinct configurations that reach a pose: samples of the mixture, finished within the joint limits.",
            parameters: [
                Parameter("pose", "Pose, Goal or list of them", "where the tip is to be, in the base frame; several are worked on by all cores"),
                .options(Session.searchOptions + Session.preferenceOptions + [Session.refineOption]),
            ],
            returns: "Solutions, best first, each with the component that it came from; for several poses a list of Solutions",
            example: Session.exampleModel + """
                local answers = student:solve(target, { count = 2, seed = 1 })
                print(answers)
                assert(#answers == 2 and answers[1].position_error < 1e-4)
                """
        ) { [unowned self] arguments in
            let model = try arguments.receiver(Model.self)
            let question = try arguments[1].question()
            let given = try arguments.options(2)
            let options = try SearchOptions(given), preferences = try Preferences(given, robot: model.robot)
            let refine = try given["refine"]?.integer(in: 0...100) ?? 0
            var stream = try stream(seed: given["seed"])
            return try answer(
                question, of: model.robot, by: model.mixture, sampler: model.query(), refine: refine, options, preferences, &stream)
        }
    }

    private var save: Function {
        Function(
            "Model:save", "Writes the model as safetensors, with its robot, configuration and history; the old file stays where that fails.",
            parameters: [
                Parameter("path", "string", "a name that ends in .safetensors"),
                .options([Parameter("checkpoint", "boolean", "whether to keep what an interrupted training needs to go on", default: "false")]),
            ],
            returns: "the path",
            example: Session.exampleModel + """
                local path = os.tmpname() .. ".safetensors"
                student:save(path)
                assert(avips.model(path).parameters == student.parameters)
                os.remove(path)
                """
        ) { [unowned self] arguments in
            let model = try arguments.receiver(Model.self)
            let destination = try modelDestination(arguments[1])
            let keepsTraining = try arguments.options(2)["checkpoint"]?.boolean() ?? false
            if keepsTraining { try model.saveCheckpoint(to: destination) } else { try model.save(to: destination) }
            return .string(try arguments[1].path())
        }
    }

    /// The path of a model file to write.
    func modelDestination(_ slot: Slot) throws -> String {
        let path = try slot.path()
        guard path.hasSuffix(".safetensors") else { throw slot.invalid("must end in .safetensors, got \"\(path)\"") }
        return try files.destination(path)
    }
}
