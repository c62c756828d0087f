import Collision
import LuaBridge
import Numerics
import Planning

// ConditionalTarget:world and ConditionalTarget:paths.

extension ConditionalTargetEntries {
    private static let familyExample = """
        local panda = avips.robot "panda"
        local family = avips.target.path{
          robot = panda, start = {-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, goal = {0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, knots = 2,
          context = { height = {0.2, 0.5} }, world = function(c) return { { box = {0.1, 0.1, c.height}, at = {0.6, 0, c.height / 2}, name = "post" } } end,
        }
        """

    private static let context = Parameter("context", "table or list", "the context: numbers by name, or a list of them")

    var world: Function {
        Function(
            "ConditionalTarget:world", "The obstacles at a context, for a target of robot paths whose obstacles depend on it.",
            parameters: [Self.context],
            returns: "World",
            example: """
                \(Self.familyExample)
                assert(family:world{ height = 0.3 }:distance{0.6, 0, 0.4} > 0.09)
                """
        ) { arguments in
            let target = try arguments.receiver(ConditionalTarget.self)
            guard let paths = target.density as? RobotPathFamily else { throw ArgumentError("\(target.density.name) has no world: it is not about a robot's paths past obstacles") }
            let context = try target.contexts.shape.readOne(arguments[1])
            do throws(WorldError) {
                return .object(holding: try paths.worlds.world(context))
            } catch {
                throw arguments[1].invalid("gives a world that cannot be: \(error)")
            }
        }
    }

    private static let count = OptionKey.integer("count", in: 1...100_000, default: 100, "how many paths are wanted")
    private static let points = OptionKey.integer("points", in: 8...4096, default: 64, "how many configurations a path has, start and goal included")
    /// Draws for each path that is wanted, at most.
    private static let patience = 20

    var paths: Function {
        Function(
            "ConditionalTarget:paths", "Draws collision-free paths of a robot from a model's prediction at a context; draws that collide or leave the joint limits are rejected.",
            parameters: [
                Parameter("model", "ConditionalModel", "a model of this target"),
                Self.context,
                .options([Self.count, Self.points, Session.seedOption]),
            ],
            returns: "list of points x dof Matrices, proven free along the straight lines from row to row; and a table: drawn (how many were drawn, at most \(Self.patience) for each that is wanted), knots (the draws that are free, a row each), clearances (the least distances in m, up to 0.1)",
            example: """
                \(Self.familyExample)
                local model = avips.model{ target = family, components = 4, hidden = {16, 16}, seed = 1 }
                model:train{ steps = 20, seed = 1 }
                local paths, drawn = family:paths(model, { height = 0.3 }, { count = 5, seed = 1 })
                print(#paths, drawn.drawn)
                """
        ) { arguments in
            let target = try arguments.receiver(ConditionalTarget.self)
            guard let family = target.density as? RobotPathFamily else { throw ArgumentError("\(target.density.name) is not about a robot's paths past obstacles") }
            let model = try arguments[1].object(ConditionalModel.self)
            guard model.mixture.dimension == target.density.dimension, model.shape.isLike(target.contexts.shape) else {
                throw arguments[1].invalid("is a model of another target, given \(model.shape) with \(model.mixture.dimension.counted("variable"))")
            }
            let context = try target.contexts.shape.readOne(arguments[2]), given = try arguments.options(3)
            _ = model.note(on: context, warn: warn)
            let world: World
            do throws(WorldError) { world = try family.worlds.world(context) } catch { throw arguments[2].invalid("gives a world that cannot be: \(error)") }
            let judge = PathJudge(family.prior, CollisionChecker(family.model, world: world), points: try given[Self.points])
            let wanted = try given[Self.count], query = try model.query()
            var stream = stream(seed: try given[Session.seedOption]), found = FreePaths(), drawn = 0
            while found.paths.count < wanted, drawn < Self.patience * wanted {
                try state.stopIfInterrupted()
                let count = min(max(wanted - found.paths.count, 16), Self.patience * wanted - drawn)
                let samples = try naming(context) { try query.sample(context, count: count, using: &stream) }
                // The draws are looked at in their order, and those after the last path that is wanted do not count.
                for row in 0..<count where found.paths.count < wanted {
                    drawn += 1
                    if drawn % 64 == 0 { try state.stopIfInterrupted() }
                    let path = judge.path(Array(samples.row(row)))
                    if let clearance = judge.clearance(of: path) { found.add(path, knots: samples.row(row), clearance) }
                }
            }
            return .several([.list(found.paths.map { .matrix($0) }), .record([
                ("drawn", .integer(drawn)),
                ("knots", .matrix(Matrix(rows: found.paths.count, columns: family.dimension, elements: found.knots))),
                ("clearances", .numbers(found.clearances)),
            ])])
        }
    }
}

private struct FreePaths {
    var paths: [Matrix] = []
    var knots: [Double] = []
    var clearances: [Double] = []

    mutating func add(_ path: Matrix, knots: some Sequence<Double>, _ clearance: Double) {
        paths.append(path)
        self.knots += knots
        clearances.append(clearance)
    }
}

/// Whether paths through knots are free.
private struct PathJudge {
    private let prior: BridgePrior
    private let checker: CollisionChecker
    private let clearance: PathClearance
    private let spline: NaturalSpline

    init(_ prior: BridgePrior, _ checker: CollisionChecker, points: Int) {
        self.prior = prior
        self.checker = checker
        clearance = PathClearance(checker)
        spline = NaturalSpline(nodes: prior.knots + 2, points: points)
    }

    func path(_ knots: [Double]) -> Matrix { spline.points(prior.places(knots)) }

    /// The least distance along a path, proven between its rows too; nil where something is touched, or a joint is beyond its limits.
    func clearance(of path: Matrix) -> Double? {
        let rows = (0..<path.rows).map { Array(path.row($0)) }, variables = checker.model.variables
        let isWithin = rows.allSatisfy { row in
            variables.indices.allSatisfy { variables[$0].kind == .continuous || (variables[$0].lower - 1e-9...variables[$0].upper + 1e-9).contains(row[$0]) }
        }
        return isWithin ? clearance.least(along: rows) : nil
    }
}
