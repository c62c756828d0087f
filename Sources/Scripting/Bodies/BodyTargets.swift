import Kinematics
import LuaBridge
import Mixtures
import Numerics
import RobotModels

// avips.target.goals and avips.target.talos: densities over the configurations of robots.

private enum MassChoice: String, CaseIterable { case all, chains }

/// The options of avips.target.goals, besides degrees.
private enum GoalOptions {
    static let deviations = DeviationKeys(rotation: 0.02, limit: 0.05)
    static let preferred = RawOption("preferred", "list of numbers", "a preferred configuration", unit: "rad, m")
    static let usualDeviation = 0.5
    static let preferredDeviation = RawOption(
        "preferred_deviation", "number or list of numbers", "the standard deviation around it; math.huge for a joint without preference",
        unit: "rad, m", range: "at least 1e-6, or math.huge", otherwise: plainText(usualDeviation))
    static let stance = OptionKey.flag(
        "stance", default: true, "whether the stance of a Body's description is kept: feet in place, centre of mass softly over them")

    static var declared: [any DeclaredOption] { deviations.declared + [preferred, preferredDeviation, stance] }
}

struct BodyTargetEntries: Entries {
    unowned let session: Session

    private static let talosHand = OptionKey.position(
        "hand", default: SIMD3(0.1, 0.5, 1), "the goal of the left gripper; the default is that of the published figure")
    private static let talosMasses = OptionKey<MassChoice>.choice(
        "masses", default: .all, "\"all\" links, or \"chains\": those from the root to grippers and soles, as the authors' code counts them")

    func register() throws {
        try state.register(poseTarget)
        try state.register(posesTarget)
        try state.register(Function(
            "avips.target.goals", "The density of a robot's configurations that meet goals: tips at positions, axes along directions, joints near preferred values.",
            parameters: [
                Parameter("robot", "Robot, Body or string", "the robot, or its name"),
                Parameter("goals", "Goal, Pose or table", "the tip's goal; for a Body a table of goals by tip"),
                .options(GoalOptions.declared + [AngleUnit.degrees]),
            ],
            returns: "Target; factors of tips and of preferred values are normalised, soft limits are 1 inside",
            example: """
                local panda = avips.robot "panda"
                local goal = avips.goal{ xyz = {0.45, 0.1, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} }
                local target = avips.target.goals(panda, goal, { position_deviation = 0.005 })
                local answer = panda:ik(goal, { seed = 1 })[1]
                assert(target.dimension == 7 and target:logpdf(answer.q) > 10)
                """
        ) { arguments in
            let subject = try robotOrBody(arguments[1])
            let robot = if case .robot(let robot) = subject { robot } else { Robot?.none }
            return .object(holding: Target(density: try goalTarget(subject, arguments), robot: robot))
        })
        try state.register(Function(
            "avips.target.talos", "The published whole-body target: TALOS on both feet, in balance, its left gripper at a position (Arenz et al., TMLR 2023).",
            parameters: [.options([Self.talosHand, Self.talosMasses])],
            returns: "Target over 34 variables: 28 joints, then x, y, z, roll, pitch, yaw of the base",
            example: """
                local target = avips.target.talos{ hand = {0.1, 0.5, 1} }
                assert(target.dimension == 34)
                """
        ) { arguments in
            let options = try arguments.options(1)
            let hand = try options[Self.talosHand]
            let masses = try options[Self.talosMasses]
            let robot = try resources.robotLibrary.robot("talos_28dof")
            return .object(holding: Target(density: try BodyTarget.talos(robot, leftHand: hand, countsChains: masses == .chains)))
        })
    }
}

private func goalTarget(_ subject: RobotOrBody, _ arguments: Arguments) throws -> BodyTarget {
    let options = try arguments.options(3)
    let body = subject.body
    var task: BodyTask
    switch subject {
    case .robot: task = BodyTask(aims: [.init(tip: 0, goal: try arguments[2].goal(takesPosition: true))])
    case .body: task = try arguments[2].task(of: body, over: options[GoalOptions.stance] ? body.stance : nil)
    }
    let unit = try AngleUnit(options)
    var deviations = try GoalOptions.deviations.read(options, in: unit)
    if deviations.rotation == .infinity {
        for i in task.aims.indices { task.aims[i].goal.orientation = .free }
        deviations.rotation = 1
    }
    var density = BodyDensity(body, aims: task.aims, position: deviations.position, rotation: deviations.rotation, limit: deviations.limit)
    if let balance = task.balance { density.factors.append(.balance(balance, around: nil, deviation: deviations.position)) }
    if let slot = options[GoalOptions.preferred] {
        let means = try slot.configuration(of: WholeBody(body), in: unit)
        let given = options[GoalOptions.preferredDeviation]
        let widths = zip(try preferredDeviations(given, count: means.count), body.variables).map { $0 * (given == nil ? 1 : unit.scale(of: $1)) }
        density.factors.append(.preference(means: means, deviations: widths))
    } else if options.has(GoalOptions.preferredDeviation) {
        throw options.invalid(GoalOptions.preferredDeviation, "goes with preferred, which is missing")
    }
    return BodyTarget(density, name: "goals of \(body.name)")
}

private func preferredDeviations(_ slot: Slot?, count: Int) throws -> [Double] {
    guard let slot else { return Array(repeating: GoalOptions.usualDeviation, count: count) }
    func read(_ slot: Slot) throws -> Double {
        let value = try slot.positiveNumber(orInfinity: true)
        guard value >= 1e-6 else { throw slot.mismatch("a number from 1e-6 on") }
        return value
    }
    if slot.kind == .number { return Array(repeating: try read(slot), count: count) }
    guard slot.kind == .table, try slot.length() == count else { throw slot.mismatch("a number, or a list of \(count.counted("number"))") }
    return try (1...count).map { try slot.withElement($0) { try read($0) } }
}
