import AmortizedInference
import LuaBridge
import Numerics

// Model:train and the Log type.

extension Session {
    var logType: ObjectType {
        ObjectType(
            "Log", of: TrainingLog.self, "What a training reported: a table of columns.",
            describe: { [unowned self] in display.spelled(ModelText.text($0)) },
            operators: [(.length, { .integer(try $0.operand(1, TrainingLog.self).rows.count) })],
            properties: TrainingLog.columns.map { name in
                ObjectProperty(name, "list of numbers", Session.columnSummaries[name] ?? "a column") { .numbers($0.column(name) ?? []) }
            })
    }

    private static let columnSummaries = [
        "step": "steps taken", "samples": "training pairs seen", "seconds": "time spent, in s",
        "loss": "-log q(q|pose) in scaled joint coordinates, in nats, averaged over about a hundred steps",
        "learning_rate": "the learning rate", "gradient_norm": "the norm of the gradient before clipping",
        "samples_per_second": "training pairs a second",
    ]

    var train: Function {
        Function(
            "Model:train", "Trains the model by maximum likelihood on configurations drawn within the limits and their poses; Ctrl-C keeps what was learned.",
            parameters: [.options([
                Parameter("minutes", "number", "the budget as time", unit: "min", default: "one budget must be given, or an interrupted training goes on"),
                Parameter("steps", "integer", "the budget as steps", default: "see minutes"),
                Parameter("samples", "integer", "the budget as training pairs", default: "see minutes"),
                Parameter("seed", "integer", "the seed of the training pairs", default: "the session's stream"),
                Parameter("learning_rate", "number", "the highest learning rate; it rises, then falls as a cosine", default: "5e-3"),
                Parameter("batch", "integer", "training pairs a step, a multiple of 16", default: "1024"),
                Parameter("gradient_clip", "number", "the greatest norm of a gradient", default: "10"),
                Parameter("average_decay", "number", "the decay of the parameters' moving average, from which queries are answered", default: "0.999"),
                Parameter("checkpoint", "string", "a .safetensors file to write the state to every minute", default: "none"),
            ])],
            returns: "Log",
            example: """
                local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
                local log = student:train{ steps = 50, seed = 1 }
                print(log)
                assert(log.loss[#log] < 10)
                """
        ) { [unowned self] arguments in
            let box = try arguments.receiverBox(Model.self)
            let options = try arguments.options(1)
            let checkpoint = try options["checkpoint"].map(modelDestination)
            return try box.update("training") { model in
                let start = try model.state(for: trainingSettings(options, of: arguments[1]))
                return try run(model, from: start, checkpoint: checkpoint)
            }
        }
    }

    private func run(_ model: Model, from start: TrainingState, checkpoint: String?) throws -> Value {
        defer { progress?.end() }
        let isFinished = try model.train(start, checkpoint: checkpoint, cancellation: cancellation) { [progress] report in
            progress?.show(ProgressReport(
                "training", fraction: report.fraction, done: report.step, total: report.totalSteps, unit: "steps",
                rate: report.samplesPerSecond, rateUnit: "samples", remaining: report.remaining,
                figures: [("loss", NumberText.fixed(report.loss, 3))]))
        }
        if !isFinished, let state = model.interrupted {
            throw LuaError("interrupted at \(ModelText.place(state)); what was learned is kept, model:train() continues", kind: .interrupt)
        }
        return .object(holding: model.log)
    }

    /// The settings that the options name; nil where they name no budget.
    private func trainingSettings(_ options: LuaBridge.Options, of slot: Slot) throws -> TrainingSettings? {
        var budgets: [TrainingBudget] = []
        if let minutes = try options["minutes"]?.number(in: 1e-4...1e6) { budgets.append(.minutes(minutes)) }
        if let steps = try options["steps"]?.integer(in: 1...1_000_000_000) { budgets.append(.steps(steps)) }
        if let samples = try options["samples"]?.integer(in: 1...1_000_000_000_000) { budgets.append(.samples(samples)) }
        guard budgets.count < 2 else { throw slot.invalid("must have one budget only: minutes, steps or samples") }
        guard let budget = budgets.first else { return nil }
        var settings = TrainingSettings(budget: budget, seed: try options["seed"]?.seed() ?? nextSeed())
        if let rate = try options["learning_rate"]?.positiveNumber() { settings.learningRate = rate }
        if let batch = try options["batch"]?.integer(in: 16...65536) { settings.batch = batch }
        if let clip = try options["gradient_clip"]?.positiveNumber() { settings.gradientClip = clip }
        if let decay = try options["average_decay"]?.number(in: 0...1) { settings.averageDecay = decay }
        try settings.validate()
        return settings
    }
}
