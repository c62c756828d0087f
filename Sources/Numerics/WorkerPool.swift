import Foundation

/// Threads that help with the indices of ``parallelFor(_:threads:_:)``; they are made when first needed and kept.
///
/// A job never waits for a thread that has not begun on it: helpers join while there are indices left, the caller draws indices like any of
/// them, and in the end waits for those alone that are still at an index. Where the system refuses threads, the caller does all of it.
final class WorkerPool: @unchecked Sendable {
    static let shared = WorkerPool()

    /// One call of `parallelFor`.
    private final class Job: @unchecked Sendable {
        let count: Int
        let counter = SharedCounter()
        /// Gone once the caller returns; a helper that is counted as working may use it.
        var body: (@Sendable (Int) -> Void)?
        /// How many helpers may still join, and how many are at work.
        var vacancies: Int
        var working = 0

        init(count: Int, helpers: Int, body: @escaping @Sendable (Int) -> Void) {
            self.count = count
            self.body = body
            vacancies = helpers
        }

        func work() {
            guard let body else { return }
            while true {
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

    private init() {
        pthread_mutex_init(lock, nil)
        pthread_cond_init(jobAppeared, nil)
        pthread_cond_init(helperLeft, nil)
    }

    func run(_ count: Int, helpers: Int, _ body: @Sendable (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let job = Job(count: count, helpers: helpers, body: body)
            pthread_mutex_lock(lock)
            jobs.append(job)
            while threads < helpers, makeThread() { threads += 1 }
            for _ in 0..<helpers { pthread_cond_signal(jobAppeared) }
            pthread_mutex_unlock(lock)
            job.work()
            pthread_mutex_lock(lock)
            jobs.removeAll { $0 === job }
            while job.working > 0 { pthread_cond_wait(helperLeft, lock) }
            job.body = nil
            pthread_mutex_unlock(lock)
        }
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

    /// What a helper does all its life.
    private func help() {
        // Signals that are sent to the process are for the threads that expect them.
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        pthread_mutex_lock(lock)
        while true {
            guard let job = jobs.first(where: { $0.vacancies > 0 }) else {
                pthread_cond_wait(jobAppeared, lock)
                continue
            }
            job.vacancies -= 1
            job.working += 1
            pthread_mutex_unlock(lock)
            job.work()
            pthread_mutex_lock(lock)
            job.working -= 1
            if job.working == 0 { pthread_cond_broadcast(helperLeft) }
        }
    }
}
