import Kinematics
import Numerics

/// An obstacle compiled for sixteen points at a time in single precision: plain numbers, read in place.
struct LaneObstacle: BitwiseCopyable, Sendable {
    enum Kind: BitwiseCopyable, Sendable {
        /// A ball around every point of a segment: spheres and capsules.
        case rounded
        case box
        /// A box that is turned about the vertical axis only, or not at all.
        case uprightBox
        case alignedBox
        case cylinder
        case surface
    }

    private(set) var kind: Kind
    /// Where the middle is.
    private let px: Float, py: Float, pz: Float
    /// The axes of its frame.
    private var xx: Float, xy: Float, xz: Float
    private var yx: Float, yy: Float, yz: Float
    private var zx: Float, zy: Float, zz: Float
    /// Half the edges of a box; otherwise the radius, nothing, and half the length.
    private var hx: Float, hy: Float, hz: Float
    /// Its place among the world's obstacles.
    private let index: Int

    init(_ obstacle: Obstacle, _ surface: Surface?, index: Int) {
        self.index = index
        var middle = obstacle.pose.position, half: SIMD3<Double>
        switch obstacle.shape {
        case .sphere(let radius): (kind, half) = (.rounded, [radius, 0, 0])
        case .capsule(let radius, let length): (kind, half) = (.rounded, [radius, 0, length / 2])
        case .cylinder(let radius, let length): (kind, half) = (.cylinder, [radius, 0, length / 2])
        case .box(let size): (kind, half) = (.box, size / 2)
        case .points, .mesh:
            kind = .surface
            half = surface!.bounds.size / 2
            middle = obstacle.pose * surface!.bounds.middle
        }
        var r = obstacle.pose.rotation
        if kind == .box {
            if let turned = Self.aligned(r, half) {
                (kind, half, r) = (.alignedBox, turned, .identity)
            } else if abs(r.z.z - 1) < 1e-12 {
                kind = .uprightBox
            }
        }
        (px, py, pz) = (Float(middle.x), Float(middle.y), Float(middle.z))
        (xx, xy, xz) = (Float(r.x.x), Float(r.x.y), Float(r.x.z))
        (yx, yy, yz) = (Float(r.y.x), Float(r.y.y), Float(r.y.z))
        (zx, zy, zz) = (Float(r.z.x), Float(r.z.y), Float(r.z.z))
        (hx, hy, hz) = (Float(half.x), Float(half.y), Float(half.z))
    }

    /// Half the edges along the world's axes where a rotation only exchanges axes.
    private static func aligned(_ r: Rotation, _ half: SIMD3<Double>) -> SIMD3<Double>? {
        var result = SIMD3<Double>.zero
        for (axis, length) in [(r.x, half.x), (r.y, half.y), (r.z, half.z)] {
            guard let place = (0..<3).first(where: { abs(abs(axis[$0]) - 1) < 1e-12 }) else { return nil }
            result[place] = length
        }
        return result
    }

    /// An axis-aligned box around it in the world's frame.
    var bounds: Bounds {
        let isLong = kind == .rounded || kind == .cylinder
        let extent = SIMD3<Double>(SIMD3(hx, isLong ? hx : hy, kind == .rounded ? hz + hx : hz))
        let (x, y, z) = (SIMD3<Double>(SIMD3(xx, xy, xz)), SIMD3<Double>(SIMD3(yx, yy, yz)), SIMD3<Double>(SIMD3(zx, zy, zz)))
        let reach = extent.x * x.magnitudes + extent.y * y.magnitudes + extent.z * z.magnitudes
        let middle = SIMD3<Double>(SIMD3(px, py, pz))
        // Single precision has rounded all of it.
        let margin = 1e-6 * (1 + middle.magnitudes.max() + reach.max())
        return Bounds(lower: middle - reach, upper: middle + reach).widened(by: margin)
    }

    // MARK: Sixteen points

    /// A number below zero where a ball around a point touches the obstacle, not below zero where it does not.
    @inline(__always)
    static func gap(_ o: UnsafePointer<LaneObstacle>, _ x: Lanes, _ y: Lanes, _ z: Lanes, radius: Float, in world: World) -> Lanes {
        let o = o.pointee
        let (dx, dy, dz) = (x - o.px, y - o.py, z - o.pz)
        let square = Lanes(repeating: radius * radius)
        switch o.kind {
        case .rounded:
            let reach = o.hx + radius
            return o.squaredDistanceFromSegment(dx, dy, dz) - Lanes(repeating: reach * reach)
        case .alignedBox:
            return squareBeyond(dx, dy, dz, o.hx, o.hy, o.hz) - square
        case .uprightBox:
            return squareBeyond((dx * o.xx).fma(dy, Lanes(repeating: o.xy)), (dx * o.yx).fma(dy, Lanes(repeating: o.yy)), dz, o.hx, o.hy, o.hz) - square
        case .box:
            let (lx, ly, lz) = o.local(dx, dy, dz)
            return squareBeyond(lx, ly, lz, o.hx, o.hy, o.hz) - square
        case .cylinder:
            let (radial, axial) = o.cylindrical(dx, dy, dz)
            let (side, cap) = ((radial - o.hx).maximum(.zero), (axial - o.hz).maximum(.zero))
            return (side * side).fma(cap, cap) - square
        case .surface:
            let (lx, ly, lz) = o.local(dx, dy, dz)
            let box = squareBeyond(lx, ly, lz, o.hx, o.hy, o.hz) - square
            return any(box .< 0) ? world.surfaceGap(o.index, box, x, y, z, radius: radius) : box
        }
    }

    /// The signed distances of sixteen points, each up to a bound: where an obstacle is farther than the bound, any number that is not below it.
    @inline(__always)
    static func distance(_ o: UnsafePointer<LaneObstacle>, _ x: Lanes, _ y: Lanes, _ z: Lanes, within bound: Lanes, in world: World) -> Lanes {
        let o = o.pointee
        let (dx, dy, dz) = (x - o.px, y - o.py, z - o.pz)
        switch o.kind {
        case .rounded: return o.squaredDistanceFromSegment(dx, dy, dz).squareRoot() - o.hx
        case .alignedBox: return boxDistance(dx, dy, dz, o.hx, o.hy, o.hz)
        case .uprightBox, .box:
            let (lx, ly, lz) = o.local(dx, dy, dz)
            return boxDistance(lx, ly, lz, o.hx, o.hy, o.hz)
        case .cylinder:
            let (radial, axial) = o.cylindrical(dx, dy, dz)
            let (side, cap) = (radial - o.hx, axial - o.hz)
            let (a, b) = (side.maximum(.zero), cap.maximum(.zero))
            return (a * a).fma(b, b).squareRoot() + side.maximum(cap).minimum(.zero)
        case .surface:
            let (lx, ly, lz) = o.local(dx, dy, dz)
            let box = boxDistance(lx, ly, lz, o.hx, o.hy, o.hz)
            return any(box .< bound) ? world.surfaceDistance(o.index, box, x, y, z, within: bound) : box
        }
    }

    @inline(__always)
    private func local(_ dx: Lanes, _ dy: Lanes, _ dz: Lanes) -> (Lanes, Lanes, Lanes) {
        ((dx * xx).fma(dy, Lanes(repeating: xy)).fma(dz, Lanes(repeating: xz)),
         (dx * yx).fma(dy, Lanes(repeating: yy)).fma(dz, Lanes(repeating: yz)),
         (dx * zx).fma(dy, Lanes(repeating: zy)).fma(dz, Lanes(repeating: zz)))
    }

    @inline(__always)
    private func squaredDistanceFromSegment(_ dx: Lanes, _ dy: Lanes, _ dz: Lanes) -> Lanes {
        guard hz > 0 else { return (dx * dx).fma(dy, dy).fma(dz, dz) }
        let along = (dx * zx).fma(dy, Lanes(repeating: zy)).fma(dz, Lanes(repeating: zz)).limited(from: Lanes(repeating: -hz), to: Lanes(repeating: hz))
        let (x, y, z) = (dx.fnma(along, Lanes(repeating: zx)), dy.fnma(along, Lanes(repeating: zy)), dz.fnma(along, Lanes(repeating: zz)))
        return (x * x).fma(y, y).fma(z, z)
    }

    /// The distances from the axis, and along it from the middle.
    @inline(__always)
    private func cylindrical(_ dx: Lanes, _ dy: Lanes, _ dz: Lanes) -> (radial: Lanes, axial: Lanes) {
        let along = (dx * zx).fma(dy, Lanes(repeating: zy)).fma(dz, Lanes(repeating: zz))
        let (x, y, z) = (dx.fnma(along, Lanes(repeating: zx)), dy.fnma(along, Lanes(repeating: zy)), dz.fnma(along, Lanes(repeating: zz)))
        return ((x * x).fma(y, y).fma(z, z).squareRoot(), along.maximum(-along))
    }
}

/// The squared distances from a box around the origin, 0 inside.
@inline(__always)
private func squareBeyond(_ lx: Lanes, _ ly: Lanes, _ lz: Lanes, _ hx: Float, _ hy: Float, _ hz: Float) -> Lanes {
    let bx = (lx.maximum(-lx) - hx).maximum(.zero)
    let by = (ly.maximum(-ly) - hy).maximum(.zero)
    let bz = (lz.maximum(-lz) - hz).maximum(.zero)
    return (bx * bx).fma(by, by).fma(bz, bz)
}

/// The signed distances from a box around the origin.
@inline(__always)
private func boxDistance(_ lx: Lanes, _ ly: Lanes, _ lz: Lanes, _ hx: Float, _ hy: Float, _ hz: Float) -> Lanes {
    let (bx, by, bz) = (lx.maximum(-lx) - hx, ly.maximum(-ly) - hy, lz.maximum(-lz) - hz)
    let (ox, oy, oz) = (bx.maximum(.zero), by.maximum(.zero), bz.maximum(.zero))
    return (ox * ox).fma(oy, oy).fma(oz, oz).squareRoot() + bx.maximum(by).maximum(bz).minimum(.zero)
}

extension SIMD3 where Scalar == Double {
    /// The absolute values.
    var magnitudes: SIMD3<Double> { SIMD3(abs(x), abs(y), abs(z)) }
}
