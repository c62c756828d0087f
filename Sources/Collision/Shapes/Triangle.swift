import Kinematics

/// Three corners.
struct Triangle {
    var a, b, c: SIMD3<Double>

    init(_ corners: (SIMD3<Double>, SIMD3<Double>, SIMD3<Double>)) { (a, b, c) = corners }

    /// The point of the triangle that is nearest to a point, by the region that the point lies over (Ericson, Real-Time Collision Detection, 2005, 5.1.5).
    func nearest(to p: SIMD3<Double>) -> SIMD3<Double> {
        let (ab, ac, ap) = (b - a, c - a, p - a)
        let (d1, d2) = (ab.dot(ap), ac.dot(ap))
        if d1 <= 0, d2 <= 0 { return a }
        let bp = p - b, (d3, d4) = (ab.dot(bp), ac.dot(bp))
        if d3 >= 0, d4 <= d3 { return b }
        let vc = d1 * d4 - d3 * d2
        if vc <= 0, d1 >= 0, d3 <= 0 { return a + d1 / (d1 - d3) * ab }
        let cp = p - c, (d5, d6) = (ab.dot(cp), ac.dot(cp))
        if d6 >= 0, d5 <= d6 { return c }
        let vb = d5 * d2 - d1 * d6
        if vb <= 0, d2 >= 0, d6 <= 0 { return a + d2 / (d2 - d6) * ac }
        let va = d3 * d6 - d5 * d4
        if va <= 0, d4 - d3 >= 0, d5 - d6 >= 0 { return b + (d4 - d3) / ((d4 - d3) + (d5 - d6)) * (c - b) }
        let sum = va + vb + vc
        return a + vb / sum * ab + vc / sum * ac
    }

    /// Whether a ray passes through the triangle (Möller and Trumbore, 1997).
    func isMet(from p: SIMD3<Double>, _ direction: SIMD3<Double>) -> Bool {
        let (ab, ac) = (b - a, c - a)
        let h = direction.cross(ac), determinant = ab.dot(h)
        guard determinant != 0 else { return false }
        let s = p - a, u = s.dot(h) / determinant
        guard u >= 0, u <= 1 else { return false }
        let q = s.cross(ab), v = direction.dot(q) / determinant
        return v >= 0 && u + v <= 1 && ac.dot(q) / determinant > 0
    }
}
