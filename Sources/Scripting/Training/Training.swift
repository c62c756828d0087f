import Files
import Foundation
import LuaBridge
import ModelFiles
import ModelTraining
import Numerics

// Model:train and the Log type.

extension Session {
    var logType: ObjectType {
        ObjectType(
            "Log", of: TrainingLog.self, "What a training reported: a table of columns, one row an interval.",
            describe: { [unowned self] in display.spelled(ModelText.text($0, showsTimes: display.showsTimes)) },
            operators: [(.length, { .integer(try $0.operand(1, TrainingLog.self).rows.count) })],
            table: { DataTable($0) },
            properties: TrainingLog.columns.map { column in
                ObjectProperty(column.name, "list of numbers", column.summary) { .numbers($0.column(column.name) ?? []) }
            } + [
                ObjectProperty("columns", "list of strings", "the names of the columns, in their order") { _ in
                    .list(TrainingLog.columns.map { .string($0.name) })
                },
                ObjectProperty("warnings", "list of strings", "what went wrong in the course of the training, and what was done about it") {
                    .list($0.warnings.map { .string($0) })
                },
            ])
    }

    var train: Function {
        Function(
            "Model:train", "Trains the model: maximum likelihood on configurations drawn within the limits and their poses, and variational inference for every component; Ctrl-C keeps what was learned.",
            parameters: [.options(Session.trainingOptions)],
            returns: "Log",
            example: """
                local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
                local log = student:train{ seed = 1, batch = 128, phases = {
                    { steps = 50 },
                    { steps = 20, forward_share = 0.2, position_width = avips.schedule.exponential(0.03, 0.01) },
                } }
                print(log)
                assert(log.loss[#log] < 10 and log.elbo[#log] < 100)
                """
        ) { [unowned self] arguments in
            let box = try arguments.receiverBox(Model.self)
            let options = try arguments.options(1)
            let checkpoint = try trainingCheckpoint(options)
            return try box.update("training") { model in
                let plan = try trainingPlan(options, of: arguments[1])
                let start = try model.state(for: plan, checkpoint: checkpoint?.path)
                guard !start.isFinished else { return .object(holding: model.log) }
                let run = try model.run(from: start, supply: plan?.supply(in: state))
                return try finish(TrainingDriver(run, checkpoint: checkpoint, warn: warn), for: model)
            }
        }
    }

    /// Where a training is to write its state; what would keep it from doing so is told at once.
    func trainingCheckpoint(_ options: LuaBridge.Options) throws -> TrainingCheckpoint? {
        guard let slot = options["checkpoint"] else {
            if let interval = options["checkpoint_interval"] { throw interval.invalid("goes with checkpoint, the file to write to") }
            return nil
        }
        var checkpoint = TrainingCheckpoint(path: try modelDestination(slot))
        let file = try? FileManager.default.attributesOfItem(atPath: checkpoint.path)
        // Only what a training wrote is written over.
        if let size = file?[.size] as? Int, size > 0, (try? Safetensors(contentsOf: checkpoint.path)).map(TrainingState.isHeld) != true {
            throw slot.invalid("names a file that is there and is no checkpoint of a training, \(checkpoint.path); name another one, or remove it")
        }
        if let interval = try options["checkpoint_interval"]?.number(in: 0...1e6) { checkpoint.interval = interval }
        return checkpoint
    }

    /// Runs a training to its end; the model keeps what was learned however it ends.
    func finish(_ driver: consuming TrainingDriver, for model: any Trainee) throws -> Value {
        var driver = driver
        defer { progress?.end() }
        let isFinished: Bool
        do {
            defer { model.adopt(driver.settled()) }
            isFinished = try driver.finish(model, cancellation: cancellation) { [progress] in progress?.show(Self.progressReport($0)) }
        }
        guard isFinished else {
            throw LuaError("interrupted at \(ModelText.place(driver.state)); what was learned is kept, model:train() continues", kind: .interrupt)
        }
        return .object(holding: model.log)
    }

    static func progressReport(_ report: TrainingProgress) -> ProgressReport {
        var figures = [("loss", NumberText.fixed(report.loss, 3))]
        if let elbo = report.measures.elbo { figures.append(("ELBO", NumberText.fixed(elbo, 2))) }
        if let error = report.measures.distance { figures.append(("error", NumberText.length(error))) }
        return ProgressReport(
            "training", fraction: report.fraction, done: report.step, total: report.totalSteps, unit: "steps",
            rate: report.samplesPerSecond, rateUnit: "samples", remaining: report.remaining, figures: figures)
    }
}
