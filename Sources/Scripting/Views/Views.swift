import Collision
import Foundation
import Kinematics
import LuaBridge
import Numerics
import Views

/// avips.view: robots in three dimensions, as a page for a browser.
struct ViewEntries: Entries {
    unowned let session: Session

    func register() throws { try state.register(function) }

    private static let path = OptionKey.path("path", "the page that is written, a name that ends in .html", otherwise: "the robot's name with .html, in the working directory")
    private static let title = OptionKey.string("title", "the heading", otherwise: "the robot's name")
    private static let target = OptionKey<Pose?>.value("target", "Pose", "a frame to draw", otherwise: "the target of the solutions") { try $0.pose() }
    private static let world = RawOption("world", "World", "obstacles to draw", otherwise: "none")
    private static let shapes = OptionKey.choice(
        "shapes", default: ViewAppearance.Shapes.visual,
        "how the robot is drawn: by its visual shapes (its collision shapes if it has none), its collision shapes, the spheres of collision checks, or rods from joint to joint")
    private static let triangles = OptionKey.integer("triangles", in: 100...1_000_000, default: 12_000, "about how many triangles the meshes of the robot are simplified to in total, and likewise those of the world")
    private static let steps = OptionKey.numbers("steps", "the times of the frames of a list of Solutions or Mixtures, in rising order, such as training steps", otherwise: "1, 2, and so on")
    /// Configurations that a page holds at most, so that it stays small enough to be mailed.
    private static let limit = 5000

    var function: Function {
        Function(
            "avips.view", "Writes a page that shows a robot in three dimensions in a browser, with all answers, a track, plans, a body's postures or a model that learns, among obstacles; it needs no network.",
            parameters: [
                Parameter("robot", "Robot, Body, Model or Solutions", "the robot to show; for Solutions, Postures, Tracks and Plans, the robot that they belong to"),
                Parameter(
                    "what", "Solutions, Postures, Track, Plans, Plan, Matrix or list",
                    "the configurations to show, coloured by family; tracks and plans are animated, and a list of Solutions or Mixtures is animated frame by frame",
                    unit: "rad, m", isOptional: true, isRepeated: true),
                .options([Self.path, Self.title, Self.target, Self.world, Self.shapes, Self.triangles, Self.steps, AngleUnit.degrees]),
            ],
            returns: "string, the path",
            example: """
                local panda = avips.robot "panda"
                local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
                local path = os.tmpname()
                avips.view(panda, panda:ik(target, { count = 20, seed = 1 }), { path = path .. ".html" })
                os.remove(path)
                os.remove(path .. ".html")
                """
        ) { arguments in
            let (values, options) = try arguments.valuesAndOptions(isExact: true) { $0.isList }
            guard let first = values.first else { throw arguments[1].mismatch(Self.subjects) }
            // Solutions, postures and tracks know their robot.
            let isAlone = try Self.subject(of: first) == nil && ViewContent(first) != nil
            guard values.count <= (isAlone ? 1 : 2) else { throw values.last!.mismatch("a table of options") }
            return .string(try write(first, isAlone ? first : values.count > 1 && !values[1].isNil ? values[1] : nil, options))
        }
    }

    // MARK: What is shown

    /// A robot or a body as a scene.
    private static func subject(of slot: Slot) throws -> RobotOrBody? {
        if let robot = try slot.boxIfPresent(Robot.self)?.read() { return .robot(robot) }
        if let whole = try slot.boxIfPresent(WholeBody.self)?.read() { return .body(whole) }
        return try slot.subjectOfModel()
    }

    private static let subjects = "a Robot, a Body, a Model, Solutions, Postures, a Track or Plans"

    private func write(_ first: Slot, _ what: Slot?, _ options: Options) throws -> String {
        let content = try what.flatMap(ViewContent.init)
        guard let subject = try Self.subject(of: first) ?? content?.subject else { throw first.mismatch(Self.subjects) }
        if let content { try what?.require(of: content.subject, is: subject) }
        var scene = try scene(of: subject, options)
        scene.provenance = "avips \(Session.version)"
        let steps = try options[Self.steps]
        if let content {
            content.add(to: &scene)
        } else if let what, let frames = try frames(what, of: subject, steps: steps) {
            scene.add(frames, isStep: steps != nil)
        } else if let what {
            scene.add(try rows(what, of: subject, in: AngleUnit(options)))
        }
        if steps != nil, scene.frames.isEmpty { throw ArgumentError("option steps goes with a list of Solutions or Mixtures") }
        if let target = try options[Self.target] { scene.add(target: target) }
        if let world = try options[Self.world]?.world() { add(world, to: &scene, triangles: try options[Self.triangles]) }
        let count = scene.configurations.count + scene.paths.reduce(0) { $0 + $1.q.count } + scene.frames.reduce(0) { $0 + $1.members.count }
        guard count <= Self.limit else { throw (what ?? first).invalid("has \(count) configurations, a page shows at most \(Self.limit)") }
        return try save(scene, to: options[Self.path] ?? subject.name + ".html")
    }

    private func scene(of subject: RobotOrBody, _ options: Options) throws -> ViewScene {
        let kind = try options[Self.shapes], title = try options[Self.title]
        var appearance = ViewAppearance(kind, triangles: try options[Self.triangles])
        func complete(_ description: RobotDescription?, _ spheres: () throws -> [(link: String, sphere: CollisionSphere)]) throws {
            guard let description else { return }
            appearance.mesh = { try session.mesh($0, of: description) }
            if kind == .spheres { appearance.spheres = try spheres() }
        }
        switch subject {
        case .robot(let robot):
            let chain = robot.chain, middle = chain.variables.map { ($0.lower + $0.upper) / 2 }
            try complete(robot.description) { try robot.collisionModel(in: session).spheres(at: middle) }
            return ViewScene(chain, description: robot.description, title: title, appearance: appearance)
        case .body(let whole):
            try complete(whole.description) { try whole.collisionModel(in: session).spheres(at: whole.body.nominal) }
            return ViewScene(whole.body, description: whole.description, title: title, appearance: appearance)
        }
    }

    private func add(_ world: World, to scene: inout ViewScene, triangles: Int) {
        let total = world.obstacles.reduce(0) { sum, obstacle in if case .mesh(let mesh) = obstacle.shape { sum + mesh.triangles.count } else { sum } }
        for obstacle in world.obstacles {
            switch obstacle.shape {
            case .sphere(let radius): scene.add(obstacle: .sphere(radius: radius, at: obstacle.pose))
            case .box(let size): scene.add(obstacle: .box(size, at: obstacle.pose))
            case .cylinder(let radius, let length): scene.add(obstacle: .cylinder(radius: radius, length: length, at: obstacle.pose))
            case .capsule(let radius, let length): scene.add(obstacle: .capsule(radius: radius, length: length, at: obstacle.pose))
            case .points(let points, let radius): scene.add(obstacle: points, radius: radius, at: obstacle.pose)
            case .mesh(let mesh):
                scene.add(obstacle: mesh, at: obstacle.pose, triangles: max(100, min(triangles, triangles * mesh.triangles.count / max(1, total))))
            }
        }
    }

    private func save(_ scene: ViewScene, to path: String) throws -> String {
        guard path.hasSuffix(".html") else { throw ArgumentError("option path must end in .html, got \"\(path)\"") }
        let template: String
        do {
            template = try String(contentsOfFile: session.resources.viewPage, encoding: .utf8)
        } catch {
            throw FileAccess.Failure(description: "the page that views are made from, \"\(session.resources.viewPage)\", cannot be read\(session.resources.absence)")
        }
        try session.files.write(Array(ViewPage(scene, template: template).html().utf8), to: path)
        return path
    }

    // MARK: Configurations

    private func rows(_ slot: Slot, of subject: RobotOrBody, in unit: AngleUnit) throws -> [[Double]] {
        switch subject {
        case .robot(let robot): return try PlottedConfigurations(slot, of: robot, components: nil, in: unit).rows
        case .body(let whole):
            if slot.isVector { return [try slot.configuration(of: whole, in: unit)] }
            let matrix = try slot.configurations(of: whole, in: unit)
            return (0..<matrix.rows).map { Array(matrix.row($0)) }
        }
    }

    /// A list of Solutions or Mixtures as frames; nil for any other value.
    private func frames(_ slot: Slot, of subject: RobotOrBody, steps: [Double]?) throws -> [ViewScene.Frame]? {
        guard slot.kind == .table, try slot.length() > 0 else { return nil }
        let data = plotData
        guard try slot.withElement(1, { $0.boxIfPresent(Answer.self) != nil || data.hasList($0, "means") }) else { return nil }
        if let steps {
            guard try steps.count == slot.length() else { throw ArgumentError("option steps has \(steps.count.counted("number")) for \(try slot.length().counted("frame"))") }
            guard zip(steps, steps.dropFirst()).allSatisfy({ $0 < $1 }) else { throw ArgumentError("option steps must rise from frame to frame") }
        }
        var number = 0
        return try data.elements(slot, limit: Self.limit) { element in
            number += 1
            return ViewScene.Frame(at: steps?[number - 1] ?? Double(number), members: try members(element, of: subject))
        }
    }

    private func members(_ slot: Slot, of subject: RobotOrBody) throws -> [ViewScene.Frame.Member] {
        if let answer = try slot.boxIfPresent(Answer.self)?.read() {
            try slot.require(of: .robot(answer.robot), is: subject)
            return answer.solutions.solutions.enumerated().map { .init(family: $1.component ?? $0, weight: 1, q: $1.configuration) }
        }
        let shapes = try plotData.gaussians(slot)
        guard shapes.allSatisfy({ $0.mean.count == subject.dof && $0.mean.allSatisfy(\.isFinite) && $0.weight.isFinite }) else {
            throw slot.invalid("must have components over the \(subject.dof) joints of \(subject.name), all finite")
        }
        let greatest = max(shapes.map(\.weight).max() ?? 1, .leastNormalMagnitude)
        // Whoever has no weight to speak of is not seen.
        return shapes.filter { $0.weight > 0.004 * greatest }.map { .init(family: $0.number - 1, weight: $0.weight / greatest, q: $0.mean) }
    }
}

extension Slot {
    /// Whether a table is a list rather than options by name; an empty one has no options.
    fileprivate var isList: Bool { (try? names().isEmpty && length() > 0) ?? false }
}
