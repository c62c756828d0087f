import Kinematics
import Numerics

/// Signed distances from a surface at the middles of cells, from which bounds anywhere in the grid follow: distances change by at most a metre
/// a metre.
struct DistanceGrid: Sendable {
    private let origin: SIMD3<Double>
    private let cell: Double
    private let counts: SIMD3<Int>
    private var values: [Float] = []

    /// A grid over a box with a margin; larger surfaces get more cells, at most 64³.
    init(around bounds: Bounds, elements: Int) {
        let longest = max(bounds.size.max(), 1e-6)
        let along = elements > 2000 ? 56.0 : elements > 50 ? 32 : 12
        cell = longest * 1.2 / along
        let wide = bounds.widened(by: 0.1 * longest)
        origin = wide.lower
        let size = wide.size / cell
        counts = SIMD3(Int(size.x.rounded(.up)), Int(size.y.rounded(.up)), Int(size.z.rounded(.up)))
    }

    /// - Parameters:
    ///   - distance: of a point, known to be at most the root of the bound.
    ///   - isInside: whether a point is inside.
    ///   - cancellation: leaves cells of unknown distance, which are of no use.
    mutating func fill(distance: (SIMD3<Double>, Double) -> Double, isInside: (SIMD3<Double>) -> Bool, cancellation: Cancellation) {
        values.reserveCapacity(counts.x * counts.y * counts.z)
        for k in 0..<counts.z {
            for j in 0..<counts.y {
                if cancellation.isRequested {
                    values += repeatElement(.nan, count: counts.x)
                    continue
                }
                var before: Double?
                for i in 0..<counts.x {
                    let p = origin + cell * (SIMD3(Double(i), Double(j), Double(k)) + 0.5)
                    let bound = before.map { ($0.magnitude + cell) * 1.0001 } ?? .infinity
                    let d = distance(p, bound * bound)
                    // Where the balls around two neighbours cover what is between them, no surface is.
                    let isInner = before.flatMap { $0.magnitude + d > cell * 1.000_001 ? $0 < 0 : nil } ?? isInside(p)
                    before = isInner ? -d : d
                    values.append(Float(before!))
                }
            }
        }
    }

    /// Numbers between which the signed distance at a point lies; nil beyond the grid.
    @inline(__always)
    func range(at p: SIMD3<Double>) -> (lower: Double, upper: Double)? {
        let place = (p - origin) / cell
        guard place.min() >= 0, place.x < Double(counts.x), place.y < Double(counts.y), place.z < Double(counts.z) else { return nil }
        let (i, j, k) = (Int(place.x), Int(place.y), Int(place.z))
        let value = values.withUnsafeBufferPointer { Double($0[(k * counts.y + j) * counts.x + i]) }
        let middle = SIMD3(Double(i), Double(j), Double(k)) + 0.5
        let way = (place - middle).length * cell + 1e-6 * (1 + value.magnitude)
        return (value - way, value + way)
    }
}
