import ConditionalModels
import Kinematics
import LuaBridge
import Mixtures
import ModelTraining
import Numerics
import RobotModels

/// The BodyModel type: models of whole bodies.
struct BodyModelEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(type)
        try state.register(evaluationType)
    }

    /// A small model of a humanoid's upper body, hardly trained.
    static let example = """
        local upper = avips.robot "talos_upper_body"
        local student = avips.model{
            robot = upper, tip = "right_hand", lower = {0.3, -0.4, -0.2}, upper = {0.5, 0, 0.2}, components = 2, hidden = {16}, seed = 1,
        }
        student:train{ steps = 5, batch = 64, pairs = 64, seed = 1 }

        """

    var type: ObjectType {
        ObjectType(
            "BodyModel", of: BodyModel.self, "A network that maps the position of one tip to a mixture of Gaussians over a whole body's configurations.",
            describe: { display.spelled(BodyText.text($0, showsTimes: display.showsTimes, width: display.width)) },
            properties: [
                ObjectProperty("body", "Body", "the body that the model is for") { .object(holding: $0.whole) },
                ObjectProperty("tip", "string", "the tip whose position is the context") { .string($0.whole.body.tips[$0.context.tip].name) },
                ObjectProperty("lower", "list of 3 numbers", "the lower corner of the box of positions that it was made for, in m") { .numbers($0.context.lower.list) },
                ObjectProperty("upper", "list of 3 numbers", "the upper corner of that box, in m") { .numbers($0.context.upper.list) },
                ObjectProperty("components", "integer", "the number of Gaussians") { .integer($0.mixture.components) },
                ObjectProperty("parameters", "integer", "the number of weights and biases") { .integer($0.mixture.parameterCount) },
                Session.lossProperty("-log q(q|place) in scaled coordinates") { $0.mixture.history },
                Session.logProperty { $0.log }, Session.historyProperty { $0.mixture.history },
            ],
            methods: [predict, sample, solve, evaluate] + learning)
    }

    private static let placeParameter = "list of 3 numbers"

    private var predict: Function {
        Function(
            "BodyModel:predict", "Predicts the mixture over the body's configurations with the tip at a position.",
            parameters: [Parameter("place", Self.placeParameter, "the target position of the model's tip, in the base frame", unit: "m")],
            returns: "Mixture", example: Self.example + "assert(#student:predict{0.4, -0.2, 0} == 2)"
        ) { arguments in
            let model = try arguments.receiver(BodyModel.self)
            return .object(holding: Prediction(robot: nil, mixture: try model.query().checked { $0.predict(try arguments[1].position()) }))
        }
    }

    private var sample: Function {
        Function(
            "BodyModel:sample", "Draws samples from the mixture at a position, neither corrected nor clipped to the limits.",
            parameters: [
                Parameter("place", Self.placeParameter, "the target position of the model's tip, in the base frame", unit: "m"),
                Parameter("count", "integer", "how many"),
                .options([Session.seedOption]),
            ],
            returns: "n x dof Matrix in rad or m", example: Self.example + "assert(student:sample({0.4, -0.2, 0}, 10).rows == 10)"
        ) { arguments in
            let model = try arguments.receiver(BodyModel.self)
            let place = try arguments[1].position()
            let count = try arguments[2].integer(in: 0...min(Limits.count, Limits.elements / model.mixture.dimension))
            var stream = try stream(seed: arguments.options(3)[Session.seedOption])
            return .matrix(try state.rows(count, columns: model.mixture.dimension) { rows in
                try model.query().checked { $0.sample(place, count: rows, using: &stream) }
            })
        }
    }

    private var solve: Function {
        Function(
            "BodyModel:solve", "Finds exact, distinct configurations that bring the tip to a position while the body's task is met: samples of the mixture, refined by Levenberg-Marquardt steps within the limits.",
            parameters: [
                Parameter("place", Self.placeParameter, "the target position of the model's tip, in the base frame", unit: "m"),
                .options(SearchKeys.answers),
            ],
            returns: "Postures, best first, each with the component that it came from",
            example: Self.example + """
                local answers = student:solve({0.4, -0.2, 0}, { count = 2, seed = 1 })
                print(answers)
                assert(#answers == 2 and answers[1].position_error < 1e-4)
                """
        ) { arguments in
            let model = try arguments.receiver(BodyModel.self)
            let place = try arguments[1].position()
            var request = try SearchRequest(arguments.options(2), of: model.whole, in: session)
            let solutions = try model.query().checked {
                $0.solve(place, options: request.options, preferences: request.preferences, using: &request.stream, cancellation: cancellation)
            }
            return Postures(whole: model.whole, solutions: solutions).value
        }
    }

    static let pairsRange = 16...5_000_000
    static let drawnPairs = OptionKey.integer("pairs", in: pairsRange, default: 200_000, "how many pairs are drawn before the training")

    private var learning: [Function] {
        let entries = TrainingEntries<TrainingState, BodyModel>(
            session: session, type: "BodyModel", keys: .robots, extra: [Self.drawnPairs]
        ) { model, start, options, supply in
            try model.run(from: start, pairs: options[Self.drawnPairs], supply: supply, cancellation: cancellation)
        }
        return [
            entries.train(
                "Trains the model on configurations that the search for the whole body finds, and the places of the tip; Ctrl-C keeps what was learned.",
                example: Self.example + "assert(#student:train{ steps = 5, batch = 64, pairs = 64, seed = 2 } > 0)"),
            entries.training(
                "Trains step by step from a loop, as Model:training does; the pairs are drawn before the first report.",
                example: Self.example + """
                    for report in student:training{ steps = 6, interval = 3, batch = 64, pairs = 64, seed = 2 } do print(report.step, report.loss) end
                    assert(student.loss < 100)
                    """),
            entries.save(
                "Writes the model as safetensors, with its body, task, configuration and history; on failure the old file is kept.",
                example: Self.example + """
                    local path = os.tmpname() .. ".safetensors"
                    student:save(path)
                    assert(avips.model(path).tip == "right_hand")
                    os.remove(path)
                    """),
        ]
    }

    private static let evaluatedPlaces = OptionKey.integer("places", in: 1...1_000_000, default: 1000, "how many places")
    private static let samplesOfPlace = OptionKey.integer("samples", in: 0...10_000, default: 10, "raw samples at every place")
    private static let evaluatesModel = OptionKey.flag("model", default: true, "false uses spread starts in place of the model's samples, for comparison")
    private static let placesSeed = OptionKey.seed("the seed of places and samples")

    private var evaluate: Function {
        Function(
            "BodyModel:evaluate", "Computes one exact answer at each of many positions drawn uniformly from the model's box, and measures raw samples.",
            parameters: [.options([Self.evaluatedPlaces, Self.samplesOfPlace, Self.evaluatesModel, Self.placesSeed])],
            returns: "BodyEvaluation",
            example: Self.example + "assert(student:evaluate{ places = 5, seed = 1 }.solved == 1)"
        ) { arguments in
            let model = try arguments.receiver(BodyModel.self)
            let options = try arguments.options(1)
            let places = try options[Self.evaluatedPlaces]
            let samples = try options[Self.samplesOfPlace]
            let usesModel = try options[Self.evaluatesModel]
            var stream = try stream(seed: options[Self.placesSeed])
            let result = try model.query().evaluate(
                places: places, samples: samples, usesModel: usesModel, using: &stream, cancellation: cancellation)
            guard result.places == places else { throw LuaError("interrupted after \(result.places) of \(places) places", kind: .interrupt) }
            return .object(holding: BodyFigures(evaluation: result, usesModel: usesModel))
        }
    }

    static let keepsTraining = OptionKey.flag(
        "resumable", default: false, "whether to include the state that an interrupted training needs to continue"
    ).formerly("checkpoint")

    /// A new model of a whole body, from the options of `avips.model`.
    func make(_ body: Body, _ slot: Slot, _ options: LuaBridge.Options, configuration: ModelConfiguration) throws -> BodyModel {
        guard let tip = try options[ModelKeys.tip]?.tip(of: body) else {
            throw slot.invalid("must name the tip whose position is the context of a whole body's model: tip = \"\(body.tips.first?.name ?? "")\"")
        }
        guard let lower = try options[ModelKeys.lower], let upper = try options[ModelKeys.upper] else {
            throw slot.invalid("must give the box of places for a whole body's model: lower = {x, y, z}, upper = {x, y, z}")
        }
        guard (0..<3).allSatisfy({ lower[$0] <= upper[$0] }) else { throw slot.invalid("must have lower below upper") }
        let context = BodyContext(body, task: body.stance ?? BodyTask(aims: []), tip: tip, lower: lower, upper: upper)
        let mixture = try ConditionalMixture(body: context, configuration: configuration, cancellation: cancellation)
        try state.stopIfInterrupted()
        return try BodyModel(mixture)
    }
}

extension BodyText {
    static func text(_ model: BodyModel, showsTimes: Bool, width: Int) -> String {
        let mixture = model.mixture, configuration = mixture.configuration, body = model.whole.body
        let lines = ["\(body.name) · \(NumberText.counted(configuration.components, "component")) · "
            + "\(NumberText.count(mixture.parameterCount)) parameters · place of \(body.tips[model.context.tip].name)"]
        func corner(_ v: SIMD3<Double>) -> String { "(" + v.list.map { NumberText.significant($0) }.joined(separator: " ") + ")" }
        var table = TextTable([.left, .left])
        table.add(["places", "from \(corner(model.context.lower)) to \(corner(model.context.upper)) m"])
        if !model.context.task.aims.isEmpty { table.add(["besides", task(model.context.task, of: body)]) }
        table.add(["network", ([mixture.network.inputs] + configuration.hidden + [mixture.network.outputs]).map(String.init).joined(separator: " → ")])
        table.add(["covariance", configuration.covariance.rawValue])
        let history = mixture.history
        if history.steps > 0 {
            var training = "\(NumberText.counted(history.steps, "step")), seed \(history.seed)" + (showsTimes ? ", " + NumberText.duration(history.seconds) : "")
            if let loss = history.loss { training += ", loss \(NumberText.fixed(loss, 3))" }
            table.add(["trained", training])
            if showsTimes, !history.machine.isEmpty { table.add(["machine", history.machine]) }
        } else {
            table.add(["trained", "not yet; model:train{ minutes = 5 }"])
        }
        if let state = model.interrupted { table.add(["interrupted", "at \(ModelText.place(state)); model:train() continues"]) }
        return (lines + table.lines(within: width)).joined(separator: "\n")
    }
}
