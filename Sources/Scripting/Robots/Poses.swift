import Kinematics
import LuaBridge
import Numerics

// avips.pose and the Pose type.

/// What makes a pose; a table of these does wherever a pose is taken.
enum PoseKeys {
    static let xyz = RawOption("xyz", "list of 3 numbers", "the position", unit: "m", range: "each -1e6 to 1e6", otherwise: "{0, 0, 0}")
    static let quat = RawOption("quat", "list of 4 numbers", "the orientation as a unit quaternion {w, x, y, z}")
    static let rpy = RawOption("rpy", "list of 3 numbers", "the orientation as roll, pitch, yaw about fixed x, y, z axes", unit: "rad")
    static let matrix = RawOption("matrix", "Matrix or list of rows", "a homogeneous 4 x 4 matrix, or with xyz a 3 x 3 rotation")

    static var declared: [any DeclaredOption] { [xyz, quat, rpy, matrix, AngleUnit.degrees.summary("whether rpy is in degrees")] }
    /// What gives an orientation; a matrix may give the position besides.
    static var orientations: [RawOption] { [quat, rpy, matrix] }
}

struct PoseEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(poseType)
        try state.register(Function(
            "avips.pose", "Makes a pose: a position and an orientation. Functions that take a pose also take a table of these options.",
            parameters: [.options(isOptional: false, PoseKeys.declared)],
            returns: "Pose",
            example: """
                local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
                print(target)
                assert(#target.quaternion == 4)
                """
        ) { arguments in .object(holding: try readPose(arguments.options(1))) })
    }

    private var poseType: ObjectType {
        ObjectType(
            "Pose", of: Pose.self, "The position and the orientation of one frame in another.",
            describe: { display.spelled(PoseText.text($0)) },
            operators: [
                (.equal, { arguments in
                    guard let left = arguments[1].boxIfPresent(Pose.self), let right = arguments[2].boxIfPresent(Pose.self) else {
                        return false
                    }
                    return .boolean(try left.read() == right.read())
                }),
                (.multiply, { arguments in
                    let left = try arguments.operand(1, Pose.self)
                    guard arguments[2].kind == .table else { return .object(holding: left * (try arguments.operand(2, Pose.self))) }
                    let point = try point(arguments[2])
                    return .numbers((left * point).list)
                }),
            ],
            value: { .record(["position": .numbers($0.position.list), "quaternion": .numbers($0.rotation.quaternion.components)]) },
            table: { DataTable($0) },
            properties: [
                ObjectProperty("position", "list of 3 numbers", "x, y, z in m") { .numbers($0.position.list) },
                ObjectProperty("rotation", "list of 3 lists", "the rows of the rotation matrix") { pose in
                    let r = pose.rotation
                    return .list([[r.x.x, r.y.x, r.z.x], [r.x.y, r.y.y, r.z.y], [r.x.z, r.y.z, r.z.z]].map { .numbers($0) })
                },
                ObjectProperty("quaternion", "list of 4 numbers", "w, x, y, z, the first that is not zero positive") {
                    .numbers($0.rotation.quaternion.components)
                },
                ObjectProperty("rpy", "list of 3 numbers", "roll, pitch, yaw about fixed axes in rad") {
                    let angles = $0.rotation.rollPitchYaw
                    return .numbers([angles.roll, angles.pitch, angles.yaw])
                },
            ],
            methods: poseMethods)
    }

    private var poseMethods: [Function] {
        let start = "local pose = avips.pose{ xyz = {1, 0, 0}, rpy = {0, 0, 90}, degrees = true }\n"
        return [
            Function("Pose:matrix", "The homogeneous 4 x 4 matrix.", returns: "4 x 4 Matrix",
                     example: start + "assert(pose:matrix()[1][4] == 1)") {
                .matrix(try $0.receiver(Pose.self).matrix)
            },
            Function("Pose:inverse", "The pose of the outer frame in the inner one.", returns: "Pose",
                     example: start + "print(pose * pose:inverse())") {
                .object(holding: try $0.receiver(Pose.self).inverse)
            },
            Function("Pose:distance", "The distance to another pose, and the angle between the orientations.",
                     parameters: [Parameter("other", "Pose", "the other pose")],
                     returns: "number, the distance of the origins in m; and a number, the angle in rad",
                     example: start + "local metres, radians = pose:distance(avips.pose{ xyz = {0, 0, 0} })\nassert(metres == 1)") { arguments in
                let error = try arguments.receiver(Pose.self).error(to: arguments[1].pose())
                return .several([.number(error.position), .number(error.rotation)])
            },
        ]
    }
}

// Farther away than this no robot reaches, and single precision holds no millimetres.
private let farthest = 1e6

private func point(_ slot: Slot) throws -> SIMD3<Double> {
    let numbers = try slot.vector(count: 3, expected: "a list of 3 numbers {x, y, z} in metres")
    guard numbers.allSatisfy({ abs($0) <= farthest }) else { throw slot.invalid("must lie within 1e6 m of the origin") }
    return SIMD3(numbers[0], numbers[1], numbers[2])
}

/// Reads the options of `avips.pose`.
///
/// - Parameter alsoAngle: whether the call has another angle, which `degrees` may be about.
func readPose(_ options: Options, alsoAngle: Bool = false) throws -> Pose {
    let (xyz, quat, rpy, matrix) = (options[PoseKeys.xyz], options[PoseKeys.quat], options[PoseKeys.rpy], options[PoseKeys.matrix])
    let unit = try AngleUnit(options)
    let orientations = options.given(PoseKeys.orientations).map(\.parameter.name)
    guard orientations.count <= 1 else {
        throw ArgumentError("give one orientation, not both \(orientations.joined(separator: " and "))")
    }
    guard xyz != nil || !orientations.isEmpty else {
        throw ArgumentError("needs a position or an orientation: xyz, quat, rpy or matrix")
    }
    if unit.isDegrees, rpy == nil, !alsoAngle { throw ArgumentError("option degrees goes with rpy, which is missing") }
    if let matrix {
        let elements = try matrix.matrix()
        guard elements.elements.allSatisfy(\.isFinite) else { throw matrix.invalid("must have finite elements") }
        if elements.rows == 3, elements.columns == 3 {
            return Pose(position: try xyz.map(point) ?? .zero, rotation: try Rotation(matrix: elements))
        }
        guard elements.rows == 4, elements.columns == 4 else {
            throw matrix.invalid("must be 4 × 4, or 3 × 3 with xyz, got \(elements.sizeText)")
        }
        guard xyz == nil else { throw ArgumentError("give the position in xyz or in the 4 × 4 matrix, not in both") }
        let pose = try Pose(matrix: elements)
        guard pose.position.list.allSatisfy({ abs($0) <= farthest }) else { throw matrix.invalid("must place the frame within 1e6 m") }
        return pose
    }
    return Pose(position: try xyz.map(point) ?? .zero, rotation: try rotation(quat: quat, rpy: rpy, in: unit))
}

private func rotation(quat: Slot?, rpy: Slot?, in unit: AngleUnit) throws -> Rotation {
    if let quat {
        let q = try quat.vector(count: 4, expected: "a list of 4 numbers {w, x, y, z}")
        return try Rotation(quaternion: Quaternion(w: q[0], x: q[1], y: q[2], z: q[3]))
    }
    guard let rpy else { return .identity }
    let angles = try rpy.turns(rpy.vector(count: 3, expected: "a list of 3 numbers {roll, pitch, yaw}"), in: unit)
    return Rotation(roll: angles[0], pitch: angles[1], yaw: angles[2])
}

extension Slot {
    /// A pose: a Pose, or a table of what makes one.
    func pose() throws -> Pose {
        if let box = boxIfPresent(Pose.self) { return try box.read() }
        guard kind == .table, try !names().isEmpty else { throw mismatch("a Pose, or a table of what makes one, { xyz = {0.4, 0, 0.5}, rpy = {0, 0, 0} }") }
        return try readPose(Options(self, declared: Parameter("pose", "Pose", "a pose", options: PoseKeys.declared)))
    }
}

extension SIMD3<Double> {
    var list: [Double] { [x, y, z] }
}
