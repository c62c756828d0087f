import Collision
import ConditionalModels
import Expressions
import Geometry
import LuaBridge
import Numerics

/// A world for every context: obstacles whose measures and places are formulas of the context's numbers.
final class WorldFamily: @unchecked Sendable {
    /// The numbers of an obstacle, as formulas or as numbers.
    struct Part<Number> {
        var name: String
        var kind: String
        /// Edge lengths of a box; otherwise a radius and, but for spheres, a length.
        var sizes: [Number]
        var position: [Number]
        var turn: Turn<Number>

        func map<Other>(_ transform: (Number) -> Other) -> Part<Other> {
            Part<Other>(name: name, kind: kind, sizes: sizes.map(transform), position: position.map(transform), turn: turn.map(transform))
        }

        var numbers: [Number] {
            if case .angles(let angles) = turn { return sizes + position + angles }
            return sizes + position
        }
    }

    enum Turn<Number> {
        case known(Rotation)
        /// Roll, pitch and yaw, rad.
        case angles([Number])

        func map<Other>(_ transform: (Number) -> Other) -> Turn<Other> {
            switch self {
            case .known(let rotation): .known(rotation)
            case .angles(let angles): .angles(angles.map(transform))
            }
        }
    }

    let contextCount: Int
    // Nobody changes the graph any more.
    private let graph: ExpressionGraph
    private let parts: [Part<Int>]
    private let formulas: [Formula]

    init(_ parts: [Part<Quantity>], in graph: ExpressionGraph) {
        self.graph = graph
        contextCount = graph.contextCount
        var formulas: [Formula] = []
        self.parts = parts.map { part in
            part.map { number in
                formulas.append(number.expression(in: graph))
                return formulas.count - 1
            }
        }
        self.formulas = formulas
    }

    /// The obstacles in a context, whether they can be or not.
    func obstacles(_ context: [Double]) -> [Obstacle] {
        let values = graph.evaluate(formulas, point: [], context: context)
        return parts.map { $0.map { values[$0] }.obstacle }
    }

    /// - Throws: `WorldError` where an obstacle cannot be.
    func world(_ context: [Double]) throws(WorldError) -> World { try World(obstacles(context)) }
}

extension WorldFamily.Part where Number == Double {
    var obstacle: Obstacle {
        let rotation = switch turn {
        case .known(let rotation): rotation
        case .angles(let angles): Rotation(roll: angles[0], pitch: angles[1], yaw: angles[2])
        }
        return Obstacle(name: name, shape: Shape(kind: kind, sizes: sizes), pose: Pose(position: SIMD3(position[0], position[1], position[2]), rotation: rotation))
    }
}

// MARK: Reading

extension WorldFamily {
    private static let form = ObstacleEntry.Form(
        subject: "an obstacle that depends on a context", box: "{ box = {0.4, 0.6, 0.02}, at = {c.x, 0, 0.3} }",
        sphere: "{ sphere = 0.1, at = {c.x, 0, 0.5} }", limit: 64, kinds: ["box", "sphere", "cylinder", "capsule"], others: ["at", "name"])

    /// What a function of the context returned: a list of obstacles as `avips.world` takes them, with symbols for numbers.
    static func parts(_ slot: Slot) throws -> [Part<Quantity>] {
        try ObstacleEntry.all(slot, form) { entry in
            let sizes = try entry.sizes(number: { try $0.quantity() }, numbers: numbers) ?? []
            let (position, turn) = try entry.slot.withField("at") { try place($0) }
            return Part(name: try entry.name(), kind: entry.kind, sizes: sizes, position: position, turn: turn)
        }
    }

    /// A position, a pose, or a table of xyz and rpy.
    private static func place(_ slot: Slot) throws -> (position: [Quantity], turn: Turn<Quantity>) {
        let origin = [Quantity](repeating: .number(0), count: 3)
        if slot.isNil { return (origin, .known(.identity)) }
        if let box = slot.boxIfPresent(Pose.self) {
            let pose = try box.read()
            return (pose.position.list.map { .number($0) }, .known(pose.rotation))
        }
        guard slot.kind == .table else { throw slot.mismatch("a position {x, y, z}, a Pose, or { xyz = , rpy = }") }
        if try slot.length() > 0 { return (try numbers(slot, 3, "a position {x, y, z}"), .known(.identity)) }
        if let unknown = try slot.names().first(where: { !["xyz", "rpy"].contains($0) }) {
            throw slot.invalid("has a field \"\(unknown)\"; where an obstacle is depends on a context as { xyz = {x, y, z}, rpy = {roll, pitch, yaw} }")
        }
        let position = try slot.withField("xyz") { $0.isNil ? origin : try numbers($0, 3, "a position {x, y, z}") }
        let turn = try slot.withField("rpy") { $0.isNil ? Turn.known(.identity) : .angles(try numbers($0, 3, "angles {roll, pitch, yaw}")) }
        return (position, turn)
    }

    private static func numbers(_ slot: Slot, _ count: Int, _ expected: String) throws -> [Quantity] {
        let numbers = try slot.quantities()
        guard numbers.count == count else { throw slot.invalid("must be \(expected), got \(numbers.count.counted("number"))") }
        return numbers
    }
}

extension Session {
    /// The worlds that a function of Lua makes of contexts.
    ///
    /// - Throws: `ArgumentError` where it is no formula of them, or makes a world that cannot be.
    func worlds(_ slot: Slot, contexts: ContextSet) throws -> WorldFamily {
        let function = try slot.function(), graph = ExpressionGraph(dimension: 0, contextCount: contexts.shape.count)
        let symbols = contexts.shape.value(ofSymbols: (0..<contexts.shape.count).map { graph.contextNumber($0) })
        let family: WorldFamily
        do {
            let parts = try state.withSlot(called(function, [symbols])) { try WorldFamily.parts($0) }
            guard parts.allSatisfy({ part in
                part.numbers.allSatisfy { $0.graph == nil || $0.graph === graph }
            }) else { throw TracingFailure(description: "it returned a symbol of another density") }
            family = WorldFamily(parts, in: graph)
        } catch let failure as TracingFailure {
            throw ArgumentError("the function of worlds cannot be a formula of the context: \(failure)")
        }
        let rows = try contexts.trial(32, seed: 0x7ace, in: state)
        for row in 0..<rows.rows {
            let context = Array(rows.row(row))
            do throws(WorldError) { _ = try family.world(context) } catch {
                throw ArgumentError("the world given \(contexts.shape.text(context)) cannot be: \(error)")
            }
            guard row < 4 else { continue }
            let numbers = try state.call(function, [contexts.shape.value(of: context)]).first ?? .nil
            let given = try state.withSlot(numbers) { try WorldFamily.parts($0) }.map { part in
                part.map { number -> Double in if case .number(let value) = number { value } else { .nan } }.obstacle
            }
            let own = family.obstacles(context)
            guard given.count == own.count, zip(given, own).allSatisfy({ $0.isLike($1) }) else {
                throw ArgumentError("the function of worlds gives other obstacles for numbers than as a formula: it branches on values, draws random numbers or remembers earlier calls")
            }
        }
        return family
    }
}

extension Obstacle {
    /// Whether two are the same but for rounding.
    fileprivate func isLike(_ other: Obstacle) -> Bool {
        func near(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Bool { (a - b).length <= 1e-9 * (1 + a.length) }
        func sizes(_ shape: Shape) -> SIMD3<Double> {
            switch shape {
            case .box(let size): size
            case .sphere(let radius): [radius, 0, 0]
            case .cylinder(let radius, let length), .capsule(let radius, let length): [radius, length, 0]
            case .points, .mesh: .zero
            }
        }
        return shape.kind == other.shape.kind && near(sizes(shape), sizes(other.shape)) && near(pose.position, other.pose.position)
            && near(pose.rotation.x, other.pose.rotation.x) && near(pose.rotation.y, other.pose.rotation.y)
    }
}

extension ContextShape {
    /// A context as messages say it: "shelf_x = 0.5, shelf_z = 0.4".
    func text(_ context: [Double]) -> String {
        guard case .named(let names) = self else { return NumberText.list(context) }
        return zip(names, context).map { "\($0) = \(NumberText.short($1))" }.joined(separator: ", ")
    }
}
