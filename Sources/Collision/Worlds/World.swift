import Kinematics
import Numerics

/// Obstacles that stand still, ready for questions.
///
/// A world never changes; it may be used by many threads.
public final class World: Sendable {
    public let obstacles: [Obstacle]
    /// Compiled about the world's own origin.
    let lanes: [LaneObstacle]
    /// The surfaces of clouds and meshes, an entry an obstacle.
    let surfaces: [Surface?]
    private let inverses: [Pose]
    private let bounds: [Bounds]
    /// Finds the obstacles near a link.
    let sieve: BoxSieve

    /// - Parameter cancellation: ends the preparation of large clouds and meshes.
    /// - Throws: ``WorldError`` for an obstacle that cannot be, or where it is cancelled.
    public init(_ obstacles: [Obstacle], cancellation: Cancellation = .never) throws(WorldError) {
        guard obstacles.count <= WorldBounds.obstacles else { throw .tooMany(obstacles.count) }
        for (index, obstacle) in obstacles.enumerated() {
            if let fault = obstacle.shape.fault { throw .unusable(index: index + 1, name: obstacle.name, fault) }
            guard obstacle.pose.isFinite, obstacle.pose.position.length <= WorldBounds.length else {
                throw .unusable(index: index + 1, name: obstacle.name, "its pose is not finite or beyond \(WorldBounds.length) m")
            }
        }
        self.obstacles = obstacles
        let surfaces = obstacles.map { obstacle -> Surface? in
            switch obstacle.shape {
            case .points(let points, let radius): Surface(points: points, radius: radius, cancellation: cancellation)
            case .mesh(let mesh): Surface(mesh, cancellation: cancellation)
            default: nil
            }
        }
        guard !cancellation.isRequested else { throw .cancelled }
        self.surfaces = surfaces
        inverses = obstacles.map(\.pose.inverse)
        lanes = obstacles.indices.map { LaneObstacle(obstacles[$0], surfaces[$0], index: $0) }
        bounds = lanes.map(\.bounds)
        sieve = BoxSieve(bounds)
    }

    /// The signed distance of a point from the nearest obstacle; nil in an empty world.
    public func distance(from p: SIMD3<Double>) -> (distance: Double, obstacle: Int)? {
        nearest(to: p, within: .infinity).map { ($0.signed.distance, $0.obstacle) }
    }

    /// The nearest obstacle, where it is not farther than a bound.
    func nearest(to p: SIMD3<Double>, within bound: Double) -> (signed: SignedDistance, obstacle: Int)? {
        var best: (signed: SignedDistance, obstacle: Int)?
        for index in obstacles.indices {
            let limit = best?.signed.distance ?? bound
            if limit >= 0, bounds[index].squaredDistance(p) > limit * limit { continue }
            if let found = exactDistance(p, from: index, within: limit) { best = (found, index) }
        }
        return best
    }
}

// MARK: One point at a time, in double precision

extension World {
    /// Whether a ball touches an obstacle.
    func isTouched(_ index: Int, at p: SIMD3<Double>, radius: Double) -> Bool {
        bounds[index].squaredDistance(p) <= radius * radius && exactDistance(p, from: index, within: radius) != nil
    }

    /// The signed distance of a point from an obstacle, with its direction in the world's frame; nil where it is farther than a bound.
    private func exactDistance(_ p: SIMD3<Double>, from index: Int, within bound: Double) -> SignedDistance? {
        let local = inverses[index] * p
        var result: SignedDistance
        switch obstacles[index].shape {
        case .sphere(let radius): result = SolidDistance.sphere(local, radius: radius)
        case .capsule(let radius, let length): result = SolidDistance.capsule(local, radius: radius, length: length)
        case .box(let size): result = SolidDistance.box(local, size: size)
        case .cylinder(let radius, let length): result = SolidDistance.cylinder(local, radius: radius, length: length)
        case .points, .mesh:
            guard let found = surfaces[index]!.distance(local, within: max(bound, 0)) else { return nil }
            result = found
        }
        guard result.distance <= bound else { return nil }
        result.direction = obstacles[index].pose.rotation * result.direction
        return result
    }

    /// Lowers gaps from the box around a surface, where they are below zero, to those from the surface.
    @inline(never)
    func surfaceGap(_ index: Int, _ box: Lanes, _ px: Lanes, _ py: Lanes, _ pz: Lanes, radius: Float, origin: SIMD3<Double>) -> Lanes {
        var result = box
        for lane in 0..<laneCount where box[lane] < 0 {
            let p = inverses[index] * (origin + SIMD3(Double(px[lane]), Double(py[lane]), Double(pz[lane])))
            result[lane] = surfaces[index]!.isTouched(by: p, radius: Double(radius)) ? -1 : 1
        }
        return result
    }

    /// Raises distances from the box around a surface, where they are below a bound, to those from the surface, or to numbers not below the bound.
    @inline(never)
    func surfaceDistance(_ index: Int, _ box: Lanes, _ px: Lanes, _ py: Lanes, _ pz: Lanes, within bound: Lanes, origin: SIMD3<Double>) -> Lanes {
        var result = box
        for lane in 0..<laneCount where box[lane] < bound[lane] {
            let p = inverses[index] * (origin + SIMD3(Double(px[lane]), Double(py[lane]), Double(pz[lane])))
            let limit = bound[lane], least = surfaces[index]!.leastDistance(p)
            result[lane] = least >= Double(limit)
                ? Float(least) : surfaces[index]!.distance(p, within: Double(max(limit, 0))).map { Float($0.distance) } ?? max(limit, 0)
        }
        return result
    }
}

/// Why a world cannot be.
public enum WorldError: Error, Equatable, Sendable, CustomStringConvertible {
    case unusable(index: Int, name: String, String)
    case tooMany(Int)
    case cancelled

    public var description: String {
        switch self {
        case .unusable(let index, let name, let fault): "obstacle \(index) (\(name)): \(fault)"
        case .tooMany(let count): "a world has at most \(WorldBounds.obstacles) obstacles, got \(count)"
        case .cancelled: "interrupted before the world was made"
        }
    }
}
