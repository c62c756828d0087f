import Numerics

/// Damped least-squares steps of a body towards a task, within the limits, for the configurations that one register holds.
///
/// The step is `Δq = W·Jᵀ·(J·W·Jᵀ + λ·I)⁻¹·e` as in ``LaneSolver``, with a row for all that matters of every goal and two for the
/// centre of mass where it leaves its rectangle. A tip depends on few variables, so products run over those that two goals
/// share. Storage is allocated once.
final class BodyStepper<S: BodyArithmetic> {
    /// Metres that weigh as much as one radian.
    var lengthScale = 0.3
    /// What the closest approach weighs errors by; nil in a search, where those of all goals count alike.
    var emphasis: Emphasis? {
        didSet { for i in terms.indices { terms[i].measuresAngles = emphasis != nil } }
    }
    let kinematics: BodyKinematics<S>
    let variables: Int
    /// Goals; their targets may be changed between steps.
    var terms: [GoalTerm<S>]
    private let balance: BodyTask.Balance?
    /// For every block of rows: the first and the count, and the variables that move it.
    let blocks: [(first: Int, count: Int, columns: [Int])]
    /// For every pair of blocks, second not after first: the variables that both depend on.
    private let shared: [[Int]]
    let rows: Int

    private let registers = Registers()
    let q: UnsafeMutablePointer<S>
    let lower: UnsafeMutablePointer<S>
    let upper: UnsafeMutablePointer<S>
    let isContinuous: [Bool]
    let jacobian: UnsafeMutablePointer<S>
    let residual: UnsafeMutablePointer<S>
    let weight: UnsafeMutablePointer<S>
    let normal: UnsafeMutablePointer<S>
    private let all: UnsafeMutablePointer<S>
    private var errors: [GoalError<S>]
    private var tips: [BodyFrame<S>]
    /// The largest squared distance (m²) and the largest squared rotation (4·sin²(θ/2)) at the last evaluation.
    private(set) var positionSquare = S(0.0)
    private(set) var turnSquare = S(0.0)
    /// The sum of squared residuals, a metre scaled to 1/0.3 rad.
    private(set) var energy = S(0.0)

    init(_ body: Body, task: BodyTask) {
        kinematics = BodyKinematics(body)
        variables = body.degreesOfFreedom
        terms = task.aims.map { GoalTerm($0) }
        balance = kinematics.hasMass ? task.balance : nil
        isContinuous = body.variables.map { $0.kind == .continuous }
        var first = 0
        var blocks: [(first: Int, count: Int, columns: [Int])] = []
        for term in terms where term.rows > 0 {
            blocks.append((first, term.rows, Self.columns(of: term.tip, in: body)))
            first += term.rows
        }
        if balance != nil {
            blocks.append((first, 2, Array(Set(kinematics.joints.filter { $0.carried > 0 }.map(\.variable))).sorted()))
            first += 2
        }
        rows = first
        self.blocks = blocks
        shared = blocks.indices.flatMap { a in (0...a).map { b in blocks[a].columns.filter { blocks[b].columns.contains($0) } } }
        let n = variables, total = 4 * n + rows * n + rows + rows * (rows + 1) / 2 + rows
        all = registers.take(total, repeating: S(0.0))
        q = all
        lower = q + n
        upper = lower + n
        weight = upper + n
        jacobian = weight + n
        residual = jacobian + rows * n
        normal = residual + rows
        for (i, variable) in body.variables.enumerated() {
            // Limits are rounded inwards, so that what is inside stays inside in double precision.
            lower[i] = S(repeating: S.Number(variable.lower).raised(to: variable.lower))
            upper[i] = S(repeating: S.Number(variable.upper).lowered(to: variable.upper))
        }
        errors = terms.map { $0.error(of: BodyFrame(.identity)) }
        tips = terms.map { _ in BodyFrame(.identity) }
    }

    private static func columns(of tip: Int, in body: Body) -> [Int] {
        var columns: Set<Int> = [], joint = body.tips[tip].joint
        while let current = joint {
            columns.insert(body.joints[current].variable)
            joint = body.joints[current].parent
        }
        return columns.sorted()
    }

    /// Measures the errors at the configurations.
    @inline(__always)
    func evaluate() {
        kinematics.evaluate(q)
        let metre = S(1 / lengthScale)
        positionSquare = S(0.0)
        turnSquare = S(0.0)
        energy = S(0.0)
        for index in terms.indices {
            let frame = kinematics.tip(terms[index].tip)
            let error = terms[index].error(of: frame)
            tips[index] = frame
            errors[index] = error
            positionSquare = positionSquare.atLeast(error.positionSquare)
            turnSquare = turnSquare.atLeast(error.turnSquare)
            guard let weights = emphasis?.aims[index] else {
                energy = energy.fma(metre * metre, error.positionSquare) + error.turnSquare
                continue
            }
            let (linear, angular) = (metre * S(weights.position), S(weights.rotation))
            energy = energy.fma(linear * linear, error.positionSquare).fma(angular * angular, error.turnSquare)
        }
        guard let balance, let block = blocks.last else { return }
        let centre = kinematics.centreOfMass()
        for i in 0..<2 {
            let away = S(balance.centre[i]) - (i == 0 ? centre.x : centre.y)
            let excess = away - away.limited(to: S.Number(balance.halfWidths[i]))
            residual[block.first + i] = metre * excess
            positionSquare = positionSquare.atLeast(excess * excess)
            let linear = emphasis.map { metre * S($0.balance) } ?? metre
            energy = energy.fma(linear * linear, excess * excess)
        }
    }

    /// Takes a step after ``evaluate()``.
    ///
    /// - Parameters:
    ///   - stepping: 1 in the lanes that move, 0 elsewhere.
    ///   - damping: λ's share of the energy, and what always remains of it.
    ///   - longest: the longest change of a variable.
    @inline(__always)
    func step(where stepping: S, damping: Double, leastDamping: Double, longest: Double) {
        fillRows()
        let n = variables
        for i in 0..<n { weight[i] = S(0.0) }
        // The gradient Jᵀ·e tells which variables would leave their limits.
        for block in blocks {
            for r in block.first..<block.first + block.count {
                for i in block.columns { weight[i] = weight[i].fma(jacobian[r * n + i], residual[r]) }
            }
        }
        let one = S(1.0), tiny = S(1e-6)
        for i in 0..<n {
            if isContinuous[i] { weight[i] = one; continue }
            let slope = weight[i]
            let free = (S(0.0).selected(whereNegative: q[i] - lower[i] - tiny, else: one), S(0.0).selected(whereNegative: upper[i] - q[i] - tiny, else: one))
            weight[i] = free.0.selected(whereNegative: slope, else: one) * free.1.selected(whereNegative: -slope, else: one)
        }
        accumulate()
        let lambda = S(leastDamping).fma(S(damping), energy)
        solve(lambda)
        let y = normal + rows * (rows + 1) / 2
        // What the least-squares multipliers make of every variable; its place in `weight` is free by then.
        for i in 0..<n {
            var change = S(0.0)
            for block in blocks {
                for r in block.first..<block.first + block.count { change = change.fma(jacobian[r * n + i], y[r]) }
            }
            change = (weight[i] * change).limited(to: S.Number(longest))
            let moved = q[i].fma(stepping, change)
            q[i] = isContinuous[i] ? moved : moved.clipped(from: lower[i], to: upper[i])
        }
    }

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
                let active = width == 0 ? S(1.0) : S(0.0).selected(whereNegative: excess.magnitude - S(1e-12), else: S(1.0))
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
        let active = (metre * isNonzero(residual[first]), metre * isNonzero(residual[first + 1]))
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

    /// Solves (J·W·Jᵀ + λ·I)·y = e by Cholesky's factorisation; y lies after the matrix.
    @inline(__always)
    func solve(_ lambda: S) {
        let m = rows, y = normal + m * (m + 1) / 2
        for j in 0..<m {
            let row = normal + j * (j + 1) / 2
            var pivot = row[j] + lambda
            for k in 0..<j { pivot = pivot.fnma(row[k], row[k]) }
            let inverse = S(1.0) / pivot.atLeast(S(1e-12)).squareRoot()
            row[j] = inverse
            for i in j + 1..<max(m, j + 1) {
                let below = normal + i * (i + 1) / 2
                var sum = below[j]
                for k in 0..<j { sum = sum.fnma(below[k], row[k]) }
                below[j] = sum * inverse
            }
        }
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
    func manipulability() -> S {
        fillRows()
        let n = variables
        for i in 0..<n { weight[i] = S(1.0) }
        accumulate()
        var product = S(1.0)
        for j in 0..<rows {
            let row = normal + j * (j + 1) / 2
            let isIdle = row[j]
            var pivot = row[j]
            for k in 0..<j { pivot = pivot.fnma(row[k], row[k]) }
            let root = pivot.atLeast(S(1e-20)).squareRoot()
            row[j] = root
            for i in j + 1..<max(rows, j + 1) {
                let below = normal + i * (i + 1) / 2
                var sum = below[j]
                for k in 0..<j { sum = sum.fnma(below[k], row[k]) }
                below[j] = sum / root
            }
            product = product * S(1.0).selected(whereNegative: isIdle - S(1e-18), else: root * S(jScale(j)))
        }
        return product
    }

    /// What undoes the scaling of a row.
    private func jScale(_ row: Int) -> Double {
        var block = 0
        for term in terms where term.rows > 0 {
            if row < blocks[block].first + term.rows { return row - blocks[block].first < term.axes.count ? lengthScale : 1 }
            block += 1
        }
        return lengthScale
    }
}

/// How much errors count in the closest approach: factors of the rows of positions, rotations, and of the centre of mass.
struct Emphasis {
    var aims: [(position: Double, rotation: Double)]
    var balance = 1.0
}

extension BinaryFloatingPoint {
    /// This number, or the next above where it is below a bound that was rounded.
    fileprivate func raised(to bound: Double) -> Self { Double(self) < bound ? nextUp : self }
    fileprivate func lowered(to bound: Double) -> Self { Double(self) > bound ? nextDown : self }
}
