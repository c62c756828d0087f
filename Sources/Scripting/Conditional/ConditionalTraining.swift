import ConditionalModels
import LuaBridge
import ModelTraining
import Numerics

// The options of a conditional model's training: those of a robot's model where they mean something, with other defaults.
extension Session {
    /// What holds where a script says nothing.
    ///
    /// - Parameter hasPoints: whether the model learns from points by likelihood, rather than from a density.
    static func conditionalDefaults(hasPoints: Bool, firstTemperature: Double = 0.03) -> TrainingSettings {
        var settings = TrainingSettings(budget: .steps(1))
        settings.initialFloor = 0
        guard !hasPoints else {
            settings.batch = 256
            settings.learningRate = 4e-3
            settings.warmupSteps = 100
            return settings
        }
        settings.batch = 32
        settings.learningRate = 4e-3
        settings.warmupSteps = 200
        settings.gradientClip = 20
        settings.variational.forwardShare = .constant(0)
        settings.variational.objective = .path
        settings.variational.trustRegion = .none
        settings.variational.weightStep = .constant(0.5)
        settings.variational.snapshotInterval = 25
        settings.variational.temperature = .sequence([
            Schedule.Part(share: 0.3, schedule: .exponential(from: firstTemperature, to: 1)), Schedule.Part(share: 0.7, schedule: .constant(1)),
        ])
        return settings
    }

    /// What a phase may set.
    static var conditionalPhaseOptions: [any DeclaredOption] {
        let texts: [(String, String, String)] = [
            ("learning_rate", "the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is", "4e-3"),
            ("gradient_clip", "the greatest norm of a gradient", "20; 100 where there are pairs"),
            ("average_decay", "the decay of the parameters' moving average, from which queries are answered", "0.999"),
            ("floor", "the floor of the components' standard deviation, in units of the prior's", "the model's own"),
            ("component_samples", "mirrored pairs of samples of every component at every context; samples for other objectives", "1"),
            ("temperature", "the power of the density that the path objective climbs, below 1 while annealing", "from the model's first one, 0.03 where nothing better is known, to 1 over the first 30 %"),
            ("removal_threshold", "components whose weight stays below it at every context are removed; 0 removes none", "0"),
            ("weight_step", "the step of the weights towards their targets, for the component objective", "0.5"),
        ]
        return [
            Parameter("minutes", "number", "the budget as time", unit: "min", default: "one budget must be given, or an interrupted training goes on"),
            Parameter("steps", "integer", "the budget as steps", default: "see minutes"),
            Parameter("samples", "integer", "the budget as contexts", default: "see minutes"),
            Parameter("batch", "integer", "contexts a step, a multiple of 16", range: "16 to 65536", default: "32; 256 where there are pairs"),
            Parameter("optimizer", "string", "how parameters follow gradients: \"soap\" (Adam in the eigenbasis of the gradients' curvature) or \"adam\"", default: "\"soap\""),
            Parameter("warmup_steps", "integer", "steps over which a learning rate given as a number rises", default: "200; 100 where there are pairs"),
            Parameter("final_share", "number", "the share of a learning rate given as a number that is left at the end", range: "0 to 1", default: "0.01"),
            objectiveOption("path"), drawnOption, annealingOption("0"),
            Parameter("snapshot_interval", "integer", "steps from one snapshot to the next, for the component objective; from one revision of the components to the next", range: "1 to 1000000", default: "25"),
            Parameter("additions", "integer", "components to be added in the course of the phase, where the density has most that the model lacks", range: "0 to 4096", default: "0"),
        ] + texts.map { Parameter($0.0, "number, Schedule or function", $0.1, default: $0.2) }
    }

    static var conditionalPhase: Parameter {
        Parameter(
            "phase", "table", "a phase",
            options: conditionalPhaseOptions + [Parameter("share", "number", "the phase's share of the whole budget, relative to the others", default: "1")])
    }

    /// What a whole training may set.
    static var conditionalTrainingOptions: [any DeclaredOption] {
        conditionalPhaseOptions + [
            Parameter("seed", "integer", "the seed of contexts and samples", default: "the session's stream"),
            Parameter("checkpoint", "string", "a .safetensors file to write the state to as the training goes on, and at its end", default: "none"),
            Parameter("checkpoint_interval", "number", "seconds of training from one checkpoint to the next", unit: "s", default: "60"),
            Parameter(
                "phases", "list of tables", "phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it",
                default: "one phase"),
        ]
    }

    /// What a script asks a conditional model's training for.
    private func plan(_ options: LuaBridge.Options, of slot: Slot, _ model: ConditionalModel) throws -> TrainingPlan? {
        try trainingPlan(
            options, of: slot, usual: Self.conditionalDefaults(
                hasPoints: model.material?.hasPoints ?? false, firstTemperature: (model.mixture.subject as? DensitySubject)?.firstTemperature ?? 0.03),
            phaseParameter: Self.conditionalPhase)
    }

    var trainConditional: Function {
        Function(
            "ConditionalModel:train", "Trains the model: variational inference on its target's density, without samples of it, or maximum likelihood on its simulator's pairs; Ctrl-C keeps what was learned.",
            parameters: [.options(Session.conditionalTrainingOptions)],
            returns: "Log",
            example: Session.exampleConditional + """
                local log = student:train{ steps = 40, seed = 1 }
                print(log)
                assert(log.elbo[#log] > -20)
                """
        ) { [unowned self] arguments in
            let box = try arguments.receiverBox(ConditionalModel.self)
            let options = try arguments.options(1)
            let checkpoint = try trainingCheckpoint(options)
            return try box.update("training") { model in
                let plan = try plan(options, of: arguments[1], model)
                let start = try model.state(for: plan, checkpoint: checkpoint?.path)
                guard !start.isFinished else { return .object(holding: model.log) }
                let run = try model.run(from: start, supply: plan?.supply(in: state), in: state)
                return try finish(TrainingDriver(run, checkpoint: checkpoint, warn: warn), for: model)
            }
        }
    }

    var trainingOfConditional: Function {
        Function(
            "ConditionalModel:training", "Trains step by step from a loop, as Model:training does: for report in model:training{ ... } do ... end.",
            parameters: [.options(Session.conditionalTrainingOptions + [Parameter("interval", "integer", "steps from one report to the next", default: "a tenth of a second's")])],
            returns: "Training: an iterator of reports, tables with the columns of a Log, progress and, where something went wrong, warning",
            example: Session.exampleConditional + """
                for report in student:training{ steps = 30, interval = 10, seed = 1 } do print(report.step, report.elbo) end
                assert(student.loss < 20)
                """
        ) { [unowned self] arguments in
            let box = try arguments.receiverBox(ConditionalModel.self)
            let options = try arguments.options(1)
            let checkpoint = try trainingCheckpoint(options)
            let interval = try options["interval"]?.integer(in: 1...1_000_000_000)
            let model = try box.read()
            let plan = try plan(options, of: arguments[1], model)
            let start = try model.state(for: plan, checkpoint: checkpoint?.path)
            let driver = start.isFinished
                ? nil : TrainingDriver(try model.run(from: start, supply: plan?.supply(in: state), in: state), checkpoint: checkpoint, warn: warn)
            return .object(holding: try TrainingLoop(box, driver, at: start, interval: interval))
        }
    }
}
