import Foundation
import Mixtures
import Numerics
import Testing
import VariationalInference

/// What goes beyond the published method: reuse with a common background, pairs, sweeps over the weights, acceleration.
@Suite struct RefinementTests {
    private func adding(_ change: (inout AddAndDelete) -> Void) -> ComponentAdaptation {
        var knobs = AddAndDelete()
        change(&knobs)
        return .addAndDelete(knobs)
    }

    @Test func samplesThatAreUsedAgainKeepTheResultAndSaveEvaluations() throws {
        let target = GaussianTarget.example
        func run(_ reuse: Double) throws -> InferenceState {
            var state = try InferenceState(target, settings: settings { $0.selection = .perComponent(count: 100, reuse: reuse) })
            for _ in 0..<60 { _ = try state.step(target) }
            return state
        }
        let fresh = try run(0), again = try run(3)
        #expect(fresh.evaluations == 6000 && again.evaluations < 2500)
        #expect(divergence(again.components[0].gaussian, target.gaussian) < 1e-9)
        #expect(again.reusedSamples <= 300 && again.reusedSamples > 200)
    }

    @Test(arguments: [40, 250, 1000])
    func reuseStaysWithinTheDatabase(_ capacity: Int) throws {
        let target = PlanarRobot.published(goals: 4)
        var state = try InferenceState(target, settings: settings {
            $0.components = 5
            $0.databaseCapacity = capacity
            $0.selection = .perComponent(count: 60, reuse: 10)
        })
        for _ in 0..<30 {
            _ = try state.step(target)
            #expect(state.database.count <= capacity && state.reusedSamples <= capacity)
        }
        #expect(state.bound!.isFinite)
    }

    /// With samples mirrored at the mean, a density that is even around it leaves the mean where it is.
    @Test func pairsCancelOddTerms() throws {
        let target = FunctionTarget(dimension: 2) { -pow($0[0], 4) - pow($0[1], 4) - $0[0] * $0[0] * $0[1] * $0[1] }
        func shift(_ pairs: Bool) throws -> Double {
            var state = try InferenceState(target, settings: settings { $0.drawsPairs = pairs })
            _ = try state.step(target)
            return state.components[0].gaussian.mean.map(abs).max()!
        }
        #expect(try shift(true) < 1e-6)
        #expect(try shift(false) > 1e-4)
    }

    @Test func newComponentsOfLittleAdvantageGainWeightBySweeps() throws {
        let target = StudentMixture(
            name: "tails", components: [Gaussian(mean: [0, 0], deviations: [1, 1])], degreesOfFreedom: 2, start: InitialMixture(dimension: 2))
        func inUse(_ sweeps: Int) throws -> Double {
            var state = try InferenceState(target, settings: settings {
                $0.adaptation = adding { $0.addInterval = 5 }
                $0.weightSweeps = sweeps
                $0.selection = .perComponent(count: 300, reuse: 0)
            })
            for _ in 0..<40 { _ = try state.step(target) }
            return state.mixture.componentsInUse
        }
        let (one, many) = (try inUse(1), try inUse(20))
        #expect(many > one && many > 1.5)
    }

    // Around Student's t-distribution full steps of the natural gradient change the scale by 1/D of what is missing.
    @Test func accelerationFindsTheScaleOfHeavyTails() throws {
        let n = 30
        let target = StudentMixture(
            name: "tails", components: [Gaussian(mean: Array(repeating: 0, count: n), deviations: Array(repeating: 1e-3, count: n))],
            degreesOfFreedom: 2, start: InitialMixture(dimension: n))
        func bound(_ accelerates: Bool) throws -> Double {
            var state = try InferenceState(target, settings: settings {
                $0.acceleratesScale = accelerates
                $0.stepSize = .adapted(initial: 100, range: 1...1000)
                $0.selection = .perComponent(count: 150, reuse: 0)
            })
            for _ in 0..<40 { _ = try state.step(target) }
            return state.bound!
        }
        let (slow, fast) = (try bound(false), try bound(true))
        #expect(fast > slow + 3, "\(slow), accelerated \(fast)")
        #expect(fast > -2 && fast < 0, "one Gaussian is a nat or so from such a density: \(fast)")
    }

    @Test func accelerationLeavesGaussianTargetsExact() throws {
        let target = GaussianTarget.example
        var state = try InferenceState(target, settings: settings { $0.acceleratesScale = true })
        for _ in 0..<80 { _ = try state.step(target) }
        #expect(divergence(state.components[0].gaussian, target.gaussian) < 1e-9)
    }

    @Test func boundlessThresholdsFindModesFarAway() throws {
        let target = MixtureTarget.published(dimension: 20)
        var state = try InferenceState(target, settings: settings {
            $0.selection = .perComponent(count: 60, reuse: 0)
            $0.stepSize = .adapted(initial: 10, range: 0.01...100)
            $0.adaptation = adding {
                $0.addInterval = 5
                $0.deleteInterval = 20
                $0.priorCandidates = 100
                $0.thresholds = [.infinity]
            }
        })
        var run = InferenceRun(.samples(90_000), from: state)
        while try run.step(&state, target) != nil {}
        #expect(state.mixture.coveredModes(target.modes!) == 10)
        #expect(abs(state.bound!) < 0.01)
    }

    /// Sums are computed by tiles, densities two variables a time, and samples of small weight are gathered: no dimension is left over.
    @Test(arguments: [1, 2, 4, 5, 7, 8, 11, 42]) func componentsThatOverlapFindGaussiansOfAnyDimension(_ n: Int) throws {
        var stream = RandomStream(seed: 3)
        var factor = Array(repeating: 0.0, count: triangleCount(n))
        for i in 0..<n { for j in 0...i { factor[triangleIndex(i, j)] = i == j ? 0.8 + stream.uniform() : 0.1 * stream.normal() } }
        let target = GaussianTarget(gaussian: Gaussian(mean: (0..<n).map { _ in stream.normal() }, precisionFactor: factor))
        var state = try InferenceState(target, settings: settings {
            $0.components = 6
            $0.selection = .perComponent(count: 4 * (n + 1), reuse: 0)
            $0.stepSize = .fixed(10)
        })
        for _ in 0..<40 { _ = try state.step(target) }
        let bound = try state.mixture.evidence(of: target, samples: 500, using: &stream).bound
        #expect(abs(bound.value) < 5e-3)
    }
}
