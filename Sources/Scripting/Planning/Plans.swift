import LuaBridge
import Numerics
import Planning

// Robot:plan, and the Plans and Plan types.

struct PlanEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(plansType)
        try state.register(planType)
    }

    /// The options of Robot:plan.
    fileprivate enum PlanKeys {
        static let world = RawOption("world", "World", "obstacles", otherwise: "none: only self-collisions are checked")
        static let selfCollision = OptionKey.flag("self_collision", default: true, "whether self-collisions are checked as well")
        static let count = OptionKey.integer("count", in: 1...64, default: 1, "how many plans to search for, of which none deforms into another")
        static let goals = OptionKey.integer("goals", in: 1...4096, default: 32, "for a pose or a Goal: how many configurations that reach it are searched for, of which the first is the start, if it reaches it, or the nearest to the start that is found")
        static let effort = OptionKey.integer("effort", in: 1...1000, default: 4, "how many searches are made for a shorter path to the nearest goal; 1 takes the first plan")
        static let seconds = OptionKey.number("seconds", in: .above(0), default: 10, "the time limit of the call; the best plans found by then are returned", unit: "s")
        static let resolution = OptionKey.number("resolution", in: 1...10_000, default: 32, "configurations checked per unit of joint space during the search; plans are certified free of collisions in any case", unit: "1/rad")
    }

    fileprivate static var planOptions: [any DeclaredOption] { [
        PlanKeys.world, PlanKeys.count, PlanKeys.seconds, PlanKeys.selfCollision, PlanKeys.goals, PlanKeys.effort, PlanKeys.resolution,
        MotionOptions.velocity, MotionOptions.acceleration, SearchKeys.seed, AngleUnit.degrees,
    ] }

    private var plansType: ObjectType {
        ObjectType(
            "Plans", of: PlansItem.self, "Collision-free paths, the shortest first, each of a different class; `p[i]` is a Plan.",
            describe: { display.spelled(PlanText.text($0, showsTimes: display.showsTimes)) },
            element: { plans, index in plans.plans.indices.contains(index &- 1) ? .object(holding: plans.item(index &- 1)) : .nil },
            elementType: "Plan",
            operators: [(.length, { .integer(try $0.operand(1, PlansItem.self).plans.count) })],
            table: { DataTable($0) },
            properties: [
                ObjectProperty("robot", "Robot", "the robot") { .object(holding: $0.robot) },
                ObjectProperty("start", "list of numbers", "the configuration from which the plans start, rad or m") { .numbers($0.start) },
                ObjectProperty("found", "integer", "how many there are") { .integer($0.plans.count) },
                ObjectProperty("goals", "integer", "how many configurations that reach the goal were found") { .integer($0.goals.count) },
                ObjectProperty("free_goals", "integer", "how many of these are free of collisions") { .integer($0.freeGoals) },
                ObjectProperty("seconds", "number", "the time of the search in s") { .number($0.elapsed) },
                ObjectProperty("reason", "string or nil", "why there is no plan, or fewer than requested") { $0.reason.map(Value.string) ?? .nil },
            ])
    }

    private static let examplePlan = """
        local panda = avips.robot "panda"
        local plan = panda:plan({-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, {0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, { seed = 1 })[1]

        """

    private var planType: ObjectType {
        ObjectType(
            "Plan", of: PlanItem.self, "A collision-free path with times: straight lines in joint space from point to point.",
            describe: { display.spelled(PlanText.text($0)) },
            element: { item, index in item.plan.points.indices.contains(index &- 1) ? .numbers(item.plan.points[index &- 1]) : .nil },
            operators: [(.length, { .integer(try $0.operand(1, PlanItem.self).plan.points.count) })],
            table: { DataTable($0) },
            properties: [
                ObjectProperty("robot", "Robot", "the robot") { .object(holding: $0.robot) },
                ObjectProperty("path", "n x dof Matrix", "the configurations, rad or m") { .matrix($0.path) },
                ObjectProperty("times", "list of numbers", "when each configuration is passed, s") { .numbers($0.plan.times) },
                ObjectProperty("clearances", "list of numbers", "the distance of the robot from obstacles and itself at each configuration in m, up to 0.25") { .numbers($0.clearances) },
                ObjectProperty("corners", "list of lists of numbers", "the configurations where straight segments meet, start and goal included, rad or m") { .list($0.plan.corners.map(Value.numbers)) },
                ObjectProperty("length", "number", "the length in joint space, rad and m") { .number($0.plan.length) },
                ObjectProperty("duration", "number", "the time from start to goal in s") { .number($0.plan.duration) },
                ObjectProperty("clearance", "number", "the least distance of the robot from obstacles and itself along the path, between its configurations too, in m, up to 0.1") { .number($0.plan.clearance) },
                ObjectProperty("weight", "number", "its share among the plans, in proportion to exp(-length)") { .number($0.plan.weight) },
                ObjectProperty("class", "integer", "the number of its class: plans of one class deform into one another") { .integer($0.plan.pathClass + 1) },
                ObjectProperty("goal", "integer", "which of the goals it leads to, counted from 1") { .integer($0.plan.goal + 1) },
            ],
            methods: [
                Function(
                    "Plan:at", "The configuration at a time; before the start and after the end, the first and the last one.",
                    parameters: [Parameter("time", "number", "the time", unit: "s")], returns: "list of numbers, rad or m",
                    example: PlanEntries.examplePlan + "assert(#plan:at(plan.duration / 2) == 7)"
                ) { arguments in
                    .numbers(try arguments.receiver(PlanItem.self).plan.configuration(at: arguments[1].number()))
                },
            ])
    }
}

extension RobotEntries {
    private typealias PlanKeys = PlanEntries.PlanKeys

    var plan: Function {
        Function(
            "Robot:plan", "Plans collision-free paths to a pose, a goal or a configuration: the shortest over all configurations that reach it, in all turns that joints have room for, and several of different classes.",
            parameters: [
                Parameter("start", "list of numbers", "the initial configuration", unit: "rad, m"),
                Parameter("goal", "Pose, Goal, Solutions, Matrix or list of numbers", "the target of the tip; or configurations, any of which is accepted, and no other: Solutions in any turn, those of a Matrix or a list as they are, except joints without limits, which always take any turn", unit: "rad, m"),
                .options(PlanEntries.planOptions),
            ],
            returns: "Plans, the shortest first; none, and the reason, where no path was found",
            example: """
                local panda = avips.robot "panda"
                local world = avips.world{ { box = {0.1, 0.6, 0.6}, at = {0.5, 0, 0.3}, name = "wall" } }
                local start = {-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}
                local goal = panda:fk{0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}
                local plans = panda:plan(start, goal, { world = world, seed = 1 })
                print(plans)
                assert(#plans == 1 and plans[1].clearance > 0)
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            let given = try arguments.options(3), unit = try AngleUnit(given)
            let start = try arguments[1].configuration(of: robot, in: unit)
            try arguments[1].requireLimits(start, of: robot.chain.variables, name: robot.chain.name, in: unit)
            let world = try given[PlanKeys.world]?.world()
            let clock = ContinuousClock.now
            let limit = try given[PlanKeys.seconds]
            var options = PlanOptions(count: try given[PlanKeys.count], effort: try given[PlanKeys.effort], resolution: try given[PlanKeys.resolution])
            let checker = CollisionChecker(try robot.collisionModel(in: session), world: world, checksSelf: try given[PlanKeys.selfCollision])
            let limits = try MotionOptions.limits(of: robot, given)
            if checker.collides(start), let contact = checker.model.proximity(start, world: world, checksSelf: checker.checksSelf) {
                throw ArgumentError("the start collides: \(contact.words(world))")
            }
            var stream = stream(seed: try given[SearchKeys.seed])
            do {
                // Half of the time at most finds goals; the way to them has the rest.
                let search = PlanGoalSearch(
                    robot: robot, start: start, screen: CollisionScreen(checker.model, world: world, checksSelf: checker.checksSelf),
                    count: try given[PlanKeys.goals], cancellation: cancellation)
                let goals = try arguments[2].planGoals(of: robot, in: unit) {
                    try search.configurations($0, seconds: (limit - seconds(since: clock)) / 2, using: &stream)
                }
                options.seconds = max(0, limit - seconds(since: clock))
                options.takesEveryTurn = goals.takesEveryTurn
                return try plans(robot, from: start, to: goals.configurations, options, limit: limit, checker, limits, &stream, since: clock)
            } catch let obstruction as PlanObstruction {
                return .object(holding: PlansItem(
                    robot: robot, start: start, plans: [], screen: CollisionScreen(checker.model, world: world, checksSelf: checker.checksSelf), goals: [],
                    elapsed: seconds(since: clock), reason: obstruction.reason))
            }
        }
    }

    private func plans(
        _ robot: Robot, from start: [Double], to goals: [[Double]], _ options: PlanOptions, limit: Double, _ checker: CollisionChecker, _ limits: MotionLimits,
        _ stream: inout RandomStream, since clock: ContinuousClock.Instant
    ) throws -> Value {
        func answer(_ plans: [Plan], _ reason: String?) -> Value {
            let item = PlansItem(
                robot: robot, start: start, plans: plans, screen: CollisionScreen(checker.model, world: checker.world, checksSelf: checker.checksSelf),
                goals: goals, elapsed: seconds(since: clock), reason: reason)
            return .object(holding: item, size: plans.reduce(200) { $0 + $1.points.count * (robot.chain.degreesOfFreedom + 1) * 8 })
        }
        do {
            let found = try PathPlanner(checker, limits: limits).plans(from: start, to: goals, options: options, using: &stream, cancellation: cancellation)
            return answer(found, found.count < options.count ? "\(found.count) of \(options.count) plans found that do not deform into one another" : nil)
        } catch {
            switch error {
            case .startCollides(let contact): throw ArgumentError("the start collides: \(contact.words(checker.world))")
            case .goalsCollide(let contact, let count):
                guard count > 1 else { return answer([], "the goal collides: \(contact.words(checker.world))") }
                let screen = CollisionScreen(checker.model, world: checker.world, checksSelf: checker.checksSelf)
                let words = screen.makeChecker().contactWords(goals, every: "every one") ?? "the first: \(contact.words(checker.world))"
                return answer([], "all \(count) configurations that reach the goal collide; \(words)")
            case .noGoals: return answer([], "no configuration reaches the goal")
            case .notFound(let isOutOfTime, let nodes): return answer([], isOutOfTime ? "no way was found in \(plainText(limit)) s" : "no way was found with \(nodes) nodes")
            case .cancelled: throw LuaError("interrupted before a plan was found", kind: .interrupt)
            }
        }
    }

    private func seconds(since clock: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - clock) / .seconds(1)
    }
}

extension Proximity {
    /// Which two things touch.
    func words(_ world: World?) -> String {
        let other = switch other {
        case .obstacle(let index): world?.obstacles[index].name ?? "an obstacle"
        case .link(let name): name
        }
        return "\(link) and \(other) overlap by \(NumberText.length(max(-distance, 0)))"
    }
}
