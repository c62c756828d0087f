import Foundation
import Mixtures
import Numerics
import Testing
import VariationalInference

/// Targets whose density is zero somewhere: the mixture learns to stay off such places, and no bound is above log Z.
@Suite struct ZeroDensityTests {
    private struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let dimension: Int
        let logNormaliser: Double
        let value: @Sendable ([Double]) -> Double
        var testDescription: String { name }
        var target: FunctionTarget { FunctionTarget(name: name, dimension: dimension, value: value) }
    }

    private static let cases = [
        Case(name: "half-plane", dimension: 2, logNormaliser: log(Double.pi)) { $0[0] > 0 ? -.infinity : -0.5 * ($0[0] * $0[0] + $0[1] * $0[1]) },
        Case(name: "half of a bell", dimension: 2, logNormaliser: log(Double.pi / 2)) { $0[0] > 0 ? -$0[0] * $0[0] - $0[1] * $0[1] : -.infinity },
        Case(name: "box", dimension: 2, logNormaliser: log(4)) { max(abs($0[0]), abs($0[1])) > 1 ? -.infinity : 0 },
        Case(name: "cut normal", dimension: 1, logNormaliser: log(sqrt(2 * Double.pi) * erf(sqrt(0.5)))) {
            abs($0[0]) > 1 ? -.infinity : -0.5 * $0[0] * $0[0]
        },
    ]

    @Test(arguments: 0..<4, GradientEstimate.allCases)
    func mixturesStayOffPlacesOfDensityZero(_ index: Int, _ estimate: GradientEstimate) throws {
        let example = Self.cases[index]
        for seed in 1...3 as ClosedRange<UInt64> {
            var state = try InferenceState(example.target, settings: settings {
                $0.estimate = estimate
                $0.seed = seed
                $0.adaptation = .addAndDelete(.init())
            })
            for _ in 0..<200 {
                let info = try state.step(example.target)
                #expect(info.bound.isFinite && info.entropy.isFinite && (0...1).contains(info.zeroShare))
            }
            var stream = RandomStream(seed: 7)
            let found = try state.mixture.evidence(of: example.target, samples: 10_000, using: &stream)
            #expect(found.zeroShare < 0.03, "\(found.zeroShare)")
            #expect(found.restricted.value < example.logNormaliser + 4 * found.restricted.standardError)
            #expect(found.restricted.value > example.logNormaliser - 0.8, "\(found.restricted.value)")
            #expect(found.bound.value <= example.logNormaliser && (found.zeros == 0 || found.bound.value == -.infinity))
            #expect(abs(found.logEvidence - example.logNormaliser) < 0.3)
        }
    }

    /// A mixture of which half lies where the density is zero: its own bound is −∞, that of its cut half is exact.
    @Test func boundsOfHalfAMixtureAreKnown() throws {
        let bell = GaussianMixture(weights: [1], components: [Gaussian(mean: [0, 0], deviations: [sqrt(0.5), sqrt(0.5)])])
        var stream = RandomStream(seed: 1)
        let found = try bell.evidence(of: Self.cases[1].target, samples: 20_000, using: &stream)
        #expect(found.bound.value == -.infinity && found.bound.standardError.isNaN)
        #expect(abs(found.zeroShare - 0.5) < 0.02)
        #expect(abs(found.restricted.value - log(Double.pi / 2)) < 4 * found.restricted.standardError && found.restricted.standardError < 0.01)
        let nowhere = FunctionTarget(dimension: 2) { _ in -.infinity }
        let none = try bell.evidence(of: nowhere, samples: 10, using: &stream)
        #expect(none.bound.value == -.infinity && none.restricted.value == -.infinity && none.zeroShare == 1 && none.effectiveSamples == 0)
    }

    /// Components that see no density at all move to where it is.
    @Test func lostComponentsMove() throws {
        let target = FunctionTarget(dimension: 2) { max(abs($0[0]), abs($0[1])) > 1 ? -.infinity : 0 }
        let start = GaussianMixture(
            weights: [0.5, 0.5], components: [Gaussian(mean: [0, 0], deviations: [0.5, 0.5]), Gaussian(mean: [40, 40], deviations: [0.5, 0.5])])
        var state = try InferenceState(target, settings: settings { $0.mixture = start })
        for _ in 0..<60 { _ = try state.step(target) }
        #expect(state.components.count == 2)
        #expect(state.components.allSatisfy { abs($0.gaussian.mean[0]) < 1.2 && abs($0.gaussian.mean[1]) < 1.2 })
    }

    /// Next to a border, differences are taken on the side that has density.
    @Test func gradientsNextToABorderAreOneSided() throws {
        let target = DifferentiatedTarget(FunctionTarget(dimension: 2) { $0[0] > 0 ? -.infinity : 3 * $0[0] + $0[1] })
        let gradient = try #require(try target.evaluate([-1e-9, 0]).gradient)
        #expect(abs(gradient[0] - 3) < 1e-6 && abs(gradient[1] - 1) < 1e-6)
    }
}
