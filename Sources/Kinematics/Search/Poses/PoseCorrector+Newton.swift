import Numerics

extension PoseCorrector {
    /// Takes a Newton step towards the least error, `Δq = (H + λ·I)⁻¹·Jᵀ·e` over the variables that no limit blocks.
    ///
    /// H is the Hessian of `½·|e|²`. Where a large error remains, its second-order terms are what Gauss–Newton steps, which creep there, leave out:
    ///
    ///     H = Jᵥᵀ·Jᵥ + Jᵩᵀ·A·Jᵩ − Σ (eᵥ·(ωₐ × vᵦ) + ½·eᵩ·(ωₐ × ωᵦ)),     A = u·uᵀ + k·(I − u·uᵀ),     k = ½·θ·cot(½·θ)
    ///
    /// with v and ω the columns of the position's and the rotation's Jacobian, the sum over joints a before b, and the rotation's error θ·u.
    ///
    /// - Returns: false, with nothing changed, where `H + λ·I` is not positive definite.
    mutating func newtonStep(_ error: PoseDifference, damping: Double) -> Bool {
        let n = variables.count, e = rows(of: error)
        let angle = error.rotation, half = 0.5 * angle
        let share = !followsRotation || half < 1e-4 ? 1 : half * Elementary.cos(half) / Elementary.sin(half)
        let axis = followsRotation && angle > 0 ? error.angular / max(weights.rotation * angle, 1e-300) : .zero
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: n * n + 2 * n) { memory in
            let hessian = UnsafeMutableBufferPointer(rebasing: memory[0..<n * n])
            let change = UnsafeMutableBufferPointer(rebasing: memory[n * n..<n * n + n])
            let along = UnsafeMutableBufferPointer(rebasing: memory[(n * n + n)...])
            hessian.update(repeating: 0)
            let moment = followsRotation ? -0.5 * weights.rotation * error.angular : .zero
            evaluator.addCurvature(along: -weights.position * error.linear, moment, to: hessian)
            for i in 0..<n { along[i] = (0..<3).reduce(0) { $0 + axis[$1] * jacobian[(3 + $1) * n + i] } }
            for i in 0..<n {
                for j in 0...i {
                    var linear = 0.0, angular = 0.0
                    for row in 0..<3 {
                        linear += jacobian[row * n + i] * jacobian[row * n + j]
                        angular += jacobian[(3 + row) * n + i] * jacobian[(3 + row) * n + j]
                    }
                    hessian[i * n + j] += linear
                    if followsRotation { hessian[i * n + j] += share * angular + (1 - share) * along[i] * along[j] }
                }
                hessian[i * n + i] += damping
                change[i] = gradient(i, e)
            }
            for i in 0..<n where isBlocked(i, change[i]) {
                for j in 0..<n { hessian[max(i, j) * n + min(i, j)] = i == j ? 1 : 0 }
                change[i] = 0
            }
            guard choleskySolve(hessian, change, size: n) else { return false }
            for i in 0..<n { move(i, by: change[i]) }
            return true
        }
    }
}
