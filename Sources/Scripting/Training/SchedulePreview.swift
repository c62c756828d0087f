import Figures
import LuaBridge
import ModelTraining
import Numerics
import RobotModels

// Schedule:preview: what a training will do, before it does it.

extension ScheduleEntries {
    private static let previewName = OptionKey.string("name", default: "value", "what the schedule is for: the title of its axis")
    private static let previewModel = RawOption(
        "model", "Model", "the model to train; a copy of it takes a few steps", otherwise: "none: nothing is timed")
    /// As those of a training; processor time tells neither steps nor how long they take.
    private static var previewBudgets: BudgetOptions<TrainingBudget> {
        BudgetOptions()
            .or(TrainingKeys.steps.otherwise("no budget")) { .steps($0) }.or(TrainingKeys.samples.otherwise("see steps")) { .samples($0) }
            .or(TrainingKeys.minutes.otherwise("see steps")) { .minutes($0) }
    }
    private static let previewBatch = OptionKey.integer(
        "batch", in: 16...65536, default: TrainingSettings(budget: .steps(1)).batch, "training pairs per step, a multiple of 16")

    var preview: Function {
        Function(
            "Schedule:preview", "Draws the schedule over a training, and estimates how long that takes from a few steps of the model.",
            parameters: [.options([Self.previewName, Self.previewModel] + Self.previewBudgets.keys + [Self.previewBatch])],
            returns: "Figure, its title with the budget and the estimate; the estimated time in s or nil",
            example: """
                local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
                local rate = avips.schedule.warmup(0.1, avips.schedule.cosine(4e-3, 4e-5))
                local figure, seconds = rate:preview{ name = "learning rate", model = student, steps = 5000 }
                print(figure)
                assert(seconds > 0)
                """
        ) { arguments in
            let schedule = try arguments.receiver(Schedule.self)
            let options = try arguments.options(1)
            let name = try options[Self.previewName]
            let budget = try Self.previewBudgets.budget(options, of: arguments[1])
            var settings = TrainingSettings(budget: .steps(10))
            settings.batch = try options[Self.previewBatch]
            try settings.validate()
            let step = try options[Self.previewModel]?.object(Model.self).secondsPerStep(settings, cancellation: cancellation)
            let estimate = TrainingEstimate(budget: budget, batch: settings.batch, secondsPerStep: step)
            let title = ([name] + estimate.parts).joined(separator: " · ")
            let figure = try Figure.schedules([(name: name, values: schedule.values(201))], title: title)
            return .several([.object(holding: figure), estimate.seconds.map { .number($0) } ?? .nil])
        }
    }
}

/// What a budget comes to.
struct TrainingEstimate {
    let budget: TrainingBudget?
    let batch: Int
    /// Nil where nothing was timed.
    let secondsPerStep: Double?

    private var steps: Int? {
        switch budget {
        case .steps(let steps): steps
        case .samples(let samples): (samples + batch - 1) / batch
        case .minutes(let minutes): secondsPerStep.flatMap { Int(exactly: (minutes * 60 / $0).rounded()) }
        case .processorMinutes, nil: nil
        }
    }

    /// The time that the training takes, in s.
    var seconds: Double? {
        if case .minutes(let minutes) = budget { return minutes * 60 }
        guard let steps, let secondsPerStep else { return nil }
        return Double(steps) * secondsPerStep
    }

    /// "5 000 steps", "about 1.8 min at 21 ms a step".
    var parts: [String] {
        var parts: [String] = []
        if case .minutes = budget, let seconds { parts.append(NumberText.duration(seconds)) }
        if let steps {
            let isGiven = if case .minutes = budget { false } else { true }
            parts.append((isGiven ? "" : "about ") + NumberText.counted(steps, "step"))
        }
        if let secondsPerStep {
            let each = NumberText.duration(secondsPerStep) + " a step"
            if case .minutes = budget { parts.append(each) } else { parts.append((seconds.map { "about \(NumberText.duration($0)) at " } ?? "") + each) }
        }
        return parts
    }
}

extension Model {
    /// The time of a training step, the median of a few on a copy of the model.
    ///
    /// - Parameter settings: their budget is the number of steps timed.
    func secondsPerStep(_ settings: TrainingSettings, cancellation: Cancellation) throws -> Double {
        var state = try TrainingState(mixture, settings: settings)
        var trainer = Trainer()
        trainer.reportInterval = 0
        let clock = ContinuousClock()
        var seconds: [Double] = []
        var last = clock.now
        // Large models are timed by as many steps as two seconds allow.
        let deadline = last + .seconds(2)
        let bounded = Cancellation { cancellation.isRequested || (ContinuousClock.now > deadline) }
        _ = try trainer.train(&state, on: try .poses(of: robot.chain, for: mixture), cancellation: bounded) { _, _ in
            let now = clock.now
            seconds.append((now - last) / .seconds(1))
            last = now
        }
        guard !cancellation.isRequested else { throw LuaError("interrupted", kind: .interrupt) }
        // The first step also sets up its workspaces.
        let settled = seconds.count > 1 ? seconds.dropFirst().sorted() : seconds
        return settled.isEmpty ? 2 : settled.highMedian
    }
}
