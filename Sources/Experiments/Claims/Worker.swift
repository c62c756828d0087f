import Files
import Glibc

/// A process that works on a study: it claims runs, one after the other, and sends heartbeats.
///
/// A claim is a second name of the worker's own file in the run's directory, given at once by the file system. Whoever has given one looks
/// who else has: it keeps the claim only where all others are dead. Of two that claim at the same moment at least one sees the other, so
/// that no run is worked on twice, on a shared file system either.
public final class Worker {
    public enum Outcome: Sendable, Equatable {
        /// The run is this worker's.
        case taken
        /// Another live process works on it.
        case held
        /// Several claimed it at the same moment and all stepped back: it is worth another try.
        case contended
        /// It has a result or an error by now.
        case settled
    }

    public let store: StudyStore
    public let identity: WorkerIdentity
    private let judge: HolderJudge
    private let heartbeat: Heartbeat
    /// Whether the file system gives files second names.
    private var hasLinks = true

    /// Registers the process with the study.
    ///
    /// - Parameter provenance: what is known of the process: version, commit, processor, arguments.
    public init(_ store: StudyStore, identity: WorkerIdentity, provenance: [Datum.Member] = [], judge: HolderJudge, interval: Duration = .seconds(15)) throws {
        self.store = store
        self.identity = identity
        self.judge = judge
        try store.writing(store.workersDirectory) { _ = try FileTree.makeDirectory(store.workersDirectory) }
        try store.write(.record(identity.members + provenance), to: "workers/\(identity.token).json", isDurable: false)
        heartbeat = Heartbeat(store.workersDirectory + "/\(identity.token).json", interval: interval)
    }

    /// Tries to claim a run.
    ///
    /// - Throws: ``StudyStore/Failure`` where the study's files cannot be written.
    public func take(_ run: PlannedRun, code: String) throws -> Outcome { try store.writing(store.directory(of: run.id)) { try occupy(run, code) } }

    private func occupy(_ run: PlannedRun, _ code: String) throws -> Outcome {
        let directory = store.directory(of: run.id)
        let isNew = try FileTree.makeDirectory(directory)
        if !isNew {
            let names = try FileTree.names(in: directory)
            if isSettled(run.id, names) { return .settled }
            if others(names).contains(where: { judge.isLive(claim: directory + "/" + $0) }) { return .held }
        }
        try giveName(to: run.id)
        let names = try FileTree.names(in: directory)
        guard !isSettled(run.id, names) else {
            try release(run.id)
            return .settled
        }
        let rivals = others(names)
        guard !rivals.contains(where: { judge.isLive(claim: directory + "/" + $0) }) else {
            try release(run.id)
            return .contended
        }
        for rival in rivals { try FileTree.removeFile(directory + "/" + rival) }
        if !names.contains(StudyStore.Name.config) {
            try store.write(RunConfig(run, code: code).record, to: StudyStore.Name.config, of: run.id, isDurable: false)
        }
        return .taken
    }

    /// Whether a claimed run is still this worker's: one that stood still for longer than others are patient has lost it to one of them.
    public func holds(_ run: String) -> Bool { FileTree.exists(store.path(claim, of: run)) }

    /// Gives a claimed run back.
    public func release(_ run: String) throws {
        heartbeat.follow(nil)
        try FileTree.removeFile(store.path(claim, of: run))
    }

    private var claim: String { StudyStore.Name.claimPrefix + identity.token }

    private func others(_ names: [String]) -> [String] { names.filter { $0.hasPrefix(StudyStore.Name.claimPrefix) && $0 != claim } }

    private func isSettled(_ run: String, _ names: [String]) -> Bool {
        names.contains(StudyStore.Name.failure) || names.contains(StudyStore.Name.result) && store.isComplete(run)
    }

    private func giveName(to run: String) throws {
        let path = store.path(claim, of: run)
        if hasLinks {
            guard let failure = linkFailure(path) else { return }
            guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(failure.number) else { throw failure }
            hasLinks = false
        }
        // A copy shows no life by itself.
        try store.write(.record(identity.members), to: claim, of: run, isDurable: false)
        heartbeat.follow(path)
    }

    /// Gives this worker's file a second name; nil where that worked.
    private func linkFailure(_ path: String) -> FileFailure? {
        do throws(FileFailure) {
            _ = try FileTree.link(store.workersDirectory + "/\(identity.token).json", to: path)
            return nil
        } catch {
            return error
        }
    }
}
