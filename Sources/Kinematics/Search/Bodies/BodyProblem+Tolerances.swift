// How near to its goals a body must come: where it stands, goals may be missed by more than the stance.

extension BodyProblem {
    /// The tolerances of a stance.
    static let usual = SearchOptions()

    var isStanding: Bool { !held.aims.isEmpty || held.balance != nil }

    /// Whether goals may be missed by more than the stance.
    func isLoose(_ options: SearchOptions) -> Bool {
        isStanding && (options.positionTolerance > Self.usual.positionTolerance || options.rotationTolerance > Self.usual.rotationTolerance)
    }

    /// The tolerances that searches strive for.
    func tolerances(_ options: SearchOptions) -> (position: Double, rotation: Double) {
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
}
