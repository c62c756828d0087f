import Kinematics
import Mixtures
import Numerics

/// A density over the configurations of a body as a target of variational inference.
public final class BodyTarget: TargetDensity {
    public let name: String
    public let density: BodyDensity
    public let start: InitialMixture
    private let evaluators: WorkspacePool<DensityEvaluator>

    /// - Parameters:
    ///   - name: what messages call it.
    ///   - start: where an inference begins; nil: around the body's nominal configuration, a sixth of the ranges wide.
    public init(_ density: BodyDensity, name: String, start: InitialMixture? = nil) {
        self.name = name
        self.density = density
        evaluators = WorkspacePool { DensityEvaluator(density) }
        let body = density.body
        let deviations = body.variables.map { max(($0.upper - $0.lower) / 6, 1e-3) }
        self.start = start ?? InitialMixture(mean: body.nominal, deviations: deviations, componentDeviations: deviations)
    }

    public var dimension: Int { density.body.degreesOfFreedom }

    public func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        evaluators.withWorkspace { evaluator in
            for index in 0..<count {
                logDensities[index] = evaluator.evaluate(points + index * dimension, gradient: gradients.map { $0 + index * dimension })
            }
        }
    }
}

extension BodyTarget {
    /// The density of a chain's configurations around a goal of its tip; an inference begins across the joint ranges.
    public static func goal(_ goal: Goal, of body: Body, position: Double, rotation: Double, limit: Double) -> BodyTarget {
        let ranges = body.variables.map { $0.upper - $0.lower }, deviations = ranges.map { max(1e-6, $0 / 12.0.squareRoot()) }
        let middle = body.variables.map { 0.5 * ($0.lower + $0.upper) }
        return BodyTarget(
            BodyDensity(body, aims: [.init(tip: 0, goal: goal)], position: position, rotation: rotation, limit: limit), name: "pose of \(body.name)",
            start: InitialMixture(mean: middle, deviations: deviations, componentDeviations: deviations.map { 0.5 * $0 }))
    }

    /// The whole-body target of Arenz et al. (TMLR 2023) for TALOS, 28 joints and the base's position, roll, pitch and yaw:
    ///
    /// joints within their limits (edges of normal integrals, 0.05 rad), the centre of mass within ±0.14 m of the left sole along x and y
    /// (edges of 0.01 m), both soles at (−0.02, ±0.09, 0) m, upright (0.02 m; 0.1 for every entry of the rotation matrix), and the
    /// left gripper at a place (0.02 m). Gaussian factors are normalised, soft edges are 1 inside, as in the authors' code; the
    /// inference begins at N(0, I) there and here.
    ///
    /// - Parameters:
    ///   - robot: the description of `talos_28dof`.
    ///   - place: of the left gripper, m; the published figure is for (0.1, 0.5, 1).
    ///   - countsChains: whether masses count as in the authors' code, where the centre of mass is that of the chains to grippers and
    ///     soles alone: without base and head, the torso in both arms' chains, and 1 kg for a link that states no mass.
    public static func talos(_ robot: RobotDescription, leftHand place: SIMD3<Double>, countsChains: Bool = false) throws -> BodyTarget {
        let description = countsChains ? robot.countingChains(to: ["right_hand", "left_hand", "right_foot", "left_foot"]) : robot
        let body = try description.body(floating: robot.floatingBase ?? .wide)
        func tip(_ name: String) throws -> Int {
            guard let index = body.tipIndex(name) else { throw TargetError(target: "TALOS", "needs a robot with a tip \"\(name)\"; \(robot.name) has none") }
            return index
        }
        func sole(_ y: Double) -> Pose { Pose(position: [-0.02, y, 0], rotation: .identity) }
        let (left, right, hand) = (try tip("left_foot"), try tip("right_foot"), try tip("left_hand"))
        let density = BodyDensity(body, factors: [
            .limits(variables: Array(0..<robot.degreesOfFreedom), deviation: 0.05, integral: true),
            .balance(BodyTask.Balance(centre: .zero, halfWidths: [0.14, 0.14]), around: left, deviation: 0.01),
            .frame(tip: right, sole(-0.09), position: 0.02, rotation: 0.1),
            .frame(tip: left, sole(0.09), position: 0.02, rotation: 0.1),
            .goal(BodyTask.Aim(tip: hand, goal: .position(place)), position: 0.02, rotation: 1),
        ])
        return BodyTarget(density, name: "TALOS", start: InitialMixture(dimension: body.degreesOfFreedom))
    }
}

extension RobotDescription {
    /// The same robot with the masses of the chains from the root to some tips, each link as often as chains pass it, and 1 kg where a
    /// link on them states none; all other links weigh nothing.
    func countingChains(to names: [String]) -> RobotDescription {
        var result = self
        var passes = links.map { _ in 0.0 }
        for name in names {
            var link = tips.first { $0.name == name }.flatMap { linkIndex($0.link) }
            while let current = link, let joint = links[current].parentJoint {
                passes[current] += 1
                link = joints[joint].parent
            }
        }
        for index in links.indices {
            result.links[index].mass = passes[index] * (links[index].mass > 0 ? links[index].mass : 1)
        }
        return result
    }
}
