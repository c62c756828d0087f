import Numerics

// The normal equations of a step, J·W·Jᵀ + λ·I, one row and column for every row of the task.

extension BodyStepper {
    /// The lower triangle of J·W·Jᵀ, packed by rows.
    @inline(__always)
    func accumulate() {
        let n = variables
        var pair = 0
        for a in blocks.indices {
            for b in 0...a {
                let columns = shared[pair]
                pair += 1
                let (second, secondCount) = (blocks[b].first, blocks[b].count)
                columns.withUnsafeBufferPointer { columns in
                    for r in blocks[a].first..<blocks[a].first + blocks[a].count {
                        let left = jacobian + r * n
                        for s in second..<min(second + secondCount, r + 1) {
                            let right = jacobian + s * n
                            var sum = S(0.0)
                            for i in columns { sum = sum.fma(weight[i] * left[i], right[i]) }
                            normal[r * (r + 1) / 2 + s] = sum
                        }
                    }
                }
            }
        }
    }

    /// Replaces M + λ·I, with M the matrix of ``accumulate()``, by its Cholesky factor, with the inverses of the pivots' roots on the diagonal; pivots below
    /// `least` are raised to it.
    @inline(__always)
    private func factorise(_ lambda: S, least: S) {
        let m = rows
        for j in 0..<m {
            let row = normal + j * (j + 1) / 2
            var pivot = row[j] + lambda
            for k in 0..<j { pivot = pivot.fnma(row[k], row[k]) }
            let inverse = S(1.0) / pivot.atLeast(least).squareRoot()
            row[j] = inverse
            for i in j + 1..<max(m, j + 1) {
                let below = normal + i * (i + 1) / 2
                var sum = below[j]
                for k in 0..<j { sum = sum.fnma(below[k], row[k]) }
                below[j] = sum * inverse
            }
        }
    }

    /// Solves (J·W·Jᵀ + λ·I)·y = e by Cholesky's factorisation; y lies after the matrix.
    @inline(__always)
    func solve(_ lambda: S) {
        factorise(lambda, least: S(1e-12))
        let m = rows, y = normal + m * (m + 1) / 2
        for j in 0..<m {
            let row = normal + j * (j + 1) / 2
            var sum = residual[j]
            for k in 0..<j { sum = sum.fnma(row[k], y[k]) }
            y[j] = sum * row[j]
        }
        for j in stride(from: m - 1, through: 0, by: -1) {
            var sum = y[j]
            for k in j + 1..<max(m, j + 1) { sum = sum.fnma(normal[k * (k + 1) / 2 + j], y[k]) }
            y[j] = sum * normal[j * (j + 1) / 2 + j]
        }
    }

    /// √det(J·Jᵀ) of the rows that bind at the last evaluation, a metre counting as much as a radian; zero where singular.
    ///
    /// - Parameters:
    ///   - metres: what the body's unit of length is in metres.
    ///   - slides: the variables in that unit.
    func manipulability(metres: Double, slides: [Int]) -> S {
        fillRows()
        for i in 0..<variables { weight[i] = S(1.0) }
        accumulate()
        let squares = normal + rows * (rows + 1) / 2
        for j in 0..<rows { squares[j] = normal[j * (j + 1) / 2 + j] }
        if !slides.isEmpty {
            for i in slides { weight[i] = S(1 / (metres * metres)) }
            accumulate()
        }
        factorise(S(0.0), least: S(1e-20))
        var product = S(1.0)
        for j in 0..<rows {
            let root = S(scale(ofRow: j, metres)) / normal[j * (j + 1) / 2 + j]
            product = product * S(1.0).selected(whereNegative: squares[j] - S(1e-18), else: root)
        }
        return product
    }

    /// What undoes the scaling of a row, and has its lengths in metres.
    private func scale(ofRow row: Int, _ metres: Double) -> Double {
        var block = 0
        for term in terms where term.rows > 0 {
            if row < blocks[block].first + term.rows { return row - blocks[block].first < term.axes.count ? metres * lengthScale : 1 }
            block += 1
        }
        return metres * lengthScale
    }
}
