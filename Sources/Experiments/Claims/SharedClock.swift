import Files
import Glibc
import Synchronization

/// The present as the file system of a study has it: on a shared one the clocks of machines differ, that of the server is the same for all.
final class SharedClock: Sendable {
    private let path: String
    private let memory = Mutex<(time: Double, at: ContinuousClock.Instant)?>(nil)

    /// - Parameter path: a file of this process, whose time is set to find out.
    init(_ path: String) { self.path = path }

    /// In seconds since 1970; nil where the file system refuses.
    func now() -> Double? {
        let instant = ContinuousClock.now
        if let known = memory.withLock({ $0 }), instant - known.at < .seconds(5) {
            return known.time + (instant - known.at) / .seconds(1)
        }
        guard (try? FileTree.touch(path)) != nil, let time = FileTree.status(path)?.modified else { return nil }
        memory.withLock { $0 = (time, instant) }
        return time
    }
}

extension HolderJudge {
    /// A judge for a study.
    ///
    /// - Parameter clockFile: a file on the study's file system that may be touched; the system's own clock counts without one.
    public convenience init(
        me: WorkerIdentity, clockFile: String? = nil, patience: Double = 300, queuePatience: Double = 60,
        standing: @escaping @Sendable (String) -> JobStanding = { _ in .unasked }
    ) {
        let clock = clockFile.map(SharedClock.init)
        self.init(
            me: me, patience: patience, queuePatience: queuePatience,
            sources: Sources(standing: standing, now: { clock?.now() ?? HolderJudge.systemTime }))
    }

    private static var systemTime: Double {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9
    }
}
