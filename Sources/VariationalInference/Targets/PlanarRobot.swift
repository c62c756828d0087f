import Mixtures
import Numerics

/// A planar arm whose tip is to be at one of several goals, with a Gaussian prior over its relative joint angles (Arenz et al., JMLR 2020).
///
///     log p̃(θ) = log N(θ; 0, diag(s²)) + max_g log N(tip(θ); g, w²·I),   tip = Σ_i (cos(θ_1 + … + θ_i), sin(θ_1 + … + θ_i))
public struct PlanarRobot: TargetDensity {
    public let name: String
    /// The prior's standard deviations, one a link of length 1, in rad.
    public let deviations: [Double]
    public let goals: [SIMD2<Double>]
    /// The likelihood's standard deviation w, in m.
    public let width: Double
    public let start: InitialMixture
    private let normaliser: Double

    /// - Precondition: at least one link and one goal; deviations and width are positive.
    public init(name: String, deviations: [Double], goals: [SIMD2<Double>], width: Double, componentDeviations: [Double]) {
        precondition(!deviations.isEmpty && !goals.isEmpty && width > 0, "a planar robot has links, goals and a width")
        self.name = name
        self.deviations = deviations
        self.goals = goals
        self.width = width
        var start = InitialMixture(
            mean: deviations.map { _ in 0 }, deviations: deviations, componentDeviations: componentDeviations)
        start.drawsFirstMean = true
        self.start = start
        let circle = Elementary.log(2 * .pi)
        normaliser = deviations.reduce(-circle - 2 * Elementary.log(width)) { $0 - Elementary.log($1) - 0.5 * circle }
    }

    /// The published setting: ten links, the first angle with deviation 1, the others with 0.2, width 0.01, and one goal or four at distance 7.
    ///
    /// log Z is −10.6 with four goals.
    public static func published(goals count: Int) -> PlanarRobot {
        let goals = [SIMD2(7.0, 0), SIMD2(-7.0, 0), SIMD2(0, 7.0), SIMD2(0, -7.0)]
        return PlanarRobot(
            name: "planar robot, \(count.counted("goal"))", deviations: [1] + Array(repeating: 0.2, count: 9),
            goals: Array(goals.prefix(count)), width: 0.01, componentDeviations: [0.25] + Array(repeating: 0.05, count: 9))
    }

    /// An arm of two links that reaches a point with its elbow on either side: a two-dimensional target for plots.
    public static func twoJoints(goal: SIMD2<Double>, width: Double) -> PlanarRobot {
        PlanarRobot(
            name: "two-joint arm", deviations: [1.5, 1.5], goals: [goal], width: width, componentDeviations: [0.5, 0.5])
    }

    public var dimension: Int { deviations.count }

    public var modes: TargetModes? {
        let (goals, isElbow) = (goals, dimension == 2)
        return TargetModes(count: isElbow ? 2 : goals.count) { angles in
            if isElbow { return angles[1] < 0 ? 0 : 1 }
            var sum = 0.0, tip = SIMD2(0.0, 0.0)
            for angle in angles {
                sum += angle
                tip += SIMD2(Elementary.cos(sum), Elementary.sin(sum))
            }
            return goals.firstIndex { (($0 - tip) * ($0 - tip)).sum() < 0.25 }
        }
    }

    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        let n = dimension
        // Three registers a link: the angle, and where the link leads to.
        let scratch = UnsafeMutablePointer<DoubleLanes>.allocate(capacity: 3 * n)
        scratch.initialize(repeating: .zero, count: 3 * n)
        defer { scratch.deallocate() }
        for start in stride(from: 0, to: count, by: 8) {
            let size = min(8, count - start)
            for i in 0..<n {
                for lane in 0..<8 { scratch[i][lane] = points[(start + min(lane, size - 1)) * n + i] }
            }
            let value = evaluate(scratch, gradient: gradients != nil)
            for lane in 0..<size { logDensities[start + lane] = value[lane] }
            guard let gradients else { continue }
            for lane in 0..<size { for i in 0..<n { gradients[(start + lane) * n + i] = scratch[i][lane] } }
        }
    }

    // Eight places; their angles are replaced by the gradient.
    @inline(__always)
    private func evaluate(_ angles: UnsafeMutablePointer<DoubleLanes>, gradient: Bool) -> DoubleLanes {
        let n = dimension
        let cosines = angles + n, sines = angles + 2 * n
        var sum = DoubleLanes.zero, x = DoubleLanes.zero, y = DoubleLanes.zero, square = DoubleLanes.zero
        for i in 0..<n {
            let scaled = angles[i] / deviations[i]
            square = square.fma(scaled, scaled)
            sum += angles[i]
            (sines[i], cosines[i]) = sum.sineAndCosine
            x += cosines[i]
            y += sines[i]
        }
        var dx = x - goals[0].x, dy = y - goals[0].y
        var distance = (dx * dx).fma(dy, dy)
        for goal in goals.dropFirst() {
            let ex = x - goal.x, ey = y - goal.y
            let other = (ex * ex).fma(ey, ey)
            let isNearer = other .< distance
            dx.replace(with: ex, where: isNearer)
            dy.replace(with: ey, where: isNearer)
            distance = distance.minimum(other)
        }
        let precision = 1 / (width * width)
        if gradient {
            // Links from i on turn with joint i: dx/dθ_i = −Σ sin, dy/dθ_i = Σ cos.
            var turnX = DoubleLanes.zero, turnY = DoubleLanes.zero
            for i in stride(from: n - 1, through: 0, by: -1) {
                turnX -= sines[i]
                turnY += cosines[i]
                let pull = (dx * turnX).fma(dy, turnY) * precision
                angles[i] = -(angles[i] / (deviations[i] * deviations[i])) - pull
            }
        }
        return normaliser - 0.5 * square.fma(distance, DoubleLanes(repeating: precision))
    }
}
