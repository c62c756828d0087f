import Numerics

// The way as near to a target as can be, where it cannot be reached.

extension PoseCorrector {
    /// Comes as near to a target as can be from a configuration, for targets that cannot be reached: least squares with damping that grows until a
    /// step helps.
    ///
    /// Position comes first by stages: each counts the rotation for a hundredth of what it counted before, from a radian for the chain's length on.
    ///
    /// - Parameters:
    ///   - isNear: whether the start is near in all respects; the last stage is enough from elsewhere.
    ///   - length: the chain's length; a metre where weights are given is `1/unit` of what the chain is measured in.
    ///   - tolerances: errors that end the way, since the target is reached.
    /// - Returns: where the way leads, and how near that is: by the distance, then by the angle, or by the weighted sum of their squares.
    mutating func approach(
        _ target: Pose, from start: [Double], isNear: Bool, closeness: Closeness, length: Double, unit: Double, _ tolerances: SearchOptions
    ) -> (Solution, Nearness) {
        start.withUnsafeBufferPointer { begin(at: $0.baseAddress!, followsRotation: tolerances.rotationTolerance.isFinite) }
        let stages: [(position: Double, rotation: Double)]
        switch closeness {
        case .positionFirst:
            let shares = !followsRotation ? [1] : isNear ? [1, 1e-2, 1e-4, 1e-6] : [1e-6]
            stages = shares.map { (1 / length, $0.squareRoot()) }
        case .weighted(let position, let rotation):
            let greatest = max(position * unit * unit, rotation)
            stages = [((position / greatest).squareRoot() * unit, (rotation / greatest).squareRoot())]
        }
        var error = evaluate(target)
        for stage in stages {
            weights = stage
            error = descend(to: target)
            if error.position <= tolerances.positionTolerance, error.rotation <= tolerances.rotationTolerance { break }
        }
        // What the rotation's small weight still holds the position off by.
        if closeness == .positionFirst, followsRotation, error.position > tolerances.positionTolerance / 10 {
            weights = (1 / length, 0)
            error = descend(to: target)
        }
        if closeness == .positionFirst {
            weights = (1, 1)
            error = evaluate(target)
            return (solution(error), nearness(error, length, tolerances.positionTolerance))
        }
        weights = stages.last!
        let cost = square(error)
        weights = (1, 1)
        error = evaluate(target)
        return (solution(error), Nearness(cost: cost))
    }

    /// Distances are as good as equal where they differ by less than the tolerance, but by no more than a hundred-thousandth of the length where that is wide.
    private func nearness(_ error: PoseDifference, _ length: Double, _ tolerance: Double) -> Nearness {
        Nearness(cost: error.position, angle: error.rotation, rounding: max(1e-7 * length, min(tolerance, 1e-5 * length)) + 1e-12 * error.position)
    }

    /// Makes the angle as small as it can be where the tip is, which is as near to a target as can be.
    ///
    /// The tip's own position takes the place of the target's: the square of a great distance leaves no digits for the angle.
    ///
    /// - Returns: nil where nothing is gained.
    mutating func turn(_ start: [Double], towards target: Pose, length: Double, positionTolerance: Double) -> (Solution, Nearness)? {
        start.withUnsafeBufferPointer { begin(at: $0.baseAddress!, followsRotation: true) }
        let nearest = evaluate(target)
        let place = Pose(position: evaluator.tip.position, rotation: target.rotation)
        for share in [1e-2, 1e-4, 1e-6, 1e-8, 0] {
            weights = (1 / length, share.squareRoot())
            _ = descend(to: place)
        }
        weights = (1, 1)
        let turned = evaluate(target)
        guard turned.rotation < nearest.rotation, turned.position <= nearest.position + 1e-7 * length + 1e-12 * nearest.position else { return nil }
        return (solution(turned), nearness(turned, length, positionTolerance))
    }

    /// Damped Newton steps, or Levenberg–Marquardt ones where the error bends the wrong way, until nothing is gained any more.
    private mutating func descend(to target: Pose) -> PoseDifference {
        var error = evaluate(target)
        var damping = 1e-2
        for _ in 0..<200 where damping < 1e8 {
            let previous = error, origin = q
            if !newtonStep(error, damping: damping) { step(error, damping: damping) }
            error = evaluate(target)
            if error.square < previous.square {
                damping = max(damping * 0.3, 1e-14)
                if error.square > (1 - 1e-12) * previous.square { break }
            } else {
                q = origin
                error = previous
                damping *= 5
                // The Jacobian is to be that of the configuration where the next step starts.
                _ = evaluate(target)
            }
        }
        return error
    }
}
