import Numerics

/// A quaternion w + x i + y j + z k.
public struct Quaternion: Equatable, Sendable {
    public var w: Double
    public var x: Double
    public var y: Double
    public var z: Double

    /// A quaternion of any norm; ``Rotation/init(quaternion:)`` checks it.
    @inlinable
    public init(w: Double, x: Double, y: Double, z: Double) {
        self.w = w
        self.x = x
        self.y = y
        self.z = z
    }

    /// The components in the order w, x, y, z.
    public var components: [Double] { [w, x, y, z] }

    /// The Euclidean norm of the four components.
    @inlinable
    public var norm: Double {
        // Scaled, so that no component's square overflows.
        let largest = max(max(w.magnitude, x.magnitude), max(y.magnitude, z.magnitude))
        guard largest > 0, largest.isFinite else { return largest }
        let (a, b, c, d) = (w / largest, x / largest, y / largest, z / largest)
        return largest * (a * a + b * b + c * c + d * d).squareRoot()
    }

    /// The one of this quaternion and its negative, which turn alike, whose first nonzero component is positive.
    @inlinable
    public var canonical: Quaternion {
        let lead = w != 0 ? w : x != 0 ? x : y != 0 ? y : z
        return lead < 0 ? Quaternion(w: -w, x: -x, y: -y, z: -z) : self
    }
}

extension Rotation {
    /// The rotation of a unit quaternion; one within 10⁻³ of unit norm is normalised.
    ///
    /// - Throws: ``PoseError/notFinite(_:)`` and ``PoseError/quaternionNotUnit(norm:)``.
    public init(quaternion: Quaternion) throws(PoseError) {
        guard quaternion.components.allSatisfy(\.isFinite) else { throw .notFinite("quaternion") }
        let norm = quaternion.norm
        guard abs(norm - 1) <= 1e-3 else { throw .quaternionNotUnit(norm: norm) }
        let (w, x, y, z) = (quaternion.w / norm, quaternion.x / norm, quaternion.y / norm, quaternion.z / norm)
        self.init(
            x: [1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)],
            y: [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
            z: [2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)])
    }

    /// The rotation's unit quaternion with canonical sign (Shepperd, 1978: the largest component is found first).
    @inlinable
    public var quaternion: Quaternion {
        let trace = x.x + y.y + z.z
        let largest = max(max(trace, x.x), max(y.y, z.z))
        var q: Quaternion
        if largest == trace {
            q = Quaternion(w: 1 + trace, x: y.z - z.y, y: z.x - x.z, z: x.y - y.x)
        } else if largest == x.x {
            q = Quaternion(w: y.z - z.y, x: 1 + x.x - y.y - z.z, y: x.y + y.x, z: z.x + x.z)
        } else if largest == y.y {
            q = Quaternion(w: z.x - x.z, x: x.y + y.x, y: 1 - x.x + y.y - z.z, z: y.z + z.y)
        } else {
            q = Quaternion(w: x.y - y.x, x: z.x + x.z, y: y.z + z.y, z: 1 - x.x - y.y + z.z)
        }
        let norm = q.norm
        q = Quaternion(w: q.w / norm, x: q.x / norm, y: q.y / norm, z: q.z / norm)
        return q.canonical
    }
}
