import Numerics

extension BodyStepper where S == Double {
    /// Takes a step towards a reference, after ``evaluate()``: the Gauss–Newton step of min ½·(q − r)ᵀ·W·(q − r) subject to the task.
    ///
    ///     Δq = d − W⁻¹·Jᵀ·(J·W⁻¹·Jᵀ + λ·I)⁻¹·(J·d − e),     d = r − q
    ///
    /// Variables that rest at a limit and would leave it stay, as in ``NearestConfiguration``.
    ///
    /// - Parameters:
    ///   - share: how much of the step is taken, up to 1.
    ///   - longest: what the longest change of a variable is cut to.
    /// - Returns: the longest change of the whole step.
    func step(towards reference: [Double], metric: ConfigurationMetric, share: Double, longest: Double) -> Double {
        fillRows()
        let n = variables, y = normal + rows * (rows + 1) / 2
        let errors = (0..<rows).map { residual[$0] }
        let differences = (0..<n).map { metric.difference($0, from: q[$0], to: reference[$0]) }
        var isFree = [Bool](repeating: true, count: n), change = [Double](repeating: 0, count: n)
        var isSettled = false
        while !isSettled {
            for i in 0..<n { weight[i] = isFree[i] ? 1 / metric.weights[i] : 0 }
            for r in 0..<rows {
                residual[r] = -errors[r]
                for i in 0..<n where isFree[i] { residual[r] += jacobian[r * n + i] * differences[i] }
            }
            accumulate()
            solve(1e-9)
            isSettled = true
            for i in 0..<n {
                guard isFree[i] else { change[i] = 0; continue }
                var pull = 0.0
                for r in 0..<rows { pull += jacobian[r * n + i] * y[r] }
                change[i] = differences[i] - weight[i] * pull
                guard !isContinuous[i] else { continue }
                if (q[i] <= lower[i] && change[i] < 0) || (q[i] >= upper[i] && change[i] > 0) {
                    isFree[i] = false
                    isSettled = false
                }
            }
        }
        let greatest = change.reduce(0) { max($0, abs($1)) }
        let share = min(share, longest / max(greatest, 1e-300))
        for i in 0..<n {
            let moved = q[i] + share * change[i]
            q[i] = isContinuous[i] ? moved : min(max(moved, lower[i]), upper[i])
        }
        return greatest
    }

    /// Moves sliding joints of very great range, from 0 or the end that is nearest to it, to where the least squares of the task have them; where
    /// that leaves the task farther off than a length, the others take a damped step and the slides are set anew, a few times.
    func reach(along wide: [Int], within length: Double) {
        for i in wide { q[i] = min(max(0, lower[i]), upper[i]) }
        let y = normal + rows * (rows + 1) / 2, n = variables
        for _ in 0..<12 {
            for _ in 0..<2 {
                evaluate()
                fillRows()
                for i in 0..<n { weight[i] = 0 }
                for i in wide { weight[i] = 1 }
                accumulate()
                solve(1e-9)
                for i in wide {
                    let change = (0..<rows).reduce(0) { $0 + jacobian[$1 * n + i] * y[$1] }
                    q[i] = min(max(q[i] + change, lower[i]), upper[i])
                }
            }
            evaluate()
            if positionSquare <= length * length { return }
            let slid = wide.map { q[$0] }
            step(where: 1, damping: 1e-6, leastDamping: 1e-9, longest: 1)
            for (i, value) in zip(wide, slid) { q[i] = value }
        }
    }
}
