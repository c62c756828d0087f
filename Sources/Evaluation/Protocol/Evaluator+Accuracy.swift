import Kinematics
import Numerics

extension Evaluator {
    /// One mode's errors.
    struct Accuracy {
        var position: ErrorSummary
        var rotation: ErrorSummary
        var inside: Estimate
        var answers: Estimate
    }

    /// One mode at one pose.
    private struct PoseErrors: Sendable {
        var position: [Double] = []
        var rotation: [Double] = []
        var inside = 0
        var answers = 0
    }

    /// The errors of every mode over all poses.
    func measureAccuracy(_ poses: [Pose]) throws -> [Accuracy] {
        let block = 8
        let blocks = (poses.count + block - 1) / block
        let evaluator = SendableEvaluator(self)
        let errors = try parallelMap(
            blocks, threads: settings.threads,
            between: { try pass("accuracy", min($0 * block, poses.count), poses.count) }
        ) { index in
            let samplers = try evaluator.value.makeSamplers()
            return (index * block..<min((index + 1) * block, poses.count)).map { pose in
                samplers.enumerated().map { mode, sampler in
                    evaluator.value.errors(of: sampler, at: poses[pose], pose: pose, mode: mode)
                }
            }
        }.flatMap(\.self)
        // What follows a cancellation is empty.
        try pass("accuracy", poses.count, poses.count)
        return settings.modes.indices.map { mode in
            // A pose that a mode has no answer for has no errors.
            let own = errors.map { $0[mode] }.filter { !$0.position.isEmpty }
            func share(_ count: (PoseErrors) -> Int) -> Estimate {
                Estimate(meanOf: own.map { Double(count($0)) / Double($0.position.count) })
            }
            return Accuracy(
                position: ErrorSummary(own.map(\.position)), rotation: ErrorSummary(own.map(\.rotation)), inside: share(\.inside),
                answers: share(\.answers))
        }
    }

    private func errors(of sampler: any ConfigurationSampler, at target: Pose, pose: Int, mode: Int) -> PoseErrors {
        guard !cancellation.isRequested else { return PoseErrors() }
        var stream = settings.stream(.accuracy, pose * 64 + mode)
        let rows = sampler.sample(target, count: settings.samples, using: &stream)
        var evaluator = ChainEvaluator(chain)
        var result = PoseErrors()
        result.position.reserveCapacity(rows.rows)
        result.rotation.reserveCapacity(rows.rows)
        for row in 0..<rows.rows {
            let q = Array(rows.row(row))
            q.withUnsafeBufferPointer { evaluator.evaluate($0) }
            let error = evaluator.tip.error(to: target)
            result.position.append(error.position)
            result.rotation.append(error.rotation)
            if chain.contains(q) { result.inside += 1 }
            if isAnswer(q, position: error.position, rotation: error.rotation) { result.answers += 1 }
        }
        return result
    }
}

/// An evaluator on its way to other threads, which use its constant parts only: the model, the chain and the settings.
struct SendableEvaluator: @unchecked Sendable {
    let value: Evaluator

    init(_ value: Evaluator) { self.value = value }
}
