import ConditionalModels
import Files
import LuaBridge

// What every kind of model remembers of its trainings.

extension Session {
    static func logProperty<Learner>(_ log: @escaping (Learner) -> TrainingLog) -> ObjectProperty<Learner> {
        ObjectProperty("log", "Log", "the reports of all its trainings, interrupted ones included; checkpoints contain it") { .object(holding: log($0)) }
    }

    /// - Parameter measure: what the loss is, and in which coordinates.
    static func lossProperty<Learner>(_ measure: String, _ history: @escaping (Learner) -> TrainingHistory) -> ObjectProperty<Learner> {
        ObjectProperty("loss", "number or nil", "the training loss reached, \(measure)") { history($0).loss.map { .number($0) } ?? .nil }
    }

    private static func provenance(_ history: TrainingHistory) -> [(name: String, value: Value)] {
        (history.provenance ?? [:]).sorted { $0.key < $1.key }.filter { $0.key != "version" }.map { name, text in
            guard name == "phases" else { return (name, .string(text)) }
            var reader = JSONReader(Array(text.utf8))
            return (name, (try? reader.read()) ?? .string(text))
        }
    }

    static func historyProperty<Learner>(_ history: @escaping (Learner) -> TrainingHistory) -> ObjectProperty<Learner> {
        ObjectProperty(
            "history", "table",
            "the provenance of its parameters: seed, steps, samples (training pairs), seconds (of training), loss (nil before the first step), machine, version; and of the last training where they are known: host, date, commit, script with its script_sha256, arguments, job, and phases, the settings of all phases"
        ) { learner in
            let history = history(learner)
            return .record([
                ("seed", .integer(Int(truncatingIfNeeded: history.seed))), ("steps", .integer(history.steps)), ("samples", .integer(history.samples)),
                ("seconds", .number(history.seconds)), ("loss", history.loss.map { .number($0) } ?? .nil), ("machine", .string(history.machine)),
                ("version", .string(history.version)),
            ] + provenance(history))
        }
    }
}
