import ConditionalModels
import Kinematics
import Numerics

extension PoseQuery {
    /// Answers many questions on several threads; every pose has a stream of its own, so that the answers do not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - poses: the targets.
    ///   - stream: what the poses' streams are split from; it does not advance.
    /// - Returns: an answer a pose, in their order; those after a cancellation are empty and say so.
    /// - Throws: ``ModelError/wrongSubject(expected:found:)``.
    public static func solve(
        _ model: ConditionalMixture, chain: Chain, poses: [Pose], options: InverseKinematics.Options, wishes: SearchWishes = SearchWishes(),
        refine steps: Int = 0, stream: RandomStream, threads: Int = availableCores, cancellation: Cancellation = .never
    ) throws(ModelError) -> [Solutions] {
        // Every question that a workspace could refuse, it refuses here.
        _ = try PoseQuery(model, chain: chain)
        return inBlocks(of: poses, robot: chain.name, options: options, threads: threads, cancellation: cancellation) {
            try? PoseQuery(model, chain: chain)
        } answer: { query, index in
            var own = stream.split(index)
            return query.solve(poses[index], options: options, wishes: wishes, refine: steps, using: &own, cancellation: cancellation)
        }
    }
}

extension InverseKinematics {
    /// Answers many questions on several threads, without a model; as `PoseQuery.solve` with a list of poses.
    public static func solve(
        _ chain: Chain, poses: [Pose], options: Options, wishes: SearchWishes = SearchWishes(), stream: RandomStream,
        threads: Int = availableCores, cancellation: Cancellation = .never
    ) -> [Solutions] {
        inBlocks(of: poses, robot: chain.name, options: options, threads: threads, cancellation: cancellation) { InverseKinematics(chain) } answer: { solver, index in
            var own = stream.split(index)
            return solver.solve(poses[index], options: options, wishes: wishes, using: &own, cancellation: cancellation)
        }
    }
}

/// Answers questions, a workspace for each block of a few; none is made, and nothing computed, once that is cancelled.
private func inBlocks<Workspace>(
    of poses: [Pose], robot: String, options: InverseKinematics.Options, threads: Int, cancellation: Cancellation,
    workspace: @escaping @Sendable () -> Workspace?, answer: @escaping @Sendable (Workspace, Int) -> Solutions
) -> [Solutions] {
    let block = 16
    let count = poses.count
    let memory = UnsafeMutablePointer<Solutions?>.allocate(capacity: max(count, 1))
    memory.initialize(repeating: nil, count: count)
    defer {
        memory.deinitialize(count: count)
        memory.deallocate()
    }
    nonisolated(unsafe) let places = memory
    // Every index writes its own place.
    parallelFor((count + block - 1) / block, threads: threads) { first in
        guard !cancellation.isRequested else { return }
        guard let workspace = workspace() else { return }
        for index in first * block..<min((first + 1) * block, count) where !cancellation.isRequested { places[index] = answer(workspace, index) }
    }
    return (0..<count).map { index in
        memory[index] ?? Solutions(interruptedBeforeAnyStartOf: robot, target: poses[index], requested: options.count)
    }
}
