import Foundation
import Kinematics
import ModelTraining
import Numerics
import RobotModels
import Testing

@Suite struct ConditionalSamplesTests {
    /// Configurations uniform within the limits whose tip lies within a small disc about the target: the definition of the conditional.
    private func rejected(_ chain: Chain, _ target: Pose, radius: Double, count: Int, seed: UInt64) -> [[Double]] {
        var stream = RandomStream(seed: seed), result: [[Double]] = []
        while result.count < count {
            let q = chain.randomConfiguration(using: &stream)
            if chain.forwardKinematics(q).error(to: target).position < radius { result.append(q) }
        }
        return result
    }

    /// Means and standard errors of some features of configurations.
    private func features(_ rows: [[Double]]) -> [(mean: Double, error: Double)] {
        let values = rows.map { q in q.flatMap { [Elementary.cos($0), Elementary.sin($0), Elementary.cos(2 * $0)] } + [Elementary.sin(q[0] - q[2])] }
        let n = Double(rows.count)
        return values[0].indices.map { k in
            let mean = values.reduce(0) { $0 + $1[k] } / n
            let variance = values.reduce(0) { $0 + ($1[k] - mean) * ($1[k] - mean) } / n
            return (mean, (variance / n).squareRoot())
        }
    }

    @Test func samplesFollowTheConditionalDistribution() throws {
        let chain = planarArm()
        // Even a model that has hardly learned anything proposes well enough: the weights make up for it.
        var state = try TrainingState(smallModel(chain), settings: {
            var settings = TrainingSettings(budget: .steps(150), seed: 4)
            settings.batch = 128
            settings.warmupSteps = 20
            return settings
        }())
        try Trainer().train(&state, on: .poses(of: chain, for: state.model))
        let query = try PoseQuery(state.trainedModel, chain: chain)
        for (index, q) in [[0.4, 0.9, -0.6], [-0.7, 1.6, 0.9], [1.1, -1.2, 0.3]].enumerated() {
            let target = chain.forwardKinematics(q)
            var stream = RandomStream(seed: UInt64(index))
            let samples = query.sampleConditional(target, count: 3000, pool: 8, using: &stream)
            let rows = (0..<samples.configurations.rows).map { Array(samples.configurations.row($0)) }
            #expect(rows.count == 3000 && samples.effectiveSize > 1500)
            for row in rows { #expect(chain.contains(row) && chain.forwardKinematics(row).error(to: target).position < 1e-5) }
            let reference = features(rejected(chain, target, radius: 0.03, count: 1500, seed: UInt64(10 + index)))
            for (found, expected) in zip(features(rows), reference) {
                // Four standard errors, and what the disc's size and the resampling add.
                #expect(abs(found.mean - expected.mean) < 4 * expected.error * 2.0.squareRoot() + 0.01, "\(found) \(expected)")
            }
        }
    }

    @Test(arguments: [0, 1e4]) func armsThatAreMountedFarAwayAreSampledAsExactly(distance: Double) throws {
        let chain = planarArm().mounted(at: Pose(position: [distance, -distance / 2, distance / 4], rotation: .identity))
        let query = try PoseQuery(smallModel(chain), chain: chain), target = chain.forwardKinematics([0.4, 0.9, -0.6])
        var stream = RandomStream(seed: 5)
        let samples = query.sampleConditional(target, count: 200, using: &stream).configurations
        #expect(samples.rows == 200)
        for row in 0..<samples.rows {
            let q = Array(samples.row(row))
            #expect(chain.contains(q) && chain.forwardKinematics(q).error(to: target).position < 1e-5 + 1e-14 * distance)
        }
    }

    @Test func isolatedSolutionsAreDrawnByTheirVolume() throws {
        // Two links: an elbow up and an elbow down, equally likely.
        let chain = planarArm(lengths: [0.5, 0.4])
        let query = try PoseQuery(smallModel(chain, context: .position), chain: chain)
        let target = chain.forwardKinematics([0.3, 0.8])
        var stream = RandomStream(seed: 2)
        let samples = query.sampleConditional(target, count: 1000, using: &stream)
        let up = (0..<1000).count { samples.configurations[$0, 1] > 0 }
        #expect(abs(up - 500) < 80)
        let nowhere = query.sampleConditional(Pose(position: [3, 0, 0], rotation: .identity), count: 10, using: &stream)
        #expect(nowhere.configurations.rows == 0)
    }

    @Test func sameStreamGivesTheSameSamples() throws {
        let chain = planarArm()
        let query = try PoseQuery(smallModel(chain), chain: chain)
        let target = chain.forwardKinematics([0.2, 0.4, 0.5])
        var first = RandomStream(seed: 3), second = RandomStream(seed: 3)
        #expect(query.sampleConditional(target, count: 40, using: &first).configurations
            == query.sampleConditional(target, count: 40, using: &second).configurations)
    }

    @Test func resampledSamplesAreNearerAndInside() throws {
        let chain = planarArm()
        let query = try PoseQuery(smallModel(chain), chain: chain)
        let target = chain.forwardKinematics([0.2, 0.4, 0.5])
        var stream = RandomStream(seed: 3)
        func meanError(_ rows: Matrix) -> Double {
            (0..<rows.rows).reduce(0) { $0 + chain.forwardKinematics(Array(rows.row($1))).error(to: target).position } / Double(rows.rows)
        }
        let raw = query.sample(target, count: 400, using: &stream), resampled = query.sampleResampled(target, count: 400, using: &stream)
        #expect(resampled.rows == 400)
        // Given the limits, samples follow the raw ones that keep them.
        let kept = (0..<400).map { Array(raw.row($0)) }.filter { chain.contains($0) }, inside = query.sampleInside(target, count: 400, of: chain, using: &stream)
        #expect(inside.rows == 400 && kept.count > 100 && (0..<400).allSatisfy { chain.contains(Array(inside.row($0))) })
        for i in 0..<chain.degreesOfFreedom {
            let difference = kept.reduce(0) { $0 + $1[i] } / Double(kept.count) - (0..<400).reduce(0) { $0 + inside[$1, i] } / 400
            #expect(abs(difference) < 0.4)
        }
        #expect((0..<400).allSatisfy { chain.contains(Array(resampled.row($0))) })
        #expect(meanError(resampled) < 0.6 * meanError(raw))
        // Most samples are still different ones.
        #expect(Set((0..<400).map { resampled[$0, 0] }).count > 200)
    }
}
