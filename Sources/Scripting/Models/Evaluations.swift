import Evaluation
import Kinematics
import LuaBridge
import ModelTraining
import Numerics
import RobotModels
import SolutionSets

/// Model:evaluate, avips.reference and the Evaluation type.
struct EvaluationEntries: Entries {
    unowned let session: Session

    private static let referenceCount = OptionKey.integer("count", in: 1...Limits.count, default: 100, "how many draws")
    private static let referenceKind = OptionKey<ReferenceKind>.choice(
        "kind", default: .exact,
        "\"exact\": the distribution of uniform joints given the pose; \"multistart\": solutions of least-squares searches from uniform starts")

    func register() throws {
        try state.register(evaluationType)
        try state.register(Function(
            "avips.reference", "Draws reference solutions of a pose: independent samples to compare answers with.",
            parameters: [
                Parameter("robot", "Robot or string", "the robot"),
                Parameter("pose", "Pose", "the tip's pose in the base frame"),
                .options(Self.referenceOptions),
            ],
            returns: "count x dof Matrix in rad or m, in no particular order; no rows if the pose was not reached",
            example: """
                local panda = avips.robot "panda"
                local target = panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7}
                local reference = avips.reference(panda, target, { count = 20, seed = 1 })
                assert(reference.rows == 20)
                """
        ) { arguments in
            let robot = try robot(arguments[1])
            let pose = try arguments[2].pose()
            return try reference(robot, pose, arguments.options(3))
        })
    }

    fileprivate static var referenceOptions: [any DeclaredOption] { [referenceCount, referenceKind, Session.seedOption] }

    func reference(_ robot: Robot, _ pose: Pose, _ options: LuaBridge.Options) throws -> Value {
        let count = try options[Self.referenceCount]
        let kind = try options[Self.referenceKind]
        var stream = try stream(seed: options[Session.seedOption])
        let draws = kind.sample(robot.chain, target: pose, count: count, using: &stream, cancellation: cancellation)
        if cancellation.isRequested { throw LuaError("interrupted", kind: .interrupt) }
        return .matrix(draws)
    }

    private static let usualEvaluation = EvaluationSettings(seed: 0)
    private static let evaluatedPoses = OptionKey.integer("poses", in: 1...1_000_000, default: usualEvaluation.poses, "test poses")
    static let samplesOfPose = OptionKey.integer(
        "samples", in: 1...100_000, default: usualEvaluation.samples, "samples at each pose for the errors")
    private static let referencePoses = OptionKey.integer(
        "references", in: 0...1_000_000, default: usualEvaluation.referencePoses, "poses that are compared with reference solutions")
    private static let timedPoses = OptionKey.integer(
        "timed", in: 0...100_000, default: usualEvaluation.timedPoses, "poses at which times are measured; 0 for none")
    static let evaluationSeed = OptionKey.seed("the seed of poses and samples")
    private static let evaluationThreads = OptionKey.integer(
        "threads", in: 1...1024, "threads to use; the figures do not depend on it", otherwise: "all cores")

    private static let positionDeviation = deviation("position_deviation", \.position, "the deviation of the position of the density that evidence bounds are stated against", unit: "m")
    private static let rotationDeviation = deviation("rotation_deviation", \.rotation, "that of the orientation", unit: "rad")
    private static let limitDeviation = deviation("limit_deviation", \.limit, "that of the excess beyond a joint limit", unit: "rad or m")
    private static var evaluatedDeviations: [any DeclaredOption] { [positionDeviation, rotationDeviation, limitDeviation] }

    private static func deviation(_ name: String, _ path: KeyPath<TargetWidths, Double>, _ summary: String, unit: String) -> OptionKey<Double> {
        .number(name, in: 1e-6...10, default: usualEvaluation.density[keyPath: path], summary, unit: unit)
    }

    /// The options of an evaluation: those that every model takes, and its ways of sampling.
    static func evaluationOptions(
        _ own: any DeclaredOption..., modes: OptionKey<[SamplingMode]?>, samples: any DeclaredOption = samplesOfPose
    ) -> [any DeclaredOption] {
        [evaluatedPoses, samples] + own + [modes, referencePoses, timedPoses] + evaluatedDeviations + [evaluationSeed, evaluationThreads]
    }

    /// The option that names ways of sampling.
    ///
    /// - Parameter otherwise: those of an evaluation that names none.
    static func modesOption(_ summary: String, otherwise: String) -> OptionKey<[SamplingMode]?> {
        .value("modes", "list of strings", summary, range: "1 to 16 of them", otherwise: otherwise) { try $0.modes() }
    }

    fileprivate static let measuredUpdates = OptionKey<[Int]>.value(
        "refine", "integer or list of integers", default: [1, 2], text: "{1, 2}", "evidence updates that are measured in addition to the network alone",
        range: "0 to 100, at most 16 of them") { try $0.counts() }
    fileprivate static let measuredSteps = OptionKey<[Int]>.value(
        "steps", "integer or list of integers", default: [1, 2], text: "{1, 2}", "Levenberg-Marquardt steps that are measured in addition",
        range: "0 to 100, at most 16 of them") { try $0.counts() }
    fileprivate static let modelModes = modesOption(
        "ways of sampling, in place of refine and steps: \(SamplingMode.names(hasUpdates: true))",
        otherwise: "raw, inside, those of refine and steps, an accelerated step, 8 resampled with no step, one, and an accelerated one, 4 candidates, exact")

    /// Asks a model at a few poses whether its network's outputs are finite.
    private func check(_ model: any PoseModel, _ chain: Chain) throws {
        let sampler = try model.makeSampler(for: chain)
        var stream = RandomStream(seed: 1)
        for _ in 0..<32 { _ = sampler.sample(chain.forwardKinematics(chain.randomConfiguration(using: &stream)), count: 4, using: &stream) }
        try (sampler as? any CheckedQuery)?.checkOutputs()
    }

    func standardModes(_ options: LuaBridge.Options) throws -> [SamplingMode] {
        let updates = try options[Self.measuredUpdates], steps = try options[Self.measuredSteps]
        return [.samples(), .inside] + updates.filter { $0 > 0 }.map { .samples(updates: $0) }
            + steps.filter { $0 > 0 }.map { .samples(steps: $0) }
            + [.samples(steps: 1, accelerated: true), .resampled(8), .resampled(8, steps: 1), .resampled(8, steps: 1, accelerated: true), .candidates(4), .exact]
    }

    private var evaluationType: ObjectType {
        ObjectType(
            "Evaluation", of: Evaluation.self, "The measured quality of a model: metrics with standard errors, and the floors that exact samples reach.",
            describe: { display.spelled(EvaluationText(evaluation: $0, width: display.width).text) },
            table: { DataTable($0) },
            properties: [
                ObjectProperty("robot", "string", "the robot's name") { .string($0.robot) },
                ObjectProperty("poses", "integer", "the number of test poses") { .integer($0.poses) },
                ObjectProperty("samples", "integer", "samples at each pose for the errors") { .integer($0.samples) },
                ObjectProperty("references", "integer", "poses that were compared with reference solutions") { .integer($0.referencePoses) },
                ObjectProperty("seed", "integer", "the seed") { .integer(Int(Int64(bitPattern: $0.seed))) },
                ObjectProperty("seconds", "number", "how long the evaluation took in s") { .number($0.elapsed) }.formerly("elapsed"),
                ObjectProperty("machine", "string", "the processor") { .string($0.machine) },
                ObjectProperty(
                    "modes", "list of tables",
                    "for each way of sampling: name; position (m) and rotation (rad) with mean, median, p95 and quantiles; inside, answers, mmd, "
                        + "mmd_multistart, coverage, entropy, elbo, seconds, each with value and standard_error; median_seconds"
                ) { $0.modesValue },
                ObjectProperty("floors", "table", "references against themselves: mmd, mmd_multistart, mmd_between, coverage, coverage_multistart") { $0.floorsValue },
                ObjectProperty("components", "table", "count (K), in_use a pose, in_use_overall") { $0.componentsValue },
                ObjectProperty("solving", "list of tables", "exact solving: tolerances (m, rad), solved, poses, median and p95 in s") { $0.solvingValue },
            ],
            methods: [
                Function(
                    "Evaluation:table", "All metrics as a table of tables, ready for avips.json.write.", returns: "table",
                    example: ModelEntries.example + """
                        local evaluation = student:evaluate{ poses = 5, samples = 10, references = 1, timed = 0, seed = 2 }
                        assert(#avips.json.encode(evaluation:table()) > 100)
                        """
                ) { try $0.receiver(Evaluation.self).tableValue },
                Function(
                    "Evaluation:mode", "Returns the metrics of one way of sampling, by its name.",
                    parameters: [Parameter("name", "string", "\"raw\", \"1 update\", \"exact\"")], returns: "table, as in evaluation.modes",
                    example: ModelEntries.example + """
                        local evaluation = student:evaluate{ poses = 5, samples = 10, references = 1, timed = 0, seed = 2 }
                        print(evaluation:mode("exact").position.mean.value)
                        """
                ) { arguments in
                    let evaluation = try arguments.receiver(Evaluation.self)
                    let name = try arguments[1].string()
                    guard let mode = evaluation.modes.first(where: { $0.name == name }) else {
                        throw arguments[1].invalid("names no mode of this evaluation (\"\(name)\"); it has " + evaluation.modes.map(\.name).joined(separator: ", "))
                    }
                    return evaluation.value(of: mode)
                },
            ])
    }

    /// Runs an evaluation.
    func run(_ model: any PoseModel, chain: Chain, _ settings: EvaluationSettings) throws -> Value {
        .object(holding: try evaluation(model, chain: chain, settings))
    }

    /// The same as a value of the program.
    func evaluation(_ model: any PoseModel, chain: Chain, _ settings: EvaluationSettings) throws -> Evaluation {
        defer { progress?.end() }
        try check(model, chain)
        do {
            let evaluator = try Evaluator(model, chain: chain, settings: settings, cancellation: cancellation) { [progress] report in
                progress?.show(ProgressReport(
                    "evaluating", fraction: report.fraction, done: report.done, total: report.total, unit: "poses",
                    figures: [("measuring", report.stage)]))
            }
            return try evaluator.run()
        } catch let error as EvaluationError where error.isCancellation {
            throw LuaError("\(error); nothing was kept", kind: .interrupt)
        }
    }

    func settings(
        _ options: LuaBridge.Options, modes: OptionKey<[SamplingMode]?>, standardModes: (LuaBridge.Options) throws -> [SamplingMode]
    ) throws -> EvaluationSettings {
        var settings = EvaluationSettings(seed: try options[Self.evaluationSeed] ?? nextSeed())
        settings.poses = try options[Self.evaluatedPoses]
        settings.samples = try options[Self.samplesOfPose]
        guard settings.poses * settings.samples <= Limits.elements else {
            throw options.invalid(
                options.has(Self.samplesOfPose) ? Self.samplesOfPose : Self.evaluatedPoses,
                "makes more than \(Limits.elements) samples, \(settings.poses) poses x \(settings.samples)")
        }
        settings.referencePoses = try options[Self.referencePoses]
        settings.timedPoses = try options[Self.timedPoses]
        settings.density = TargetWidths(
            position: try options[Self.positionDeviation], rotation: try options[Self.rotationDeviation], limit: try options[Self.limitDeviation])
        settings.threads = try options[Self.evaluationThreads] ?? settings.threads
        settings.modes = try options[modes] ?? standardModes(options)
        return settings
    }
}

extension RobotEntries {
    var reference: Function {
        Function(
            "Robot:reference", "Draws reference solutions of a pose: independent samples to compare answers with.",
            parameters: [Parameter("pose", "Pose", "the tip's pose in the base frame"), .options(EvaluationEntries.referenceOptions)],
            returns: "count x dof Matrix in rad or m, in no particular order; no rows if the pose was not reached",
            example: """
                local panda = avips.robot "panda"
                local reference = panda:reference(panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7}, { count = 20, seed = 1 })
                assert(reference.rows == 20)
                """
        ) { arguments in
            try EvaluationEntries(session: session).reference(arguments.receiver(Robot.self), arguments[1].pose(), arguments.options(2))
        }
    }
}

extension ModelEntries {
    var evaluate: Function {
        Function(
            "Model:evaluate", "Measures the model on poses that training never saw: errors, limits, diversity against reference solutions, entropy, times.",
            parameters: [.options(EvaluationEntries.evaluationOptions(EvaluationEntries.measuredUpdates, EvaluationEntries.measuredSteps, modes: EvaluationEntries.modelModes))],
            returns: "Evaluation",
            example: Self.example + """
                local evaluation = student:evaluate{ poses = 10, samples = 20, references = 2, timed = 2, seed = 2 }
                print(evaluation)
                assert(evaluation.modes[1].name == "raw" and evaluation.modes[1].inside.value <= 1)
                """
        ) { arguments in
            let model = try arguments.receiver(Model.self)
            let evaluations = EvaluationEntries(session: session)
            let settings = try evaluations.settings(arguments.options(1), modes: EvaluationEntries.modelModes) { try evaluations.standardModes($0) }
            return try evaluations.run(model.mixture, chain: model.robot.chain, settings)
        }
    }
}

extension Slot {
    /// A number of times, or a list of them.
    fileprivate func counts() throws -> [Int] {
        guard kind == .table else { return [try integer(in: 0...100)] }
        let length = try length()
        guard length <= 16 else { throw invalid("must have at most 16 numbers, got \(length)") }
        return try (0..<length).map { index in try withElement(index + 1) { try $0.integer(in: 0...100) } }
    }

    /// A list of names of modes.
    fileprivate func modes() throws -> [SamplingMode] {
        let length = try length()
        guard (1...16).contains(length) else { throw invalid("must be a list of 1 to 16 names, got \(found)") }
        return try (1...length).map { index in
            try withElement(index) { element in
                let name = try element.string()
                guard let mode = SamplingMode(named: name) else {
                    throw element.invalid("names no way of sampling (\"\(name)\"); they are \(SamplingMode.names(hasUpdates: true))")
                }
                return mode
            }
        }
    }
}
