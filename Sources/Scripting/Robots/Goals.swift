import Kinematics
import LuaBridge
import Numerics

// avips.goal and the Goal type.

/// What makes a goal: a pose, or its parts, and what of it does not matter.
private enum GoalKeys {
    static let pose = RawOption("pose", "Pose", "the target position and orientation; or give them separately, with the options of avips.pose")
    static let axis = RawOption("axis", "list of 3 numbers", "an axis in the tip's frame; only its direction is constrained, the rotation about it is free")
    static let direction = RawOption(
        "direction", "list of 3 numbers", "the target direction of the axis, in the base frame", otherwise: "as the orientation has it")
    static let rotation = OptionKey.choice(
        "rotation", of: RotationChoice.self, "which part of the orientation is constrained; \"free\" ignores the orientation of a pose", otherwise: "as much as is given")
    static let positionSlack = RawOption(
        "position_slack", "number or list of 3 numbers", "the tolerated error of the position along the target's x, y, z axes; math.huge leaves it free", unit: "m",
        range: "at least 0, or math.huge", otherwise: "0")
    static let rotationSlack = OptionKey.number(
        "rotation_slack", in: NumberRange(0...Double.greatestFiniteMagnitude, orInfinity: true), default: 0,
        "the tolerated error of the orientation, or of the axis", unit: "rad")

    static var declared: [any DeclaredOption] {
        [
            pose, PoseKeys.xyz.otherwise("any position"), PoseKeys.quat, PoseKeys.rpy.otherwise("any orientation"), PoseKeys.matrix,
            AngleUnit.degrees.summary("whether rpy and rotation_slack are in degrees"), axis, direction, rotation, positionSlack, rotationSlack,
        ]
    }
}

struct GoalEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(goalType)
        try state.register(Function(
            "avips.goal", "Makes a goal for a tip: a target pose of which some coordinates are left free, such as the orientation, the rotation about an axis, or the position within a box.",
            parameters: [.options(isOptional: false, GoalKeys.declared)],
            returns: "Goal",
            example: """
                local panda = avips.robot "panda"
                -- The hand's z axis points down; the rotation about it is free.
                local down = avips.goal{ xyz = {0.45, 0.1, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} }
                local answers = panda:ik(down, { count = 3, seed = 1 })
                assert(#answers == 3 and down:error(panda:fk(answers[1].q)) < 1e-4)
                """
        ) { arguments in .object(holding: try goal(arguments.options(1))) })
    }

    static func name(of orientation: Goal.Orientation) -> String {
        switch orientation {
        case .full: "full"
        case .free: "free"
        case .axis: "axis"
        }
    }

    private var goalType: ObjectType {
        let start = "local goal = avips.goal{ xyz = {0.4, 0, 0.5}, position_slack = {0.1, 0, 0} }\n"
        return ObjectType(
            "Goal", of: Goal.self, "A target of a tip, and which of its coordinates are left free.",
            describe: { display.spelled("Goal · " + BodyText.goal($0)) },
            operators: [(.equal, { arguments in
                guard let left = arguments[1].boxIfPresent(Goal.self), let right = arguments[2].boxIfPresent(Goal.self) else { return false }
                return .boolean(try left.read() == right.read())
            })],
            table: { DataTable($0) },
            properties: [
                ObjectProperty("pose", "Pose", "the target") { .object(holding: $0.pose) },
                ObjectProperty("rotation", "string", "which part of the orientation is constrained: \"full\", \"axis\" or \"free\"") {
                    .string(Self.name(of: $0.orientation))
                },
                ObjectProperty("position_slack", "list of 3 numbers", "along the target's axes in m; inf where the position is free") {
                    .numbers($0.positionSlack.list)
                },
                ObjectProperty("rotation_slack", "number", "in rad") { .number($0.rotationSlack) },
            ],
            methods: [
                Function("Goal:error", "Computes how far a pose misses the goal.", parameters: [Parameter("pose", "Pose", "the pose of a tip")],
                         returns: "number, the distance in m that the slack leaves; and a number, the angle in rad",
                         example: start + "assert(goal:error(avips.pose{ xyz = {0.35, 0, 0.5} }) == 0)") { arguments in
                    let error = try arguments.receiver(Goal.self).error(of: arguments[1].pose())
                    return .several([.number(error.position), .number(error.rotation)])
                },
                Function("Goal:random", "Draws a pose that meets the goal; unbounded coordinates stay at the target's.",
                         parameters: [.options([Session.seedOption])],
                         returns: "Pose", example: start + "assert(goal:error(goal:random{ seed = 1 }) == 0)") { arguments in
                    var stream = stream(seed: try arguments.options(1)[Session.seedOption])
                    return .object(holding: try arguments.receiver(Goal.self).randomPose(using: &stream))
                },
            ])
    }
}

private enum RotationChoice: String, CaseIterable { case full, axis, free }

private func goal(_ options: LuaBridge.Options) throws -> Goal {
    let parts = options.given([PoseKeys.xyz] + PoseKeys.orientations).map(\.parameter.name)
    var pose = Pose.identity, hasPlace = true, hasOrientation = true
    if let given = options[GoalKeys.pose] {
        guard parts.isEmpty else { throw ArgumentError("give the target as pose or as \(parts[0]), not both") }
        pose = try given.pose()
    } else {
        hasOrientation = parts.contains { $0 != "xyz" }
        hasPlace = parts.contains("xyz")
        if !parts.isEmpty { pose = try readPose(options, alsoAngle: options.has(GoalKeys.rotationSlack)) }
        if let matrix = options[PoseKeys.matrix], !hasPlace { hasPlace = try matrix.matrix().rows == 4 }
    }
    let axis = try options[GoalKeys.axis].map { try unitVector($0) }
    let direction = try options[GoalKeys.direction].map { try unitVector($0) }
    if let direction {
        guard let axis else { throw ArgumentError("option direction goes with axis, which is missing") }
        guard options[GoalKeys.pose] != nil || !hasOrientation else { throw ArgumentError("give direction or an orientation, not both") }
        pose.rotation = Rotation(taking: pose.rotation * axis, to: direction) * pose.rotation
    } else if axis != nil, !hasOrientation {
        throw ArgumentError("option axis needs a direction, or an orientation that has it point somewhere")
    }
    guard hasPlace || hasOrientation || axis != nil else {
        throw ArgumentError("needs a position, an orientation or an axis: avips.goal{ xyz = {0.4, 0, 0.5} }")
    }
    var orientation: Goal.Orientation = axis.map { .axis($0) } ?? (hasOrientation ? .full : .free)
    if let rotation = try options[GoalKeys.rotation] {
        switch rotation {
        case .free: orientation = .free
        case .axis: guard axis != nil else { throw ArgumentError("rotation = \"axis\" needs an axis") }
        case .full:
            guard hasOrientation else { throw ArgumentError("rotation = \"full\" needs an orientation") }
            orientation = .full
        }
    }
    var slack = SIMD3<Double>(repeating: hasPlace ? 0 : .infinity)
    if let given = options[GoalKeys.positionSlack] {
        if given.kind == .number {
            slack = SIMD3(repeating: try given.slack())
        } else {
            guard given.kind == .table, try given.length() == 3 else { throw given.mismatch("a number, or a list of 3 numbers, in m") }
            for i in 0..<3 { slack[i] = try given.withElement(i + 1) { try $0.slack() } }
        }
    }
    let unit = try AngleUnit(options)
    let turn = try unit.betweenOrientations(options.angle(GoalKeys.rotationSlack, in: unit), options, GoalKeys.rotationSlack)
    return Goal(pose, orientation: orientation, positionSlack: slack, rotationSlack: turn)
}

private func unitVector(_ slot: Slot) throws -> SIMD3<Double> {
    let numbers = try slot.vector(count: 3, expected: "a list of 3 numbers {x, y, z}")
    let largest = numbers.map(abs).max()!
    guard largest > 0, largest <= 1e100 else { throw slot.invalid("must be a direction: not all zero, none above 1e100") }
    let v = SIMD3(numbers[0], numbers[1], numbers[2]) / largest
    return v / v.length
}

extension Slot {
    /// A number from 0 on; infinity will do.
    fileprivate func slack() throws -> Double {
        if kind == .number, case .number(.infinity) = value { return .infinity }
        let number = try number()
        guard number >= 0 else { throw mismatch("a number, at least 0") }
        return number
    }

    /// A goal: a Goal, a Pose, or a table of what makes either.
    ///
    /// - Parameter takesPosition: whether a list of three numbers is a position in any orientation.
    func goal(takesPosition: Bool = false) throws -> Goal {
        if let box = boxIfPresent(Goal.self) { return try box.read() }
        if let box = boxIfPresent(Pose.self) { return Goal(try box.read()) }
        let names = kind == .table ? try names() : []
        if names.isEmpty {
            guard takesPosition, kind == .table || boxIfPresent(MatrixRow.self) != nil else {
                throw mismatch(takesPosition ? "a Goal, a Pose or a position {x, y, z}" : "a Goal, a Pose, or a table of what makes one, { xyz = {0.4, 0, 0.5}, rpy = {0, 0, 0} }")
            }
            return .position(try position())
        }
        // What makes a pose makes a pose; what says more makes a goal.
        let makesPose = names.allSatisfy { name in PoseKeys.declared.contains { $0.parameter.name == name } }
        if makesPose { return Goal(try pose()) }
        return try Scripting.goal(LuaBridge.Options(self, declared: Parameter("goal", "Goal", "a goal", options: GoalKeys.declared)))
    }

    /// A position that a robot could have a use for.
    func position() throws -> SIMD3<Double> {
        let numbers = try vector(count: 3, expected: "a position {x, y, z} in metres")
        guard numbers.allSatisfy({ abs($0) <= 1e6 }) else { throw invalid("must lie within 1e6 m of the origin") }
        return SIMD3(numbers[0], numbers[1], numbers[2])
    }
}
