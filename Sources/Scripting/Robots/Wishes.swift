import ConditionalModels
import Kinematics
import LuaBridge
import Numerics
import RobotModels

// What is wished of solutions besides reaching a pose: nearness, held joints, several poses at once; and Robot:reachable.

extension Session {
    /// The options of wishes, for every search.
    static var wishOptions: [Parameter] { [
        Parameter("near", "list of numbers", "a configuration: the nearest solutions come first, moved towards it as far as the pose allows", unit: "rad, m", isOptional: true),
        Parameter("weights", "list of numbers", "how much each joint counts in distances, above 0", default: "all 1"),
        Parameter("locked", "table", "joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near", isOptional: true),
    ] }

    /// Answers a list of poses on several threads.
    func answers(
        to poses: [Pose], robot: Robot, options: InverseKinematics.Options, wishes: SearchWishes, stream: RandomStream,
        model: (mixture: ConditionalMixture, refine: Int)?
    ) throws -> Value {
        let solutions: [Solutions]
        if let model {
            solutions = try PoseQuery.solve(
                model.mixture, chain: robot.chain, poses: poses, options: options, wishes: wishes, refine: model.refine, stream: stream,
                cancellation: cancellation)
        } else {
            solutions = InverseKinematics.solve(
                robot.chain, poses: poses, options: options, wishes: wishes, stream: stream, cancellation: cancellation)
        }
        return .list(solutions.map { Answer(robot: robot, solutions: $0).value })
    }

    var reachable: Function {
        Function(
            "Robot:reachable", "Whether a pose can be reached; and the configuration that reaches it, or comes closest.",
            parameters: [
                Parameter("pose", "Pose", "where the tip is to be, in the base frame"),
                .options(Session.searchOptions.filter { ["position_tolerance", "rotation_tolerance", "seed", "degrees"].contains($0.name) } + Session.wishOptions + [
                    Parameter("restarts", "integer", "how many starts are tried before the pose counts as out of reach", default: "4096")
                ]),
            ],
            returns: "boolean, and a Solution: one that reaches the pose, or the closest approach with its errors",
            example: """
                local panda = avips.robot "panda"
                local yes, solution = panda:reachable(panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7})
                assert(yes and solution.position_error < 1e-4)
                local no, closest = panda:reachable(avips.pose{ xyz = {2, 0, 0} }, { restarts = 200 })
                assert(not no and closest.position_error > 0.5)
                """
        ) { [unowned self] arguments in
            let robot = try arguments.receiver(Robot.self)
            let pose = try arguments[1].object(Pose.self)
            let given = try arguments.options(2)
            var options = InverseKinematics.Options()
            if let tolerance = try given["position_tolerance"]?.positiveNumber() { options.positionTolerance = tolerance }
            if let tolerance = try given["rotation_tolerance"]?.angle(in: AngleUnit(given), orInfinity: true) { options.rotationTolerance = tolerance }
            options.restarts = try given["restarts"]?.integer(in: 1...10_000_000)
            let wishes = try SearchWishes(given, robot: robot)
            var stream = try stream(seed: given["seed"])
            let answer = robot.solver.solve(pose, options: options, wishes: wishes, using: &stream, cancellation: cancellation)
            // An interrupted search has not shown that there is nothing.
            if !answer.isReachable, cancellation.isRequested { throw LuaError("interrupted after \(answer.starts) starts", kind: .interrupt) }
            let best = answer.solutions.first ?? answer.closest
            return .several([
                .boolean(answer.isReachable), best.map { .object(holding: AnswerItem(robot: robot, solution: $0)) } ?? .nil,
            ])
        }
    }
}

extension SearchWishes {
    /// Reads `Session.wishOptions`.
    init(_ options: LuaBridge.Options, robot: Robot) throws {
        try self.init(options, variables: robot.chain.variables, name: robot.chain.name) { try $0.configuration(of: robot, in: $1) }
    }

    init(_ options: LuaBridge.Options, whole: WholeBody) throws {
        try self.init(options, variables: whole.body.variables, name: whole.body.name) { try $0.configuration(of: whole, in: $1) }
    }

    private init(
        _ options: LuaBridge.Options, variables: [Chain.Variable], name: String, configuration: (Slot, AngleUnit) throws -> [Double]
    ) throws {
        self.init()
        let unit = try AngleUnit(options)
        near = try options["near"].map { try configuration($0, unit) }
        weights = try options["weights"]?.weights(of: name, count: variables.count)
        guard let slot = options["locked"] else { return }
        guard slot.kind == .table else { throw slot.mismatch("a table of joints and their values, { \(variables[0].name) = 0.3 }") }
        try slot.forEachEntry { key, value in
            if key.kind == .string {
                let index = try key.joint(among: variables, of: name)
                held[index] = try value.heldValue(for: variables[index], in: unit)
            } else {
                let index = try value.joint(among: variables, of: name)
                guard let near else { throw slot.invalid("names \(variables[index].name) without a value, which goes with near = a configuration only") }
                held[index] = near[index]
            }
        }
        guard held.count < variables.count else { throw slot.invalid("leaves no joint of \(name) to move") }
    }
}

extension Slot {
    /// The index of a joint by its name.
    fileprivate func joint(among variables: [Chain.Variable], of robot: String) throws -> Int {
        guard kind == .string else { throw mismatch("the name of a joint of \(robot)") }
        let name = try string()
        guard let index = variables.firstIndex(where: { $0.name == name }) else {
            throw invalid("names no joint of \(robot) (\"\(name)\"); the joints are " + variables.map(\.name).joined(separator: ", "))
        }
        return index
    }

    /// One positive number a joint.
    func weights(of robot: Robot) throws -> [Double] { try weights(of: robot.chain.name, count: robot.chain.degreesOfFreedom) }

    fileprivate func weights(of robot: String, count: Int) throws -> [Double] {
        let weights = try vector(count: count, expected: "a list of \(count) numbers, one a joint of \(robot)")
        guard weights.allSatisfy({ $0 >= 1e-6 && $0 <= 1e6 }) else { throw invalid("must be numbers from 1e-6 to 1e6") }
        return weights
    }

    /// A value that a joint can be held at.
    fileprivate func heldValue(for variable: Chain.Variable, in unit: AngleUnit) throws -> Double {
        let value = try jointValue(of: variable, in: unit)
        guard variable.kind == .continuous || (value >= variable.lower - 1e-9 && value <= variable.upper + 1e-9) else {
            throw invalid("must lie within the limits of \(variable.name), \(plainText(variable.lower)) to \(plainText(variable.upper)), got \(plainText(value))")
        }
        return value
    }

    /// The poses of a list; nil where the value is no list.
    func poses() throws -> [Pose]? {
        guard kind == .table else { return nil }
        let length = try length()
        guard length > 0 else { throw invalid("must be a Pose or a list of poses, got an empty table") }
        guard length <= 1_000_000 else { throw invalid("must have at most 1000000 poses, got \(length)") }
        return try (1...length).map { index in try withElement(index) { try $0.object(Pose.self) } }
    }
}
