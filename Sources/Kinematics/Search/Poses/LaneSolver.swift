import Numerics

/// Sixteen damped least-squares searches for a pose, in parallel.
///
/// Every lane holds one configuration inside the joint limits and one target. ``iterate(_:)`` evaluates the pose errors,
/// then takes the Levenberg–Marquardt step `Δq = W·Jᵀ·(J·W·Jᵀ + λ·I)⁻¹·e` with damping in proportion to the squared error
/// (Chan and Lawrence, 1988) and clips it to the limits. `W` leaves out the joints that rest at a limit and would be
/// pushed beyond it, so that the others make up for them.
///
/// The storage is allocated once; iterations allocate nothing.
final class LaneSolver {
    /// The tuning of the search; the defaults were found on a dozen arms of four to ten joints.
    struct Tuning: Sendable {
        /// Metres that weigh as much as one radian.
        var lengthScale: Float = 0.3
        /// The damping's share of the squared error.
        var damping: Float = 0.05
        /// The damping that always remains; it sets the linear rate of the last iterations.
        var leastDamping: Float = 1e-6
        /// The longest step of a joint in one iteration, rad (or `longestStep` metres).
        var longestStep: Float = 2.0
        /// Whether joints stay within their limits.
        var keepsLimits = true
        /// Whether steps follow the curvature of the task (geodesic acceleration; Transtrum and Sethna, 2012): the error after the linear step
        /// is carried back by the same factors, which costs one more evaluation of the pose, without a Jacobian, and makes the
        /// error that is left cubic instead of quadratic. For chains of six joints and more.
        var isAccelerated = false
        /// The longest acceleration, as a share of the linear step; longer ones tell that the step has left the task's neighbourhood.
        var longestAcceleration: Float = 0.5
    }

    let chain: LaneChain
    let tuning: Tuning
    private let variables: Int
    private let registers = Registers()
    /// The configurations, one register per variable.
    let q: UnsafeMutablePointer<Lanes>
    /// The targets.
    var target: LaneFrame
    /// Whether the orientation matters; without it, only the position is sought.
    var followsRotation = true
    /// Squared position error (m²) and squared rotation error (4·sin²(θ/2), rad² for small angles) at the last evaluation.
    private(set) var positionError = Lanes.zero
    private(set) var rotationError = Lanes.zero

    private let jacobian: UnsafeMutablePointer<Lanes>
    private let weight: UnsafeMutablePointer<Lanes>
    private let normal: UnsafeMutablePointer<Lanes>
    private let lower: UnsafeMutablePointer<Lanes>
    private let upper: UnsafeMutablePointer<Lanes>

    init(_ chain: LaneChain, tuning: Tuning = Tuning()) {
        self.chain = chain
        self.tuning = tuning
        let n = chain.degreesOfFreedom
        variables = n
        q = registers.take(n, repeating: .zero)
        jacobian = registers.take(6 * n, repeating: .zero)
        weight = registers.take(n, repeating: .zero)
        normal = registers.take(n * n + 2 * n, repeating: .zero)
        lower = registers.take(n, repeating: .zero)
        upper = registers.take(n, repeating: .zero)
        for i in 0..<n {
            lower[i] = Lanes(repeating: chain.lower[i])
            upper[i] = Lanes(repeating: chain.upper[i])
        }
        target = LaneFrame(.identity)
    }

    /// Evaluates the errors at the configurations, asks `decide` what to do, and takes a step where it returns true.
    ///
    /// `decide` may exchange configurations for new ones; lanes that it changed should not be stepped (their errors and
    /// Jacobians belong to the old ones), so it returns the mask of lanes to step.
    @inline(__always)
    func iterate(_ decide: () -> LaneMask) {
        let e = evaluate()
        let stepping = decide()
        step(towards: e, where: stepping)
    }

    /// Errors and Jacobian at the current configurations.
    @inline(__always)
    func evaluate() -> (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes) {
        let difference = chain.forward(q, jacobian: jacobian).difference(to: target)
        positionError = difference.positionSquare
        guard followsRotation else {
            rotationError = .zero
            let e = difference.components
            return (e.0, e.1, e.2, .zero, .zero, .zero)
        }
        rotationError = difference.rotationSquare
        return difference.components
    }

    @inline(__always)
    private func step(towards error: (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes), where stepping: LaneMask) {
        let metre = Lanes(repeating: 1 / tuning.lengthScale)
        var e = error
        e.0 *= metre; e.1 *= metre; e.2 *= metre
        let energy = rotationError.fma(positionError, metre * metre)
        let lambda = Lanes(repeating: tuning.leastDamping).fma(energy, Lanes(repeating: tuning.damping))
        // Joints at a limit that the gradient Jᵀ·e pushes outwards are left out.
        for i in 0..<variables {
            let c = jacobian + 6 * i
            c[0] *= metre; c[1] *= metre; c[2] *= metre
            if !followsRotation { c[3] = .zero; c[4] = .zero; c[5] = .zero }
            let gradient = (c[0] * e.0).fma(c[1], e.1).fma(c[2], e.2).fma(c[3], e.3).fma(c[4], e.4).fma(c[5], e.5)
            if chain.isUnlimited(i) || !tuning.keepsLimits { weight[i] = Lanes(repeating: 1); continue }
            let blocked = ((q[i] .<= lower[i]) .& (gradient .< 0)) .| ((q[i] .>= upper[i]) .& (gradient .> 0))
            weight[i] = Lanes(repeating: 1).replacing(with: Lanes.zero, where: blocked)
        }
        if variables >= 6 {
            var matrix = LaneSymmetricSix(diagonal: lambda)
            for i in 0..<variables { matrix.add(jacobian + 6 * i, weight: weight[i]) }
            matrix.solve(&e)
            let longest = Lanes(repeating: tuning.longestStep)
            if tuning.isAccelerated { return accelerate(e, matrix, where: stepping) }
            for i in 0..<variables {
                let c = jacobian + 6 * i
                var change = (c[0] * e.0).fma(c[1], e.1).fma(c[2], e.2).fma(c[3], e.3).fma(c[4], e.4).fma(c[5], e.5)
                change = (change * weight[i]).limited(from: -longest, to: longest)
                q[i] = q[i].replacing(with: moved(i, by: change), where: stepping)
            }
        } else {
            solveInJointSpace(e, lambda: lambda, where: stepping)
        }
    }

    /// The linear step along `y`, then the one that brings back what the task's curvature left.
    private func accelerate(_ y: (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes), _ matrix: LaneSymmetricSix, where stepping: LaneMask) {
        let longest = Lanes(repeating: tuning.longestStep), metre = Lanes(repeating: 1 / tuning.lengthScale)
        let next = normal, acceleration = normal + variables
        var length = Lanes.zero
        for i in 0..<variables {
            let change = along(y, i).limited(from: -longest, to: longest)
            length = length.fma(change, change)
            next[i] = q[i] + change
        }
        let difference = chain.forward(next).difference(to: target)
        let after = (followsRotation ? difference.rotationSquare : .zero).fma(difference.positionSquare, metre * metre)
        var e = difference.components
        e.0 *= metre; e.1 *= metre; e.2 *= metre
        if !followsRotation { (e.3, e.4, e.5) = (.zero, .zero, .zero) }
        matrix.solve(&e)
        var square = Lanes.zero
        for i in 0..<variables {
            acceleration[i] = along(e, i)
            square = square.fma(acceleration[i], acceleration[i])
        }
        let isShort = square .< length * (tuning.longestAcceleration * tuning.longestAcceleration)
        // Where the linear step has failed, the minimum of the parabola through both errors, with the slope that the step promised.
        let before = rotationError.fma(positionError, metre * metre)
        let share = (before / (before + after).maximum(Lanes(repeating: 1e-20))).replacing(with: Lanes(repeating: 1), where: isShort)
        for i in 0..<variables {
            let change = share * (next[i] - q[i]) + Lanes.zero.replacing(with: acceleration[i], where: isShort)
            q[i] = q[i].replacing(with: moved(i, by: change), where: stepping)
        }
    }

    /// A variable's part of `W·Jᵀ·y`.
    @inline(__always)
    private func along(_ y: (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes), _ variable: Int) -> Lanes {
        let c = jacobian + 6 * variable
        return weight[variable] * (c[0] * y.0).fma(c[1], y.1).fma(c[2], y.2).fma(c[3], y.3).fma(c[4], y.4).fma(c[5], y.5)
    }

    /// A variable's values after a change: clipped to the limits, or wrapped to ±π where there are none.
    @inline(__always)
    private func moved(_ variable: Int, by change: Lanes) -> Lanes {
        let value = q[variable] + change
        if chain.isUnlimited(variable) { return value.wrapped }
        return tuning.keepsLimits ? value.limited(from: lower[variable], to: upper[variable]) : value
    }

    /// Fewer than six joints: the n × n system (Jᵀ·J + λ·I)·Δq = Jᵀ·e is the smaller one.
    private func solveInJointSpace(
        _ e: (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes), lambda: Lanes, where stepping: LaneMask
    ) {
        let n = variables
        let factor = normal, right = normal + n * n, inverse = normal + n * n + n
        for i in 0..<n {
            let a = jacobian + 6 * i
            right[i] = weight[i] * (a[0] * e.0).fma(a[1], e.1).fma(a[2], e.2).fma(a[3], e.3).fma(a[4], e.4).fma(a[5], e.5)
            for j in 0...i {
                let b = jacobian + 6 * j
                let dot = (a[0] * b[0]).fma(a[1], b[1]).fma(a[2], b[2]).fma(a[3], b[3]).fma(a[4], b[4]).fma(a[5], b[5])
                factor[i * n + j] = dot * weight[i] * weight[j]
            }
            factor[i * n + i] += lambda
        }
        for j in 0..<n {
            var d = factor[j * n + j]
            for k in 0..<j { d = d.fnma(factor[j * n + k], factor[j * n + k]) }
            inverse[j] = 1 / d.squareRoot()
            for i in j + 1..<max(n, j + 1) {
                var t = factor[i * n + j]
                for k in 0..<j { t = t.fnma(factor[i * n + k], factor[j * n + k]) }
                factor[i * n + j] = t * inverse[j]
            }
            var t = right[j]
            for k in 0..<j { t = t.fnma(factor[j * n + k], right[k]) }
            right[j] = t * inverse[j]
        }
        let longest = Lanes(repeating: tuning.longestStep)
        for j in stride(from: n - 1, through: 0, by: -1) {
            var t = right[j]
            for k in j + 1..<max(n, j + 1) { t = t.fnma(factor[k * n + j], right[k]) }
            right[j] = t * inverse[j]
            let change = right[j].limited(from: -longest, to: longest)
            q[j] = q[j].replacing(with: moved(j, by: change), where: stepping)
        }
    }
}
