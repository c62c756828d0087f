/// How many processes work on runs, and how many threads each has: together never more than there are cores for.
public struct WorkerPlan: Sendable, Equatable {
    public var workers: Int
    public var threads: Int

    public init(workers: Int, threads: Int) {
        self.workers = workers
        self.threads = threads
    }

    /// A plan for some cores: as many workers as are asked for, or else as there are runs, and the cores shared among them.
    ///
    /// - Parameters:
    ///   - cores: how many the process may use.
    ///   - runs: how many are to be done.
    ///   - threads: of each worker; where workers are not asked for, as many workers as that leaves room for.
    public init(cores: Int, runs: Int, workers: Int? = nil, threads: Int? = nil) {
        let cores = max(1, cores)
        let room = max(1, cores / min(cores, max(1, threads ?? 1)))
        self.workers = max(1, min(workers ?? room, cores, max(1, runs)))
        self.threads = max(1, min(threads ?? .max, cores / self.workers))
    }
}
