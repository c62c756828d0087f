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
    /// Configurations that a page holds at most, so that it stays small enough to be mailed.
    private static let limit = 5000

    var function: Function {
        Function(
            "avips.view", "Writes a page that shows a robot in three dimensions in a browser, with all answers, a track, a plan or a body's postures; it needs no network.",
            parameters: [
                Parameter("robot", "Robot, Body, Model or Solutions", "what to show; of Solutions, Postures, Tracks and Plans their robot"),
                Parameter(
                    "what", "Solutions, Postures, Track, Plan, Matrix or list", "the configurations to show: families in their colours, a track or a plan to be played",
                    unit: "rad, m", isOptional: true),
                .options([Self.path, Self.title, Self.target, AngleUnit.degrees]),
            ],
            returns: "the path",
            example: """
                local panda = avips.robot "panda"
                local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
                local path = os.tmpname()
                avips.view(panda, panda:ik(target, { count = 20, seed = 1 }), { path = path .. ".html" })
                os.remove(path)
                os.remove(path .. ".html")
                """
        ) { arguments in
            let (values, options) = try arguments.valuesAndOptions { $0.isList }
            guard let first = values.first else { throw arguments[1].mismatch(Self.subjects) }
            // Solutions, postures and tracks know their robot.
            let isAlone = try Self.subject(of: first) == nil && content(first) != nil
            guard values.count <= (isAlone ? 1 : 2) else { throw values.last!.mismatch("a table of options") }
            return .string(try write(first, isAlone ? first : values.count > 1 ? values[1] : nil, options))
        }
    }

    // MARK: What is shown

    /// A robot or a body as a scene.
    private enum Subject {
        case robot(Robot)
        case body(WholeBody)

        var name: String {
            switch self {
            case .robot(let robot): robot.chain.name
            case .body(let whole): whole.body.name
            }
        }

        func scene(title: String?) -> ViewScene {
            switch self {
            case .robot(let robot): ViewScene(robot.chain, description: robot.description, title: title)
            case .body(let whole): ViewScene(whole.body, description: whole.description, title: title)
            }
        }
    }

    private static func subject(of slot: Slot) throws -> Subject? {
        if let robot = try slot.boxIfPresent(Robot.self)?.read() { return .robot(robot) }
        if let whole = try slot.boxIfPresent(WholeBody.self)?.read() { return .body(whole) }
        if let model = try slot.boxIfPresent(Model.self)?.read() { return .robot(model.robot) }
        if let model = try slot.boxIfPresent(FactoredModel.self)?.read() { return .robot(model.robot) }
        return nil
    }

    /// An answer or a track, with the robot that it is about.
    private enum Content {
        case answer(Answer)
        case postures(Postures)
        case track(TrackItem)
        case plan(PlanItem)

        var subject: Subject {
            switch self {
            case .answer(let answer): .robot(answer.robot)
            case .postures(let postures): .body(postures.whole)
            case .plan(let item): .robot(item.robot)
            case .track(let item):
                switch item.subject {
                case .robot(let robot): .robot(robot)
                case .body(let whole): .body(whole)
                }
            }
        }
    }

    private func content(_ slot: Slot) throws -> Content? {
        if let answer = try slot.boxIfPresent(Answer.self)?.read() { return .answer(answer) }
        if let postures = try slot.boxIfPresent(Postures.self)?.read() { return .postures(postures) }
        if let item = try slot.boxIfPresent(TrackItem.self)?.read() { return .track(item) }
        if let item = try slot.boxIfPresent(PlanItem.self)?.read() { return .plan(item) }
        return nil
    }

    private static let subjects = "a Robot, a Body, a Model, Solutions, Postures, a Track or a Plan"

    private func write(_ first: Slot, _ what: Slot?, _ options: Options) throws -> String {
        let content = try what.flatMap(content)
        guard let subject = try Self.subject(of: first) ?? content?.subject else { throw first.mismatch(Self.subjects) }
        if let content, content.subject.name != subject.name {
            throw what!.invalid("is of \(content.subject.name), not of \(subject.name)")
        }
        var scene = subject.scene(title: try options[Self.title])
        scene.provenance = "avips \(Session.version)"
        switch content {
        case .answer(let answer): add(answer, to: &scene)
        case .postures(let postures): add(postures, to: &scene)
        case .track(let item): add(item.track, to: &scene)
        case .plan(let item): add(item, to: &scene)
        case nil: if let what { try add(rows(what, of: subject, in: AngleUnit(options)), to: &scene) }
        }
        if let target = try options[Self.target] { scene.add(target: target) }
        let count = scene.configurations.count + (scene.path?.q.count ?? 0)
        guard count <= Self.limit else { throw (what ?? first).invalid("has \(count) configurations, a page shows at most \(Self.limit)") }
        return try save(scene, to: options[Self.path] ?? subject.name + ".html")
    }

    private func save(_ scene: ViewScene, to path: String) throws -> String {
        guard path.hasSuffix(".html") else { throw ArgumentError("option path must end in .html, got \"\(path)\"") }
        let template: String
        do {
            template = try String(contentsOfFile: session.resources.viewPage, encoding: .utf8)
        } catch {
            throw FileAccess.Failure(description: "the page that views are made from, \"\(session.resources.viewPage)\", cannot be read")
        }
        try session.files.write(Array(ViewPage(scene, template: template).html().utf8), to: path)
        return path
    }

    // MARK: Configurations

    private func rows(_ slot: Slot, of subject: Subject, in unit: AngleUnit) throws -> [[Double]] {
        switch subject {
        case .robot(let robot): return try PlottedConfigurations(slot, of: robot, components: nil, in: unit).rows
        case .body(let whole):
            if slot.isVector { return [try slot.configuration(of: whole, in: unit)] }
            let matrix = try slot.matrix(columns: whole.body.degreesOfFreedom)
            guard matrix.elements.allSatisfy(\.isFinite) else { throw slot.invalid("must have finite elements") }
            return (0..<matrix.rows).map { Array(matrix.row($0)) }
        }
    }

    private func add(_ rows: [[Double]], to scene: inout ViewScene) {
        scene.subtitle = rows.count == 1 ? "one configuration" : "\(rows.count) configurations"
        scene.families = rows.count
        scene.configurations = rows.enumerated().map { .init(name: "Configuration \($0 + 1)", family: rows.count > 1 ? $0 : -1, q: $1) }
    }

    private func add(_ answer: Answer, to scene: inout ViewScene) {
        let solutions = answer.solutions.solutions
        let components = Set(solutions.compactMap(\.component)).sorted()
        let series = Dictionary(uniqueKeysWithValues: components.enumerated().map { ($1, $0) })
        scene.families = components.isEmpty ? solutions.count : components.count
        scene.aboutNames = Self.solutionParts
        scene.subtitle = solutions.isEmpty
            ? "not reached: the closest approach" : "\(solutions.count) solution\(solutions.count == 1 ? "" : "s")" + (components.isEmpty ? "" : " from \(components.count) component\(components.count == 1 ? "" : "s")")
        let shown = solutions.isEmpty ? [answer.solutions.closest].compactMap(\.self) : solutions
        scene.configurations = shown.enumerated().map { index, solution in
            configuration(
                solution, name: solutions.isEmpty ? "Closest approach" : "Solution \(index + 1)", family: solution.component.flatMap { series[$0] } ?? index)
        }
        scene.add(target: answer.solutions.target)
    }

    private func add(_ postures: Postures, to scene: inout ViewScene) {
        let solutions = postures.solutions.solutions
        scene.aboutNames = Self.solutionParts
        scene.subtitle = "\(solutions.count) posture\(solutions.count == 1 ? "" : "s")"
        scene.families = solutions.count
        scene.configurations = solutions.enumerated().map { configuration($1, name: "Posture \($0 + 1)", family: $0) }
        for aim in postures.solutions.task.aims { scene.add(target: aim.goal.pose) }
    }

    private static let solutionParts = ["position error", "rotation error", "limit margin", "manipulability"]

    private func configuration(_ solution: Solution, name: String, family: Int) -> ViewScene.Configuration {
        .init(
            name: name, note: solution.component.map { "component \($0 + 1)" } ?? "", family: family, q: solution.configuration,
            about: [
                NumberText.length(solution.positionError), NumberText.angle(solution.rotationError), NumberText.fixed(solution.limitMargin, 3),
                NumberText.short(solution.manipulability),
            ])
    }

    private func add(_ item: PlanItem, to scene: inout ViewScene) {
        scene.subtitle = "a plan of \(NumberText.fixed(item.plan.duration, 2)) s, clearance \(NumberText.length(item.plan.clearance))"
        // At equal times, so that the page plays it as fast in every part as the robot would go.
        scene.path = ViewScene.Path(item.sweep(Self.frames), jumps: [])
        for line in scene.tipLines { scene.add(line: line) }
    }

    private static let frames = 120

    private func add(_ track: Track, to scene: inout ViewScene) {
        scene.subtitle = "a track of \(track.configurations.count) configurations, \(track.jumps.count) jump\(track.jumps.count == 1 ? "" : "s")"
        guard !track.configurations.isEmpty else { return }
        scene.path = ViewScene.Path(track.configurations, jumps: track.jumps)
        for line in scene.tipLines { scene.add(line: line) }
    }
}

extension Slot {
    /// Whether a table is a list rather than options by name; an empty one is a list.
    fileprivate var isList: Bool { (try? names().isEmpty) ?? false }
}
