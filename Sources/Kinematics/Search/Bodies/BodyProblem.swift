import Numerics

/// The search of a body for configurations that meet a task.
final class BodyProblem: SearchProblem {
    let body: Body
    let space: ConfigurationSpace
    let frame: SearchFrame
    let units: SearchUnits
    var scale: Double { units.scale }
    private(set) var task: BodyTask
    /// What the task has of the body's stance: its tolerances are the usual ones, however wide those of goals are.
    var held: BodyTask
    /// What steps lead to: the task, or a looser one.
    private var sought: BodyTask
    /// The body in the frame and the units of the search.
    let local: Body
    private var stepper: BodyStepper<Lanes>
    var exact: BodyStepper<Double>
    /// Leads to what is held alone; made where it is needed.
    var holder: BodyStepper<Double>?
    let evaluator: BodyEvaluator
    /// The variables of very great range; a floating base's are not among these.
    private let wide: [Int]
    let length: Double
    let achievement: String

    /// - Precondition: the task's tips exist.
    init(_ body: Body, task: BodyTask, achievement: String = "met the goals") {
        precondition(task.aims.allSatisfy { body.tips.indices.contains($0.tip) }, "a task's tips belong to its body")
        self.body = body
        self.task = task
        held = task.part(of: body.stance)
        sought = task
        self.achievement = achievement
        space = ConfigurationSpace(body)
        frame = body.searchFrame
        units = SearchUnits(scale: frame.scale, body.variables)
        local = body.seen(from: frame)
        length = local.fixedLength
        wide = wideVariables(local.variables, fixedLength: length).filter { !body.isFloating || $0 < body.degreesOfFreedom - 6 }
        stepper = BodyStepper(local, task: task.seen(from: frame))
        exact = BodyStepper(local, task: task.seen(from: frame))
        evaluator = BodyEvaluator(body)
    }

    /// Changes what is asked for; cheap where the goals leave free what they left free before.
    func set(_ task: BodyTask) {
        guard task != self.task else { return }
        precondition(task.aims.allSatisfy { body.tips.indices.contains($0.tip) }, "a task's tips belong to its body")
        self.task = task
        let held = task.part(of: body.stance)
        if held != self.held { (self.held, holder) = (held, nil) }
        work(towards: task)
    }

    /// Has steps lead to a task, while errors are measured by the one that was asked for.
    func work(towards task: BodyTask) {
        let isAlike = task.leavesFree(asMuchAs: sought)
        sought = task
        let localTask = task.seen(from: frame)
        if isAlike {
            stepper.terms = localTask.aims.map { GoalTerm($0) }
            exact.terms = localTask.aims.map { GoalTerm($0) }
        } else {
            stepper = BodyStepper(local, task: localTask)
            exact = BodyStepper(local, task: localTask)
        }
    }

    var leavesFreedom: Bool { body.variables.count { $0.upper > $0.lower } > exact.rows }
    /// A body's search takes ten times as long as that of a chain, and finds ten times as many solutions.
    let nearestPool = (first: 32, around: 0)
    let otherApproaches = 8

    var q: UnsafeMutablePointer<Lanes> { stepper.q }
    @inline(__always) var positionSquare: Lanes { stepper.positionSquare }
    @inline(__always) var rotationSquare: Lanes { stepper.turnSquare }

    @inline(__always)
    func iterate(_ decide: () -> LaneMask) {
        stepper.evaluate()
        let stepping = Lanes.zero.replacing(with: Lanes(repeating: 1), where: decide())
        stepper.step(where: stepping, damping: 0.05, leastDamping: 1e-6, longest: 0.6)
    }

    func begin(_ lane: Int, isUniform: Bool) {
        for i in units.slides { stepper.q[i][lane] /= Float(scale) }
        guard isUniform, !wide.isEmpty else { return }
        for i in 0..<body.degreesOfFreedom { exact.q[i] = Double(stepper.q[i][lane]) }
        exact.reach(along: wide, within: length)
        for i in 0..<body.degreesOfFreedom { stepper.q[i][lane] = Float(exact.q[i]) }
    }

    func arrival(_ options: SearchOptions) -> (position: Float, rotation: Float) {
        let farthest = task.aims.reduce(0) { max($0, frame.position($1.goal.pose.position).length) }
        let finest = max(5e-5, 1e-6 * farthest)
        let tolerances = tolerances(options)
        let position = Float(min(max(tolerances.position / scale, finest), 1e3)), rotation = Float(min(max(tolerances.rotation, 2e-4), 10))
        return (position * position, rotation * rotation)
    }

    func error(ofLane lane: Int) -> Float { stepper.energy[lane] }

    func configuration(_ lane: Int) -> [Double] { units.unscaled((0..<body.degreesOfFreedom).map { Double(stepper.q[$0][lane]) }) }

    func finish(_ lane: Int, _ options: SearchOptions) -> Solution { finished(configuration(lane), options) }

    func correct(_ start: [Double], _ options: SearchOptions) -> Solution { finished(start, options) }
}
