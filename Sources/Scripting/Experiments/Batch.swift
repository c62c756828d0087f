import Experiments
import Files
import Foundation
import LuaBridge
import Numerics

/// What a batch is asked to do.
struct BatchOptions {
    /// Which runs; nil for all.
    var selection: String?
    var stopsAtFailure = false
    /// Whether it waits for runs that other processes work on.
    var waits = true
    /// Where among the runs it begins, from 0 to 1, so that several meet seldom.
    var start = 0.0
}

/// Works on the runs of a study in this process, one after the other.
final class Batch {
    private let experiment: Experiment
    private let session: Session
    private let source: Experiment.Source
    private var study: Study
    private let options: BatchOptions
    private let worker: Worker
    private let began = ContinuousClock.now
    private var completed = 0
    private(set) var failures = 0
    /// Runs that have ended, by this process or another, and those of them that failed; for the progress line.
    private var ended: Set<String> = []
    private var failed: Set<String> = []
    /// Told after each run.
    private let report: (PlannedRun, RunFailure?) -> Void

    enum Ending {
        /// Nothing is left that this process could do.
        case complete
        case interrupted
        /// A run failed, and that was to end the batch.
        case stopped
    }

    private enum RunEnding {
        case done
        case failed(RunFailure)
        case interrupted
        /// This process stood still, was taken for dead, and another one has the run.
        case lost
    }

    init(_ experiment: Experiment, _ options: BatchOptions, in session: Session, report: @escaping (PlannedRun, RunFailure?) -> Void = { _, _ in }) throws {
        guard let source = experiment.source else { throw Experiment.Failure.noFunction(experiment.name) }
        self.experiment = experiment
        self.session = session
        self.source = source
        self.options = options
        self.report = report
        study = try experiment.study()
        try experiment.store.write(study)
        let identity = WorkerIdentity.current()
        worker = try Worker(
            experiment.store, identity: identity, provenance: Provenance.ofProcess(source, session),
            judge: experiment.judge(me: identity, clockFile: experiment.store.workersDirectory + "/\(identity.token).json"),
            // Several beats within the patience of others, however short.
            interval: .seconds(min(15, source.patience / 4)))
    }

    func run() throws -> Ending {
        let kept = session.stream
        defer {
            session.stream = kept
            session.progress?.end()
            if completed + failures == 0 { try? FileTree.removeFile(experiment.store.workersDirectory + "/\(worker.identity.token).json") }
        }
        if session.progress != nil { noteEnded() }
        let chosen = try options.selection.map { selection in
            try experiment.select(selection, among: study.runs) { experiment.store.states(of: study.runs, judge: experiment.judge()) }
        } ?? study.runs
        let first = min(chosen.count, Int(options.start * Double(chosen.count)))
        var open = Array(chosen[first...] + chosen[..<first])
        while !open.isEmpty {
            var rest: [PlannedRun] = [], isContended = false
            for run in open {
                if session.state.isInterrupted { return .interrupted }
                switch try worker.take(run, code: study.code) {
                case .settled: noteSettled(run)
                case .held: rest.append(run)
                case .contended:
                    rest.append(run)
                    isContended = true
                case .taken:
                    switch try work(run) {
                    case .done: continue
                    case .interrupted: return .interrupted
                    case .lost: rest.append(run)
                    case .failed: if options.stopsAtFailure { return .stopped }
                    }
                }
            }
            open = rest + (try nextRung())
            // The next rung waits for runs that other processes work on.
            guard isContended || open.count > rest.count || (options.waits || source.halving != nil) && !open.isEmpty else { break }
            if open.count > rest.count { continue }
            session.pause(isContended ? Double.random(in: 0.002...0.05) : 0.5)
        }
        return session.state.isInterrupted ? .interrupted : .complete
    }

    private func noteEnded() {
        for (run, state) in zip(study.runs, experiment.store.states(of: study.runs, judge: experiment.judge())) {
            if state == .done || state == .failed { ended.insert(run.id) }
            if state == .failed { failed.insert(run.id) }
        }
    }

    /// Takes up a run that another process has ended meanwhile.
    private func noteSettled(_ run: PlannedRun) {
        guard session.progress != nil, ended.insert(run.id).inserted else { return }
        if experiment.store.failure(of: run.id) != nil { failed.insert(run.id) }
        showProgress()
    }

    /// The runs that became known as all others have ended.
    private func nextRung() throws -> [PlannedRun] {
        guard source.halving != nil, options.selection == nil, experiment.addRung() else { return [] }
        let before = study.runs.count
        study = try experiment.study()
        try experiment.store.write(study)
        return Array(study.runs[before...])
    }

    // MARK: One run

    /// Works on a claimed run, and gives it back whatever happens.
    private func work(_ run: PlannedRun) throws -> RunEnding {
        let store = experiment.store, before = store.interruption(of: run.id)
        let active = ActiveRun(run, store: store, attempt: (before?.attempts ?? 0) + 1) { [session] seed in
            session.seed(seed)
            try session.seedLua(seed)
        }
        active.predecessor = experiment.predecessor(of: run)
        let clock = Stopwatch()
        defer {
            active.isOver = true
            try? worker.release(run.id)
        }
        func spent() -> (seconds: Double, processor: Double) { (clock.seconds + (before?.seconds ?? 0), clock.processorSeconds + (before?.processorSeconds ?? 0)) }
        let ending: RunEnding
        do {
            let values = try call(run, active)
            guard worker.holds(run.id) else { return .lost }
            ending = try settle(active, values, spent())
        } catch let error as LuaError where error.kind == .interrupt || session.state.isInterrupted {
            guard worker.holds(run.id) else { return .interrupted }
            try? active.writeLog()
            try store.settle(run, RunInterruption(seconds: spent().seconds, processorSeconds: spent().processor, attempts: active.attempt))
            return .interrupted
        } catch let error as StudyStore.Failure {
            throw error
        } catch {
            // A disk that is full is not the run's fault: it is begun again when there is room.
            if let failure = active.storeFailure { throw failure }
            guard worker.holds(run.id) else { return .lost }
            ending = .failed(RunFailure(error, seconds: spent().seconds, worker: worker.identity.token))
        }
        switch ending {
        case .failed(let failure):
            try? active.writeLog()
            try store.settle(run, failure)
            failures += 1
            failed.insert(run.id)
            report(run, failure)
        default:
            completed += 1
            report(run, nil)
        }
        ended.insert(run.id)
        showProgress()
        return ending
    }

    private func call(_ run: PlannedRun, _ active: ActiveRun) throws -> [Value] {
        try active.beginStreams()
        let values = try session.state.call(source.function, [experiment.point(of: run), .object(holding: active)])
        guard !session.state.isInterrupted else { throw LuaError("interrupted", kind: .interrupt) }
        return values
    }

    /// Writes what the function returned.
    private func settle(_ active: ActiveRun, _ values: [Value], _ spent: (seconds: Double, processor: Double)) throws -> RunEnding {
        let store = experiment.store, run = active.run
        let reader = try ResultReader(values, taken: active.savedFiles + (active.hasRows ? [StudyStore.Name.log] : []), in: session.state)
        if let name = reader.notFinite, !source.admitsNaN {
            return .failed(RunFailure(
                message: "the result \"\(name)\" is not a finite number (allow_nan = true admits such)", seconds: spent.seconds, worker: worker.identity.token))
        }
        for log in reader.logs { try store.write(log.columns, to: log.file, of: run.id, isDurable: false) }
        for figure in reader.figures { try store.write(Array(figure.svg.utf8), to: figure.file, of: run.id, isDurable: false) }
        if active.hasRows {
            try active.writeLog()
        } else if !reader.logs.contains(where: { $0.file == StudyStore.Name.log }), let columns = reader.logs.first?.columns ?? active.lastTraining {
            try store.write(columns, to: StudyStore.Name.log, of: run.id, isDurable: false)
        }
        try store.settle(run, RunResult(
            value: reader.value, measures: reader.measures, seconds: spent.seconds, processorSeconds: spent.processor, worker: worker.identity.token,
            files: active.savedFiles.sorted() + reader.figures.map(\.file)))
        // With the result there, nobody goes on from the checkpoints, but for the next rung.
        for training in stride(from: 1, through: experiment.keepsCheckpoints ? 0 : active.trainings, by: 1) { try? FileTree.removeFile(active.directory + "/training-\(training).safetensors") }
        return .done
    }

    private func showProgress() {
        let seconds = (ContinuousClock.now - began) / .seconds(1), total = study.runs.count, rate = Double(completed + failures) / max(seconds, 1e-3)
        session.progress?.show(ProgressReport(
            experiment.name, fraction: Double(ended.count) / Double(max(1, total)), done: ended.count, total: total, unit: "runs",
            rate: rate, remaining: Double(total - ended.count) / rate, figures: failed.isEmpty ? [] : [("failed", "\(failed.count)")]))
    }
}

/// Time that passes, and that this process computes.
struct Stopwatch {
    private let start = ContinuousClock.now
    private let used = ProcessorTime.now

    var seconds: Double { (ContinuousClock.now - start) / .seconds(1) }

    var processorSeconds: Double { ProcessorTime.now - used }
}

extension RunFailure {
    init(_ error: any Error, seconds: Double, worker: String) {
        let error = error as? LuaError ?? LuaError("\(error)")
        self.init(
            message: error.message, traceback: (error.traceback ?? "").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }, seconds: seconds,
            worker: worker)
    }
}
