import ConditionalModels
import Kinematics
import Mixtures
import ModelTraining
import Numerics
import RobotModels
import Testing

/// Joints without limits: q and q + 2π are one configuration.
@Suite struct PeriodicTests {
    @Test func wrappedMixturesArePeriodicAndIntegrateToOne() {
        let mixture = GaussianMixture(
            weights: [0.4, 0.6],
            components: [Gaussian(mean: [3, 0.2], deviations: [0.4, 0.5]), Gaussian(mean: [-2.5, -0.3], deviations: [2.5, 0.3])]
        ).wrapped([(variable: 0, middle: 0)])
        for x in [[0.3, 0.1], [3.1, -0.4], [-3.1, 0.2]] {
            let value = mixture.logDensity(x)
            for turns in [-2.0, -1, 1, 2] { #expect(abs(mixture.logDensity([x[0] + 2 * .pi * turns, x[1]]) - value) < 1e-9) }
        }
        // The trapezoid rule is exact to rounding for a smooth periodic function.
        var integral = 0.0
        let n = 128, m = 200
        for i in 0..<n {
            for j in 0..<m {
                let x = -Double.pi + 2 * .pi * Double(i) / Double(n), y = -5 + 10 * (Double(j) + 0.5) / Double(m)
                integral += Elementary.exp(mixture.logDensity([x, y])) * 2 * .pi / Double(n) * 10 / Double(m)
            }
        }
        #expect(abs(integral - 1) < 1e-4, "\(integral)")
        var stream = RandomStream(seed: 1)
        let samples = mixture.samples(2000, using: &stream)
        #expect((0..<samples.rows).allSatisfy { samples[$0, 0] >= -.pi && samples[$0, 0] < .pi })
        // The wide component goes around; its samples come out on both sides.
        #expect((0..<samples.rows).count { samples[$0, 0] > 2.5 } > 100 && (0..<samples.rows).count { samples[$0, 0] < -2.5 } > 100)
    }

    @Test func conditioningTakesTheNearestWinding() {
        let factor = [2.0, 0.8, 1.5]
        let plain = GaussianMixture(weights: [1], components: [Gaussian(mean: [3, 0.5], precisionFactor: factor)])
        let wrapped = plain.wrapped([(variable: 0, middle: 0)])
        let expected = plain.conditioned(on: [0: 3.3]).components[0].mean[0]
        #expect(abs(wrapped.conditioned(on: [0: 3.3 - 2 * .pi]).components[0].mean[0] - expected) < 1e-12)
    }

    @Test func aModelsSamplesAndDensitiesKnowNoSeam() throws {
        let chain = continuousArm()
        var settings = TrainingSettings(budget: .steps(400), seed: 1)
        settings.batch = 256
        settings.warmupSteps = 50
        let model = try ConditionalMixture(chain: chain, configuration: ModelConfiguration(components: 6, hidden: [32, 32], seed: 1))
        var state = try TrainingState(model, settings: settings)
        try Trainer().train(&state, on: .poses(of: chain, for: model))
        let query = try PoseQuery(state.trainedModel, chain: chain)
        var stream = RandomStream(seed: 2)
        let pose = chain.forwardKinematics([3.1, 0.4, -3.1])
        let samples = query.sample(pose, count: 1000, refine: 0, using: &stream)
        #expect(samples.elements.allSatisfy { $0 >= -Double.pi - 1e-6 && $0 <= .pi + 1e-6 })
        let mixture = query.predict(pose)
        for row in 0..<20 {
            let q = Array(samples.row(row))
            for joint in q.indices {
                var turned = q
                turned[joint] += q[joint] > 0 ? -2 * .pi : 2 * .pi
                #expect(abs(mixture.logDensity(q) - mixture.logDensity(turned)) < 1e-6)
            }
        }
        // The true configuration is likely, from either side of the seam.
        #expect(mixture.logDensity([3.1, 0.4, -3.1]) > -6)
    }

    /// A planar arm of three joints without limits.
    private func continuousArm() -> Chain {
        let arm = planarArm()
        var segments = arm.segments
        for index in segments.indices where segments[index].kind == .revolute { segments[index].kind = .continuous }
        return Chain(name: "turning", base: arm.base, tip: arm.tip, segments: segments, variables: arm.variables.map {
            Chain.Variable(name: $0.name, kind: .continuous, lower: -.pi, upper: .pi)
        })
    }
}
