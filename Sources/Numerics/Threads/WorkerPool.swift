import CThreads
import Foundation
import Synchronization

/// Threads that help with the indices of ``parallelFor(_:threads:_:)``; they are made when first needed and kept.
///
/// A job never waits for a thread that has not begun on it: helpers join while there are indices left, the caller draws indices like any of
/// them, and in the end waits for those alone that are still at an index. Where the system refuses threads, the caller does all of it. Where
/// jobs use all cores, each helper has its own, see ``HelperPlacement``, and whoever waits keeps its core for a moment: beside other busy
/// processes a thread that slept gets it back only after their time slice.
final class WorkerPool: @unchecked Sendable {
    static let shared = WorkerPool()

    /// One call of `parallelFor`.
    private final class Job: @unchecked Sendable {
        let count: Int
        let counter = SharedCounter()
        /// Gone once the caller returns; a helper that is counted as working may use it.
        var body: (@Sendable (Int) -> Void)?
        /// How many helpers may still join, and how many may at all, the first ones of the pool: those have cores of their own.
        var vacancies: Int
        let eligible: Int
        /// The helpers at work, and how many they are, for those who look without the lock.
        var workers: [pid_t] = []
        let working = Atomic<Int>(0)

        init(count: Int, threads: Int, body: @escaping @Sendable (Int) -> Void) {
            self.count = count
            self.body = body
            eligible = threads - 1
            vacancies = min(eligible, count - 1)
        }

        @inline(__always)
        func work(beforeEach prepare: () -> Void) {
            guard let body else { return }
            while true {
                prepare()
                let index = counter.next()
                if index >= count { return }
                body(index)
            }
        }
    }

    /// Guards what follows, and the counts of every job.
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let jobAppeared = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let helperLeft = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var jobs: [Job] = []
    private var threads = 0
    /// The helpers' threads, to tell their calls from those of others.
    private var helpers: [pid_t] = []
    /// Used by the caller whose job ``placed`` is.
    private let placement = HelperPlacement()
    private var placed: Job?
    /// Helpers that the placement does not know yet, and how many they are.
    private var newcomers: [HelperPlacement.Helper] = []
    private let newcomerCount = Atomic<Int>(0)
    /// The vacancies of all jobs.
    private let vacancies = Atomic<Int>(0)

    private init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(jobAppeared, nil)
        pthread_cond_init(helperLeft, nil)
    }

    func run(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let job = Job(count: count, threads: threads, body: body), wanted = job.vacancies
            pthread_mutex_lock(lock)
            jobs.append(job)
            vacancies.add(wanted, ordering: .relaxed)
            while self.threads < wanted, makeThread() { self.threads += 1 }
            if self.threads > job.eligible {
                pthread_cond_broadcast(jobAppeared)
            } else {
                for _ in 0..<wanted { pthread_cond_signal(jobAppeared) }
            }
            // The outermost call places helpers; one from a helper has no core to keep.
            if placed == nil, !helpers.contains(avips_thread()) { placed = job }
            let places = placed === job
            pthread_mutex_unlock(lock)
            if places {
                job.work {
                    if newcomerCount.load(ordering: .relaxed) > 0 { admitNewcomers() }
                    placement.keepApart(threads: threads)
                }
            } else {
                job.work {}
            }
            close(job)
            if places, placement.isActive { lookAfter(job) }
            pthread_mutex_lock(lock)
            while job.working.load(ordering: .relaxed) > 0 { pthread_cond_wait(helperLeft, lock) }
            if places { placed = nil }
            job.body = nil
            pthread_mutex_unlock(lock)
        }
    }

    private func admitNewcomers() {
        pthread_mutex_lock(lock)
        for helper in newcomers { placement.add(helper) }
        newcomers.removeAll()
        newcomerCount.store(0, ordering: .relaxed)
        pthread_mutex_unlock(lock)
    }

    /// Lets no further helper join.
    private func close(_ job: Job) {
        pthread_mutex_lock(lock)
        jobs.removeAll { $0 === job }
        vacancies.subtract(job.vacancies, ordering: .relaxed)
        job.vacancies = 0
        pthread_mutex_unlock(lock)
    }

    /// How long one that waits for others keeps its core, in nanoseconds: a helper for the next job, a caller for its helpers.
    private static let helperPatience: Int64 = 100_000, callerPatience: Int64 = 2_000_000

    /// Waits for the helpers that are at an index, and brings those to this thread's core, one at a time, that do not get to run on theirs.
    private func lookAfter(_ job: Job) {
        let start = avips_nanoseconds(CLOCK_MONOTONIC)
        var rescued: pid_t?
        while job.working.load(ordering: .acquiring) > 0 {
            for _ in 0..<20 { avips_relax() }
            let waited = avips_nanoseconds(CLOCK_MONOTONIC) - start
            if waited < Self.helperPatience { continue }
            pthread_mutex_lock(lock)
            if let thread = rescued, !job.workers.contains(thread) { rescued = nil }
            if rescued != nil || waited > Self.callerPatience, !job.workers.isEmpty { wait(nanoseconds: 1_000_000) }
            // A copy of its own: helpers that leave change the list in place.
            let workers = job.workers.map(\.self)
            pthread_mutex_unlock(lock)
            if rescued == nil { rescued = placement.rescue(workers) }
        }
    }

    /// Waits for a helper to leave, with the lock, but not for longer.
    private func wait(nanoseconds: Int) {
        var end = timespec()
        clock_gettime(CLOCK_REALTIME, &end)
        end.tv_nsec += nanoseconds
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        pthread_cond_timedwait(helperLeft, lock, &end)
    }

    /// Makes one more thread, if the system allows it.
    private func makeThread() -> Bool {
        var attributes = pthread_attr_t()
        guard pthread_attr_init(&attributes) == 0 else { return false }
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 4 << 20)
        var thread = pthread_t()
        return pthread_create(&thread, &attributes, { _ in
            WorkerPool.shared.help()
            return nil
        }, nil) == 0
    }

    /// The loop of a helper.
    private func help() {
        // Signals that are sent to the process are for the threads that expect them.
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let current = HelperPlacement.Helper.current
        pthread_mutex_lock(lock)
        let number = helpers.count
        helpers.append(current.thread)
        newcomers.append(current)
        newcomerCount.add(1, ordering: .relaxed)
        while true {
            guard let job = jobs.first(where: { $0.vacancies > 0 && number < $0.eligible }) else {
                pthread_cond_wait(jobAppeared, lock)
                continue
            }
            job.vacancies -= 1
            vacancies.subtract(1, ordering: .relaxed)
            job.workers.append(current.thread)
            job.working.add(1, ordering: .relaxed)
            pthread_mutex_unlock(lock)
            job.work {}
            pthread_mutex_lock(lock)
            job.workers.removeAll { $0 == current.thread }
            if job.working.subtract(1, ordering: .releasing).newValue == 0 { pthread_cond_broadcast(helperLeft) }
            if !placement.isActive { continue }
            pthread_mutex_unlock(lock)
            awaitVacancy()
            pthread_mutex_lock(lock)
        }
    }

    /// Waits a moment for the next job.
    private func awaitVacancy() {
        let start = avips_nanoseconds(CLOCK_MONOTONIC)
        while vacancies.load(ordering: .relaxed) == 0, avips_nanoseconds(CLOCK_MONOTONIC) - start < Self.helperPatience {
            for _ in 0..<20 { avips_relax() }
        }
    }
}
