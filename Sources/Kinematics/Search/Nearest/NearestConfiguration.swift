import Numerics

/// Finds the configuration that reaches a pose and lies nearest to a given one: least squares on the solution set.
///
/// Every iteration takes the Gauss–Newton step of min ½·(q − r)ᵀ·W·(q − r) subject to the pose, with J and e at q and d = r − q:
///
///     Δq = d − W⁻¹·Jᵀ·(J·W⁻¹·Jᵀ + λ·I)⁻¹·(J·d − e)
///
/// Joints that rest at a limit and would leave it stay; steps are cut to what a linearisation is good for, and where one turns back from the one
/// before it, since the solution set bends more than the steps know of, to half the share. What comes out is a local minimum: the nearest
/// configuration of the branch that the start lies on. Joints without limits turn on beyond ±π.
///
/// A value owns its workspace: use one per thread.
final class NearestConfiguration {
    private let lower: [Double]
    private let upper: [Double]
    private var evaluator: ChainEvaluator
    private let registers = Registers()
    private let jacobian: UnsafeMutableBufferPointer<Double>
    private var q: [Double]
    private var change: [Double]
    /// The change of the step before.
    private var previous: [Double]
    private var isFree: [Bool]
    /// The factor of `J·W⁻¹·Jᵀ + λ·I` at the last step.
    private let normal: UnsafeMutableBufferPointer<Double>
    private let longestStep = 0.4
    private let iterations = 40

    init(_ chain: Chain) {
        lower = chain.variables.map { $0.kind == .continuous ? -.infinity : $0.lower }
        upper = chain.variables.map { $0.kind == .continuous ? .infinity : $0.upper }
        evaluator = ChainEvaluator(chain)
        let n = chain.degreesOfFreedom
        jacobian = UnsafeMutableBufferPointer(start: registers.take(6 * n, repeating: 0), count: 6 * n)
        normal = UnsafeMutableBufferPointer(start: registers.take(36, repeating: 0), count: 36)
        q = Array(repeating: 0, count: n)
        change = q
        previous = q
        isFree = Array(repeating: true, count: n)
    }

    /// The configuration on the start's branch that is nearest to a reference; nil where the steps do not lead to the pose.
    ///
    /// - Complexity: up to 40 evaluations of the kinematics; microseconds in all where the reference is near.
    /// - Returns: the configuration; whether the first step already told the distance to a quarter, so that the way is nearly straight; and whether
    ///   the distance is short beside the one to a singular configuration, beyond which another branch may be nearer, or the way all but straight.
    func find(
        _ target: Pose, near reference: [Double], from start: [Double], metric: ConfigurationMetric, corrector: inout PoseCorrector,
        positionTolerance: Double, rotationTolerance: Double
    ) -> (Solution, isStraight: Bool, isRegular: Bool)? {
        let n = q.count, rows = rotationTolerance.isFinite ? 6 : 3
        for i in 0..<n { q[i] = min(max(start[i], lower[i]), upper[i]) }
        var firstStep = 0.0, share = 1.0
        for iteration in 0..<iterations {
            q.withUnsafeBufferPointer { evaluator.evaluate($0) }
            evaluator.jacobian(into: jacobian)
            let tip = evaluator.tip
            let linear = target.position - tip.position
            let angular = rows == 6 ? (target.rotation * tip.rotation.inverse).rotationVector : .zero
            step(towards: reference, weights: metric.weights, linear, angular, rows: rows)
            var longest = 0.0, square = 0.0, onward = 0.0
            for i in 0..<n {
                longest = max(longest, abs(change[i]))
                square += metric.weights[i] * change[i] * change[i]
                onward += metric.weights[i] * change[i] * previous[i]
                previous[i] = change[i]
            }
            if iteration == 0 { firstStep = square.squareRoot() } else { share = onward < 0 ? 0.5 * share : min(1, 1.5 * share) }
            let taken = min(share, longestStep / max(longest, 1e-300))
            for i in 0..<n { q[i] = min(max(q[i] + taken * change[i], lower[i]), upper[i]) }
            if longest < 1e-7 { break }
        }
        let solution = q.withUnsafeBufferPointer {
            corrector.correct($0.baseAddress!, towards: target, positionTolerance: positionTolerance, rotationTolerance: rotationTolerance)
        }
        guard solution.positionError <= positionTolerance, solution.rotationError <= rotationTolerance else { return nil }
        let distance = metric.distance(reference, solution.configuration)
        let bend = abs(distance - firstStep)
        return (solution, bend <= 0.25 * firstStep + 1e-6, bend <= 0.02 * firstStep || distance * distance <= 64 * leastEigenvalue())
    }

    /// The least eigenvalue of the matrix that was factorised last, or a little more: by inverse iteration. Its root is about how many radians away a
    /// singular configuration is.
    private func leastEigenvalue() -> Double {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 6) { y in
            for a in 0..<6 { y[a] = 1 + 0.1 * Double(a) }
            var eigenvalue = 0.0
            for _ in 0..<4 {
                let before = y.reduce(0) { $0 + $1 * $1 }.squareRoot()
                for a in 0..<6 { y[a] /= before }
                choleskySubstitute(normal, y)
                eigenvalue = 1 / y.reduce(0) { $0 + $1 * $1 }.squareRoot()
            }
            return eigenvalue
        }
    }

    /// The step described above; joints are taken out until none that rests at a limit would leave it.
    private func step(towards reference: [Double], weights: [Double], _ linear: SIMD3<Double>, _ angular: SIMD3<Double>, rows: Int) {
        let n = q.count
        for i in 0..<n { isFree[i] = true }
        for _ in 0..<n {
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 6) { right in
                for a in 0..<6 {
                    right[a] = a < 3 ? -linear[a] : a < rows ? -angular[a - 3] : 0
                    for b in 0...a { normal[a * 6 + b] = 0 }
                    normal[a * 6 + a] = a < rows ? 1e-9 : 1
                }
                for i in 0..<n where isFree[i] {
                    let d = reference[i] - q[i], inverseWeight = 1 / weights[i]
                    for a in 0..<rows {
                        let j = jacobian[a * n + i], weighted = j * inverseWeight
                        right[a] += j * d
                        for b in 0...a { normal[a * 6 + b] += weighted * jacobian[b * n + i] }
                    }
                }
                let isSolved = choleskySolve(normal, right)
                for i in 0..<n {
                    guard isFree[i] else { change[i] = 0; continue }
                    change[i] = reference[i] - q[i]
                    if isSolved { for a in 0..<rows { change[i] -= jacobian[a * n + i] * right[a] / weights[i] } }
                }
            }
            var isSettled = true
            for i in 0..<n where isFree[i] {
                if (q[i] <= lower[i] && change[i] < 0) || (q[i] >= upper[i] && change[i] > 0) {
                    isFree[i] = false
                    isSettled = false
                }
            }
            if isSettled { return }
        }
    }
}
