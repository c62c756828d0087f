import Kinematics
import Numerics

/// Sixteen worlds in parallel, with as many obstacles each, of the same kinds: lane l of every measure belongs to world l.
public struct WorldLanes: Sendable {
    enum Kind: Sendable {
        /// All points within a radius of a segment along z: spheres and capsules.
        case rounded
        case box, cylinder
    }

    /// One obstacle of each world.
    struct Part: Sendable {
        var kind: Kind
        var frame: LaneFrame
        /// Half the edges of a box; otherwise a radius, nothing, and half a length.
        var half: (Lanes, Lanes, Lanes)
    }

    private(set) var parts: [Part]

    /// - Parameter worlds: the obstacles of sixteen worlds.
    /// - Precondition: obstacle i is of the same kind in all worlds, and no cloud or mesh.
    public init(_ worlds: [[Obstacle]]) {
        precondition(worlds.count == laneCount && worlds.allSatisfy { $0.count == worlds[0].count }, "sixteen worlds of as many obstacles")
        parts = worlds[0].indices.map { index in
            var part = Part(kind: Self.measures(of: worlds[0][index].shape).kind, frame: LaneFrame(.identity), half: (.zero, .zero, .zero))
            for lane in 0..<laneCount {
                let obstacle = worlds[lane][index], (kind, half) = Self.measures(of: obstacle.shape)
                precondition(kind == part.kind, "obstacles of several kinds")
                part.frame.set(obstacle.pose, lane: lane)
                part.half.0[lane] = Float(half.x); part.half.1[lane] = Float(half.y); part.half.2[lane] = Float(half.z)
            }
            return part
        }
    }

    /// The same world in every lane.
    public init(_ world: [Obstacle]) { self.init(Array(repeating: world, count: laneCount)) }

    /// Whether obstacles of a shape can differ from lane to lane.
    public static func takes(_ shape: Shape) -> Bool {
        switch shape {
        case .sphere, .box, .cylinder, .capsule: true
        case .points, .mesh: false
        }
    }

    private static func measures(of shape: Shape) -> (kind: Kind, half: SIMD3<Double>) {
        switch shape {
        case .sphere(let radius): (.rounded, [radius, 0, 0])
        case .capsule(let radius, let length): (.rounded, [radius, 0, length / 2])
        case .cylinder(let radius, let length): (.cylinder, [radius, 0, length / 2])
        case .box(let size): (.box, size / 2)
        case .points, .mesh: preconditionFailure("clouds and meshes do not differ from lane to lane")
        }
    }
}

extension WorldLanes.Part {
    /// Points in the obstacle's frame.
    @inline(__always)
    private func local(_ x: Lanes, _ y: Lanes, _ z: Lanes) -> (Lanes, Lanes, Lanes) {
        let (dx, dy, dz) = (x - frame.px, y - frame.py, z - frame.pz)
        return ((dx * frame.xx).fma(dy, frame.xy).fma(dz, frame.xz), (dx * frame.yx).fma(dy, frame.yy).fma(dz, frame.yz),
                (dx * frame.zx).fma(dy, frame.zy).fma(dz, frame.zz))
    }

    /// The signed distances of sixteen points, each from its world's obstacle.
    @inline(__always)
    func distance(_ x: Lanes, _ y: Lanes, _ z: Lanes) -> Lanes {
        let (a, b, c) = local(x, y, z)
        switch kind {
        case .rounded:
            let t = c - c.limited(from: -half.2, to: half.2)
            return (a * a).fma(b, b).fma(t, t).squareRoot() - half.0
        case .box:
            let (u, v, w) = (a.magnitude - half.0, b.magnitude - half.1, c.magnitude - half.2)
            let (p, q, r) = (u.maximum(.zero), v.maximum(.zero), w.maximum(.zero))
            return (p * p).fma(q, q).fma(r, r).squareRoot() + u.maximum(v).maximum(w).minimum(.zero)
        case .cylinder:
            let side = (a * a).fma(b, b).squareRoot() - half.0, cap = c.magnitude - half.2
            let (p, q) = (side.maximum(.zero), cap.maximum(.zero))
            return (p * p).fma(q, q).squareRoot() + side.maximum(cap).minimum(.zero)
        }
    }

    /// The unit vectors along which these distances grow; some unit vector where there are several.
    @inline(__always)
    func direction(_ x: Lanes, _ y: Lanes, _ z: Lanes) -> (Lanes, Lanes, Lanes) {
        var (a, b, c) = local(x, y, z)
        let one = Lanes(repeating: 1)
        switch kind {
        case .rounded:
            c -= c.limited(from: -half.2, to: half.2)
        case .box:
            let (u, v, w) = (a.magnitude - half.0, b.magnitude - half.1, c.magnitude - half.2)
            let most = u.maximum(v).maximum(w), isInside = most .<= 0
            // Inside, only the way out through the nearest side counts.
            func share(_ beyond: Lanes, _ place: Lanes) -> Lanes {
                let size = beyond.maximum(.zero).replacing(with: Lanes.zero.replacing(with: one, where: beyond .== most), where: isInside)
                return size.replacing(with: -size, where: place .< 0)
            }
            (a, b, c) = (share(u, a), share(v, b), share(w, c))
        case .cylinder:
            let radius = (a * a).fma(b, b).squareRoot().maximum(Lanes(repeating: 1e-12))
            let side = radius - half.0, cap = c.magnitude - half.2, isInside = (side .<= 0) .& (cap .<= 0), isSide = side .> cap
            let across = side.maximum(.zero).replacing(with: Lanes.zero.replacing(with: one, where: isSide), where: isInside) / radius
            let along = cap.maximum(.zero).replacing(with: one.replacing(with: Lanes.zero, where: isSide), where: isInside)
            (a, b, c) = (a * across, b * across, along.replacing(with: -along, where: c .< 0))
        }
        let square = (a * a).fma(b, b).fma(c, c), isNone = square .< 1e-24
        a.replace(with: one, where: isNone)
        let scale = one / square.replacing(with: one, where: isNone).squareRoot()
        (a, b, c) = (a * scale, b * scale, c * scale)
        return ((a * frame.xx).fma(b, frame.yx).fma(c, frame.zx), (a * frame.xy).fma(b, frame.yy).fma(c, frame.zy),
                (a * frame.xz).fma(b, frame.yz).fma(c, frame.zz))
    }
}

extension SIMD16<Float> {
    @inline(__always)
    fileprivate var magnitude: Self { maximum(-self) }
}
