import Numerics

/// The search of a body for configurations that meet a task.
final class BodyProblem: SearchProblem {
    let body: Body
    let space: ConfigurationSpace
    private let units: SearchUnits
    var scale: Double { units.scale }
    private(set) var task: BodyTask
    /// What the task has of the body's stance: its tolerances are the usual ones, however wide those of goals are.
    private var held: BodyTask
    /// What steps lead to: the task, or a looser one.
    private var sought: BodyTask
    private let scaled: Body
    private var stepper: BodyStepper<Lanes>
    private var exact: BodyStepper<Double>
    /// Leads to what is held alone; made where it is needed.
    private var holder: BodyStepper<Double>?
    private let evaluator: BodyEvaluator
    /// The variables of very great range; a floating base's are not among these.
    private let wide: [Int]
    private let length: Double
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
        let scale = body.searchScale
        units = SearchUnits(scale: scale, body.variables)
        scaled = body.scaled(by: scale)
        length = scaled.fixedLength
        wide = wideVariables(scaled.variables, fixedLength: length).filter { !body.isFloating || $0 < body.degreesOfFreedom - 6 }
        stepper = BodyStepper(scaled, task: task.scaled(by: scale))
        exact = BodyStepper(scaled, task: task.scaled(by: scale))
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

    // MARK: Tolerances

    private static let usual = SearchOptions()

    private var isStanding: Bool { !held.aims.isEmpty || held.balance != nil }

    /// Whether goals may be missed by more than the stance.
    private func isLoose(_ options: SearchOptions) -> Bool {
        isStanding && (options.positionTolerance > Self.usual.positionTolerance || options.rotationTolerance > Self.usual.rotationTolerance)
    }

    /// The tolerances that searches strive for.
    private func tolerances(_ options: SearchOptions) -> (position: Double, rotation: Double) {
        guard isLoose(options) else { return (options.positionTolerance, options.rotationTolerance) }
        return (min(options.positionTolerance, Self.usual.positionTolerance), min(options.rotationTolerance, Self.usual.rotationTolerance))
    }

    func accepts(_ solution: Solution, _ options: SearchOptions) -> Bool {
        guard options.accepts(solution), isLoose(options) else { return options.accepts(solution) }
        evaluator.evaluate(solution.configuration)
        let error = evaluator.error(of: held)
        return error.position <= Self.usual.positionTolerance && error.rotation <= Self.usual.rotationTolerance
    }

    /// Tolerances of rotations above which the search takes them for slack where nothing was found, rad.
    private static let looseRotation = 0.05
    /// Those of positions, of bodies that stand, m.
    private static let loosePosition = 1e-3

    func loosen(to options: SearchOptions) -> Bool {
        // A little less, so that what lies at the edge is within the tolerance.
        let rotation = 0.98 * options.rotationTolerance, position = 0.98 * options.positionTolerance
        let turns = rotation > Self.looseRotation, shifts = isStanding && position > Self.loosePosition
        guard turns || shifts else { return false }
        var loose = task
        for i in loose.aims.indices where !held.aims.contains(loose.aims[i]) {
            let goal = loose.aims[i].goal
            // The cube within the ball of the tolerance.
            let positionSlack = shifts ? goal.positionSlack + position / 3.0.squareRoot() : goal.positionSlack
            loose.aims[i].goal = Goal(
                goal.pose, orientation: goal.orientation, positionSlack: positionSlack, rotationSlack: turns ? max(goal.rotationSlack, rotation) : goal.rotationSlack)
        }
        guard loose != task else { return false }
        work(towards: loose)
        return true
    }

    func tighten() { work(towards: task) }

    /// Has steps lead to a task, while errors are measured by the one that was asked for.
    private func work(towards task: BodyTask) {
        let isAlike = task.leavesFree(asMuchAs: sought)
        sought = task
        let scaledTask = task.scaled(by: scale)
        if isAlike {
            stepper.terms = scaledTask.aims.map { GoalTerm($0) }
            exact.terms = scaledTask.aims.map { GoalTerm($0) }
        } else {
            stepper = BodyStepper(scaled, task: scaledTask)
            exact = BodyStepper(scaled, task: scaledTask)
        }
    }

    var leavesFreedom: Bool { body.variables.count { $0.upper > $0.lower } > exact.rows }
    /// A body's search takes ten times as long as that of a chain, and finds ten times as many solutions.
    let nearestPool = (first: 32, around: 0)

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
        let farthest = task.aims.reduce(0) { max($0, $1.goal.pose.position.length) } / scale
        let finest = max(5e-5, 1e-6 * farthest)
        let tolerances = tolerances(options)
        let position = Float(min(max(tolerances.position / scale, finest), 1e3)), rotation = Float(min(max(tolerances.rotation, 2e-4), 10))
        return (position * position, rotation * rotation)
    }

    func miss(_ lane: Int) -> Float { stepper.energy[lane] }

    func configuration(_ lane: Int) -> [Double] { units.unscaled((0..<body.degreesOfFreedom).map { Double(stepper.q[$0][lane]) }) }

    func finish(_ lane: Int, _ options: SearchOptions) -> Solution { finished(configuration(lane), options) }

    func correct(_ start: [Double], _ options: SearchOptions) -> Solution { finished(start, options) }

    /// Where Newton's steps from a configuration lead, with the stance in place.
    private func finished(_ start: [Double], _ options: SearchOptions) -> Solution {
        let end = corrected(start, by: exact, tolerances(options))
        return solution(at: isLoose(options) ? settled(end) : end)
    }

    /// Newton's steps from a configuration until the errors are a hundredth of the tolerances or do not fall any more.
    private func corrected(_ start: [Double], by stepper: BodyStepper<Double>, _ tolerances: (position: Double, rotation: Double)) -> [Double] {
        load(start, into: stepper)
        stepper.evaluate()
        var best = (0..<body.degreesOfFreedom).map { stepper.q[$0] }, bestEnergy = stepper.energy
        let goal = (0.01 * tolerances.position / scale, 0.01 * min(tolerances.rotation, 1))
        for _ in 0..<12 where stepper.positionSquare > goal.0 * goal.0 || stepper.turnSquare > goal.1 * goal.1 {
            stepper.step(where: 1, damping: 1e-6, leastDamping: 1e-14, longest: 1)
            stepper.evaluate()
            guard stepper.energy < bestEnergy else { break }
            bestEnergy = stepper.energy
            for i in best.indices { best[i] = stepper.q[i] }
        }
        return units.unscaled(best)
    }

    /// The least change of a configuration that puts the stance in place; none where the body does not stand.
    private func settled(_ q: [Double]) -> [Double] {
        guard isStanding else { return q }
        let holder = holder ?? BodyStepper(scaled, task: held.scaled(by: scale))
        self.holder = holder
        return corrected(q, by: holder, (Self.usual.positionTolerance, Self.usual.rotationTolerance))
    }

    /// Where a configuration comes when it moves towards another one and goes on meeting the task.
    ///
    /// Every step is brought back to the task and kept only if it came nearer; far from the other configuration, whole steps may not. Where
    /// a goal leaves slack, what comes out may lie a little farther than the nearest.
    func move(
        _ start: [Double], towards near: [Double], _ metric: ConfigurationMetric, _ options: SearchOptions
    ) -> (solution: Solution, isCertain: Bool)? {
        let wasExact = start == near
        var best = finished(space.unwound(start, near: near), options)
        guard accepts(best, options) else { return nil }
        best.configuration = space.unwound(best.configuration, near: near)
        var distance = metric.distance(near, best.configuration), share = 1.0
        for _ in 0..<80 {
            load(best.configuration)
            exact.evaluate()
            let change = exact.step(towards: units.scaled(near), metric: metric, share: share, longest: 0.4)
            if change * share < 1e-7 || share < 1e-3 { break }
            var next = finished(units.unscaled((0..<body.degreesOfFreedom).map { exact.q[$0] }), options)
            next.configuration = space.unwound(next.configuration, near: near)
            let reached = metric.distance(near, next.configuration)
            guard accepts(next, options), reached < distance else {
                share *= 0.5
                continue
            }
            let gain = distance - reached
            (best, distance) = (next, reached)
            share = min(1, 1.5 * share)
            if gain < 1e-9 { break }
        }
        return (best, wasExact)
    }

    let otherApproaches = 8

    /// How much more the contacts of a body that stands count than what its tips are asked for: while it comes near, and at last.
    private static let contactWeights = (first: 100.0, last: 3000.0)

    /// The closest approach from a configuration, as ``PoseCorrector`` has it for a chain: the least sum of squared distances, then that of squared
    /// angles, over the tips; the contacts of a body that stands stay where they are.
    func approach(_ start: [Double], isNear: Bool, _ options: SearchOptions) -> (solution: Solution, cost: Double) {
        let usual = exact.lengthScale, whole = max(length, 1e-3)
        defer { (exact.lengthScale, exact.emphasis) = (usual, nil) }
        exact.lengthScale = whole
        let stages: [(position: Double, rotation: Double)]
        switch options.closeness {
        case .positionFirst:
            stages = (isNear ? [1, 0.1, 1e-2, 1e-3] : [1e-3]).map { (1, $0) }
        case .weighted(let position, let rotation):
            let metre = position.squareRoot() * whole * scale, radian = rotation.squareRoot(), greatest = max(metre, radian)
            stages = [(metre / greatest, radian / greatest)]
        }
        var best = start
        for stage in stages {
            exact.emphasis = emphasis(stage)
            best = descended(from: best)
            let solution = solution(at: isLoose(options) ? settled(best) : best)
            if accepts(solution, options) { return (solution, 0) }
        }
        // What the rotation's small weight still holds the position off by.
        var last = stages.last!
        if options.closeness == .positionFirst, solution(at: best).positionError > options.positionTolerance / 10 {
            last = (1, 0)
            exact.emphasis = emphasis(last)
            best = descended(from: best)
        }
        // What goals still draw contacts off by.
        if isStanding {
            exact.emphasis = emphasis(last, contacts: Self.contactWeights.last)
            best = settled(descended(from: best))
        }
        exact.emphasis = emphasis(stages.last!)
        load(best)
        exact.evaluate()
        let cost = exact.energy
        return (solution(at: best), cost)
    }

    /// The weights of errors where contacts come first.
    private func emphasis(_ stage: (position: Double, rotation: Double), contacts heavy: Double = contactWeights.first) -> Emphasis {
        Emphasis(aims: task.aims.map { held.aims.contains($0) ? (heavy, heavy) : stage }, balance: heavy)
    }

    /// Damped steps from a configuration; damping grows until a step helps.
    private func descended(from start: [Double]) -> [Double] {
        var damping = 1e-2
        load(start)
        exact.evaluate()
        var best = (0..<body.degreesOfFreedom).map { exact.q[$0] }, energy = exact.energy
        for _ in 0..<200 where damping < 1e8 {
            exact.step(where: 1, damping: 0, leastDamping: damping, longest: 1)
            exact.evaluate()
            if exact.energy < energy {
                let gain = 1 - exact.energy / energy
                energy = exact.energy
                for i in best.indices { best[i] = exact.q[i] }
                damping = max(damping * 0.3, 1e-14)
                if gain < 1e-12 { break }
            } else {
                for (i, value) in best.enumerated() { exact.q[i] = value }
                exact.evaluate()
                damping *= 5
            }
        }
        return units.unscaled(best)
    }

    func solution(at configuration: [Double]) -> Solution {
        var q = configuration
        for (i, variable) in body.variables.enumerated() {
            q[i] = variable.kind == .continuous ? q[i].wrapped : min(max(q[i], variable.lower), variable.upper)
        }
        evaluator.evaluate(q)
        let error = evaluator.error(of: task)
        let emphasis = exact.emphasis
        exact.emphasis = nil
        defer { exact.emphasis = emphasis }
        load(q)
        exact.evaluate()
        return Solution(
            configuration: q, positionError: error.position, rotationError: error.rotation, component: nil,
            limitMargin: limitMargin(of: q, body.variables), manipulability: exact.manipulability())
    }

    private func load(_ q: [Double]) { load(q, into: exact) }

    private func load(_ q: [Double], into stepper: BodyStepper<Double>) {
        for (i, value) in q.enumerated() { stepper.q[i] = value }
        for i in units.slides { stepper.q[i] /= scale }
    }
}

extension BodyTask {
    /// What it has of a stance: the contacts that no other goal takes the place of, and the balance.
    func part(of stance: BodyTask?) -> BodyTask {
        guard let stance else { return BodyTask(aims: []) }
        return BodyTask(aims: aims.filter(stance.aims.contains), balance: balance == stance.balance ? balance : nil)
    }

    /// Whether goals are those of the same tips, leave free the same of them, and leave the centre of mass the same room.
    func leavesFree(asMuchAs other: BodyTask) -> Bool {
        func shape(_ task: BodyTask) -> [[Int]] { task.aims.map { let term = GoalTerm<Double>($0); return [term.tip, term.turnRows, term.turn.rows] + term.axes } }
        return shape(self) == shape(other) && balance == other.balance
    }
}
