import Kinematics
import LuaBridge
import RobotModels

// avips.target.pose: the density of a robot's configurations around a pose.

/// The options that say how far configurations may be from a goal, in every density around one.
struct DeviationKeys {
    private let position: OptionKey<Double>
    private let rotation: OptionKey<Double>
    private let limit: OptionKey<Double>

    /// - Parameters: the defaults, rad.
    init(rotation: Double, limit: Double) {
        position = .number(
            "position_deviation", in: 1e-6...1e6, default: 0.01, "the standard deviation of the tip's position, in directions that the goal does not leave free", unit: "m"
        ).formerly("position_width")
        self.rotation = .number(
            "rotation_deviation", in: NumberRange(1e-6...1e6, orInfinity: true), default: rotation,
            "the standard deviation of its orientation, or of an axis; math.huge for any orientation", unit: "rad"
        ).formerly("rotation_width")
        self.limit = .number(
            "limit_deviation", in: 1e-6...1e6, default: limit, "the softness of the joint limits, s in exp(-excess^2 / (2 s^2))", unit: "rad, m"
        ).formerly("limit_width")
    }

    var declared: [any DeclaredOption] { [position, rotation, limit] }

    /// m, rad, and rad or m.
    func read(_ given: LuaBridge.Options, in unit: AngleUnit) throws -> (position: Double, rotation: Double, limit: Double) {
        (try given[position], try given.angle(rotation, in: unit), try given.angle(limit, in: unit))
    }
}

extension BodyTargetEntries {
    private static let poseDeviations = DeviationKeys(rotation: 0.03, limit: 0.03)

    var poseTarget: Function {
        Function(
            "avips.target.pose", "A density over a robot's configurations: normally distributed errors of the tip from a pose, and soft joint limits.",
            parameters: [
                Parameter("robot", "Robot or string", "the robot, or its name"), Parameter("pose", "Pose", "the target of the tip in the base frame"),
                .options(Self.poseDeviations.declared + [AngleUnit.degrees]),
            ],
            returns: "Target; its variables are the robot's joints, in rad or m",
            example: """
                local arm = avips.robot "planar_3link"
                local target = avips.target.pose(arm, arm:fk{0.3, 0.5, -0.4}, { rotation_deviation = 0.1 })
                assert(target:logpdf{0.3, 0.5, -0.4} > target:logpdf{0, 0, 0})
                """
        ) { arguments in
            let robot = try self.robot(arguments[1])
            let pose = try arguments[2].pose()
            let options = try arguments.options(3)
            let deviations = try Self.poseDeviations.read(options, in: AngleUnit(options))
            guard robot.chain.degreesOfFreedom > 0 else { throw arguments[1].invalid("must have a joint that moves") }
            let isFree = deviations.rotation == .infinity
            let density = BodyTarget.goal(
                isFree ? .position(pose.position) : Goal(pose), of: Body(robot.chain), position: deviations.position,
                rotation: isFree ? 1 : deviations.rotation, limit: deviations.limit)
            return .object(holding: Target(density: density, robot: robot))
        }
    }
}
