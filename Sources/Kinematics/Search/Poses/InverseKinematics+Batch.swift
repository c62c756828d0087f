import Numerics

extension InverseKinematics {
    /// Answers many questions on several threads; every goal has a stream of its own, so that the answers do not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - options: their time is that of all goals together.
    ///   - stream: what the goals' streams are split from; it does not advance.
    /// - Returns: an answer a goal, in their order; those after the search was stopped are empty and say so.
    public static func solve(
        _ chain: Chain, goals: [Goal], options: SearchOptions, preferences: Preferences = .init(), stream: RandomStream,
        threads: Int = availableCores, cancellation: Cancellation = .never
    ) -> [Solutions] {
        answersInBlocks(goals.count, options: options, threads: threads, cancellation: cancellation) {
            InverseKinematics(chain)
        } answer: { solver, index, options in
            var own = stream.split(index)
            return solver.solve(goals[index], options: options, preferences: preferences, using: &own, cancellation: cancellation)
        } unanswered: {
            Solutions(stoppedBeforeAnyStartOf: chain.name, goal: goals[$0], requested: options.count, reason: $1)
        }
    }
}

extension BodySolver {
    /// Answers many tasks on several threads, as ``InverseKinematics`` answers goals.
    public static func solve(
        _ body: Body, tasks: [BodyTask], options: SearchOptions, preferences: Preferences = .init(), stream: RandomStream,
        threads: Int = availableCores, cancellation: Cancellation = .never
    ) -> [BodySolutions] {
        guard let first = tasks.first else { return [] }
        return answersInBlocks(tasks.count, options: options, threads: threads, cancellation: cancellation) {
            BodySolver(body, task: first)
        } answer: { solver, index, options in
            var own = stream.split(index)
            solver.set(tasks[index])
            return solver.solve(options: options, preferences: preferences, using: &own, cancellation: cancellation)
        } unanswered: {
            BodySolutions(stoppedBeforeAnyStartAt: tasks[$0], requested: options.count, reason: $1)
        }
    }
}

/// Answers questions, a workspace for each block of a few; none is made, and nothing computed, once that is cancelled or the time is up.
public func answersInBlocks<Workspace, Answer: Sendable>(
    _ count: Int, options: SearchOptions, threads: Int, cancellation: Cancellation, workspace: @escaping @Sendable () -> Workspace,
    answer: @escaping @Sendable (Workspace, Int, SearchOptions) -> Answer, unanswered: (Int, _ reason: String) -> Answer
) -> [Answer] {
    let block = 16
    let limit = SearchLimit(seconds: options.seconds, cancellation: cancellation)
    let answers = parallelMap((count + block - 1) / block, threads: threads) { first -> [Answer] in
        guard limit.stop == nil else { return [] }
        let workspace = workspace()
        var found: [Answer] = []
        for index in first * block..<min((first + 1) * block, count) where limit.stop == nil {
            found.append(answer(workspace, index, limit.rest(of: options)))
        }
        return found
    }
    let reason = "\(limit.stop?.text ?? "stopped") before any start"
    return answers.enumerated().flatMap { first, found in
        found + (first * block + found.count..<min((first + 1) * block, count)).map { unanswered($0, reason) }
    }
}
