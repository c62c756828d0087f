import Numerics

extension BodyStepper where S == Double {
    /// Takes a step towards a reference: the Gauss–Newton step of min ½·(q − r)ᵀ·W·(q − r) subject to the task.
    ///
    ///     Δq = d − W⁻¹·Jᵀ·y,     (J·W⁻¹·Jᵀ + λ·I)·y = J·d − e,     d = r − q
    ///
    /// Variables that rest at a limit and would leave it stay, as in ``NearestConfiguration``. Of rows with slack, J and e have those that hold the
    /// step up at an end of it: one that the step would cross is taken in, one whose multiplier y pulls inwards is let go.
    ///
    /// - Parameters:
    ///   - share: how much of the step is taken, up to 1.
    ///   - longest: what the longest change of a variable is cut to.
    /// - Returns: the longest change of the whole step.
    func step(towards reference: [Double], metric: ConfigurationMetric, share: Double, longest: Double) -> Double {
        keepsSlack = true
        defer { keepsSlack = false }
        evaluate()
        fillRows()
        let n = variables, y = normal + rows * (rows + 1) / 2, slack = slackOfRows
        let errors = (0..<rows).map { residual[$0] }, whole = (0..<rows * n).map { jacobian[$0] }
        let differences = (0..<n).map { metric.difference($0, from: q[$0], to: reference[$0]) }
        /// At which end of its slack a row holds the step up: 1 where the error is positive, −1 where it is negative, 0 where it does not.
        var ends = zip(errors, slack).map { error, slack in slack == 0 || abs(error) < slack ? 0 : error > 0 ? 1.0 : -1 }
        var isFree = [Bool](repeating: true, count: n), change = [Double](repeating: 0, count: n)
        for _ in 0..<4 * (n + rows) {
            for i in 0..<n { weight[i] = isFree[i] ? 1 / metric.weights[i] : 0 }
            for r in 0..<rows {
                let isHeld = slack[r] == 0 || ends[r] != 0
                residual[r] = isHeld ? ends[r] * slack[r] - errors[r] : 0
                for i in 0..<n {
                    jacobian[r * n + i] = isHeld ? whole[r * n + i] : 0
                    if isFree[i] { residual[r] += jacobian[r * n + i] * differences[i] }
                }
            }
            accumulate()
            solve(1e-9)
            var isSettled = true
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
            if isSettled, !exchange(&ends, errors, slack, whole, change, multipliers: y) { break }
        }
        let greatest = change.reduce(0) { max($0, abs($1)) }
        let share = min(share, longest / max(greatest, 1e-300))
        for i in 0..<n {
            let moved = q[i] + share * change[i]
            q[i] = isContinuous[i] ? moved : min(max(moved, lower[i]), upper[i])
        }
        return greatest
    }

    /// Lets go the row that pulls inwards most, or else takes in the row whose slack a step leaves by most; false where there is none of either.
    private func exchange(
        _ ends: inout [Double], _ errors: [Double], _ slack: [Double], _ whole: [Double], _ change: [Double], multipliers: UnsafePointer<Double>
    ) -> Bool {
        let pulls = ends.indices.map { ends[$0] * multipliers[$0] }
        if let inwards = pulls.indices.max(by: { pulls[$0] < pulls[$1] }), pulls[inwards] > 1e-9 {
            ends[inwards] = 0
            return true
        }
        let left = ends.indices.map { r in
            errors[r] - (0..<variables).reduce(0) { $0 + whole[r * variables + $1] * change[$1] }
        }
        let excesses = ends.indices.map { ends[$0] == 0 && slack[$0] > 0 ? abs(left[$0]) - slack[$0] : 0 }
        guard let outwards = excesses.indices.max(by: { excesses[$0] < excesses[$1] }), excesses[outwards] > 1e-9 else { return false }
        ends[outwards] = left[outwards] > 0 ? 1 : -1
        return true
    }

    /// By how much every row may be off, in its own unit; zero where it must not.
    private var slackOfRows: [Double] {
        var slack: [Double] = []
        for term in terms {
            slack += term.axes.map { term.slack[$0] / lengthScale }
            slack += Array(repeating: term.turnSlack.angleOfChord, count: term.turnRows)
        }
        if let balance { slack += [balance.halfWidths.x / lengthScale, balance.halfWidths.y / lengthScale] }
        return slack
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
