import Numerics

/// The results of `body` for `0..<count` in order, computed on up to `threads` threads.
///
/// - Parameters:
///   - batch: how many are computed from one call of `between` to the next.
///   - between: called on this thread with the number that is done; throws to stop before the rest.
/// - Throws: what `between` or the first failing `body` throws.
func parallelMap<Output: Sendable>(
    _ count: Int, threads: Int, batch: Int, between: (Int) throws -> Void, _ body: @escaping @Sendable (Int) throws -> Output
) throws -> [Output] {
    var results: [Output] = []
    results.reserveCapacity(count)
    for first in stride(from: 0, to: count, by: batch) {
        try between(first)
        let size = min(batch, count - first)
        let memory = UnsafeMutablePointer<Result<Output, any Error>?>.allocate(capacity: size)
        memory.initialize(repeating: nil, count: size)
        defer {
            memory.deinitialize(count: size)
            memory.deallocate()
        }
        nonisolated(unsafe) let places = memory
        // Every index writes its own place.
        parallelFor(size, threads: threads) { index in places[index] = Result { try body(first + index) } }
        for i in 0..<size { results.append(try memory[i]!.get()) }
    }
    try between(count)
    return results
}
