import Experiments
import Files
import Foundation
import LuaBridge
import ModelTraining
import Numerics

/// Where results come from: the program, the script, the machine and the moment.
enum Provenance {
    /// What study.json tells of the script.
    static func ofStudy(_ source: Experiment.Source, _ version: CodeVersion, _ session: Session) -> [Datum.Member] {
        program + script(source.script) + [.init("code_parts", .record(version.parts))]
    }

    /// What a worker's file tells of its process.
    static func ofProcess(_ source: Experiment.Source, _ session: Session) -> [Datum.Member] {
        let variables = [
            "SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_CLUSTER_NAME", "SLURM_JOB_PARTITION", "SLURMD_NODENAME", "OMPI_COMM_WORLD_RANK",
            "PMI_RANK", "SLURM_PROCID",
        ].compactMap { name in SystemFacts.variable(name).map { Datum.Member(name, .text($0)) } }
        return program + script(source.script) + [
            .init("arguments", .list(session.commandLine.map { .text($0) })), .init("directory", .text(FileLocation(".").resolved)),
            .init("processor", .text(Machine.description)), .init("cores", .integer(availableCores)), .init("environment", .record(variables)),
        ]
    }

    /// The version of the program, the commit that it was built from where that is known, and when it was built.
    static let program: [Datum.Member] = {
        let path = FileLocation("/proc/self/exe").resolved
        let built = FileTree.status(path)?.modified ?? 0
        // The note beside the program is written after each build by scripts/avips and scripts/test; an older one is of another build.
        let note = path + ".commit"
        let isCurrent = (FileTree.status(note)?.modified ?? 0) >= built
        let commit = isCurrent ? (try? FileReading(path: note, limit: 1000).bytes()).map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) } : nil
        return [
            .init("version", .text(Session.version)), .init("commit", commit.map { .text($0) } ?? .null), .init("built", .text(Timestamp.text(seconds: Int(built)))),
        ]
    }()

    /// What a model remembers of its training.
    static func ofTraining(_ phases: [TrainingSettings]) -> [String: String] {
        var facts = process
        facts["date"] = Timestamp.now
        facts["phases"] = Safetensors.json(phases)
        return facts
    }

    private static let process: [String: String] = {
        var facts = ["host": SystemFacts.host, "arguments": CommandLine.arguments.joined(separator: " ")]
        for member in program + script(CommandLine.arguments.dropFirst().first { $0.hasSuffix(".lua") }) { facts[member.name] = member.value.text }
        facts["job"] = WorkerIdentity.current().job
        return facts
    }()

    private static func script(_ path: String?) -> [Datum.Member] {
        guard let path else { return [.init("script", .null)] }
        let digest = (try? FileReading(path: path, limit: 1 << 24).bytes()).map { Digest(of: $0).hexadecimal }
        return [.init("script", .text(FileLocation(path).resolved)), .init("script_sha256", digest.map { .text($0) } ?? .null)]
    }
}

/// What a process that works for another one was told.
public struct WorkerRole: Sendable {
    var directory: String
    /// Which of how many workers it is: they begin at different runs.
    var index: Int
    var count: Int
    /// The version of the function that the other process has.
    var code: String
    var selection: String?
    var stopsAtFailure: Bool
    /// The process that told it.
    var parent: Int

    static let variable = "AVIPS_STUDY_WORKER"

    /// The role that the environment gives, which is taken out of it, so that programs that this one starts do not have it.
    ///
    /// What the process was started by ends it when it ends itself.
    public static func takeFromEnvironment() -> WorkerRole? {
        guard let text = SystemFacts.variable(variable) else { return nil }
        unsetenv(variable)
        guard let record = try? Datum(json: Array(text.utf8)), let directory = record["directory"]?.text, let index = record["index"]?.integer,
            let count = record["count"]?.integer, let code = record["code"]?.text
        else { return nil }
        if let parent = record["parent"]?.integer.flatMap({ Int32(exactly: $0) }) { Interrupt.endWith(parent: parent) }
        return WorkerRole(
            directory: directory, index: index, count: count, code: code, selection: record["selection"]?.text,
            stopsAtFailure: record["stop_at_failure"]?.boolean ?? false, parent: record["parent"]?.integer ?? 0)
    }

    var text: String {
        let record: Datum = [
            "directory": .text(directory), "index": .integer(index), "count": .integer(count), "code": .text(code),
            "selection": selection.map { .text($0) } ?? .null, "stop_at_failure": .boolean(stopsAtFailure), "parent": .integer(parent),
        ]
        return record.json
    }
}

/// A process among others of one parallel program, as MPI and `srun` start them.
struct Rank: Sendable, Equatable {
    var index: Int
    var count: Int

    static func current(_ variable: (String) -> String? = SystemFacts.variable) -> Rank? {
        func number(_ name: String) -> Int? { variable(name).flatMap { Int($0) } }
        let pairs = [("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"), ("PMIX_RANK", "PMIX_SIZE")]
        for (rank, size) in pairs {
            if let index = number(rank), let count = number(size), count > 1, (0..<count).contains(index) { return Rank(index: index, count: count) }
        }
        // The script of a batch job has these variables as well, but is no step that srun has started.
        guard number("SLURM_STEP_ID") != nil, let index = number("SLURM_PROCID"), let count = number("SLURM_STEP_NUM_TASKS") ?? number("SLURM_NTASKS"),
            count > 1, (0..<count).contains(index)
        else { return nil }
        return Rank(index: index, count: count)
    }
}
