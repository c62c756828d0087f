import Collision
import LuaBridge
import Numerics

/// What the entries of a world's list say.
struct ObstacleReading {
    let files: FileAccess

    private static let form = ObstacleEntry.Form(
        subject: "an obstacle", box: "{ box = {0.4, 0.6, 0.02}, at = {0.5, 0, 0} }", sphere: "{ sphere = 0.1, at = {0.4, 0, 0.5} }",
        limit: WorldBounds.obstacles, kinds: ["box", "sphere", "cylinder", "capsule", "points", "mesh", "heights"],
        others: ["at", "name", "radius", "scale", "cell"])

    /// The fields of an entry, in words.
    static let fields = "each has one shape: box = {x, y, z} edge lengths, sphere = radius, cylinder or capsule = { radius = , length = } along z, points = n x 3 rows (with radius = 0.01), "
        + "mesh = the path of an STL, OBJ or COLLADA file (with scale = 1), or heights = rows along x of heights along y (with cell = 0.05), solid down to the lowest height; and at = a Pose or the position {x, y, z}, and a name"

    func obstacles(_ slot: Slot) throws -> [Obstacle] { try ObstacleEntry.all(slot, Self.form) { try obstacle($0) } }

    private func obstacle(_ entry: ObstacleEntry) throws -> Obstacle {
        let slot = entry.slot, kind = entry.kind
        for (field, owner) in [("radius", "points"), ("scale", "mesh"), ("cell", "heights")] where entry.fields.contains(field) && kind != owner {
            throw slot.invalid("has a field \(field), which goes with \(owner)" + (kind == "cylinder" || kind == "capsule" ? "; write \(kind) = { radius = , length = }" : ""))
        }
        let sizes = try entry.sizes(number: { try $0.number() }, numbers: { try $0.vector(count: $1, expected: $2) })
        let shape = try sizes.map { Shape(kind: kind, sizes: $0) } ?? slot.withField(.string(kind)) { try self.shape(kind, $0, slot) }
        if let fault = shape.fault { throw slot.invalid("cannot be: \(fault)") }
        let pose = try slot.withField("at") { $0.isNil ? .identity : try place($0) }
        guard pose.position.length <= WorldBounds.length else { throw slot.invalid("lies beyond \(plainText(WorldBounds.length)) m") }
        return Obstacle(name: try entry.name(), shape: shape, pose: pose)
    }

    // Points, heights or a mesh.
    private func shape(_ kind: String, _ slot: Slot, _ obstacle: Slot) throws -> Shape {
        switch kind {
        case "points":
            let matrix = try slot.matrix(columns: 3)
            let points = (0..<matrix.rows).map { SIMD3(matrix.elements[3 * $0], matrix.elements[3 * $0 + 1], matrix.elements[3 * $0 + 2]) }
            return .points(points, radius: try obstacle.withField("radius") { $0.isNil ? 0.01 : try $0.number() })
        case "heights":
            let matrix = try slot.matrix()
            guard matrix.rows > 1, matrix.columns > 1 else { throw slot.invalid("must have at least two rows and two columns, got \(matrix.rows) x \(matrix.columns)") }
            let cell = try obstacle.withField("cell") { $0.isNil ? 0.05 : try $0.number() }
            do { return .mesh(try TriangleMesh(heights: matrix, cell: cell)) } catch { throw slot.invalid("cannot be: \(error)") }
        default:
            let path = try slot.path()
            let bytes = try files.read(path), mesh: TriangleMesh
            do { mesh = try TriangleMesh(fileBytes: bytes, name: path) } catch { throw slot.invalid("names a file that cannot be used, \"\(path)\": \(error)") }
            let factors = try obstacle.withField("scale") { scale -> SIMD3<Double> in
                if scale.isNil { return SIMD3(repeating: 1) }
                if scale.kind == .number { return SIMD3(repeating: try scale.number()) }
                let numbers = try scale.vector(count: 3, expected: "a number, or three factors {x, y, z}")
                return SIMD3(numbers[0], numbers[1], numbers[2])
            }
            if factors == SIMD3(repeating: 1) { return .mesh(mesh) }
            do { return .mesh(try mesh.scaled(by: factors)) } catch { throw slot.invalid("cannot be \"\(path)\" with this scale: \(error)") }
        }
    }

    /// A pose, or the position alone.
    private func place(_ slot: Slot) throws -> Pose {
        if slot.kind == .table, try slot.length() > 0 { return Pose(position: try slot.position(), rotation: .identity) }
        return try slot.pose()
    }
}
