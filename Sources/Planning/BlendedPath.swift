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
    func points(_ corners: [[Double]]) -> [[Double]] {
        guard corners.count > 2 else { return Self.line(corners) }
        var anchors = [corners[0]], points = [corners[0]]
        for index in 1..<corners.count - 1 {
            let (a, v, b) = (corners[index - 1], corners[index], corners[index + 1])
            var curve: [[Double]]?
            for share in [0.5, 0.25, 0.1, 0.03] {
                let (p, q) = (Self.between(v, a, share), Self.between(v, b, share))
                let candidate = Self.parabola(p, v, q)
                if isFree(candidate) {
                    curve = candidate
                    break
                }
            }
            let next = curve ?? [v]
            points += Self.line([anchors[anchors.count - 1], next[0]]).dropFirst() + next.dropFirst()
            anchors.append(next[next.count - 1])
        }
        return points + Self.line([anchors[anchors.count - 1], corners[corners.count - 1]]).dropFirst()
    }

    private func isFree(_ points: [[Double]]) -> Bool {
        for first in stride(from: 0, to: points.count, by: laneCount) {
            let block = points[first..<min(first + laneCount, points.count)]
            if edges.clearances(block, upTo: least + 0.01).min() <= least { return false }
        }
        return true
    }

    /// Points on straight lines, no farther apart than ``spacing``.
    static func line(_ corners: [[Double]]) -> [[Double]] {
        var points = [corners[0]]
        for index in 1..<max(corners.count, 1) {
            let (a, b) = (corners[index - 1], corners[index])
            let steps = max(1, Int((distance(a, b) / spacing).rounded(.up)))
            for step in 1...steps { points.append(step == steps ? b : between(a, b, Double(step) / Double(steps))) }
        }
        return points
    }

    /// The parabola that touches the lines from `v` at `p` and `q`.
    private static func parabola(_ p: [Double], _ v: [Double], _ q: [Double]) -> [[Double]] {
        let steps = max(4, Int(((distance(p, v) + distance(v, q)) / spacing).rounded(.up)))
        return (0...steps).map { step in
            let u = Double(step) / Double(steps)
            return v.indices.map { (1 - u) * (1 - u) * p[$0] + 2 * u * (1 - u) * v[$0] + u * u * q[$0] }
        }
    }

    static func between(_ a: [Double], _ b: [Double], _ share: Double) -> [Double] { a.indices.map { a[$0] + share * (b[$0] - a[$0]) } }

    static func distance(_ a: [Double], _ b: [Double]) -> Double {
        var square = 0.0
        for i in a.indices { square += (a[i] - b[i]) * (a[i] - b[i]) }
        return square.squareRoot()
    }

    static func length(_ points: [[Double]]) -> Double { (1..<max(points.count, 1)).reduce(0) { $0 + distance(points[$1 - 1], points[$1]) } }
}
