import Experiments
import Files
import Foundation
import LuaBridge
import Numerics

// How studies are run: by this process, or by others that it starts.

extension Session {
    /// Works on a study as far as it goes.
    ///
    /// In a process that another one has started for a study, that study is worked on, and then the process ends; others are left alone.
    ///
    /// - Throws: what keeps the study from being run; runs that fail are no error.
    func run(_ experiment: Experiment, _ options: BatchOptions, workers: Int?, threads: Int?) throws -> Batch.Ending {
        guard experiment.source != nil else { throw Experiment.Failure.noFunction(experiment.name) }
        guard trainingShare == 1 else { throw LuaError("a study is not run with --training-share: its results would count as those of whole trainings") }
        hasRunStudies = true
        let directory = FileLocation(experiment.store.directory).resolved
        guard studiesAtWork.insert(directory).inserted else {
            throw LuaError("the study \"\(experiment.name)\" is run by one of its own runs, which would wait for itself; run it outside of its function")
        }
        defer { studiesAtWork.remove(directory) }
        if let role = workerRole { return try serve(role, experiment) }
        var options = options
        if let rank = Rank.current() {
            options.start = Double(rank.index) / Double(rank.count)
            return try runHere(experiment, options)
        }
        // A task of an array leaves runs of other tasks to them.
        if SystemFacts.variable("SLURM_ARRAY_TASK_ID") != nil { options.waits = false }
        let runs = try experiment.study().runs.filter { !experiment.store.isSettled($0.id) }.count
        // Results may be read where nothing can be written.
        if runs == 0, !experiment.keepsCheckpoints {
            try? experiment.store.write(try experiment.study())
            return .complete
        }
        let canSpawn = experiment.source?.script != nil && commandLine.count > 1 && scriptPosition > 0
        // The rungs of a halving to come are not known yet.
        let plan = WorkerPlan(
            cores: availableCores, runs: experiment.keepsCheckpoints ? .max : runs, workers: canSpawn ? workers : 1, threads: threads)
        if let workers, workers > plan.workers, runs > plan.workers {
            warn(canSpawn
                ? "\(workers) workers were asked for; there are \(plan.workers), for \(availableCores.counted("core")) and \(runs.counted("run"))"
                : "\(workers) workers were asked for; a function that was typed is run by this process alone: put the study into a script")
        }
        let ending = plan.workers == 1 ? try runHere(experiment, options, threads: plan.threads) : try runBeside(experiment, options, plan)
        return ending
    }

    private func runHere(_ experiment: Experiment, _ options: BatchOptions, threads: Int? = nil) throws -> Batch.Ending {
        let kept = CoreLimit.current
        if let threads { CoreLimit.current = threads }
        defer { CoreLimit.current = kept }
        let ending = try Batch(experiment, options, in: self, report: reportFailures).run()
        if ending == .interrupted { isUnfinished = true }
        return ending
    }

    private func runBeside(_ experiment: Experiment, _ options: BatchOptions, _ plan: WorkerPlan) throws -> Batch.Ending {
        var ending = try Supervisor(experiment, options, plan: plan, in: self, report: reportFailures).run()
        // What processes that are none of ours have left behind, or still hold.
        if ending == .complete, options.waits, try experiment.counts().unfinished > 0 { ending = try runHere(experiment, options) }
        if ending == .interrupted { isUnfinished = true }
        return ending
    }

    private var reportFailures: (PlannedRun, RunFailure?) -> Void {
        { [unowned self] run, failure in if let failure { warn("failed: \(run.text): \(failure.message)") } }
    }

    /// Works for the process that has started this one; then this process has done what it is for.
    private func serve(_ role: WorkerRole, _ experiment: Experiment) throws -> Batch.Ending {
        guard FileLocation(experiment.store.directory).resolved == role.directory else { return .complete }
        let study = try experiment.study()
        guard study.code == role.code else {
            throw LuaError("the function of the study \"\(experiment.name)\" is another version in each process: what it sees of the script around it must be the same at every start (\(experiment.version?.parts.map(\.name).joined(separator: ", ") ?? ""))")
        }
        let options = BatchOptions(
            selection: role.selection, stopsAtFailure: role.stopsAtFailure, waits: false, start: Double(role.index) / Double(max(1, role.count)))
        let ending = try Batch(experiment, options, in: self) { run, failure in
            if let failure { FileHandle.standardError.write(Data("failed: \(run.text): \(failure.message)\n".utf8)) }
        }.run()
        fflush(nil)
        exit(ending == .interrupted ? Session.goOnLater : 0)
    }

    /// The exit status of a process that has left work for later, as sendmail and others have it (EX_TEMPFAIL).
    public static let goOnLater: Int32 = 75
}

extension Session {
    /// Waits so many seconds; an interruption ends that.
    func pause(_ seconds: Double) {
        let end = ContinuousClock.now + .microseconds(Int(seconds * 1e6))
        while !state.isInterrupted, .now < end { usleep(useconds_t(min(seconds, 0.02) * 1e6)) }
    }
}
