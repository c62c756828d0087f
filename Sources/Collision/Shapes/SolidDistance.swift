import Kinematics

/// How far a point is from a solid, and which way leads out.
struct SignedDistance {
    /// In metres, negative inside.
    var distance: Double
    /// The unit gradient of the distance: the direction that leads away.
    var direction: SIMD3<Double>
}

/// Signed distances of points from the elementary solids, each in its own frame; exact outside and inside.
enum SolidDistance {
    static func sphere(_ p: SIMD3<Double>, radius: Double) -> SignedDistance { ball(p, radius: radius) }

    static func capsule(_ p: SIMD3<Double>, radius: Double, length: Double) -> SignedDistance {
        let along = min(max(p.z, -length / 2), length / 2)
        return ball(p - SIMD3(0, 0, along), radius: radius)
    }

    static func box(_ p: SIMD3<Double>, size: SIMD3<Double>) -> SignedDistance {
        let sign = SIMD3(p.x < 0 ? -1.0 : 1, p.y < 0 ? -1 : 1, p.z < 0 ? -1 : 1)
        let beyond = p * sign - size / 2
        let greatest = max(beyond.x, beyond.y, beyond.z)
        if greatest <= 0 {
            var direction = SIMD3<Double>.zero
            let axis = greatest == beyond.x ? 0 : greatest == beyond.y ? 1 : 2
            direction[axis] = sign[axis]
            return SignedDistance(distance: greatest, direction: direction)
        }
        let out = SIMD3(max(beyond.x, 0), max(beyond.y, 0), max(beyond.z, 0)) * sign
        let distance = out.length
        return SignedDistance(distance: distance, direction: out / distance)
    }

    static func cylinder(_ p: SIMD3<Double>, radius: Double, length: Double) -> SignedDistance {
        let across = SIMD3(p.x, p.y, 0), radial = across.length
        let outward = radial > 0 ? across / radial : SIMD3(1, 0, 0)
        let end = SIMD3(0, 0, p.z < 0 ? -1.0 : 1)
        let (side, cap) = (radial - radius, abs(p.z) - length / 2)
        if side <= 0 || cap <= 0 {
            return side > cap ? SignedDistance(distance: side, direction: outward) : SignedDistance(distance: cap, direction: end)
        }
        let out = side * outward + cap * end
        let distance = out.length
        return SignedDistance(distance: distance, direction: out / distance)
    }

    private static func ball(_ p: SIMD3<Double>, radius: Double) -> SignedDistance {
        let length = p.length
        return SignedDistance(distance: length - radius, direction: length > 0 ? p / length : SIMD3(0, 0, 1))
    }
}
