import Numerics
import Testing

@Suite struct CountedTests {
    @Test func nounsAgreeWithTheirNumber() {
        #expect([0, 1, 2].map { $0.counted("start") } == ["0 starts", "1 start", "2 starts"])
        #expect([0, 1, 2].map { $0.counted("entry", "entries") } == ["0 entries", "1 entry", "2 entries"])
        #expect([1, 2].map { $0.counted("solution differs", "solutions differ") } == ["1 solution differs", "2 solutions differ"])
    }
}
