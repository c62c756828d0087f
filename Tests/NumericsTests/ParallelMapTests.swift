import Foundation
import Numerics
import Synchronization
import Testing

@Suite("Results of many threads in order, with a look at the world in between")
struct ParallelMapTests {
    private struct Failure: Error, Equatable { var index: Int }
    private final class Count: Sendable { let value = Atomic<Int>(0) }

    @Test(arguments: [1, 2, 7]) func resultsComeInOrder(threads: Int) throws {
        var seen: [Int] = []
        let squares = try parallelMap(300, threads: threads, between: { seen.append($0) }) { $0 * $0 }
        #expect(squares == (0..<300).map { $0 * $0 })
        #expect(seen == seen.sorted() && seen.last == 300)
        #expect(try parallelMap(0, threads: threads, between: { _ in }) { $0 }.isEmpty)
    }

    @Test(arguments: [1, 2, 7]) func theFirstIndexThatFailsIsTheOneThatIsTold(threads: Int) {
        for _ in 0..<20 {
            #expect(throws: Failure(index: 3)) {
                try parallelMap(200, threads: threads, between: { _ in }) { index in
                    if index % 7 == 3 { throw Failure(index: index) }
                    return index
                }
            }
        }
    }

    @Test(arguments: [1, 2, 7]) func whoeverThrowsInBetweenStopsTheRest(threads: Int) {
        let begun = Count()
        #expect(throws: CancellationError.self) {
            try parallelMap(100_000, threads: threads, between: { if $0 >= 5 { throw CancellationError() } }) { _ in
                begun.value.add(1, ordering: .relaxed)
                usleep(100)
            }
        }
        #expect(begun.value.load(ordering: .relaxed) < 50_000)
    }
}
