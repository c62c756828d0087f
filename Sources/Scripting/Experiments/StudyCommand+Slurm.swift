import Experiments
import Files
import Foundation
import LuaBridge
import Numerics

// The commands submit and cancel of a study's script.

extension Session {
    /// Writes the files for sbatch and submits them, or shows them.
    func submit(_ command: StudyCommand, _ experiment: Experiment) throws {
        let study = try experiment.study(), states = try experiment.states()
        try experiment.store.write(study)
        let chosen = try command.options["only"].map { try Set(experiment.select($0, among: study.runs) { states }.map(\.id)) }
        let open = zip(study.runs, states).filter { $0.1 != .done && $0.1 != .failed && chosen?.contains($0.0.id) ?? true }.count
        guard open > 0 else { return write("nothing is left to be done: \(RunCounts(states).text)\n") }
        let submission = try submission(command, experiment, open: open)
        let directory = experiment.store.slurmDirectory
        let parts = submission.parts(greatestArray: SlurmCluster.greatestArray())
        if command.has("dry-run") {
            for part in parts { write(submission.submission(of: part, predecessor: part.predecessor.map { "<job of array \($0 + 1)>" }).script) }
            return
        }
        try FileTree.makeDirectory(directory)
        var jobs: [String] = []
        for (index, part) in parts.enumerated() {
            let name = "submission-\(Timestamp.now.filter { $0.isNumber })-\(getpid())-\(index + 1).sh"
            var own = submission.submission(of: part, predecessor: part.predecessor.map { jobs[$0] })
            own.environment.append(("AVIPS_SUBMISSION", name))
            try experiment.store.write(Array(own.script.utf8), to: "slurm/\(name)", isDurable: true)
            let job = try SlurmCluster.submit(directory + "/" + name)
            jobs.append(job)
            try experiment.store.note(SubmittedJob(job: job, tasks: part.tasks, submitted: Int(Date().timeIntervalSince1970)))
            write("job \(job): \(part.tasks.counted("task")) for \(open.counted("run"))\n")
        }
    }

    private func submission(_ command: StudyCommand, _ experiment: Experiment, open: Int) throws -> SlurmSubmission {
        guard experiment.source?.script != nil, scriptPosition > 0 else { throw StudyCommand.Failure(description: "submit needs a script that defines the study") }
        let pack = try command.number("pack", in: 1...1_000_000)
        let wanted = try command.number("array", in: 1...1_000_000) ?? pack.map { (open + $0 - 1) / $0 } ?? min(open, 32)
        // The script's own arguments stay; the command becomes run.
        let own = Array(commandLine[..<(scriptPosition + 1)].dropFirst()) + StudyCommand.ownArguments(Array(commandLine.dropFirst(scriptPosition + 1)))
        let workers = try command.number("workers", in: 1...4096) ?? 1, threads = try command.number("threads", in: 1...1024)
        let run = ["run", "--no-wait", "--workers", "\(workers)"] + (threads.map { ["--threads", "\($0)"] } ?? []) + (command.options["only"].map { ["--only", $0] } ?? [])
        var submission = SlurmSubmission(
            name: experiment.name, tasks: min(wanted, open), command: [FileLocation("/proc/self/exe").resolved, "--no-progress"] + own + run,
            workingDirectory: FileLocation(".").resolved, outputDirectory: FileLocation(experiment.store.slurmDirectory).resolved)
        submission.throttle = try command.number("throttle", in: 1...1_000_000)
        submission.cpus = try command.number("cpus", in: 1...4096) ?? 1
        submission.time = command.options["time"]
        if let time = submission.time, SlurmSubmission.seconds(time) == nil {
            throw StudyCommand.Failure(description: "the option --time must be a time as sbatch takes it, such as 2:00:00, got \"\(time)\"")
        }
        submission.warning = try command.number("signal", in: 5...86_400)
        submission.allowsRequeue = !command.has("no-requeue")
        submission.after = command.options["after"]
        submission.options = ["mem", "partition", "account", "qos", "gres"].compactMap { name in command.options[name].map { (name, $0) } }
        submission.verbatim = command.options["sbatch"].map { [$0] } ?? []
        for text in submission.options.map(\.value) + submission.verbatim + [submission.after ?? ""] where text.contains(where: \.isNewline) {
            throw StudyCommand.Failure(description: "an option of sbatch has no line breaks")
        }
        if let home = SystemFacts.variable("AVIPS_HOME") { submission.environment.append(("AVIPS_HOME", home)) }
        return submission
    }

    /// Cancels the jobs of a study that the queue may still have.
    func cancelJobs(_ experiment: Experiment) throws {
        let now = Int(Date().timeIntervalSince1970), entries = SlurmQueue.shared.entries()
        let alive = experiment.store.submittedJobs().filter { $0.mayBeAlive(entries, now: now) }
        guard !alive.isEmpty else { return write("no job of the study is in the queue\n") }
        try SlurmCluster.cancel(alive.map(\.job))
        write("cancelled: " + alive.map(\.job).joined(separator: ", ") + "\n")
    }

    /// What the queue tells of a study's jobs, a line each; nothing where none was submitted.
    func jobsText(_ experiment: Experiment) -> [String] {
        let jobs = experiment.store.submittedJobs()
        guard !jobs.isEmpty else { return [] }
        let now = Int(Date().timeIntervalSince1970), entries = SlurmQueue.shared.entries()
        let lines = jobs.map { (job: $0, text: $0.text(entries, now: now)) }
        let ended = lines.filter { $0.text.hasSuffix(": ended") }
        return lines.filter { !$0.text.hasSuffix(": ended") }.map(\.text) + (ended.isEmpty ? [] : [ended.count.counted("job has", "jobs have") + " ended"])
    }
}
