import Foundation
import Numerics
import Testing

@Suite struct LanesTests {
    /// Compares a lane function with double precision over a range.
    private func worstError(
        from lower: Double, to upper: Double, _ function: (Lanes) -> Lanes, _ exact: (Double) -> Double, relative: Bool = false
    ) -> Double {
        var worst = 0.0
        let count = 4000
        for start in stride(from: 0, to: count, by: laneCount) {
            var x = Lanes.zero
            for l in 0..<laneCount { x[l] = Float(lower + (upper - lower) * Double(start + l) / Double(count)) }
            let y = function(x)
            for l in 0..<laneCount {
                let expected = exact(Double(x[l]))
                worst = max(worst, abs(Double(y[l]) - expected) / (relative ? abs(expected) : 1))
            }
        }
        return worst
    }

    @Test func elementaryFunctions() {
        #expect(worstError(from: -8, to: 8, { $0.sineAndCosine.sine }, sin) < 1.5e-7)
        #expect(worstError(from: -8, to: 8, { $0.sineAndCosine.cosine }, cos) < 1.5e-7)
        #expect(worstError(from: -100, to: 100, { $0.sineAndCosine.sine }, sin) < 1.5e-7)
        #expect(worstError(from: -80, to: 80, \.exponential, exp, relative: true) < 3e-7)
        #expect(worstError(from: 0.5, to: 2, \.logarithm, log) < 1.5e-7)
        #expect(worstError(from: 3, to: 1e6, \.logarithm, log, relative: true) < 3e-7)
        #expect(worstError(from: -20, to: 20, \.logistic, { 1 / (1 + exp(-$0)) }) < 3e-7)
        #expect(worstError(from: -1000, to: 1000, \.nearestInteger, { $0.rounded(.toNearestOrEven) }) == 0)
    }

    @Test func exponentialStaysFinite() {
        for x: Float in [-.infinity, -1e30, 1e30, .infinity] {
            let y = Lanes(repeating: x).exponential[3]
            #expect(y.isFinite && y > 0)
        }
    }

    @Test func limits() {
        let x = Lanes(repeating: 3)
        #expect(x.limited(from: Lanes(repeating: -1), to: Lanes(repeating: 1)) == Lanes(repeating: 1))
        #expect((-x).limited(from: Lanes(repeating: -1), to: Lanes(repeating: 1)) == Lanes(repeating: -1))
        #expect(x.minimum(Lanes(repeating: 2)) == Lanes(repeating: 2) && x.maximum(Lanes(repeating: 2)) == x)
    }
}

@Suite struct RandomStreamTests {
    @Test func uniformNumbersFillTheirRange() {
        var stream = RandomStream(seed: 1)
        var lanes = LaneRandom(using: &stream)
        var mean = 0.0, square = 0.0
        var normal = 0.0, normalSquare = 0.0, fourth = 0.0
        let count = 20_000
        for _ in 0..<count {
            let u = lanes.uniform()
            #expect(u.min() >= 0 && u.max() < 1)
            mean += Double(u.sum()) / 16
            square += Double((u * u).sum()) / 16
            let (a, b) = lanes.normals()
            for z in [a, b] {
                let square = z * z
                normal += Double(z.sum()) / 32
                normalSquare += Double(square.sum()) / 32
                fourth += Double((square * square).sum()) / 32
            }
        }
        let n = Double(count)
        #expect(abs(mean / n - 0.5) < 0.003 && abs(square / n - 1.0 / 3) < 0.003)
        #expect(abs(normal / n) < 0.006 && abs(normalSquare / n - 1) < 0.01 && abs(fourth / n - 3) < 0.06)
    }

    @Test func splitsAreIndependentOfTheParentsFuture() {
        let stream = RandomStream(seed: 5)
        var a = stream.split(0), b = stream.split(1), again = stream.split(0)
        let first = (0..<8).map { _ in a.next() }
        #expect(first == (0..<8).map { _ in again.next() })
        #expect(first != (0..<8).map { _ in b.next() })
    }

    @Test func stateRestoresTheFuture() {
        var stream = RandomStream(seed: 5)
        _ = stream.next()
        var copy = RandomStream(state: stream.state)
        #expect(copy.next() == stream.next())
    }
}

@Suite struct ParallelTests {
    @Test(arguments: [1, 2, 7]) func everyIndexRunsOnce(threads: Int) {
        let counters = (0..<100).map { _ in SharedCounter() }
        parallelFor(100, threads: threads) { _ = counters[$0].next() }
        #expect(counters.allSatisfy { $0.next() == 1 })
    }
}
