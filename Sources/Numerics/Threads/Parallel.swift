import Foundation
import Synchronization

/// The number of cores that this process may use: `taskset`, containers, a job's share of its node and ``CoreLimit`` reduce it.
public var availableCores: Int { min(allowedCores, CoreLimit.current) }

private let allowedCores: Int = {
    // A line "Cpus_allowed: ff,ffffffff": one bit a processor. Foundation counts those that the machine has.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    let allowed = line?.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) } ?? 0
    let present = max(1, ProcessInfo.processInfo.activeProcessorCount)
    let own = allowed > 0 ? min(allowed, present) : present
    // A queue that does not bind jobs to cores still counts them.
    func variable(_ name: String) -> Int? { ProcessInfo.processInfo.environment[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil } }
    let share = variable("SLURM_JOB_ID") == nil ? nil : variable("SLURM_CPUS_PER_TASK")
    return min(own, share ?? own, variable("AVIPS_THREADS") ?? own)
}()

/// A limit to the cores that this process uses, for one that shares a machine with others of its kind.
public enum CoreLimit {
    private static let limit = Atomic<Int>(.max)

    /// At least 1.
    public static var current: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(max(1, newValue), ordering: .relaxed) }
    }
}

/// Runs `body` for every index in `0..<count` on up to `threads` threads and waits for all.
///
/// The order is not defined; a result must depend on its index only, never on the thread. The calling thread works too, and does everything
/// where no other thread can be made or none gets to run.
public func parallelFor(_ count: Int, threads: Int = availableCores, _ body: @Sendable (Int) -> Void) {
    if threads <= 1 || count <= 1 {
        for index in 0..<count { body(index) }
        return
    }
    WorkerPool.shared.run(count, threads: threads, body)
}

/// The results of `body` for every index in `0..<count`, in order, computed as ``parallelFor(_:threads:_:)`` does.
public func parallelMap<Output: Sendable>(
    _ count: Int, threads: Int = availableCores, _ body: @Sendable (Int) -> Output
) -> [Output] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
        guard let first = buffer.baseAddress else { return }
        nonisolated(unsafe) let results = first
        parallelFor(count, threads: threads) { (results + $0).initialize(to: body($0)) }
        initialized = count
    }
}

/// The same for a body that may fail, with a callback in between.
///
/// - Parameter between: called on this thread with the number of results so far, before each index that this thread takes and at the end; throws to
///   stop before the rest.
/// - Throws: what `between` throws, or else what the body throws for the first index that fails.
public func parallelMap<Output: Sendable>(
    _ count: Int, threads: Int = availableCores, between: (Int) throws -> Void, _ body: @Sendable (Int) throws -> Output
) throws -> [Output] {
    let caller = pthread_self(), done = SharedCounter(), hasStopped = SharedCounter()
    nonisolated(unsafe) var interruption: (any Error)?
    let results = withoutActuallyEscaping(between) { between in
        // Called by this thread alone.
        nonisolated(unsafe) let between = between
        return parallelMap(count, threads: threads) { index -> Result<Output, any Error>? in
            if hasStopped.count == 0, pthread_equal(pthread_self(), caller) != 0 {
                do { try between(done.count) } catch {
                    interruption = error
                    _ = hasStopped.next()
                }
            }
            // Indices are taken in order, so those before one that failed have their results.
            guard hasStopped.count == 0 else { return nil }
            let result = Result { try body(index) }
            if case .failure = result { _ = hasStopped.next() } else { _ = done.next() }
            return result
        }
    }
    if let interruption { throw interruption }
    let outputs = try results.compactMap { try $0?.get() }
    try between(count)
    return outputs
}
