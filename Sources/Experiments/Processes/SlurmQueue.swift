import Synchronization

/// The answer of Slurm's `squeue`, which is called rarely.
public final class SlurmQueue: Sendable {
    public static let shared = SlurmQueue()

    /// One entry of the queue.
    public struct Entry: Sendable, Equatable {
        /// "123", or "123_4" for a task of an array.
        public var job: String
        /// "PENDING", "RUNNING", ...
        public var state: String
        public var reason: String
    }

    private struct Listing {
        var entries: [Entry]?
        var until: ContinuousClock.Instant
    }

    private let memory = Mutex<Listing?>(nil)
    private let interval: Duration

    init(interval: Duration = .seconds(10)) { self.interval = interval }

    /// The queue's entries; nil where it does not answer, or there is none.
    public func entries() -> [Entry]? {
        if let known = memory.withLock({ $0 }), known.until > .now { return known.entries }
        let command = Command(["squeue", "--noheader", "--array", "--states=all", "--format=%F|%K|%T|%r|%A"])
        let entries = command.status == 0 ? SlurmQueue.parse(command.output) : nil
        memory.withLock { $0 = Listing(entries: entries, until: .now + interval) }
        return entries
    }

    /// Entries of the form "array job|task|state|reason|job"; a job that is no array has "N/A" for its task.
    package static func parse(_ text: String) -> [Entry] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 4 else { return nil }
            let isTask = !fields[1].isEmpty && fields[1].allSatisfy(\.isNumber)
            return Entry(job: isTask ? "\(fields[0])_\(fields[1])" : fields[0], state: fields[2], reason: fields[3])
        }
    }

    /// The queue's entry for a job.
    public func standing(of job: String) -> JobStanding {
        guard let entries = entries() else { return .unasked }
        return entries.contains { $0.job == job && SlurmQueue.isAlive($0.state) } ? .known : .unknown
    }

    /// Whether a job in a state waits, runs, or is about to.
    public static func isAlive(_ state: String) -> Bool {
        ["PENDING", "RUNNING", "SUSPENDED", "CONFIGURING", "COMPLETING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESIZING", "SIGNALING", "STAGE_OUT", "STOPPED", "PREEMPTED"]
            .contains(state)
    }
}
