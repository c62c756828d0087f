import Collision
import Numerics

/// A density over paths of an arm past obstacles, sixteen paths at a time, each in a world of its own: how likely the bridge in joint space is, less what
/// its configurations lack of a clearance or are beyond a limit.
///
///     −log p = Σ ½·x·A·x + Σ ½·(max(clearance − d(q), 0)/softness)² + Σ ½·(beyond(q)/0.05)²
///
/// with d the least distance of a configuration from the world and between links, the sums over the points of the spline inside. It owns its workspace: use
/// one per thread.
public final class LanePathDensity {
    /// The standard deviation of what a configuration may be beyond a joint's limit, rad or m.
    public static let limitSoftness = 0.05

    public let prior: BridgePrior
    /// The clearance that is wanted, and the standard deviation of what a configuration may lack of it, m.
    public let clearance: Double
    public let softness: Double

    private let proximity: LaneProximity
    /// Lower and upper limits; infinite for joints that turn on.
    private let lower: [Float], upper: [Float]
    /// The spline's weights, points × nodes.
    private let weights: [Float]
    private let points: Int
    private let registers = Registers()
    private let places: UnsafeMutablePointer<Lanes>
    private let slopes: UnsafeMutablePointer<Lanes>
    private let configuration: UnsafeMutablePointer<Lanes>
    private let gradient: UnsafeMutablePointer<Lanes>

    /// - Precondition: the prior is about the model's variables; `LaneProximity.takes(model)`.
    public init(_ prior: BridgePrior, of model: CollisionModel, clearance: Double, softness: Double, checksSelf: Bool = true) {
        precondition(prior.coordinates == model.variables.count && softness > 0, "paths of \(prior.coordinates) coordinates")
        self.prior = prior
        self.clearance = clearance
        self.softness = softness
        proximity = LaneProximity(model, checksSelf: checksSelf)
        lower = model.variables.map { $0.kind == .continuous ? -.infinity : Float($0.lower) }
        upper = model.variables.map { $0.kind == .continuous ? .infinity : Float($0.upper) }
        weights = prior.spline.weights.elements.map(Float.init)
        points = prior.spline.weights.rows
        let nodes = prior.knots + 2
        places = registers.take(nodes * prior.coordinates, repeating: .zero)
        slopes = registers.take(nodes * prior.coordinates, repeating: .zero)
        configuration = registers.take(prior.coordinates, repeating: .zero)
        gradient = registers.take(prior.coordinates, repeating: .zero)
        let last = nodes - 1
        for axis in 0..<prior.coordinates {
            places[axis] = Lanes(repeating: Float(prior.start[axis]))
            places[last * prior.coordinates + axis] = Lanes(repeating: Float(prior.goal[axis]))
        }
    }

    public var dimension: Int { prior.dimension }

    /// The logarithms of sixteen densities, up to constants, and their gradients.
    ///
    /// - Parameters:
    ///   - x: the knots, one register per variable.
    ///   - slope: receives as many registers; it may be where the knots are.
    public func evaluate(_ x: UnsafePointer<Lanes>, world: WorldLanes, gradient slope: UnsafeMutablePointer<Lanes>) -> Lanes {
        let count = prior.coordinates, nodes = prior.knots + 2
        for i in 0..<dimension { places[count + i] = x[i] }
        var value = prior.logDensity(places, gradient: slopes)
        for point in 1..<points - 1 {
            let own = point * nodes
            for axis in 0..<count {
                var sum = Lanes.zero
                for node in 0..<nodes { sum = sum.fma(places[node * count + axis], Lanes(repeating: weights[own + node])) }
                configuration[axis] = sum
            }
            value -= 0.5 * lacks(world)
            for axis in 0..<count {
                for node in 1..<nodes - 1 {
                    slopes[node * count + axis] = slopes[node * count + axis].fma(gradient[axis], Lanes(repeating: weights[own + node]))
                }
            }
        }
        for i in 0..<dimension { slope[i] = slopes[count + i] }
        return value
    }

    /// The squares of what the configuration lacks and of what it is beyond a limit, in deviations; the gradient of −½ of them by the configuration.
    private func lacks(_ world: WorldLanes) -> Lanes {
        let inverse = Float(1 / (softness * softness)), limitInverse = Float(1 / (Self.limitSoftness * Self.limitSoftness))
        let distance = proximity.distances(configuration, world: world, upTo: Float(clearance), gradient: gradient)
        let lack = Float(clearance) - distance
        var square = lack * lack * inverse
        for axis in 0..<prior.coordinates {
            let q = configuration[axis], beyond = q - q.limited(from: Lanes(repeating: lower[axis]), to: Lanes(repeating: upper[axis]))
            square = square.fma(beyond * limitInverse, beyond)
            gradient[axis] = gradient[axis] * (lack * inverse) - beyond * limitInverse
        }
        return square
    }
}
