import Collision
import Numerics

/// A path of straight lines whose corners are rounded by parabolas, as close points.
struct BlendedPath {
    /// How far apart points are at most, rad.
    static let spacing = 0.04
    private let edges: EdgeChecker
    /// The clearance that curves keep, m.
    private let least: Float

    init(_ edges: EdgeChecker, leastClearance: Float = 0) {
        self.edges = edges
        least = leastClearance
    }

    /// Points along the path; every corner is rounded as widely as the curve is free, and kept sharp where no curve is.
    func points(_ corners: [[Double]]) -> ConfigurationList {
        guard corners.count > 2 else { return Self.line(corners) }
        var points = ConfigurationList(dimension: corners[0].count)
        points.append(corners[0])
        for index in 1..<corners.count - 1 {
            let (a, v, b) = (corners[index - 1], corners[index], corners[index + 1])
            var curve: ConfigurationList?
            for share in [0.5, 0.25, 0.1, 0.03] {
                let candidate = Self.parabola(Self.between(v, a, share), v, Self.between(v, b, share))
                if isFree(candidate) {
                    curve = candidate
                    break
                }
            }
            points.appendLine(to: curve?[0] ?? v, spacing: Self.spacing)
            if let curve { points.append(afterFirst: curve) }
        }
        points.appendLine(to: corners[corners.count - 1], spacing: Self.spacing)
        return points
    }

    private func isFree(_ points: ConfigurationList) -> Bool {
        points.values.withUnsafeBufferPointer { values in
            for first in stride(from: 0, to: points.count, by: laneCount) {
                let count = min(laneCount, points.count - first)
                if edges.clearances(values.baseAddress! + first * points.dimension, count: count, upTo: least + 0.01).min() <= least { return false }
            }
            return true
        }
    }

    /// Points on straight lines, no farther apart than ``spacing``.
    static func line(_ corners: [[Double]]) -> ConfigurationList {
        var points = ConfigurationList(dimension: corners[0].count)
        points.append(corners[0])
        for corner in corners.dropFirst() { points.appendLine(to: corner, spacing: spacing) }
        return points
    }

    /// The parabola that touches the lines from `v` at `p` and `q`.
    private static func parabola(_ p: [Double], _ v: [Double], _ q: [Double]) -> ConfigurationList {
        let steps = max(4, Int(((distance(p, v) + distance(v, q)) / spacing).rounded(.up)))
        var points = ConfigurationList(dimension: v.count)
        var point = v
        for step in 0...steps {
            let u = Double(step) / Double(steps)
            for i in v.indices { point[i] = (1 - u) * (1 - u) * p[i] + 2 * u * (1 - u) * v[i] + u * u * q[i] }
            points.append(point)
        }
        return points
    }

    static func between(_ a: [Double], _ b: [Double], _ share: Double) -> [Double] { a.indices.map { a[$0] + share * (b[$0] - a[$0]) } }

    static func distance(_ a: [Double], _ b: [Double]) -> Double {
        var square = 0.0
        for i in a.indices { square += (a[i] - b[i]) * (a[i] - b[i]) }
        return square.squareRoot()
    }
}
