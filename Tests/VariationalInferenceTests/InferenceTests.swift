import Foundation
import Mixtures
import Numerics
import Testing
import VariationalInference

@Suite struct InferenceTests {
    @Test(arguments: GradientEstimate.allCases, ComponentUpdate.allCases)
    func gaussianTargetsAreFoundExactly(_ estimate: GradientEstimate, _ update: ComponentUpdate) throws {
        let target = GaussianTarget.example
        var state = try InferenceState(target, settings: settings {
            $0.estimate = estimate
            $0.update = update
            if update != .trustRegion { $0.stepSize = .fixed(0.5) }
        })
        for _ in 0..<80 { _ = try state.step(target) }
        let found = state.components[0].gaussian
        #expect(divergence(found, target.gaussian) < 1e-9)
        var stream = RandomStream(seed: 2)
        let bound = try state.mixture.evidence(of: target, samples: 200, using: &stream).bound
        #expect(abs(bound.value - 1.5) < 1e-6 && bound.standardError < 1e-6)
    }

    /// On a quadratic target the natural gradient is known: R = P − L and r = R·μ + P·(m − μ), from few samples and any of them.
    @Test(arguments: GradientEstimate.allCases, [12, 100])
    func naturalGradientsOfQuadraticTargetsAreAnalytic(_ estimate: GradientEstimate, _ samples: Int) throws {
        let target = GaussianTarget.example
        let b = 0.3
        var state = try InferenceState(target, settings: settings {
            $0.estimate = estimate
            $0.update = .direct
            $0.stepSize = .fixed(b)
            $0.selection = .perComponent(count: samples, reuse: 0)
        })
        let old = state.components[0].gaussian
        _ = try state.step(target)
        let new = state.components[0].gaussian
        let p = target.gaussian.precision, l = old.precision
        // L' = L + b·(P − L), and L'·μ' = L·μ + b·(P·m − L·μ).
        for i in 0..<3 {
            var left = 0.0, right = 0.0
            for j in 0..<3 {
                #expect(abs(new.precision[i, j] - (l[i, j] + b * (p[i, j] - l[i, j]))) < 1e-8)
                left += new.precision[i, j] * new.mean[j]
                right += (1 - b) * l[i, j] * old.mean[j] + b * p[i, j] * target.gaussian.mean[j]
            }
            #expect(abs(left - right) < 1e-8)
        }
    }

    @Test func resultsDoNotDependOnThreads() throws {
        let target = MixtureTarget.published(dimension: 5)
        func run(_ threads: Int) throws -> InferenceState {
            var state = try InferenceState(target, settings: settings {
                $0.threads = threads
                $0.components = 5
                $0.selection = .perComponent(count: 40, reuse: 2)
                $0.adaptation = .addAndDelete({ var knobs = AddAndDelete(); knobs.addInterval = 3; knobs.deleteInterval = 5; return knobs }())
            })
            for _ in 0..<20 { _ = try state.step(target) }
            return state
        }
        let one = try run(1), three = try run(3)
        #expect(one.components == three.components && one.evaluations == three.evaluations)
    }

    @Test func copiesGoOnAlike() throws {
        let target = PlanarRobot.published(goals: 4)
        var state = try InferenceState(target, settings: settings { $0.components = 4 })
        for _ in 0..<3 { _ = try state.step(target) }
        var copy = state
        for _ in 0..<4 { _ = try state.step(target) }
        for _ in 0..<4 { _ = try copy.step(target) }
        #expect(state.components == copy.components)
    }

    @Test func componentsAreAddedWhereTheyLackAndRemovedWhereTheyDoNot() throws {
        let target = MixtureTarget(
            name: "two modes",
            mixture: GaussianMixture(weights: [1, 1], components: [-6.0, 6].map { Gaussian(mean: [$0, 0], deviations: [1, 1]) }),
            start: InitialMixture(dimension: 2, deviation: 5))
        var state = try InferenceState(target, settings: settings {
            $0.adaptation = .addAndDelete({ var knobs = AddAndDelete(); knobs.addInterval = 10; knobs.deleteInterval = 20; return knobs }())
        })
        for _ in 0..<120 { _ = try state.step(target) }
        #expect(state.mixture.coveredModes(target.modes!) == 2)
        #expect(abs(state.bound ?? -1) < 1e-3)
        #expect(state.additions > state.components.count)
    }

    @Test func budgetsAreNotExceeded() throws {
        let target = GaussianTarget.example
        var state = try InferenceState(target, settings: settings())
        var run = InferenceRun(.samples(450), from: state)
        while try run.step(&state, target) != nil {}
        #expect(state.evaluations == 400 && state.iteration == 4)
        run = InferenceRun(.iterations(3), from: state)
        while try run.step(&state, target) != nil {}
        #expect(state.iteration == 7 && run.isFinished(state))
    }

    @Test func theDatabaseKeepsItsCap() throws {
        let target = GaussianTarget.example
        var state = try InferenceState(target, settings: settings {
            $0.databaseCapacity = 250
            $0.selection = .mixture(count: 100, reuse: 1)
        })
        for _ in 0..<10 { _ = try state.step(target) }
        #expect(state.database.count <= 250 && state.database.count > 100 && state.reusedSamples == 100)
        #expect(divergence(state.components[0].gaussian, target.gaussian) < 1)
    }

    // MARK: Bad targets

    private struct Failing: Error {}

    @Test func errorsKeepTheState() throws {
        let target = FunctionTarget(dimension: 2) { x in
            if x[0] > 2.5 { throw Failing() }
            return -x[0] * x[0] - x[1] * x[1]
        }
        var state = try InferenceState(target, settings: settings { $0.selection = .perComponent(count: 10, reuse: 0) })
        var failures = 0
        for _ in 0..<200 {
            let before = (state.components, state.iteration, state.evaluations)
            do {
                _ = try state.step(target)
            } catch is Failing {
                failures += 1
                #expect(state.components == before.0 && state.iteration == before.1 && state.evaluations == before.2)
                break
            }
        }
        #expect(failures <= 1)
    }

    @Test(arguments: [Double.nan, .infinity])
    func placesWithoutANumberAreErrorsThatNameThem(_ value: Double) throws {
        let target = FunctionTarget(name: "holey", dimension: 1) { $0[0] < -0.5 ? value : -0.5 * $0[0] * $0[0] }
        for estimate in GradientEstimate.allCases {
            var state = try InferenceState(target, settings: settings { $0.estimate = estimate })
            let error = try #require(#expect(throws: TargetError.self) { try state.step(target) })
            #expect("\(error)".hasPrefix("the target \"holey\" is \(value.isNaN ? "NaN" : "inf") at {-"), "\(error)")
            #expect(state.iteration == 0 && state.evaluations == 0)
        }
    }

    @Test func densityThatIsZeroEverywhereIsAnErrorThatNamesTheTarget() throws {
        let target = FunctionTarget(name: "void", dimension: 1) { _ in -.infinity }
        var state = try InferenceState(target, settings: settings())
        let error = try #require(#expect(throws: InferenceError.self) { try state.step(target) })
        #expect("\(error)".contains("\"void\" is zero at all 100 places"))
        #expect(state.iteration == 0)
    }

    @Test func wrongDimensionsAreErrors() {
        #expect(throws: InferenceError.self) {
            try InferenceState(GaussianTarget.example, settings: settings { $0.start = InitialMixture(dimension: 2) })
        }
        #expect(throws: InferenceError.self) {
            try InferenceState(MixtureTarget.published(dimension: 65), settings: settings { $0.estimate = .more })
        }
        #expect(throws: InferenceError.self) {
            try InferenceState(GaussianTarget.example, settings: settings {
                $0.components = 5
                $0.adaptation = .addAndDelete({ var knobs = AddAndDelete(); knobs.greatestCount = 4; return knobs }())
            })
        }
    }

    @Test func requestsToStopAreHeard() throws {
        let target = GaussianTarget.example
        var state = try InferenceState(target, settings: settings())
        #expect(throws: InferenceInterruption.self) { try state.step(target, cancellation: Cancellation { true }) }
        #expect(state.iteration == 0 && state.evaluations == 0)
    }
}
