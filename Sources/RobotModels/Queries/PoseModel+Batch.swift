import ConditionalModels
import Kinematics
import Numerics

extension PoseModel {
    /// Answers many questions on several threads; every goal has a stream of its own, so that the answers do not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - options: their time is that of all goals together.
    ///   - stream: what the goals' streams are split from; it does not advance.
    /// - Returns: an answer a goal, in their order; those after the search was stopped are empty and say so.
    /// - Throws: ``ModelError`` where the model is not one for the chain.
    public func solve(
        _ goals: [Goal], chain: Chain, options: SearchOptions, preferences: Preferences = .init(), refine steps: Int = 0, stream: RandomStream,
        threads: Int = availableCores, cancellation: Cancellation = .never
    ) throws(ModelError) -> [Solutions] {
        // What one thread can be given, the others can.
        _ = try makeSampler(for: chain)
        return answersInBlocks(goals.count, options: options, threads: threads, cancellation: cancellation) {
            try? makeSampler(for: chain)
        } answer: { sampler, index, options in
            var own = stream.split(index)
            guard let sampler else { return unanswered(goals[index], chain, options, "no workspace") }
            return sampler.solve(goals[index], options: options, preferences: preferences, refine: steps, using: &own, cancellation: cancellation)
        } unanswered: {
            unanswered(goals[$0], chain, options, $1)
        }
    }

    private func unanswered(_ goal: Goal, _ chain: Chain, _ options: SearchOptions, _ reason: String) -> Solutions {
        Solutions(stoppedBeforeAnyStartOf: chain.name, goal: goal, requested: options.count, reason: reason)
    }
}
