import Numerics

/// An unnormalised density over the configurations of a body: a product of what is wanted of tips, centre of mass and joints.
///
/// Each factor is as stated at its case. Those of tips are normalised as densities of the error that they penalise, so that an evidence
/// bound stays comparable when deviations change; soft limits and the soft rectangle are 1 inside.
public struct BodyDensity: Sendable {
    /// One factor of the density; deviations are standard deviations in m and rad.
    public enum Factor: Sendable {
        /// A tip at its goal: `N(e; 0, s_p²)·N(2·sin(θ/2)·axis; 0, s_r²)` with e and θ what the goal's slack leaves; normalised over the
        /// error's space, slack included.
        case goal(BodyTask.Aim, position: Double, rotation: Double)
        /// A tip's frame at a pose: `N(p; p*, s_p²)·N(R; R*, s_r²)`, the second over the nine entries of the rotation matrix.
        case frame(tip: Int, Pose, position: Double, rotation: Double)
        /// The centre of mass over a rectangle with edges of normal integrals: `Π Φ((x − low)/s)·Φ((high − x)/s)` along x and y. The
        /// rectangle moves with a tip where one is named.
        case balance(BodyTask.Balance, around: Int?, deviation: Double)
        /// Variables within their limits, for those listed: edges of normal integrals as above (`integral`), or `exp(−excess²/(2·s²))`.
        case limits(variables: [Int], deviation: Double, integral: Bool)
        /// Variables near preferred values: `Π N(q_i; m_i, s_i²)` over those with a finite deviation.
        case preference(means: [Double], deviations: [Double])
    }

    public var body: Body
    public var factors: [Factor]

    /// - Precondition: tips and variables exist, deviations are positive.
    public init(_ body: Body, factors: [Factor]) {
        self.body = body
        self.factors = factors
    }

    /// The density of configurations around goals: tips within standard deviations of what their goals leave free, joints within soft limits,
    ///
    ///     log p̃(q) = Σ log N(e; 0, s_p²) + log N(2·sin(θ/2)·axis; 0, s_r²) − Σ excess_i²/(2·s_l²)
    ///
    /// - Parameters:
    ///   - position: s_p, m.
    ///   - rotation: s_r, rad.
    ///   - limit: s_l, rad or m; joints without limits have none.
    public init(_ body: Body, aims: [BodyTask.Aim], position: Double, rotation: Double, limit: Double) {
        self.init(body, factors: aims.map { .goal($0, position: position, rotation: rotation) }
            + [.limits(variables: Array(body.variables.indices), deviation: limit, integral: false)])
    }

    /// The logarithm of the constants in front of the factors' exponentials.
    var normaliser: Double {
        factors.reduce(0) { sum, factor in
            switch factor {
            case .goal(let aim, let position, let rotation): sum - aim.goal.logVolume(position: position, rotation: rotation)
            case .frame(_, _, let position, let rotation): sum - 3 * Self.logWidth(position) - 9 * Self.logWidth(rotation)
            case .balance, .limits: sum
            case .preference(_, let deviations): deviations.filter(\.isFinite).reduce(sum) { $0 - Self.logWidth($1) }
            }
        }
    }

    /// log(s·√2π).
    static func logWidth(_ deviation: Double) -> Double { Elementary.log(deviation) + 0.918_938_533_204_672_74 }
}

extension Goal {
    /// The logarithm of ∫ exp(−e²/(2·s²)) over all errors, e being what the slack leaves.
    func logVolume(position: Double, rotation: Double) -> Double {
        var volume = 0.0
        for i in 0..<3 where positionSlack[i].isFinite {
            volume += Elementary.log(2 * positionSlack[i] + Elementary.exp(BodyDensity.logWidth(position)))
        }
        // A ball, or disc, of the slack's radius with a Gaussian edge.
        let c = 2 * Elementary.sin(rotationSlack / 2), s = rotation, root = (Double.pi / 2).squareRoot()
        switch orientation {
        case .free: break
        case .full: volume += Elementary.log(4 * .pi * (c * c * c / 3 + c * c * s * root + 2 * c * s * s + s * s * s * root))
        case .axis: volume += Elementary.log(.pi * (c * c + 2 * (c * s * root + s * s)))
        }
        return volume
    }
}

/// Evaluates a body's density and its gradient, for the configurations that one register holds.
final class DensityEvaluation<S: BodyArithmetic> {
    private struct GoalFactor {
        var term: GoalTerm<S>
        var position: S
        var rotation: S
    }

    private struct FrameFactor {
        var tip: Int
        var target: BodyFrame<S>
        var position: S
        var rotation: S
    }

    private let kinematics: BodyKinematics<S>
    private let variables: Int
    private var goals: [GoalFactor] = []
    private var frames: [FrameFactor] = []
    private var balances: [(rectangle: BodyTask.Balance, tip: Int?, inverse: S)] = []
    /// Lower and upper limit, 1/s, whether the edge is an integral.
    private var limits: [(variable: Int, lower: S, upper: S, inverse: S, integral: Bool)] = []
    private var preferences: [(variable: Int, mean: S, precision: S)] = []
    private let normaliser: S

    init(_ density: BodyDensity) {
        kinematics = BodyKinematics(density.body)
        variables = density.body.degreesOfFreedom
        normaliser = S(density.normaliser)
        func precision(_ deviation: Double) -> S { S(1 / (deviation * deviation)) }
        for factor in density.factors {
            switch factor {
            case .goal(let aim, let position, let rotation):
                goals.append(GoalFactor(term: GoalTerm(aim), position: precision(position), rotation: precision(rotation)))
            case .frame(let tip, let pose, let position, let rotation):
                frames.append(FrameFactor(tip: tip, target: BodyFrame(pose), position: precision(position), rotation: precision(rotation)))
            case .balance(let rectangle, let tip, let deviation):
                if kinematics.hasMass { balances.append((rectangle, tip, S(1 / deviation))) }
            case .limits(let list, let deviation, let integral):
                for i in list where density.body.variables[i].kind != .continuous {
                    let variable = density.body.variables[i]
                    limits.append((i, S(variable.lower), S(variable.upper), S(1 / deviation), integral))
                }
            case .preference(let means, let deviations):
                for i in deviations.indices where deviations[i].isFinite { preferences.append((i, S(means[i]), precision(deviations[i]))) }
            }
        }
    }

    /// Moves the goal of a factor, counted among the goals.
    @inline(__always)
    func setTarget(_ position: Triple<S>, ofGoal index: Int) { goals[index].term.target.p = position }

    /// The errors of a goal at the last evaluation, m and 2·sin(θ/2).
    private(set) var goalErrors: (position: S, rotation: S) = (S(0.0), S(0.0))

    /// The logarithm of the density; its gradient replaces what is in `gradient`.
    @inline(__always)
    func evaluate(_ q: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
        kinematics.evaluate(q)
        kinematics.clearForces()
        for i in 0..<variables { gradient[i] = S(0.0) }
        let half = S(0.5)
        var sum = normaliser
        var largest = (position: S(0.0), rotation: S(0.0))
        for goal in goals {
            let frame = kinematics.tip(goal.term.tip)
            let error = goal.term.error(of: frame)
            sum = sum.fnma(half * goal.position, error.positionSquare).fnma(half * goal.rotation, error.turnSquare)
            let way = error.position
            let force = goal.position * ((way.x * goal.term.target.x).fma(way.y, goal.term.target.y).fma(way.z, goal.term.target.z))
            // d(2·sin²(θ/2)) is sin θ·dθ, and the turn holds 2·sin(θ/2) times the axis.
            kinematics.apply(force: force, torque: (goal.rotation * error.cosine) * error.turn, toTip: goal.term.tip, at: frame.p)
            largest.position = largest.position.atLeast(error.positionSquare)
            largest.rotation = largest.rotation.atLeast(error.turnSquare)
        }
        goalErrors = (largest.position.squareRoot(), largest.rotation.squareRoot())
        for factor in frames { sum = sum + frame(factor) }
        for balance in balances { sum = sum + self.balance(balance) }
        kinematics.addGradient(to: gradient)
        for limit in limits { sum = sum + self.limit(limit, q, gradient) }
        for preference in preferences {
            let off = preference.mean - q[preference.variable]
            sum = sum.fnma(half * preference.precision, off * off)
            gradient[preference.variable] = gradient[preference.variable].fma(preference.precision, off)
        }
        return sum
    }

    @inline(__always)
    private func frame(_ factor: FrameFactor) -> S {
        let tip = kinematics.tip(factor.tip), target = factor.target
        let way = target.p - tip.p
        let (x, y, z) = (target.x - tip.x, target.y - tip.y, target.z - tip.z)
        let square = x.dot(x) + y.dot(y) + z.dot(z)
        let torque = factor.rotation * (tip.x.cross(target.x) + tip.y.cross(target.y) + tip.z.cross(target.z))
        kinematics.apply(force: factor.position * way, torque: torque, toTip: factor.tip, at: tip.p)
        return S(-0.5) * (factor.position * way.dot(way)).fma(factor.rotation, square)
    }

    @inline(__always)
    private func balance(_ balance: (rectangle: BodyTask.Balance, tip: Int?, inverse: S)) -> S {
        let centre = kinematics.massCentre()
        var middle = Triple<S>(SIMD3(balance.rectangle.centre.x, balance.rectangle.centre.y, 0))
        if let tip = balance.tip { middle = middle + kinematics.tip(tip).p }
        let (x, dx) = edge(centre.x - middle.x, balance.rectangle.halfWidths.x, balance.inverse)
        let (y, dy) = edge(centre.y - middle.y, balance.rectangle.halfWidths.y, balance.inverse)
        let force = Triple(dx, dy, S(0.0))
        kinematics.applyToCentreOfMass(force)
        if let tip = balance.tip { kinematics.apply(force: .zero - force, torque: .zero, toTip: tip, at: kinematics.tip(tip).p) }
        return x + y
    }

    /// log Φ((x + w)/s) + log Φ((w − x)/s) and its derivative.
    @inline(__always)
    private func edge(_ x: S, _ halfWidth: Double, _ inverse: S) -> (S, S) {
        let low = ((x + S(halfWidth)) * inverse).logNormalIntegral, high = ((S(halfWidth) - x) * inverse).logNormalIntegral
        return (low.value + high.value, inverse * (low.slope - high.slope))
    }

    @inline(__always)
    private func limit(
        _ limit: (variable: Int, lower: S, upper: S, inverse: S, integral: Bool), _ q: UnsafePointer<S>, _ gradient: UnsafeMutablePointer<S>
    ) -> S {
        let x = q[limit.variable]
        if limit.integral {
            let low = ((x - limit.lower) * limit.inverse).logNormalIntegral, high = ((limit.upper - x) * limit.inverse).logNormalIntegral
            gradient[limit.variable] = gradient[limit.variable].fma(limit.inverse, low.slope - high.slope)
            return low.value + high.value
        }
        let excess = (x - x.clipped(from: limit.lower, to: limit.upper)) * limit.inverse
        gradient[limit.variable] = gradient[limit.variable].fnma(limit.inverse, excess)
        return S(-0.5) * excess * excess
    }
}
