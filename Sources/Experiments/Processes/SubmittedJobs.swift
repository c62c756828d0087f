import Files

/// A job that was submitted for a study, as a file of the study remembers it.
public struct SubmittedJob: Sendable, Equatable {
    /// Its number in the queue.
    public var job: String
    /// The tasks of its array.
    public var tasks: Int
    /// When, in seconds since 1970.
    public var submitted: Int

    public init(job: String, tasks: Int, submitted: Int) {
        self.job = job
        self.tasks = tasks
        self.submitted = submitted
    }

    /// What became of it.
    ///
    /// - Parameter entries: the queue's; nil where it does not answer.
    public func text(_ entries: [SlurmQueue.Entry]?, now: Int) -> String {
        let name = "job \(job), \(tasks) \(tasks == 1 ? "task" : "tasks")"
        guard let entries else { return "\(name): the queue does not answer" }
        let own = entries.filter { $0.job == job || $0.job.hasPrefix(job + "_") }
        // A queue may report late what it was given.
        if own.isEmpty { return now - submitted < SubmittedJob.delay ? "\(name): submitted, not in the queue yet" : "\(name): ended" }
        var counts: [(state: String, count: Int)] = []
        for entry in own {
            let reason = entry.state == "PENDING" && !entry.reason.isEmpty && entry.reason != "None" ? " (\(entry.reason))" : ""
            let state = entry.state.lowercased() + reason
            if let index = counts.firstIndex(where: { $0.state == state }) { counts[index].count += 1 } else { counts.append((state, 1)) }
        }
        return "\(name): " + counts.map { "\($0.count) \($0.state)" }.joined(separator: ", ")
    }

    /// Seconds within which a job that was submitted appears in the queue.
    static let delay = 120

    /// Whether the queue may still have it.
    public func mayBeAlive(_ entries: [SlurmQueue.Entry]?, now: Int) -> Bool {
        guard let entries else { return true }
        let own = entries.filter { $0.job == job || $0.job.hasPrefix(job + "_") }
        return own.isEmpty ? now - submitted < SubmittedJob.delay : own.contains { SlurmQueue.isAlive($0.state) }
    }
}

extension StudyStore {
    /// Where scripts, output and records of submitted jobs are.
    public var slurmDirectory: String { directory + "/slurm" }

    /// Remembers a job.
    public func note(_ job: SubmittedJob) throws {
        try write(["job": .text(job.job), "tasks": .integer(job.tasks), "submitted": .integer(job.submitted)], to: "slurm/job-\(job.job).json", isDurable: true)
    }

    /// The jobs that were submitted, the oldest first.
    public func submittedJobs() -> [SubmittedJob] {
        let names = ((try? FileTree.names(in: slurmDirectory)) ?? []).filter { $0.hasPrefix("job-") && $0.hasSuffix(".json") }
        return names.compactMap { name in
            guard let record = datum("slurm/\(name)"), let job = record["job"]?.text, let tasks = record["tasks"]?.integer, let submitted = record["submitted"]?.integer
            else { return nil }
            return SubmittedJob(job: job, tasks: tasks, submitted: submitted)
        }.sorted { ($0.submitted, $0.job) < ($1.submitted, $1.job) }
    }
}
