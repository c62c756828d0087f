import ConditionalModels
import Evaluation
import Kinematics
import LuaBridge
import ModelTraining
import Numerics
import RobotModels

/// The FactoredModel type: models in two parts or more.
struct FactoredModelEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(type)
    }

    /// A small model of a planar arm in two parts, hardly trained.
    static let example = """
        local robot = avips.robot "planar_3link"
        local _, others = robot:split(1)
        local first = avips.model{ robot = robot, joints = 1, context = "position", components = 4, hidden = {32, 32}, seed = 1 }
        local rest = avips.model{ robot = others, context = "position", components = 2, hidden = {32, 32}, seed = 1 }
        for _, part in ipairs{ first, rest } do part:train{ steps = 20, seed = 1 } end
        local student = avips.model{ lead = first, rest = rest }
        local target = robot:fk{0.3, 0.5, -0.4}

        """

    var type: ObjectType {
        ObjectType(
            "FactoredModel", of: FactoredModel.self,
            "An autoregressive model: the first joints given the pose, then the others, in one part or more, given the pose as seen from the link that the first ones carry.",
            describe: { display.spelled(ModelText.text($0, showsTimes: display.showsTimes, width: display.width)) },
            properties: [
                ObjectProperty("robot", "Robot", "the robot that the model is for") { .object(holding: $0.robot) },
                ObjectProperty("joints", "integer", "how many joints the first part has") { .integer($0.mixture.lead.dimension) },
                ObjectProperty("lead", "Model", "a copy of the first part") { .object(holding: try Self.model(of: $0.mixture.lead, or: $0.robot)) },
                ObjectProperty("rest", "Model or FactoredModel", "a copy of the model of the other joints") {
                    if let rest = $0.mixture.rest { return .object(holding: FactoredModel(rest)) }
                    return .object(holding: try Self.model(of: $0.mixture.parts[1], or: $0.robot))
                },
                ObjectProperty("parameters", "integer", "the number of weights and biases of all parts") { .integer($0.mixture.parameterCount) },
                ObjectProperty("components", "integer", "the number of Gaussians of the first part") { .integer($0.mixture.lead.components) },
                ObjectProperty("tolerance", "number or nil", "the error in m that was given to learn_feasibility; nil before it") {
                    $0.mixture.feasibility.map { .number($0.tolerance) } ?? .nil
                },
                ObjectProperty("confidence", "number or nil", "the required probability that a sample ends within the tolerance; nil before learn_feasibility") {
                    $0.mixture.feasibility.map { .number($0.confidence) } ?? .nil
                },
                Session.logProperty { $0.log },
            ],
            methods: [sample, solve, track, evaluate, learnFeasibility] + learning)
    }

    /// A part by itself, with the robot that it was made for.
    private static func model(of part: ConditionalMixture, or whole: Robot) throws -> Model {
        try Model(part, robot: part.robot.chain.map { Robot($0) } ?? whole)
    }

    private static let feasible = OptionKey.flag(
        "feasible", default: true,
        "whether first joints from which the others are unlikely to reach the pose, as predicted by the network of learn_feasibility, are rejected and drawn again")

    private var sample: Function {
        Function(
            "FactoredModel:sample", "Draws samples at a pose straight from the networks, neither corrected nor clipped to the limits.",
            parameters: [
                Parameter("pose", "Pose", "the tip's pose in the base frame"),
                Parameter("count", "integer", "how many"),
                .options([
                    ModelEntries.insideOption,
                    ModelEntries.resampleOption,
                    Self.feasible,
                    Session.seedOption,
                ]),
            ],
            returns: "n x dof Matrix in rad or m",
            example: Self.example + "assert(student:sample(target, 10, { seed = 1 }).rows == 10)"
        ) { arguments in
            let model = try arguments.receiver(FactoredModel.self)
            let pose = try arguments[1].pose()
            let count = try arguments[2].integer(in: 0...Limits.count)
            let options = try arguments.options(3)
            var stream = try stream(seed: options[Session.seedOption])
            _ = model.note(on: pose, model.mixture, of: model.robot, warn: warn)
            model.query.usesFeasibility = try options[Self.feasible]
            defer { model.query.usesFeasibility = true }
            if let samples = try model.query.checked({ try chosenSamples($0, pose, count, arguments[3], options, chain: model.robot.chain, using: &stream) }) { return samples }
            return try model.query.checked { query in try inBlocks(count, columns: model.robot.chain.degreesOfFreedom) { query.sample(pose, count: $0, using: &stream) } }
        }
    }

    private var solve: Function {
        Function(
            "FactoredModel:solve", "Finds exact, distinct configurations that reach a pose or meet a goal: samples, refined by Levenberg-Marquardt steps within the joint limits.",
            parameters: [
                Parameter("pose", "Pose, Goal or list of them", "the target of the tip in the base frame; several are solved on all cores"),
                .options(SearchKeys.answers),
            ],
            returns: "Solutions, best first, each with the component of the last part that it came from; for several poses a list of Solutions",
            example: Self.example + """
                local answers = student:solve(target, { count = 2, seed = 1 })
                assert(#answers == 2 and answers[1].position_error < 1e-4)
                """
        ) { arguments in
            let model = try arguments.receiver(FactoredModel.self)
            let question = try arguments[1].question()
            var request = try SearchRequest(arguments.options(2), of: model.robot, in: session)
            return try answer(question, of: model.robot, by: model.mixture, sampler: model.query, &request)
        }
    }

    private static let feasibilitySteps = OptionKey.integer("steps", in: 1...1_000_000_000, "training steps; 6000 suit an arm")
    private static let feasibilityPairs = OptionKey.integer(
        "pairs", in: BodyModelEntries.pairsRange, default: 1_000_000, "samples of the model that are drawn and measured before the training")
    private static let feasibilityTolerance = OptionKey.number(
        "tolerance", in: Feasibility.tolerances, default: 0.02,
        "the error up to which first joints count as feasible: the distance, and the angle at a lever of 0.2 m", unit: "m")
    private static let feasibilityConfidence = OptionKey.number(
        "confidence", in: Feasibility.confidences, default: Feasibility.usualConfidence, "the required probability that a sample ends within the tolerance")
    private static let feasibilityWidths = OptionKey.integers(
        "hidden", count: 1...32, each: 16...8192, default: Feasibility.usualWidths, "the widths of the hidden layers, multiples of 16")
    private static let feasibilitySeed = OptionKey.seed("the seed of parameters, samples and steps")

    private var learnFeasibility: Function {
        Function(
            "FactoredModel:learn_feasibility",
            "Trains a network that predicts how far from the pose samples will end; first joints that are unlikely to lead to it are then rejected and drawn again. Ctrl-C keeps what was learned. Without steps, only tolerance or confidence change.",
            parameters: [.options([
                Self.feasibilitySteps, Self.feasibilityPairs, Self.feasibilityTolerance, Self.feasibilityConfidence,
                Self.feasibilityWidths, Self.feasibilitySeed,
            ])],
            returns: "Log; without steps nil",
            example: Self.example + """
                local log = student:learn_feasibility{ steps = 20, pairs = 4096, tolerance = 0.1, hidden = {32}, seed = 1 }
                assert(#log > 0 and student.tolerance == 0.1)
                student:learn_feasibility{ confidence = 0.9 }
                assert(student.tolerance == 0.1 and student.confidence == 0.9)
                """
        ) { arguments in
            let box = try arguments.receiverBox(FactoredModel.self)
            let options = try arguments.options(1)
            let tolerance = try options[Self.feasibilityTolerance], confidence = try options[Self.feasibilityConfidence]
            guard let allSteps = try options[Self.feasibilitySteps] else {
                let changes = (
                    tolerance: options.has(Self.feasibilityTolerance) ? tolerance : nil,
                    confidence: options.has(Self.feasibilityConfidence) ? confidence : nil)
                let asksToLearn = options.has(Self.feasibilityPairs) || options.has(Self.feasibilityWidths) || options.has(Self.feasibilitySeed)
                guard changes.tolerance != nil || changes.confidence != nil, !asksToLearn, try box.read().mixture.feasibility != nil else {
                    throw arguments[1].invalid("must have a budget: steps")
                }
                try box.update("learning") { try $0.judge(tolerance: changes.tolerance, confidence: changes.confidence) }
                return .nil
            }
            let steps = max(1, Int(Double(allSteps) * session.trainingShare))
            let seed = try options[Self.feasibilitySeed] ?? nextSeed()
            let hidden = try options[Self.feasibilityWidths]
            let allPairs = try options[Self.feasibilityPairs], pairs = session.trainingShare < 1 ? min(allPairs, max(4096, Int(Double(allPairs) * session.trainingShare))) : allPairs
            return try box.update("learning") { model in
                var log = TrainingLog()
                defer { progress?.end() }
                let start = try Feasibility(of: model.mixture.parts[1], tolerance: tolerance, confidence: confidence, hidden: hidden, seed: seed)
                var settings = TrainingSettings(budget: .steps(steps), seed: seed)
                settings.warmupSteps = min(settings.warmupSteps, steps / 10)
                let isFinished = try model.learnFeasibility(
                    start, settings: settings, pairs: pairs, cancellation: cancellation
                ) { [progress] report in
                    log.append(report)
                    if let warning = report.warning { log.note(warning) }
                    progress?.show(LogEntries.progressReport(report))
                }
                if !isFinished { throw LuaError("interrupted; what was learned is kept", kind: .interrupt) }
                return .object(holding: log)
            }
        }
    }

    private static let factoredModes = EvaluationEntries.modesOption(
        "ways of sampling: \(SamplingMode.names(hasUpdates: false))",
        otherwise: "raw, inside, 1 step, 2 steps, 1 accelerated step, 8 resampled with no step and with an accelerated one, exact")

    private var evaluate: Function {
        Function(
            "FactoredModel:evaluate", "Measures the model as Model:evaluate does; there is no density in closed form, and components are those of the first part.",
            parameters: [.options(EvaluationEntries.evaluationOptions(modes: Self.factoredModes))],
            returns: "Evaluation",
            example: Self.example + """
                local evaluation = student:evaluate{ poses = 10, samples = 20, references = 2, timed = 2, seed = 2 }
                assert(evaluation.modes[1].name == "raw")
                """
        ) { arguments in
            let model = try arguments.receiver(FactoredModel.self)
            let evaluations = EvaluationEntries(session: session)
            let settings = try evaluations.settings(arguments.options(1), modes: Self.factoredModes) { _ in
                [.samples(), .inside, .samples(steps: 1), .samples(steps: 2), .samples(steps: 1, accelerated: true), .resampled(8),
                 .resampled(8, steps: 1, accelerated: true), .exact]
            }
            return try evaluations.run(model.mixture, chain: model.robot.chain, settings)
        }
    }
}
