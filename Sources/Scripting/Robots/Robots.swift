import Files
import Kinematics
import LuaBridge
import Numerics

/// avips.robot, avips.robots, avips.models and the Robot type.
struct RobotEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(jointType)
        try state.register(type)
        try state.register(Function(
            "avips.robots", "Lists the available robots.", returns: "list of names",
            example: "for _, name in ipairs(avips.robots()) do print(name) end"
        ) { _ in .list(resources.robotLibrary.names.map(Value.string)) })
        try state.register(Function(
            "avips.models", "Lists the available trained models.", returns: "list of names",
            example: "for _, name in ipairs(avips.models()) do print(name) end"
        ) { _ in .list(resources.modelNames.map(Value.string)) })
        try state.register(Function(
            "avips.robot", "Loads a robot by its name or from a URDF or MJCF file. A description with several tips is loaded as a Body, unless tip selects one.",
            parameters: [
                Parameter("name", "string", "a name from avips.robots(), the path of a URDF or MJCF file, or the text of one, beginning with <"),
                .options(RobotOptions.declared),
            ],
            returns: "Robot, or Body",
            example: """
                local panda = avips.robot "panda"
                print(panda)
                assert(panda.dof == 7)
                -- With a pen of 10 cm in the hand, on a table 0.8 m high.
                local pen = avips.pose{ xyz = {0, 0, 0.2} }
                local writer = avips.robot("panda", { tool = pen, base = avips.pose{ xyz = {0, 0, 0.8} } })
                local q = {0, -0.5, 0, -2, 0, 1.6, 0.8}
                assert(writer:fk(q):distance(avips.pose{ xyz = {0, 0, 0.8} } * panda:fk(q) * pen) < 1e-12)
                """
        ) { arguments in
            let name = try arguments[1].string()
            let options = try RobotOptions(arguments.options(2))
            guard !name.isEmpty, !name.utf8.contains(0) || RobotLibrary.isText(name) else {
                throw arguments[1].mismatch("the name of a robot, the path of a URDF, or the text of one")
            }
            return try options.value(of: session.robotDescription(name), files: files)
        })
    }

    private var type: ObjectType {
        ObjectType(
            "Robot", of: Robot.self, "The chain of joints from a base link to a tip link.",
            describe: { display.spelled(RobotText.text($0, width: display.width)) },
            table: { DataTable($0.chain.variables) },
            properties: [
                ObjectProperty("name", "string", "the robot's name") { .string($0.chain.name) },
                ObjectProperty("dof", "integer", "the number of joint values of a configuration") { .integer($0.chain.degreesOfFreedom) },
                ObjectProperty("base", "string", "the link in whose frame poses are given") { .string($0.chain.base) },
                ObjectProperty("tip", "string", "the link whose pose is computed") { .string($0.chain.tip) },
                ObjectProperty("reach", "number", "the largest distance of the tip from the base's origin in m") { .number($0.reach) },
                ObjectProperty("joints", "list of Joints", "name, type, lower, upper limits of each joint value, in rad or m") { robot in
                    .list(robot.chain.variables.map { .object(holding: $0) })
                },
                ObjectProperty("notes", "list of strings", "choices and assumptions where the URDF is silent or ambiguous") { .list($0.notes.map(Value.string)) },
            ],
            methods: [
                frames, forwardKinematics, jacobian, random, manipulability, inverseKinematics, reachable, track, plan, collides, nearestContact, spheres, reference, splitting,
                reversing])
    }

    private var frames: Function {
        Function(
            "Robot:frames", "Lists the links of the robot's URDF, each of which can be the tip or the base of a chain.", parameters: [],
            returns: "list of tables: name, parent, joint and type of the joint that carries it, on_chain",
            example: """
                local panda = avips.robot "panda"
                for _, frame in ipairs(panda:frames()) do
                  if not frame.on_chain then print(frame.name, "on", frame.parent) end
                end
                """
        ) { arguments in try arguments.receiver(Robot.self).frames }
    }

    private var forwardKinematics: Function {
        Function(
            "Robot:fk", "Computes the pose of the tip in the base frame (forward kinematics), in double precision.",
            parameters: [
                Parameter("q", "list of numbers, or list of lists, or Matrix", "a configuration, or several as rows", unit: "rad, m"),
                .options([AngleUnit.degrees]),
            ],
            returns: "Pose; for several configurations a list of poses",
            example: """
                local panda = avips.robot "panda"
                print(panda:fk{0, 0, 0, -1.5, 0, 1.5, 0.7})
                print(panda:fk({0, 0, 0, -90, 0, 90, 45}, { degrees = true }))
                assert(#panda:fk(panda:random(5)) == 5)
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            let slot = arguments[1]
            let unit = try AngleUnit(arguments.options(2))
            if let pose = try robot.symbolicPose(slot, in: unit) { return pose }
            if slot.isVector {
                return .object(holding: try slot.configuration(of: robot, in: unit).withUnsafeBufferPointer { robot.pose($0) })
            }
            let configurations = try slot.configurations(of: robot, in: unit)
            let dof = robot.chain.degreesOfFreedom
            return .list(try configurations.elements.withUnsafeBufferPointer { elements in
                try (0..<configurations.rows).map { row in
                    if row % 1024 == 0 { try arguments.state.stopIfInterrupted() }
                    return .object(holding: robot.pose(UnsafeBufferPointer(rebasing: elements[row * dof..<(row + 1) * dof])))
                }
            })
        }
    }

    private var splitting: Function {
        Function(
            "Robot:split", "Splits the robot in two after some of its joints: fk of the whole is fk of the first part times fk of the second.",
            parameters: [Parameter("joints", "integer", "how many joints the first part has")],
            returns: "Robot, from the base to the link that those joints carry; and Robot, from that link to the tip",
            example: """
                local panda = avips.robot "panda"
                local first, rest = panda:split(1)
                local q = {0.3, 0.2, 0, -1.5, 0, 1.5, 0.7}
                local whole, parts = panda:fk(q), first:fk{q[1]} * rest:fk{table.unpack(q, 2)}
                assert(rest.dof == 6 and whole:distance(parts) < 1e-9)
                """
        ) { arguments in
            let chain = try arguments.receiver(Robot.self).chain
            let count = try arguments[1].integer(in: 1...max(1, chain.degreesOfFreedom - 1))
            guard let parts = chain.split(behind: count) else {
                throw arguments[1].invalid("cannot cut \(chain.name) there: joints on both sides move together, or it has one joint only")
            }
            return .several([.object(holding: Robot(parts.lead)), .object(holding: Robot(parts.rest))])
        }
    }

    private var reversing: Function {
        Function(
            "Robot:reversed", "Makes the robot from tip to base: its fk is the inverse of this robot's, and its joints are in reverse order.",
            parameters: [], returns: "Robot",
            example: """
                local panda = avips.robot "panda"
                local q = {0.3, 0.2, 0, -1.5, 0, 1.5, 0.7}
                local back = panda:reversed():fk{0.7, 1.5, 0, -1.5, 0, 0.2, 0.3}
                assert(back:distance(panda:fk(q):inverse()) < 1e-9)
                """
        ) { arguments in .object(holding: Robot(try arguments.receiver(Robot.self).chain.reversed())) }
    }

    private var jacobian: Function {
        Function(
            "Robot:jacobian", "Computes the geometric Jacobian of the tip, which maps the joints' velocities to the tip's.",
            parameters: [Parameter("q", "list of numbers", "a configuration", unit: "rad, m"), .options([AngleUnit.degrees])],
            returns: "6 x dof Matrix, rows vx, vy, vz, wx, wy, wz in the base frame",
            example: """
                local panda = avips.robot "panda"
                local J = panda:jacobian{0, 0, 0, -1.5, 0, 1.5, 0.7}
                assert(J.rows == 6 and J.columns == 7)
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            return .matrix(robot.jacobian(try arguments[1].configuration(of: robot, in: AngleUnit(arguments.options(2)))))
        }
    }

    private var manipulability: Function {
        Function(
            "Robot:manipulability", "Computes the manipulability, a measure of the distance from singular configurations: sqrt(det(J J^T)) (Yoshikawa, 1985), sqrt(det(J^T J)) with fewer than six joints.",
            parameters: [Parameter("q", "list of numbers", "a configuration", unit: "rad, m"), .options([AngleUnit.degrees])],
            returns: "number, 0 where singular",
            example: """
                local panda = avips.robot "panda"
                assert(panda:manipulability{0, 0.3, 0, -1.5, 0, 1.8, 0.7} > 0.01)
                print(panda:manipulability({0, 20, 0, -90, 0, 100, 45}, { degrees = true }))
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            return .number(robot.chain.manipulability(try arguments[1].configuration(of: robot, in: AngleUnit(arguments.options(2)))))
        }
    }

    private var random: Function {
        Function(
            "Robot:random", "Draws configurations uniformly within the joint limits.",
            parameters: [
                Parameter("count", "integer", "how many", isOptional: true),
                .options([Session.seedOption]),
            ],
            returns: "n x dof Matrix; without count a single configuration, a list of numbers",
            example: """
                local panda = avips.robot "panda"
                assert(#panda:random() == 7)
                assert(panda:random(100, { seed = 1 }) == panda:random(100, { seed = 1 }))
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            let count = try arguments.optional(1)?.integer(in: 0...Limits.count)
            var stream = stream(seed: try arguments.options(2)[Session.seedOption])
            guard let count else { return .numbers(robot.chain.randomConfiguration(using: &stream)) }
            let dof = robot.chain.degreesOfFreedom
            return .matrix(try state.rows(count, columns: dof) { size in
                Matrix(rows: size, columns: dof, elements: (0..<size).flatMap { _ in robot.chain.randomConfiguration(using: &stream) })
            })
        }
    }
}
