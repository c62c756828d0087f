import Kinematics
import LuaBridge
import Numerics

/// The Solutions and Solution types.
struct SolutionEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(solutionsType)
        try state.register(solutionType)
    }

    private var solutionsType: ObjectType {
        ObjectType(
            "Solutions", of: Answer.self, "Configurations that reach a pose, best first; `s[i]` is a Solution.",
            describe: { display.spelled(SolutionsText(answer: $0, showsTimes: display.showsTimes, width: display.width).text) },
            element: { answer, index in
                let solutions = answer.solutions.solutions
                return solutions.indices.contains(index &- 1)
                    ? .object(holding: AnswerItem(robot: answer.robot, solution: solutions[index &- 1])) : .nil
            },
            elementType: "Solution",
            operators: [(.length, { .integer(try $0.operand(1, Answer.self).solutions.found) })],
            table: { DataTable($0.solutions.solutions, variables: $0.robot.chain.variables) },
            properties: [
                ObjectProperty("robot", "Robot", "the robot") { .object(holding: $0.robot) },
                ObjectProperty("target", "Pose", "the requested pose") { .object(holding: $0.solutions.target) },
                ObjectProperty("goal", "Goal or nil", "the goal, where it is not a pose alone") {
                    $0.solutions.goal.map { .object(holding: $0) } ?? .nil
                },
                ObjectProperty("requested", "integer", "how many were requested") { .integer($0.solutions.requested) },
                ObjectProperty("success", "boolean", "whether as many were found as requested") { .boolean($0.solutions.reason == nil) },
                ObjectProperty("reachable", "boolean", "whether the target was reached at all") { .boolean($0.solutions.isReachable) },
                ObjectProperty("found", "integer", "how many there are") { .integer($0.solutions.found) },
                ObjectProperty("starts", "integer", "how many starts were tried") { .integer($0.solutions.starts) },
                ObjectProperty("converged", "integer", "how many starts reached the target") { .integer($0.solutions.converged) },
                ObjectProperty("rejected", "integer", "how many distinct configurations reached the target but collided") { .integer($0.solutions.rejected) },
                ObjectProperty("seconds", "number", "the time of the search in s") { .number($0.solutions.elapsed) }.formerly("elapsed"),
                ObjectProperty("reason", "string or nil", "why there are fewer than requested") { $0.solutions.reason.map(Value.string) ?? .nil },
                ObjectProperty("closest", "Solution or nil", "the closest approach, where nothing reached the target") { answer in
                    answer.solutions.closest.map { .object(holding: AnswerItem(robot: answer.robot, solution: $0)) } ?? .nil
                },
            ],
            methods: [
                Function("Solutions:matrix", "All configurations as rows.", returns: "n x dof Matrix", example: """
                    local panda = avips.robot "panda"
                    local answers = panda:ik(avips.pose{ xyz = {0.4, 0, 0.5} }, { count = 3, seed = 1 })
                    assert(answers:matrix().rows == #answers)
                    """) { .matrix(try $0.receiver(Answer.self).matrix) }
            ])
    }

    private var solutionType: ObjectType {
        ObjectType(
            "Solution", of: AnswerItem.self, "A configuration that reaches a pose, or comes near to it.",
            describe: { item in
                let solution = item.solution
                return display.spelled("Solution · \(NumberText.length(solution.positionError)) · \(NumberText.angle(solution.rotationError)) · q "
                    + SolutionsText.units(item.robot) + " " + SolutionsText.configuration(solution.configuration, of: item.robot))
            },
            table: { DataTable([$0.solution], variables: $0.robot.chain.variables) },
            properties: [
                ObjectProperty("q", "list of numbers", "the configuration in rad or m") { .numbers($0.solution.configuration) },
                ObjectProperty("windings", "list of lists of numbers", "all configurations within the limits that differ from this one by whole turns only, this one first; at most 4096") { item in
                    .list(ConfigurationSpace(item.robot.chain).windings(of: item.solution.configuration, most: 4096).map(Value.numbers))
                },
                ObjectProperty("position_error", "number", "the distance of the tip from the target in m") { .number($0.solution.positionError) },
                ObjectProperty("rotation_error", "number", "the angle between the tip and the target in rad") { .number($0.solution.rotationError) },
                ObjectProperty("component", "integer or nil", "the mixture component that the start came from, counted from 1") {
                    $0.solution.component.map { .integer($0 + 1) } ?? .nil
                },
                ObjectProperty("limit_margin", "number", "the distance to the nearest joint limit: 0 at a limit, 1 in the middle") {
                    .number($0.solution.limitMargin)
                },
                ObjectProperty("distance", "number or nil", "the weighted distance from near, where that was given") { $0.solution.distance.map { .number($0) } ?? .nil },
                ObjectProperty("clearance", "number or nil", "the least distance from obstacles and between links in m, up to 0.25, where collisions were checked") {
                    $0.solution.clearance.map { .number($0) } ?? .nil
                },
                ObjectProperty("manipulability", "number", "Yoshikawa's measure, 0 where singular") { .number($0.solution.manipulability) },
            ])
    }
}
