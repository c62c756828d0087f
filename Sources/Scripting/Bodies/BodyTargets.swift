import Kinematics
import LuaBridge
import Mixtures
import Numerics
import RobotModels

// avips.target.goals and avips.target.talos: densities over the configurations of robots.

private enum MassChoice: String, CaseIterable { case all, chains }

/// The options of avips.target.goals, besides degrees.
private enum GoalOptions {
    static let position = OptionKey.number(
        "position_deviation", in: 1e-6...1e3, default: 0.01, "the standard deviation of a position around what its slack allows", unit: "m")
    static let rotation = OptionKey.number(
        "rotation_deviation", in: 1e-6...1e3, default: 0.02, "the same of an orientation, or of an axis", unit: "rad")
    static let limit = OptionKey.number(
        "limit_deviation", in: 1e-6...1e3, default: 0.05, "the softness of the joint limits: exp(-excess^2 / (2 s^2))", unit: "rad, m")
    static let preferred = RawOption("preferred", "list of numbers", "a configuration that is preferred", unit: "rad, m")
    static let usualDeviation = 0.5
    static let preferredDeviation = RawOption(
        "preferred_deviation", "number or list of numbers", "how far configurations may be from it; math.huge for a joint without preference",
        unit: "rad, m", range: "at least 1e-6, or math.huge", otherwise: plainText(usualDeviation))
    static let stance = OptionKey.flag(
        "stance", default: true, "whether a Body stands as its description says, its centre of mass softly over its feet")

    static var declared: [any DeclaredOption] { [position, rotation, limit, preferred, preferredDeviation, stance] }
}

extension Session {
    private static let talosHand = OptionKey.position(
        "hand", default: SIMD3(0.1, 0.5, 1), "where the left gripper is to be; the default is that of the published figure")
    private static let talosMasses = OptionKey<MassChoice>.choice(
        "masses", default: .all, "\"all\" links, or \"chains\": those from the root to grippers and soles, as the authors' code counts them")

    func addBodyTargets() throws {
        try state.register(Function(
            "avips.target.goals", "The density of a robot's configurations that meet goals: tips at places, axes along directions, joints near preferred values.",
            parameters: [
                Parameter("robot", "Robot or Body", "the robot"),
                Parameter("goals", "Goal, Pose or table", "the tip's goal; for a Body a table of goals by tip"),
                .options(GoalOptions.declared + [Session.degreesOption]),
            ],
            returns: "Target; factors of tips and of preferred values are normalised, soft limits are 1 inside",
            example: """
                local panda = avips.robot "panda"
                local goal = avips.goal{ xyz = {0.45, 0.1, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} }
                local target = avips.target.goals(panda, goal, { position_deviation = 0.005 })
                local answer = panda:ik(goal, { seed = 1 })[1]
                assert(target.dimension == 7 and target:logdensity(answer.q) > 10)
                """
        ) { arguments in .object(holding: Target(density: try goalTarget(arguments), robot: try arguments[1].boxIfPresent(Robot.self)?.read())) })
        try state.register(Function(
            "avips.target.talos", "The published whole-body target: TALOS on both feet, in balance, its left gripper at a place (Arenz et al., TMLR 2023).",
            parameters: [.options([Session.talosHand, Session.talosMasses])],
            returns: "Target over 34 variables: 28 joints, then x, y, z, roll, pitch, yaw of the base",
            example: """
                local target = avips.target.talos{ hand = {0.1, 0.5, 1} }
                assert(target.dimension == 34)
                """
        ) { [unowned self] arguments in
            let options = try arguments.options(1)
            let hand = try options[Session.talosHand]
            let masses = try options[Session.talosMasses]
            let robot = try RobotLibrary(directory: resources.robots).robot("talos_28dof")
            return .object(holding: Target(density: try BodyTarget.talos(robot, leftHand: hand, countsChains: masses == .chains)))
        })
    }
}

private func goalTarget(_ arguments: Arguments) throws -> BodyTarget {
    let options = try arguments.options(3)
    let body: Body, task: BodyTask
    if let box = arguments[1].boxIfPresent(Robot.self) {
        body = Body(try box.read().chain)
        task = BodyTask(aims: [.init(tip: 0, goal: try arguments[2].goal(takesPosition: true))])
    } else {
        body = try arguments[1].box(WholeBody.self).read().body
        let stands = try options[GoalOptions.stance]
        task = try arguments[2].task(of: body, over: stands ? body.stance : nil)
    }
    let unit = try AngleUnit(options)
    let position = try options[GoalOptions.position]
    let rotation = try options.angle(GoalOptions.rotation, in: unit), limit = try options.angle(GoalOptions.limit, in: unit)
    var factors = task.aims.map { BodyDensity.Factor.goal($0, position: position, rotation: rotation) }
    if let balance = task.balance { factors.append(.balance(balance, around: nil, deviation: position)) }
    factors.append(.limits(variables: Array(0..<body.degreesOfFreedom), deviation: limit, integral: false))
    if let slot = options[GoalOptions.preferred] {
        let means = try slot.configuration(of: WholeBody(body), in: unit)
        let given = options[GoalOptions.preferredDeviation]
        let widths = zip(try deviations(given, count: means.count), body.variables).map { $0 * (given == nil ? 1 : unit.scale(of: $1)) }
        factors.append(.preference(means: means, deviations: widths))
    } else if options.has(GoalOptions.preferredDeviation) {
        throw options.invalid(GoalOptions.preferredDeviation, "goes with preferred, which is missing")
    }
    return BodyTarget(BodyDensity(body, factors: factors), name: "goals of \(body.name)")
}

private func deviations(_ slot: Slot?, count: Int) throws -> [Double] {
    guard let slot else { return Array(repeating: GoalOptions.usualDeviation, count: count) }
    func read(_ slot: Slot) throws -> Double {
        let value = try slot.positiveNumber(orInfinity: true)
        guard value >= 1e-6 else { throw slot.mismatch("a number from 1e-6 on") }
        return value
    }
    if slot.kind == .number { return Array(repeating: try read(slot), count: count) }
    guard slot.kind == .table, try slot.length() == count else { throw slot.mismatch("a number, or a list of \(count) numbers") }
    return try (1...count).map { try slot.withElement($0) { try read($0) } }
}
