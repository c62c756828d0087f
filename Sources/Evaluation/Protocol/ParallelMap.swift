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
        for result in parallelMap(size, threads: threads, { index in Result { try body(first + index) } }) { results.append(try result.get()) }
    }
    try between(count)
    return results
}
