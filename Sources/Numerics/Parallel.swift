import Foundation

/// The number of cores that this process may use; `taskset` and containers reduce it.
public let availableCores: Int = {
    // A line "Cpus_allowed: ff,ffffffff": one bit a processor. Foundation counts those that the machine has.
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    let allowed = line?.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) } ?? 0
    let present = max(1, ProcessInfo.processInfo.activeProcessorCount)
    return allowed > 0 ? min(allowed, present) : present
}()

/// Runs `body` for every index in `0..<count` on up to `threads` threads and waits for all.
///
/// The order is not defined; a result must depend on its index only, never on the thread. The calling thread works too, and does everything
/// where no other thread can be made or none gets to run.
public func parallelFor(_ count: Int, threads: Int = availableCores, _ body: @Sendable (Int) -> Void) {
    if threads <= 1 || count <= 1 {
        for index in 0..<count { body(index) }
        return
    }
    WorkerPool.shared.run(count, helpers: min(threads, count) - 1, body)
}
