import Numerics

/// Finds configurations of a body that meet a task: many searches from many starts at once.
///
/// As in ``InverseKinematics``, sixteen searches run side by side in single precision; one that arrives or stops making progress gives its
/// lane to the next start. What arrives is finished in double precision, checked, compared with what was found before,
/// and ranked. A value owns its workspace: use one per thread.
public final class BodySolver {
    public let body: Body
    private var search: BodyStepper<Lanes>
    private var finish: BodyStepper<Double>
    private var task: BodyTask
    private let evaluator: BodyEvaluator

    /// Prepares a body for a task.
    ///
    /// - Precondition: the task's tips exist.
    public init(_ body: Body, task: BodyTask) {
        precondition(task.aims.allSatisfy { body.tips.indices.contains($0.tip) }, "a task's tips belong to its body")
        self.body = body
        self.task = task
        search = BodyStepper(body, task: task)
        finish = BodyStepper(body, task: task)
        evaluator = BodyEvaluator(body)
    }


    /// Changes what is asked for; cheap where the goals leave free what they left free before.
    public func set(_ task: BodyTask) {
        guard task != self.task else { return }
        precondition(task.aims.allSatisfy { body.tips.indices.contains($0.tip) }, "a task's tips belong to its body")
        func shape(_ task: BodyTask) -> [[Int]] { task.aims.map { let term = GoalTerm<Double>($0); return [term.tip, term.turnRows, term.turn.rows] + term.axes } }
        let isAlike = shape(task) == shape(self.task) && task.balance == self.task.balance
        self.task = task
        if isAlike {
            search.terms = task.aims.map { GoalTerm($0) }
            finish.terms = task.aims.map { GoalTerm($0) }
        } else {
            search = BodyStepper(body, task: task)
            finish = BodyStepper(body, task: task)
        }
    }

    /// Finds configurations from starts around the nominal one and across the limits; uniform ones, where the base is fixed.
    ///
    /// The same stream gives the same solutions; it advances.
    public func solve(
        options: InverseKinematics.Options = .init(), using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> BodySolutions {
        var starts = SpreadStarts(body, isUniform: !body.isFloating, stream: stream)
        defer { stream = starts.stream }
        return solve(options: options, from: &starts, cancellation: cancellation)
    }

    /// Finds configurations from the starts of a source, until there are enough, or no more starts.
    public func solve(
        options: InverseKinematics.Options, from starts: inout some StartSource, cancellation: Cancellation = .never
    ) -> BodySolutions {
        let clock = ContinuousClock()
        let begin = clock.now
        var record = Record(body: body, options: options)
        run(&record, from: &starts, cancellation: cancellation)
        var result = record.result(body: body, task: task)
        if result.solutions.isEmpty, let nearest = record.nearest { result.closest = approach(nearest.configuration, options: options) }
        let (seconds, attoseconds) = (clock.now - begin).components
        result.elapsed = Double(seconds) + Double(attoseconds) * 1e-18
        return result
    }

    /// What a search has found so far.
    private struct Record {
        let options: InverseKinematics.Options
        var collector: SolutionCollector
        var solutions: [Solution] = []
        var starts = 0
        var converged = 0
        var iterations = 0
        var wasCancelled = false
        var nearest: (energy: Float, configuration: [Double])?

        init(body: Body, options: InverseKinematics.Options) {
            self.options = options
            collector = SolutionCollector(body.variables, minimumDistance: options.minimumDistance)
        }

        var isFinished: Bool { solutions.count >= options.count || wasCancelled }

        func result(body: Body, task: BodyTask) -> BodySolutions {
            var reason: String?
            if wasCancelled {
                reason = "interrupted after \(starts) starts"
            } else if solutions.isEmpty {
                reason = "none of \(starts) starts met the goals within \(options.positionTolerance) m and \(options.rotationTolerance) rad"
            } else if solutions.count < options.count {
                reason = "\(converged) of \(starts) starts met the goals, but only \(solutions.count) solutions differ by \(options.minimumDistance) or more"
            }
            let ranked = solutions.enumerated().sorted { ($0.element.score, $1.offset) > ($1.element.score, $0.offset) }.map(\.element)
            return BodySolutions(
                task: task, requested: options.count, solutions: ranked, starts: starts, converged: converged, iterations: iterations,
                elapsed: 0, reason: reason, closest: nil)
        }
    }

    private func run(_ record: inout Record, from starts: inout some StartSource, cancellation: Cancellation) {
        let options = record.options
        let limit = options.restarts ?? max(1024, 64 * options.count)
        var age = Lanes.zero, running = Lanes(repeating: 1)
        var labels = SIMD16<Int32>(repeating: -1)
        func refill(_ lane: Int) {
            age[lane] = 0
            if record.starts < limit, let label = starts.next(into: search.q, lane: lane) {
                record.starts += 1
                labels[lane] = Int32(truncatingIfNeeded: label)
            } else {
                running[lane] = 0
            }
        }
        for lane in 0..<laneCount { refill(lane) }
        // Single precision goes as far as it is good for; double precision does the rest.
        let goal = (Float(min(max(options.positionTolerance, 5e-5), 1e3)), Float(min(max(options.rotationTolerance, 2e-4), 10)))
        let squares = (Lanes(repeating: goal.0 * goal.0), Lanes(repeating: goal.1 * goal.1))
        let patience = Lanes(repeating: Float(starts.patience))
        while !record.isFinished, any(running .> 0.5) {
            search.evaluate()
            let arrived = (search.positionSquare .< squares.0) .& (search.turnSquare .< squares.1) .& (running .> 0.5)
            let leaving = arrived .| ((age .>= patience) .& (running .> 0.5))
            age += 1
            var stepping = running
            if any(leaving) {
                for lane in 0..<laneCount where leaving[lane] && !record.isFinished {
                    if arrived[lane] { accept(lane, label: labels[lane], &record) } else { note(lane, &record) }
                    refill(lane)
                }
                stepping = stepping.replacing(with: 0, where: leaving)
                if record.isFinished { break }
            }
            search.step(where: stepping, damping: 0.05, leastDamping: 1e-6, longest: 0.6)
            record.iterations += 1
            if record.iterations & 63 == 0, cancellation.isRequested { record.wasCancelled = true }
        }
    }

    /// Finishes what arrived in a lane, and keeps it if it is exact and new.
    private func accept(_ lane: Int, label: Int32, _ record: inout Record) {
        var solution = finished(configuration(lane), options: record.options, steps: 6)
        guard solution.positionError <= record.options.positionTolerance,
              solution.rotationError <= record.options.rotationTolerance else { return }
        record.converged += 1
        guard solution.configuration.withUnsafeBufferPointer({ record.collector.insert($0.baseAddress!) }) else { return }
        solution.component = label < 0 ? nil : Int(label)
        record.solutions.append(solution)
    }

    private func note(_ lane: Int, _ record: inout Record) {
        let energy = search.energy[lane]
        guard record.solutions.isEmpty, energy.isFinite, energy < record.nearest?.energy ?? .infinity else { return }
        record.nearest = (energy, configuration(lane))
    }

    private func configuration(_ lane: Int) -> [Double] { (0..<body.degreesOfFreedom).map { Double(search.q[$0][lane]) } }

    /// Newton's steps from a configuration until the errors are a hundredth of the tolerances or do not fall any more.
    private func finished(_ start: [Double], options: InverseKinematics.Options, steps: Int) -> Solution {
        for (i, value) in start.enumerated() { finish.q[i] = value }
        finish.evaluate()
        var best = start, bestEnergy = finish.energy
        let goal = (0.01 * options.positionTolerance, 0.01 * min(options.rotationTolerance, 1))
        for _ in 0..<steps where finish.positionSquare > goal.0 * goal.0 || finish.turnSquare > goal.1 * goal.1 {
            finish.step(where: 1, damping: 1e-6, leastDamping: 1e-14, longest: 1)
            finish.evaluate()
            guard finish.energy < bestEnergy else { break }
            bestEnergy = finish.energy
            for i in best.indices { best[i] = finish.q[i] }
        }
        return solution(at: best)
    }

    /// Where a configuration that meets the task comes when it moves towards another one and goes on meeting it.
    ///
    /// Every step is brought back to the task and kept only if it came nearer; far from the other configuration, whole steps may not.
    func moving(_ start: [Double], towards near: [Double], metric: ConfigurationMetric, options: InverseKinematics.Options) -> Solution {
        var best = solution(at: start), distance = metric.distance(near, best.configuration), share = 1.0
        for _ in 0..<80 {
            for (i, value) in best.configuration.enumerated() { finish.q[i] = value }
            finish.evaluate()
            let change = finish.step(towards: near, metric: metric, share: share, longest: 0.4)
            if change * share < 1e-7 || share < 1e-3 { break }
            let next = finished((0..<body.degreesOfFreedom).map { finish.q[$0] }, options: options, steps: 6)
            let reached = metric.distance(near, next.configuration)
            guard next.positionError <= options.positionTolerance, next.rotationError <= options.rotationTolerance, reached < distance else {
                share *= 0.5
                continue
            }
            let gain = distance - reached
            (best, distance) = (next, reached)
            share = min(1, 1.5 * share)
            if gain < 1e-9 { break }
        }
        return best
    }

    /// The closest approach from a configuration: damping grows until a step helps.
    private func approach(_ start: [Double], options: InverseKinematics.Options) -> Solution {
        var best = start, damping = 1e-2
        for (i, value) in start.enumerated() { finish.q[i] = value }
        finish.evaluate()
        var energy = finish.energy
        for _ in 0..<200 where damping < 1e8 {
            finish.step(where: 1, damping: 0, leastDamping: damping, longest: 1)
            finish.evaluate()
            if finish.energy < energy {
                let gain = 1 - finish.energy / energy
                energy = finish.energy
                for i in best.indices { best[i] = finish.q[i] }
                damping *= 0.3
                if gain < 1e-10 { break }
            } else {
                for (i, value) in best.enumerated() { finish.q[i] = value }
                finish.evaluate()
                damping *= 5
            }
        }
        return solution(at: best)
    }

    /// A configuration with its errors and measures.
    private func solution(at configuration: [Double]) -> Solution {
        var q = configuration
        for (i, variable) in body.variables.enumerated() {
            if variable.kind == .continuous { q[i] -= 2 * .pi * (q[i] / (2 * .pi)).rounded() }
            q[i] = min(max(q[i], variable.lower), variable.upper)
            finish.q[i] = q[i]
        }
        evaluator.evaluate(q)
        let error = evaluator.error(of: task)
        finish.evaluate()
        return Solution(
            configuration: q, positionError: error.position, rotationError: error.rotation, component: nil,
            limitMargin: limitMargin(of: q, body.variables), manipulability: finish.manipulability())
    }
}

/// The distance to the nearest limit: 0 at a limit, 1 where every variable is in the middle of its range.
func limitMargin(of q: [Double], _ variables: [Chain.Variable]) -> Double {
    var margin = 1.0
    for (value, variable) in zip(q, variables) where variable.kind != .continuous && variable.upper > variable.lower {
        margin = min(margin, 2 * min(value - variable.lower, variable.upper - value) / (variable.upper - variable.lower))
    }
    return max(margin, 0)
}
