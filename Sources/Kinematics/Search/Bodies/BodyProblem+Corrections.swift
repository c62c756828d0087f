// Newton's steps in double precision, and what they lead to.

extension BodyProblem {
    /// Where Newton's steps from a configuration lead, with the stance in place.
    func finished(_ start: [Double], _ options: SearchOptions) -> Solution {
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
    func settled(_ q: [Double]) -> [Double] {
        guard isStanding else { return q }
        let holder = holder ?? BodyStepper(local, task: held.seen(from: frame))
        self.holder = holder
        return corrected(q, by: holder, (Self.usual.positionTolerance, Self.usual.rotationTolerance))
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
            limitMargin: limitMargin(of: q, body.variables),
            manipulability: exact.manipulability(metres: scale, slides: units.slides))
    }

    func load(_ q: [Double]) { load(q, into: exact) }

    private func load(_ q: [Double], into stepper: BodyStepper<Double>) {
        for (i, value) in q.enumerated() { stepper.q[i] = value }
        for i in units.slides { stepper.q[i] /= scale }
    }
}
