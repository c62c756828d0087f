import Numerics

/// A natural cubic spline through places at equal distances: twice continuously differentiable, without curvature at its ends.
public struct NaturalSpline: Sendable {
    /// How many places it goes through.
    public let nodes: Int
    /// How much every place counts at points along the spline: points × nodes; the points are at equal distances of the parameter, the ends included.
    public let weights: Matrix

    /// - Precondition: at least two nodes and two points.
    public init(nodes: Int, points: Int) {
        precondition(nodes >= 2 && points >= 2)
        self.nodes = nodes
        let curvatures = Self.curvatures(nodes)
        var weights = Matrix(rows: points, columns: nodes)
        for point in 0..<points {
            let t = Double(point) / Double(points - 1) * Double(nodes - 1)
            let left = min(Int(t), nodes - 2), s = t - Double(left), r = 1 - s
            for node in 0..<nodes {
                let bend = (r * r * r - r) * curvatures[left, node] + (s * s * s - s) * curvatures[left + 1, node]
                weights[point, node] = bend / 6 + (node == left ? r : 0) + (node == left + 1 ? s : 0)
            }
        }
        self.weights = weights
    }

    /// The second derivatives at the nodes, as sums of the places: nodes × nodes.
    private static func curvatures(_ nodes: Int) -> Matrix {
        var result = Matrix(rows: nodes, columns: nodes)
        guard nodes > 2 else { return result }
        // M(i−1) + 4·M(i) + M(i+1) = 6·(y(i−1) − 2·y(i) + y(i+1)) inside, by elimination; the same for every column y.
        var diagonal = [Double](repeating: 4, count: nodes)
        for i in 1..<nodes - 1 {
            result[i, i - 1] = 6; result[i, i] = -12; result[i, i + 1] = 6
        }
        for i in 2..<max(nodes - 1, 2) {
            let factor = 1 / diagonal[i - 1]
            diagonal[i] -= factor
            for node in 0..<nodes { result[i, node] -= factor * result[i - 1, node] }
        }
        for i in stride(from: nodes - 2, through: 1, by: -1) {
            for node in 0..<nodes { result[i, node] = (result[i, node] - (i + 1 < nodes - 1 ? result[i + 1, node] : 0)) / diagonal[i] }
        }
        return result
    }

    /// Points along the spline through places.
    ///
    /// - Parameter places: nodes × D.
    /// - Returns: points × D.
    public func points(_ places: Matrix) -> Matrix {
        precondition(places.rows == nodes)
        var result = Matrix(rows: weights.rows, columns: places.columns)
        for point in 0..<weights.rows {
            for node in 0..<nodes {
                let weight = weights[point, node]
                for column in 0..<places.columns { result[point, column] += weight * places[node, column] }
            }
        }
        return result
    }
}
