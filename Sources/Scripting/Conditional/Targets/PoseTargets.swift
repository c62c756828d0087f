import ConditionalInference
import ConditionalModels
import Kinematics
import LuaBridge
import Mixtures
import ModelTraining
import Numerics
import RobotModels
import VariationalInference

// avips.target.poses: the tip of a robot at any pose, as a conditional target like any other.

/// The density of joints around a pose, for every pose.
final class PosesDensity: ContextualDensity, @unchecked Sendable {
    let name: String
    let chain: Chain
    let widths: TargetWidths
    let kind: ContextKind
    private let body: Body

    init(_ chain: Chain, kind: ContextKind, widths: TargetWidths) {
        name = "\(chain.name), any \(kind.rawValue)"
        self.chain = chain
        body = Body(chain)
        self.kind = kind
        self.widths = widths
    }

    var dimension: Int { chain.degreesOfFreedom }
    var contextCount: Int { Self.names(kind).count }
    var isConcurrent: Bool { true }
    var hasGradient: Bool { true }

    /// The numbers of a pose: the position and the first two columns of the rotation.
    static func names(_ kind: ContextKind) -> [String] { kind == .pose ? ["x", "y", "z", "xx", "xy", "xz", "yx", "yy", "yz"] : ["x", "y", "z"] }

    static func numbers(_ pose: Pose, _ kind: ContextKind) -> [Double] {
        func list(_ v: SIMD3<Double>) -> [Double] { [v.x, v.y, v.z] }
        return list(pose.position) + (kind == .pose ? list(pose.rotation * [1, 0, 0]) + list(pose.rotation * [0, 1, 0]) : [])
    }

    /// The pose of some numbers; columns that are not orthonormal are made so.
    static func pose(_ numbers: [Double]) -> Pose {
        let position = SIMD3(numbers[0], numbers[1], numbers[2])
        guard numbers.count > 3 else { return Pose(position: position, rotation: .identity) }
        func unit(_ v: SIMD3<Double>) -> SIMD3<Double> { v / max(v.length, 1e-12) }
        let x = unit(SIMD3(numbers[3], numbers[4], numbers[5])), y = SIMD3(numbers[6], numbers[7], numbers[8])
        let across = unit(y - y.dot(x) * x)
        return Pose(position: position, rotation: Rotation(x: x, y: across, z: x.cross(across)))
    }

    func target(_ numbers: [Double]) -> BodyTarget {
        let pose = Self.pose(numbers)
        return .goal(kind == .pose ? Goal(pose) : .position(pose.position), of: body, position: widths.position, rotation: widths.rotation, limit: widths.limit)
    }

    func evaluate(
        _ places: UnsafePointer<Double>, contexts: UnsafePointer<Double>, count: Int, into values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        forEachContext(contexts, count: count) { context, rows in
            let first = rows.lowerBound * dimension
            target(context).evaluate(places + first, count: rows.count, into: values + rows.lowerBound, gradients: gradients.map { $0 + first })
        }
    }
}

/// Densities of poses in lanes, whose widths are those of the target whatever a training's settings say.
private struct OwnPoseTargets: DensityFamily {
    let targets: PoseTargets
    let ownWidths: TargetWidths?

    func density(_ widths: TargetWidths) -> any ConditionalDensity { targets.density(widths) }
}

extension BodyTargetEntries {
    private static let contextKind = OptionKey<ContextKind>.choice("context", default: .pose, "what a context is: a pose, or its position alone")
    private static let posesDeviations = DeviationKeys(rotation: 0.03, limit: 0.03)

    var posesTarget: Function {
        Function(
            "avips.target.poses", "The same density at any pose, as a conditional target: contexts are the poses of uniformly drawn joints. A model of this target learns from the density alone; avips.model{ robot = } learns from samples.",
            parameters: [
                Parameter("robot", "Robot or string", "the robot, or its name"),
                .options([Self.contextKind] + Self.posesDeviations.declared + [AngleUnit.degrees]),
            ],
            returns: "ConditionalTarget; its variables are the robot's joints, in rad or m",
            example: """
                local arm = avips.robot "planar_3link"
                local target = avips.target.poses(arm, { context = "position", position_deviation = 0.05 })
                local pose = arm:fk{0.3, 0.5, -0.4}
                assert(target:at(pose):logpdf{0.3, 0.5, -0.4} > target:at(pose):logpdf{0, 0, 0})
                """
        ) { arguments in
            let robot = try self.robot(arguments[1]), options = try arguments.options(2)
            let chain = robot.chain
            guard chain.degreesOfFreedom > 0, chain.variables.allSatisfy({ $0.lower < $0.upper && ($0.upper - $0.lower).isFinite }) else {
                throw arguments[1].invalid("must have joints that move within a range")
            }
            let deviations = try Self.posesDeviations.read(options, in: AngleUnit(options))
            var kind = try options[Self.contextKind]
            if deviations.rotation == .infinity { kind = .position }
            let widths = TargetWidths(
                position: deviations.position, rotation: kind == .pose ? deviations.rotation : 1, limit: deviations.limit)
            let density = PosesDensity(chain, kind: kind, widths: widths)
            let space = RobotIdentity(chain).space
            let contexts = ContextSet(shape: .named(PosesDensity.names(density.kind)), source: .made { count, stream in
                let rows = (0..<count).flatMap { _ in
                    PosesDensity.numbers(chain.forwardKinematics(chain.randomConfiguration(using: &stream)), density.kind)
                }
                return Matrix(rows: count, columns: density.contextCount, elements: rows)
            })
            return .object(holding: ConditionalTarget(
                names: space.names, density: density, contexts: contexts,
                start: InitialMixture(mean: space.middle, deviations: space.halfRange, componentDeviations: space.halfRange), robot: robot
            ) { _, encoding in
                OwnPoseTargets(
                    targets: PoseTargets(chain: chain, encoding: PoseEncoding(of: chain, density.kind, offset: encoding.offset, scale: encoding.scale)),
                    ownWidths: widths)
            })
        }
    }
}
