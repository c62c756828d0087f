import Foundation
import Kinematics
import Numerics

extension Evaluator {
    /// One solution of every pose at each tolerance, on one thread.
    func measureSolving(_ poses: [Pose]) throws -> [Evaluation.Solving] {
        let sampler = try model.makeSampler(for: chain)
        return try settings.solvingTolerances.map { tolerance in
            let options = SearchOptions(positionTolerance: tolerance.position, rotationTolerance: tolerance.rotation)
            var seconds: [Double] = []
            var solved = 0
            for (index, pose) in poses.enumerated() {
                if index % 256 == 0 { try pass("solving", index, poses.count) }
                var stream = settings.stream(.solving, index)
                let answer = sampler.solve(pose, options: options, using: &stream, cancellation: cancellation)
                if answer.found > 0 { solved += 1 }
                seconds.append(answer.elapsed)
            }
            seconds.sort()
            return Evaluation.Solving(
                positionTolerance: tolerance.position, rotationTolerance: tolerance.rotation, solved: solved, poses: poses.count,
                medianSeconds: seconds.quantile(0.5), percentile95Seconds: seconds.quantile(0.95))
        }
    }

    /// Seconds a pose for each mode and number of solutions, network included, on one thread.
    func measureTimes(_ poses: [Pose]) throws -> [[(mean: Estimate, median: Double)]] {
        guard !poses.isEmpty else { return settings.modes.map { _ in [] } }
        let clock = ContinuousClock()
        let samplers = try makeSamplers()
        let total = samplers.count * settings.timedCounts.count
        return try samplers.enumerated().map { mode, sampler in
            try settings.timedCounts.enumerated().map { place, count in
                try pass("times", mode * settings.timedCounts.count + place, total)
                let seconds = (-1..<poses.count).map { index -> Double in
                    var stream = settings.stream(.timing, index + 1)
                    let start = clock.now
                    _ = sampler.sample(poses[max(index, 0)], count: count, using: &stream)
                    return (clock.now - start) / .seconds(1)
                }
                // The first call only warms up.
                let counted = Array(seconds.dropFirst())
                return (Estimate(meanOf: counted), counted.sorted().quantile(0.5))
            }
        }
    }
}
