import Kinematics
import LuaBridge

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
            elementType: "Solution",
            properties: [
                ObjectProperty("robot", "Robot", "the robot") { .object(holding: $0.robot) },
                ObjectProperty("target", "Pose", "the requested pose") { .object(holding: $0.solutions.target) },
                ObjectProperty("goal", "Goal or nil", "the goal, where it is not a pose alone") {
                    $0.solutions.goal.map { .object(holding: $0) } ?? .nil
                },
                .requested, .success,
                ObjectProperty("reachable", "boolean", "whether the target was reached at all") { .boolean($0.solutions.isReachable) },
                .found, .starts, .converged("reached the target"),
                ObjectProperty("rejected", "integer", "how many distinct configurations reached the target but collided") { .integer($0.solutions.rejected) },
                .seconds, .reason, .closest("Solution", "reached the target"),
            ],
            matrixExample: """
                local panda = avips.robot "panda"
                local answers = panda:ik(avips.pose{ xyz = {0.4, 0, 0.5} }, { count = 3, seed = 1 })
                assert(answers:matrix().rows == #answers)
                """)
    }

    private var solutionType: ObjectType {
        ObjectType(
            "Solution", ofOneOf: Robot.self, "A configuration that reaches a pose, or comes near to it.",
            describe: { item in
                let solution = item.solution
                return display.spelled("Solution · \(NumberText.length(solution.positionError)) · \(NumberText.angle(solution.rotationError)) · q "
                    + SolutionsText.units(item.subject) + " " + SolutionsText.configuration(solution.configuration, of: item.subject))
            },
            properties: [
                .configuration(),
                ObjectProperty("windings", "list of lists of numbers", "all configurations within the limits that differ from this one by whole turns only, this one first; at most 4096") { item in
                    .list(ConfigurationSpace(item.subject.chain).windings(of: item.solution.configuration, most: 4096).map(Value.numbers))
                },
                .positionError("the distance of the tip from the target in m"),
                .rotationError("the angle between the tip and the target in rad"),
                .component("the mixture component that the start came from, counted from 1"),
                .limitMargin("the distance to the nearest joint limit: 0 at a limit, 1 in the middle"),
                .distance(),
                .clearance(),
                .manipulability("Yoshikawa's measure, 0 where singular"),
            ])
    }
}
