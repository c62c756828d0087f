/// What is asked of Slurm: an array of tasks, each a process that works on runs until none is left.
///
/// A task claims its runs like any other worker, so short runs are packed by themselves, and it does not matter which task does what.
public struct SlurmSubmission: Sendable, Equatable {
    public var name: String
    /// How many tasks; no more than there are runs to do.
    public var tasks: Int
    /// How many of them run at a time; nil for as many as the cluster has room for.
    public var throttle: Int?
    public var cpus = 1
    /// As sbatch takes it: "2:00:00"; nil for the partition's default.
    public var time: String?
    /// Seconds before the time limit at which a task is told to stop; nil for a tenth of the time, 30 to 300.
    public var warning: Int?
    public var allowsRequeue = true
    /// Jobs that are to end first, "123" or "afterok:123".
    public var after: String?
    /// Further options of sbatch, by name: memory, partition, account, qos, gres.
    public var options: [(name: String, value: String)] = []
    /// Words that are passed to sbatch as they are.
    public var verbatim: [String] = []
    /// The program with its arguments, and where it is started.
    public var command: [String]
    public var workingDirectory: String
    /// Where the tasks write what they say.
    public var outputDirectory: String
    /// Variables that tasks are to have.
    public var environment: [(name: String, value: String)] = []

    public init(name: String, tasks: Int, command: [String], workingDirectory: String, outputDirectory: String) {
        self.name = name
        self.tasks = tasks
        self.command = command
        self.workingDirectory = workingDirectory
        self.outputDirectory = outputDirectory
    }

    public static func == (left: SlurmSubmission, right: SlurmSubmission) -> Bool { left.script(tasks: left.tasks) == right.script(tasks: right.tasks) }

    /// The numbers of tasks of the arrays that the cluster's greatest array makes of this: its indices end below that size.
    public func parts(greatestArray: Int) -> [Int] {
        let size = max(1, greatestArray - 1), count = (tasks + size - 1) / size
        return (0..<count).map { min(size, tasks - $0 * size) }
    }

    /// The seconds before the limit at which tasks are told.
    public var warningSeconds: Int {
        if let warning { return warning }
        guard let seconds = time.flatMap(SlurmSubmission.seconds) else { return 120 }
        return min(300, max(30, seconds / 10))
    }

    /// A time as Slurm writes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]. Nil for what is none.
    public static func seconds(_ text: String) -> Int? {
        let halves = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        let fields = halves.last!.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard halves.count <= 2, fields.count <= 3, fields.allSatisfy({ $0.map { $0 >= 0 } ?? false }) else { return nil }
        let numbers = fields.map { $0! }
        if halves.count == 2 {
            guard let days = Int(halves[0]), days >= 0 else { return nil }
            return zip([3600, 60, 1], numbers).reduce(86_400 * days) { $0 + $1.0 * $1.1 }
        }
        let units = numbers.count == 1 ? [60] : numbers.count == 2 ? [60, 1] : [3600, 60, 1]
        return zip(units, numbers).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The file for sbatch.
    public func script(tasks: Int) -> String {
        var lines = ["#!/bin/bash"]
        func add(_ option: String) { lines.append("#SBATCH --\(option)") }
        add("job-name=\(name)")
        add("array=1-\(tasks)" + (throttle.map { "%\($0)" } ?? ""))
        add("ntasks=1")
        add("cpus-per-task=\(cpus)")
        if let time { add("time=\(time)") }
        for option in options { add("\(option.name)=\(option.value)") }
        if let after { add("dependency=" + (after.contains(":") ? after : "afterany:\(after)")) }
        add("signal=B:USR1@\(warningSeconds)")
        add(allowsRequeue ? "requeue" : "no-requeue")
        add("open-mode=append")
        add("output=\(outputDirectory)/%A_%a.txt")
        lines += verbatim.map { "#SBATCH \($0)" }
        lines += [
            "", "cd \(SlurmSubmission.quoted(workingDirectory)) || exit 1", "export OPENBLAS_NUM_THREADS=1",
        ]
        lines += environment.map { "export \($0.name)=\(SlurmSubmission.quoted($0.value))" }
        lines.append("echo \"task ${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID, restart ${SLURM_RESTART_COUNT:-0}, on $(hostname), $(date)\"")
        lines.append(command.map(SlurmSubmission.quoted).joined(separator: " ") + " & child=$!")
        return (lines + [ending]).joined(separator: "\n") + "\n"
    }

    /// What a task does with signals, and where work is left: it asks to be started again, or submits itself anew where that is not allowed.
    /// A task that is cancelled or preempted gets SIGTERM: then it only ends, and Slurm decides what becomes of it.
    private var ending: String {
        """
        told=
        trap 'told=time; kill -USR1 $child 2>/dev/null' USR1
        trap 'told=end; kill -TERM $child 2>/dev/null' TERM
        while :; do
          wait $child; status=$?
          kill -0 $child 2>/dev/null || break
        done
        # A signal may have ended the wait rather than the child; its status is kept for this.
        wait $child 2>/dev/null; again=$?
        [ $again -eq 127 ] || status=$again
        echo "ended with status $status, $(date)"
        if [ $status -eq 75 ] && [ "$told" != end ] && [ ${SLURM_RESTART_COUNT:-0} -lt 1000 ] && [ ${AVIPS_RESUBMITTED:-0} -lt 1000 ]; then
          \(allowsRequeue ? "scontrol requeue ${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID && exit 0" : ":")
          AVIPS_RESUBMITTED=$((${AVIPS_RESUBMITTED:-0} + 1)) sbatch --parsable --dependency= --array=$SLURM_ARRAY_TASK_ID \(SlurmSubmission.quoted(outputDirectory))/"${AVIPS_SUBMISSION:?}" && exit 0
        fi
        exit $status
        """
    }

    /// A word for the shell.
    static func quoted(_ text: String) -> String {
        let isPlain = !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0)) }
        // By scalars: for a shell, a mark with an accent behind it ends the word all the same.
        return isPlain ? text : "'" + text.unicodeScalars.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
    }
}

/// The cluster, by its own commands.
public enum SlurmCluster {
    /// Why a command could not do what it is for.
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The size of the greatest array; what Slurm has without a word where it does not tell.
    public static func greatestArray() -> Int {
        let command = Command(["scontrol", "show", "config"])
        for line in command.output.split(separator: "\n") where line.hasPrefix("MaxArraySize") {
            if let number = line.split(separator: "=").last.flatMap({ Int($0.filter(\.isNumber)) }), number > 1 { return number }
        }
        return 1001
    }

    /// Submits a file; returns the job's number.
    public static func submit(_ path: String) throws -> String {
        let command = Command(["sbatch", "--parsable", path], seconds: 60)
        guard command.status == 0 else {
            let said = command.output.split(separator: "\n").last.map(String.init) ?? ""
            throw Failure(description: "sbatch could not submit \"\(path)\"" + (said.isEmpty ? "" : ": \(said)"))
        }
        // "123", or "123;cluster", behind what a site's own wrappers may say.
        let words = command.output.split { $0 == "\n" || $0 == ";" || $0 == " " }.map(String.init)
        guard let job = words.last(where: { !$0.isEmpty && $0.allSatisfy(\.isNumber) }) else {
            throw Failure(description: "sbatch told no job number, but \"\(command.output.prefix(200))\"")
        }
        return job
    }

    public static func cancel(_ jobs: [String]) throws {
        let command = Command(["scancel"] + jobs, seconds: 60)
        guard command.status == 0 else { throw Failure(description: "scancel: \(command.output.prefix(300))") }
    }
}
