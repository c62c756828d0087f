import Collision
import Figures
import Kinematics
import LuaBridge
import Numerics
import Planning

// Figures of robots: poses, robot, chain.

extension FigureEntries {
    var robotPlots: [Function] { [plotPoses, plotRobot, plotChain] }

    private static let drawnTarget = OptionKey<Pose?>.value("target", "Pose", "the target pose of the tip", otherwise: "that of the solutions") {
        try $0.pose()
    }

    private static let ordered = OptionKey.flag(
        "ordered", "whether the configurations are steps, coloured from the first to the last, with the path of the tip", otherwise: "true for a track or a plan")
    private static let world = RawOption("world", "World", "obstacles that are drawn as outlines behind a robot, a cloud or a mesh as the box around it", otherwise: "a plan's own")
    private static let view = OptionKey.choice(
        "view", default: SpatialView.all, "the direction from which a spatial robot is viewed; a planar one is drawn in its plane")

    private var plotPoses: Function {
        Function(
            "avips.plot.poses", "Draws configurations of a robot as stick figures, grouped by component, with the target marked; the steps of a track or a plan are coloured in order.",
            parameters: [
                Parameter("robot", "Robot, Body or string", "the robot, or its name"),
                Parameter("configurations", "Solutions, Postures, Plan, Track, Matrix or list", "what to draw; a plan is drawn at equal time intervals", unit: "rad, m"),
                .options([
                    Self.drawnTarget, PlottedConfigurations.componentsOption, Self.view, Self.world, Self.ordered, AngleUnit.degrees, Self.titleOption,
                ]),
            ],
            returns: "Figure",
            example: """
                local panda = avips.robot "panda"
                local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
                print(avips.plot.poses(panda, panda:ik(target, { count = 4, seed = 1 })))
                """
        ) { arguments in
            let options = try arguments.options(3)
            let title = try options[Self.titleOption]
            if let whole = try arguments[1].boxIfPresent(WholeBody.self)?.read() {
                if let slot = options[Self.world] { throw slot.invalid("goes with a robot; figures of bodies have no obstacles") }
                return .object(holding: try Self.bodyPoses(whole, arguments[2], options, title: title))
            }
            let robot = try self.robot(arguments[1])
            let drawn = try PlottedConfigurations(arguments[2], of: robot, components: options[PlottedConfigurations.componentsOption], in: AngleUnit(options))
            return .object(holding: try Figure.poses(
                robot: robot.chain, configurations: drawn.rows, components: drawn.components,
                target: options[Self.drawnTarget] ?? drawn.target, view: options[Self.view], isOrdered: options[Self.ordered] ?? drawn.isOrdered,
                obstacles: (try options[Self.world]?.world() ?? drawn.world)?.outlines ?? [], title: title))
        }
    }

    /// A body's postures, or configurations of it as a script has them.
    private static func bodyPoses(_ whole: WholeBody, _ slot: Slot, _ options: LuaBridge.Options, title: String?) throws -> Figure {
        let target = try options[drawnTarget].map { [$0] }
        if let postures = try slot.boxIfPresent(Postures.self)?.read() {
            return try Figure.bodyPoses(
                whole.body, configurations: postures.solutions.solutions.map(\.configuration),
                targets: target ?? postures.solutions.task.aims.map(\.goal.pose), view: options[view], title: title)
        }
        let unit = try AngleUnit(options)
        if slot.isVector { return try Figure.bodyPoses(whole.body, configurations: [slot.configuration(of: whole, in: unit)], targets: target ?? [], view: options[view], title: title) }
        let rows = try slot.configurations(of: whole, in: unit)
        guard rows.rows <= PlottedConfigurations.limit else { throw slot.invalid("must have at most \(PlottedConfigurations.limit) configurations, got \(rows.rows)") }
        return try Figure.bodyPoses(whole.body, configurations: (0..<rows.rows).map { Array(rows.row($0)) }, targets: target ?? [], view: options[view], title: title)
    }

    private var plotRobot: Function {
        Function(
            "avips.plot.robot", "Draws a robot in one configuration, with the frames of its links.",
            parameters: [
                Parameter("robot", "Robot, Body or string", "the robot, or its name"), Parameter("q", "list of numbers", "the configuration", unit: "rad, m"),
                .options([Self.view, AngleUnit.degrees, Self.titleOption]),
            ],
            returns: "Figure",
            example: "print(avips.plot.robot(avips.robot \"panda\", {0, -0.5, 0, -2, 0, 1.6, 0.8}))"
        ) { arguments in
            let options = try arguments.options(3)
            if let whole = try arguments[1].boxIfPresent(WholeBody.self)?.read() {
                return .object(holding: try Figure.bodyPoses(
                    whole.body, configurations: [arguments[2].configuration(of: whole, in: AngleUnit(options))],
                    view: options[Self.view], title: options[Self.titleOption] ?? whole.body.name))
            }
            let robot = try self.robot(arguments[1])
            let q = try arguments[2].configuration(of: robot, in: AngleUnit(options))
            return .object(holding: try Figure.robot(robot.chain, configuration: q, view: options[Self.view], title: options[Self.titleOption]))
        }
    }

    private var plotChain: Function {
        Function(
            "avips.plot.chain", "Draws the structure of a robot: its joints, their axes and their limits.",
            parameters: [Parameter("robot", "Robot or string", "the robot, or its name"), .options([Self.titleOption])], returns: "Figure",
            example: "print(avips.plot.chain(avips.robot \"panda\"))"
        ) { arguments in
            let robot = try self.robot(arguments[1])
            return .object(holding: try Figure.chain(robot.chain, title: arguments.options(2)[Self.titleOption]))
        }
    }
}

/// Configurations as scripts pass them to figures.
struct PlottedConfigurations {
    var rows: [[Double]]
    /// The component of each, counted from 1.
    var components: [Int]?
    var target: Pose?
    /// Whether they follow each other.
    var isOrdered = false
    /// What they keep clear of.
    var world: World?

    static let limit = 100_000
    /// How many configurations show what a plan sweeps over.
    private static let sweep = 16
    static let componentsOption = RawOption(
        "components", "list of integers", "the component that each configuration belongs to", otherwise: "those of the solutions")

    init(_ slot: Slot, of robot: Robot, components: Slot?, in unit: AngleUnit = .radians) throws {
        if let answer = try slot.boxIfPresent(Answer.self)?.read() {
            try slot.require(of: .robot(answer.robot), is: .robot(robot))
            rows = answer.solutions.solutions.map(\.configuration)
            target = answer.solutions.target
            let known = answer.solutions.solutions.compactMap(\.component)
            if known.count == rows.count && !known.isEmpty { self.components = known.map { $0 + 1 } }
        } else if let item = try slot.boxIfPresent(TrackItem.self)?.read() {
            try slot.require(of: item.subject, is: .robot(robot))
            rows = item.track.configurations
            isOrdered = true
        } else if let item = try slot.boxIfPresent(PlanItem.self)?.read() {
            try slot.require(of: .robot(item.robot), is: .robot(robot))
            rows = item.sweep(Self.sweep)
            target = rows.last.map(robot.chain.forwardKinematics)
            world = item.screen.world
            isOrdered = true
        } else if slot.kind == .table, try slot.length() == 0 {
            rows = []
        } else if slot.isVector {
            rows = [try slot.configuration(of: robot, in: unit)]
        } else {
            let matrix = try slot.configurations(of: robot, in: unit)
            rows = (0..<matrix.rows).map { Array(matrix.row($0)) }
        }
        guard rows.count <= PlottedConfigurations.limit else {
            throw slot.invalid("must have at most \(PlottedConfigurations.limit) configurations, got \(rows.count)")
        }
        if let components {
            self.components = try components.numbers(count: rows.count).map { number in
                guard let whole = Int(exactly: number) else { throw components.mismatch("a list of whole numbers") }
                return whole
            }
        }
    }
}
