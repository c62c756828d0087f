import ConditionalModels
import Foundation
import Kinematics
import Mixtures
import ModelTraining
import Numerics
import RobotModels
import Testing

/// Three slides along x, y and z: the tip's position is the configuration.
private let gantry: Chain = {
    let axes: [SIMD3<Double>] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    return Chain(
        name: "gantry", base: "base", tip: "l2",
        segments: axes.enumerated().map { i, axis in
            Chain.Segment(name: "j\(i)", kind: .prismatic, child: "l\(i)", origin: .identity, axis: axis, variable: i)
        },
        variables: (0..<3).map { Chain.Variable(name: "j\($0)", kind: .prismatic, lower: -1, upper: 1) })
}()

/// An arm of three unit links in the plane.
private let planarArm: Chain = {
    var segments = (0..<3).map { i in
        Chain.Segment(
            name: "j\(i)", kind: .revolute, child: "l\(i)", origin: Pose(position: [i == 0 ? 0 : 1, 0, 0], rotation: .identity),
            axis: [0, 0, 1], variable: i)
    }
    segments.append(Chain.Segment(
        name: "tip", kind: .fixed, child: "tip", origin: Pose(position: [1, 0, 0], rotation: .identity), axis: .zero, variable: nil))
    return Chain(
        name: "planar", base: "base", tip: "tip", segments: segments,
        variables: (0..<3).map { Chain.Variable(name: "j\($0)", kind: .revolute, lower: -2.5, upper: 2.5) })
}()

private func trained(_ chain: Chain, steps: Int, context: ContextKind = .pose) throws -> ConditionalMixture {
    let model = try ConditionalMixture(
        chain: chain, context: context, configuration: ModelConfiguration(components: 6, hidden: [64, 64], seed: 3))
    var settings = TrainingSettings(budget: .steps(steps), seed: 3)
    settings.batch = 256
    var state = try TrainingState(model, settings: settings)
    try Trainer().train(&state, on: .poses(of: chain, for: state.model))
    return state.trainedModel
}

@Suite struct PoseQueryTests {
    /// For a linear chain the evidence update is Bayes' rule in closed form.
    @Test func evidenceUpdateIsExactForALinearChain() throws {
        let query = try PoseQuery(trained(gantry, steps: 50, context: .position), chain: gantry)
        let pose = Pose(position: [0.3, -0.2, 0.5], rotation: .identity)
        let prior = query.predict(pose), posterior = query.predict(pose, refine: 1)
        let evidence = 1 / (0.005 * 0.005)
        var logWeights: [Double] = []
        for (before, after) in zip(prior.components, posterior.components) {
            let precision = after.precision
            for i in 0..<3 {
                for j in 0..<3 {
                    let expected = before.precision[i, j] + (i == j ? evidence : 0)
                    #expect(abs(precision[i, j] - expected) < 1e-4 * evidence)
                }
                // L'·m = L·μ + Λ·p.
                let left = (0..<3).reduce(0) { $0 + precision[i, $1] * after.mean[$1] }
                let right = (0..<3).reduce(0) { $0 + before.precision[i, $1] * before.mean[$1] } + evidence * pose.position[i]
                #expect(abs(left - right) < 1e-4 * evidence)
            }
            // The evidence is the density of the pose under N(μ, S + 1/Λ); the spread is far above the evidence's here.
            let covariance = before.covariance
            var widened = covariance
            for i in 0..<3 { widened[i, i] += 1 / evidence }
            let density = logDensity(pose.position, mean: before.mean, covariance: widened)
            logWeights.append(density)
        }
        let joint = zip(prior.weights, logWeights).map { $0 * exp($1) }
        let total = joint.reduce(0, +)
        for (weight, expected) in zip(posterior.weights, joint) { #expect(abs(weight - expected / total) < 2e-3) }
    }

    /// The log-density of a Gaussian over three variables, by the adjugate.
    private func logDensity(_ x: SIMD3<Double>, mean: [Double], covariance s: Matrix) -> Double {
        let d = [x.x - mean[0], x.y - mean[1], x.z - mean[2]]
        func minor(_ i: Int, _ j: Int) -> Double {
            let r = [0, 1, 2].filter { $0 != i }, c = [0, 1, 2].filter { $0 != j }
            return s[r[0], c[0]] * s[r[1], c[1]] - s[r[0], c[1]] * s[r[1], c[0]]
        }
        let determinant = (0..<3).reduce(0) { $0 + ($1 % 2 == 0 ? 1 : -1) * s[0, $1] * minor(0, $1) }
        var square = 0.0
        for i in 0..<3 { for j in 0..<3 { square += d[i] * d[j] * ((i + j) % 2 == 0 ? 1 : -1) * minor(j, i) / determinant } }
        return -0.5 * square - 0.5 * log(determinant) - 1.5 * log(2 * .pi)
    }

    @Test func samplesComeFromTheMixture() throws {
        let query = try PoseQuery(trained(planarArm, steps: 300), chain: planarArm)
        let pose = planarArm.forwardKinematics([0.4, 0.9, -0.6])
        var stream = RandomStream(seed: 1)
        let n = 20_000
        let samples = query.sample(pose, count: n, using: &stream)
        let mixture = query.predict(pose)
        for i in 0..<3 {
            let mean = (0..<n).reduce(0) { $0 + samples[$1, i] } / Double(n)
            let expected = zip(mixture.weights, mixture.components).reduce(0) { $0 + $1.0 * $1.1.mean[i] }
            let square = (0..<n).reduce(0) { $0 + samples[$1, i] * samples[$1, i] } / Double(n)
            let expectedSquare = zip(mixture.weights, mixture.components).reduce(0) { $0 + $1.0 * ($1.1.mean[i] * $1.1.mean[i] + $1.1.covariance[i, i]) }
            #expect(abs(mean - expected) < 0.05 && abs(square - expectedSquare) < 0.05 * (1 + expectedSquare))
        }
        var again = RandomStream(seed: 1)
        #expect(query.sample(pose, count: n, using: &again) == samples)
    }

    @Test func solutionsAreExactAndKnowTheirComponent() throws {
        let query = try PoseQuery(trained(planarArm, steps: 300), chain: planarArm)
        var stream = RandomStream(seed: 2)
        for _ in 0..<20 {
            let pose = planarArm.forwardKinematics(planarArm.randomConfiguration(using: &stream))
            for refine in [0, 2] {
                let answer = query.solve(pose, options: .init(count: 2, positionTolerance: 1e-6, rotationTolerance: 1e-6), refine: refine, using: &stream)
                #expect(answer.found >= 1)
                for solution in answer.solutions {
                    let error = planarArm.forwardKinematics(solution.configuration).error(to: pose)
                    #expect(error.position <= 1e-6 && error.rotation <= 1e-6 && planarArm.contains(solution.configuration))
                    #expect(solution.component.map { (0..<6).contains($0) } ?? true)
                }
            }
        }
    }

    @Test func positionModelsLeaveTheOrientationFree() throws {
        let query = try PoseQuery(trained(planarArm, steps: 100, context: .position), chain: planarArm)
        var stream = RandomStream(seed: 2)
        let answer = query.solve(
            Pose(position: [1.5, 0.5, 0], rotation: .identity), options: .init(count: 30, minimumDistance: 0.1), using: &stream)
        #expect(answer.found == 30 && answer.solutions.allSatisfy { $0.positionError < 1e-4 })
    }

    @Test func unreachablePosesAreAnsweredWithTheClosestApproach() throws {
        let query = try PoseQuery(trained(planarArm, steps: 10), chain: planarArm)
        var stream = RandomStream(seed: 2)
        let answer = query.solve(Pose(position: [5, 0, 0], rotation: .identity), using: &stream)
        #expect(answer.found == 0 && answer.reason != nil)
        #expect(try #require(answer.closest).positionError > 1.9)
    }

    @Test func modelsOfOtherRobotsAreRefused() throws {
        let model = try trained(planarArm, steps: 1)
        #expect(throws: ModelError.self) { try PoseQuery(model, chain: gantry) }
    }

    /// How many answers come from a component varies less from seed to seed than with independent draws.
    @Test func answersAreSharedAmongTheComponents() throws {
        let query = try PoseQuery(trained(planarArm, steps: 200, context: .position), chain: planarArm)
        var stream = RandomStream(seed: 7), variance = 0.0, independent = 0.0
        for _ in 0..<30 {
            let pose = planarArm.forwardKinematics(planarArm.randomConfiguration(using: &stream))
            let found = (0..<8).map { _ in
                let answers = query.solve(pose, options: .init(count: 64, minimumDistance: 1e-9), using: &stream).solutions
                return (0..<6).map { component in Double(answers.count { $0.component == component }) }
            }
            for component in 0..<6 {
                let counts = found.map { $0[component] }, mean = counts.reduce(0, +) / 8
                variance += counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7
                independent += mean * (1 - mean / 64)
            }
        }
        #expect(independent > 500 && variance < 0.6 * independent, "\(variance / independent)")
    }
}
