// How near a body comes to goals that it cannot meet.

extension BodyProblem {
    /// How much more the contacts of a body that stands count than what its tips are asked for: while it comes near, and at last.
    private static let contactWeights = (first: 100.0, last: 3000.0)

    func reduceAngle(of solution: Solution, _ options: SearchOptions) -> (solution: Solution, nearness: Nearness)? { nil }

    /// The closest approach from a configuration, as ``PoseCorrector`` has it for a chain: the least sum of squared distances, then that of squared
    /// angles, over the tips; the contacts of a body that stands stay where they are.
    func approach(_ start: [Double], isNear: Bool, _ options: SearchOptions) -> (solution: Solution, nearness: Nearness) {
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
            if accepts(solution, options) { return (solution, Nearness(cost: 0)) }
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
        return (solution(at: best), Nearness(cost: cost))
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
}
