import Kinematics
import LuaBridge
import Numerics

// Body:ik, Body:reachable and Body:track: what robots with several tips are asked for.

extension BodyEntries {
    private static let stanceOption = OptionKey.flag(
        "stance", default: true, "whether the stance of the body's description is kept: feet in place, centre of mass over them, to 0.1 mm and 1 mrad whatever goals tolerate")

    private static let goalsText = "for each tip by name: a Goal, a Pose, or a position {x, y, z} in any orientation"

    /// The task that goals make with the body's stance.
    private func task(_ slot: Slot, _ whole: WholeBody, _ given: LuaBridge.Options) throws -> BodyTask {
        let stands = try given[Self.stanceOption]
        return try slot.task(of: whole.body, over: stands ? whole.body.stance : nil)
    }

    /// The tasks of a list; nil where the value is none.
    private func tasks(_ slot: Slot, _ whole: WholeBody, _ given: LuaBridge.Options) throws -> [BodyTask]? {
        guard slot.kind == .table, try slot.names().isEmpty else { return nil }
        let length = try slot.length()
        guard length > 0 else { return nil }
        guard length <= 100_000 else { throw slot.invalid("must have at most 100000 tables of goals, got \(length)") }
        return try (1...length).map { index in try slot.withElement(index) { try task($0, whole, given) } }
    }

    var inverseKinematics: Function {
        Function(
            "Body:ik", "Solves inverse kinematics of several tips at once without a model: finds configurations that meet all goals, by many parallel searches.",
            parameters: [
                Parameter("goals", "table or list of tables", Self.goalsText + "; several tables are solved on all cores"),
                .options(SearchKeys.answers + [SearchKeys.restarts, Self.stanceOption]),
            ],
            returns: "Postures, best first; goals that cannot be met give none, and the closest approach; for several tables a list of Postures",
            example: Self.example + """
                local answers = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { count = 3, seed = 1 })
                print(answers)
                assert(#answers == 3 and answers[1].position_error < 1e-4)
                local near = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { near = talos.nominal, locked = {"torso_1_joint"}, seed = 1 })
                assert(near[1].distance < 2 and near[1].q[13] == talos.nominal[13])
                """
        ) { arguments in
            let whole = try arguments.receiver(WholeBody.self)
            let given = try arguments.options(2)
            let tasks = try tasks(arguments[1], whole, given)
            let task = try tasks == nil ? task(arguments[1], whole, given) : nil
            var request = try SearchRequest(given, of: whole, in: session)
            if let task {
                let solutions = whole.solver(for: task).solve(
                    options: request.options, preferences: request.preferences, using: &request.stream, cancellation: cancellation)
                return Postures(whole: whole, solutions: solutions).value
            }
            let solutions = BodySolver.solve(
                whole.body, tasks: tasks ?? [], options: request.options, preferences: request.preferences, stream: request.stream,
                cancellation: cancellation)
            return .list(solutions.map { Postures(whole: whole, solutions: $0).value })
        }
    }

    var reachable: Function {
        Function(
            "Body:reachable", "Tells whether goals of several tips can be met at once, and by which configuration, or which one is the closest approach.",
            parameters: [Parameter("goals", "table", Self.goalsText), .options(SearchKeys.verdicts + [Self.stanceOption])],
            returns: RobotEntries.reachableReturns.replacingOccurrences(of: "a Solution", with: "a Posture"),
            example: Self.example + """
                local yes, posture = talos:reachable({ right_hand = {0.5, -0.2, 0.9} }, { seed = 1 })
                assert(yes and posture.position_error < 1e-4)
                """
        ) { arguments in
            let whole = try arguments.receiver(WholeBody.self)
            let given = try arguments.options(2)
            let task = try task(arguments[1], whole, given)
            var request = try SearchRequest(given, of: whole, in: session)
            let answer = whole.solver(for: task).solve(
                options: request.options, preferences: request.preferences, using: &request.stream, cancellation: cancellation)
            return try verdict(answer.outcome) { .object(holding: AnswerItem(subject: whole, solution: $0)) }
        }
    }

    var track: Function {
        Function(
            "Body:track", "Follows a path of goals of several tips without jumps where possible, and reports where it is not.",
            parameters: [
                Parameter("path", "list of tables", "goals along the path; in each table, " + Self.goalsText),
                .options(SearchKeys.paths + [Self.stanceOption]),
            ],
            returns: TrackEntries.trackReturns,
            example: Self.example + """
                local path = {}
                for i = 1, 3 do path[i] = { right_hand = {0.4 + 0.01 * i, -0.2, 0.9} } end
                local track = talos:track(path, { start = talos.nominal, max_step = 1, candidates = 2, seed = 1 })
                assert(#track == 3 and #track.unreached == 0)
                """
        ) { arguments in
            let whole = try arguments.receiver(WholeBody.self)
            let given = try arguments.options(2)
            guard let tasks = try tasks(arguments[1], whole, given) else { throw arguments[1].mismatch("a list of tables of goals") }
            let options = try TrackOptions(given, of: whole, in: session)
            if options.isClosed, tasks.count < 3 || tasks[0] != tasks[tasks.count - 1] { throw arguments[1].invalid("must end with its first goals where closed = true") }
            var stream = stream(seed: try given[SearchKeys.seed])
            let solver = whole.solver(for: tasks[0])
            let preferences = options.preferences
            let track = PathTracker.track(tasks, with: solver, options: options, cancellation: cancellation) { task, options in
                solver.set(task)
                return solver.solve(options: options, preferences: preferences, using: &stream, cancellation: cancellation).outcome
            }
            return try value(of: track, .body(whole), poses: tasks.count, MotionOptions.limits(of: whole, given), options)
        }
    }
}
