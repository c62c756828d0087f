import LuaBridge
import ModelTraining
import Numerics

/// The Log type, and how a training runs to its end.
struct LogEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(logType)
        try state.register(trainingType)
    }

    var logType: ObjectType {
        ObjectType(
            "Log", of: TrainingLog.self, "The report of a training: a table of columns, one row per interval.",
            describe: { display.spelled(ModelText.text($0, showsTimes: display.showsTimes, width: display.width)) },
            operators: [(.length, { .integer(try $0.operand(1, TrainingLog.self).rows.count) })],
            table: { DataTable($0) },
            properties: TrainingLog.columns.map { column in
                ObjectProperty(column.name, "list of numbers", column.summary) { .numbers($0.column(column.name) ?? []) }
            } + [
                ObjectProperty("columns", "list of strings", "the names of the columns, in their order") { _ in
                    .list(TrainingLog.columns.map { .string($0.name) })
                },
                ObjectProperty(
                    "outcome", "table or nil",
                    "what a model that the program chose has reached, by raw samples at unseen poses: position (m) and rotation (rad), the mean errors of those inside the limits; inside, their share; poses, samples"
                ) { $0.outcome?.value ?? .nil },
                ObjectProperty("warnings", "list of strings", "problems in the course of the training, and how they were handled; then what its end says of a model of a target") {
                    .list($0.warnings.map { .string($0) })
                },
            ])
    }

    static func progressReport(_ report: TrainingProgress) -> ProgressReport {
        var figures = [("loss", NumberText.fixed(report.loss, 3))]
        if let elbo = report.measures.elbo { figures.append(("ELBO", NumberText.fixed(elbo, 2))) }
        if let error = report.measures.distance { figures.append(("error", NumberText.length(error))) }
        return ProgressReport(
            "training", fraction: report.fraction, done: report.totalSteps == nil ? report.step : report.stepOfTotal, total: report.totalSteps, unit: "steps",
            rate: report.samplesPerSecond, rateUnit: "samples", remaining: report.remaining, figures: figures)
    }
}

extension Session {
    /// Runs a training to its end; the model keeps what was learned however it ends.
    func finish(_ driver: inout TrainingDriver, for model: AnyLearner) throws {
        defer { progress?.end() }
        let isFinished: Bool
        do {
            defer { model.adopt(driver.settled()) }
            isFinished = try driver.finish(model, cancellation: cancellation) { [progress] in progress?.show(LogEntries.progressReport($0)) }
        }
        guard isFinished else {
            throw LuaError("interrupted at \(ModelText.place(driver.course)); what was learned is kept, model:train() continues", kind: .interrupt)
        }
    }
}
