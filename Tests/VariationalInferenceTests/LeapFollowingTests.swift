import Mixtures
import ModelFiles
import Files
import Numerics
import Testing
import VariationalInference

/// Inferences that go by slopes until they find that the density leaps.
@Suite struct LeapFollowingTests {
    /// log Z = log √(2π) + log(1 + (e⁵ − 1)·Φ(−1.7)).
    private static let leaping = FunctionTarget(dimension: 1) { x in -x[0] * x[0] / 2 + (x[0] > 1.7 ? 5 : 0) }
    private static let logEvidence = 2.9430

    private func state(_ target: any TargetDensity, iterations: Int, _ change: (inout InferenceSettings) -> Void = { _ in }) throws -> InferenceState {
        var state = try InferenceState(target, settings: settings {
            $0.components = 4
            change(&$0)
        })
        for _ in 0..<iterations { _ = try state.step(target) }
        return state
    }

    private func bound(_ state: InferenceState, _ target: any TargetDensity) throws -> Double {
        var stream = RandomStream(seed: 2)
        return try state.mixture.evidence(of: target, samples: 4000, using: &stream).bound.value
    }

    @Test func leapsAreFollowed() throws {
        let (own, slopes) = (try state(Self.leaping, iterations: 100), try state(Self.leaping, iterations: 100) { $0.estimate = .stein })
        #expect(own.leaps && !own.usesSlopes && !slopes.leaps && slopes.usesSlopes)
        let (reached, before) = (try bound(own, Self.leaping), try bound(slopes, Self.leaping))
        #expect(reached > Self.logEvidence - 0.3 && before < Self.logEvidence - 1, "\(reached) \(before)")
    }

    /// Without a leap nothing differs from slopes alone, bit for bit.
    @Test func whatIsSmoothGoesBySlopes() throws {
        let target = FunctionTarget(dimension: 1) { x in -2 * abs(x[0]) - x[0] * x[0] * x[0] * x[0] }
        let (own, slopes) = (try state(target, iterations: 20), try state(target, iterations: 20) { $0.estimate = .stein })
        #expect(own.usesSlopes && own.components == slopes.components && own.evaluations == slopes.evaluations)
    }

    /// Values of too few samples determine no quadratic: three coefficients of one variable need three, or six in mirrored pairs.
    @Test func tooFewSamplesStayWithSlopes() throws {
        func leaps(_ samples: Int, pairs: Bool) throws -> Bool {
            try state(Self.leaping, iterations: 10) {
                $0.selection = .perComponent(count: samples, reuse: 0)
                $0.drawsPairs = pairs
            }.leaps
        }
        #expect(try !leaps(2, pairs: false) && leaps(3, pairs: false) && !leaps(4, pairs: true) && leaps(6, pairs: true))
    }

    /// A file from before the leap is found, or from after it, goes on with the same bits; samples that are used again lose their slopes meanwhile.
    @Test(arguments: [1, 70]) func aFileGoesOnWithTheSameBits(_ iterations: Int) throws {
        var state = try state(Self.leaping, iterations: iterations) {
            $0.selection = .perComponent(count: 20, reuse: 2)
            $0.start = InitialMixture(dimension: 1, deviation: 0.2)
        }
        #expect(state.leaps == (iterations > 1))
        var again = try InferenceState(Safetensors(state.encoded(target: "").encoded()), target: Self.leaping, path: "")
        #expect(again.leaps == state.leaps)
        for _ in 0..<70 {
            let one = try state.step(Self.leaping), other = try again.step(Self.leaping)
            #expect(one.bound == other.bound && one.evaluations == other.evaluations)
        }
        #expect(state.leaps && again.components == state.components)
    }

    /// A density that fails between samples ends no iteration.
    @Test func whatFailsBetweenSamplesIsPassedOver() throws {
        struct Failure: Error {}
        let target = FunctionTarget(dimension: 1) { x in
            if abs(x[0]) < 1e-3 { throw Failure() }
            return x[0] > 0 ? -x[0] : -20
        }
        _ = try state(target, iterations: 3) {
            $0.components = 1
            $0.selection = .perComponent(count: 10, reuse: 0)
        }
    }
}
