import Files
import Synchronization

/// The queue's entry for a job.
public enum JobStanding: Sendable, Equatable {
    /// It waits or runs.
    case known
    /// The queue answers that it has no such job.
    case unknown
    /// The queue does not answer, or there is none.
    case unasked
}

/// Judges whether the process that claimed a run still lives.
///
/// On the same machine the kernel knows: a process that is gone, a zombie, and another process that has the same number now all count as
/// dead. Elsewhere the time of the last heartbeat tells, and sooner than that alone would a queue that no longer knows the job.
public final class HolderJudge: Sendable {
    /// Where facts come from, so that tests can give others.
    public struct Sources: Sendable {
        /// A process of this machine; nil where there is none.
        public var process: @Sendable (_ pid: Int) -> ProcessStatus?
        /// What the queue says of a job.
        public var standing: @Sendable (_ job: String) -> JobStanding
        /// The present, by the clock of the file system that holds the study, in seconds since 1970.
        public var now: @Sendable () -> Double?

        public init(
            process: @escaping @Sendable (Int) -> ProcessStatus? = { ProcessStatus(pid: $0) },
            standing: @escaping @Sendable (String) -> JobStanding = { _ in .unasked }, now: @escaping @Sendable () -> Double?
        ) {
            self.process = process
            self.standing = standing
            self.now = now
        }
    }

    /// Seconds without a heartbeat after which a holder elsewhere counts as dead.
    public let patience: Double
    /// The same where the queue no longer knows the holder's job. A queue may report late, so its word alone is not enough.
    public let queuePatience: Double
    private let me: WorkerIdentity
    private let sources: Sources
    /// Holders that were judged, for a moment: the same process holds many runs in turn.
    private let memory = Mutex<[String: (life: Bool, until: ContinuousClock.Instant)]>([:])

    public init(me: WorkerIdentity, patience: Double = 300, queuePatience: Double = 60, sources: Sources) {
        self.me = me
        self.patience = patience
        self.queuePatience = queuePatience
        self.sources = sources
    }

    /// Whether the holder of a claim lives; one whose file cannot be read is judged by its heartbeat alone.
    public func isLive(claim path: String) -> Bool {
        guard let bytes = try? FileReading(path: path, limit: 1 << 20).bytes() else {
            // It was released since it was seen, or cannot be read.
            return FileTree.exists(path) && !isOlder(path, than: patience)
        }
        guard let record = try? Datum(json: bytes), let holder = WorkerIdentity(record: record) else { return !isOlder(path, than: patience) }
        return isLive(holder, claim: path)
    }

    func isLive(_ holder: WorkerIdentity, claim path: String) -> Bool {
        if holder.token == me.token { return true }
        if let known = memory.withLock({ $0[holder.token] }), known.until > .now { return known.life }
        let life = judge(holder, claim: path)
        memory.withLock { $0[holder.token] = (life, .now + .milliseconds(life ? 200 : 5000)) }
        return life
    }

    private func judge(_ holder: WorkerIdentity, claim path: String) -> Bool {
        // The same job in an earlier life: the queue started it anew.
        if let job = holder.job, job == me.job, holder.restarts < me.restarts { return false }
        let isSameMachine = holder.host == me.host && holder.machine == me.machine
        if isSameMachine, holder.boot != me.boot, !holder.machine.isEmpty { return false }
        if isSameMachine, holder.boot == me.boot, holder.processes == me.processes {
            guard let process = sources.process(holder.pid) else { return false }
            return !process.isZombie && process.startTime == holder.startTime
        }
        if isOlder(path, than: patience) { return false }
        guard let job = holder.job, isOlder(path, than: queuePatience) else { return true }
        return sources.standing(job) != .unknown
    }

    private func isOlder(_ path: String, than seconds: Double) -> Bool {
        guard let beat = FileTree.status(path)?.modified, let now = sources.now() else { return false }
        return now - beat > seconds
    }
}
