import LuaBridge
import ModelFiles
import ModelTraining
import RobotModels

/// The entries `train`, `training` and `save` of a type of models; types differ in their options and in what they learn from.
struct TrainingEntries<State: ResumableTraining, Model: Learner<State>> {
    unowned let session: Session
    /// The name of the type: "BodyModel".
    let type: String
    let keys: TrainingKeys
    /// Options besides those of every training.
    var extra: [any DeclaredOption] = []
    /// What holds where a script says nothing.
    var usual: (Model) -> TrainingSettings = { _ in TrainingSettings(budget: .steps(1)) }
    /// What a model has reached at the end of a training; nil where that is not measured.
    var outcome: (Model) throws -> TrainingOutcome? = { _ in nil }
    /// What is to be said of a model where a training has spent its budget.
    var review: (Model) throws -> [String] = { _ in [] }
    /// A training from a state on, to be driven step by step.
    let run: (Model, State, LuaBridge.Options, TrainingRun.Supply?) throws -> any DrivenTraining

    func train(_ summary: String, example: String) -> Function {
        Function("\(type):train", summary, parameters: [.options(keys.training + extra)], returns: "Log", example: example) { arguments in
            let box = try arguments.receiverBox(Model.self)
            let options = try arguments.options(1)
            return try box.update("training") { model in
                let checkpoint = try checkpoint(options, of: model)
                if var driver = try begin(model, options, arguments[1], checkpoint).driver {
                    try session.finish(&driver, for: model)
                    if try conclude(model) { driver.conclude(model) }
                }
                if model.log.outcome == nil { model.log.outcome = try closing { try outcome(model) } }
                return .object(holding: model.log)
            }
        }
    }

    func training(_ summary: String, example: String) -> Function {
        Function(
            "\(type):training", summary, parameters: [.options(keys.training + [TrainingKeys.interval] + extra)],
            returns: "Training: an iterator of reports, tables with the columns of a Log, progress and, where something went wrong, warning",
            example: example
        ) { arguments in
            let box = try arguments.receiverBox(Model.self)
            let options = try arguments.options(1)
            let interval = try options[TrainingKeys.interval]
            let model = try box.read()
            let (start, driver) = try begin(model, options, arguments[1], checkpoint(options, of: model))
            return .object(holding: try TrainingLoop(box, driver, at: start.course, interval: interval, in: session, conclude: conclude))
        }
    }

    func save(_ summary: String, example: String) -> Function {
        Function(
            "\(type):save", summary,
            parameters: [Parameter("path", "string", "a name that ends in .safetensors"), .options([BodyModelEntries.keepsTraining])], returns: "string, the path",
            example: example
        ) { arguments in
            let model = try arguments.receiver(Model.self)
            let destination = try session.modelDestination(arguments[1])
            try model.save(to: destination, withTraining: arguments.options(2)[BodyModelEntries.keepsTraining])
            return .string(try arguments[1].path())
        }
    }

    /// Says what there is to be said of a model where a training has spent its budget. What was learned is worth more: where that cannot be found out
    /// nothing is said, but an interruption is one.
    ///
    /// - Returns: whether the log took up anything, which a checkpoint of the end lacks.
    private func conclude(_ model: Model) throws -> Bool {
        do {
            let warnings = try closing { try review(model) }
            for warning in warnings {
                model.log.note(warning)
                session.warn(warning)
            }
            return !warnings.isEmpty
        } catch let error as LuaError where error.kind == .interrupt {
            throw error
        } catch { return false }
    }

    /// Examines a model once its training has spent its budget; an interruption then says that nothing of the training is lost.
    private func closing<Result>(_ examination: () throws -> Result) throws -> Result {
        do { return try examination() } catch let error as LuaError where error.kind == .interrupt {
            throw LuaError("interrupted after the last step, while the model was evaluated; what was learned is kept, and model.log has the report", kind: .interrupt)
        }
    }

    /// Where a training starts, and what drives it; nil where it had ended before.
    private func begin(
        _ model: Model, _ options: LuaBridge.Options, _ slot: Slot, _ checkpoint: TrainingCheckpoint?
    ) throws -> (start: State, driver: TrainingDriver?) {
        let plan = try session.trainingPlan(options, of: slot, keys, usual: usual(model))
        let start = try model.state(for: plan, checkpoint: checkpoint?.path)
        guard !start.course.isFinished else { return (start, nil) }
        let run = try run(model, start, options, plan?.supply(in: session.state))
        return (start, TrainingDriver(run, checkpoint: checkpoint, warn: session.warn))
    }

    /// Where a training is to write its state; what would keep it from doing so is told at once.
    private func checkpoint(_ options: LuaBridge.Options, of model: Model) throws -> TrainingCheckpoint? {
        let interval = try options[TrainingKeys.checkpointInterval]
        guard let slot = options[TrainingKeys.checkpoint] else {
            guard !options.has(TrainingKeys.checkpointInterval) else {
                throw options.invalid(TrainingKeys.checkpointInterval, "goes with checkpoint, the file to write to")
            }
            guard !options.has(Session.overwriteOption) else { throw options.invalid(Session.overwriteOption, "goes with checkpoint, the file to write to") }
            return nil
        }
        let path = try session.checkpointDestination(slot, own: model.ownCheckpoint, options) { file in
            TrainingState.isHeld(by: file) || PartsTrainingState.isHeld(by: file) ? "another training" + (file.metadata["steps"].map { ", of \($0) steps" } ?? "") : nil
        }
        return TrainingCheckpoint(path: path, interval: interval)
    }
}
