/// A job for Slurm: an array of tasks, each a process that works on runs until none is left.
///
/// A task claims its runs like any other worker, so short runs are packed by themselves, and it does not matter which task does what.
public struct SlurmSubmission: Sendable, Equatable {
    /// The job's name in the queue.
    public var name: String
    /// How many tasks; no more than there are runs to do.
    public var tasks: Int
    /// How many of them run at a time; nil for as many as the cluster has room for.
    public var throttle: Int?
    /// Cores a task.
    public var cpus = 1
    /// As sbatch takes it: "2:00:00"; nil for the partition's default.
    public var time: String?
    /// How long before the time limit, in s, a task is signalled to stop; nil for a tenth of the time, 30 to 300.
    public var warning: Int?
    /// Whether tasks that are stopped before the work is done are queued again.
    public var allowsRequeue = true
    /// Jobs that are to end first, "123" or "afterok:123".
    public var after: String?
    /// Further options of sbatch, by name: memory, partition, account, qos, gres.
    public var options: [(name: String, value: String)] = []
    /// Words that are passed to sbatch as they are.
    public var verbatim: [String] = []
    /// The program with its arguments.
    public var command: [String]
    /// Where the program is started.
    public var workingDirectory: String
    /// The directory of the tasks' output.
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

    public static func == (left: SlurmSubmission, right: SlurmSubmission) -> Bool { left.script == right.script }

    /// One of the arrays that a submission becomes.
    public struct Part: Sendable, Equatable {
        public var tasks: Int
        public var throttle: Int?
        /// The position of the array that ends before this one begins; nil where it need not wait.
        public var predecessor: Int?

        public init(tasks: Int, throttle: Int? = nil, predecessor: Int? = nil) {
            self.tasks = tasks
            self.throttle = throttle
            self.predecessor = predecessor
        }
    }

    /// The arrays that the cluster's greatest one makes of this: their indices end below that size. The throttle is shared out among them; arrays
    /// beyond its number wait for earlier ones, so that no more tasks run at a time than it allows.
    public func parts(greatestArray: Int) -> [Part] {
        let size = max(1, greatestArray - 1), count = (tasks + size - 1) / size
        func share(_ total: Int, _ index: Int) -> Int { total / count + (index < total % count ? 1 : 0) }
        return (0..<count).map { index in
            Part(
                tasks: share(tasks, index), throttle: throttle.map { max(1, share($0, index)) },
                predecessor: throttle.flatMap { index >= $0 ? index - $0 : nil })
        }
    }

    /// One of the arrays as a submission.
    ///
    /// - Parameter predecessor: the number of the job that it waits for, besides those that all wait for.
    public func submission(of part: Part, predecessor: String?) -> SlurmSubmission {
        var own = self
        own.tasks = part.tasks
        own.throttle = part.throttle
        if let predecessor { own.after = [dependency, "afterany:\(predecessor)"].compactMap { $0 }.joined(separator: ",") }
        return own
    }

    private var dependency: String? { after.map { $0.contains(":") ? $0 : "afterany:\($0)" } }

    /// How long before the limit tasks are signalled, s.
    public var warningSeconds: Int {
        if let warning { return warning }
        guard let seconds = time.flatMap(SlurmSubmission.seconds) else { return 120 }
        return min(300, max(30, seconds / 10))
    }

    /// No limit of time has more days, hours, minutes or seconds.
    private static let greatestField = 100_000_000

    /// A time as Slurm writes it: minutes, minutes:seconds, hours:minutes:seconds, days-hours[:minutes[:seconds]]. Nil for what is none.
    public static func seconds(_ text: String) -> Int? {
        let halves = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        func number(_ text: some StringProtocol) -> Int? { Int(text).flatMap { (0...greatestField).contains($0) ? $0 : nil } }
        let fields = halves.last!.split(separator: ":", omittingEmptySubsequences: false), numbers = fields.compactMap(number)
        guard halves.count <= 2, fields.count <= 3, numbers.count == fields.count else { return nil }
        if halves.count == 2 {
            guard let days = number(halves[0]) else { return nil }
            return zip([3600, 60, 1], numbers).reduce(86_400 * days) { $0 + $1.0 * $1.1 }
        }
        let units = numbers.count == 1 ? [60] : numbers.count == 2 ? [60, 1] : [3600, 60, 1]
        return zip(units, numbers).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The file for sbatch.
    public var script: String {
        var lines = ["#!/bin/bash"]
        func add(_ option: String) { lines.append("#SBATCH --\(option)") }
        add("job-name=\(SlurmSubmission.quotedForBatch(name))")
        add("array=1-\(tasks)" + (throttle.map { "%\($0)" } ?? ""))
        add("ntasks=1")
        add("cpus-per-task=\(cpus)")
        if let time { add("time=\(time)") }
        for option in options { add("\(option.name)=\(SlurmSubmission.quotedForBatch(option.value))") }
        if let dependency { add("dependency=\(dependency)") }
        add("signal=B:USR1@\(warningSeconds)")
        add(allowsRequeue ? "requeue" : "no-requeue")
        add("open-mode=append")
        // A % of the directory's own is no pattern.
        add("output=\(SlurmSubmission.quotedForBatch(outputDirectory.replacing("%", with: "%%") + "/%A_%a.txt"))")
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
        output=\(SlurmSubmission.quoted(outputDirectory))
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
          if reply=$(AVIPS_RESUBMITTED=$((${AVIPS_RESUBMITTED:-0} + 1)) sbatch --parsable --dependency= --array=$SLURM_ARRAY_TASK_ID "$output/${AVIPS_SUBMISSION:?}"); then
            job=$(printf '%s' "$reply" | tr ' ;' '\\n\\n' | grep -x '[0-9][0-9]*' | tail -n 1)
            # Noted as submit notes it: status and cancel know the new job.
            if [ -n "$job" ]; then
              printf '{"job":"%s","tasks":1,"submitted":%s}\\n' "$job" "$(date +%s)" >"$output/job-$job.part"
              mv "$output/job-$job.part" "$output/job-$job.json"
            fi
            echo "submitted anew as job $job"
            exit 0
          fi
        fi
        exit $status
        """
    }

    /// A word of a line that sbatch reads: in quotation marks where blanks or a comment's sign would end it.
    static func quotedForBatch(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.properties.isWhitespace || "\"'#\\".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.unicodeScalars.map { "\"\\".unicodeScalars.contains($0) ? "\\\($0)" : String($0) }.joined() + "\""
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
