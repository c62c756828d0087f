import CCollision
import Kinematics
import Numerics

/// An obstacle compiled for sixteen points at a time in single precision (`obstacles.h` asks it).
typealias LaneObstacle = collision_obstacle

extension LaneObstacle {
    /// - Parameter origin: what its middle is relative to.
    init(_ obstacle: Obstacle, _ surface: Surface?, index: Int, origin: SIMD3<Double> = .zero) {
        var middle = obstacle.pose.position, half: SIMD3<Double>, kind: collision_kind
        switch obstacle.shape {
        case .sphere(let radius): (kind, half) = (collision_rounded, [radius, 0, 0])
        case .capsule(let radius, let length): (kind, half) = (collision_rounded, [radius, 0, length / 2])
        case .cylinder(let radius, let length): (kind, half) = (collision_cylinder, [radius, 0, length / 2])
        case .box(let size): (kind, half) = (collision_box, size / 2)
        case .points, .mesh:
            kind = collision_surface
            half = surface!.bounds.size / 2
            middle = obstacle.pose * surface!.bounds.middle
        }
        var r = obstacle.pose.rotation
        if kind == collision_box {
            if let turned = Self.aligned(r, half) {
                (kind, half, r) = (collision_aligned_box, turned, .identity)
            } else if abs(r.z.z - 1) < 1e-12 {
                kind = collision_upright_box
            }
        }
        self.init(
            kind: Int32(kind.rawValue), index: Int32(index), middle: (middle - origin).floats, x: r.x.floats, y: r.y.floats, z: r.z.floats, half: half.floats)
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

    /// An axis-aligned box around it.
    var bounds: Bounds {
        let isRounded = kind == Int32(collision_rounded.rawValue), isLong = isRounded || kind == Int32(collision_cylinder.rawValue)
        let extent = SIMD3<Double>(SIMD3(half.0, isLong ? half.0 : half.1, isRounded ? half.2 + half.0 : half.2))
        func magnitudes(_ axis: (Float, Float, Float)) -> SIMD3<Double> { SIMD3<Double>(SIMD3(abs(axis.0), abs(axis.1), abs(axis.2))) }
        let reach = extent.x * magnitudes(x) + extent.y * magnitudes(y) + extent.z * magnitudes(z)
        let middle = SIMD3<Double>(SIMD3(self.middle.0, self.middle.1, self.middle.2))
        // Single precision has rounded all of it.
        let margin = 1e-6 * (1 + SIMD3(abs(middle.x), abs(middle.y), abs(middle.z)).max() + reach.max())
        return Bounds(lower: middle - reach, upper: middle + reach).widened(by: margin)
    }
}

extension SIMD3<Double> {
    /// As C has them.
    var floats: (Float, Float, Float) { (Float(x), Float(y), Float(z)) }
}
