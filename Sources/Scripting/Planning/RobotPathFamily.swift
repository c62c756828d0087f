import Collision
import ConditionalInference
import ConditionalModels
import Mixtures
import ModelTraining
import Numerics
import Planning

/// Paths of a robot past the obstacles of a world that a context gives: a ``RobotPathTarget`` for every context.
final class RobotPathFamily: ContextualDensity {
    let name: String
    let prior: BridgePrior
    let model: CollisionModel
    let worlds: WorldFamily
    let clearance: Double
    let softness: Double

    init(name: String, prior: BridgePrior, model: CollisionModel, worlds: WorldFamily, clearance: Double, softness: Double) {
        self.name = name
        self.prior = prior
        self.model = model
        self.worlds = worlds
        self.clearance = clearance
        self.softness = softness
    }

    var dimension: Int { prior.dimension }
    var contextCount: Int { worlds.contextCount }
    var isConcurrent: Bool { true }
    var hasGradient: Bool { true }

    /// The density in one world.
    ///
    /// - Throws: `WorldError` where an obstacle cannot be.
    func target(_ context: [Double]) throws -> RobotPathTarget {
        RobotPathTarget(
            name: name, prior: prior, screen: CollisionScreen(model, world: try worlds.world(context)), clearance: clearance, softness: softness)
    }

    func evaluate(
        _ places: UnsafePointer<Double>, contexts: UnsafePointer<Double>, count: Int, into values: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) throws {
        try forEachContext(contexts, count: count) { context, rows in
            let first = rows.lowerBound * dimension
            try target(context).evaluate(places + first, count: rows.count, into: values + rows.lowerBound, gradients: gradients.map { $0 + first })
        }
    }
}

/// The same in a training: sixteen worlds side by side, over a model's coordinates and its network's inputs, in single precision.
final class RobotPathDensities: DensityFamily {
    private let paths: RobotPathFamily
    private let space: SampleSpace
    private let encoding: NumberEncoding

    init(_ paths: RobotPathFamily, space: SampleSpace, encoding: NumberEncoding) {
        self.paths = paths
        self.space = space
        self.encoding = encoding
    }

    func density(_ widths: TargetWidths) -> any ConditionalDensity { LaneRobotPaths(paths, space, encoding) }
}

private final class LaneRobotPaths: ConditionalDensity {
    private let paths: RobotPathFamily
    private let middle: [Float], scale: [Float]
    private let encoding: NumberEncoding
    private let densities: WorkspacePool<LanePathDensity>

    init(_ paths: RobotPathFamily, _ space: SampleSpace, _ encoding: NumberEncoding) {
        self.paths = paths
        self.encoding = encoding
        middle = space.middle.map(Float.init)
        scale = space.halfRange.map(Float.init)
        densities = WorkspacePool { LanePathDensity(paths.prior, of: paths.model, clearance: paths.clearance, softness: paths.softness) }
    }

    var dimension: Int { paths.dimension }
    var contextCount: Int { paths.contextCount }
    var scratchCount: Int { paths.dimension }

    func evaluate(
        _ places: UnsafePointer<Lanes>, count: Int, contexts: UnsafePointer<Float>, stride: Int, values: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        let world = WorldLanes((0..<laneCount).map { lane in
            paths.worlds.obstacles((0..<contextCount).map { encoding.decode(Double(contexts[$0 * stride + lane]), place: $0) })
        })
        let n = dimension
        densities.withWorkspace { density in
            for place in 0..<count {
                let u = places + place * n, slope = gradients + place * n
                for i in 0..<n { scratch[i] = Lanes(repeating: middle[i]).fma(u[i], Lanes(repeating: scale[i])) }
                values[place] = density.evaluate(scratch, world: world, gradient: slope)
                for i in 0..<n { slope[i] *= scale[i] }
            }
        }
    }
}
