import Kinematics
import LuaBridge
import Numerics

/// The Postures and Posture types: answers for whole bodies.
struct PostureEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(posturesType)
        try state.register(postureType)
    }

    private static let example = BodyEntries.example + "local answers = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { count = 3, seed = 1 })\n"

    var posturesType: ObjectType {
        ObjectType(
            "Postures", of: Postures.self, "Configurations of a whole body that meet its goals, best first; `s[i]` is a Posture.",
            describe: { display.spelled(BodyText.text($0, width: display.width)) },
            element: { postures, index in
                let solutions = postures.solutions.solutions
                return solutions.indices.contains(index &- 1)
                    ? .object(holding: Posture(whole: postures.whole, solution: solutions[index &- 1])) : .nil
            },
            elementType: "Posture",
            operators: [(.length, { .integer(try $0.operand(1, Postures.self).solutions.found) })],
            table: { DataTable($0.solutions.solutions, variables: $0.whole.body.variables) },
            properties: [
                ObjectProperty("body", "Body", "the body") { .object(holding: $0.whole) },
                ObjectProperty("goals", "table of Goals", "the requested goals, by tip") { postures in
                    .record(postures.solutions.task.aims.map { (postures.whole.body.tips[$0.tip].name, .object(holding: $0.goal)) })
                },
                ObjectProperty("requested", "integer", "how many were requested") { .integer($0.solutions.requested) },
                ObjectProperty("success", "boolean", "whether as many were found as requested") { .boolean($0.solutions.reason == nil) },
                ObjectProperty("found", "integer", "how many there are") { .integer($0.solutions.found) },
                ObjectProperty("starts", "integer", "how many starts were tried") { .integer($0.solutions.starts) },
                ObjectProperty("converged", "integer", "how many starts met the goals") { .integer($0.solutions.converged) },
                ObjectProperty("iterations", "integer", "how many iterations of sixteen searches that took") { .integer($0.solutions.iterations) },
                ObjectProperty("seconds", "number", "the time of the search in s") { .number($0.solutions.elapsed) }.formerly("elapsed"),
                ObjectProperty("reason", "string or nil", "why there are fewer than requested") { $0.solutions.reason.map(Value.string) ?? .nil },
                ObjectProperty("closest", "Posture or nil", "the closest approach, where nothing met the goals") { postures in
                    postures.solutions.closest.map { .object(holding: Posture(whole: postures.whole, solution: $0)) } ?? .nil
                },
            ],
            methods: [
                Function("Postures:matrix", "All configurations as rows.", returns: "n x dof Matrix",
                         example: Self.example + "assert(answers:matrix().rows == #answers)") {
                    .matrix(try $0.receiver(Postures.self).matrix)
                }
            ])
    }

    var postureType: ObjectType {
        ObjectType(
            "Posture", of: Posture.self, "A configuration of a whole body that meets its goals, or comes near to it.",
            describe: { posture in
                display.spelled("Posture · \(posture.whole.body.name) · \(NumberText.length(posture.solution.positionError)) · "
                    + NumberText.angle(posture.solution.rotationError))
            },
            table: { DataTable([$0.solution], variables: $0.whole.body.variables) },
            properties: [
                ObjectProperty("q", "list of numbers", "the configuration in rad or m") { .numbers($0.solution.configuration) },
                ObjectProperty("position_error", "number", "the largest distance from a goal, or of the centre of mass from its allowed region, in m") {
                    .number($0.solution.positionError)
                },
                ObjectProperty("rotation_error", "number", "the largest angle from a goal in rad") { .number($0.solution.rotationError) },
                ObjectProperty("component", "integer or nil", "the component of the model's mixture that it came from") { posture in
                    posture.solution.component.map { .integer($0 + 1) } ?? .nil
                },
                ObjectProperty("distance", "number or nil", "the weighted distance from near, where that was given") { $0.solution.distance.map { .number($0) } ?? .nil },
                ObjectProperty("limit_margin", "number", "the distance to the nearest limit, 0 at it, 1 in the middle of all ranges") {
                    .number($0.solution.limitMargin)
                },
                ObjectProperty("clearance", "number or nil", "the least distance from obstacles and between links in m, up to 0.25, where collisions were checked") {
                    $0.solution.clearance.map { .number($0) } ?? .nil
                },
                ObjectProperty("manipulability", "number", "sqrt(det(J J^T)) over all goals together") { .number($0.solution.manipulability) },
                ObjectProperty("poses", "table of Poses", "the tips by name") { posture in
                    let whole = posture.whole
                    whole.evaluator.evaluate(posture.solution.configuration)
                    return .record(whole.body.tips.indices.map { (whole.body.tips[$0].name, .object(holding: whole.evaluator.pose(ofTip: $0))) })
                },
            ])
    }
}
