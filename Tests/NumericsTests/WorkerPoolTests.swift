import Numerics
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 7, 64]) func everyIndexIsTakenOnce(threads: Int) {
        let count = 1000
        let counts = (0..<count).map { _ in Atomic0() }
        for _ in 0..<20 { parallelFor(count, threads: threads) { counts[$0].value.add(1, ordering: .relaxed) } }
        #expect(counts.allSatisfy { $0.value.load(ordering: .relaxed) == 20 })
    }

    @Test func callsWithinCallsEnd() {
        let sum = Atomic0()
        parallelFor(8, threads: 4) { _ in parallelFor(50, threads: 4) { sum.value.add($0, ordering: .relaxed) } }
        #expect(sum.value.load(ordering: .relaxed) == 8 * 49 * 25)
    }

    private final class Atomic0: Sendable { let value = Atomic<Int>(0) }
}
