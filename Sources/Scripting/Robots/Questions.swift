import ConditionalModels
import RobotModels
import Kinematics
import LuaBridge
import Numerics

// What a robot or a model is asked for: a pose, a goal, or a list of them; and Robot:ik and Robot:reachable.

/// What configurations are asked for.
enum Question {
    case one(Goal)
    case several([Goal])
}

extension Slot {
    /// What a robot is asked for: a Pose, a Goal, a table of what makes one, or a list of these.
    func question() throws -> Question {
        if let goals = try goals() { return .several(goals) }
        return .one(try goal())
    }

    /// The poses and goals of a list; nil where the value is no list.
    func goals() throws -> [Goal]? {
        guard kind == .table, try names().isEmpty else { return nil }
        let length = try length()
        guard length > 0 else { throw invalid("must be a Pose, a Goal or a list of them, got an empty table") }
        guard length <= 1_000_000 else { throw invalid("must have at most 1000000 poses, got \(length)") }
        if try withElement(1, { $0.kind == .number }) {
            throw invalid("must be a Pose, a Goal or a list of them, got a list of numbers; for a position write { xyz = {...} }, and avips.goal{ xyz = {...} } where any orientation will do")
        }
        return try (1...length).map { index in try withElement(index) { try $0.goal() } }
    }
}

extension RobotEntries {
    var inverseKinematics: Function {
        Function(
            "Robot:ik", "Solves inverse kinematics without a model: finds configurations that reach a pose or meet a goal, by many parallel searches from random starts.",
            parameters: [
                Parameter("pose", "Pose, Goal or list of them", "the target of the tip in the base frame; several are solved on all cores"),
                .options(SearchKeys.answers + [SearchKeys.restarts]),
            ],
            returns: "Solutions, best first; an unreachable pose gives none, and the closest approach; for several poses a list of Solutions",
            example: """
                local panda = avips.robot "panda"
                local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
                local answers = panda:ik(target, { count = 5, seed = 1 })
                assert(#answers == 5 and answers[1].position_error < 1e-4)
                print(answers)
                local next = panda:ik(target, { near = answers[1].q, max_move = 0.1, seconds = 0.01 })
                assert(next[1].distance < 1e-3)
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            let question = try arguments[1].question()
            var request = try SearchRequest(arguments.options(2), of: robot, in: session)
            return answer(question, of: robot, &request)
        }
    }

    static let reachableReturns = "boolean, or nil if the time limit was reached before either was known; and a Solution: one that reaches the target, or the closest approach with its errors; and a string if it is false: the reason"

    var reachable: Function {
        Function(
            "Robot:reachable", "Tells whether a pose can be reached or a goal met, and by which configuration, or which one is the closest approach.",
            parameters: [
                Parameter("pose", "Pose or Goal", "the target of the tip in the base frame"), .options(SearchKeys.verdicts),
            ],
            returns: Self.reachableReturns,
            example: """
                local panda = avips.robot "panda"
                local yes, solution = panda:reachable(panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7})
                assert(yes and solution.position_error < 1e-4)
                local no, closest = panda:reachable({ xyz = {2, 0, 0} }, { restarts = 200 })
                assert(no == false and closest.position_error > 0.5)
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            let goal = try arguments[1].goal()
            var request = try SearchRequest(arguments.options(2), of: robot, in: session)
            let answer = robot.solver.solve(
                goal, options: request.options, preferences: request.preferences, using: &request.stream, cancellation: cancellation)
            return try verdict(answer.outcome) { .object(holding: AnswerItem(subject: robot, solution: $0)) }
        }
    }
}

extension Entries {
    /// Answers a question, or several on several threads, by a search without a model.
    func answer(_ question: Question, of robot: Robot, _ request: inout SearchRequest) -> Value {
        switch question {
        case .one(let goal):
            let solutions = robot.solver.solve(
                goal, options: request.options, preferences: request.preferences, using: &request.stream, cancellation: cancellation)
            return Answer(robot: robot, solutions: solutions).value
        case .several(let goals):
            let solutions = InverseKinematics.solve(
                robot.chain, goals: goals, options: request.options, preferences: request.preferences, stream: request.stream, cancellation: cancellation)
            return .list(solutions.map { Answer(robot: robot, solutions: $0).value })
        }
    }

    /// The same by a model.
    func answer(
        _ question: Question, of robot: Robot, by model: some PoseModel, sampler: some PoseSampler & CheckedQuery, refine: Int = 0,
        _ request: inout SearchRequest
    ) throws -> Value {
        switch question {
        case .one(let goal):
            let solutions = try sampler.checked {
                $0.solve(
                    goal, options: request.options, preferences: request.preferences, refine: refine, using: &request.stream, cancellation: cancellation)
            }
            return Answer(robot: robot, solutions: solutions).value
        case .several(let goals):
            if let first = goals.first { _ = try sampler.checked { $0.weights(at: first.pose) } }
            let solutions = try model.solve(
                goals, chain: robot.chain, options: request.options, preferences: request.preferences, refine: refine, stream: request.stream,
                cancellation: cancellation)
            return .list(solutions.map { Answer(robot: robot, solutions: $0).value })
        }
    }

    /// Whether a search reached its target, and what it came to.
    func verdict(_ outcome: SearchOutcome, _ item: (Solution) -> Value) throws -> Value {
        // An interrupted search has not shown that there is nothing.
        if !outcome.isReachable, cancellation.isRequested { throw LuaError("interrupted after \(outcome.starts.counted("start"))", kind: .interrupt) }
        let best = outcome.solutions.first ?? outcome.closest
        return .several([!outcome.isReachable && outcome.wasStopped ? .nil : .boolean(outcome.isReachable), best.map(item) ?? .nil] + (outcome.isReachable ? [] : [outcome.reason.map(Value.string) ?? .nil]))
    }
}
