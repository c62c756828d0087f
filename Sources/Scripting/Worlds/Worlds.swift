import Collision
import LuaBridge
import Numerics

// avips.world and the World type.

struct WorldEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(type)
        try state.register(Function(
            "avips.world", "Makes a world of obstacles for collision checks, in the frame in which the robot's poses are given.",
            parameters: [
                Parameter("obstacles", "list of tables", ObstacleReading.fields, unit: "m"),
            ],
            returns: "World",
            example: """
                local world = avips.world{
                  { box = {0.6, 0.8, 0.02}, at = {0.5, 0, 0.2}, name = "table" },
                  { sphere = 0.06, at = {0.4, 0.2, 0.5} },
                  { cylinder = { radius = 0.03, length = 0.12 }, at = avips.pose{ xyz = {0.5, -0.2, 0.27} } },
                }
                local panda = avips.robot "panda"
                assert(#world == 3 and not panda:collides({0, -0.5, 0, -2, 0, 1.6, 0.8}, world))
                print(world)
                """
        ) { arguments in
            let obstacles = try ObstacleReading(files: files).obstacles(arguments[1])
            do throws(WorldError) {
                let world = try World(obstacles, cancellation: cancellation)
                return .object(holding: world, size: world.size)
            } catch {
                if error == .cancelled { throw LuaError("\(error)", kind: .interrupt) }
                throw ArgumentError("\(error)")
            }
        })
    }

    private var type: ObjectType {
        let start = "local world = avips.world{ { box = {1, 1, 0.1}, at = {0.5, 0, 0}, name = \"table\" } }\n"
        return ObjectType(
            "World", of: World.self, "Obstacles for collision checks; `w[i]` is a table that describes one.",
            describe: { display.spelled(WorldText.text($0)) },
            element: { world, index in world.obstacles.indices.contains(index &- 1) ? world.obstacles[index &- 1].value : .nil },
            operators: [(.length, { .integer(try $0.operand(1, World.self).obstacles.count) })],
            value: { .record([(name: "obstacles", value: .list($0.obstacles.map(\.value)))]) },
            table: { DataTable($0.obstacles) },
            properties: [
                ObjectProperty("obstacles", "list of tables", "name, kind, pose and dimensions of every obstacle") { .list($0.obstacles.map(\.value)) },
            ],
            methods: [
                Function(
                    "World:distance", "Computes the distance of a point from the nearest obstacle, negative inside.",
                    parameters: [Parameter("point", "list of 3 numbers", "the point", unit: "m")],
                    returns: "number in m, math.huge in an empty world; and the obstacle's number",
                    example: start + "assert(world:distance{0.5, 0, 0.25} == 0.2)"
                ) { arguments in
                    let world = try arguments.receiver(World.self)
                    guard let found = world.distance(from: try arguments[1].position()) else { return .several([.number(.infinity), .nil]) }
                    return .several([.number(found.distance), .integer(found.obstacle + 1)])
                },
            ])
    }
}

extension World {
    /// About how many bytes it takes.
    fileprivate var size: Int {
        obstacles.reduce(256) { sum, obstacle in
            switch obstacle.shape {
            case .points(let points, _): sum + 200 * points.count + 1 << 20
            case .mesh(let mesh): sum + 400 * mesh.triangles.count + 1 << 20
            default: sum + 400
            }
        }
    }
}

extension Obstacle {
    /// What scripts see of it.
    var value: Value {
        let measures: [(name: String, value: Value)]
        switch shape {
        case .sphere(let radius): measures = [("radius", .number(radius))]
        case .box(let size): measures = [("size", .numbers(size.list))]
        case .cylinder(let radius, let length), .capsule(let radius, let length): measures = [("radius", .number(radius)), ("length", .number(length))]
        case .points(let points, let radius): measures = [("radius", .number(radius)), ("count", .integer(points.count))]
        case .mesh(let mesh): measures = [("triangles", .integer(mesh.triangles.count)), ("closed", .boolean(mesh.isClosed))]
        }
        let fields: [(name: String, value: Value)] = [("name", .string(name)), ("kind", .string(shape.kind)), ("pose", .object(holding: pose))]
        return .record(fields + measures)
    }
}

extension DataTable {
    /// A row an obstacle: what it is, where, and how large.
    init(_ obstacles: [Obstacle]) {
        self.init(
            columns: ["name", "kind", "x", "y", "z", "qw", "qx", "qy", "qz", "size_x", "size_y", "size_z", "radius", "length"],
            rows: obstacles.map { obstacle in
                var size: [Value] = [.nil, .nil, .nil], radius = Value.nil, length = Value.nil
                switch obstacle.shape {
                case .sphere(let r): radius = .number(r)
                case .box(let edges): size = edges.list.map { .number($0) }
                case .cylinder(let r, let l), .capsule(let r, let l): (radius, length) = (.number(r), .number(l))
                case .points(_, let r): radius = .number(r)
                case .mesh: break
                }
                let place = obstacle.pose.position.list + obstacle.pose.rotation.quaternion.components
                return [.string(obstacle.name), .string(obstacle.shape.kind)] + place.map { .number($0) } + size + [radius, length]
            })
    }
}
