import Kinematics
import LuaBridge
import Numerics

/// The Body type: whole robots with several tips.
struct BodyEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(type)
    }

    static let example = "local talos = avips.robot \"talos_28dof\"\n"

    private var type: ObjectType {
        ObjectType(
            "Body", of: WholeBody.self, "A robot with several tips: a tree of joints, on a base that is fixed or moves freely.",
            describe: { display.spelled(BodyText.text($0, width: display.width)) },
            table: { DataTable($0.body.variables) },
            properties: [
                ObjectProperty("name", "string", "the robot's name") { .string($0.body.name) },
                ObjectProperty("dof", "integer", "the number of values of a configuration: the joints', then x, y, z, roll, pitch, yaw of a floating base") {
                    .integer($0.body.degreesOfFreedom)
                },
                ObjectProperty("base", "string", "the frame that poses are given in") { .string($0.body.base) },
                ObjectProperty("floating", "boolean", "whether the base moves") { .boolean($0.body.isFloating) },
                ObjectProperty("mass", "number", "in kg") { .number($0.body.totalMass) },
                ObjectProperty("tips", "list of strings", "the names of the tips") { .list($0.body.tips.map { .string($0.name) }) },
                ObjectProperty("nominal", "list of numbers", "a configuration to start from, in rad or m") { .numbers($0.body.nominal) },
                ObjectProperty("stance", "table of Goals", "the contacts of the body, by tip; empty if its description has none") { whole in
                    .record((whole.body.stance?.aims ?? []).map { (whole.body.tips[$0.tip].name, .object(holding: $0.goal)) })
                },
                ObjectProperty("joints", "list of Joints", "name, type, lower, upper limits of each value of a configuration, in rad or m") { whole in
                    .list(whole.body.variables.map { .object(holding: $0) })
                },
                ObjectProperty("notes", "list of strings", "assumptions where the URDF is silent or ambiguous") { .list($0.notes.map(Value.string)) },
            ],
            methods: [frames, forwardKinematics, jacobian, centre, centreJacobian, random, inverseKinematics, reachable, track])
    }

    private static var configurationParameter: Parameter { Parameter("q", "list of numbers", "a configuration", unit: "rad, m") }

    private var frames: Function {
        Function(
            "Body:frames", "Lists the links of the body's URDF, each of which can be a tip.", parameters: [],
            returns: "list of tables: name, parent, joint and type of the joint that carries it, on_chain: whether it carries a tip; empty for a model's body",
            example: Self.example + "assert(#talos:frames() > talos.dof)"
        ) { arguments in
            let whole = try arguments.receiver(WholeBody.self)
            guard let description = whole.description else { return .list([]) }
            var used: Set<Int> = []
            for tip in whole.body.tips {
                var link = description.linkIndex(tip.link)
                while let current = link, used.insert(current).inserted { link = description.links[current].parentJoint.map { description.joints[$0].parent } }
            }
            return description.frames(isUsed: used.contains)
        }
    }

    private var forwardKinematics: Function {
        Function(
            "Body:fk", "Computes the poses of all tips in the base frame (forward kinematics), in double precision.",
            parameters: [Self.configurationParameter, .options([AngleUnit.degrees])], returns: "table of Poses by the names of the tips",
            example: Self.example + """
                local poses = talos:fk(talos.nominal)
                print(poses.right_hand, poses.left_foot)
                """
        ) { arguments in
            let whole = try arguments.receiver(WholeBody.self)
            whole.evaluator.evaluate(try arguments[1].configuration(of: whole, in: AngleUnit(arguments.options(2))))
            return .record(whole.body.tips.indices.map { (whole.body.tips[$0].name, .object(holding: whole.evaluator.pose(ofTip: $0))) })
        }
    }

    private var jacobian: Function {
        Function(
            "Body:jacobian", "Computes the geometric Jacobian of a tip, which maps the velocities of joints and base to the tip's.",
            parameters: [Self.configurationParameter, Parameter("tip", "string", "the name of a tip"), .options([AngleUnit.degrees])],
            returns: "6 x dof Matrix, rows vx, vy, vz, wx, wy, wz in the base frame",
            example: Self.example + "assert(talos:jacobian(talos.nominal, \"right_hand\").columns == talos.dof)"
        ) { arguments in
            let whole = try arguments.receiver(WholeBody.self)
            let q = try arguments[1].configuration(of: whole, in: AngleUnit(arguments.options(3)))
            let tip = try arguments[2].tip(of: whole.body)
            whole.evaluator.evaluate(q)
            return .matrix(whole.evaluator.jacobian(ofTip: tip))
        }
    }

    private var centre: Function {
        Function(
            "Body:com", "Computes the centre of mass in the base frame.", parameters: [Self.configurationParameter, .options([AngleUnit.degrees])],
            returns: "list of 3 numbers in m; nil for a body without masses",
            example: Self.example + "assert(#talos:com(talos.nominal) == 3)"
        ) { arguments in
            let whole = try arguments.receiver(WholeBody.self)
            whole.evaluator.evaluate(try arguments[1].configuration(of: whole, in: AngleUnit(arguments.options(2))))
            return whole.evaluator.centreOfMass.map { .numbers($0.list) } ?? .nil
        }
    }

    private var centreJacobian: Function {
        Function(
            "Body:com_jacobian", "Computes the Jacobian of the centre of mass, which maps the velocities of joints and base to its velocity.",
            parameters: [Self.configurationParameter, .options([AngleUnit.degrees])], returns: "3 x dof Matrix, in the base frame; nil for a body without masses",
            example: Self.example + "assert(talos:com_jacobian(talos.nominal).rows == 3)"
        ) { arguments in
            let whole = try arguments.receiver(WholeBody.self)
            whole.evaluator.evaluate(try arguments[1].configuration(of: whole, in: AngleUnit(arguments.options(2))))
            return whole.evaluator.centreOfMassJacobian.map(Value.matrix) ?? .nil
        }
    }

    private var random: Function {
        Function(
            "Body:random", "Draws configurations uniformly within the limits.",
            parameters: [
                Parameter("count", "integer", "how many", isOptional: true),
                .options([Session.seedOption]),
            ],
            returns: "n x dof Matrix; without count a single configuration, a list of numbers",
            example: Self.example + "assert(talos:random(10, { seed = 1 }).columns == talos.dof)"
        ) { arguments in
            let body = try arguments.receiver(WholeBody.self).body
            let count = try arguments.optional(1)?.integer(in: 0...min(Limits.count, Limits.elements / body.degreesOfFreedom))
            var stream = stream(seed: try arguments.options(2)[Session.seedOption])
            guard let count else { return .numbers(body.randomConfiguration(using: &stream)) }
            let dof = body.degreesOfFreedom
            return .matrix(try state.rows(count, columns: dof) { size in
                Matrix(rows: size, columns: dof, elements: (0..<size).flatMap { _ in body.randomConfiguration(using: &stream) })
            })
        }
    }
}

extension Slot {
    /// The index of a tip that is named.
    func tip(of body: Body) throws -> Int {
        let name = try string()
        if let index = body.tipIndex(name) { return index }
        throw invalid("names no tip (\"\(name)\"); the tips of \(body.name) are \(body.tips.map(\.name).joined(separator: ", "))")
    }

    /// Goals by the names of tips, in place of and besides those of a task that holds anyway.
    func task(of body: Body, over stance: BodyTask?) throws -> BodyTask {
        guard kind == .table else { throw mismatch("a table of goals by tip, { \(body.tips.first?.name ?? "tip") = {0.5, 0, 1} }") }
        var goals: [Int: Goal] = [:]
        try forEachEntry { key, value in
            guard key.kind == .string else { throw invalid("must name the tip of every goal: { \(body.tips.first?.name ?? "tip") = ... }") }
            let tip = try key.tip(of: body)
            goals[tip] = try value.goal(takesPosition: true)
        }
        var task = stance ?? BodyTask(aims: [])
        for (tip, goal) in goals.sorted(by: { $0.key < $1.key }) { task = task.aiming(goal, tip: tip) }
        guard !task.aims.isEmpty else { throw invalid("must have a goal: { \(body.tips.first?.name ?? "tip") = {0.5, 0, 1} }") }
        return task
    }
}
