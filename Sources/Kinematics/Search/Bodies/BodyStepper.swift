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
    /// Whether rows tell what is off from the middle of what slack and balance leave, for steps that go on within it; never in a search.
    var keepsSlack = false {
        didSet { for i in terms.indices { terms[i].keepsSlack = keepsSlack } }
    }
    let kinematics: BodyKinematics<S>
    let variables: Int
    /// Goals; their targets may be changed between steps.
    var terms: [GoalTerm<S>]
    let balance: BodyTask.Balance?
    /// For every block of rows: the first and the count, and the variables that move it.
    let blocks: [(first: Int, count: Int, columns: [Int])]
    /// For every pair of blocks, second not after first: the variables that both depend on.
    let shared: [[Int]]
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
    /// At the last evaluation: the errors of goals, and the frames of their tips.
    private(set) var errors: [GoalError<S>]
    private(set) var tips: [BodyFrame<S>]
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
            let excess = keepsSlack ? away : away - away.limited(to: S.Number(balance.halfWidths[i]))
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
}

extension BinaryFloatingPoint {
    /// This number, or the next above where it is below a bound that was rounded.
    fileprivate func raised(to bound: Double) -> Self { Double(self) < bound ? nextUp : self }
    fileprivate func lowered(to bound: Double) -> Self { Double(self) > bound ? nextDown : self }
}
