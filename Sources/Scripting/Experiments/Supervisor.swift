import Experiments
import Files
import Foundation
import LuaBridge

/// Starts processes that work on a study, each the same program with the same script, and waits until they have ended.
final class Supervisor {
    private let experiment: Experiment
    private let session: Session
    private var study: Study
    private let options: BatchOptions
    private let plan: WorkerPlan
    private var workers: [Member] = []
    private var states: [RunState]
    private let judge: HolderJudge
    private let outputName: String
    private let report: (PlannedRun, RunFailure?) -> Void
    private let began = ContinuousClock.now
    private let settledBefore: Int

    private struct Member {
        var index: Int
        var process: ChildProcess?
        var deaths = 0
        /// The number of runs that had ended at its last death.
        var progressAtDeath = -1
    }

    /// Why no more processes are started.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ experiment: Experiment, _ options: BatchOptions, plan: WorkerPlan, in session: Session, report: @escaping (PlannedRun, RunFailure?) -> Void) throws {
        self.experiment = experiment
        self.session = session
        self.options = options
        self.plan = plan
        self.report = report
        study = try experiment.study()
        try experiment.store.write(study)
        judge = experiment.judge()
        states = experiment.store.states(of: study.runs, judge: judge)
        let counts = RunCounts(states)
        settledBefore = counts.total - counts.unfinished
        outputName = "workers/output-\(WorkerIdentity.current().token)"
    }

    func run() throws -> Batch.Ending {
        defer { session.progress?.end() }
        for index in 0..<plan.workers { workers.append(Member(index: index, process: try start(index))) }
        defer {
            for worker in workers { worker.process?.send(SIGTERM) }
            for worker in workers { _ = worker.process?.ending(waiting: true) }
            removeEmptyOutput()
        }
        var isStopping = false, wait = 0.02
        while workers.contains(where: { $0.process != nil }) {
            if session.state.isInterrupted, !isStopping {
                isStopping = true
                for worker in workers { worker.process?.send(SIGTERM) }
            }
            try lookAfterWorkers(isStopping: isStopping)
            let started = ContinuousClock.now
            let hasFailed = look()
            if hasFailed, options.stopsAtFailure {
                for worker in workers { worker.process?.send(SIGTERM) }
                isStopping = true
            }
            // Looking takes no more than a small share of the time.
            wait = min(2, max(wait, 20 * ((ContinuousClock.now - started) / .seconds(1))))
            session.pause(wait)
            // Interrupted, it still waits for its processes.
            if session.state.isInterrupted { usleep(20_000) }
            wait = min(0.25, wait * 1.3)
        }
        _ = look()
        if session.state.isInterrupted { return .interrupted }
        return options.stopsAtFailure && isStopping ? .stopped : .complete
    }

    // MARK: Processes

    private func start(_ index: Int) throws -> ChildProcess {
        let role = WorkerRole(
            directory: FileLocation(experiment.store.directory).resolved, index: index, count: plan.workers, code: study.code, selection: options.selection,
            stopsAtFailure: options.stopsAtFailure, parent: Int(getpid()))
        let path = experiment.store.directory + "/\(outputName)-\(index + 1).txt"
        let output = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard output >= 0 else { throw StudyStore.Failure(description: "\"\(path)\" cannot be written: \(FileFailure())") }
        defer { close(output) }
        return try ChildProcess(
            "/proc/self/exe", ["--no-progress"] + session.commandLine.dropFirst(), environment: [
                WorkerRole.variable: role.text, "AVIPS_THREADS": "\(plan.threads)", "OPENBLAS_NUM_THREADS": "1",
            ], output: output)
    }

    /// Notes which processes have ended; one that died is started again, as long as runs come to an end in between.
    private func lookAfterWorkers(isStopping: Bool) throws {
        for position in workers.indices {
            guard let ending = workers[position].process?.ending() else { continue }
            workers[position].process = nil
            let index = workers[position].index
            switch ending {
            case .exited(0), .exited(75): continue
            case .exited(let code) where code < 128: throw failure(index, "ended with status \(code)")
            case .exited, .killed: break
            }
            guard !isStopping else { continue }
            let counts = RunCounts(states), progress = counts.total - counts.unfinished
            workers[position].deaths = progress > workers[position].progressAtDeath ? 1 : workers[position].deaths + 1
            workers[position].progressAtDeath = progress
            guard workers[position].deaths < 4 else { throw failure(index, "died four times while no run came to an end (\(ending))") }
            workers[position].process = try start(index)
        }
    }

    private func failure(_ index: Int, _ what: String) -> Failure {
        let path = experiment.store.directory + "/\(outputName)-\(index + 1).txt"
        let text = (try? FileReading(path: path, limit: 1 << 24).bytes()).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let tail = text.split(separator: "\n").suffix(5).joined(separator: "\n  ")
        return Failure(description: "a worker \(what)" + (tail.isEmpty ? "" : "; it wrote:\n  \(tail)"))
    }

    private func removeEmptyOutput() {
        for worker in workers {
            let path = experiment.store.directory + "/\(outputName)-\(worker.index + 1).txt"
            if FileTree.status(path)?.size == 0 { try? FileTree.removeFile(path) }
        }
    }

    // MARK: Progress

    /// Looks how far the runs are; returns whether one has failed since.
    private func look() -> Bool {
        var hasFailed = false
        if experiment.addRung(), let extended = try? experiment.study() {
            states += Array(repeating: .todo, count: extended.runs.count - study.runs.count)
            study = extended
        }
        for (index, run) in study.runs.enumerated() where states[index] != .done && states[index] != .failed {
            let state = experiment.store.state(of: run.id, judge: judge)
            if state == .failed, states[index] != .failed {
                hasFailed = true
                report(run, experiment.store.failure(of: run.id))
            }
            if state == .done, states[index] != .done { report(run, nil) }
            states[index] = state
        }
        let counts = RunCounts(states), seconds = (ContinuousClock.now - began) / .seconds(1), settled = counts.total - counts.unfinished, ended = settled - settledBefore
        let rate = ended > 0 ? Double(ended) / max(seconds, 1e-3) : nil
        session.progress?.show(ProgressReport(
            experiment.name, fraction: Double(settled) / Double(max(1, counts.total)), done: settled, total: counts.total, unit: "runs",
            rate: rate, remaining: rate.map { Double(counts.unfinished) / $0 },
            figures: [("running", "\(counts[.running])")] + (counts[.failed] > 0 ? [("failed", "\(counts[.failed])")] : [])))
        return hasFailed
    }
}
