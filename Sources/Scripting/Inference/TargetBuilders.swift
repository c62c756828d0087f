import Kinematics
import LuaBridge
import Mixtures
import Numerics
import VariationalInference

// avips.target.*

extension Session {
    func addTargetBuilders() throws {
        try state.register(Function(
            "avips.target.planar_robot", "A planar arm of ten links of length 1 whose tip is to be at one of one or four goals at distance 7, within 1 cm.",
            parameters: [.options([Parameter("goals", "integer", "1 or 4", default: "4")])],
            returns: "Target with 10 variables; the logarithm of its integral is -10.6 for four goals",
            example: "assert(avips.target.planar_robot{ goals = 4 }.dimension == 10)"
        ) { arguments in
            let options = try arguments.options(1)
            let goals = try options["goals"]?.integer(in: 1...4) ?? 4
            return .object(holding: Target(density: PlanarRobot.published(goals: goals)))
        })
        try state.register(Function(
            "avips.target.two_joint_arm", "A planar arm of two links of length 1 that reaches a point with its elbow on either side: a density in two dimensions, to look at.",
            parameters: [.options([
                Parameter("goal", "list of two numbers", "where the tip is to be", unit: "m", default: "{1.2, 0.6}"),
                Parameter("width", "number", "how far from it the tip may be, a standard deviation", unit: "m", default: "0.1"),
            ])],
            returns: "Target with 2 variables, the angles in rad",
            example: "print(avips.target.two_joint_arm():logdensity{0, 0})"
        ) { arguments in
            let options = try arguments.options(1)
            let goal = try options["goal"]?.vector(count: 2) ?? [1.2, 0.6]
            let width = try options["width"]?.number(in: 1e-6...1e3) ?? 0.1
            return .object(holding: Target(density: PlanarRobot.twoJoints(goal: SIMD2(goal[0], goal[1]), width: width)))
        })
        try state.register(Function(
            "avips.target.gaussian_mixture", "Ten Gaussians of equal weight, drawn as those of the published benchmark are.",
            parameters: [.options(Session.drawnTargetOptions("20"))],
            returns: "Target; the logarithm of its integral is 0", example: "assert(avips.target.gaussian_mixture{ dimension = 5 }.dimension == 5)"
        ) { arguments in
            let (dimension, seed) = try Session.drawnTarget(arguments.options(1), usual: 20)
            return .object(holding: Target(density: MixtureTarget.published(dimension: dimension, seed: seed)))
        })
        try state.register(Function(
            "avips.target.student_mixture", "Student's t-distributions with two degrees of freedom, drawn as those of the published benchmark are: ten, or twenty that lie wider apart.",
            parameters: [.options(Session.drawnTargetOptions("20") + [
                Parameter("hard", "boolean", "whether there are twenty", default: "false, from 100 variables on true"),
            ])],
            returns: "Target; the logarithm of its integral is 0", example: "assert(avips.target.student_mixture{ dimension = 5 }.dimension == 5)"
        ) { arguments in
            let options = try arguments.options(1)
            let (dimension, seed) = try Session.drawnTarget(options, usual: 20)
            let isHard = try options["hard"]?.boolean() ?? (dimension >= 100)
            return .object(holding: Target(density: StudentMixture.published(dimension: dimension, isHard: isHard, seed: seed)))
        })
        try addLiteratureTargets()
        try state.register(logisticTarget)
        try state.register(poseTarget)
        try state.register(posesTarget)
    }

    static func drawnTargetOptions(_ dimension: String, seed: String = "10000") -> [Parameter] { [
        Parameter("dimension", "integer", "the number of variables, from 1 to 400", default: dimension),
        Parameter("seed", "integer", "the seed of numpy's older generator, from 0 to 2^32 - 1", default: seed),
    ] }

    static func drawnTarget(_ options: LuaBridge.Options, usual: Int, seed: Int = 10_000) throws -> (dimension: Int, seed: UInt32) {
        (try options["dimension"]?.integer(in: 1...400) ?? usual,
         UInt32(try options["seed"]?.integer(in: 0...Int(UInt32.max)) ?? seed))
    }

    // MARK: Logistic regression

    private var logisticTarget: Function {
        Function(
            "avips.target.logistic", "The posterior of Bayesian logistic regression on a file of numbers, with a bias.",
            parameters: [
                Parameter("path", "string", "a file without a header; columns are apart by commas, semicolons, spaces or tabs"),
                .options([
                    Parameter("label", "integer", "the column of the label, which has two different values; the greater one counts as true", default: "the last one"),
                    Parameter("skip", "list of integers", "columns that are neither label nor features", default: "{}"),
                    Parameter("deviation", "number", "the standard deviation of the prior over weights and bias, from 1e-6 to 1e6", default: "10"),
                    Parameter("scale", "string", "the features: divided by their standard deviations (\"deviation\"), centred besides (\"standard\"), or as they are (\"none\")", default: "\"deviation\""),
                ]),
            ],
            returns: "Target; a bias and one weight a feature",
            example: """
                local path = os.tmpname()
                avips.csv.write(path, { { 1.5, 0 }, { 2.5, 1 }, { 3.5, 1 } })
                assert(avips.target.logistic(path).dimension == 2)
                os.remove(path)
                """
        ) { [unowned self] arguments in
            let path = try arguments[1].path()
            let options = try arguments.options(2)
            let data = try NumberFile(files.read(path), path: path)
            let label = try options["label"]?.integer(in: 1...data.columns) ?? data.columns
            let skipped = try options["skip"]?.numbers(expected: "a list of columns").map { Int(exactly: $0) ?? 0 } ?? []
            let deviation = try options["deviation"]?.number(in: 1e-6...1e6) ?? 10
            let scaling = try options["scale"]?.choice(of: LogisticRegression.Scaling.self) ?? .deviation
            let (features, labels) = try data.split(label: label - 1, skipping: Set(skipped.map { $0 - 1 }))
            guard features.columns < Session.greatestDimension else { throw arguments[1].invalid("has \(features.columns) features, at most \(Session.greatestDimension - 1) are possible") }
            return .object(holding: Target(density: LogisticRegression(
                name: "logistic regression, \(files.lastComponent(path))", features: features, labels: labels, deviation: deviation,
                scaling: scaling)))
        }
    }

    // MARK: Pose

    private var poseTarget: Function {
        Function(
            "avips.target.pose", "The tip of a robot at a pose, within standard deviations, and the joints within soft limits.",
            parameters: [
                Parameter("robot", "Robot", "the robot"), Parameter("pose", "Pose", "where the tip is to be, in the base frame"),
                .options([
                    Parameter("position_width", "number", "the standard deviation of the tip's position, along each axis", unit: "m", default: "0.01"),
                    Parameter("rotation_width", "number", "that of its orientation, about each axis; math.huge for any orientation", unit: "rad", default: "0.03"),
                    Parameter("limit_width", "number", "that of the excess beyond a joint limit", unit: "rad, m", default: "0.03"),
                    Session.degreesOption,
                ]),
            ],
            returns: "Target; its variables are the robot's joints, in rad or m",
            example: """
                local arm = avips.robot "planar_3link"
                local target = avips.target.pose(arm, arm:fk{0.3, 0.5, -0.4}, { rotation_width = 0.1 })
                assert(target:logdensity{0.3, 0.5, -0.4} > target:logdensity{0, 0, 0})
                """
        ) { arguments in
            let robot = try arguments[1].object(Robot.self)
            let pose = try arguments[2].pose()
            let options = try arguments.options(3)
            let range = 1e-6...1e6, unit = try AngleUnit(options)
            let position = try options["position_width"]?.number(in: range) ?? 0.01
            var rotation: Double? = 0.03
            if let slot = options["rotation_width"] {
                let width = try slot.angle(in: unit, orInfinity: true)
                guard width == .infinity || range.contains(width) else { throw slot.mismatch("a number from 1e-6 to 1e6, or math.huge") }
                rotation = width == .infinity ? nil : width
            }
            let limit = try options["limit_width"].map { try $0.number(in: range) * unit.scale } ?? 0.03
            guard robot.chain.degreesOfFreedom > 0 else { throw arguments[1].invalid("must have a joint that moves") }
            return .object(holding: Target(
                density: PoseDensity(robot.chain, pose: pose, positionWidth: position, rotationWidth: rotation, limitWidth: limit), robot: robot))
        }
    }
}
