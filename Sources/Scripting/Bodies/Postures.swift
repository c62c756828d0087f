import Kinematics
import LuaBridge

/// The Postures and Posture types: answers for whole bodies.
struct PostureEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(posturesType)
        try state.register(postureType)
    }

    private var posturesType: ObjectType {
        ObjectType(
            "Postures", of: Postures.self, "Configurations of a whole body that meet its goals, best first; `s[i]` is a Posture.",
            describe: { display.spelled(BodyText.text($0, showsTimes: display.showsTimes, width: display.width)) },
            elementType: "Posture",
            properties: [
                ObjectProperty("body", "Body", "the body") { .object(holding: $0.whole) },
                ObjectProperty("goals", "table of Goals", "the requested goals, by tip") { postures in
                    .record(postures.solutions.task.aims.map { (postures.whole.body.tips[$0.tip].name, .object(holding: $0.goal)) })
                },
                .requested, .success, .found, .starts, .converged("met the goals"),
                ObjectProperty("iterations", "integer", "how many iterations of sixteen searches that took") { .integer($0.solutions.iterations) },
                .seconds, .reason, .closest("Posture", "met the goals"),
            ],
            matrixExample: BodyEntries.example + """
                local answers = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { count = 3, seed = 1 })
                assert(answers:matrix().rows == #answers)
                """)
    }

    private var postureType: ObjectType {
        ObjectType(
            "Posture", ofOneOf: WholeBody.self, "A configuration of a whole body that meets its goals, or comes near to it.",
            describe: { posture in
                display.spelled("Posture · \(posture.subject.body.name) · \(NumberText.length(posture.solution.positionError)) · "
                    + NumberText.angle(posture.solution.rotationError))
            },
            properties: [
                .configuration(),
                .positionError("the largest distance from a goal, or of the centre of mass from its allowed region, in m"),
                .rotationError("the largest angle from a goal in rad"),
                .component("the component of the model's mixture that it came from"),
                .distance(),
                .limitMargin("the distance to the nearest limit, 0 at it, 1 in the middle of all ranges"),
                .clearance(),
                .manipulability("sqrt(det(J J^T)) over all goals together"),
                ObjectProperty("poses", "table of Poses", "the tips by name") { posture in
                    let whole = posture.subject
                    whole.evaluator.evaluate(posture.solution.configuration)
                    return .record(whole.body.tips.indices.map { (whole.body.tips[$0].name, .object(holding: whole.evaluator.pose(ofTip: $0))) })
                },
            ])
    }
}
