import Numerics

// What a step is computed from: residuals and Jacobian, row by row.

extension BodyStepper {
    /// Residuals and Jacobian, at what ``evaluate()`` found.
    @inline(__always)
    func fillRows() {
        let n = variables, metre = S(1 / lengthScale)
        for i in 0..<rows * n { jacobian[i] = S(0.0) }
        var block = 0
        for (index, term) in terms.enumerated() where term.rows > 0 {
            var row = blocks[block].first
            let error = errors[index], frame = tips[index]
            var axes = (Triple<S>.zero, Triple<S>.zero, Triple<S>.zero)
            let positions = term.axes.count
            for (place, axis) in term.axes.enumerated() {
                let scaled = metre * term.axis(axis)
                let width = term.slack[axis]
                let excess = axis == 0 ? error.position.x : axis == 1 ? error.position.y : error.position.z
                // Inside the slack the row asks for nothing.
                let active = width == 0 || keepsSlack ? S(1.0) : S(0.0).selected(whereNegative: excess.magnitude - S(1e-12), else: S(1.0))
                let value = active * scaled
                if place == 0 { axes.0 = value } else if place == 1 { axes.1 = value } else { axes.2 = value }
                residual[row] = metre * excess
                row += 1
            }
            var turns = (Triple<S>.zero, Triple<S>.zero, Triple<S>.zero)
            if term.turnRows == 1 {
                turns.0 = error.direction
                residual[row] = error.direction.dot(error.turn)
            } else if term.turnRows == 2 {
                turns.0 = term.across.0
                turns.1 = term.across.1
                residual[row] = turns.0.dot(error.turn)
                residual[row + 1] = turns.1.dot(error.turn)
            } else if term.turnRows == 3 {
                turns = (Triple([1, 0, 0]), Triple([0, 1, 0]), Triple([0, 0, 1]))
                residual[row] = error.turn.x
                residual[row + 1] = error.turn.y
                residual[row + 2] = error.turn.z
            }
            let first = blocks[block].first, turnRows = term.turnRows
            kinematics.forEachVelocity(ofTip: term.tip, at: frame.p) { variable, linear, angular in
                let column = jacobian + variable
                if positions > 0 { column[first * n] = column[first * n] + axes.0.dot(linear) }
                if positions > 1 { column[(first + 1) * n] = column[(first + 1) * n] + axes.1.dot(linear) }
                if positions > 2 { column[(first + 2) * n] = column[(first + 2) * n] + axes.2.dot(linear) }
                guard let angular else { return }
                let turn = first + positions
                if turnRows == 3 {
                    column[turn * n] = column[turn * n] + angular.x
                    column[(turn + 1) * n] = column[(turn + 1) * n] + angular.y
                    column[(turn + 2) * n] = column[(turn + 2) * n] + angular.z
                } else {
                    if turnRows > 0 { column[turn * n] = column[turn * n] + turns.0.dot(angular) }
                    if turnRows > 1 { column[(turn + 1) * n] = column[(turn + 1) * n] + turns.1.dot(angular) }
                }
            }
            block += 1
        }
        if balance != nil { fillBalanceRows(blocks[block].first, metre) }
        if let emphasis { weigh(emphasis) }
    }

    @inline(__always)
    private func fillBalanceRows(_ first: Int, _ metre: S) {
        let n = variables
        let active = keepsSlack ? (metre, metre) : (metre * isNonzero(residual[first]), metre * isNonzero(residual[first + 1]))
        kinematics.forEachCentreVelocity { variable, linear in
            let column = jacobian + variable
            column[first * n] = column[first * n].fma(active.0, linear.x)
            column[(first + 1) * n] = column[(first + 1) * n].fma(active.1, linear.y)
        }
    }

    /// Gives the rows of residuals and Jacobian their weights.
    private func weigh(_ emphasis: Emphasis) {
        func scale(_ row: Int, by weight: Double) {
            residual[row] = S(weight) * residual[row]
            for i in 0..<variables { jacobian[row * variables + i] = S(weight) * jacobian[row * variables + i] }
        }
        var block = 0
        for (term, weights) in zip(terms, emphasis.aims) where term.rows > 0 {
            let first = blocks[block].first
            for row in 0..<term.rows { scale(first + row, by: row < term.axes.count ? weights.position : weights.rotation) }
            block += 1
        }
        if balance != nil { for row in 0..<2 { scale(blocks[block].first + row, by: emphasis.balance) } }
    }

    /// 1 where a number is not zero, else 0.
    @inline(__always)
    private func isNonzero(_ value: S) -> S { S(0.0).selected(whereNegative: value.magnitude - S(1e-12), else: S(1.0)) }
}

/// How much errors count in the closest approach: factors of the rows of positions, rotations, and of the centre of mass.
struct Emphasis {
    var aims: [(position: Double, rotation: Double)]
    var balance = 1.0
}
