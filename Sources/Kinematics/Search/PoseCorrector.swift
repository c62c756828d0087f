import Numerics

/// Least squares on a pose error in double precision, within the joint limits: the last steps of a search.
///
/// Storage is allocated once.
struct PoseCorrector {
    private let variables: [Chain.Variable]
    private var evaluator: ChainEvaluator
    private var jacobian: [Double]
    private var q: [Double]
    /// Whether the orientation matters.
    private var followsRotation = true

    init(_ chain: Chain) {
        variables = chain.variables
        evaluator = ChainEvaluator(chain)
        jacobian = Array(repeating: 0, count: 6 * chain.degreesOfFreedom)
        q = Array(repeating: 0, count: chain.degreesOfFreedom)
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
        var best = q, bestError = error
        // Near a singular configuration the error is halved rather than squared.
        for _ in 0..<24 {
            if error.position <= 0.01 * positionTolerance, error.rotation <= 0.01 * rotationTolerance { break }
            step(error, damping: 1e-14 + 1e-6 * error.square)
            let previous = error
            error = evaluate(target)
            if error.square < bestError.square { (best, bestError) = (q, error) }
            if error.square >= previous.square { break }
        }
        if bestError.square < error.square {
            q = best
            error = evaluate(target)
        }
        return solution(error)
    }

    /// Comes as near to a target as can be from a configuration, for targets that cannot be reached: least squares of the position
    /// error (m) and the rotation error (rad), with damping that grows until a step helps.
    mutating func approach(_ target: Pose, from start: UnsafePointer<Double>, followsRotation: Bool) -> Solution {
        begin(at: start, followsRotation: followsRotation)
        var error = evaluate(target)
        var damping = 1e-2
        for _ in 0..<200 where damping < 1e8 {
            let previous = error, origin = q
            step(error, damping: damping)
            error = evaluate(target)
            if error.square < previous.square {
                damping *= 0.3
                if error.square > (1 - 1e-12) * previous.square { break }
            } else {
                q = origin
                error = previous
                damping *= 5
                // The Jacobian is to be that of the place where the next step starts.
                _ = evaluate(target)
            }
        }
        return solution(error)
    }

    private mutating func begin(at start: UnsafePointer<Double>, followsRotation: Bool) {
        self.followsRotation = followsRotation
        for (i, variable) in variables.enumerated() { q[i] = min(max(start[i], variable.lower), variable.upper) }
    }

    /// The present configuration with its errors and measures.
    private func solution(_ error: PoseDifference) -> Solution {
        Solution(
            configuration: q, positionError: error.position, rotationError: error.rotation, component: nil,
            limitMargin: limitMargin(), manipulability: manipulability())
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
        return PoseDifference(
            linear: linear, angular: angular, position: positionSquare.squareRoot(), rotation: rotationSquare.squareRoot(),
            square: positionSquare + (followsRotation ? rotationSquare : 0))
    }

    /// `Δq = W·Jᵀ·(J·W·Jᵀ + λ·I)⁻¹·e`, with W as in ``LaneSolver``.
    private mutating func step(_ error: PoseDifference, damping: Double) {
        let n = variables.count
        let angular = followsRotation ? error.angular : .zero
        let e = [error.linear.x, error.linear.y, error.linear.z, angular.x, angular.y, angular.z]
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
                    if variables[i].kind == .continuous {
                        q[i] -= 2 * .pi * (q[i] / (2 * .pi)).rounded()
                    }
                    q[i] = min(max(q[i], variables[i].lower), variables[i].upper)
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

    private func limitMargin() -> Double {
        var margin = 1.0
        for (i, variable) in variables.enumerated() where variable.kind != .continuous {
            let range = variable.upper - variable.lower
            guard range > 0 else { continue }
            margin = min(margin, 2 * min(q[i] - variable.lower, variable.upper - q[i]) / range)
        }
        return max(margin, 0)
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
    for i in 0..<6 {
        for k in 0..<i { y[i] -= a[i * 6 + k] * y[k] }
        y[i] *= a[i * 6 + i]
    }
    for i in stride(from: 5, through: 0, by: -1) {
        for k in i + 1..<max(6, i + 1) { y[i] -= a[k * 6 + i] * y[k] }
        y[i] *= a[i * 6 + i]
    }
    return true
}
