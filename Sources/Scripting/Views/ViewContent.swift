import Kinematics
import LuaBridge
import Planning
import Views

/// What a view shows of a robot that it knows itself: answers, postures, a track or plans.
enum ViewContent {
    case answer(Answer)
    case postures(Postures)
    case track(TrackItem)
    case plans(Robot, [Plan], reason: String?)

    /// nil for a value of another type.
    init?(_ slot: Slot) throws {
        if let answer = try slot.boxIfPresent(Answer.self)?.read() {
            self = .answer(answer)
        } else if let postures = try slot.boxIfPresent(Postures.self)?.read() {
            self = .postures(postures)
        } else if let item = try slot.boxIfPresent(TrackItem.self)?.read() {
            self = .track(item)
        } else if let plans = try slot.boxIfPresent(PlansItem.self)?.read() {
            self = .plans(plans.robot, plans.plans, reason: plans.reason)
        } else if let item = try slot.boxIfPresent(PlanItem.self)?.read() {
            self = .plans(item.robot, [item.plan], reason: nil)
        } else {
            return nil
        }
    }

    var subject: RobotOrBody {
        switch self {
        case .answer(let answer): .robot(answer.robot)
        case .postures(let postures): .body(postures.whole)
        case .plans(let robot, _, _): .robot(robot)
        case .track(let item): item.subject
        }
    }

    func add(to scene: inout ViewScene) {
        switch self {
        case .answer(let answer): scene.add(answer)
        case .postures(let postures): scene.add(postures)
        case .track(let item): scene.add(item.track)
        case .plans(_, let plans, let reason): scene.add(plans, reason: reason)
        }
    }
}

extension ViewScene {
    mutating func add(_ rows: [[Double]]) {
        subtitle = rows.count == 1 ? "one configuration" : "\(rows.count) configurations"
        families = rows.count
        configurations = rows.enumerated().map { .init(name: "Configuration \($0 + 1)", family: rows.count > 1 ? $0 : -1, q: $1) }
    }

    /// The configurations of a model or of answers, frame by frame.
    mutating func add(_ frames: [Frame], isStep: Bool) {
        self.frames = frames
        frameUnit = isStep ? "step" : "frame"
        families = (frames.flatMap { $0.members.map(\.family) }.max() ?? -1) + 1
        subtitle = "\(NumberText.counted(frames.count, "frame")), up to \(NumberText.counted(frames.map(\.members.count).max() ?? 0, "configuration")) each"
    }

    fileprivate mutating func add(_ answer: Answer) {
        let solutions = answer.solutions.solutions
        let components = Set(solutions.compactMap(\.component)).sorted()
        let series = Dictionary(uniqueKeysWithValues: components.enumerated().map { ($1, $0) })
        families = components.isEmpty ? solutions.count : components.count
        aboutNames = Self.solutionParts
        subtitle = solutions.isEmpty
            ? "not reached: the closest approach"
            : NumberText.counted(solutions.count, "solution") + (components.isEmpty ? "" : " from " + NumberText.counted(components.count, "component"))
        let shown = solutions.isEmpty ? [answer.solutions.closest].compactMap(\.self) : solutions
        configurations = shown.enumerated().map { index, solution in
            Self.configuration(
                solution, name: solutions.isEmpty ? "Closest approach" : "Solution \(index + 1)", family: solution.component.flatMap { series[$0] } ?? index)
        }
        add(target: answer.solutions.target)
    }

    fileprivate mutating func add(_ postures: Postures) {
        let solutions = postures.solutions.solutions
        aboutNames = Self.solutionParts
        subtitle = NumberText.counted(solutions.count, "posture")
        families = solutions.count
        configurations = solutions.enumerated().map { Self.configuration($1, name: "Posture \($0 + 1)", family: $0) }
        for aim in postures.solutions.task.aims { add(target: aim.goal.pose) }
    }

    private static let solutionParts = ["position error", "rotation error", "limit margin", "manipulability"]

    private static func configuration(_ solution: Solution, name: String, family: Int) -> Configuration {
        .init(
            name: name, note: solution.component.map { "component \($0 + 1)" } ?? "", family: family, q: solution.configuration,
            about: [
                NumberText.length(solution.positionError), NumberText.angle(solution.rotationError), NumberText.fixed(solution.limitMargin, 3),
                NumberText.short(solution.manipulability),
            ])
    }

    fileprivate mutating func add(_ track: Track) {
        subtitle = "a track of \(NumberText.counted(track.configurations.count, "configuration")), \(NumberText.counted(track.jumps.count, "jump"))"
        add(path: Path(track.configurations, jumps: track.jumps))
    }

    fileprivate mutating func add(_ plans: [Plan], reason: String?) {
        subtitle = plans.isEmpty ? reason ?? "no plan" : NumberText.counted(plans.count, "plan")
        families = plans.count
        for (index, plan) in plans.enumerated() {
            // Of a path that is finer than the eye, some two hundred places.
            let last = plan.points.count - 1, step = max(1, last / 200)
            let shown = Array(stride(from: 0, to: last, by: step)) + [last]
            add(path: Path(
                shown.map { plan.points[$0] }, times: shown.map { plan.times[$0] }, name: "Plan \(index + 1)",
                note: "\(NumberText.fixed(plan.duration, 2)) s · \(NumberText.length(plan.clearance)) clear"))
        }
    }
}
