import Collision
import Foundation
import LuaBridge
import Numerics

// Robot:collides, Robot:distance and Robot:shapes.

/// What questions for collisions take.
private enum CollisionKeys {
    static let selfCollision = OptionKey.flag("self_collision", default: true, "whether self-collisions are checked as well")
    static let world = Parameter("world", "World", "obstacles; without a world, only self-collisions count", isOptional: true)
}

extension RobotEntries {
    var collides: Function {
        Function(
            "Robot:collides", "Tells whether a configuration collides with an obstacle, or the robot with itself; fixed links are not checked against worlds.",
            parameters: [
                Parameter("q", "list of numbers, or list of lists, or Matrix", "a configuration, or several as rows", unit: "rad, m"),
                CollisionKeys.world, .options([CollisionKeys.selfCollision, AngleUnit.degrees]),
            ],
            returns: "boolean; for several configurations a list of booleans",
            example: """
                local panda = avips.robot "panda"
                local shelf = avips.world{ { box = {0.4, 0.8, 0.03}, at = {0.55, 0, 0.5} } }
                assert(not panda:collides({0, -0.8, 0, -2.4, 0, 1.6, 0.8}))
                assert(panda:collides({0, 0.3, 0, -1.8, 0, 2.1, 0.8}, shelf))
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            let options = try arguments.options(3), unit = try AngleUnit(options)
            let checker = CollisionChecker(try robot.collisionModel(in: session), world: try arguments.optional(2)?.world(), checksSelf: try options[CollisionKeys.selfCollision])
            if arguments[1].isVector { return .boolean(checker.collides(try arguments[1].configuration(of: robot, in: unit))) }
            let rows = try arguments[1].configurations(of: robot, in: unit)
            return .list(try checker.collisions(rows) { try arguments.state.stopIfInterrupted() }.map { .boolean($0) })
        }
    }

    var nearestContact: Function {
        Function(
            "Robot:distance", "Computes the least distance between the robot's links and the obstacles, or between two links, with its gradient.",
            parameters: [
                Parameter("q", "list of numbers", "a configuration", unit: "rad, m"), CollisionKeys.world,
                .options([CollisionKeys.selfCollision, AngleUnit.degrees]),
            ],
            returns: "number in m, negative where they overlap, math.huge where nothing can collide; and a table: link, obstacle (its number) or other (a link), name, point, gradient",
            example: """
                local panda = avips.robot "panda"
                local world = avips.world{ { sphere = 0.1, at = {0.6, 0, 0.4}, name = "ball" } }
                local d, pair = panda:distance({0, -0.5, 0, -2, 0, 1.6, 0.8}, world)
                assert(d > 0 and #pair.gradient == 7)
                print(("%s is %.3f m from %s"):format(pair.link, d, pair.name))
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            let options = try arguments.options(3)
            let q = try arguments[1].configuration(of: robot, in: AngleUnit(options)), world = try arguments.optional(2)?.world()
            guard let found = try robot.collisionModel(in: session).proximity(q, world: world, checksSelf: try options[CollisionKeys.selfCollision]) else {
                return .several([.number(.infinity), .nil])
            }
            var fields: [(name: String, value: Value)] = [("link", .string(found.link))]
            switch found.other {
            case .obstacle(let index): fields += [("obstacle", .integer(index + 1)), ("name", .string(world?.obstacles[index].name ?? ""))]
            case .link(let name): fields += [("other", .string(name)), ("name", .string(name))]
            }
            fields += [("point", .numbers(found.point.list)), ("gradient", .numbers(found.gradient))]
            return .several([.number(found.distance), .record(fields)])
        }
    }

    var spheres: Function {
        Function(
            "Robot:shapes", "Lists the spheres that approximate the robot's links in collision checks.",
            parameters: [
                Parameter("q", "list of numbers", "the configuration at which they are", unit: "rad, m", default: "0, or the nearest value within the limits"),
                .options([AngleUnit.degrees]),
            ],
            returns: "list of tables: link, centre in the base frame in m, radius in m; and the pairs of links that are checked against each other",
            example: """
                local panda = avips.robot "panda"
                local spheres, pairs = panda:shapes()
                print(#spheres, spheres[1].link, spheres[1].radius, #pairs)
                """
        ) { arguments in
            let robot = try arguments.receiver(Robot.self)
            let unit = try AngleUnit(arguments.options(2))
            let q = try arguments.optional(1)?.configuration(of: robot, in: unit)
                ?? robot.chain.variables.map(\.restValue)
            let model = try robot.collisionModel(in: session)
            let spheres = model.spheres(at: q).map { link, sphere in
                Value.record([("link", .string(link)), ("centre", .numbers(sphere.centre.list)), ("radius", .number(sphere.radius))])
            }
            let pairs = model.pairs.map { Value.list([.string(model.links[$0.x].name), .string(model.links[$0.y].name)]) }
            return .several([.list(spheres), .list(pairs)])
        }
    }
}

extension Session {
    /// A mesh that a description names: beside the description, or below a folder above it where a package is named.
    func mesh(_ file: String, of description: RobotDescription) throws -> TriangleMesh {
        var name = file
        for scheme in ["package://", "file://", "model://"] where name.hasPrefix(scheme) { name = String(name.dropFirst(scheme.count)) }
        // Some write a third slash, as for a file of the machine's root.
        if file.hasPrefix("package://") { name = String(name.drop { $0 == "/" }) }
        var folder = (description.source as NSString).deletingLastPathComponent
        var candidates = name.hasPrefix("/") ? [name] : []
        for _ in 0..<4 {
            candidates.append(folder + "/" + name)
            // Without the package's name, which is often that of a folder above.
            if file.hasPrefix("package://"), let slash = name.firstIndex(of: "/") { candidates.append(folder + "/" + name[name.index(after: slash)...]) }
            folder = folder.isEmpty ? ".." : folder + "/.."
        }
        let path = candidates.first { FileManager.default.fileExists(atPath: $0) } ?? file
        return try TriangleMesh(fileBytes: files.read(path), name: path)
    }
}

extension Slot {
    func world() throws -> World { try object(World.self) }
}

extension CollisionChecker {
    /// Which rows collide.
    ///
    /// - Parameter pause: called now and then.
    func collisions(_ rows: Matrix, pause: () throws -> Void) throws -> [Bool] {
        var result: [Bool] = []
        result.reserveCapacity(rows.rows)
        var q = [Lanes](repeating: .zero, count: rows.columns)
        for first in stride(from: 0, to: rows.rows, by: laneCount) {
            if first % (64 * laneCount) == 0 { try pause() }
            let count = min(laneCount, rows.rows - first)
            for variable in 0..<rows.columns {
                // Lanes beyond the end repeat the last row.
                for lane in 0..<laneCount { q[variable][lane] = Float(rows.elements[(first + min(lane, count - 1)) * rows.columns + variable]) }
            }
            let mask = q.withUnsafeBufferPointer { collisions($0.baseAddress!) }
            for lane in 0..<count { result.append(mask[lane]) }
        }
        return result
    }
}
