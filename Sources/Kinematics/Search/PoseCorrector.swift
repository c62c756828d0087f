import Numerics

/// Least squares on a pose error in double precision, within the joint limits: the last steps of a search.
///
/// Storage is allocated once.
struct PoseCorrector {
    private let variables: [Chain.Variable]
    private var evaluator: ChainEvaluator
    private var jacobian: [Double]
    private var q: [Double]
    /// The best configuration so far.
    private var best: [Double]
    /// Whether the orientation matters.
    private var followsRotation = true
    /// What the position's and the rotation's errors are multiplied by in steps.
    private var weights = (position: 1.0, rotation: 1.0)

    init(_ chain: Chain) {
        variables = chain.variables
        evaluator = ChainEvaluator(chain)
        jacobian = Array(repeating: 0, count: 6 * chain.degreesOfFreedom)
        q = Array(repeating: 0, count: chain.degreesOfFreedom)
        best = q
    }

    /// Takes Newton's steps towards the target until both errors are below a hundredth of the tolerances, or do not fall any more.
    ///
    /// - Parameter start: the configuration to start from; clipped to the limits.
    /// - Returns: the best configuration met, whatever its errors are.
    mutating func correct(
        _ start: UnsafePointer<Double>, towards target: Pose, positionTolerance: Double, rotationTolerance: Double
    ) -> Solution {
        begin(at: start, followsRotation: rotationTolerance.isFinite)
        var error = evaluate(target)
        var bestError = error
        keepBest()
        // Near a singular configuration the error is halved rather than squared.
        for _ in 0..<24 {
            if error.position <= 0.01 * positionTolerance, error.rotation <= 0.01 * rotationTolerance { break }
            step(error, damping: 1e-14 + 1e-6 * error.square)
            let previous = error
            error = evaluate(target)
            if error.square < bestError.square {
                keepBest()
                bestError = error
            }
            if error.square >= previous.square { break }
        }
        if bestError.square < error.square {
            for i in q.indices { q[i] = best[i] }
            error = evaluate(target)
        }
        return solution(error)
    }

    /// Element by element, so that no storage is shared and made anew.
    private mutating func keepBest() {
        for i in q.indices { best[i] = q[i] }
    }

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
            error = followsRotation && error.position > tolerances.positionTolerance ? turn(towards: target, length: length) : evaluate(target)
            return (solution(error), Nearness(cost: error.position, angle: error.rotation, rounding: 1e-7 * length + 1e-12 * error.position))
        }
        weights = stages.last!
        let cost = square(error)
        weights = (1, 1)
        error = evaluate(target)
        return (solution(error), Nearness(cost: cost))
    }

    /// Makes the angle as small as it can be where the tip is, which is as near to a target as can be.
    ///
    /// The tip's own position takes the place of the target's: the square of a great distance leaves no digits for the angle.
    private mutating func turn(towards target: Pose, length: Double) -> PoseDifference {
        let before = q, nearest = evaluate(target)
        let place = Pose(position: evaluator.tip.position, rotation: target.rotation)
        for share in [1e-2, 1e-4, 1e-6, 0] {
            weights = (1 / length, share.squareRoot())
            _ = descend(to: place)
        }
        weights = (1, 1)
        let turned = evaluate(target)
        if turned.rotation < nearest.rotation, turned.position <= nearest.position + 1e-7 * length + 1e-12 * nearest.position { return turned }
        q = before
        return evaluate(target)
    }

    /// Levenberg–Marquardt steps until nothing is gained any more.
    private mutating func descend(to target: Pose) -> PoseDifference {
        var error = evaluate(target)
        var damping = 1e-2
        for _ in 0..<200 where damping < 1e8 {
            let previous = error, origin = q
            step(error, damping: damping)
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

    /// Moves sliding joints of very great range, from 0 or the end that is nearest to it, so that the tip comes near a position.
    ///
    /// The tip's position is linear in them, and least squares place it at once; where that leaves it farther off than a length, turning
    /// joints are turned by a damped step and the slides set anew, a few times.
    mutating func reach(for position: SIMD3<Double>, from start: UnsafePointer<Double>, along wide: [Int], within length: Double) -> [Double] {
        begin(at: start, followsRotation: false)
        for i in wide { q[i] = min(max(0, variables[i].lower), variables[i].upper) }
        let target = Pose(position: position, rotation: .identity)
        for _ in 0..<12 {
            slide(towards: target, along: wide)
            let error = evaluate(target)
            if error.position <= length { break }
            let before = q
            step(error, damping: 1e-6 * error.square)
            let longest = q.indices.reduce(0) { wide.contains($1) ? $0 : max($0, abs(q[$1] - before[$1])) }
            let share = min(1, 1 / max(longest, 1e-300))
            for i in q.indices { q[i] = wide.contains(i) ? before[i] : before[i] + share * (q[i] - before[i]) }
        }
        return q
    }

    /// The least-squares values of some sliding joints, within their limits; those that meet one are held there.
    private mutating func slide(towards target: Pose, along wide: [Int]) {
        var free = wide
        let n = variables.count
        for _ in 0..<3 where !free.isEmpty {
            let error = evaluate(target)
            let moves = withUnsafeTemporaryAllocation(of: Double.self, capacity: 42) { memory in
                let normal = UnsafeMutableBufferPointer(rebasing: memory[0..<36]), y = UnsafeMutableBufferPointer(rebasing: memory[36..<42])
                for a in 0..<6 {
                    y[a] = a < 3 ? error.linear[a] : 0
                    for b in 0...a {
                        normal[a * 6 + b] = a < 3 ? free.reduce(0) { $0 + jacobian[a * n + $1] * jacobian[b * n + $1] } : 0
                    }
                    normal[a * 6 + a] += a < 3 ? 1e-9 : 1
                }
                guard choleskySolve(normal, y) else { return [Double](repeating: 0, count: free.count) }
                return free.map { i in (0..<3).reduce(0) { $0 + jacobian[$1 * n + i] * y[$1] } }
            }
            var held: Set<Int> = []
            for (i, move) in zip(free, moves) {
                let value = q[i] + move
                q[i] = min(max(value, variables[i].lower), variables[i].upper)
                if q[i] != value { held.insert(i) }
            }
            free.removeAll { held.contains($0) }
        }
    }

    /// A configuration as it is, with its errors and measures.
    mutating func measure(_ configuration: UnsafePointer<Double>, from target: Pose, followsRotation: Bool) -> Solution {
        begin(at: configuration, followsRotation: followsRotation)
        let error = evaluate(target)
        return solution(error)
    }

    private mutating func begin(at start: UnsafePointer<Double>, followsRotation: Bool) {
        self.followsRotation = followsRotation
        for (i, variable) in variables.enumerated() {
            q[i] = variable.kind == .continuous ? start[i].wrapped : min(max(start[i], variable.lower), variable.upper)
        }
    }

    /// The present configuration with its errors and measures.
    private func solution(_ error: PoseDifference) -> Solution {
        Solution(
            configuration: q, positionError: error.position, rotationError: error.rotation, component: nil,
            limitMargin: q.withUnsafeBufferPointer { limitMargin(of: $0, variables) }, manipulability: manipulability())
    }

    private struct PoseDifference {
        var linear: SIMD3<Double>
        var angular: SIMD3<Double>
        var position: Double
        var rotation: Double
        /// What the steps reduce.
        var square: Double
    }

    private mutating func evaluate(_ target: Pose) -> PoseDifference {
        q.withUnsafeBufferPointer { evaluator.evaluate($0) }
        jacobian.withUnsafeMutableBufferPointer { evaluator.jacobian(into: $0) }
        let tip = evaluator.tip
        let linear = target.position - tip.position
        let angular = (target.rotation * tip.rotation.inverse).rotationVector
        let positionSquare = (linear * linear).sum(), rotationSquare = (angular * angular).sum()
        var error = PoseDifference(
            linear: linear, angular: angular, position: positionSquare.squareRoot(), rotation: rotationSquare.squareRoot(),
            square: positionSquare + (followsRotation ? rotationSquare : 0))
        if weights != (1, 1) { weigh(&error) }
        return error
    }

    /// Gives the rows of the error and of its Jacobian their weights.
    private mutating func weigh(_ error: inout PoseDifference) {
        let n = variables.count
        error.linear *= weights.position
        error.angular *= weights.rotation
        for i in 0..<3 * n { jacobian[i] *= weights.position }
        for i in 3 * n..<6 * n { jacobian[i] *= weights.rotation }
        error.square = square(error)
    }

    /// The weighted sum of the squared errors.
    private func square(_ error: PoseDifference) -> Double {
        let position = weights.position * error.position, rotation = followsRotation ? weights.rotation * error.rotation : 0
        return position * position + rotation * rotation
    }

    /// `Δq = W·Jᵀ·(J·W·Jᵀ + λ·I)⁻¹·e`, with W as in ``LaneSolver``.
    private mutating func step(_ error: PoseDifference, damping: Double) {
        let n = variables.count
        let angular = followsRotation ? error.angular : .zero
        let e = SIMD8(error.linear.x, error.linear.y, error.linear.z, angular.x, angular.y, angular.z, 0, 0)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 36 + n) { memory in
            let normal = UnsafeMutableBufferPointer(rebasing: memory[0..<36])
            let weight = UnsafeMutableBufferPointer(rebasing: memory[36..<36 + n])
            for i in 0..<n {
                var gradient = 0.0
                for row in 0..<6 { gradient += jacobian[row * n + i] * e[row] }
                let blocked = (q[i] <= variables[i].lower && gradient < 0) || (q[i] >= variables[i].upper && gradient > 0)
                weight[i] = blocked && variables[i].kind != .continuous ? 0 : 1
            }
            accumulate(normal, weight: weight)
            for row in 0..<6 { normal[row * 6 + row] += damping }
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 6) { y in
                for row in 0..<6 { y[row] = e[row] }
                guard choleskySolve(normal, y) else { return }
                for i in 0..<n {
                    var change = 0.0
                    for row in 0..<6 { change += jacobian[row * n + i] * y[row] }
                    q[i] += weight[i] * change
                    q[i] = variables[i].kind == .continuous ? q[i].wrapped : min(max(q[i], variables[i].lower), variables[i].upper)
                }
            }
        }
    }

    /// The lower triangle of `J·W·Jᵀ`, stored by rows.
    private func accumulate(_ normal: UnsafeMutableBufferPointer<Double>, weight: UnsafeMutableBufferPointer<Double>) {
        let n = variables.count
        for a in 0..<6 {
            for b in 0...a {
                var sum = 0.0
                if followsRotation || a < 3 { for i in 0..<n { sum += weight[i] * jacobian[a * n + i] * jacobian[b * n + i] } }
                normal[a * 6 + b] = sum
            }
        }
    }

    private func manipulability() -> Double {
        let n = variables.count
        let size = min(6, n)
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: 36) { gram in
            for a in 0..<size {
                for b in 0...a {
                    var sum = 0.0
                    if n >= 6 { for i in 0..<n { sum += jacobian[a * n + i] * jacobian[b * n + i] } }
                    else { for row in 0..<6 { sum += jacobian[row * n + a] * jacobian[row * n + b] } }
                    gram[a * size + b] = sum
                }
            }
            var product = 1.0
            for a in 0..<size {
                for b in 0..<a {
                    var sum = gram[a * size + b]
                    for k in 0..<b { sum -= gram[a * size + k] * gram[b * size + k] }
                    gram[a * size + b] = sum / gram[b * size + b]
                }
                var pivot = gram[a * size + a]
                for k in 0..<a { pivot -= gram[a * size + k] * gram[a * size + k] }
                guard pivot > 1e-30 else { return 0 }
                gram[a * size + a] = pivot.squareRoot()
                product *= gram[a * size + a]
            }
            return product
        }
    }
}

/// Solves `A·y = b` for a positive definite 6 × 6 matrix given by its lower triangle; false where it is not.
func choleskySolve(_ a: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>) -> Bool {
    for j in 0..<6 {
        var pivot = a[j * 6 + j]
        for k in 0..<j { pivot -= a[j * 6 + k] * a[j * 6 + k] }
        guard pivot > 0 else { return false }
        let inverse = 1 / pivot.squareRoot()
        a[j * 6 + j] = inverse
        for i in j + 1..<max(6, j + 1) {
            var sum = a[i * 6 + j]
            for k in 0..<j { sum -= a[i * 6 + k] * a[j * 6 + k] }
            a[i * 6 + j] = sum * inverse
        }
    }
    choleskySubstitute(a, y)
    return true
}

/// Solves `A·y = b` with the factor of A that ``choleskySolve(_:_:)`` leaves.
func choleskySubstitute(_ a: UnsafeMutableBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>) {
    for i in 0..<6 {
        for k in 0..<i { y[i] -= a[i * 6 + k] * y[k] }
        y[i] *= a[i * 6 + i]
    }
    for i in stride(from: 5, through: 0, by: -1) {
        for k in i + 1..<max(6, i + 1) { y[i] -= a[k * 6 + i] * y[k] }
        y[i] *= a[i * 6 + i]
    }
}
