import Experiments
import Testing

@Suite struct HalvingTests {
    private func entries(_ values: [Int: [Double?]]) -> [(point: Int, result: RunResult?)] {
        values.sorted { $0.key < $1.key }.flatMap { point, losses in losses.map { (point, $0.map { .of(.init("loss", .number($0))) }) } }
    }

    @Test func theBestThirdGoesOn() {
        let halving = Halving(budget: "steps", rungs: [1, 3], kept: 1.0 / 3, measure: "loss", goal: .lowest)
        let runs = entries([0: [5, 7], 1: [1, 2], 2: [3, 3], 3: [9, 9], 4: [0, 1], 5: [4, 4]])
        #expect(halving.survivors(runs) == [1, 4])
        var highest = halving
        highest.goal = .highest
        #expect(highest.survivors(runs) == [0, 3])
    }

    @Test func whatFailedComesLastAndOneIsKeptAtLeast() {
        let halving = Halving(budget: "steps", rungs: [1, 3], kept: 0.01, measure: "loss", goal: .lowest)
        #expect(halving.survivors(entries([0: [nil, 1], 1: [100, 100]])) == [1])
        #expect(halving.survivors(entries([0: [nil], 1: [nil]])) == [])
        #expect(halving.survivors(entries([0: [2], 1: [2]])) == [0])
    }
}
