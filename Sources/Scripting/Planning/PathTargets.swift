import Collision
import ConditionalModels
import Expressions
import LuaBridge
import Mixtures
import Numerics
import Planning

// avips.target.path and avips.spline.

struct PathTargetEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(path)
        try state.register(spline)
    }

    private static let start = RawOption("start", "list of numbers", "the start of all paths: a point, or a robot's configuration", unit: "m, rad", isRequired: true)
    private static let goal = RawOption("goal", "list of numbers", "the end of all paths", unit: "m, rad", isRequired: true)
    private static let knots = OptionKey.integer("knots", in: 1...16, default: 4, "the number of knots of the spline between start and goal; their coordinates are the variables, knot by knot")
    private static let points = OptionKey.integer("points", in: 4...512, default: 32, "the number of points of the spline that are checked for clearance")
    private static let deviation = OptionKey.number("deviation", in: .above(0), default: 0.6, "the standard deviation, over the whole path, of the Brownian motion whose bridge is the prior over paths; larger values allow longer detours", unit: "m, rad")
    private static let clearance = OptionKey.number("clearance", in: 0...1e3, default: 0.05, "the desired distance from obstacles", unit: "m")
    private static let softness = OptionKey.number("softness", in: .above(0), default: 0.02, "the standard deviation of a point's shortfall from the clearance", unit: "m")
    private static let discs = RawOption(
        "discs", "list of tables",
        "for a point that moves: obstacles, each { x = , y = , radius = } (and z in space); a range such as {-0.5, 0.5} in place of a number makes the target conditional, with disc1_x and so on as its context")
    private static let robot = RawOption("robot", "Robot or string", "the robot that moves, for paths in joint space", otherwise: "a point moves")
    private static let world = RawOption(
        "world", "World or function",
        "for a robot: its obstacles; or a function of the context that returns a list of boxes, spheres, cylinders and capsules as avips.world takes them, whose numbers are formulas of the context, such as at = {c.x, 0, 0.3} or { xyz = , rpy = {0, 0, c.yaw} }",
        otherwise: "only the robot's links against each other count")
    private static let context = RawOption("context", "table", "for a world that is a function: the ranges of the context's numbers by name, { x = {0.4, 0.6} }, which makes the target conditional")

    private var path: Function {
        Function(
            "avips.target.path", "A density over paths from a start to a goal past obstacles, for avips.vips and avips.model. The variables are the knots of a cubic spline; short and smooth paths that keep the clearance are more probable.",
            parameters: [.options(isOptional: false, [
                Self.start, Self.goal, Self.discs, Self.robot, Self.world, Self.context, Self.knots, Self.points, Self.deviation, Self.clearance, Self.softness, AngleUnit.degrees,
            ])],
            returns: "Target; a ConditionalTarget where discs have ranges, or the world is a function",
            example: """
                local past = avips.target.path{ start = {-1, 0}, goal = {1, 0}, knots = 3, discs = { { x = 0, y = {-0.2, 0.2}, radius = 0.3 } } }
                local over, through = {-0.5, 0.3, 0, 0.45, 0.5, 0.3}, {-0.5, 0, 0, 0, 0.5, 0}
                assert(past:logpdf(over, { disc1_y = 0 }) > past:logpdf(through, { disc1_y = 0 }))
                """
        ) { arguments in
            let given = try arguments.options(1)
            guard let start = given[Self.start], let goal = given[Self.goal] else { throw ArgumentError("options start and goal must be given") }
            if let slot = given[Self.robot] { return try robotPaths(given, try robot(slot), start, goal) }
            for option in [Self.world, Self.context] { if let slot = given[option] { throw slot.invalid("goes with robot; a point has discs") } }
            let place = try start.vector(expected: "a list of 2 or 3 numbers")
            guard (2...3).contains(place.count) else { throw start.invalid("must have 2 or 3 numbers, or go with a robot") }
            return try discPaths(given, try prior(given, place, goal.vector(count: place.count, expected: "a list of \(place.count.counted("number")), as start")))
        }
    }

    private func prior(_ given: LuaBridge.Options, _ start: [Double], _ goal: [Double]) throws -> BridgePrior {
        let count = try given[Self.knots] * start.count
        guard count <= 64 else { throw given.invalid(Self.knots, "makes \(count) variables, at most 64 are possible") }
        guard (start + goal).allSatisfy({ abs($0) <= 1e6 }) else { throw ArgumentError("options start and goal must have numbers from -1e6 to 1e6") }
        return BridgePrior(start: start, goal: goal, knots: try given[Self.knots], points: try given[Self.points], deviation: try given[Self.deviation])
    }

    // MARK: Robots

    private func robotPaths(_ given: LuaBridge.Options, _ robot: Robot, _ start: Slot, _ goal: Slot) throws -> Value {
        let unit = try AngleUnit(given)
        if let slot = given[Self.discs] { throw slot.invalid("goes with a point; a robot has a world") }
        func configuration(_ slot: Slot) throws -> [Double] {
            let q = try slot.configuration(of: robot, in: unit)
            try slot.requireLimits(q, of: robot.chain.variables, name: robot.chain.name, in: unit)
            return q
        }
        let prior = try prior(given, configuration(start), configuration(goal)), model = try robot.collisionModel(in: session)
        let name = "paths of \(robot.chain.name)"
        if let slot = given[Self.world], slot.kind == .function {
            guard let ranges = given[Self.context] else { throw slot.invalid("is a function of a context, whose ranges must be given, as context = { x = {0.4, 0.6} }") }
            return try conditionalPaths(given, robot, model, prior, name: name, world: slot, context: ranges)
        }
        if let slot = given[Self.context] { throw slot.invalid("goes with a world that is a function of it") }
        let world = try given[Self.world]?.world()
        try checkEnds(prior, model, world, nil)
        return .object(holding: Target(density: RobotPathTarget(
            name: name, prior: prior, screen: CollisionScreen(model, world: world), clearance: try given[Self.clearance], softness: try given[Self.softness])))
    }

    private func conditionalPaths(
        _ given: LuaBridge.Options, _ robot: Robot, _ model: CollisionModel, _ prior: BridgePrior, name: String, world: Slot, context: Slot
    ) throws -> Value {
        let contexts = try ContextSet(context, in: state)
        guard case .ranges = contexts.source else { throw context.mismatch("ranges by name, { x = {0.4, 0.6} }") }
        guard LaneProximity.takes(model) else { throw ArgumentError("\(robot.chain.name) has joints beside each other; paths in worlds that are functions are those of arms") }
        let paths = RobotPathFamily(
            name: name, prior: prior, model: model, worlds: try session.worlds(world, contexts: contexts), clearance: try given[Self.clearance],
            softness: try given[Self.softness])
        let rows = try contexts.trial(32, seed: 1, in: state)
        for row in 0..<rows.rows {
            let numbers = Array(rows.row(row))
            try checkEnds(prior, model, paths.worlds.world(numbers), contexts.shape.text(numbers))
        }
        let (mean, deviations) = prior.middle
        return .object(holding: ConditionalTarget(
            names: (1...prior.knots).flatMap { knot in robot.chain.variables.map { "\($0.name)_\(knot)" } }, density: paths, contexts: contexts,
            start: InitialMixture(mean: mean, deviations: deviations, componentDeviations: deviations), anneals: false
        ) { space, encoding in RobotPathDensities(paths, space: space, encoding: encoding) })
    }

    /// A path that begins or ends in a contact is never free.
    private func checkEnds(_ prior: BridgePrior, _ model: CollisionModel, _ world: World?, _ context: String?) throws {
        for (end, q) in [("start", prior.start), ("goal", prior.goal)] {
            guard let contact = model.proximity(q, world: world), contact.distance < 0 else { continue }
            throw ArgumentError("the \(end) collides\(context.map { " given \($0)" } ?? ""): \(contact.words(world))")
        }
    }

    // MARK: Discs

    /// A disc as it is given: numbers, and where there are ranges the numbers of a context.
    private struct GivenDisc {
        var fields: [(fixed: Double, context: Int?)]
    }

    private func discPaths(_ given: LuaBridge.Options, _ prior: BridgePrior) throws -> Value {
        var names: [String] = [], lower: [Double] = [], upper: [Double] = []
        let discs = try given[Self.discs].map { try self.discs($0, coordinates: prior.coordinates, &names, &lower, &upper) } ?? []
        let paths = DiscPaths(prior: prior, clearance: try given[Self.clearance], softness: try given[Self.softness])
        let (mean, deviations) = prior.middle
        let start = InitialMixture(mean: mean, deviations: deviations, componentDeviations: deviations)
        /// - Parameter units: a model's coordinates and inputs, which the formula is to be over.
        @Sendable func formula(_ count: Int, _ units: (space: SampleSpace, encoding: NumberEncoding)?) throws -> TracedDensity {
            let graph = ExpressionGraph(dimension: prior.dimension, contextCount: count)
            let (x, context) = graph.arguments(over: units)
            let placed = discs.map { disc in
                let numbers = disc.fields.map { field in field.context.map { context[$0] } ?? graph.number(field.fixed) }
                return DiscPaths.Disc(centre: Array(numbers.dropLast()), radius: numbers[numbers.count - 1])
            }
            return try TracedDensity(paths.logDensity(x, placed, in: graph))
        }
        let name = "paths past \(NumberText.counted(discs.count, "disc"))"
        guard !names.isEmpty else { return .object(holding: Target(density: TracedTarget(name: name, start: start, formula: try formula(0, nil)))) }
        let variables = (1...prior.knots).flatMap { knot in ["x", "y", "z"].prefix(prior.coordinates).map { "\($0)\(knot)" } }
        let count = names.count
        return .object(holding: ConditionalTarget(
            names: variables, density: TracedConditionalDensity(name: name, formula: try formula(count, nil)),
            contexts: ContextSet(shape: .named(names), source: .ranges(lower: lower, upper: upper)), start: start, anneals: false
        ) { space, encoding in TracedDensities(try formula(count, (space, encoding))) })
    }

    private func discs(
        _ slot: Slot, coordinates: Int, _ names: inout [String], _ lower: inout [Double], _ upper: inout [Double]
    ) throws -> [GivenDisc] {
        guard slot.kind == .table, try slot.names().isEmpty else { throw slot.mismatch("a list of discs, { { x = 0, y = {-0.2, 0.2}, radius = 0.3 } }") }
        let count = try slot.length(), wanted = ["x", "y", "z"].prefix(coordinates) + ["radius"]
        guard count <= 64 else { throw slot.invalid("must have at most 64 discs, got \(count)") }
        var result: [GivenDisc] = []
        for index in 0..<count {
            try slot.withElement(index + 1) { disc in
                guard disc.kind == .table else { throw disc.mismatch("a table with \(wanted.joined(separator: ", "))") }
                if let unknown = try disc.names().first(where: { !wanted.contains($0) }) {
                    throw disc.invalid("has a field \"\(unknown)\"; a disc has \(wanted.joined(separator: ", "))")
                }
                var own = GivenDisc(fields: [])
                for name in wanted {
                    try disc.withField(.string(name)) { field in
                        if field.kind == .number { return own.fields.append((try field.number(in: -1e6...1e6), nil)) }
                        let range = try field.vector(count: 2, expected: "a number, or a range such as {-0.5, 0.5}")
                        guard range[0] < range[1], range[0] >= -1e6, range[1] <= 1e6 else { throw field.invalid("must be a range that rises, within -1e6 and 1e6") }
                        own.fields.append((0, names.count))
                        names.append("disc\(index + 1)_\(name)")
                        lower.append(range[0])
                        upper.append(range[1])
                    }
                }
                let radius = own.fields[own.fields.count - 1]
                let least = radius.context.map { lower[$0] } ?? radius.fixed
                guard least > 0 else { throw disc.invalid("must have a radius above 0") }
                result.append(own)
            }
        }
        return result
    }

    // MARK: Splines

    private static let splinePoints = OptionKey.integer("points", in: 2...100_000, default: 50, "how many points to evaluate, the ends included")

    private var spline: Function {
        Function(
            "avips.spline", "Evaluates the natural cubic spline through given points, such as start, knots and goal of avips.target.path.",
            parameters: [
                Parameter("places", "list of lists, or Matrix", "the points to interpolate, one per row, at equally spaced parameter values"),
                .options([Self.splinePoints]),
            ],
            returns: "points x D Matrix",
            example: "assert(avips.spline({ {0, 0}, {1, 1}, {2, 0} }, { points = 5 })[3][2] == 1)"
        ) { arguments in
            let places = try arguments[1].matrix()
            guard places.rows >= 2, places.rows <= 256 else { throw arguments[1].invalid("must have 2 to 256 places, got \(places.rows)") }
            let points = try arguments.options(2)[Self.splinePoints]
            return .matrix(NaturalSpline(nodes: places.rows, points: points).points(places))
        }
    }
}
