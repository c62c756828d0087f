import Collision
import Mixtures
import Numerics
import Planning

/// Paths of a robot past obstacles: how likely the bridge in joint space is, less what its configurations lack of a clearance, or are beyond a limit.
final class RobotPathTarget: TargetDensity {
    let name: String
    private let prior: BridgePrior
    private let screen: CollisionScreen
    private let clearance: Double
    private let softness: Double
    private let limitSoftness = LanePathDensity.limitSoftness
    private let checkers: WorkspacePool<CollisionChecker>

    init(name: String, prior: BridgePrior, screen: CollisionScreen, clearance: Double, softness: Double) {
        self.name = name
        self.prior = prior
        self.screen = screen
        self.clearance = clearance
        self.softness = softness
        checkers = WorkspacePool { CollisionChecker(screen.model, world: screen.world, checksSelf: screen.checksSelf) }
    }

    var dimension: Int { prior.dimension }
    var start: InitialMixture {
        let (mean, deviations) = prior.middle
        return InitialMixture(mean: mean, deviations: deviations, componentDeviations: deviations)
    }

    func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>, gradients: UnsafeMutablePointer<Double>?
    ) {
        checkers.withWorkspace { checker in
            for index in 0..<count {
                let places = prior.places(points + index * dimension)
                var slope = Matrix(rows: prior.knots + 2, columns: prior.coordinates)
                logDensities[index] = prior.logDensity(places.elements, gradient: &slope.elements) + contacts(places, checker, &slope)
                guard let gradients else { continue }
                // The first and the last node stand still.
                for i in 0..<dimension { gradients[index * dimension + i] = slope.elements[prior.coordinates + i] }
            }
        }
    }

    private func contacts(_ places: Matrix, _ checker: CollisionChecker, _ slope: inout Matrix) -> Double {
        let path = prior.spline.points(places), variables = screen.model.variables
        var value = 0.0
        /// Adds the derivative by a coordinate of a point of the path.
        func add(_ derivative: Double, point: Int, axis: Int) {
            for node in 0..<places.rows { slope[node, axis] += derivative * prior.spline.weights[point, node] }
        }
        var q = [Lanes](repeating: .zero, count: variables.count)
        for first in stride(from: 1, to: path.rows - 1, by: laneCount) {
            let own = min(laneCount, path.rows - 1 - first)
            for lane in 0..<laneCount { for i in variables.indices { q[i][lane] = Float(path[first + min(lane, own - 1), i]) } }
            let found = checker.clearances(q, upTo: Float(clearance))
            for lane in 0..<own {
                let point = first + lane, configuration = Array(path.row(point))
                for (i, variable) in variables.enumerated() where variable.kind != .continuous {
                    let beyond = configuration[i] - min(max(configuration[i], variable.lower), variable.upper)
                    value -= 0.5 * beyond * beyond / (limitSoftness * limitSoftness)
                    if beyond != 0 { add(-beyond / (limitSoftness * limitSoftness), point: point, axis: i) }
                }
                guard found[lane] < Float(clearance),
                      let nearest = screen.model.proximity(configuration, world: screen.world, checksSelf: screen.checksSelf) else { continue }
                let lack = max(clearance - nearest.distance, 0)
                value -= 0.5 * lack * lack / (softness * softness)
                for i in variables.indices { add(lack / (softness * softness) * nearest.gradient[i], point: point, axis: i) }
            }
        }
        return value
    }
}
