import Kinematics
import LuaBridge
import ModelTraining
import Numerics
import RobotModels

/// avips.model, and the Model type with its methods.
struct ModelEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(type)
        try state.register(Function(
            "avips.model", "Loads a trained model by its name or from a file, or makes a new one for a robot, a conditional target or a simulator. Given only a chain and a seed, the program chooses the parts of an autoregressive model, their order and components from the chain's structure.",
            parameters: [Parameter(
                "model", "string or table", "a name from avips.models(), the path of a model file, or the options of a new model",
                options: ModelKeys.declared),
                .options(ConditionalModelEntries.attachedOptions),
            ],
            returns: "Model; for a whole body BodyModel, for parts, and for most chains given alone, FactoredModel, for a target, a simulator or pairs ConditionalModel; for the kinds \"flow\" and \"gan\" SampledModel; for members EnsembleModel",
            example: """
                local student = avips.model{ robot = "planar_3link", components = 8, hidden = {64, 64}, seed = 1 }
                print(student)
                assert(student.components == 8)
                """
        ) { arguments in
            if arguments[1].kind == .string { return try loadModel(arguments[1], attach: arguments[2], arguments.options(2)) }
            try arguments.refuseSecondTable()
            return try newModel(arguments[1], arguments.options(1))
        })
    }

    private var type: ObjectType {
        ObjectType(
            "Model", of: Model.self, "A network that maps a pose to a mixture of Gaussians over configurations.",
            describe: { display.spelled(ModelText.text($0, showsTimes: display.showsTimes, width: display.width)) },
            properties: [
                ObjectProperty("robot", "Robot", "the robot that the model is for") { .object(holding: $0.robot) },
                ObjectProperty("components", "integer", "the number of Gaussians") { .integer($0.mixture.components) },
                ObjectProperty("parameters", "integer", "the number of weights and biases") { .integer($0.mixture.parameterCount) },
                Session.lossProperty("-log q(q|pose) in scaled joint coordinates") { $0.mixture.history },
                Session.logProperty { $0.log }, Session.historyProperty { $0.mixture.history },
            ],
            methods: [predict, sample, solve, track, evaluate] + learning)
    }

    private var learning: [Function] {
        var entries = TrainingEntries<TrainingState, Model>(session: session, type: "Model", keys: .robots) {
            $0.isPlanned ? FactoredModelEntries.plannedDefaults : TrainingSettings(budget: .steps(1))
        } run: { model, start, _, supply in
            try model.run(from: start, supply: supply)
        }
        entries.outcome = { [session] in $0.isPlanned ? try TrainingOutcome($0.mixture, chain: $0.robot.chain, in: session) : nil }
        return [
            entries.train(
                "Trains the model: maximum likelihood on configurations drawn within the limits and their poses, and variational inference for every component; Ctrl-C keeps what was learned.",
                example: """
                    local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
                    local log = student:train{ seed = 1, batch = 128, phases = {
                        { steps = 50 },
                        { steps = 20, forward_share = 0.2, position_deviation = avips.schedule.exponential(0.03, 0.01) },
                    } }
                    print(log)
                    assert(log.loss[#log] < 10 and log.elbo[#log] < 100)
                    """),
            entries.training(
                "Trains step by step from a loop: for report in model:training{ ... } do ... end. In the loop the model can be queried as trained so far; break keeps what was learned.",
                example: """
                    local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
                    for report in student:training{ steps = 60, interval = 20, batch = 128, seed = 1 } do
                      print(report.step, report.loss)
                      if report.step >= 40 then break end
                    end
                    assert(student.loss < 10)
                    """),
            entries.save(
                "Writes the model as safetensors, with its robot, configuration and history; on failure the old file is kept.",
                example: Self.example + """
                    local path = os.tmpname() .. ".safetensors"
                    student:save(path)
                    assert(avips.model(path).parameters == student.parameters)
                    os.remove(path)
                    """),
        ]
    }

    /// What examples start from: a small model of a planar arm, hardly trained.
    static let example = """
        local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
        student:train{ steps = 20, seed = 1 }
        local target = student.robot:fk{0.3, 0.5, -0.4}

        """

    private static let refineOption = OptionKey.integer(
        "refine", in: 0...100, default: 0, "how many evidence updates follow the network: Gauss-Newton steps of every component towards the pose")

    private var predict: Function {
        Function(
            "Model:predict", "Predicts the mixture over configurations at a pose.",
            parameters: [Parameter("pose", "Pose", "the tip's pose in the base frame"), .options([Self.refineOption])],
            returns: "Mixture",
            example: Self.example + """
                local mixture = student:predict(target, { refine = 2 })
                print(mixture)
                assert(#mixture.weights == 4)
                """
        ) { arguments in
            let model = try arguments.receiver(Model.self)
            let pose = try arguments[1].pose()
            let refine = try arguments.options(2)[Self.refineOption]
            let mixture = try model.query().checked { $0.predict(pose, refine: refine) }
            return .object(holding: Prediction(robot: model.robot, mixture: mixture, note: model.note(on: pose, model.mixture, of: model.robot, warn: warn)))
        }
    }

    private var sample: Function {
        Function(
            "Model:sample",
            "Draws samples from the mixture at a pose, neither corrected nor clipped to the limits; or, with candidates, of the exact conditional distribution.",
            parameters: [
                Parameter("pose", "Pose", "the tip's pose in the base frame"),
                Parameter("count", "integer", "how many"),
                .options([
                    Self.refineOption,
                    Self.poolOption,
                    Self.insideOption,
                    Self.resampleOption,
                    Session.seedOption,
                ]),
            ],
            returns: "n x dof Matrix in rad or m",
            example: Self.example + """
                assert(student:sample(target, 10, { seed = 1 }).rows == 10)
                local exact = student:sample(target, 10, { candidates = 4, seed = 1 })
                assert(exact.rows == 10 and math.abs(student.robot:fk(exact)[1].position[1] - target.position[1]) < 1e-4)
                """
        ) { arguments in
            let model = try arguments.receiver(Model.self)
            let pose = try arguments[1].pose()
            let count = try arguments[2].integer(in: 0...Limits.count)
            let options = try arguments.options(3)
            let refine = try options[Self.refineOption]
            var stream = stream(seed: try options[Session.seedOption])
            if let choosing = options.given([Self.resampleOption, Self.insideOption]).first,
               let other = options.given([Self.refineOption, Self.poolOption]).first {
                throw options.invalid(other, "does not go with \(choosing.parameter.name)")
            }
            _ = model.note(on: pose, model.mixture, of: model.robot, warn: warn)
            let query = try model.query()
            if let samples = try query.checked({ try chosenSamples($0, pose, count, arguments[3], options, chain: model.robot.chain, using: &stream) }) {
                return samples
            }
            guard let pool = try options[Self.poolOption] else {
                return .matrix(try state.rows(count, columns: model.robot.chain.degreesOfFreedom, block: 1 << 14) { size in
                    try query.checked { $0.sample(pose, count: size, refine: refine, using: &stream) }
                })
            }
            guard count * pool <= Limits.count else {
                throw arguments[3].invalid("asks for \(count) times \(pool) candidates; at most \(Limits.count) are made")
            }
            return .matrix(try query.checked { $0.sampleConditional(pose, count: count, pool: pool, using: &stream) }.configurations)
        }
    }

    private static let poolOption = OptionKey.integer(
        "candidates", in: 1...1000,
        "for each sample returned, how many are moved exactly onto the pose, weighted and resampled: the samples then follow the exact distribution of uniform joints given the pose; the result has no rows where none reaches it",
        otherwise: "none: straight from the mixture")
    static let insideOption = OptionKey.flag(
        "inside", default: false, "whether samples outside the joint limits are rejected and drawn again; there are fewer rows if hardly any sample lies inside")
    static let resampleOption = OptionKey.integer(
        "resample", in: 1...1000,
        "how many samples are drawn for each one returned; those inside the limits and nearer to the pose are more probable, but none is moved",
        otherwise: "none: every sample is returned")

    private var solve: Function {
        Function(
            "Model:solve", "Finds exact, distinct configurations that reach a pose: samples of the mixture, refined by Levenberg-Marquardt steps within the joint limits.",
            parameters: [
                Parameter("pose", "Pose, Goal or list of them", "the target of the tip in the base frame; several are solved on all cores"),
                .options(SearchKeys.answers + [Self.refineOption]),
            ],
            returns: "Solutions, best first, each with the component that it came from; for several poses a list of Solutions",
            example: Self.example + """
                local answers = student:solve(target, { count = 2, seed = 1 })
                print(answers)
                assert(#answers == 2 and answers[1].position_error < 1e-4)
                """
        ) { arguments in
            let model = try arguments.receiver(Model.self)
            let question = try arguments[1].question()
            let given = try arguments.options(2)
            let refine = try given[Self.refineOption]
            var request = try SearchRequest(given, of: model.robot, in: session)
            return try answer(question, of: model.robot, by: model.mixture, sampler: model.query(), refine: refine, &request)
        }
    }
}

extension Session {
    /// The path of a model file to write.
    func modelDestination(_ slot: Slot) throws -> String {
        let path = try slot.path()
        guard path.hasSuffix(".safetensors") else { throw slot.invalid("must end in .safetensors, got \"\(path)\"") }
        return try files.destination(path)
    }
}
